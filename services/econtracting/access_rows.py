"""The statements that read who of a contractor may do what; the rules decide on what they bring (access.py)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, and_, bindparam, literal, or_, select, union_all
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import coalesce

from models.contract_rights import GroupContract, GroupExtraMember, GroupMember, RightsGroup, WorkRelation
from models.identity import AccessBlock
from models.organisation import Organisation
from models.public_contract import PartySettings, PublicContract

#: Whether the person or the organisation is blocked for the whole portal (services/identity/blocks.py).
_BLOCKED_HERE = (
    select(literal(1))
    .where(
        or_(
            and_(AccessBlock.kind == "PERSON", AccessBlock.key == bindparam("person")),
            and_(AccessBlock.kind == "ORGANISATION", AccessBlock.key == bindparam("organisation")),
        )
    )
    .exists()
    .label("blocked_here")
)

#: The organisation of a contractor's actor, and how the actor works for it. Made once.
ENTRY = (
    select(
        Organisation.id.label("organisation_id"),
        WorkRelation.id.label("relation"),
        WorkRelation.roles,
        WorkRelation.represents,
        WorkRelation.blocked_at,
        _BLOCKED_HERE,
    )
    .select_from(Organisation)
    .outerjoin(
        WorkRelation,
        and_(WorkRelation.organisation_id == Organisation.id, WorkRelation.account_id == bindparam("account")),
    )
    .where(Organisation.key == bindparam("organisation"))
)

#: The row of the actor, with every link of one contract and how the actor stands in its group. Made once.
STANDING = (
    select(
        WorkRelation.id.label("relation"),
        WorkRelation.roles,
        WorkRelation.represents,
        WorkRelation.blocked_at,
        _BLOCKED_HERE,
        coalesce(PartySettings.manager_reads, True).label("manager_reads"),
        GroupContract.id.label("link"),
        GroupContract.starts_at.label("link_from"),
        GroupContract.ends_at.label("link_until"),
        RightsGroup.id.label("group"),
        RightsGroup.theme,
        RightsGroup.level,
        RightsGroup.active,
        GroupMember.starts_at.label("member_from"),
        GroupMember.ends_at.label("member_until"),
        GroupExtraMember.starts_at.label("extra_from"),
        GroupExtraMember.ends_at.label("extra_until"),
    )
    .select_from(Organisation)
    .outerjoin(
        WorkRelation,
        and_(WorkRelation.organisation_id == Organisation.id, WorkRelation.account_id == bindparam("account")),
    )
    .outerjoin(PartySettings, PartySettings.organisation_id == Organisation.id)
    .outerjoin(GroupContract, GroupContract.contract_id == bindparam("contract"))
    .outerjoin(
        RightsGroup,
        and_(RightsGroup.id == GroupContract.group_id, RightsGroup.organisation_id == Organisation.id),
    )
    .outerjoin(GroupMember, and_(GroupMember.group_id == RightsGroup.id, GroupMember.relation_id == WorkRelation.id))
    .outerjoin(
        GroupExtraMember,
        and_(GroupExtraMember.link_id == GroupContract.id, GroupExtraMember.relation_id == WorkRelation.id),
    )
    .where(Organisation.id == bindparam("contractor"), Organisation.key == bindparam("organisation"))
)


def holds(row: Any, now: datetime) -> ColumnElement[bool]:
    """That a span of a table with ``starts_at`` and ``ends_at`` holds now."""
    return and_(row.starts_at <= now, or_(row.ends_at.is_(None), row.ends_at > now))


def of_enterprise(organisation_id: int, now: datetime) -> ColumnElement[bool]:
    """That a contract is one of a contractor, is there, and has begun to be visible."""
    return and_(
        PublicContract.contractor_id == organisation_id,
        PublicContract.erased_at.is_(None),
        PublicContract.visible_since <= now,
    )


def contracts_of_groups(relation_id: Any, organisation_id: int, now: datetime) -> CompoundSelect[Any]:
    """The keys of the contracts on which a person works through a group that holds now; some more than once."""
    group_holds = and_(RightsGroup.active, RightsGroup.organisation_id == organisation_id)
    fixed = (
        select(GroupContract.contract_id)
        .join(RightsGroup, RightsGroup.id == GroupContract.group_id)
        .join(GroupMember, GroupMember.group_id == RightsGroup.id)
        .where(
            GroupMember.relation_id == relation_id,
            holds(GroupMember, now),
            holds(GroupContract, now),
            group_holds,
        )
    )
    extra = (
        select(GroupContract.contract_id)
        .join(RightsGroup, RightsGroup.id == GroupContract.group_id)
        .join(GroupExtraMember, GroupExtraMember.link_id == GroupContract.id)
        .where(
            GroupExtraMember.relation_id == relation_id,
            holds(GroupExtraMember, now),
            holds(GroupContract, now),
            group_holds,
        )
    )
    return union_all(fixed, extra)
