"""Communicated calculations and what is booked of them, without computing anything."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from domain.actor import SCHEDULER
from domain.ecalcura.calculation_states import CalculationKind, CalculationStatus, RoundState
from domain.ecalcura.payments import AdvanceAmount
from models.all import db
from models.compensation import Calculation, CalculationDerivation, CalculationRound
from models.organisation import Facility
from models.payment import PaymentLine
from services import clock, transaction
from services.ecalcura import parameter_sets, payments
from services.ecalcura.derivations import AdvanceDerivation, write_advance
from tests.factories.database import saved
from tests.factories.reference import reference_period


def calculation(
    of: Facility,
    kind: CalculationKind | str,
    total: str | None,
    period: str = "2023-2024",
    advance: AdvanceAmount | None = None,
    **values: Any,
) -> Calculation:
    """A communicated calculation of now, in a round of its own, with the example parameters of the period.

    ``advance`` is what the derivation of an advance says.
    """
    reference_period(period)
    with transaction.unit_of_work():
        with_set = parameter_sets.ensure_released(period).set_id
    moment = clock.now()
    which = CalculationKind(kind)
    round_ = saved(
        CalculationRound(
            period_code=period,
            kind=which,
            state=RoundState.RELEASED,
            parameter_set_id=with_set,
            started_at=moment,
            started_by="Els De Smet",
            released_at=moment,
        )
    )
    defaults: dict[str, Any] = {
        "status": CalculationStatus.COMMUNICATED,
        "calculated_at": moment,
        "communicated_at": moment,
        "total": None if total is None else Decimal(total),
    }
    made = saved(
        Calculation(
            round_id=round_.id,
            facility_id=of.id,
            period_code=period,
            kind=which,
            parameter_set_id=with_set,
            **(defaults | values),
        )
    )
    if advance is not None:
        kept = AdvanceDerivation(advance.amount, advance.base_amount, advance.percentage, advance.base_period)
        saved(CalculationDerivation(calculation_id=made.id, content=write_advance(kept)[0]))
    return made


def booked(
    of: Facility,
    kind: CalculationKind | str = "DEFINITIEF",
    total: str = "1000.00",
    period: str = "2023-2024",
    advance: AdvanceAmount | None = None,
) -> PaymentLine:
    """The payment line of a communicated calculation, as the release of a round books it."""
    made = calculation(of, kind, total, period, advance)
    with transaction.unit_of_work():
        line = payments.book(SCHEDULER, db.session.get_one(Calculation, made.id))
        line_id = line.id
    db.session.expire_all()
    return db.session.get_one(PaymentLine, line_id)


def payable_day(line: PaymentLine) -> date:
    """The day on which a line can be ordered."""
    assert line.payable_on is not None
    return line.payable_on
