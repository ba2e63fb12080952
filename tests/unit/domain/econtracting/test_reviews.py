"""Answers to a claim, and when a released document counts (6.2, T5, T6, A-27, A-37)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from domain.econtracting import publication, reviews
from domain.econtracting.claims import ClaimState
from domain.econtracting.document_states import Function, Outage, VersionState
from domain.econtracting.publication import PublicationFacts, Waiting, instant_of, waiting_for
from domain.errors import InvalidValue, NotAllowedNow

CLAIMED = Decimal("1000.00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"result": "AANVAARD", "accepted": CLAIMED}, None),
        ({"result": "AANVAARD", "accepted": Decimal("900.00")}, "accepted"),
        ({"result": "AANVAARD_MET_WIJZIGINGEN", "accepted": Decimal("900.00"), "reasons": "Post 3"}, None),
        ({"result": "AANVAARD_MET_WIJZIGINGEN", "accepted": Decimal("900.00")}, "reasons"),
        ({"result": "GEWEIGERD", "accepted": CLAIMED, "reasons": "x"}, "accepted"),
        ({"result": "ONVOLLEDIG"}, "reasons"),
        ({"result": None}, None),
    ],
)
def test_a06_a_review_says_what_it_accepts_and_why(values: dict[str, Any], field: str | None) -> None:
    """A-06: amount and reasons fit the result."""
    found = reviews.check(reviews.REVIEW, values, CLAIMED, None)
    assert [one.field for one in found] == ([] if field is None else [field])


def test_an_invoice_is_asked_for_what_was_accepted() -> None:
    """A-48: another amount than the accepted one would never match."""
    assert not reviews.check(reviews.INVOICE_REQUEST, {"amount": CLAIMED}, CLAIMED, CLAIMED)
    wrong = reviews.check(reviews.INVOICE_REQUEST, {"amount": Decimal("1.00")}, CLAIMED, CLAIMED)
    assert [one.field for one in wrong] == ["amount"]
    assert reviews.check(reviews.INVOICE_REQUEST, {"amount": CLAIMED}, CLAIMED, None)


def test_review_and_request_lead_to_the_invoice_in_that_order_only() -> None:
    """6.2: S2 to S3 to S7; asking the invoice first is no step."""
    accepted = reviews.state_after(ClaimState.IN_REVIEW, reviews.REVIEW, {"result": "AANVAARD"})
    assert reviews.state_after(accepted, reviews.INVOICE_REQUEST, {}) is ClaimState.INVOICE_ASKED
    with pytest.raises(NotAllowedNow):
        reviews.state_after(ClaimState.IN_REVIEW, reviews.INVOICE_REQUEST, {})
    assert reviews.state_after(ClaimState.IN_REVIEW, "PV", {}) is ClaimState.IN_REVIEW


def test_what_is_proposed_in_a_request() -> None:
    """The amount is the accepted one, as it is typed here."""
    assert reviews.proposed_request("4500012", Decimal("1234.50"), "21") == {
        "order_number": "4500012",
        "amount": "1234,50",
        "vat": "21",
    }
    assert reviews.difference(CLAIMED, Decimal("900.00")) == Decimal("-100.00")


def test_two_people() -> None:
    """T5: who wrote last does not release, unless the authority lets one person do both."""
    assert publication.released_alone(1, 2, two_people=True) is False
    assert publication.released_alone(1, 1, two_people=False) is True
    with pytest.raises(NotAllowedNow):
        publication.released_alone(1, 1, two_people=True)


RELEASED = at("2024-01-18T09:00:00")


def test_t6_waits_for_everything_and_says_for_what() -> None:
    """A-27: each missing condition is named; an invoice request waits for its review."""
    outage = Outage(frozenset({Function.CONSULT}), at("2024-01-18T08:00:00"))
    ready = PublicationFacts(RELEASED, RELEASED, RELEASED, RELEASED)
    assert instant_of(ready, ()) == RELEASED
    assert waiting_for(ready, (), RELEASED) == [Waiting.SYSTEM]
    assert instant_of(ready, [outage]) is None
    assert waiting_for(ready, [outage], RELEASED) == [Waiting.OUTAGE]
    unscanned = PublicationFacts(RELEASED, RELEASED, None, None)
    assert waiting_for(unscanned, (), RELEASED) == [Waiting.SCAN, Waiting.CONTRACT]
    later = PublicationFacts(RELEASED, RELEASED, RELEASED, at("2024-02-01T00:00:00"))
    assert waiting_for(later, (), RELEASED) == [Waiting.CONTRACT]
    bad = PublicationFacts(RELEASED, RELEASED, None, RELEASED, bad_file=True)
    assert waiting_for(bad, (), RELEASED) == [Waiting.BAD_FILE]
    assert instant_of(bad, ()) is None
    early = PublicationFacts(RELEASED, RELEASED, RELEASED, RELEASED, review_missing=True)
    assert instant_of(early, ()) is None
    assert waiting_for(early, (), RELEASED) == [Waiting.REVIEW]


def test_instants_of_one_document_only_go_forward() -> None:
    """Invariant 3: not before an earlier version, and not before the review it builds on."""
    later = at("2024-01-18T11:00:00")
    assert instant_of(PublicationFacts(RELEASED, RELEASED, RELEASED, RELEASED, after=later), ()) == later


def test_a37_a_correction_lies_between_the_first_instant_and_now() -> None:
    """A-37: never before what the first evidence says, never in the future, never what already holds."""
    now, first, current = at("2024-01-20T09:00:00"), RELEASED, at("2024-01-18T12:00:00")
    publication.check_correction(current, first, at("2024-01-19T08:30:00"), now, "")
    publication.check_correction(current, first, first, now, "")
    for wrong in (now.replace(hour=10), at("2024-01-18T08:59:59"), current):
        with pytest.raises(InvalidValue):
            publication.check_correction(current, first, wrong, now, "")
    with pytest.raises(NotAllowedNow):
        publication.check_correction(None, None, first, now, "")


def test_a25_only_what_nobody_could_see_is_taken_back() -> None:
    """Invariant 4: a release that a bad file keeps inside becomes a draft; nothing else does."""
    bad = PublicationFacts(RELEASED, RELEASED, None, RELEASED, bad_file=True)
    good = PublicationFacts(RELEASED, RELEASED, RELEASED, RELEASED)
    assert publication.taken_back(VersionState.RELEASED, bad) is VersionState.DRAFT
    for state in VersionState:
        for facts in (bad, good):
            if (state, facts) != (VersionState.RELEASED, bad):
                with pytest.raises(NotAllowedNow):
                    publication.taken_back(state, facts)
