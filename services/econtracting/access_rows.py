"""The statements that read who of a contractor may do what; the rules decide on what they bring (access.py)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, and_, bindparam, literal, null, or_, select, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import coalesce
from sqlalchemy.sql.visitors import InternalTraversal

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


class _Checked(ColumnElement[Any]):
    """A column that only checks rows which are found by something else."""

    inherit_cache = True
    __visit_name__ = "checked_column"
    _traverse_internals = [("column", InternalTraversal.dp_clauseelement)]  # noqa: RUF012 - as SQLAlchemy reads it

    def __init__(self, column: Any) -> None:
        self.column = column
        self.type = column.type


@compiles(_Checked)
def _plain(element: _Checked, compiler: Any, **words: Any) -> Any:
    return compiler.process(element.column, **words)


@compiles(_Checked, "sqlite")
def _without_index(element: _Checked, compiler: Any, **words: Any) -> Any:
    """SQLite would read the index of the contractor, and sort all its contracts for one page."""
    return f"+{compiler.process(element.column, **words)}"


def of_enterprise(organisation_id: int, now: datetime, *, leads: bool = True) -> ColumnElement[bool]:
    """That a contract is one of a contractor, is there, and has begun to be visible.

    Without ``leads`` it only checks rows that are found by their key.
    """
    contractor: Any = PublicContract.contractor_id if leads else _Checked(PublicContract.contractor_id)
    return and_(
        contractor == organisation_id,
        PublicContract.erased_at.is_(None),
        PublicContract.visible_since <= now,
    )


def memberships(relation_id: int, organisation_id: int, now: datetime) -> Any:
    """The keys of the groups in use that hold a person now; None stands for single contracts."""
    fixed: Any = (
        select(RightsGroup.id)
        .join(GroupMember, GroupMember.group_id == RightsGroup.id)
        .where(
            GroupMember.relation_id == relation_id,
            holds(GroupMember, now),
            RightsGroup.active,
            RightsGroup.organisation_id == organisation_id,
        )
    )
    extra: Any = select(null()).where(
        select(GroupExtraMember.id)
        .where(GroupExtraMember.relation_id == relation_id, holds(GroupExtraMember, now))
        .exists()
    )
    return union_all(fixed, extra)


def contracts_of(groups: Collection[int], now: datetime) -> Any:
    """The keys of the contracts on which some groups work now; some more than once."""
    return select(GroupContract.contract_id).where(GroupContract.group_id.in_(groups), holds(GroupContract, now))


def contracts_of_groups(relation_id: Any, organisation_id: int, now: datetime) -> CompoundSelect[Any]:
    """The keys of the contracts on which a person works through a group that holds now; some more than once."""
    fixed: Any = (
        select(GroupContract.contract_id)
        .join(RightsGroup, RightsGroup.id == GroupContract.group_id)
        .join(GroupMember, GroupMember.group_id == RightsGroup.id)
        .where(
            GroupMember.relation_id == relation_id,
            holds(GroupMember, now),
            holds(GroupContract, now),
            RightsGroup.active,
            RightsGroup.organisation_id == organisation_id,
        )
    )
    return union_all(fixed, contracts_of_extras(relation_id, organisation_id, now))


def contracts_of_extras(relation_id: Any, organisation_id: int, now: datetime) -> Any:
    """The keys of the contracts to which a person was added singly, as far as that holds now."""
    return (
        select(GroupContract.contract_id)
        .join(RightsGroup, RightsGroup.id == GroupContract.group_id)
        .join(GroupExtraMember, GroupExtraMember.link_id == GroupContract.id)
        .where(
            GroupExtraMember.relation_id == relation_id,
            holds(GroupExtraMember, now),
            holds(GroupContract, now),
            RightsGroup.active,
            RightsGroup.organisation_id == organisation_id,
        )
    )
