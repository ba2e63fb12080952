"""Contracts of an enterprise to choose from: found by words, those of a group or not, those nobody works on (A-19)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from domain.econtracting.contracts import ContractState
from domain.folding import words_of
from models.base import db
from models.contract_rights import GroupContract, GroupExtraMember, GroupMember, RightsGroup
from models.public_contract import PublicContract
from services import clock, listing
from services.econtracting.access import Entry
from services.econtracting.access_rows import holds, of_enterprise
from services.listing import Order, Page, Position

_SHOWN: Any = select(
    PublicContract.id,
    PublicContract.reference,
    PublicContract.number,
    PublicContract.description,
    PublicContract.state,
    PublicContract.internal_reference,
)
_ORDER = Order((PublicContract.number, PublicContract.id))


@dataclass(frozen=True, slots=True)
class Filter:
    """Which contracts: the words typed, those a group works on or not (by key of the group), those without a group."""

    words: str = ""
    linked_to: int | None = None
    not_linked_to: int | None = None
    without_group: bool = False


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract in a list."""

    id: int
    reference: str
    number: str
    description: str
    state: ContractState
    internal_reference: str


@dataclass(frozen=True, slots=True)
class Found:
    """One page of contracts, and how many there are in all."""

    page: Page[ContractRow]
    total: int


def find(entry: Entry, wanted: Filter, position: Position) -> Found:
    """A page of contracts by number, and the count."""
    conditions = _conditions(entry, wanted)
    statement = _SHOWN.where(*conditions)
    name = f"rights:{entry.organisation_id}:{wanted!r}"
    page = listing.page_of(statement, _ORDER, position, name=name)
    return Found(_rows(page), count(entry, wanted))


def count(entry: Entry, wanted: Filter) -> int:
    """How many contracts there are."""
    return db.session.scalar(select(func.count()).select_from(PublicContract).where(*_conditions(entry, wanted))) or 0


def references(entry: Entry, wanted: Filter, limit: int) -> list[str]:
    """The references of all of them, by number; one more than ``limit`` at most."""
    statement = (
        select(PublicContract.reference).where(*_conditions(entry, wanted)).order_by(*_ORDER.clauses()).limit(limit + 1)
    )
    return list(db.session.scalars(statement))


def unstaffed(now: Any) -> ColumnElement[bool]:
    """That no active group with a member works on a contract: ``without_group()`` of the domain, in SQL."""
    member = exists().where(GroupMember.group_id == RightsGroup.id, holds(GroupMember, now))
    extra = exists().where(GroupExtraMember.link_id == GroupContract.id, holds(GroupExtraMember, now))
    return ~(
        select(GroupContract.id)
        .join(RightsGroup, RightsGroup.id == GroupContract.group_id)
        .where(
            GroupContract.contract_id == PublicContract.id,
            holds(GroupContract, now),
            RightsGroup.active,
            RightsGroup.organisation_id == PublicContract.contractor_id,
            or_(member, extra),
        )
        .correlate(PublicContract)
        .exists()
    )


def _conditions(entry: Entry, wanted: Filter) -> list[ColumnElement[bool]]:
    now = clock.now()
    found = [of_enterprise(entry.organisation_id, now)]
    for word in words_of(wanted.words):
        own = func.lower(PublicContract.internal_reference)
        found.append(or_(listing.like(PublicContract.search_text, word), listing.like(own, word)))
    if wanted.linked_to is not None:
        found.append(_works(wanted.linked_to, now))
    if wanted.not_linked_to is not None:
        found.append(~_works(wanted.not_linked_to, now))
    if wanted.without_group:
        found += [PublicContract.state == ContractState.ACTIVE, unstaffed(now)]
    return found


def _works(group_id: int, now: Any) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            and_(
                GroupContract.contract_id == PublicContract.id,
                GroupContract.group_id == group_id,
                holds(GroupContract, now),
            )
        )
        .correlate(PublicContract)
    )


def _rows(page: Page[Any]) -> Page[ContractRow]:
    return Page(tuple(_row(row) for row in page.rows), page.cursors, page.number, page.more)


def _row(row: Any) -> ContractRow:
    return ContractRow(row.id, row.reference, row.number, row.description, row.state, row.internal_reference)


def named(entry: Entry, wanted: Iterable[str]) -> list[ContractRow]:
    """The contracts behind references, by number; those of another enterprise are left out."""
    rows = db.session.execute(
        _SHOWN.where(
            PublicContract.reference.in_(set(wanted)),
            of_enterprise(entry.organisation_id, clock.now()),
        ).order_by(*_ORDER.clauses())
    )
    return [_row(row) for row in rows]
