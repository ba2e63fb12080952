"""What people gain when a group starts working on contracts, and lose when it stops: told before it is done."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import and_, case, func, select, union_all

from domain.actor import Actor
from domain.econtracting import rights
from domain.econtracting.rights import Level
from models.base import db
from models.contract_rights import GroupContract, GroupExtraMember, GroupMember, RightsGroup
from services import clock
from services.econtracting.access import Entry
from services.econtracting.access_rows import holds
from services.econtracting.rights import contract_lists, facts, guard, overview, people
from services.econtracting.rights.contract_lists import ContractRow, Filter, Found
from services.econtracting.rights.links import MOST_AT_ONCE
from services.econtracting.rights.overview import GroupRow
from services.econtracting.rights.people import PersonRow
from services.listing import Position


@dataclass(frozen=True, slots=True)
class Gain:
    """What one member gains: contracts that appear, and contracts in which the right in the theme becomes higher."""

    person: PersonRow
    appears: int
    higher: int

    @property
    def nothing(self) -> bool:
        """Whether the person had all of this already, or cannot use it now."""
        return not self.appears and not self.higher


@dataclass(frozen=True, slots=True)
class Preview:
    """A group, the contracts it would start working on, how many it works on already, and who gains what."""

    group: GroupRow
    theme: str
    contracts: list[ContractRow]
    already: int
    gains: list[Gain]
    too_many: bool = False


@dataclass(frozen=True, slots=True)
class Loss:
    """Somebody who loses a right in one contract. ``left`` is what stays in the theme, ``gone`` that all is hidden."""

    person: PersonRow
    left: Level | None
    gone: bool
    extra: bool


def of_linking(actor: Actor, group_reference: str, references: Collection[str]) -> Preview:
    """What linking a group to these contracts gives."""
    entry = guard.managing(actor)
    group = overview.group_row(entry, group_reference)
    too_many = len(references) > MOST_AT_ONCE
    chosen = contract_lists.named(entry, list(references)[:MOST_AT_ONCE])
    working = set(
        db.session.scalars(
            select(GroupContract.contract_id).where(
                GroupContract.group_id == group.id, holds(GroupContract, clock.now())
            )
        )
    )
    new = [row for row in chosen if row.id not in working]
    return Preview(
        group=group,
        theme=overview.theme_name(group.theme),
        contracts=new,
        already=len(chosen) - len(new),
        gains=_gains(entry, group, [row.id for row in new]),
        too_many=too_many,
    )


def all_found(actor: Actor, group_reference: str, words: str, *, without_group: bool = False) -> list[str]:
    """The references of every contract with these words on which the group does not work yet; one over the most."""
    entry = guard.managing(actor)
    group = guard.own_group(entry, group_reference)
    wanted = Filter(words=words, not_linked_to=group.id, without_group=without_group)
    return contract_lists.references(entry, wanted, MOST_AT_ONCE)


def of_unlinking(actor: Actor, group_reference: str, contract_reference: str) -> tuple[GroupRow, list[Loss]]:
    """Who loses what when a group stops working on a contract; those who keep the same right are not there."""
    entry = guard.managing(actor)
    group = overview.group_row(entry, group_reference)
    contract = guard.own_contract(entry, contract_reference)
    read = facts.of_contract(entry.organisation_id, contract.id)
    before = read.enterprise
    after = replace(before, links=tuple(link for link in before.links if link.group != str(group.id)))
    now, key = clock.now(), str(contract.id)
    extras = {
        one.person
        for one in before.extras
        if one.span.holds(now) and any(link.key == one.link and link.group == str(group.id) for link in before.links)
    }
    found = []
    for row in people.people(entry):
        had = rights.levels(row.person, key, before, now).get(group.theme)
        keeps = rights.levels(row.person, key, after, now).get(group.theme)
        if had != keeps:
            gone = not rights.sees(row.person, key, after, now)
            found.append(Loss(row, keeps, gone, row.person.key in extras))
    return group, found


def _gains(entry: Entry, group: GroupRow, contracts: list[int]) -> list[Gain]:
    """Per fixed member, counted in one statement however many contracts there are."""
    now = clock.now()
    inside = set(
        db.session.scalars(
            select(GroupMember.relation_id).where(GroupMember.group_id == group.id, holds(GroupMember, now))
        )
    )
    members = [row for row in people.people(entry) if row.id in inside]
    held = _held(group, [row.id for row in members], contracts)
    gains = []
    for row in members:
        visible, kept = held.get(row.id, (0, 0))
        if not row.person.enters or not group.active:
            gains.append(Gain(row, 0, 0))
        else:
            appears = 0 if row.person.manages else len(contracts) - visible
            gains.append(Gain(row, appears, len(contracts) - kept))
    return gains


def _held(group: GroupRow, relations: list[int], contracts: list[int]) -> Mapping[int, tuple[int, int]]:
    """Per person: in how many of the contracts there is a right now, and in how many as high in the theme already."""
    if not relations or not contracts:
        return {}
    pairs = union_all(_fixed(relations, contracts), _extra(relations, contracts)).subquery()
    in_theme = func.max(case((pairs.c.theme == group.theme, pairs.c.level), else_=0))
    each = (
        select(pairs.c.relation_id, pairs.c.contract_id, in_theme.label("level"))
        .group_by(pairs.c.relation_id, pairs.c.contract_id)
        .subquery()
    )
    counted = select(
        each.c.relation_id,
        func.count().label("visible"),
        func.sum(case((each.c.level >= int(group.level), 1), else_=0)).label("kept"),
    ).group_by(each.c.relation_id)
    return {row.relation_id: (row.visible, int(row.kept)) for row in db.session.execute(counted)}


def _fixed(relations: list[int], contracts: list[int]) -> Any:
    now = clock.now()
    return (
        select(GroupMember.relation_id, GroupContract.contract_id, RightsGroup.theme, RightsGroup.level)
        .join(RightsGroup, RightsGroup.id == GroupMember.group_id)
        .join(GroupContract, GroupContract.group_id == RightsGroup.id)
        .where(_working_on(contracts), GroupMember.relation_id.in_(relations), holds(GroupMember, now))
    )


def _extra(relations: list[int], contracts: list[int]) -> Any:
    now = clock.now()
    return (
        select(GroupExtraMember.relation_id, GroupContract.contract_id, RightsGroup.theme, RightsGroup.level)
        .join(GroupContract, GroupContract.id == GroupExtraMember.link_id)
        .join(RightsGroup, RightsGroup.id == GroupContract.group_id)
        .where(_working_on(contracts), GroupExtraMember.relation_id.in_(relations), holds(GroupExtraMember, now))
    )


def _working_on(contracts: list[int]) -> Any:
    return and_(GroupContract.contract_id.in_(contracts), holds(GroupContract, clock.now()), RightsGroup.active)


def linkable(actor: Actor, group_reference: str, words: str, position: Position) -> tuple[GroupRow, Found]:
    """A group, and a page of the contracts on which it does not work yet."""
    entry = guard.managing(actor)
    group = overview.group_row(entry, group_reference)
    return group, contract_lists.find(entry, Filter(words=words, not_linked_to=group.id), position)


def contract(actor: Actor, reference: str) -> ContractRow:
    """A contract of the actor's enterprise; NotFound for any other."""
    entry = guard.managing(actor)
    guard.own_contract(entry, reference)
    return contract_lists.named(entry, [reference])[0]
