"""What every page shows of an outage, by the clock alone (A-44), and what it does to terms, in words (7.5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.econtracting.document_states import Function
from domain.econtracting.outage_banners import ANNOUNCED_BEFORE, Banner, read, standing
from domain.econtracting.outage_effects import (
    CONSULTING,
    PLANNED,
    SENDING_LONG,
    SENDING_OPEN,
    SENDING_SHORT,
    SENDING_WORKED,
    WITHDRAWN,
    effects,
)
from domain.econtracting.outage_notices import Notice, OutageState

START = datetime(2026, 10, 10, 16, tzinfo=UTC)
END = START + timedelta(hours=2)
DAY = timedelta(days=1)
SEND, SIGN_IN = frozenset({Function.SEND}), frozenset({Function.SIGN_IN})


def banner(reference: str = "een", **more: object) -> Banner:
    """A planned outage of two hours."""
    values: dict[str, object] = {
        "planned": True,
        "functions": SEND,
        "starts_at": START,
        "ends_at": END,
        "visible_until": None,
        "title": "Onderhoud",
    }
    return Banner(reference, **(values | more))  # type: ignore[arg-type]


def test_a_planned_one_stands_some_days_before_while_it_goes_on_and_a_while_after() -> None:
    one = banner()
    assert not one.stands(START - ANNOUNCED_BEFORE - timedelta(seconds=1))
    assert one.stands(START - ANNOUNCED_BEFORE)
    assert one.state(START - DAY) is OutageState.PLANNED
    assert one.stands(START)
    assert one.state(START) is OutageState.GOING_ON
    assert one.stands(END)
    assert one.state(END) is OutageState.OVER
    assert not one.stands(END + 2 * DAY)


def test_c069_it_may_outlive_the_outage_as_long_as_was_said() -> None:
    assert banner(visible_until=END + 9 * DAY).stands(END + 8 * DAY)
    assert not banner(visible_until=END + timedelta(hours=1)).stands(END + timedelta(hours=1))


def test_one_without_an_end_stands_until_somebody_ends_it() -> None:
    assert banner(ends_at=None, visible_until=START + DAY).stands(START + 90 * DAY)


def test_what_goes_on_comes_first_then_what_comes_then_what_is_over() -> None:
    now = START + timedelta(minutes=1)
    over = banner("over", starts_at=START - DAY, ends_at=START)
    soon = banner("straks", starts_at=START + DAY, ends_at=END + DAY)
    assert [one.reference for one in standing([over, soon, banner("nu")], now)] == ["nu", "straks", "over"]


def test_it_reads_what_it_wrote() -> None:
    one = banner(ends_at=None, functions=frozenset(Function), remedy="Wacht", third_party=True)
    assert read(one.written()) == one


@pytest.mark.parametrize(
    "change",
    [{"starts_at": "2026-10-10T16:00:00"}, {"functions": ["VLIEGEN"]}, {"title": 3}, {"ends_at": "morgen"}],
)
def test_a_broken_copy_is_told(change: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        read(banner().written() | change)


FOUR = timedelta(hours=4)


@pytest.mark.parametrize(
    ("planned", "functions", "hours", "told"),
    [
        (True, frozenset(Function), 10, [PLANNED, CONSULTING]),
        (True, SEND, None, [PLANNED]),
        (False, SEND, 4, [SENDING_LONG]),
        (False, SEND, 3, [SENDING_SHORT]),
        (False, SEND, None, [SENDING_OPEN]),
        (False, SIGN_IN, 9, [SENDING_WORKED, CONSULTING]),
        (False, frozenset(Function), 9, [SENDING_LONG, CONSULTING]),
    ],
)
def test_a36_what_a_notice_says_of_terms(
    planned: bool, functions: frozenset[Function], hours: int | None, told: list[str]
) -> None:
    """Planned maintenance never prolongs; an unplanned outage of sending does from four hours on, once it is over."""
    end = None if hours is None else START + timedelta(hours=hours)
    notice = Notice(planned, functions, START, end, "Titel")
    assert [effect.message for effect in effects(notice, least=FOUR)] == told


def test_a_withdrawn_notice_does_nothing_any_more() -> None:
    notice = Notice(False, SEND, START, END, "Titel")
    assert [effect.message for effect in effects(notice, least=FOUR, withdrawn=True)] == [WITHDRAWN]
