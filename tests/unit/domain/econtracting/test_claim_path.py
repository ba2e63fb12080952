"""The path of a claim at a glance: what was, where it stands, what comes, who is to move (6.2, C-016)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.econtracting.actions import ActionParty
from domain.econtracting.claim_path import Place, path
from domain.econtracting.claims import TRANSITIONS, ClaimState

AT = datetime(2026, 10, 2, tzinfo=UTC)


@pytest.mark.parametrize("state", ClaimState)
def test_every_state_has_one_place_on_the_path(state: ClaimState) -> None:
    found = path(state, {state: AT})
    (here,) = [step for step in found.steps if step.place is Place.HERE]
    assert here.state is state
    assert found.steps[found.number - 1] is here
    assert found.expected


@pytest.mark.parametrize("state", ClaimState)
def test_somebody_is_to_move_as_long_as_something_can_happen(state: ClaimState) -> None:
    only_closing = {event.value for event in TRANSITIONS[state]} <= {"CLOSE"}
    assert (path(state).turn is None) == only_closing


def test_a_refused_claim_gets_no_invoice() -> None:
    places = {step.state: step.place for step in path(ClaimState.REFUSED).steps}
    assert places[ClaimState.INVOICE_ASKED] is Place.NEVER
    assert places[ClaimState.SUBMITTED] is Place.DONE


def test_what_is_done_keeps_the_outcome_of_the_review() -> None:
    found = path(
        ClaimState.INVOICE_RECEIVED,
        {ClaimState.MORE_ASKED: AT.replace(day=1), ClaimState.ACCEPTED_WITH_CHANGES: AT},
    )
    assert found.steps[3].state is ClaimState.ACCEPTED_WITH_CHANGES
    assert found.steps[3].at == AT
    assert found.turn is ActionParty.AUTHORITY
