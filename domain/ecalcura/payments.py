"""Advances, the settlement of a reference period and the current account of a facility (7.7, A-20 to A-23).

Amounts are exact euro with two decimals. The current account (rekening-courant, RC) goes one way: it is what the
facility still owes, never below zero. What the department owes, it pays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.ecalcura.calculation_states import CalculationKind
from domain.ecalcura.payment_states import PAYMENT_LABELS, PaymentKind
from domain.errors import N_, NotAllowedNow
from domain.exact import rounded

ZERO = Decimal("0.00")

#: The payments of a period, in the order in which they belong in the current account.
_ORDER = {kind: place for place, kind in enumerate(PaymentKind)}

_ADVANCES = {
    CalculationKind.ADVANCE_1: PaymentKind.ADVANCE_1,
    CalculationKind.ADVANCE_2: PaymentKind.ADVANCE_2,
}


@dataclass(frozen=True, slots=True)
class AdvanceAmount:
    """An advance in euro and how it came about.

    ``percentage`` (40 is forty percent) of ``base_amount``, the last definitive total, that of ``base_period``; all
    three are None for a fixed amount.
    """

    amount: Decimal
    base_amount: Decimal | None = None
    percentage: Decimal | None = None
    base_period: str | None = None


def share_of(base_amount: Decimal | None, percentage: Decimal, base_period: str | None) -> AdvanceAmount | None:
    """A percentage of the last definitive total (A-20), rounded once, half up; None without a base or with nothing."""
    if base_amount is None:
        return None
    amount = rounded(base_amount * percentage, 100, 2)
    return AdvanceAmount(amount, base_amount, percentage, base_period) if amount > 0 else None


def fixed(amount: Decimal | None) -> AdvanceAmount | None:
    """A fixed advance (part 8, ``VAST_BEDRAG``); None without an amount."""
    return AdvanceAmount(amount) if amount is not None and amount > 0 else None


def settlement(total: Decimal, calculated_before: Iterable[Decimal]) -> Decimal:
    """What a line adds to what was calculated for the period before it; may be negative (7.7, A-22).

    The final statement settles the total with the advances, a correction (A-23) the new total with all lines before.
    """
    return total - sum(calculated_before, ZERO)


def booked(calculated: Decimal, balance_before: Decimal) -> tuple[Decimal, Decimal]:
    """What is paid and the current account after it (7.7); both formulas hold for a negative amount too.

    Raises ValueError for a balance below zero: it cannot exist.
    """
    if balance_before < 0:
        raise ValueError("the current account never goes below zero")
    return max(ZERO, calculated - balance_before), max(ZERO, balance_before - calculated)


@dataclass(frozen=True, slots=True)
class Due:
    """A line to be booked: for which period, of what kind, when it is paid and the amount calculated for it."""

    period_code: str
    kind: PaymentKind
    payable_on: date
    calculated: Decimal


@dataclass(frozen=True, slots=True)
class Booked:
    """A line in the current account (10.1)."""

    due: Due
    balance_before: Decimal
    paid: Decimal
    balance_after: Decimal


def booking_order(due: Due) -> tuple[date, str, int]:
    """Sorts lines as they are booked: by day, and on one day the oldest reference period first (A-21)."""
    return due.payable_on, due.period_code, _ORDER[due.kind]


def chain(lines: Iterable[Due], balance_before: Decimal = ZERO) -> list[Booked]:
    """Lines in the current account of one facility, each on the balance the line before left (A-21, A-23)."""
    found = []
    for due in sorted(lines, key=booking_order):
        paid, balance_after = booked(due.calculated, balance_before)
        found.append(Booked(due, balance_before, paid, balance_after))
        balance_before = balance_after
    return found


ADVANCE_BOOKED = N_(
    "{payment} van referentieperiode {period} is al geboekt. Een wijziging wordt verrekend in de eindafrekening."
)
SETTLED = N_("De eindafrekening van referentieperiode {period} is al geboekt. Een voorschot kan niet meer.")
OLDEST_FIRST = N_(
    "De eindafrekening van referentieperiode {older} wordt op dezelfde dag betaald en is nog niet geboekt. "
    "Geef eerst die vrij: de oudste referentieperiode gaat voor."
)


def payment_kind(kind: CalculationKind, period_code: str, booked_before: Sequence[PaymentKind]) -> PaymentKind:
    """What line a communicated calculation gives, after those that were booked for the period.

    The first definitive total is the final statement, each later one a correction (A-23). Raises NotAllowedNow (A-20)
    for an advance that was booked before or comes after the final statement, ValueError for a provisional calculation:
    that one is never paid (A-35).
    """
    if kind is CalculationKind.PROVISIONAL:
        raise ValueError("a provisional calculation is not paid")
    settled = PaymentKind.FINAL_STATEMENT in booked_before
    advance = _ADVANCES.get(kind)
    if advance is None:
        return PaymentKind.CORRECTION if settled else PaymentKind.FINAL_STATEMENT
    if advance in booked_before:
        raise NotAllowedNow(ADVANCE_BOOKED, code="A-20", payment=PAYMENT_LABELS[advance], period=period_code)
    if settled:
        raise NotAllowedNow(SETTLED, code="A-20", period=period_code)
    return advance


def check_oldest_first(advance_on: date, unsettled: Iterable[tuple[str, date]]) -> None:
    """A-21: an advance waits for the final statement of an older period that is paid on the same day.

    ``unsettled`` are the older periods without a final statement, with their payment date. Raises NotAllowedNow (A-21)
    naming the oldest one; in the other order the current account would be taken off the wrong payment.
    """
    waiting = sorted(period for period, pay_on in unsettled if pay_on == advance_on)
    if waiting:
        raise NotAllowedNow(OLDEST_FIRST, code="A-21", older=waiting[0])
