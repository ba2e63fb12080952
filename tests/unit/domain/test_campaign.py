"""The calendar of a reference period: dates of 5.1, phases of 5.2, golden cases 12.1."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendars import BRUSSELS, Quarter
from domain.ecalcura.campaign import (
    DUE_LABELS,
    PHASE_LABELS,
    DueKind,
    PeriodCalendar,
    Phase,
    Situation,
    check_calendar,
    correction_window,
    next_due,
    phase,
)
from domain.errors import InvalidValue, Severity

CALENDAR = PeriodCalendar.default("2023-2024")
P = date(2024, 10, 16)
D = date(2024, 12, 2)


def brussels(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BRUSSELS)  # type: ignore[misc,arg-type]


def test_default_calendar_has_the_dates_of_part_5_1() -> None:
    expected = PeriodCalendar(
        reference_period="2023-2024",
        starts_on=date(2023, 7, 1),
        ends_on=date(2024, 6, 30),
        statutory_deadline=date(2024, 9, 30),
        letter_on=date(2024, 10, 1),
        postponed_until=date(2024, 10, 15),
        blocking_on=date(2024, 10, 16),
        definitive_from=date(2024, 11, 25),
        definitive_until=date(2024, 12, 10),
        payment_on=date(2025, 1, 31),
        window_offset_days=1,
        window_days=30,
        reopenings_allowed=1,
    )
    assert expected == CALENDAR
    assert CALENDAR.quarters == (Quarter(2023, 3), Quarter(2023, 4), Quarter(2024, 1), Quarter(2024, 2))


@pytest.mark.parametrize(
    ("period", "day"),
    [("2023-2024", date(2025, 1, 31)), ("2024-2025", date(2026, 1, 30)), ("2025-2026", date(2027, 1, 29))],
)
def test_e131_payment_is_the_last_working_day_of_january(period: str, day: date) -> None:
    assert PeriodCalendar.default(period).payment_on == day


def test_a_malformed_period_is_refused() -> None:
    with pytest.raises(InvalidValue):
        PeriodCalendar.default("2023-2025")


def test_e122_letter_leaves_on_the_first_working_day() -> None:
    assert CALENDAR.letter_job_on == date(2024, 10, 1)  # a Tuesday
    assert PeriodCalendar.default("2021-2022").letter_job_on == date(2022, 10, 3)  # 1 October was a Saturday


@pytest.mark.parametrize(
    ("provisional", "first", "last"),
    [
        (date(2024, 10, 16), date(2024, 10, 17), date(2024, 11, 16)),
        (date(2025, 10, 17), date(2025, 10, 18), date(2025, 11, 17)),
    ],
)
def test_a05_window_golden(provisional: date, first: date, last: date) -> None:
    assert correction_window(provisional) == (first, last)
    assert CALENDAR.correction_window(provisional) == (first, last)
    assert CALENDAR.definitive_earliest(provisional) == last + timedelta(days=1)


def test_a02_window_parameters_act() -> None:
    other = replace(CALENDAR, window_offset_days=0, window_days=10)
    assert other.correction_window(P) == (P, date(2024, 10, 26))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (brussels(2023, 7, 1), Phase.ENTRY),
        (brussels(2024, 9, 30, 23, 59, 59), Phase.ENTRY),
        (brussels(2024, 10, 1), Phase.POSTPONEMENT),
        (brussels(2024, 10, 15, 23, 59, 59, 999999), Phase.POSTPONEMENT),
        (brussels(2024, 10, 16), Phase.CALCULATION),
        (brussels(2024, 10, 16, 23, 59), Phase.CALCULATION),
        (brussels(2024, 10, 17), Phase.CORRECTION),
        (brussels(2024, 11, 16, 23, 59), Phase.CORRECTION),
        (brussels(2024, 11, 17), Phase.CLOSING),
        (brussels(2024, 12, 1, 23, 59), Phase.CLOSING),
        (brussels(2024, 12, 2), Phase.DEFINITIVE),
    ],
)
def test_phase_changes_at_brussels_midnight(now: datetime, expected: Phase) -> None:
    assert phase(CALENDAR, now, P, D) is expected
    assert phase(CALENDAR, now.astimezone(UTC), P, D) is expected, "the zone of the instant does not matter"


def test_midnight_is_that_of_brussels_in_summer_and_in_winter() -> None:
    # 16 October 00:00 is 22:00 UTC the day before, 17 November 00:00 is 23:00 UTC the day before
    assert phase(CALENDAR, datetime(2024, 10, 15, 21, 59, tzinfo=UTC), None, None) is Phase.POSTPONEMENT
    assert phase(CALENDAR, datetime(2024, 10, 15, 22, 0, tzinfo=UTC), None, None) is Phase.CALCULATION
    assert phase(CALENDAR, datetime(2024, 11, 16, 22, 59, tzinfo=UTC), P, None) is Phase.CORRECTION
    assert phase(CALENDAR, datetime(2024, 11, 16, 23, 0, tzinfo=UTC), P, None) is Phase.CLOSING
    assert CALENDAR.blocking_at == datetime(2024, 10, 15, 22, 0, tzinfo=UTC)
    assert CALENDAR.correction_closes_at(P) == datetime(2024, 11, 16, 23, 0, tzinfo=UTC)


def test_dst_night_inside_the_window_takes_no_hour_away() -> None:
    # 27 October 2024 at 03:00 it is 02:00 again: 00:30 and 01:30 UTC are both half past two in Brussels
    for hour in (0, 1):
        assert phase(CALENDAR, datetime(2024, 10, 27, hour, 30, tzinfo=UTC), P, None) is Phase.CORRECTION
    # a window that ends on the day of the change lasts until its own midnight, 25 hours after it began
    short = replace(CALENDAR, window_days=10)
    assert short.correction_window(P)[1] == date(2024, 10, 27)
    assert phase(short, datetime(2024, 10, 27, 22, 59, tzinfo=UTC), P, None) is Phase.CORRECTION
    assert phase(short, datetime(2024, 10, 27, 23, 0, tzinfo=UTC), P, None) is Phase.CLOSING


def test_a_later_provisional_calculation_keeps_the_facility_frozen() -> None:
    assert phase(CALENDAR, brussels(2024, 11, 20), None, None) is Phase.CALCULATION
    assert phase(CALENDAR, brussels(2024, 11, 20), date(2024, 11, 20), None) is Phase.CALCULATION
    assert phase(CALENDAR, brussels(2024, 11, 21), date(2024, 11, 20), None) is Phase.CORRECTION


def test_an_instant_without_offset_is_a_bug() -> None:
    with pytest.raises(ValueError, match="offset"):
        phase(CALENDAR, datetime(2024, 10, 1), None, None)


@given(
    day=st.dates(date(2023, 7, 1), date(2025, 6, 30)),
    moment=st.times(timezones=st.just(UTC)),
    later=st.timedeltas(timedelta(0), timedelta(days=400)),
    provisional=st.none() | st.dates(P, date(2025, 1, 15)),
)
def test_phases_never_go_back(day: date, moment: time, later: timedelta, provisional: date | None) -> None:
    now = datetime.combine(day, moment)
    order = list(Phase)
    definitive = None if provisional is None else CALENDAR.definitive_earliest(provisional) + timedelta(days=5)
    before = phase(CALENDAR, now, provisional, definitive)
    after = phase(CALENDAR, now + later, provisional, definitive)
    assert order.index(before) <= order.index(after)


@given(provisional=st.dates(P, date(2026, 12, 31)), moment=st.times())
def test_window_is_31_whole_days(provisional: date, moment: time) -> None:
    first, last = CALENDAR.correction_window(provisional)
    assert (last - first).days == 30
    for day, expected in ((first, Phase.CORRECTION), (last, Phase.CORRECTION), (last + timedelta(1), Phase.CLOSING)):
        assert phase(CALENDAR, datetime.combine(day, moment, BRUSSELS), provisional, None) is expected


def situation(*parts: int, provisional: bool = True, definitive: bool = False, used: int = 0) -> Situation:
    return Situation(CALENDAR, brussels(*parts), P if provisional else None, D if definitive else None, used)


def due(one: Situation, **kwargs: bool) -> tuple[DueKind, date, int] | None:
    found = next_due(one, **kwargs)
    return None if found is None else (found.kind, found.last_day, found.days_left)


def test_next_due_counts_down_to_the_last_day() -> None:
    assert due(situation(2024, 9, 20)) == (DueKind.SUBMIT, date(2024, 9, 30), 10)
    assert due(situation(2024, 9, 30, 23, 59)) == (DueKind.SUBMIT, date(2024, 9, 30), 0)
    assert due(situation(2024, 10, 1)) == (DueKind.SUBMIT_IN_POSTPONEMENT, date(2024, 10, 15), 14)
    assert due(situation(2024, 10, 1), all_submitted=True) is None
    assert due(situation(2024, 9, 1), all_submitted=True) is None
    assert due(situation(2024, 10, 16)) is None
    assert due(situation(2024, 11, 1)) == (DueKind.REQUEST_REOPENING, date(2024, 11, 16), 15)
    assert due(situation(2024, 11, 16), reopened_quarters=True) == (DueKind.RESUBMIT, date(2024, 11, 16), 0)
    assert due(situation(2024, 11, 1, used=1)) is None
    assert due(situation(2024, 11, 20)) is None
    assert due(situation(2024, 12, 2, definitive=True)) == (DueKind.PAYMENT, date(2025, 1, 31), 60)
    assert due(situation(2025, 2, 1, definitive=True)) is None


def test_every_phase_and_due_kind_has_a_dutch_label() -> None:
    assert set(PHASE_LABELS) == set(Phase)
    assert set(DUE_LABELS) == set(DueKind)
    found = next_due(situation(2024, 9, 20))
    assert found is not None
    assert found.label == DUE_LABELS[DueKind.SUBMIT]


def test_a02_default_calendars_pass_their_own_check() -> None:
    for year in range(2021, 2035):
        assert check_calendar(PeriodCalendar.default(f"{year}-{year + 1}")) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"blocking_on": date(2024, 10, 15)}, "blocking_on"),
        ({"postponed_until": date(2024, 9, 29)}, "postponed_until"),
        ({"statutory_deadline": date(2024, 6, 30)}, "statutory_deadline"),
        ({"payment_on": date(2024, 12, 10)}, "payment_on"),
        ({"window_days": 0}, "window_days"),
        ({"window_offset_days": -1}, "window_offset_days"),
        ({"reopenings_allowed": -1}, "reopenings_allowed"),
    ],
)
def test_a02_an_edited_calendar_out_of_order_is_refused(change: dict[str, date | int], field: str) -> None:
    findings = check_calendar(replace(CALENDAR, **change))  # type: ignore[arg-type]
    assert [(finding.field, finding.severity) for finding in findings] == [(field, Severity.BLOCKS)]
