"""The advances of a facility: a share of its last definitive total, or a fixed amount (A-20, part 8)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import exists, select

from domain.ecalcura.calculation_states import CalculationKind, CalculationStatus
from domain.ecalcura.parameter_sets import AdvanceBase, ParameterContent
from domain.ecalcura.payment_states import PaymentKind
from domain.ecalcura.payments import AdvanceAmount, check_oldest_first, fixed, share_of
from models.base import db
from models.compensation import Calculation
from models.payment import PaymentLine
from models.reference import FacilityPeriod, ReferencePeriod
from services.ecalcura.dossiers import calendar_of

#: What gives a definitive total.
DEFINITIVE_KINDS = (CalculationKind.DEFINITIVE, CalculationKind.RECALCULATION, CalculationKind.CORRECTION)

_KINDS = (PaymentKind.ADVANCE_1, PaymentKind.ADVANCE_2)


def amount(facility_id: int, period_code: str, which: int, content: ParameterContent) -> AdvanceAmount | None:
    """The advance of a facility for a period: ``which`` is 0 for the first, 1 for the second.

    None when it is switched off, was booked before, comes after the final statement, or has no base (a new IBW or
    CVK3). Raises NotAllowedNow (A-21) while the final statement of an older period that is paid on the same day is
    not booked: that one goes first.
    """
    advance = content.advances[which]
    if not advance.active or _is_past(facility_id, period_code, _KINDS[which]):
        return None
    wait_for_older(facility_id, period_code, advance.pay_on)
    if advance.base is AdvanceBase.FIXED_AMOUNT:
        return fixed(advance.fixed_amount)
    base = last_definitive(facility_id, period_code)
    if base is None:
        return None
    total, base_period = base
    return share_of(total, advance.percentage, base_period)


def last_definitive(facility_id: int, before_period: str) -> tuple[Decimal, str] | None:
    """The definitive total in force of the last period before this one that has one, with that period (A-20)."""
    row = db.session.execute(
        select(Calculation.total, Calculation.period_code)
        .where(
            Calculation.facility_id == facility_id,
            Calculation.period_code < before_period,
            Calculation.kind.in_(DEFINITIVE_KINDS),
            Calculation.status == CalculationStatus.COMMUNICATED,
            Calculation.total.is_not(None),
        )
        .order_by(Calculation.period_code.desc(), Calculation.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None or row.total is None else (row.total, row.period_code)


def wait_for_older(facility_id: int, period_code: str, pay_on: date) -> None:
    """A-21: raises NotAllowedNow while an older period, paid on the same day, has no final statement."""
    check_oldest_first(pay_on, _unsettled(facility_id, period_code))


def _is_past(facility_id: int, period_code: str, kind: PaymentKind) -> bool:
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    PaymentLine.facility_id == facility_id,
                    PaymentLine.period_code == period_code,
                    PaymentLine.kind.in_((kind, PaymentKind.FINAL_STATEMENT)),
                )
            )
        )
    )


def _unsettled(facility_id: int, period_code: str) -> list[tuple[str, date]]:
    """Older periods in which the facility was calculated or paid and that have no final statement, with their day."""
    began = select(FacilityPeriod.period_code).where(
        FacilityPeriod.facility_id == facility_id, FacilityPeriod.provisional_on.is_not(None)
    )
    paid = select(PaymentLine.period_code).where(PaymentLine.facility_id == facility_id)
    settled = paid.where(PaymentLine.kind == PaymentKind.FINAL_STATEMENT)
    periods = db.session.scalars(
        select(ReferencePeriod).where(
            ReferencePeriod.code < period_code,
            ReferencePeriod.code.in_(began) | ReferencePeriod.code.in_(paid),
            ReferencePeriod.code.not_in(settled),
        )
    )
    return [(row.code, calendar_of(row.code, row).payment_on) for row in periods]
