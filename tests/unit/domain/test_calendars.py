"""Quarters, periods and Belgian days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendars import (
    Quarter,
    add_months,
    first_working_day_from,
    is_working_day,
    last_day_of_month,
    last_working_day,
    local_date,
    overlaps,
    quarters_of,
    start_of_day,
    weekdays,
)
from domain.dutch import long_date, month_and_year, number
from domain.errors import InvalidValue

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


def test_quarter_reads_and_writes_its_text() -> None:
    quarter = Quarter.parse(" 2024K1 ")
    assert quarter == Quarter(2024, 1)
    assert str(quarter) == "2024K1"
    assert (quarter.start, quarter.end) == (date(2024, 1, 1), date(2024, 3, 31))


@pytest.mark.parametrize("text", ["", "2024K5", "2024K0", "2024-1", "1999K1", "2024k1", "2024K11", "20٢٤K1"])
def test_a_malformed_quarter_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        Quarter.parse(text)


@given(DAYS)
def test_a_day_lies_in_its_quarter_and_its_period(day: date) -> None:
    quarter = Quarter.of(day)
    assert quarter.start <= day <= quarter.end
    assert quarter.next().previous() == quarter
    assert quarter.next().start == quarter.end + timedelta(days=1)
    assert quarter in quarters_of(quarter.reference_period)
    assert quarter.previous() < quarter < quarter.next()


@pytest.mark.parametrize("text", ["2023", "2023-2025", "2023-23", "x-y", "-", "2024-2023", "202²-2023"])
def test_a_malformed_period_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        quarters_of(text)


@given(DAYS, st.integers(-1, 400))
def test_weekdays_equals_counting_them(start: date, length: int) -> None:
    days = [start + timedelta(days=offset) for offset in range(length + 1)]
    assert weekdays(start, start + timedelta(days=length)) == sum(day.weekday() < 5 for day in days)


def test_local_date_is_that_of_brussels() -> None:
    assert local_date(datetime(2024, 10, 15, 22, 0, tzinfo=UTC)) == date(2024, 10, 16)
    assert local_date(datetime(2024, 12, 31, 22, 59, tzinfo=UTC)) == date(2024, 12, 31)
    assert start_of_day(date(2024, 10, 16)) == datetime(2024, 10, 15, 22, 0, tzinfo=UTC)
    with pytest.raises(ValueError, match="offset"):
        local_date(datetime(2024, 1, 1))


def test_a07_public_holidays_are_no_working_days() -> None:
    assert not is_working_day(date(2024, 7, 21))
    assert not is_working_day(date(2026, 5, 14))  # Ascension Day
    assert not is_working_day(date(2026, 1, 3))  # a Saturday
    assert first_working_day_from(date(2027, 1, 1)) == date(2027, 1, 4)
    assert last_working_day(2026, 1) == date(2026, 1, 30)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2018, 11, 30), 3, date(2019, 2, 28)),
        (date(2019, 11, 30), 3, date(2020, 2, 29)),
        (date(2024, 12, 31), 2, date(2025, 2, 28)),
        (date(2024, 1, 15), 12, date(2025, 1, 15)),
        (date(2024, 1, 31), -1, date(2023, 12, 31)),
    ],
)
def test_add_months_keeps_to_the_month(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@given(DAYS)
def test_last_day_of_month(day: date) -> None:
    last = last_day_of_month(day)
    assert (last.year, last.month) == (day.year, day.month)
    assert (last + timedelta(days=1)).day == 1


@given(DAYS, st.none() | DAYS, DAYS, st.none() | DAYS)
def test_l03_overlap_is_symmetric_and_includes_both_ends(
    start: date, end: date | None, other: date, other_end: date | None
) -> None:
    assert overlaps(start, end, other, other_end) == overlaps(other, other_end, start, end)
    assert overlaps(start, start, start, start)
    assert overlaps(start, None, other, None)


def test_l03_touching_periods() -> None:
    first, second = date(2024, 3, 31), date(2024, 4, 1)
    assert overlaps(date(2024, 1, 1), first, first, None)
    assert not overlaps(date(2024, 1, 1), first, second, None)


def test_dutch_text_of_dates_and_numbers() -> None:
    assert long_date(date(2026, 11, 16)) == "16 november 2026"
    assert month_and_year(date(2026, 3, 1)) == "maart 2026"
    assert [number(Decimal(text)) for text in ("38", "38.00", "7.60", "100", "0.0")] == ["38", "38", "7,6", "100", "0"]
