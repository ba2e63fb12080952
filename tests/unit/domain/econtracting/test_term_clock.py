"""The clock of a term: what both sides read, and the properties that hold for every term and every day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendars import BRUSSELS, STATUTORY, WorkingCalendar, start_of_day
from domain.econtracting.suspensions import NO_INVOICE, Suspension, extended
from domain.econtracting.term_clock import Stretch, TermFacts, Tone, clock
from domain.econtracting.terms import ALIVE, TermKind, TermState

START = date(2026, 10, 17)
DAY = timedelta(days=1)


def facts(
    days: int = 30,
    *suspensions: Suspension,
    start: date = START,
    roll: bool = False,
    state: TermState = TermState.RUNNING,
    stopped: date | None = None,
    calendar: WorkingCalendar = STATUTORY,
) -> TermFacts:
    """A term as it is stored, with its suspensions in the end."""
    nominal = start + timedelta(days=days)
    end = extended(start, nominal, suspensions, roll=roll, calendar=calendar).effective_end
    return TermFacts(
        kind=TermKind.PROCESSING,
        state=state,
        start_at=datetime.combine(start, datetime.min.time(), BRUSSELS),
        start_date=start,
        nominal_end=nominal,
        effective_end=end,
        expires_at=start_of_day(end + DAY),
        suspensions=suspensions,
        stopped_at=start_of_day(stopped) if stopped else None,
    )


@pytest.mark.parametrize(
    ("today", "used", "left", "late", "tone", "sentence"),
    [
        ("2026-10-17", 0, 30, 0, Tone.CALM, "nog 30 dagen, tot en met maandag 16 november 2026"),
        ("2026-11-04", 18, 12, 0, Tone.CALM, "nog 12 dagen, tot en met maandag 16 november 2026"),
        ("2026-11-09", 23, 7, 0, Tone.SOON, "nog 7 dagen, tot en met maandag 16 november 2026"),
        ("2026-11-15", 29, 1, 0, Tone.SOON, "nog 1 dag, tot en met maandag 16 november 2026"),
        ("2026-11-16", 30, 0, 0, Tone.SOON, "vandaag is de laatste dag (maandag 16 november 2026)"),
        ("2026-11-17", 30, 0, 1, Tone.OVER, "1 dag te laat: de laatste dag was maandag 16 november 2026"),
        ("2026-11-20", 30, 0, 4, Tone.OVER, "4 dagen te laat: de laatste dag was maandag 16 november 2026"),
        ("2026-10-01", 0, 30, 0, Tone.CALM, "nog 30 dagen, tot en met maandag 16 november 2026"),
    ],
)
def test_the_sentence_of_a_running_term(today: str, used: int, left: int, late: int, tone: Tone, sentence: str) -> None:
    found = clock(facts(), date.fromisoformat(today))
    assert (found.used, found.left, found.late, found.tone) == (used, left, late, tone)
    assert str(found.sentence) == sentence


def test_while_it_waits_nothing_counts_and_no_end_is_known() -> None:
    waiting = facts(30, Suspension(date(2026, 10, 28), None, NO_INVOICE))
    before = clock(waiting, date(2026, 10, 27))
    assert (before.paused, before.waits_from, before.used, before.last_day) == (
        False,
        date(2026, 10, 28),
        10,
        date(2026, 11, 16),
    )
    for today in (date(2026, 10, 28), date(2027, 3, 1)):
        found = clock(waiting, today)
        assert (found.used, found.left, found.late, found.last_day, found.expires_at) == (10, 20, 0, None, None)
        assert (found.state, found.tone, found.why) == (TermState.PAUSED, Tone.WAITING, NO_INVOICE)
        assert str(found.sentence) == "de klok staat stil sinds 28 oktober 2026; daarna nog 20 dagen"


def test_a_wait_that_begins_after_the_last_day_changes_nothing() -> None:
    """What was over stays over: the payer who is late does not stop being late because the invoice is missing."""
    found = clock(facts(30, Suspension(date(2026, 11, 17), None, NO_INVOICE)), date(2026, 11, 30))
    assert (found.paused, found.late, found.waits_from) == (False, 14, None)


def test_a_term_that_was_met_stands_still() -> None:
    done = facts(state=TermState.MET, stopped=date(2026, 11, 4))
    for today in (date(2026, 11, 4), date(2027, 11, 4)):
        found = clock(done, today)
        assert (found.used, found.left, found.late, found.tone) == (18, 12, 0, Tone.DONE)
    assert str(clock(done, START).sentence).startswith("voldaan op 4 november 2026, binnen de termijn")
    late = clock(facts(state=TermState.MET, stopped=date(2026, 11, 18)), date(2027, 1, 1))
    assert (late.late, str(late.sentence)) == (2, "voldaan op 18 november 2026, 2 dagen te laat")


def test_paid_while_the_clock_stood_still_is_never_late() -> None:
    found = clock(
        facts(30, Suspension(date(2026, 10, 28), None, NO_INVOICE), state=TermState.MET, stopped=date(2027, 2, 1)),
        date(2027, 3, 1),
    )
    assert (found.late, found.used, found.left) == (0, 10, 20)
    assert str(found.sentence) == "voldaan op 1 februari 2027, terwijl de klok stilstond"


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (TermState.NEVER_STARTED, "nooit gestart: de schuldvordering was onvolledig"),
        (TermState.ENDED, "gestopt op 4 november 2026"),
    ],
)
def test_what_stopped_otherwise(state: TermState, sentence: str) -> None:
    found = clock(facts(state=state, stopped=date(2026, 11, 4)), date(2027, 1, 1))
    assert (str(found.sentence), found.late) == (sentence, 0)


def test_no_days_left_to_pay_after_a_review_that_came_much_too_late() -> None:
    """L-21: the end may lie before the start; then there are no days, and it is late from the first one."""
    start = date(2024, 9, 20)
    never = TermFacts(
        TermKind.PAYMENT,
        TermState.RUNNING,
        start_of_day(start),
        start,
        date(2024, 8, 2),
        date(2024, 8, 2),
        start_of_day(date(2024, 8, 3)),
    )
    found = clock(never, start)
    assert (found.used, found.left, found.total, found.late) == (0, 0, 0, 49)


def test_the_picture_shows_used_waited_left_and_late() -> None:
    gap = Suspension(date(2026, 10, 20), date(2026, 10, 22))
    found = clock(facts(5, gap), date(2026, 10, 23))
    assert [(one.stretch, one.first, one.days) for one in found.pieces] == [
        (Stretch.USED, 0, 2),
        (Stretch.WAITED, 2, 3),
        (Stretch.USED, 5, 1),
        (Stretch.LEFT, 6, 2),
    ]
    over = clock(facts(5), date(2026, 10, 24))
    assert [(one.stretch, one.days) for one in over.pieces] == [(Stretch.USED, 5), (Stretch.LATE, 2)]


gaps = st.lists(
    st.builds(
        lambda first, length, open_: Suspension(
            START + timedelta(days=first), None if open_ else START + timedelta(days=first + length), "x"
        ),
        st.integers(-5, 60),
        st.integers(0, 20),
        st.booleans(),
    ),
    max_size=5,
)
days = st.integers(1, 60)
today_after = st.integers(-5, 200)


@settings(deadline=None)  # the holidays of a year are made when first asked for
@given(days, gaps, today_after, st.booleans(), st.sampled_from(list(TermState)))
def test_used_and_left_always_add_up_and_are_never_negative(
    length: int, suspensions: list[Suspension], after: int, roll: bool, state: TermState
) -> None:
    today = START + timedelta(days=after)
    stopped = None if state in ALIVE else max(START, today)
    found = clock(facts(length, *suspensions, roll=roll, state=state, stopped=stopped), today)
    assert found.used + found.left == found.total
    assert min(found.used, found.left, found.late, found.waited, found.total) >= 0
    assert not (found.left and found.late), "late means that no day is left"
    assert str(found.sentence)
    assert sum(piece.days for piece in found.pieces) >= 0
    assert [piece.first for piece in found.pieces] == [
        sum(one.days for one in found.pieces[:n]) for n in range(len(found.pieces))
    ]
    if found.alive and not found.paused:
        assert found.last_day is not None
        assert found.last_day >= START + timedelta(days=length)


@settings(deadline=None)
@given(days, gaps, today_after, st.booleans())
def test_the_clock_only_ever_goes_forward(length: int, suspensions: list[Suspension], after: int, roll: bool) -> None:
    """A day later, not a day less is used, not a day more is left, and it is not less late."""
    term = facts(length, *suspensions, roll=roll)
    now, then = (clock(term, START + timedelta(days=after + more)) for more in (0, 1))
    assert 0 <= then.used - now.used <= 1
    assert then.left <= now.left
    assert then.late >= now.late
    assert then.total == now.total


@settings(deadline=None)
@given(days, gaps, st.integers(-5, 60), st.integers(0, 20), st.booleans())
def test_a_suspension_never_shortens_a_term(
    length: int, suspensions: list[Suspension], first: int, more: int, roll: bool
) -> None:
    nominal = START + timedelta(days=length)
    added = Suspension(START + timedelta(days=first), START + timedelta(days=first + more))
    before = extended(START, nominal, suspensions, roll=roll)
    after = extended(START, nominal, [*suspensions, added], roll=roll)
    assert after.effective_end >= before.effective_end
    assert after.plain_end >= nominal
    if roll:
        assert STATUTORY.is_working_day(after.effective_end)
    assert extended(START, nominal, [*suspensions, added, added], roll=roll) == after, "an overlap counts once"


@given(days, gaps)
def test_without_roll_the_end_moves_by_exactly_the_days_that_stood_still(
    length: int, suspensions: list[Suspension]
) -> None:
    nominal = START + timedelta(days=length)
    found = extended(START, nominal, suspensions, roll=False)
    stood = {first + timedelta(days=n) for first, last in found.spans for n in range((last - first).days + 1)}
    assert (found.effective_end - nominal).days == len(stood)
    counted = [START + timedelta(days=n) for n in range(1, (found.effective_end - START).days + 1)]
    assert len([day for day in counted if day not in stood]) == length, "each day of the term was there to be used"


@given(days, st.integers(1, 60), st.integers(0, 20))
def test_what_was_left_before_a_wait_is_left_after_it(length: int, first: int, more: int) -> None:
    wait = START + timedelta(days=first)
    if wait > START + timedelta(days=length):
        return
    back = wait + timedelta(days=more)
    waiting = clock(facts(length, Suspension(wait, None, "x")), back)
    again = clock(facts(length, Suspension(wait, back, "x")), back)
    assert (again.used, again.left, again.waited) == (waiting.used, waiting.left, waiting.waited)


def test_a_calendar_knows_only_its_own_years_and_leaves_the_others_to_the_law() -> None:
    mourning = date(2026, 11, 17)
    calendar = WorkingCalendar(frozenset({mourning}))
    assert calendar.first_working_day_from(mourning) == date(2026, 11, 18)
    assert calendar.is_working_day(date(2026, 11, 11)), "in a year it knows, what it does not hold is no holiday"
    assert not calendar.is_working_day(date(2027, 11, 11))
