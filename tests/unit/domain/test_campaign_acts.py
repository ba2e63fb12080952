"""What the calendar makes happen to one facility (E-122, T-05, T-08, A-06, A-09): pure, instant by instant."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendars import BRUSSELS, Quarter, is_working_day, start_of_day
from domain.ecalcura.campaign import PeriodCalendar, Situation
from domain.ecalcura.campaign_acts import (
    Act,
    ActKind,
    Milestone,
    acts_due,
    ground,
    in_audit,
    milestones,
    still_due,
)
from domain.ecalcura.declaration import DossierFacts, DossierStatus

CALENDAR = PeriodCalendar.default("2023-2024")
OPEN, CLOSED, AUDIT, BLOCKED = (DossierStatus(code) for code in ("OPEN", "CLOSED", "AUDIT", "BLOCKED"))
SUMMER, WINTER = "+02:00", "+01:00"


def at(text: str, **values: object) -> Situation:
    """The situation of a facility at an instant."""
    return Situation(CALENDAR, datetime.fromisoformat(text), **values)  # type: ignore[arg-type]


def dossiers(*statuses: DossierStatus | None, **values: object) -> dict[Quarter, DossierFacts]:
    """Dossiers of the quarters, oldest first; None for one that was never opened."""
    return {
        quarter: DossierFacts(quarter, status, CLOSED if status is AUDIT else None, **values)  # type: ignore[arg-type]
        for quarter, status in zip(CALENDAR.quarters, statuses, strict=False)
        if status is not None
    }


def kinds(acts: list[Act]) -> list[ActKind]:
    return [act.kind for act in acts]


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2024-09-30T23:59:59" + SUMMER, []),
        ("2024-10-01T00:00:00" + SUMMER, [ActKind.LETTER]),
        ("2024-10-15T23:59:59" + SUMMER, [ActKind.LETTER]),
        ("2024-10-16T00:00:00" + SUMMER, [ActKind.BLOCKING]),
        ("2024-10-15T22:00:00+00:00", [ActKind.BLOCKING]),
    ],
)
def test_e122_t05_one_second_apart(instant: str, expected: list[ActKind]) -> None:
    assert kinds(acts_due(at(instant), dossiers(OPEN, CLOSED), letter_sent=False)) == expected


def test_e122_a_quarter_in_audit_counts_as_it_was_before() -> None:
    facts = dossiers(CLOSED, CLOSED, CLOSED, AUDIT)
    assert acts_due(at("2024-10-02T09:00:00" + SUMMER), facts, letter_sent=False) == []
    last = CALENDAR.quarters[3]
    facts[last] = DossierFacts(last, AUDIT, OPEN)
    (letter,) = acts_due(at("2024-10-02T09:00:00" + SUMMER), facts, letter_sent=False)
    assert letter.quarters == (last,)


def test_a09_what_was_never_opened_is_named_apart_and_e019_what_came_before_the_first_quarter_is_not() -> None:
    situation = at("2024-10-16T00:00:00" + SUMMER, facility_from=CALENDAR.quarters[1])
    (act,) = acts_due(situation, dossiers(None, OPEN, CLOSED), letter_sent=False)
    assert [str(one) for one in act.quarters] == ["2023K4", "2024K2"]
    assert [str(one) for one in act.never_opened] == ["2024K2"]
    assert act.due_at == start_of_day(date(2024, 10, 16))


def test_audit_is_left_to_the_case_manager() -> None:
    facts = dossiers(AUDIT, AUDIT, CLOSED, CLOSED)
    assert acts_due(at("2024-10-16T00:00:00" + SUMMER), facts, letter_sent=False) == []
    assert [str(one) for one in in_audit(facts)] == ["2023K3", "2023K4"]


@pytest.mark.parametrize(
    ("instant", "expected"),
    [("2024-11-16T23:59:59" + WINTER, []), ("2024-11-17T00:00:00" + WINTER, [ActKind.WINDOW_END])],
)
def test_t08_p_plus_32(instant: str, expected: list[ActKind]) -> None:
    facts = dossiers(CLOSED, CLOSED, CLOSED) | {
        CALENDAR.quarters[3]: DossierFacts(CALENDAR.quarters[3], OPEN, reopened=True, submitted_before=True)
    }
    acts = acts_due(at(instant, provisional_on=date(2024, 10, 16)), facts, letter_sent=False)
    assert kinds(acts) == expected
    assert [act.due_at.isoformat() for act in acts] == ["2024-11-17T00:00:00+01:00"] * len(expected)


def test_the_ground_names_the_date_that_counts_however_late_it_is_done() -> None:
    (act,) = acts_due(at("2024-11-05T10:00:00" + WINTER), dossiers(OPEN, CLOSED, CLOSED), letter_sent=False)
    opened, never = act.quarters
    assert "vanaf 16 oktober 2024" in ground(act, "2023-2024", opened)
    assert "nooit geopend" in ground(act, "2023-2024", never)


def test_what_was_due_then_and_may_not_be_done_now_is_dropped() -> None:
    facts = dossiers(OPEN, OPEN, CLOSED, CLOSED)
    then = acts_due(at("2024-10-02T09:00:00" + SUMMER), facts, letter_sent=False)
    now = acts_due(at("2024-10-18T09:00:00" + SUMMER), facts, letter_sent=False)
    assert (kinds(then), kinds(now), still_due(then, now)) == ([ActKind.LETTER], [ActKind.BLOCKING], [])
    facts[CALENDAR.quarters[0]] = DossierFacts(CALENDAR.quarters[0], CLOSED)
    later = acts_due(at("2024-10-18T09:00:00" + SUMMER), facts, letter_sent=False)
    assert [act.quarters for act in still_due(now, later)] == [(CALENDAR.quarters[1],)]


STATUSES = st.sampled_from([None, OPEN, CLOSED, AUDIT, BLOCKED])


@given(st.lists(STATUSES, min_size=4, max_size=4), st.integers(0, 200), st.booleans())
def test_whatever_is_due_is_over_once_it_is_done(
    statuses: list[DossierStatus | None], days: int, letter_sent: bool
) -> None:
    """Idempotent: blocking what is due leaves nothing due at the same instant but the letter that was sent."""
    situation = Situation(CALENDAR, datetime(2024, 9, 1, 12, tzinfo=BRUSSELS) + timedelta(days=days))
    facts = dossiers(*statuses)
    for act in acts_due(situation, facts, letter_sent=letter_sent):
        if act.kind is not ActKind.LETTER:
            facts |= {quarter: DossierFacts(quarter, BLOCKED) for quarter in act.quarters}
    assert acts_due(situation, facts, letter_sent=True) == []


@given(st.integers(2020, 2060))
def test_the_dates_of_a_period_are_in_order_and_the_letter_leaves_on_a_working_day(year: int) -> None:
    calendar = PeriodCalendar.default(f"{year}-{year + 1}")
    found = milestones(calendar, date(year + 1, 10, 18))
    assert [day for day, _ in found] == sorted(day for day, _ in found)
    assert {what for _, what in found} == set(Milestone)
    (letter,) = [day for day, what in found if what is Milestone.LETTER]
    assert is_working_day(letter)
    assert date(year + 1, 10, 1) <= letter <= calendar.postponed_until
