"""Quarters, reference periods and Belgian calendar days.

All dates are local dates of Brussels; an instant is turned into one by ``local_date``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

import holidays

from domain.errors import N_, InvalidValue

BRUSSELS = ZoneInfo("Europe/Brussels")

_QUARTER = re.compile(r"(20[0-9]{2})K([1-4])")
_PERIOD = re.compile(r"([0-9]{4})-([0-9]{4})")


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A calendar quarter, written ``2024K1``."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Read ``2024K1``; raises InvalidValue for anything else."""
        match = _QUARTER.fullmatch(text.strip())
        if match is None:
            raise InvalidValue(N_("Kies een geldig kwartaal, bijvoorbeeld 2024K1."), field="quarter")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Quarter:
        """The quarter a day falls in."""
        return cls(day.year, (day.month - 1) // 3 + 1)

    @property
    def start(self) -> date:
        """First day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def end(self) -> date:
        """Last day."""
        return _last_day(self.year, self.number)

    def next(self) -> Quarter:
        """The quarter after this one."""
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    def previous(self) -> Quarter:
        """The quarter before this one."""
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)

    @property
    def reference_period(self) -> str:
        """The reference period (1 July to 30 June) it belongs to, written ``2023-2024``."""
        first = self.year if self.number >= 3 else self.year - 1
        return f"{first}-{first + 1}"

    def __str__(self) -> str:
        return f"{self.year}K{self.number}"


@lru_cache(maxsize=1024)
def _last_day(year: int, number: int) -> date:
    """Asked for every line of every grid."""
    return Quarter(year, number).next().start - timedelta(days=1)


def quarters_of(reference_period: str) -> tuple[Quarter, Quarter, Quarter, Quarter]:
    """The four quarters of ``2023-2024``, oldest first; raises InvalidValue on a malformed period."""
    match = _PERIOD.fullmatch(reference_period)
    if match is None or int(match[2]) != int(match[1]) + 1:
        raise InvalidValue(N_("Kies een geldige referentieperiode, bijvoorbeeld 2023-2024."), field="reference_period")
    year = int(match[1])
    return Quarter(year, 3), Quarter(year, 4), Quarter(year + 1, 1), Quarter(year + 1, 2)


def local_date(instant: datetime) -> date:
    """The Brussels calendar day of an instant with offset; an instant without one is a bug (ValueError)."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs an offset")
    return instant.astimezone(BRUSSELS).date()


def start_of_day(day: date) -> datetime:
    """The instant at which a Brussels calendar day starts; a day is ``[start, next start)``."""
    return datetime.combine(day, time(), BRUSSELS)


def weekdays(start: date, end: date) -> int:
    """Mondays to Fridays from start to end, both included; public holidays count (they are paid days). 0 when empty."""
    if end < start:
        return 0
    days = (end - start).days + 1
    whole, rest = divmod(days, 7)
    first = start.weekday()
    return whole * 5 + sum(1 for offset in range(rest) if (first + offset) % 7 < 5)


@lru_cache(maxsize=64)
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("BE", years=year))


@dataclass(frozen=True)
class WorkingCalendar:
    """Which weekdays are no working days: the statutory holidays of the years it knows (A-31).

    A year it does not know follows the law as it stands. ``days`` holds statutory holidays only: days on which a
    service is closed are none, and do not move a term.
    """

    days: frozenset[date] = frozenset()

    @cached_property
    def years(self) -> frozenset[int]:
        """The years it knows."""
        return frozenset(day.year for day in self.days)

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday and no statutory holiday."""
        closed = self.days if day.year in self.years else _public_holidays(day.year)
        return day.weekday() < 5 and day not in closed

    def first_working_day_from(self, day: date) -> date:
        """The day itself, or the next working day."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day


#: The ten statutory holidays of Belgium as the law has them, for any year.
STATUTORY = WorkingCalendar()


def is_working_day(day: date) -> bool:
    """Monday to Friday and no Belgian public holiday (A-07)."""
    return STATUTORY.is_working_day(day)


def first_working_day_from(day: date) -> date:
    """The day itself, or the next working day."""
    return STATUTORY.first_working_day_from(day)


def last_working_day(year: int, month: int) -> date:
    """The last working day of a month (A-07)."""
    day = last_day_of_month(date(year, month, 1))
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def last_day_of_month(day: date) -> date:
    """The last calendar day of the month a day falls in."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day some months later; a day that month lacks becomes its last one (30 November + 3 = 28 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    return min(first + timedelta(days=day.day - 1), last_day_of_month(first))


def overlaps(start: date, end: date | None, other_start: date, other_end: date | None) -> bool:
    """Do two periods share a day? First and last day count; ``None`` is open (L-03)."""
    return (end is None or other_start <= end) and (other_end is None or start <= other_end)
