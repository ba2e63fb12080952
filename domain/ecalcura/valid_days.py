"""Sets of days inside one quarter, as periods: on which days a right, a contract and the certificates hold together.

A set is a tuple of (first, last) day numbers (``date.toordinal``), both included, in order and without overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

from domain.calendars import Quarter, last_day_of_month

Days = tuple[tuple[int, int], ...]
NO_DAYS: Days = ()
Held = TypeVar("Held")


def days_between(start: date, end: date | None, quarter: Quarter) -> Days:
    """The days of a quarter from start to end, both included; an open end runs on (L-03)."""
    first = max(start, quarter.start).toordinal()
    last = (quarter.end if end is None else min(end, quarter.end)).toordinal()
    return ((first, last),) if first <= last else NO_DAYS


def common(one: Days, other: Days) -> Days:
    """The days in both sets."""
    if one == other:
        return one
    shared = []
    for first, last in one:
        for other_first, other_last in other:
            low, high = max(first, other_first), min(last, other_last)
            if low <= high:
                shared.append((low, high))
    return tuple(shared)


def either(sets: Iterable[Days]) -> Days:
    """The days in at least one of the sets."""
    held = list(sets)
    if held and all(days == held[0] for days in held):
        return held[0]
    merged: list[tuple[int, int]] = []
    for first, last in sorted(period for days in held for period in days):
        if merged and first <= merged[-1][1] + 1:
            if last > merged[-1][1]:
                merged[-1] = (merged[-1][0], last)
        else:
            merged.append((first, last))
    return tuple(merged)


def count(days: Days) -> int:
    """How many days."""
    if len(days) == 1:
        ((first, last),) = days
        return last - first + 1
    return sum(last - first + 1 for first, last in days)


@lru_cache(maxsize=256)
def months_of(quarter: Quarter) -> tuple[tuple[int, int], ...]:
    """First and last day number of the three months of a quarter."""
    months = []
    for month in range(3 * quarter.number - 2, 3 * quarter.number + 1):
        first = date(quarter.year, month, 1)
        months.append((first.toordinal(), last_day_of_month(first).toordinal()))
    return tuple(months)


def split(days: Days, held: Sequence[tuple[Days, Held]]) -> Iterator[tuple[int, list[Held]]]:
    """The days in stretches on which the same things hold: how many days, and what holds on them (possibly nothing)."""
    if days and all(periods == days for periods, _ in held):
        yield count(days), [thing for _, thing in held]
        return
    for first, last in days:
        cuts = {first, last + 1}
        for periods, _ in held:
            for low, high in periods:
                cuts.update(cut for cut in (low, high + 1) if first < cut <= last)
        edges = sorted(cuts)
        for low, after in pairwise(edges):
            valid = [thing for periods, thing in held if any(start <= low <= end for start, end in periods)]
            yield after - low, valid
