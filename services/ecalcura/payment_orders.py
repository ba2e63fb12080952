"""Payment orders: what is payable goes to the bank in one file, made by one person and released by another.

Making an order freezes the account of each line (E-053); a facility without an account is named and left out. Until the
release an order can be cancelled; then its lines are payable again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select, update

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.ecalcura.payment_orders import (
    ACCOUNTS_CHANGED,
    NOTHING,
    check_execution,
    check_release,
    check_waiting,
    proposed,
)
from domain.ecalcura.payment_states import PAYMENT_LABELS, OrderState
from domain.ecalcura.payments import ZERO
from domain.errors import DomainError, InvalidValue, NotAllowedNow, NotFound
from domain.permissions import Permission
from integrations import payment_files
from integrations.payment_files import CreditTransfer
from models.base import db
from models.gate import writing
from models.organisation import BankAccount, Facility
from models.payment import PaymentLine, PaymentOrder
from services import access, audit, clock, documents
from services.ecalcura.payment_accounts import accounts_of, payer


@dataclass(frozen=True, slots=True)
class Candidate:
    """A payable line with the account it would be paid on; None when the facility has none."""

    line: PaymentLine
    facility: Facility
    account: BankAccount | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an order for a day would hold, and what is left out for want of an account."""

    taken: tuple[Candidate, ...]
    left_out: tuple[Candidate, ...]

    @property
    def total(self) -> Decimal:
        """The sum that would be paid, in euro."""
        return sum((one.line.paid for one in self.taken), ZERO)


def proposal(actor: Actor, execute_on: date) -> Proposal:
    """What an order for this day would hold; writes nothing. Raises InvalidValue (``execute_on``)."""
    access.require(actor, Permission.PAYMENTS_MANAGE)
    check_execution(execute_on, clock.today())
    return _proposal(db.session.execute(_payable(execute_on)))


def make(actor: Actor, execute_on: date) -> PaymentOrder:
    """Put what is payable on a day on a new order and freeze the accounts. A line is on one order only.

    Raises InvalidValue (``execute_on``) for a day that cannot be, or on which there is nothing to pay.
    """
    access.require(actor, Permission.PAYMENTS_MANAGE)
    check_execution(execute_on, clock.today())
    _lock(_payable(execute_on).with_only_columns(PaymentLine.facility_id).order_by(None))
    found = _proposal(
        db.session.execute(
            _payable(execute_on).with_for_update(of=PaymentLine).execution_options(populate_existing=True)
        )
    )
    if not found.taken:
        raise InvalidValue(NOTHING, field="execute_on")
    with writing("payment_orders.make"):
        order = PaymentOrder(
            execute_on=execute_on,
            lines=len(found.taken),
            total=found.total,
            made_at=clock.now(),
            made_by=actor.name[:160],
            made_by_id=actor.account_id,
        )
        db.session.add(order)
        db.session.flush()
        for one in found.taken:
            assert one.account is not None
            one.line.order_id = order.id
            one.line.bank_account_id = one.account.id
            one.line.iban = one.account.iban
            one.line.holder = one.account.holder
    _trace(actor, order, "MADE")
    return order


def release(actor: Actor, reference: str) -> PaymentOrder:
    """Send an order to the bank: write its file to the document store. Another account than the one that made it.

    Raises NotAllowedNow when the order does not wait, the same person releases, the day is over, an account changed
    since, or no account to pay from is configured; NotFound, Unavailable when the document store does not take it.
    """
    access.require(actor, Permission.PAYMENTS_MANAGE)
    _lock(select(PaymentLine.facility_id).where(PaymentLine.order_id == find(actor, reference).id))
    order = _locked(reference)
    check_release(order.state, order.made_by_id, actor.account_id, order.execute_on, clock.today())
    debited = payer()
    lines = _lines_of(order)
    _require_same_accounts(lines)
    now = clock.now()
    content = payment_files.write(
        message=order.reference,
        made_at=now,
        execute_on=order.execute_on,
        payer=debited,
        transfers=[_transfer(line, facility) for line, facility in lines],
    )
    stored = documents.store(content, payment_files.MEDIA_TYPE)
    with writing("payment_orders.release"):
        order.state = OrderState.RELEASED
        order.released_at, order.released_by, order.released_by_id = now, actor.name[:160], actor.account_id
        order.file_digest = stored.digest
    _trace(actor, order, "RELEASED")
    return order


def release_obstacle(actor: Actor, order: PaymentOrder) -> DomainError | None:
    """Why this actor cannot release the order now; None when it can be tried."""
    try:
        check_release(order.state, order.made_by_id, actor.account_id, order.execute_on, clock.today())
        payer()
        _require_same_accounts(_lines_of(order))
    except NotAllowedNow as refusal:
        return refusal
    return None


def proposed_day(actor: Actor) -> date:
    """The day to begin a new order with."""
    access.require(actor, Permission.PAYMENTS_MANAGE)
    planned = db.session.scalar(
        select(func.min(PaymentLine.payable_on)).where(
            PaymentLine.paid > ZERO, PaymentLine.order_id.is_(None), PaymentLine.value_date.is_(None)
        )
    )
    return proposed(planned, clock.today())


def cancel(actor: Actor, reference: str) -> PaymentOrder:
    """Undo an order that was not released: its lines are payable again. Raises NotAllowedNow, NotFound."""
    access.require(actor, Permission.PAYMENTS_MANAGE)
    order = _locked(reference)
    check_waiting(order.state)
    with writing("payment_orders.cancel"):
        order.state = OrderState.CANCELLED
        db.session.execute(
            update(PaymentLine)
            .where(PaymentLine.order_id == order.id)
            .values(order_id=None, bank_account_id=None, iban=None, holder=None)
        )
    _trace(actor, order, "CANCELLED")
    return order


def file_of(actor: Actor, reference: str) -> tuple[str, bytes]:
    """The name and the content of the file of a released order, checked against its digest."""
    access.require(actor, Permission.PAYMENTS_MANAGE)
    order = find(actor, reference)
    if order.file_digest is None:
        raise NotFound
    return f"betalingen-{order.execute_on:%Y%m%d}-{order.reference}.xml", documents.read(order.file_digest)[1]


def find(actor: Actor, reference: str) -> PaymentOrder:
    """An order by its reference; NotFound otherwise."""
    access.require(actor, Permission.PAYMENTS_MANAGE)
    order = db.session.scalar(select(PaymentOrder).where(PaymentOrder.reference == reference))
    if order is None:
        raise NotFound
    return order


def _payable(execute_on: date) -> Select[PaymentLine, Facility]:
    """Lines with something to pay by a day, on no order and without a memo date (paid another way)."""
    return (
        select(PaymentLine, Facility)
        .join(Facility, Facility.id == PaymentLine.facility_id)
        .where(
            PaymentLine.paid > ZERO,
            PaymentLine.order_id.is_(None),
            PaymentLine.value_date.is_(None),
            PaymentLine.payable_on <= execute_on,
        )
        .order_by(Facility.hco_number, PaymentLine.sequence)
    )


def _lock(wanted: Select[int]) -> None:
    """The rows of all facilities of an order, always in the same order: their accounts stand still until the commit."""
    db.session.execute(
        select(Facility.id).where(Facility.id.in_(wanted)).order_by(Facility.id).with_for_update(key_share=True)
    ).all()


def _proposal(rows: Any) -> Proposal:
    pairs = [(row.PaymentLine, row.Facility) for row in rows]
    accounts = accounts_of({facility.id for _, facility in pairs})
    all_of_them = [Candidate(line, facility, accounts.get(facility.id)) for line, facility in pairs]
    return Proposal(
        tuple(one for one in all_of_them if one.account is not None),
        tuple(one for one in all_of_them if one.account is None),
    )


def _locked(reference: str) -> PaymentOrder:
    order = db.session.scalar(
        select(PaymentOrder)
        .where(PaymentOrder.reference == reference)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if order is None:
        raise NotFound
    return order


def _lines_of(order: PaymentOrder) -> list[tuple[PaymentLine, Facility]]:
    rows = db.session.execute(
        select(PaymentLine, Facility)
        .join(Facility, Facility.id == PaymentLine.facility_id)
        .where(PaymentLine.order_id == order.id)
        .order_by(Facility.hco_number, PaymentLine.sequence)
    )
    return [(row.PaymentLine, row.Facility) for row in rows]


def _require_same_accounts(rows: Sequence[tuple[PaymentLine, Facility]]) -> None:
    """Refuse when a facility would no longer be paid on the account frozen on its line."""
    today = accounts_of({facility.id for _, facility in rows})
    changed = {
        facility.name
        for line, facility in rows
        if (account := today.get(facility.id)) is None or account.iban != line.iban
    }
    if changed:
        named = [*sorted(changed)[:5], *(["…"] if len(changed) > 5 else [])]
        raise NotAllowedNow(ACCOUNTS_CHANGED, code="E-053", facilities=", ".join(named))


def _transfer(line: PaymentLine, facility: Facility) -> CreditTransfer:
    assert line.iban is not None
    text = f"eCalcura eindeloopbaan {line.period_code} {PAYMENT_LABELS[line.kind]} HCO {facility.hco_number}"
    return CreditTransfer(line.reference, line.paid, line.holder or facility.name, line.iban, text)


def _trace(actor: Actor, order: PaymentOrder, act: str) -> None:
    audit.record(
        actor,
        AuditEvent.PAYMENT_ORDERED,
        "payment_order",
        order.reference,
        data={"act": act, "lines": order.lines, "total": str(order.total), "file_digest": order.file_digest},
    )
