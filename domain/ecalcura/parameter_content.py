"""The parameters of one reference period as one value (part 8).

``parameter_list`` names, groups and explains each of them; ``parameter_sets`` writes, reads and compares them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from domain.calendars import add_months, last_working_day, quarters_of
from domain.ecalcura.campaign import PeriodCalendar
from domain.ecalcura.compensation_parameters import CompensationParameters
from domain.ecalcura.performances import PerformanceParameters
from domain.ecalcura.personnel import RightsParameters
from domain.errors import N_
from domain.exact import rounded_fraction


class AdvanceBase(StrEnum):
    """What an advance is reckoned from (``basis``, A-20)."""

    PREVIOUS_DEFINITIVE = "VORIGE_DEFINITIEVE"
    FIXED_AMOUNT = "VAST_BEDRAG"


ADVANCE_BASE_LABELS: Mapping[AdvanceBase, str] = {
    AdvanceBase.PREVIOUS_DEFINITIVE: N_("Percentage van de laatste definitieve berekening"),
    AdvanceBase.FIXED_AMOUNT: N_("Vast bedrag per voorziening"),
}


@dataclass(frozen=True, slots=True)
class Advance:
    """Voorschot 1 or 2 of the period (A-20, A-21).

    ``percentage`` (0 to 100) counts with PREVIOUS_DEFINITIVE, ``fixed_amount`` (euro) with FIXED_AMOUNT. ``pay_on`` is
    the day the money is meant to be on the account. An advance that is not ``active`` is not paid at all.
    """

    pay_on: date
    active: bool = True
    percentage: Decimal = Decimal(40)
    base: AdvanceBase = AdvanceBase.PREVIOUS_DEFINITIVE
    fixed_amount: Decimal = Decimal(0)

    @classmethod
    def defaults(cls, reference_period: str) -> tuple[Advance, Advance]:
        """40 % on the last working day of January X and of July X, X the year the period ends in (A-20, A-21).

        Voorschot 1 then falls on the day of the Eindafrekening of the period before, as in example 4 of 7.8.
        """
        end_year = quarters_of(reference_period)[3].year
        return cls(last_working_day(end_year, 1)), cls(last_working_day(end_year, 7))


def _no_amounts() -> Mapping[str, Decimal]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Indexation:
    """The optional way to derive yearly amounts (A-34): base amount times the mean of twelve monthly coefficients.

    ``months`` maps ``2023-07`` to a coefficient: none, or all twelve months of the period. ``base_y1`` and ``base_y2``
    are euro per qualification. ``shown_in_letter``: the letter mentions the mean coefficient.
    """

    months: Mapping[str, Decimal] = field(default_factory=_no_amounts)
    base_y1: Mapping[str, Decimal] = field(default_factory=_no_amounts)
    base_y2: Mapping[str, Decimal] = field(default_factory=_no_amounts)
    shown_in_letter: bool = False

    @property
    def coefficient(self) -> Fraction | None:
        """The mean coefficient, exact; None when amounts are entered as they are."""
        if not self.months:
            return None
        return sum((Fraction(one) for one in self.months.values()), Fraction(0)) / len(self.months)

    def amounts(self, base: Mapping[str, Decimal]) -> dict[str, Decimal]:
        """Yearly amounts derived from base amounts, in cents, rounded once (A-33); empty without coefficients."""
        coefficient = self.coefficient
        if coefficient is None:
            return {}
        return {code: rounded_fraction(Fraction(amount) * coefficient, 2) for code, amount in base.items()}


@dataclass(frozen=True, slots=True)
class Texts:
    """What letters and pages say about who decides and on what ground."""

    administration: str = "Departement Zorg"
    mailbox: str = ""
    legal_basis: str = ""


@dataclass(frozen=True, slots=True)
class ParameterContent:
    """All parameters of one reference period. The hours of a full-time week and of a day are the same everywhere."""

    calendar: PeriodCalendar
    compensation: CompensationParameters
    performances: PerformanceParameters
    rights: RightsParameters
    advances: tuple[Advance, Advance]
    index: Indexation = field(default_factory=Indexation)
    texts: Texts = field(default_factory=Texts)

    def __post_init__(self) -> None:
        hours = {part.full_time_hours for part in (self.compensation, self.performances, self.rights)}
        if len(hours) > 1 or self.compensation.hours_per_day != self.performances.hours_per_day:
            raise ValueError("a week and a day have one length in a parameter set")

    @classmethod
    def default(cls, reference_period: str) -> ParameterContent:
        """The defaults of part 8, with no amounts yet; InvalidValue on a malformed period."""
        return cls(
            calendar=PeriodCalendar.default(reference_period),
            compensation=CompensationParameters(),
            performances=PerformanceParameters(),
            rights=RightsParameters(),
            advances=Advance.defaults(reference_period),
        )

    @property
    def reference_period(self) -> str:
        """The period the parameters are of."""
        return self.calendar.reference_period


def indexed(content: ParameterContent) -> ParameterContent:
    """The content with every amount that has a base amount derived from it, when there are coefficients (A-34)."""
    index, old = content.index, content.compensation
    if not index.months:
        return content
    y1, y2 = ({**old.y1, **index.amounts(index.base_y1)}, {**old.y2, **index.amounts(index.base_y2)})
    return replace(content, compensation=replace(old, y1=MappingProxyType(y1), y2=MappingProxyType(y2)))


def next_year(content: ParameterContent) -> ParameterContent:
    """The content for the period that follows: every date a year later, all else kept.

    A day on which money is paid that was the last working day of its month stays that (A-07, A-21).
    """
    old = content.calendar
    following = f"{old.reference_period[5:]}-{int(old.reference_period[5:]) + 1}"
    quarters = quarters_of(following)
    calendar = replace(
        old,
        reference_period=following,
        starts_on=quarters[0].start,
        ends_on=quarters[3].end,
        payment_on=_pay_day_later(old.payment_on),
        statutory_deadline=add_months(old.statutory_deadline, 12),
        letter_on=add_months(old.letter_on, 12),
        postponed_until=add_months(old.postponed_until, 12),
        blocking_on=add_months(old.blocking_on, 12),
        definitive_from=add_months(old.definitive_from, 12),
        definitive_until=add_months(old.definitive_until, 12),
    )
    first, second = (replace(one, pay_on=_pay_day_later(one.pay_on)) for one in content.advances)
    months = {f"{int(month[:4]) + 1}{month[4:]}": value for month, value in content.index.months.items()}
    index = replace(content.index, months=MappingProxyType(months))
    return replace(content, calendar=calendar, advances=(first, second), index=index)


def _pay_day_later(day: date) -> date:
    if day == last_working_day(day.year, day.month):
        return last_working_day(day.year + 1, day.month)
    return add_months(day, 12)


def months_of_period(reference_period: str) -> tuple[str, ...]:
    """``2023-07`` to ``2024-06``."""
    first = quarters_of(reference_period)[0].start
    return tuple(f"{add_months(first, number):%Y-%m}" for number in range(12))
