"""When the demonstration plays: the last five reference periods, up to the one that runs today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from domain.calendars import BRUSSELS, Quarter, quarters_of

PERIODS = 5
#: The first year of the portal: before it, the data were kept elsewhere.
_FIRST_YEAR = 2021


@dataclass(frozen=True)
class DemoCalendar:
    """The quarters around ``today``; everything in the demonstration is dated by it."""

    today: date

    @cached_property
    def quarters(self) -> tuple[Quarter, ...]:
        """Every quarter of those periods, oldest first, also those that have not begun."""
        last_year = int(Quarter.of(self.today).reference_period[:4])
        first_year = min(max(last_year - PERIODS + 1, _FIRST_YEAR), last_year)
        return tuple(
            quarter for year in range(first_year, last_year + 1) for quarter in quarters_of(f"{year}-{year + 1}")
        )

    @property
    def periods(self) -> tuple[str, ...]:
        """The codes of the reference periods, oldest first; the last one runs today."""
        return tuple(dict.fromkeys(quarter.reference_period for quarter in self.quarters))

    @property
    def start(self) -> date:
        """The first day of the oldest period: what happened before was taken over from RaaS."""
        return self.quarters[0].start

    @property
    def running(self) -> Quarter:
        """The quarter of today."""
        return Quarter.of(self.today)

    @property
    def last_ended(self) -> Quarter:
        """The last quarter that can be submitted (A-08)."""
        return self.running.previous()


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """An instant in Brussels."""
    return datetime.combine(day, time(hour, minute), BRUSSELS)


def working_day(day: date) -> date:
    """The day itself, or the Monday after a weekend: people work on weekdays."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() >= 5 else day


def first_of_month(day: date) -> date:
    """The first day of the month of a day, or of the next month when the day is not a first."""
    if day.day == 1:
        return day
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
