"""Stretches in which a term does not run, and the end that follows (7.2): first the days, then the roll.

A wait that begins after the last day changes nothing: what was over stays over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from domain.calendars import STATUTORY, WorkingCalendar
from domain.econtracting.terms import Step, effective_step, step
from domain.errors import N_

_DAY = timedelta(days=1)

NO_INVOICE = N_("De factuur is er nog niet.")
IRREGULAR_INVOICE = N_("De factuur was niet in orde; er is nog geen goede.")
INVOICE_LATE = N_("De factuur kwam {days} dagen te laat.")
SUSPENDED = N_("De termijn stond {days} dagen stil, van {first} tot en met {last}.")


@dataclass(frozen=True, slots=True)
class Suspension:
    """From its first day up to and including its last one; ``ends_on`` is None while it goes on."""

    starts_on: date
    ends_on: date | None
    reason: str = ""

    def covers(self, day: date) -> bool:
        """Whether the term does not run on a day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


def merged(suspensions: Iterable[Suspension], start: date) -> list[tuple[date, date]]:
    """The stretches that are over, oldest first, without overlap, from the first day that counts."""
    found: list[tuple[date, date]] = []
    spans = sorted((max(one.starts_on, start + _DAY), one.ends_on) for one in suspensions if one.ends_on is not None)
    for first, last in spans:
        if last < first:
            continue
        if found and first <= found[-1][1] + _DAY:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return found


@dataclass(frozen=True, slots=True)
class Extended:
    """The end with what the suspensions add: ``plain_end`` before the roll, ``effective_end`` after it."""

    plain_end: date
    effective_end: date
    spans: tuple[tuple[date, date], ...]
    steps: tuple[Step, ...]


def extended(
    start: date,
    nominal_end: date,
    suspensions: Iterable[Suspension],
    *,
    roll: bool,
    calendar: WorkingCalendar = STATUTORY,
) -> Extended:
    """Where a term ends with its suspensions (D-10); ``spans`` are those that count. Open ones add nothing yet."""
    end, spans, steps = nominal_end, [], []
    for first, last in merged(suspensions, start):
        reach = calendar.first_working_day_from(end) if roll else end
        if first > reach:
            break
        days = (last - first).days + 1
        end = (end if first <= end else reach) + timedelta(days=days)
        spans.append((first, last))
        steps.append(step(SUSPENDED, f"suspended {first} to {last}, {days} days", days=days, first=first, last=last))
    effective = calendar.first_working_day_from(end) if roll else end
    steps.append(effective_step(end, effective))
    return Extended(end, effective, tuple(spans), tuple(steps))
