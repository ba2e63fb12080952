"""The matrix of people and themes: who has which right, and from which group; in all contracts or in one (A-15)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from domain.actor import Actor
from domain.econtracting import rights
from domain.econtracting.kinds import Theme
from domain.econtracting.rights import Level
from domain.econtracting.rights_explained import Clue, clues
from models.base import db
from models.contract_rights import GroupContract, GroupExtraMember, GroupMember
from services import clock
from services.econtracting import kinds
from services.econtracting.access import Entry
from services.econtracting.access_rows import holds
from services.econtracting.rights import contract_lists, facts, guard, overview, people
from services.econtracting.rights.contract_lists import ContractRow
from services.econtracting.rights.overview import GroupRow
from services.econtracting.rights.people import PersonRow

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Source:
    """A group somebody is in. ``contracts``: in how many contracts it gives the right; ``here_only``: as extra."""

    reference: str
    name: str
    level: Level
    contracts: int
    here_only: bool = False
    active: bool = True

    @property
    def gives(self) -> bool:
        """Whether a right comes from it now."""
        return self.active and self.contracts > 0


@dataclass(frozen=True, slots=True)
class Cell:
    """What somebody may in one theme: the highest right of the groups, those that give it first."""

    level: Level | None
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One person with a cell per theme, in the order of the themes."""

    person: PersonRow
    cells: tuple[Cell, ...]

    @property
    def empty(self) -> bool:
        """Whether no group gives this person anything."""
        return all(cell.level is None for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Matrix:
    """A page of people; ``contract`` is the one contract it is about, or None for all of them."""

    themes: list[Theme]
    rows: list[MatrixRow]
    number: int
    pages: int
    total: int
    contract: ContractRow | None = None


def matrix(actor: Actor, *, words: str = "", contract: str = "", number: int = 1, empty_only: bool = False) -> Matrix:
    """Who may do what. ``words`` filters people by name, ``contract`` is the reference of one contract of the
    enterprise, ``empty_only`` leaves only people to whom no group gives anything."""
    entry = guard.managing(actor)
    chosen = None
    if contract:
        guard.own_contract(entry, contract)
        chosen = contract_lists.named(entry, [contract])[0]
    found = people.people(entry, words)
    themes = kinds.themes()
    if empty_only:
        found = [row.person for row in _rows(entry, found, themes, chosen) if row.empty]
    pages = max(1, -(-len(found) // PAGE_SIZE))
    number = min(max(1, number), pages)
    shown = found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    rows = _rows(entry, shown, themes, chosen)
    return Matrix(themes, rows, number, pages, len(found), chosen)


def _rows(entry: Entry, shown: list[PersonRow], themes: list[Theme], contract: ContractRow | None) -> list[MatrixRow]:
    if contract is None:
        sources = _everywhere(entry, shown)
        return [
            MatrixRow(row, tuple(_cell(row, sources.get((row.id, theme.code), ())) for theme in themes))
            for row in shown
        ]
    read = facts.of_contract(entry.organisation_id, contract.id)
    return [MatrixRow(row, tuple(_cell_here(row, theme.code, contract, read) for theme in themes)) for row in shown]


def _cell(row: PersonRow, sources: Iterable[Source]) -> Cell:
    ordered = tuple(sorted(sources, key=lambda one: (not one.gives, -one.level, one.name)))
    if not row.person.enters:
        return Cell(None, ordered)
    return Cell(max((one.level for one in ordered if one.gives), default=None), ordered)


def _cell_here(row: PersonRow, theme: str, contract: ContractRow, read: facts.Facts) -> Cell:
    now = clock.now()
    key = str(contract.id)
    found = [one for one in clues(row.person, key, theme, read.enterprise, now) if one.gives]
    sources = []
    for one in found:
        name, here_only = read.names[one.group], one.clue is Clue.GIVES_HERE_ONLY
        sources.append(Source(name.reference, name.name, one.level, 1, here_only))
    return Cell(rights.levels(row.person, key, read.enterprise, now).get(theme), tuple(sources))


def _everywhere(entry: Entry, shown: list[PersonRow]) -> dict[tuple[int, str], list[Source]]:
    """The groups of some people by person and theme: fixed, and for single contracts."""
    now = clock.now()
    keys = [row.id for row in shown]
    every: dict[int, GroupRow] = {group.id: group for group in overview.groups(entry)}
    found: dict[tuple[int, str], list[Source]] = {}
    fixed = db.session.execute(
        select(GroupMember.relation_id, GroupMember.group_id)
        .where(GroupMember.relation_id.in_(keys), GroupMember.group_id.in_(every), holds(GroupMember, now))
        .distinct()
    )
    for row in fixed:
        group = every[row.group_id]
        source = Source(group.reference, group.name, group.level, group.contracts, active=group.active)
        found.setdefault((row.relation_id, group.theme), []).append(source)
    extra: Any = db.session.execute(
        select(
            GroupExtraMember.relation_id,
            GroupContract.group_id,
            func.count(GroupContract.contract_id.distinct()).label("contracts"),
        )
        .join(GroupContract, GroupContract.id == GroupExtraMember.link_id)
        .where(
            GroupExtraMember.relation_id.in_(keys),
            GroupContract.group_id.in_(every),
            holds(GroupExtraMember, now),
            holds(GroupContract, now),
        )
        .group_by(GroupExtraMember.relation_id, GroupContract.group_id)
    )
    for row in extra:
        group = every[row.group_id]
        source = Source(group.reference, group.name, group.level, row.contracts, True, group.active)
        found.setdefault((row.relation_id, group.theme), []).append(source)
    return found
