"""Groups, members and links as the rules read them, for one contract or for one person: a few statements each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select

from domain.econtracting import rights
from domain.econtracting.rights import Level
from models.base import db
from models.contract_rights import GroupContract, GroupExtraMember, GroupMember, RightsGroup


@dataclass(frozen=True, slots=True)
class GroupName:
    """What a group is called on a page."""

    reference: str
    name: str


@dataclass(frozen=True, slots=True)
class Facts:
    """An enterprise, or the part of it that matters, and the names of its groups by key."""

    enterprise: rights.Enterprise
    names: dict[str, GroupName]


def of_contract(organisation_id: int, contract_id: int) -> Facts:
    """Everybody's rights in one contract: the groups that work or worked on it with all their members."""
    links = db.session.execute(
        select(GroupContract.id, GroupContract.group_id, GroupContract.starts_at, GroupContract.ends_at)
        .join(RightsGroup, RightsGroup.id == GroupContract.group_id)
        .where(GroupContract.contract_id == contract_id, RightsGroup.organisation_id == organisation_id)
    ).all()
    keys = {link.group_id for link in links}
    members = db.session.execute(
        select(GroupMember.group_id, GroupMember.relation_id, GroupMember.starts_at, GroupMember.ends_at).where(
            GroupMember.group_id.in_(keys)
        )
    ).all()
    extras = db.session.execute(
        select(
            GroupExtraMember.link_id,
            GroupExtraMember.relation_id,
            GroupExtraMember.starts_at,
            GroupExtraMember.ends_at,
        ).where(GroupExtraMember.link_id.in_([link.id for link in links]))
    ).all()
    groups = _groups(RightsGroup.id.in_(keys))
    return _facts(groups, members, [(link, contract_id) for link in links], extras)


def of_person(organisation_id: int, relation_id: int, contract_ids: Collection[int], *, every: bool = False) -> Facts:
    """One person's rights in some contracts. ``every`` brings all groups of the enterprise along, for explaining."""
    links = db.session.execute(
        select(
            GroupContract.id,
            GroupContract.group_id,
            GroupContract.contract_id,
            GroupContract.starts_at,
            GroupContract.ends_at,
        )
        .join(RightsGroup, RightsGroup.id == GroupContract.group_id)
        .where(GroupContract.contract_id.in_(contract_ids), RightsGroup.organisation_id == organisation_id)
    ).all()
    members = db.session.execute(
        select(GroupMember.group_id, GroupMember.relation_id, GroupMember.starts_at, GroupMember.ends_at)
        .join(RightsGroup, RightsGroup.id == GroupMember.group_id)
        .where(GroupMember.relation_id == relation_id, RightsGroup.organisation_id == organisation_id)
    ).all()
    extras = db.session.execute(
        select(
            GroupExtraMember.link_id,
            GroupExtraMember.relation_id,
            GroupExtraMember.starts_at,
            GroupExtraMember.ends_at,
        ).where(GroupExtraMember.relation_id == relation_id, GroupExtraMember.link_id.in_([link.id for link in links]))
    ).all()
    of_enterprise = RightsGroup.organisation_id == organisation_id
    wanted = of_enterprise if every else and_(of_enterprise, RightsGroup.id.in_({link.group_id for link in links}))
    return _facts(_groups(wanted), members, [(link, link.contract_id) for link in links], extras)


def _groups(condition: Any) -> list[Any]:
    return list(
        db.session.execute(
            select(
                RightsGroup.id,
                RightsGroup.reference,
                RightsGroup.name,
                RightsGroup.theme,
                RightsGroup.level,
                RightsGroup.active,
            ).where(condition)
        )
    )


def _facts(groups: Any, members: Any, links: Any, extras: Any) -> Facts:
    enterprise = rights.Enterprise(
        groups=tuple(rights.GroupFacts(str(row.id), row.theme, Level(row.level), row.active) for row in groups),
        members=tuple(
            rights.FixedMember(str(row.group_id), str(row.relation_id), rights.Span(row.starts_at, row.ends_at))
            for row in members
        ),
        links=tuple(
            rights.ContractLink(str(row.id), str(row.group_id), str(contract), rights.Span(row.starts_at, row.ends_at))
            for row, contract in links
        ),
        extras=tuple(
            rights.ExtraMember(str(row.link_id), str(row.relation_id), rights.Span(row.starts_at, row.ends_at))
            for row in extras
        ),
    )
    return Facts(enterprise, {str(row.id): GroupName(row.reference, row.name) for row in groups})
