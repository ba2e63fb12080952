"""The groups of an enterprise and one of them: what they give, to how many people, in how many contracts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from domain.actor import Actor
from domain.econtracting.kinds import Theme
from domain.econtracting.rights import Level
from models.base import db
from models.contract_rights import GroupContract, GroupExtraMember, GroupMember, RightsGroup
from models.public_contract import PartySettings, PublicContract
from services import clock
from services.econtracting import kinds
from services.econtracting.access import Entry
from services.econtracting.access_rows import holds, of_enterprise
from services.econtracting.rights import contract_lists, guard, members, people
from services.econtracting.rights.contract_lists import Filter, Found
from services.econtracting.rights.people import PersonRow
from services.listing import Position


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group with how many people and contracts it has now; ``extras`` are people added for one contract only."""

    id: int
    reference: str
    name: str
    theme: str
    level: Level
    active: bool
    for_new_contracts: bool
    version: int
    members: int
    contracts: int
    extras: int

    @property
    def gives(self) -> bool:
        """Whether it gives anybody anything now."""
        return self.active and self.contracts > 0 and self.members + self.extras > 0


@dataclass(frozen=True, slots=True)
class Overview:
    """All groups by theme, how many contracts nobody works on, and how the enterprise reads (A-13)."""

    themes: list[Theme]
    groups: list[GroupRow]
    without_group: int
    manager_reads: bool
    settings_version: int

    def of_theme(self, code: str) -> list[GroupRow]:
        """The groups of one theme: those in use first, then by name."""
        return [group for group in self.groups if group.theme == code]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a group; ``until`` is the last day of it. ``also`` are groups of the same theme the person is in."""

    person: PersonRow
    since: date
    until: date | None
    also: tuple[GroupRow, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupPage:
    """One group with its members, a page of its contracts and who could still be added."""

    group: GroupRow
    theme: str
    members: list[Member]
    shown: list[Member]
    contracts: Found
    addable: int


def overview(actor: Actor) -> Overview:
    """All groups of the actor's enterprise."""
    entry = guard.managing(actor)
    row = db.session.get(PartySettings, entry.organisation_id)
    return Overview(
        themes=kinds.themes(),
        groups=groups(entry),
        without_group=contract_lists.count(entry, Filter(without_group=True)),
        manager_reads=True if row is None else row.manager_reads,
        settings_version=0 if row is None else row.version,
    )


def groups(entry: Entry, reference: str | None = None) -> list[GroupRow]:
    """The groups, those in use first, then by name; one statement."""
    now = clock.now()
    of_members = select(func.count(GroupMember.relation_id.distinct())).where(
        GroupMember.group_id == RightsGroup.id, holds(GroupMember, now)
    )
    of_contracts = (
        select(func.count(GroupContract.contract_id.distinct()))
        .join(PublicContract, PublicContract.id == GroupContract.contract_id)
        .where(
            GroupContract.group_id == RightsGroup.id,
            holds(GroupContract, now),
            of_enterprise(entry.organisation_id, now),
        )
    )
    of_extras = (
        select(func.count(GroupExtraMember.relation_id.distinct()))
        .join(GroupContract, GroupContract.id == GroupExtraMember.link_id)
        .where(GroupContract.group_id == RightsGroup.id, holds(GroupContract, now), holds(GroupExtraMember, now))
    )
    statement = select(
        RightsGroup,
        of_members.correlate(RightsGroup).scalar_subquery().label("members"),
        of_contracts.correlate(RightsGroup).scalar_subquery().label("contracts"),
        of_extras.correlate(RightsGroup).scalar_subquery().label("extras"),
    ).where(RightsGroup.organisation_id == entry.organisation_id)
    if reference is not None:
        statement = statement.where(RightsGroup.reference == reference)
    statement = statement.order_by(RightsGroup.active.desc(), func.lower(RightsGroup.name), RightsGroup.id)
    rows = db.session.execute(statement.execution_options(populate_existing=True))
    return [_group_row(row.RightsGroup, row.members, row.contracts, row.extras) for row in rows]


def group_page(actor: Actor, reference: str, person: str, words: str, position: Position) -> GroupPage:
    """One group of the actor's enterprise; ``person`` filters its members by name, ``words`` its contracts."""
    entry = guard.managing(actor)
    key = guard.own_group(entry, reference).id
    every = {group.id: group for group in groups(entry)}
    group = every[key]
    everybody = people.people(entry)
    inside = _members(group, everybody, every)
    found = {row.id for row in people.people(entry, person)} if person else {row.id for row in everybody}
    return GroupPage(
        group=group,
        theme=theme_name(group.theme),
        members=inside,
        shown=[member for member in inside if member.person.id in found],
        contracts=contract_lists.find(entry, Filter(words=words, linked_to=group.id), position),
        addable=len(everybody) - len(inside),
    )


def candidates(actor: Actor, reference: str, person: str = "") -> tuple[GroupRow, list[PersonRow]]:
    """A group, and who of the enterprise is not in it yet, by name."""
    entry = guard.managing(actor)
    group = group_row(entry, reference)
    inside = set(
        db.session.scalars(
            select(GroupMember.relation_id).where(GroupMember.group_id == group.id, holds(GroupMember, clock.now()))
        )
    )
    return group, [row for row in people.people(entry, person) if row.id not in inside]


def group_row(entry: Entry, reference: str) -> GroupRow:
    """One group with its counts; NotFound for one of another enterprise."""
    guard.own_group(entry, reference)
    return groups(entry, reference)[0]


def theme_name(code: str) -> str:
    """What a theme is called; its code when it is not there any more."""
    return next((theme.name for theme in kinds.themes() if theme.code == code), code)


def overlapping(actor: Actor, group_reference: str, relation_references: list[str]) -> list[tuple[str, GroupRow]]:
    """Who of these people is in another group of the same theme: a name and that group (A-15: the highest counts)."""
    entry = guard.managing(actor)
    every = {group.id: group for group in groups(entry)}
    group = next((row for row in every.values() if row.reference == group_reference), None)
    if group is None:
        return []
    chosen = [row for row in people.people(entry) if row.reference in set(relation_references)]
    also = _also(group, [row.id for row in chosen], every)
    return [(row.name, other) for row in chosen for other in also.get(row.id, ())]


def _members(group: GroupRow, everybody: list[PersonRow], every: dict[int, GroupRow]) -> list[Member]:
    now = clock.now()
    spans = {
        row.relation_id: row
        for row in db.session.execute(
            select(GroupMember.relation_id, GroupMember.starts_at, GroupMember.ends_at).where(
                GroupMember.group_id == group.id, holds(GroupMember, now)
            )
        )
    }
    also = _also(group, list(spans), every)
    return [
        Member(
            row,
            since=members.day_of(spans[row.id].starts_at),
            until=members.last_day(spans[row.id].ends_at),
            also=tuple(also.get(row.id, ())),
        )
        for row in everybody
        if row.id in spans
    ]


def _also(group: GroupRow, relations: list[int], every: dict[int, GroupRow]) -> dict[int, list[GroupRow]]:
    """Other groups in use of the same theme in which these people are fixed members."""
    others = [row.id for row in every.values() if row.theme == group.theme and row.id != group.id and row.active]
    if not others or not relations:
        return {}
    found: dict[int, list[GroupRow]] = {}
    rows: Any = db.session.execute(
        select(GroupMember.relation_id, GroupMember.group_id)
        .where(
            GroupMember.group_id.in_(others),
            GroupMember.relation_id.in_(relations),
            holds(GroupMember, clock.now()),
        )
        .distinct()
        .order_by(GroupMember.group_id)
    )
    for row in rows:
        found.setdefault(row.relation_id, []).append(every[row.group_id])
    return found


def _group_row(row: RightsGroup, member_count: int, contracts: int, extras: int) -> GroupRow:
    return GroupRow(
        id=row.id,
        reference=row.reference,
        name=row.name,
        theme=row.theme,
        level=Level(row.level),
        active=row.active,
        for_new_contracts=row.for_new_contracts,
        version=row.version,
        members=member_count,
        contracts=contracts,
        extras=extras,
    )
