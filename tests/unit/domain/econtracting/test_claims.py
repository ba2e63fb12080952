"""The file of a claim (6.2): its states, what a review must say, what never happens."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.econtracting.claims import (
    EVENT_OF_RESULT,
    TRANSITIONS,
    ClaimEvent,
    ClaimState,
    ReviewFacts,
    ReviewResult,
    after,
    check_review,
    events_for,
    state_of,
)
from domain.errors import NotAllowedNow

E, S = ClaimEvent, ClaimState
D = Decimal


def test_the_whole_way() -> None:
    way = [E.SEND, E.START_REVIEW, E.ACCEPT_WITH_CHANGES, E.ASK_INVOICE, E.RECEIVE_INVOICE, E.PAY, E.CLOSE]
    assert [state_of(way[: number + 1]) for number in range(len(way))] == [
        S.SUBMITTED,
        S.IN_REVIEW,
        S.ACCEPTED_WITH_CHANGES,
        S.INVOICE_ASKED,
        S.INVOICE_RECEIVED,
        S.PAID,
        S.CLOSED,
    ]


def test_a_reopened_claim_comes_back_as_a_new_version() -> None:
    assert state_of([E.SEND, E.REOPEN, E.SEND, E.ACCEPT]) is S.ACCEPTED


def test_review_and_invoice_request_may_come_together() -> None:
    assert state_of([E.SEND, E.ACCEPT, E.ASK_INVOICE]) is S.INVOICE_ASKED


def test_a_wrong_invoice_is_asked_for_again() -> None:
    assert state_of([E.SEND, E.ACCEPT, E.ASK_INVOICE, E.RECEIVE_INVOICE, E.REJECT_INVOICE]) is S.INVOICE_ASKED


@pytest.mark.parametrize("state", [S.INVOICE_ASKED, S.INVOICE_RECEIVED, S.PAID, S.CLOSED, S.REFUSED])
def test_t9_what_is_paid_or_asked_to_be_is_not_reopened(state: ClaimState) -> None:
    with pytest.raises(NotAllowedNow, match="stand"):
        after(state, E.REOPEN)


def test_every_state_is_reached_and_only_the_last_has_no_next() -> None:
    reached = {S.DRAFT}
    while more := {target for state in reached for target in TRANSITIONS[state].values()} - reached:
        reached |= more
    assert reached == set(S)
    assert [state for state in S if not events_for(state)] == [S.CLOSED]


def test_every_result_is_an_event_of_a_claim_in_review() -> None:
    assert set(EVENT_OF_RESULT) == set(ReviewResult)
    assert set(EVENT_OF_RESULT.values()) <= set(TRANSITIONS[S.IN_REVIEW])


@pytest.mark.parametrize(
    ("result", "accepted", "reasons", "fields"),
    [
        (ReviewResult.ACCEPTED, "100.00", "", []),
        (ReviewResult.ACCEPTED, "99.00", "", ["accepted"]),
        (ReviewResult.ACCEPTED, None, "", ["accepted"]),
        (ReviewResult.ACCEPTED_WITH_CHANGES, "90.00", "Post 3 is niet uitgevoerd.", []),
        (ReviewResult.ACCEPTED_WITH_CHANGES, "110.00", "Post 4 werd vergeten.", []),
        (ReviewResult.ACCEPTED_WITH_CHANGES, "100.00", "", ["accepted", "reasons"]),
        (ReviewResult.REFUSED, None, "De staat is niet gedetailleerd genoeg.", []),
        (ReviewResult.REFUSED, None, " ", ["reasons"]),
        (ReviewResult.INCOMPLETE, "0.00", "Bijlage ontbreekt.", ["accepted"]),
    ],
)
def test_a06_what_a_review_must_say(
    result: ReviewResult, accepted: str | None, reasons: str, fields: list[str]
) -> None:
    facts = ReviewFacts(result, D("100.00"), None if accepted is None else D(accepted), reasons)
    assert [finding.field for finding in check_review(facts)] == fields
