"""Late-payment interest, as an indication that is never booked (7.4, readings L-24 and L-25)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from domain.errors import N_, InvalidValue
from domain.exact import rounded

FLAT_SUM = Decimal("40.00")
DAYS_OF_YEAR = 365
NO_RATE = N_("Voor {half_year} is geen interestvoet gekend. De beheerder van e-Contracting kan hem toevoegen.")
NOT_AN_AMOUNT = N_("Vul een bedrag in van 0 of meer, met hoogstens twee cijfers na de komma.")


@dataclass(frozen=True, slots=True)
class Rate:
    """The rate of a half-year in percent a year. ``derived``: by formula, because no publication was found."""

    percent: Decimal
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """The days of one half-year with its rate."""

    half_year: str
    days: int
    rate: Rate


@dataclass(frozen=True, slots=True)
class Interest:
    """Days late, interest and flat sum in euro, and the half-years it was reckoned over."""

    days: int
    interest: Decimal
    flat: Decimal
    segments: tuple[Segment, ...]


def interest(principal: Decimal, due: date, paid: date, rates: Mapping[str, Rate]) -> Interest:
    """Interest from the day after ``due`` up to and including ``paid``: each day at the rate of its half-year.

    ``rates`` are the known rates per half-year, e.g. ``2025H2``. The segments are summed unrounded and rounded once
    (A-34). Paid in time: nothing, and no flat sum (L-25). Raises InvalidValue for an amount that is none and for a day
    without a known rate.
    """
    if not principal.is_finite() or principal < 0 or principal != principal.quantize(Decimal("0.01")):
        raise InvalidValue(NOT_AN_AMOUNT, code="A-34", field="principal")
    segments = tuple(_segments(due, paid, rates))
    if not segments:
        return Interest(0, Decimal("0.00"), Decimal("0.00"), ())
    exact = sum((principal * segment.days * segment.rate.percent for segment in segments), Decimal(0))
    total = rounded(exact, DAYS_OF_YEAR * 100, 2)
    return Interest(sum(segment.days for segment in segments), total, FLAT_SUM, segments)


def _segments(due: date, paid: date, rates: Mapping[str, Rate]) -> list[Segment]:
    found = []
    first = due + timedelta(days=1)
    while first <= paid:
        half, last = _half_year(first)
        last = min(last, paid)
        if half not in rates:
            raise InvalidValue(NO_RATE, code="L-24", field="rates", half_year=half)
        found.append(Segment(half, (last - first).days + 1, rates[half]))
        first = last + timedelta(days=1)
    return found


def half_year_of(day: date) -> str:
    """The half-year a day falls in, e.g. ``2025H2``."""
    return _half_year(day)[0]


def _half_year(day: date) -> tuple[str, date]:
    """The half-year of a day and its last day."""
    if day.month <= 6:
        return f"{day.year}H1", date(day.year, 6, 30)
    return f"{day.year}H2", date(day.year, 12, 31)
