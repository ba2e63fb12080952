"""Terms, notices and what stands in the way of erasing (E-153)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ecalcura.declaration import DossierStatus
from domain.erasing import (
    NOTICE_DAYS,
    Needed,
    Obstacle,
    announced_from,
    erased_from,
    kept_until,
    limit,
    notice_key,
    obstacles,
    subject_of,
)
from domain.retention import ANNOUNCED, RULES, Procedure, RetentionClass

DAYS = st.dates(date(2010, 1, 1), date(2060, 1, 1))
FREE = Needed(frozenset({DossierStatus.CLOSED, DossierStatus.BLOCKED}))


@given(DAYS, st.sampled_from(ANNOUNCED))
def test_nothing_goes_before_its_term_and_a_whole_notice(counted: date, which: RetentionClass) -> None:
    """Whenever it is announced, data stay until the last day of the term and sixty days after the notice."""
    until = kept_until(which, counted)
    for noticed in (announced_from(until), until, until + timedelta(days=400)):
        gone = erased_from(until, noticed)
        assert gone > until
        assert gone - noticed >= timedelta(days=NOTICE_DAYS)


def test_announced_in_time_it_goes_on_the_day_after_the_term() -> None:
    until = kept_until(RetentionClass.STAFF, date(2024, 6, 30))
    assert until == date(2034, 6, 30)
    assert announced_from(until) == date(2034, 5, 2)
    assert erased_from(until, date(2034, 5, 2)) == date(2034, 7, 1)
    assert erased_from(until, date(2040, 1, 1)) == date(2040, 3, 1)


@given(DAYS, st.sampled_from(ANNOUNCED))
def test_what_is_told_of_today_is_what_ends_within_the_notice(today: date, which: RetentionClass) -> None:
    """The limit never tells of something earlier than its notice may begin, and is at most a month's end off."""
    last = limit(which, today) - timedelta(days=1)
    assert announced_from(kept_until(which, last)) <= today + timedelta(days=3)
    later = limit(which, today) + timedelta(days=5)
    assert announced_from(kept_until(which, later)) > today


def test_a_leap_day_is_kept_to_the_end_of_february() -> None:
    assert kept_until(RetentionClass.MESSAGES, date(2024, 2, 29)) == date(2029, 2, 28)


@pytest.mark.parametrize("which", [one for one, rule in RULES.items() if rule.procedure is not Procedure.NOTICE])
def test_a_class_without_a_term_is_not_announced(which: RetentionClass) -> None:
    with pytest.raises(ValueError, match=which.value):
        kept_until(which, date(2024, 1, 1))
    assert RULES[which].erasing


def _blocked(needed: Needed, *, held: bool = False, today: date = date(2034, 7, 1)) -> list[Obstacle]:
    return list(obstacles(needed, held=held, erase_from=date(2034, 7, 1), today=today))


@pytest.mark.parametrize(
    ("needed", "expected"),
    [
        (FREE, []),
        (Needed(frozenset({DossierStatus.OPEN})), [Obstacle.OPEN_DOSSIER]),
        (Needed(frozenset({DossierStatus.AUDIT})), [Obstacle.OPEN_DOSSIER]),
        (Needed(calculations=1), [Obstacle.OPEN_CALCULATION]),
        (Needed(requests=2), [Obstacle.OPEN_REQUEST]),
        (Needed(corrections=1), [Obstacle.OPEN_CORRECTION]),
    ],
)
def test_what_is_running_or_open_is_kept(needed: Needed, expected: list[Obstacle]) -> None:
    assert _blocked(needed) == expected


def test_the_notice_and_a_hold_keep_everything() -> None:
    assert _blocked(FREE, today=date(2034, 6, 30)) == [Obstacle.NOT_YET]
    assert _blocked(FREE, held=True) == [Obstacle.HELD]


@pytest.mark.parametrize("subject", ["2024K3", "71000012 2023-2024", "71000012 2024"])
def test_what_is_announced_again_is_about_the_same(subject: str) -> None:
    keys = [notice_key(subject, times) for times in range(12)]
    assert keys[0] == subject
    assert len(set(keys)) == len(keys)
    assert {subject_of(key) for key in keys} == {subject}
