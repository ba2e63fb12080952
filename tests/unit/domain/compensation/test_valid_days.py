"""Sets of days as periods: the same as sets of days one by one, down to a gap of a single day (L-03)."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.calendars import Quarter
from domain.ecalcura.valid_days import Days, common, count, days_between, either, split

QUARTER = Quarter(2024, 1)
FIRST = QUARTER.start.toordinal()


def days(held: Days) -> set[int]:
    """One by one."""
    return {day for first, last in held for day in range(first, last + 1)}


def periods(chosen: set[int]) -> Days:
    """As periods, made in another way than the program does."""
    found: list[tuple[int, int]] = []
    for day in sorted(chosen):
        if day - 1 not in chosen:
            found.append((day, day))
        else:
            found[-1] = (found[-1][0], day)
    return tuple(found)


SETS = st.sets(st.integers(FIRST, FIRST + 12)).map(periods)


@given(st.lists(SETS, max_size=4))
def test_either(sets: list[Days]) -> None:
    joined = either(sets)
    assert days(joined) == set().union(*map(days, sets))
    assert joined == periods(days(joined)), "in order, without overlap, as few periods as can be"


@given(SETS, SETS)
def test_common(one: Days, other: Days) -> None:
    assert common(one, other) == periods(days(one) & days(other))
    assert count(common(one, other)) == len(days(one) & days(other))


@given(SETS, st.lists(SETS, max_size=3))
def test_split_says_what_holds_on_each_stretch(counted: Days, sets: list[Days]) -> None:
    held = list(zip(sets, range(len(sets)), strict=True))
    expected: dict[tuple[int, ...], int] = {}
    for day in days(counted):
        names = tuple(name for one, name in held if day in days(one))
        expected[names] = expected.get(names, 0) + 1
    found: dict[tuple[int, ...], int] = {}
    for length, names in split(counted, held):
        found[tuple(names)] = found.get(tuple(names), 0) + length
    assert found == expected


def test_a_gap_of_one_day_is_a_gap() -> None:
    day = timedelta(days=1)
    before = days_between(QUARTER.start, date(2024, 2, 9), QUARTER)
    after = days_between(date(2024, 2, 11), None, QUARTER)
    assert count(either([before, after])) == (QUARTER.end - QUARTER.start) // day
    assert count(either([before, days_between(date(2024, 2, 10), None, QUARTER)])) == 91


def test_what_lies_outside_the_quarter_holds_on_no_day() -> None:
    assert days_between(date(2024, 4, 1), None, QUARTER) == ()
    assert days_between(date(2024, 2, 2), date(2024, 2, 1), QUARTER) == ()
    assert count(days_between(date(2020, 1, 1), None, QUARTER)) == 91
