"""The history of a facility (E-140, E-141, 10.1): for itself, for a case manager, and for the helpdesk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.calendars import local_date
from domain.ecalcura.calculation_states import CalculationKind, CalculationStatus
from domain.ecalcura.payment_history import Line, PeriodHistory, by_period
from domain.errors import NotFound
from domain.identifiers import format_iban
from domain.permissions import Permission
from models.base import db
from models.compensation import Calculation
from models.letter import Letter
from models.organisation import Facility
from services import access, audit
from services.ecalcura import letter_archive, payments

_HIDDEN = "•••• •••• "


@dataclass(frozen=True, slots=True)
class History:
    """Everything of one facility. ``owed``: what it still owes now; ``others``: letters that are of no line."""

    facility: Facility
    periods: Sequence[PeriodHistory]
    owed: Decimal
    others: Sequence[Letter]

    @property
    def over_the_years(self) -> list[PeriodHistory]:
        """The periods from old to new, for the plot."""
        return list(self.periods)[::-1]


def own(actor: Actor) -> History:
    """The history of the actor's own facility."""
    return _of(actor, access.own_facility(actor))


def of_facility(actor: Actor, hco_number: str) -> History:
    """The history of any facility, for the department or the helpdesk; leaves a trace. NotFound."""
    access.require(actor, Permission.AMOUNTS_LOOK_UP)
    facility = db.session.scalar(select(Facility).where(Facility.hco_number == hco_number))
    if facility is None or actor.side is Side.FACILITY:
        raise NotFound
    found = _of(actor, facility)
    audit.record(
        actor,
        AuditEvent.AMOUNT_VIEWED,
        "facility",
        facility.hco_number,
        data={"calculation": "history", "as": actor.side.value},
        concerns=(facility.hco_number,),
    )
    return found


def shown_iban(actor: Actor, iban: str | None) -> str:
    """The account a line was paid on; only its end for whoever has no business with accounts (the helpdesk)."""
    if not iban:
        return ""
    if actor.side is Side.FACILITY or actor.may(Permission.FACILITIES_READ):
        return format_iban(iban)
    return f"{iban[:2]}•• {_HIDDEN}{iban[-4:]}"


def _of(actor: Actor, facility: Facility) -> History:
    paid = payments.lines(actor, facility.id)
    letters = letter_archive.of_facility(actor, facility.id)
    by_calculation = {
        letter.calculation_id: letter.reference
        for letter in letters
        if letter.calculation_id is not None and letter_archive.may_open(actor, letter)
    }
    known = {
        row.id: row
        for row in db.session.scalars(
            select(Calculation).where(Calculation.facility_id == facility.id, Calculation.communicated_at.is_not(None))
        )
    }
    lines = [_payment_line(actor, line, known, by_calculation) for line in paid]
    lines += [
        _provisional_line(row, by_calculation) for row in known.values() if row.kind is CalculationKind.PROVISIONAL
    ]
    owed = paid[0].balance_after if paid else Decimal("0.00")
    return History(facility, by_period(lines), owed, [one for one in letters if one.calculation_id is None])


def _payment_line(
    actor: Actor, line: payments.HistoryLine, known: dict[int, Calculation], letters: dict[int, str]
) -> Line:
    calculation = known.get(line.calculation_id)
    return Line(
        period_code=line.period_code,
        kind=line.kind,
        calculated=line.calculated,
        calculated_on=line.calculated_on,
        communicated_on=line.communicated_on,
        order=(line.communicated_on or line.calculated_on, line.sequence),
        paid=line.paid,
        value_date=line.value_date,
        payable_on=line.payable_on,
        balance_before=line.balance_before,
        balance_after=line.balance_after,
        entitlement=line.entitlement,
        iban=shown_iban(actor, line.iban),
        letter=letters.get(line.calculation_id),
        calculation=calculation.reference if calculation is not None else None,
    )


def _provisional_line(row: Calculation, letters: dict[int, str]) -> Line:
    assert row.communicated_at is not None  # asked for
    communicated: date = local_date(row.communicated_at)
    return Line(
        period_code=row.period_code,
        kind=None,
        calculated=row.total if row.total is not None else Decimal("0.00"),
        calculated_on=local_date(row.calculated_at),
        communicated_on=communicated,
        order=(communicated, -1),
        letter=letters.get(row.id),
        calculation=row.reference,
        lapsed=row.status is CalculationStatus.LAPSED,
    )
