"""The lines of the history with the current account of a facility (7.7, 10.1, A-20 to A-23)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.calendars import local_date
from domain.ecalcura.payment_states import PAYMENT_LABELS, PaymentKind
from domain.ecalcura.payments import ZERO, booked, payment_kind, settlement
from domain.errors import Forbidden
from domain.permissions import Permission
from models.base import db
from models.compensation import Calculation, CalculationDerivation
from models.gate import writing
from models.payment import PaymentLine
from services import access, audit, clock
from services.ecalcura import advances
from services.ecalcura.derivations import AdvanceDerivation, read_advance
from services.ecalcura.payment_dates import planned_on
from services.locks import lock_facility

#: Who outside the facility may read its lines.
_READERS = (Permission.PAYMENTS_MANAGE, Permission.CALCULATIONS_READ, Permission.AMOUNTS_LOOK_UP)


def book(actor: Actor, calculation: Calculation) -> PaymentLine:
    """Put a communicated calculation in the current account of its facility; a second time gives the same line.

    Runs in the transaction that communicates it; who may do that is checked there. Locks the facility. Raises
    NotAllowedNow for an advance that was booked before or comes too late (A-20) or too early (A-21).
    """
    facility = lock_facility(calculation.facility_id)
    line = db.session.scalar(select(PaymentLine).where(PaymentLine.calculation_id == calculation.id))
    if line is not None:
        return line
    if calculation.total is None:
        raise ValueError("a calculation without a total is not paid")
    earlier = _chain(calculation.facility_id)
    of_period = [row for row in earlier if row.period_code == calculation.period_code]
    kind = payment_kind(calculation.kind, calculation.period_code, [row.kind for row in of_period])
    planned = planned_on(calculation)
    line = PaymentLine(
        facility_id=calculation.facility_id,
        period_code=calculation.period_code,
        kind=kind,
        calculation_id=calculation.id,
        sequence=earlier[-1].sequence + 1 if earlier else 1,
        calculated_on=local_date(calculation.calculated_at),
        communicated_on=local_date(calculation.communicated_at or clock.now()),
        payable_on=max(planned, clock.today()),
        balance_before=earlier[-1].balance_after if earlier else ZERO,
        made_at=clock.now(),
        made_by=actor.name[:160],
    )
    if kind in (PaymentKind.ADVANCE_1, PaymentKind.ADVANCE_2):
        advances.wait_for_older(calculation.facility_id, calculation.period_code, planned)
        line.calculated = calculation.total
        explained = _explained(calculation)
        if explained is not None:
            line.base_amount, line.percentage = explained.base_amount, explained.percentage
    else:
        line.entitlement = calculation.total
        line.advances = sum((row.calculated for row in of_period), ZERO)
        line.calculated = settlement(calculation.total, [row.calculated for row in of_period])
    line.paid, line.balance_after = booked(line.calculated, line.balance_before)
    with writing("payments.book"):
        db.session.add(line)
    audit.record(
        actor,
        AuditEvent.PAYMENT_BOOKED,
        "facility",
        facility.hco_number,
        data={
            "period": line.period_code,
            "kind": line.kind,
            "calculated": str(line.calculated),
            "paid": str(line.paid),
            "before": str(line.balance_before),
            "after": str(line.balance_after),
            "calculation": calculation.reference,
        },
    )
    return line


def _chain(facility_id: int) -> list[PaymentLine]:
    """Every line of a facility in the order of its current account, read anew."""
    return list(
        db.session.scalars(
            select(PaymentLine)
            .where(PaymentLine.facility_id == facility_id)
            .order_by(PaymentLine.sequence)
            .execution_options(populate_existing=True)
        )
    )


def _explained(calculation: Calculation) -> AdvanceDerivation | None:
    """What the amount of an advance was reckoned from, as it was kept with the calculation."""
    kept = db.session.get(CalculationDerivation, calculation.id)
    return None if kept is None else read_advance(kept.content)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A line of the history with the columns of 10.1; ``label`` is the type of payment in words.

    ``communicated_on`` is *Datum betaling*, the day the communication was sent; ``value_date`` is *Memodatum*, the day
    the money is on the account (N-10). ``iban`` is the account that was used, None until the line is on an order.
    """

    reference: str
    calculation_id: int
    period_code: str
    kind: PaymentKind
    sequence: int
    entitlement: Decimal | None
    advances: Decimal | None
    base_amount: Decimal | None
    percentage: Decimal | None
    calculated: Decimal
    calculated_on: date
    communicated_on: date | None
    payable_on: date | None
    paid: Decimal
    balance_before: Decimal
    balance_after: Decimal
    iban: str | None
    value_date: date | None

    @property
    def label(self) -> str:
        """The type of payment (a text to translate)."""
        return PAYMENT_LABELS[self.kind]


def lines(actor: Actor, facility_id: int) -> list[HistoryLine]:
    """The history of a facility, the newest line first. For itself, a case manager or the helpdesk (5.4)."""
    if actor.side is Side.FACILITY:
        access.require(actor, Permission.HISTORY_READ, facility_id)
    elif not any(actor.may(permission) for permission in _READERS):
        raise Forbidden(Permission.CALCULATIONS_READ)
    return [
        HistoryLine(
            row.reference,
            row.calculation_id,
            row.period_code,
            row.kind,
            row.sequence,
            row.entitlement,
            row.advances,
            row.base_amount,
            row.percentage,
            row.calculated,
            row.calculated_on,
            row.communicated_on,
            row.payable_on,
            row.paid,
            row.balance_before,
            row.balance_after,
            row.iban,
            row.value_date,
        )
        for row in reversed(_chain(facility_id))
    ]


def balance(facility_id: int) -> Decimal:
    """What a facility still owes now (RC), from its last line; 0 without lines."""
    last = db.session.scalar(
        select(PaymentLine.balance_after)
        .where(PaymentLine.facility_id == facility_id)
        .order_by(PaymentLine.sequence.desc())
        .limit(1)
    )
    return ZERO if last is None else last
