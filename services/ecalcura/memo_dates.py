"""The memo date of a payment line by hand: the day the money is on the account (N-10); each change leaves a trace."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.ecalcura.bank_matching import check_can_be_dated, check_memo_date
from domain.ecalcura.payment_states import OrderState
from domain.errors import DomainError, NotAllowedNow, NotFound
from domain.permissions import Permission
from models.base import db
from models.gate import writing
from models.payment import PaymentLine, PaymentOrder
from services import access, audit, clock
from services.locks import lock_facility

BY_HAND = "HAND"


def find(actor: Actor, reference: str) -> tuple[PaymentLine, PaymentOrder | None]:
    """A line with its order; NotFound otherwise."""
    access.require(actor, Permission.PAYMENTS_MANAGE)
    row = db.session.execute(
        select(PaymentLine, PaymentOrder)
        .outerjoin(PaymentOrder, PaymentOrder.id == PaymentLine.order_id)
        .where(PaymentLine.reference == reference)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row.PaymentLine, row.PaymentOrder


def earliest(line: PaymentLine, order: PaymentOrder | None) -> date:
    """The first day a line can be on the account: that of the execution, and never before it was communicated."""
    days = [line.communicated_on or line.calculated_on]
    if order is not None and order.state is OrderState.RELEASED:
        days.append(order.execute_on)
    return max(days)


def may_be_dated(line: PaymentLine, order: PaymentOrder | None) -> DomainError | None:
    """Why a line cannot have a memo date now; None when it can."""
    try:
        check_can_be_dated(line.paid, order is not None and order.state is OrderState.DRAFT)
    except NotAllowedNow as refusal:
        return refusal
    return None


def enter(actor: Actor, reference: str, value_date: date | None) -> PaymentLine:
    """Set, correct or take away the memo date of a line; the same date again changes nothing.

    Raises InvalidValue (``value_date``), NotAllowedNow for a line that is not paid or is on an order that waits.
    """
    line, _ = find(actor, reference)
    lock_facility(line.facility_id)
    line, order = find(actor, reference)
    check_can_be_dated(line.paid, order is not None and order.state is OrderState.DRAFT)
    if value_date is not None:
        check_memo_date(value_date, earliest(line, order), clock.today())
    if line.value_date != value_date:
        set_on(actor, line, value_date, BY_HAND)
    return line


def set_on(actor: Actor, line: PaymentLine, value_date: date | None, source: str) -> None:
    """Write the memo date and its trace. The caller has locked and checked."""
    with writing("memo_dates.set_on"):
        line.value_date, line.value_source = value_date, source if value_date is not None else None
    audit.record(
        actor,
        AuditEvent.PAYMENT_DATED,
        "payment_line",
        line.reference,
        data={"value_date": None if value_date is None else value_date.isoformat(), "source": source},
    )
