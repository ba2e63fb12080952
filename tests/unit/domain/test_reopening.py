"""What a facility may ask to reopen, how often, until when and what it changes (E-126, E-127, T-04, T-06, A-10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from domain.calendars import BRUSSELS, Quarter, quarters_of
from domain.ecalcura.campaign import FallbackBasis, PeriodCalendar, Situation
from domain.ecalcura.declaration import DossierFacts, DossierStatus
from domain.ecalcura.reopening import (
    MAX_EXPLANATION,
    Possibilities,
    RequestKind,
    RequestState,
    check_request,
    consequences,
    kind_received,
    last_day_of,
    possibilities,
    state_of,
)
from domain.errors import DomainError, InvalidValue, NotAllowedNow

PERIOD = "2023-2024"
QUARTERS = quarters_of(PERIOD)
CLOSED, BLOCKED, OPEN, AUDIT = (DossierStatus(name) for name in ("CLOSED", "BLOCKED", "OPEN", "AUDIT"))


def at(
    day: date,
    hour: int = 10,
    minute: int = 0,
    *,
    provisional: date | None = date(2024, 10, 16),
    definitive: date | None = None,
    used: int = 0,
    **calendar: object,
) -> Situation:
    """A facility on a day; the provisional calculation came on 16 October."""
    return Situation(
        replace(PeriodCalendar.default(PERIOD), **calendar),
        datetime(day.year, day.month, day.day, hour, minute, tzinfo=BRUSSELS),
        provisional,
        definitive,
        used,
    )


def facts(*statuses: DossierStatus | None) -> list[DossierFacts]:
    """The four quarters in these states."""
    return [
        DossierFacts(quarter, status, CLOSED if status is AUDIT else None)
        for quarter, status in zip(QUARTERS, statuses, strict=False)
    ]


def ask(possible: Possibilities, quarters: Iterable[Quarter] = QUARTERS, text: str = "De uren ontbraken.") -> str:
    """Ask for quarters."""
    return check_request(possible, list(quarters), text)


@pytest.mark.parametrize("day", [date(2024, 8, 1), date(2024, 9, 30), date(2024, 10, 1), date(2024, 10, 15)])
def test_t04_e126_a_submitted_quarter_any_number_of_times_until_15_october(day: date) -> None:
    for used in (0, 1, 7):
        found = possibilities(at(day, 23, 59, used=used), facts(CLOSED, OPEN, CLOSED, None))
        assert found.kind is RequestKind.BEFORE_BLOCKING
        assert found.quarters == (QUARTERS[0], QUARTERS[2])
        assert (found.last_day, found.times_left) == (date(2024, 10, 15), None)
        assert found.days_left == (date(2024, 10, 15) - day).days
        ask(found, QUARTERS[:1])


def test_v62_nothing_can_be_asked_while_the_department_calculates() -> None:
    for day, provisional in ((date(2024, 10, 16), None), (date(2024, 10, 16), date(2024, 10, 16))):
        found = possibilities(at(day, 0, 0, provisional=provisional), facts(CLOSED, CLOSED, CLOSED, CLOSED))
        assert (found.possible, found.quarters, found.refused and found.refused.code) == (False, (), "V-62")
        assert found.last_day is None
        with pytest.raises(NotAllowedNow):
            ask(found)


@pytest.mark.parametrize(("day", "left"), [(date(2024, 10, 17), 30), (date(2024, 11, 4), 12), (date(2024, 11, 16), 0)])
def test_t06_a10_after_the_provisional_calculation_all_four_in_one_act_once(day: date, left: int) -> None:
    """Golden test 1: P = 16 October gives 16 November as last day, to the last minute."""
    found = possibilities(at(day, 23, 59), facts(CLOSED, BLOCKED, CLOSED, BLOCKED))
    assert found.kind is RequestKind.AFTER_PROVISIONAL
    assert found.quarters == QUARTERS
    assert (found.last_day, found.days_left, found.times_left) == (date(2024, 11, 16), left, 1)


def test_t06_a_blocked_quarter_may_be_asked_only_after_the_provisional_calculation() -> None:
    assert possibilities(at(date(2024, 11, 1)), facts(BLOCKED)).quarters == (QUARTERS[0],)
    before = possibilities(at(date(2024, 9, 1)), facts(BLOCKED))
    assert (before.possible, before.quarters) == (False, ())


def test_v65_the_second_time_is_refused() -> None:
    found = possibilities(at(date(2024, 11, 1), used=1), facts(CLOSED, CLOSED, CLOSED, CLOSED))
    assert found.refused is not None
    assert (found.refused.code, found.times_left, found.quarters) == ("V-65", 0, ())
    more = possibilities(at(date(2024, 11, 1), used=1, reopenings_allowed=2), facts(CLOSED))
    assert (more.possible, more.times_left) == (True, 1)


def test_v64_after_the_window_and_v63_after_the_definitive_calculation() -> None:
    over = possibilities(at(date(2024, 11, 17), 0, 0), facts(CLOSED)).refused
    assert over is not None
    assert (over.code, "16 november 2024" in str(over)) == ("V-64", True)
    definitive = possibilities(at(date(2024, 12, 2), definitive=date(2024, 12, 2)), facts(CLOSED)).refused
    assert definitive is not None
    assert definitive.code == "V-63"


def test_a12_opening_out_of_an_audit_leaves_the_one_reopening() -> None:
    """What an audit opened is simply open; the others can still be asked, once."""
    opened = DossierFacts(QUARTERS[0], OPEN, reopened=True)
    found = possibilities(at(date(2024, 11, 1), used=0), [opened, *facts(CLOSED, BLOCKED, CLOSED, CLOSED)[1:]])
    assert (found.quarters, found.times_left) == (QUARTERS[1:], 1)
    reason = found.why_not(QUARTERS[0])
    assert reason is not None
    assert "open" in str(reason)


def test_each_quarter_that_is_left_out_says_why() -> None:
    found = possibilities(at(date(2024, 9, 1)), facts(CLOSED, OPEN, AUDIT, None))
    told = {str(quarter): (reason.code, str(reason)) for quarter, reason in found.left_out}
    assert {quarter: code for quarter, (code, _) in told.items()} == {
        "2023K4": "T-04",
        "2024K1": "E-063",
        "2024K2": "E-118",
    }
    assert "u kunt het nu wijzigen" in told["2023K4"][1]
    assert "controleert dit kwartaal" in told["2024K1"][1]
    assert "nooit een dossier" in told["2024K2"][1]
    with pytest.raises(NotAllowedNow) as refused:
        ask(found, QUARTERS[:2])
    assert "u kunt het nu wijzigen" in str(refused.value)


@pytest.mark.parametrize(
    ("quarters", "text", "field"),
    [
        ((), "De uren", "quarters"),
        (QUARTERS[:1], "  ", "explanation"),
        (QUARTERS[:1], "x" * (MAX_EXPLANATION + 1), "explanation"),
    ],
)
def test_a_request_names_quarters_and_says_what_changes(quarters: tuple[Quarter, ...], text: str, field: str) -> None:
    found = possibilities(at(date(2024, 9, 1)), facts(CLOSED))
    with pytest.raises(InvalidValue) as refused:
        ask(found, quarters, text)
    assert refused.value.field == field
    assert ask(found, QUARTERS[:1], "  De uren.  ") == "De uren."


def test_a_quarter_of_another_period_is_refused() -> None:
    with pytest.raises(DomainError):
        ask(possibilities(at(date(2024, 9, 1)), facts(CLOSED)), [Quarter(2022, 1)])


def test_t05_a11_what_counts_when_it_is_not_submitted_again() -> None:
    before = " ".join(map(str, consequences(at(date(2024, 9, 1)), RequestKind.BEFORE_BLOCKING)))
    assert "ten laatste op 15 oktober 2024" in before
    assert "op 16 oktober 2024 ambtshalve gesloten" in before
    assert "niet uw vroegere indiening" in before
    after = " ".join(map(str, consequences(at(date(2024, 11, 1)), RequestKind.AFTER_PROVISIONAL)))
    assert "ten laatste op 16 november 2024" in after
    assert "op 17 november 2024 weer gesloten" in after
    assert "laatst bevestigd" in after
    assert "één keer per referentieperiode" in after
    other = at(date(2024, 11, 1), fallback_basis=FallbackBasis.LAST_SAVED)
    assert "laatst bewaarde" in " ".join(map(str, consequences(other, RequestKind.AFTER_PROVISIONAL)))


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2024, 10, 15), RequestKind.BEFORE_BLOCKING),
        (date(2024, 10, 16), None),
        (date(2024, 10, 17), RequestKind.AFTER_PROVISIONAL),
        (date(2024, 11, 16), RequestKind.AFTER_PROVISIONAL),
        (date(2024, 11, 17), None),
    ],
)
def test_the_day_of_receipt_says_which_reopening_it_is_about(day: date, kind: RequestKind | None) -> None:
    assert kind_received(at(date(2024, 11, 20)), day) is kind


def test_a_request_lapses_after_its_last_day_and_not_on_it() -> None:
    situation = at(date(2024, 11, 1))
    last = last_day_of(situation, RequestKind.AFTER_PROVISIONAL)
    assert last == date(2024, 11, 16)
    assert state_of(None, last, last) is RequestState.WAITING
    assert state_of(None, last, last + timedelta(days=1)) is RequestState.LAPSED
    assert state_of("WITHDRAWN", last, last + timedelta(days=9)) is RequestState.WITHDRAWN
    assert state_of(None, None, last) is RequestState.WAITING
