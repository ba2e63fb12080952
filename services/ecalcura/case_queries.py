"""The list of dossiers as case managers work it: counts, pages, neighbours and the file, for a million dossiers.

Every plan walks an index that already has the order of the list (``models.declaration``); no count goes beyond a cap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, Select, case, func, literal, select, true, union_all
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
from services.ecalcura.case_selection import Selection, selection
from services.listing import CAP, Capped, Order, Page, Position


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


_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_ORDERS: dict[Sort, tuple[Any, ...]] = {
    Sort.CHANGED: (Dossier.changed_at, Dossier.id),
    Sort.NUMBER: (Dossier.number,),
    Sort.FACILITY: (Facility.name, Dossier.number),
    Sort.SUBMITTED: (func.coalesce(Dossier.submitted_at, literal(_NEVER, Instant()), type_=Instant()), Dossier.id),
}
_COLUMNS = (
    Dossier.id,
    Dossier.number,
    Facility.name,
    Facility.hco_number,
    Dossier.year,
    Dossier.quarter_number,
    Dossier.period_code,
    Dossier.status,
    Dossier.reopened,
    Dossier.changed_at,
    Dossier.submitted_at,
    Dossier.version,
)


def dossier_list(actor: Actor, criteria: Criteria, position: Position) -> DossierList:
    """One page of the list: one statement, one more when facilities are searched, one more for another order."""
    access.require(actor, Permission.DOSSIER_REVIEW)
    where = selection(criteria)
    if where.none:
        nothing: dict[DossierStatus | None, Capped] = {status: Capped(0) for status in (None, *DossierStatus)}
        return DossierList(Page((), (), 1, False), nothing, criteria)
    ids, order, refused = _ordered(where, criteria)
    name = repr(sorted(criteria.address().items()))
    keys = listing.window(ids, order, position, name=name)
    found, counts = _read(where, keys, order, position)
    return DossierList(listing.arranged(found, order, position), counts, criteria, refused)


@dataclass(frozen=True, slots=True)
class Export:
    """A list as a file: how many rows it has and the statement that reads them (services.spreadsheets)."""

    rows: int
    statement: Any


def export(actor: Actor, criteria: Criteria) -> Export:
    """Every dossier of the list, and the trace that it was taken along; never the words that were typed."""
    access.require(actor, Permission.DOSSIER_REVIEW)
    where = selection(criteria)
    ids = where.ids(where.status)
    if where.none:
        ids = ids.where(literal(1) == literal(0))
    total = db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0
    address = criteria.address()
    filters = {name: "…" if name in {"zoek", "voorziening"} else value for name, value in address.items()}
    audit.record(
        actor,
        AuditEvent.EXPORTED,
        "list",
        "dossiers",
        data={"list": "dossiers", "rows": total, "filters": filters},
    )
    order = Order(_ORDERS[Sort.CHANGED], criteria.descending or criteria.sort is not Sort.CHANGED)
    statement = (
        ids.with_only_columns(
            Dossier.number,
            Facility.hco_number,
            Facility.name,
            Facility.sector,
            Dossier.year,
            Dossier.quarter_number,
            Dossier.period_code,
            Dossier.status,
            Dossier.changed_at,
            Dossier.submitted_at,
        )
        .join(Facility, Facility.id == Dossier.facility_id)
        .order_by(*order.clauses())
    )
    return Export(total, statement)


def neighbours_of(actor: Actor, criteria: Criteria, cursor: str) -> tuple[Neighbour | None, Neighbour | None]:
    """The dossiers before and after one in its list, by the cursor of its row; one statement."""
    access.require(actor, Permission.DOSSIER_REVIEW)
    where = selection(criteria)
    if where.none:
        return None, None
    ids, order, _ = _ordered(where, criteria)
    both = listing.neighbours(ids, order, cursor)
    if both is None:
        return None, None
    rows = []
    for place, keys in enumerate(both):
        one = keys.with_only_columns(Dossier.number, *_labelled(order)).subquery()
        rows.append(select(literal(place).label("place"), one))
    found = {row.place: row for row in db.session.execute(union_all(*rows))}
    before, after = (
        Neighbour(row.number, order.cursor(_key(row, order))) if (row := found.get(place)) else None for place in (0, 1)
    )
    return before, after


def _ordered(where: Selection, criteria: Criteria) -> tuple[Select[Any], Order, bool]:
    """The dossiers and their order; True when they are too many for the order that was asked."""
    ids = where.ids(where.status)
    if criteria.sort is Sort.CHANGED:
        return ids, Order(_ORDERS[Sort.CHANGED], criteria.descending), False
    if Capped(db.session.scalar(select(listing.capped_count(ids))) or 0).more:
        return ids, Order(_ORDERS[Sort.CHANGED], True), True
    few = ids.limit(CAP).subquery("few")
    sortable = (
        select(Dossier.id)
        .select_from(few)
        .join(Dossier, Dossier.id == few.c.id)
        .join(Facility, Facility.id == Dossier.facility_id)
    )
    return sortable, Order(_ORDERS[criteria.sort], criteria.descending), False


def _counting(where: Selection) -> Select[Any] | None:
    """One row with the count per status and in all, each up to the cap; None where counting would mean walking."""
    if where.walk is not None:
        return None
    if where.facilities is None:
        each = [listing.capped_count(where.ids(status)).label(f"count_{status}") for status in DossierStatus]
        return select(*each)
    some = where.ids(None).with_only_columns(Dossier.status).limit(CAP + 1).subquery("some")
    sums = [
        func.coalesce(func.sum(case((some.c.status == status, 1), else_=0)), 0).label(f"count_{status}")
        for status in DossierStatus
    ]
    return select(*sums)


def _labelled(order: Order) -> list[ColumnElement[Any]]:
    return [column.label(f"key_{place}") for place, column in enumerate(order.columns)]


def _key(row: Any, order: Order) -> list[Any]:
    return [getattr(row, f"key_{place}") for place in range(len(order.columns))]


def _read(
    where: Selection, keys: Select[Any], order: Order, position: Position
) -> tuple[list[tuple[DossierRow, list[Any]]], dict[DossierStatus | None, Capped]]:
    """Page and counts in one statement: the counts stand on every row, and on one empty row when the page has none."""
    counting = _counting(where)
    page = keys.with_only_columns(Dossier.id).subquery("page")
    listed = (
        select(*_COLUMNS, *_labelled(order))
        .select_from(page)
        .join(Dossier, Dossier.id == page.c.id)
        .join(Facility, Facility.id == Dossier.facility_id)
        .subquery("listed")
    )
    sorting = Order(tuple(listed.c[label.name] for label in _labelled(order)), order.descending)
    counts = (counting if counting is not None else select(literal(0).label("uncounted"))).subquery("counts")
    statement = (
        select(counts, listed)
        .select_from(counts.outerjoin(listed, true()))
        .order_by(*sorting.clauses(backwards=listing.reads_backwards(order, position)))
    )
    rows = db.session.execute(statement).all()
    found = [(_dossier_row(row), _key(row, order)) for row in rows if row.id is not None]
    return found, {} if counting is None else _totals(rows[0], together=where.facilities is not None)


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
    )
