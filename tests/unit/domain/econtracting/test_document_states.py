"""The life of a version (T1 to T10), and when something becomes consultable (D-14, D-15, A-25, A-27, A-36)."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.calendars import BRUSSELS
from domain.econtracting.document_states import (
    RULES,
    Act,
    Direction,
    Function,
    Outage,
    Party,
    VersionState,
    after,
    consultable_at,
    end_after_outage,
    needed_level,
    prolonged_by,
)
from domain.econtracting.rights import Level
from domain.econtracting.terms import Regime, TermKind, term
from domain.errors import NotAllowedNow

UP, DOWN = Direction.TO_AUTHORITY, Direction.TO_CONTRACTOR


def at(text: str) -> datetime:
    """Brussels time."""
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS)


def test_the_way_up_and_the_way_down() -> None:
    state = None
    for act in (Act.MAKE, Act.EDIT, Act.SEND, Act.TAKE_UP, Act.HANDLE, Act.REOPEN, Act.REPLACE):
        state = after(act, UP, state)
    assert state is VersionState.REPLACED
    state = None
    for act in (Act.MAKE, Act.EDIT, Act.RELEASE, Act.PUBLISH, Act.HANDLE):
        state = after(act, DOWN, state)
    assert state is VersionState.HANDLED


def test_t3_only_a_draft_goes_away() -> None:
    assert after(Act.REMOVE, UP, VersionState.DRAFT) is None
    with pytest.raises(NotAllowedNow):
        after(Act.REMOVE, UP, VersionState.SENT)


def test_a25_nothing_leads_back_to_a_draft() -> None:
    """Invariant 4."""
    assert all(row.to is not VersionState.DRAFT or row.states in ((None,), (VersionState.DRAFT,)) for row in RULES)


def test_t5_t6_release_and_publication_are_two_things_by_two_parties() -> None:
    with pytest.raises(NotAllowedNow):
        after(Act.PUBLISH, DOWN, VersionState.DRAFT)
    with pytest.raises(NotAllowedNow):
        after(Act.SEND, DOWN, VersionState.DRAFT)
    parties = {row.act: row.party for row in RULES if row.direction is DOWN}
    assert (parties[Act.RELEASE], parties[Act.PUBLISH]) == (Party.RELEASER, Party.SYSTEM)


def test_t4_sending_needs_right_3() -> None:
    """Invariant 5."""
    assert (needed_level(Act.SEND), needed_level(Act.EDIT), needed_level(Act.PUBLISH)) == (
        Level.SEND,
        Level.DRAFT,
        None,
    )


class Version(RuleBasedStateMachine):
    """Whatever is tried in whatever order: what was sent stays sent."""

    def __init__(self) -> None:
        super().__init__()
        self.state: VersionState | None = None
        self.left = False

    @rule(act=st.sampled_from(Act), direction=st.sampled_from(Direction))
    def attempt(self, act: Act, direction: Direction) -> None:
        try:
            self.state = after(act, direction, self.state)
        except NotAllowedNow:
            return
        self.left = self.left or self.state in (VersionState.SENT, VersionState.CONSULTABLE)

    @invariant()
    def never_back(self) -> None:
        assert not (self.left and self.state in (None, VersionState.DRAFT))


TestVersion = Version.TestCase


def test_d14_the_end_of_the_scan_counts() -> None:
    released, scanned = at("2025-04-14T23:58"), at("2025-04-15T00:03")
    assert consultable_at(released, released, scanned, at("2025-01-01T00:00")) == scanned


def test_d15_the_end_of_the_outage_counts() -> None:
    released = at("2024-01-18T10:00")
    down = Outage(frozenset({Function.CONSULT}), at("2024-01-18T09:00"), at("2024-01-19T08:30"))
    assert consultable_at(released, released, released, released, [down]) == at("2024-01-19T08:30")


def test_outages_that_follow_each_other_count_in_any_order() -> None:
    start = at("2024-01-18T10:00")
    chain = [
        Outage(frozenset({Function.SIGN_IN}), start + timedelta(hours=2 * n), start + timedelta(hours=2 * n + 2))
        for n in range(3)
    ]
    for order in permutations(chain):
        assert consultable_at(start, start, start, start, order) == start + timedelta(hours=6)


def test_an_outage_of_uploading_does_not_hinder_consulting() -> None:
    released = at("2024-01-18T10:00")
    down = Outage(frozenset({Function.UPLOAD, Function.SEND}), released - timedelta(hours=1))
    assert consultable_at(released, released, released, released, [down]) == released


@pytest.mark.parametrize("missing", range(3))
def test_a27_while_a_condition_does_not_hold_nothing_is_consultable(missing: int) -> None:
    moment = at("2024-01-18T10:00")
    given_moments: list[datetime | None] = [moment, moment, moment]
    given_moments[missing] = None
    assert consultable_at(moment, *given_moments) is None
    open_ended = Outage(frozenset({Function.CONSULT}), moment - timedelta(hours=1))
    assert consultable_at(moment, moment, moment, moment, [open_ended]) is None


@given(
    st.lists(st.integers(0, 100), min_size=4, max_size=4), st.lists(st.tuples(st.integers(0, 90), st.integers(1, 30)))
)
def test_nothing_is_consultable_before_its_conditions_or_during_an_outage(
    hours: list[int], down: list[tuple[int, int]]
) -> None:
    start = at("2024-01-01T00:00")
    moments = [start + timedelta(hours=number) for number in hours]
    outages = [
        Outage(frozenset({Function.CONSULT}), start + timedelta(hours=first), start + timedelta(hours=first + length))
        for first, length in down
    ]
    found = consultable_at(*moments, outages)  # type: ignore[arg-type]
    assert found is not None
    assert found >= max(moments)
    assert not any(one.covers(found) for one in outages)


def test_a36_a_long_unplanned_outage_of_sending_on_the_last_day_prolongs() -> None:
    found = term(TermKind.INVOICE, Regime.KB2024, at("2025-04-15T17:30"))  # last day Tuesday 22 April
    down = Outage(frozenset({Function.SEND}), at("2025-04-22T18:00"), at("2025-04-23T01:00"))
    assert prolonged_by(found, [down]) is down
    assert end_after_outage(found, down) == at("2025-04-25T00:00"), "the whole of Thursday 24 April"


@pytest.mark.parametrize(
    "outage",
    [
        Outage(frozenset({Function.SEND}), at("2025-04-22T18:00"), at("2025-04-22T21:59")),
        Outage(frozenset({Function.SEND}), at("2025-04-22T08:00"), at("2025-04-22T18:00"), planned=True),
        Outage(frozenset({Function.CONSULT}), at("2025-04-22T08:00"), at("2025-04-22T18:00")),
        Outage(frozenset({Function.SEND}), at("2025-04-21T08:00"), at("2025-04-22T00:00")),
        Outage(frozenset({Function.SEND}), at("2025-04-23T00:00"), at("2025-04-23T18:00")),
    ],
)
def test_a36_what_does_not_prolong(outage: Outage) -> None:
    found = term(TermKind.INVOICE, Regime.KB2024, at("2025-04-15T17:30"))
    assert prolonged_by(found, [outage]) is None


def test_an_outage_that_goes_on_has_no_new_end_yet() -> None:
    found = term(TermKind.INVOICE, Regime.KB2024, at("2025-04-15T17:30"))
    down = Outage(frozenset({Function.SEND}), at("2025-04-22T18:00"))
    assert prolonged_by(found, [down]) is down
    assert end_after_outage(found, down) is None
