"""Facts about staff: persons, contracts, end-of-career choices, the code lists and the parameters of the rights.

The rules over them stand in ``contract_rules``, ``choice_rules`` and ``frozen_quarters``. Hours are weekly hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from domain.calendars import Quarter, overlaps
from domain.errors import N_, Finding, Severity

Period = tuple[date, date | None]
"""First and last day, both included; ``None`` is open (L-03)."""


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """A contract. ``hours`` include ``replacement_hours`` (E-072); codes are those of the code lists."""

    reference: str
    starts_on: date
    ends_on: date | None
    contract_type: str
    qualification: str
    hours: Decimal
    replacement_hours: Decimal
    el_right: bool

    @property
    def period(self) -> Period:
        """First and last day."""
        return self.starts_on, self.ends_on

    def covers(self, day: date) -> bool:
        """Does it run on this day?"""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class ChoiceFacts:
    """An end-of-career choice line; hours are per week for a full-time job, ``None`` when left empty (V-32)."""

    reference: str
    decided_on: date
    begins_on: date
    ends_on: date | None
    age_category: str
    premium_hours: int | None
    exemption_hours: int | None
    premium_exception: bool = False

    @property
    def period(self) -> Period:
        """First and last day of the right."""
        return self.begins_on, self.ends_on


@dataclass(frozen=True, slots=True)
class ContractTypeFacts:
    """A contract type of the code list (9.2). ``replacer_excluded_from``: no replacer from that day on (9.3)."""

    code: str
    right_possible: bool
    replacer_excluded_from: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class QualificationFacts:
    """A qualification of the code list (9.1)."""

    code: str
    is_nurse: bool
    automatic_right: bool
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What is known of a birth date: all of it, or the parts a national number tells.

    ``birth_month`` may be the raw month of a BIS number (20 or 40 higher); 0 and ``None`` mean unknown.
    """

    birth_year: int | None = None
    birth_month: int | None = None
    birth_day: int | None = None
    birth_date: date | None = None

    @property
    def known_birth_month(self) -> tuple[int, int] | None:
        """Year and month of a completely known birth date, else ``None`` (V-06)."""
        if self.birth_date is not None:
            return self.birth_date.year, self.birth_date.month
        month = (self.birth_month or 0) % 20
        if not self.birth_year or not month or not self.birth_day:
            return None
        return self.birth_year, month

    def age_at_end_of_month(self, day: date) -> int | None:
        """Age on the last day of the month ``day`` falls in; ``None`` when the birth date is not fully known.

        Only the month matters: on its last day every birthday of that month has passed, 29 February too.
        """
        born = self.known_birth_month
        if born is None:
            return None
        year, month = born
        return day.year - year - (day.month < month)


@dataclass(frozen=True, slots=True)
class CategoryRule:
    """From which age an age category is open and how many hours it gives."""

    age: int
    hours: int


def _default_categories() -> Mapping[str, CategoryRule]:
    return MappingProxyType({"45+": CategoryRule(45, 2), "50+": CategoryRule(50, 4), "55+": CategoryRule(55, 6)})


@dataclass(frozen=True, slots=True)
class RightsParameters:
    """The parameters of part 8 that the staff rules use."""

    full_time_hours: Decimal = Decimal(38)
    categories: Mapping[str, CategoryRule] = field(default_factory=_default_categories)
    selectable_hours: frozenset[int] = frozenset({0, 2, 4, 6})
    combination_allowed: bool = True
    excluded_replacer_severity: Severity = Severity.BLOCKS
    rehire_months: int = 3
    rehire_from: Quarter = field(default=Quarter(2019, 1))


DEFAULT_RIGHTS = RightsParameters()


def automatic_right(contract_type: ContractTypeFacts, qualification: QualificationFacts) -> bool:
    """E-075: is 'Recht Eindeloopbaan' ticked by itself for this contract type and qualification?"""
    return contract_type.right_possible and qualification.automatic_right


def share_a_day(first: Period, second: Period) -> bool:
    """Do two periods overlap?"""
    return overlaps(*first, *second)


def check_delete_person(*, has_contracts: bool, has_choices: bool) -> list[Finding]:
    """V-07, E-068: a person can only be removed while there are no contracts and no end-of-career data."""
    if not (has_contracts or has_choices):
        return []
    message = N_("Deze medewerker kan niet verwijderd worden: er zijn al contract- of eindeloopbaangegevens.")
    return [Finding("V-07", Severity.BLOCKS, message)]
