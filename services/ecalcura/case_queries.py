"""The list of dossiers as case managers work it: counts, pages, neighbours and the file, for a million dossiers.

Every plan walks an index that already has the order of the list (``models.declaration``); no count goes beyond a cap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Row, Select, case, false, func, literal, select, true, type_coerce, union_all
from sqlalchemy.sql.elements import ColumnElement

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.ecalcura.declaration import DossierStatus
from domain.permissions import Permission
from models.base import Instant, db
from models.declaration import Dossier
from models.organisation import Facility
from services import access, audit, listing
from services.ecalcura.case_criteria import Criteria, Sort
from services.ecalcura.case_selection import DOSSIER, FACILITY, Selection, Shape, selection
from services.listing import CAP, Capped, Order, Page, Position, Reading


@dataclass(frozen=True, slots=True)
class DossierRow:
    """One line of the list."""

    number: str
    facility_name: str
    hco_number: str
    quarter: str
    period: str
    status: DossierStatus
    reopened: bool
    changed_at: datetime
    submitted_at: datetime | None
    version: int
    risk: int
    stake: Decimal
    risk_reasons: str | None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The dossier before or after one in a list, with the cursor of its row."""

    number: str
    cursor: str


@dataclass(frozen=True, slots=True)
class DossierList:
    """A page of dossiers. ``counts`` per status (None: of all) up to the cap, where they are cheap to know.

    ``too_many_to_sort`` says that the wanted order was left for the usual one.
    """

    page: Page[DossierRow]
    counts: Mapping[DossierStatus | None, Capped] = field(default_factory=dict)
    criteria: Criteria = field(default_factory=Criteria)
    too_many_to_sort: bool = False


#: The euro at stake as the whole number of cents it is kept as, so that a cursor can hold it.
_CENTS: Any = type_coerce(DOSSIER.stake, BigInteger)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_ORDERS: dict[Sort, tuple[Any, ...]] = {
    Sort.CHANGED: (DOSSIER.changed_at, DOSSIER.id),
    Sort.NUMBER: (DOSSIER.number,),
    Sort.FACILITY: (FACILITY.name, DOSSIER.number),
    Sort.SUBMITTED: (func.coalesce(DOSSIER.submitted_at, literal(_NEVER, Instant()), type_=Instant()), DOSSIER.id),
    Sort.RISK: (DOSSIER.risk, _CENTS, DOSSIER.id),
    Sort.STAKE: (_CENTS, DOSSIER.id),
}
_COLUMNS = (
    DOSSIER.id,
    DOSSIER.number,
    FACILITY.name,
    FACILITY.hco_number,
    DOSSIER.year,
    DOSSIER.quarter_number,
    DOSSIER.period_code,
    DOSSIER.status,
    DOSSIER.reopened,
    DOSSIER.changed_at,
    DOSSIER.submitted_at,
    DOSSIER.version,
    DOSSIER.risk,
    DOSSIER.stake,
    DOSSIER.risk_reasons,
)


def dossier_list(actor: Actor, criteria: Criteria, position: Position) -> DossierList:
    """One page of the list: one statement, one more when facilities are searched, one more for another order."""
    access.require(actor, Permission.DOSSIER_REVIEW)
    chosen = selection(criteria)
    if chosen.none:
        nothing: dict[DossierStatus | None, Capped] = {status: Capped(0) for status in (None, *DossierStatus)}
        return DossierList(Page((), (), 1, False), nothing, criteria)
    sort, descending, refused = _possible_sort(chosen, criteria)
    order = Order(_ORDERS[sort], descending)
    name = repr(sorted(criteria.address().items()))
    ids = _sortable(chosen.shape, sort)
    reading, params = listing.place_of(ids, order, position, name=name, params=chosen.params)
    rows = db.session.execute(_statement(chosen.shape, sort, descending, reading), params).all()
    found = [(_dossier_row(row), _key(row, order)) for row in rows if row.id is not None]
    counts = {} if chosen.shape.facilities == "walk" else _totals(rows[0], together=chosen.shape.facilities != "all")
    return DossierList(listing.arranged(found, order, position, reading), counts, criteria, refused)


@dataclass(frozen=True, slots=True)
class Export:
    """A list as a file: how many rows it has and the statement that reads them (services.spreadsheets)."""

    rows: int
    statement: Any


#: A file with more facilities than these is one about all of them.
_NAMED = 50


def _whose(ids: Any, params: Mapping[str, Any]) -> Sequence[str]:
    """The HCO numbers of the facilities in a list, or that it is about everybody."""
    numbers = (
        ids.with_only_columns(FACILITY.hco_number)
        .join(Facility.__table__, FACILITY.id == DOSSIER.facility_id)
        .distinct()
        .limit(_NAMED + 1)
    )
    found = list(db.session.scalars(numbers, params))
    return found if len(found) <= _NAMED else (audit.EVERY_FACILITY,)


def export(actor: Actor, criteria: Criteria) -> Export:
    """Every dossier of the list, and the trace that it was taken along; never the words that were typed."""
    access.require(actor, Permission.DOSSIER_REVIEW)
    chosen = selection(criteria)
    ids = chosen.shape.ids().where(false()) if chosen.none else chosen.shape.ids()
    total = db.session.scalar(select(func.count()).select_from(ids.subquery()), chosen.params) or 0
    address = criteria.address()
    filters = {name: "…" if name in {"zoek", "voorziening"} else value for name, value in address.items()}
    audit.record(
        actor,
        AuditEvent.EXPORTED,
        "list",
        "dossiers",
        data={"list": "dossiers", "rows": total, "filters": filters},
        concerns=_whose(ids, chosen.params) if criteria.facility or criteria.search else (audit.EVERY_FACILITY,),
    )
    usual = Sort.RISK if criteria.sort is Sort.RISK else Sort.CHANGED
    order = Order(_ORDERS[usual], criteria.descending or criteria.sort is not usual)
    statement = (
        ids.with_only_columns(
            DOSSIER.number,
            FACILITY.hco_number,
            FACILITY.name,
            FACILITY.sector,
            DOSSIER.year,
            DOSSIER.quarter_number,
            DOSSIER.period_code,
            DOSSIER.status,
            DOSSIER.changed_at,
            DOSSIER.submitted_at,
            DOSSIER.risk,
            DOSSIER.stake,
            DOSSIER.risk_reasons,
        )
        .join(Facility.__table__, FACILITY.id == DOSSIER.facility_id)
        .order_by(*order.clauses())
    )
    return Export(total, statement.params(**chosen.params))


def neighbours_of(actor: Actor, criteria: Criteria, cursor: str) -> tuple[Neighbour | None, Neighbour | None]:
    """The dossiers before and after one in its list, by the cursor of its row; one statement."""
    access.require(actor, Permission.DOSSIER_REVIEW)
    chosen = selection(criteria)
    order = Order(_ORDERS[criteria.sort], criteria.descending)
    key = order.key(cursor)
    if chosen.none or key is None:
        return None, None
    rows = []
    for place, keys in enumerate(listing.neighbours(_sortable(chosen.shape, criteria.sort), order)):
        one = keys.with_only_columns(DOSSIER.number, *_labelled(order)).subquery()
        rows.append(select(literal(place).label("place"), one))
    found = {row.place: row for row in db.session.execute(union_all(*rows), {**chosen.params, **order.bound(key)})}
    before, after = (
        Neighbour(row.number, order.cursor(_key(row, order))) if (row := found.get(place)) else None for place in (0, 1)
    )
    return before, after


def _possible_sort(chosen: Selection, criteria: Criteria) -> tuple[Sort, bool, bool]:
    """The order that can be given: the one that was asked, or the usual one (True) when there are too many dossiers."""
    if _has_index(chosen.shape, criteria.sort):
        return criteria.sort, criteria.descending, False
    count = db.session.scalar(select(listing.capped_count(chosen.shape.ids())), chosen.params) or 0
    if Capped(count).more:
        usual = Sort.RISK if _has_index(chosen.shape, Sort.RISK) and chosen.shape.risk else Sort.CHANGED
        return usual, True, True
    return criteria.sort, criteria.descending, False


def _has_index(shape: Shape, sort: Sort) -> bool:
    """Whether an index has the order of the list already, for these conditions (``models.declaration.Dossier``)."""
    of_some = shape.number or shape.facilities in ("one", "few")
    match sort:
        case Sort.CHANGED:
            return not shape.risk or of_some
        case Sort.RISK:
            return not of_some
        case Sort.STAKE:
            return not of_some and not shape.quarters and (shape.period or not shape.status) and not shape.risk
        case _:
            return False


def _sortable(shape: Shape, sort: Sort) -> Select[Any]:
    """The dossiers; for another order than that of an index at most as many as can be sorted at once."""
    if _has_index(shape, sort):
        return shape.ids()
    few = shape.ids().limit(CAP).subquery("few")
    return (
        select(DOSSIER.id)
        .select_from(few)
        .join(Dossier.__table__, DOSSIER.id == few.c.id)
        .join(Facility.__table__, FACILITY.id == DOSSIER.facility_id)
    )


def _counting(shape: Shape) -> Select[Any]:
    """One row with the count per status, each up to the cap; no counts where counting would mean walking."""
    if shape.facilities == "walk":
        return select(literal(0).label("uncounted"))
    if shape.facilities == "all":
        without = replace(shape, status=False)
        each = [listing.capped_count(without.ids(status)).label(f"count_{status}") for status in DossierStatus]
        return select(*each)
    some = shape.of_any_status().limit(CAP + 1).subquery("some")
    sums = [
        func.coalesce(func.sum(case((some.c.status == status, 1), else_=0)), 0).label(f"count_{status}")
        for status in DossierStatus
    ]
    return select(*sums)


@lru_cache(maxsize=256)
def _statement(shape: Shape, sort: Sort, descending: bool, reading: Reading) -> Select[Any]:
    """Page and counts in one statement: the counts stand on every row, and on one empty row when the page has none.

    Kept per shape: making it costs more than what the database does with it.
    """
    order = Order(_ORDERS[sort], descending)
    page = listing.paged(_sortable(shape, sort), order, reading).with_only_columns(DOSSIER.id).subquery("page")
    listed = (
        select(*_COLUMNS, *_labelled(order))
        .select_from(page)
        .join(Dossier.__table__, DOSSIER.id == page.c.id)
        .join(Facility.__table__, FACILITY.id == DOSSIER.facility_id)
        .subquery("listed")
    )
    sorting = Order(tuple(listed.c[label.name] for label in _labelled(order)), descending)
    counts = _counting(shape).subquery("counts")
    return (
        select(counts, listed)
        .select_from(counts.outerjoin(listed, true()))
        .order_by(*sorting.clauses(backwards=reading is Reading.BEFORE))
    )


def _labelled(order: Order) -> list[ColumnElement[Any]]:
    return [column.label(f"key_{place}") for place, column in enumerate(order.columns)]


def _key(row: Any, order: Order) -> list[Any]:
    return [getattr(row, f"key_{place}") for place in range(len(order.columns))]


def _totals(row: Row[Any], *, together: bool) -> dict[DossierStatus | None, Capped]:
    """The counts of a page and their total; what was counted ``together`` says nothing per status above the cap."""
    each = {status: getattr(row, f"count_{status}") for status in DossierStatus}
    total = sum(each.values())
    if together and total > CAP:
        return {None: Capped(total)}
    return {None: Capped(total)} | {status: Capped(number) for status, number in each.items()}


def _dossier_row(row: Row[Any]) -> DossierRow:
    return DossierRow(
        number=row.number,
        facility_name=row.name,
        hco_number=row.hco_number,
        quarter=f"{row.year}K{row.quarter_number}",
        period=row.period_code,
        status=row.status,
        reopened=row.reopened,
        changed_at=row.changed_at,
        submitted_at=row.submitted_at,
        version=row.version,
        risk=row.risk,
        stake=row.stake,
        risk_reasons=row.risk_reasons,
    )
