"""Reading for the payment pages: what is payable, orders, what waits for a memo date, who still owes, statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from domain.actor import Actor
from domain.ecalcura.payment_states import OrderState, PaymentKind
from domain.ecalcura.payments import ZERO
from domain.folding import fold
from domain.permissions import Permission
from models.base import db
from models.organisation import Facility
from models.payment import BankStatement, BankStatementEntry, PaymentLine, PaymentOrder
from services import access, listing
from services.listing import Order, Page, Position


class Waiting(StrEnum):
    """Which lines a list shows."""

    PAYABLE = "te-betalen"
    ORDERED = "op-opdracht"
    UNDATED = "wacht-op-memodatum"
    DATED = "betaald"
    ALL = "alle"


@dataclass(frozen=True, slots=True)
class PayableGroup:
    """Lines that are paid on the same day for the same reason."""

    payable_on: date | None
    period_code: str
    kind: PaymentKind
    count: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class Overview:
    """The start page of payments; every figure counts lines or euro of all facilities."""

    payable: tuple[PayableGroup, ...]
    drafts: tuple[PaymentOrder, ...]
    released: tuple[PaymentOrder, ...]
    undated: int
    undated_total: Decimal
    owing: int
    owed: Decimal
    statements: tuple[BankStatement, ...]


def overview(actor: Actor) -> Overview:
    """Everything the start page says, in six statements."""
    access.require(actor, Permission.PAYMENTS_MANAGE)
    undated: Any = db.session.execute(
        select(func.count().label("count"), func.sum(PaymentLine.paid).label("total"))
        .select_from(PaymentLine)
        .join(PaymentOrder, PaymentOrder.id == PaymentLine.order_id)
        .where(_of(Waiting.UNDATED))
    ).one()
    owing: Any = db.session.execute(
        select(func.count(PaymentLine.id).label("count"), func.sum(PaymentLine.balance_after).label("total")).where(
            _owing()
        )
    ).one()
    return Overview(
        payable=tuple(_grouped(_of(Waiting.PAYABLE))),
        drafts=tuple(_orders(OrderState.DRAFT)),
        released=tuple(_orders(OrderState.RELEASED)),
        undated=undated.count,
        undated_total=undated.total or ZERO,
        owing=owing.count,
        owed=owing.total or ZERO,
        statements=tuple(db.session.scalars(select(BankStatement).order_by(BankStatement.id.desc()).limit(5))),
    )


def _grouped(which: ColumnElement[bool]) -> list[PayableGroup]:
    """Lines by day, period and kind, with their number and sum."""
    columns = (PaymentLine.payable_on, PaymentLine.period_code, PaymentLine.kind)
    rows = db.session.execute(
        select(*columns, func.count(PaymentLine.id), func.sum(PaymentLine.paid))
        .where(which)
        .group_by(*columns)
        .order_by(*columns)
    )
    return [PayableGroup(*row) for row in rows]


def _orders(state: OrderState) -> list[PaymentOrder]:
    statement = select(PaymentOrder).where(PaymentOrder.state == state).order_by(PaymentOrder.id.desc()).limit(5)
    return list(db.session.scalars(statement))


def _of(waiting: Waiting) -> ColumnElement[bool]:
    """Which lines stand where; UNDATED and ORDERED need the order joined."""
    paid, undated = PaymentLine.paid > ZERO, PaymentLine.value_date.is_(None)
    conditions: Mapping[Waiting, ColumnElement[bool]] = {
        Waiting.PAYABLE: and_(paid, undated, PaymentLine.order_id.is_(None)),
        Waiting.ORDERED: and_(paid, PaymentOrder.state == OrderState.DRAFT),
        Waiting.UNDATED: and_(paid, undated, PaymentOrder.state == OrderState.RELEASED),
        Waiting.DATED: and_(paid, PaymentLine.value_date.is_not(None)),
        Waiting.ALL: PaymentLine.id > 0,
    }
    return conditions[waiting]


def _owing() -> ColumnElement[bool]:
    """The last line of a facility that still owes something."""
    last = (
        select(PaymentLine.facility_id, func.max(PaymentLine.sequence).label("sequence"))
        .group_by(PaymentLine.facility_id)
        .subquery()
    )
    newest = select(PaymentLine.id).join(
        last, and_(PaymentLine.facility_id == last.c.facility_id, PaymentLine.sequence == last.c.sequence)
    )
    return and_(PaymentLine.balance_after > ZERO, PaymentLine.id.in_(newest))


def line_page(
    actor: Actor, waiting: Waiting, search: str, position: Position, order_id: int | None = None
) -> Page[Any]:
    """Lines with their facility and order, the newest first; ``search`` is a part of a name, city or number."""
    access.require(actor, Permission.PAYMENTS_MANAGE)
    statement = _searched(_lines().where(_of(waiting)), search)
    if order_id is not None:
        statement = statement.where(PaymentLine.order_id == order_id)
    order = Order((PaymentLine.id,), descending=True)
    return listing.page_of(statement, order, position, name=f"payment lines {waiting} {search} {order_id}")


def owing_page(actor: Actor, search: str, position: Position) -> Page[Any]:
    """The last line of each facility with a balance above 0, the largest balance first."""
    access.require(actor, Permission.PAYMENTS_MANAGE)
    order = Order((PaymentLine.balance_after, PaymentLine.id), descending=True)
    return listing.page_of(_searched(_lines().where(_owing()), search), order, position, name=f"owing {search}")


def order_page(actor: Actor, state: OrderState | None, position: Position) -> Page[Any]:
    """Orders, the newest first."""
    access.require(actor, Permission.PAYMENTS_MANAGE)
    statement: Any = select(PaymentOrder)
    if state is not None:
        statement = statement.where(PaymentOrder.state == state)
    return listing.page_of(statement, Order((PaymentOrder.id,), descending=True), position, name=f"orders {state}")


def entry_page(actor: Actor, statement_id: int, outcome: str, position: Position) -> Page[Any]:
    """The transfers of a statement with the facility they belong to, in the order of the file."""
    access.require(actor, Permission.PAYMENTS_MANAGE)
    statement: Any = (
        select(BankStatementEntry, PaymentLine, Facility)
        .outerjoin(PaymentLine, PaymentLine.id == BankStatementEntry.payment_line_id)
        .outerjoin(Facility, Facility.id == PaymentLine.facility_id)
        .where(BankStatementEntry.statement_id == statement_id)
    )
    if outcome:
        statement = statement.where(BankStatementEntry.outcome == outcome)
    order = Order((BankStatementEntry.position,))
    return listing.page_of(statement, order, position, name=f"entries {statement_id} {outcome}")


def outcome_counts(actor: Actor, statement_id: int) -> dict[str, int]:
    """How many transfers of a statement have each outcome."""
    access.require(actor, Permission.PAYMENTS_MANAGE)
    rows: Any = db.session.execute(
        select(BankStatementEntry.outcome, func.count())
        .where(BankStatementEntry.statement_id == statement_id)
        .group_by(BankStatementEntry.outcome)
    )
    return {row.outcome: row[1] for row in rows}


def facility_of(actor: Actor, line: PaymentLine) -> Facility:
    """The facility of a line."""
    access.require(actor, Permission.PAYMENTS_MANAGE)
    return db.session.get_one(Facility, line.facility_id)


def _lines() -> Select[Any]:
    joined: Any = (
        select(PaymentLine, Facility, PaymentOrder)
        .join(Facility, Facility.id == PaymentLine.facility_id)
        .outerjoin(PaymentOrder, PaymentOrder.id == PaymentLine.order_id)
    )
    lines: Select[Any] = joined
    return lines


def _searched(statement: Select[Any], search: str) -> Select[Any]:
    for word in search.split():
        statement = statement.where(
            or_(listing.like(Facility.search_text, fold(word)), listing.like(PaymentLine.reference, word))
        )
    return statement


def groups_of(actor: Actor, order: PaymentOrder) -> list[PayableGroup]:
    """What an order pays, by period and kind."""
    access.require(actor, Permission.PAYMENTS_MANAGE)
    return _grouped(PaymentLine.order_id == order.id)


def undated_of(actor: Actor, order: PaymentOrder) -> int:
    """How many lines of an order still wait for their memo date."""
    access.require(actor, Permission.PAYMENTS_MANAGE)
    count = db.session.scalar(
        select(func.count(PaymentLine.id)).where(PaymentLine.order_id == order.id, PaymentLine.value_date.is_(None))
    )
    return count or 0
