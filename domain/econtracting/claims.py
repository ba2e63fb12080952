"""The file of a claim (6.2): from draft to paid, with the review of the authority, the invoice request and the invoice.

The state follows from what happened, in order; ``after`` is the one table. Which term runs follows from the state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from domain.errors import N_, Finding, NotAllowedNow, Severity


class ClaimState(StrEnum):
    """Where a claim stands; the value is the number people know it by."""

    DRAFT = "S0"
    SUBMITTED = "S1"
    IN_REVIEW = "S2"
    ACCEPTED = "S3"
    ACCEPTED_WITH_CHANGES = "S4"
    REFUSED = "S5"
    MORE_ASKED = "S6"
    INVOICE_ASKED = "S7"
    INVOICE_RECEIVED = "S8"
    PAID = "S9"
    CLOSED = "S10"


CLAIM_LABELS: dict[ClaimState, str] = {
    ClaimState.DRAFT: N_("In opmaak"),
    ClaimState.SUBMITTED: N_("Ingediend"),
    ClaimState.IN_REVIEW: N_("In nazicht"),
    ClaimState.ACCEPTED: N_("Aanvaard"),
    ClaimState.ACCEPTED_WITH_CHANGES: N_("Aanvaard met wijzigingen"),
    ClaimState.REFUSED: N_("Geweigerd"),
    ClaimState.MORE_ASKED: N_("Aanvulling gevraagd"),
    ClaimState.INVOICE_ASKED: N_("Factuur gevraagd"),
    ClaimState.INVOICE_RECEIVED: N_("Factuur ontvangen"),
    ClaimState.PAID: N_("Betaald"),
    ClaimState.CLOSED: N_("Afgesloten"),
}


class ReviewResult(StrEnum):
    """The outcome of a review (A-06). INCOMPLETE: the claim cannot be judged, so its term never started (A-28)."""

    ACCEPTED = "AANVAARD"
    ACCEPTED_WITH_CHANGES = "AANVAARD_MET_WIJZIGINGEN"
    REFUSED = "GEWEIGERD"
    INCOMPLETE = "ONVOLLEDIG"


RESULT_LABELS: dict[ReviewResult, str] = {
    ReviewResult.ACCEPTED: N_("Aanvaard"),
    ReviewResult.ACCEPTED_WITH_CHANGES: N_("Aanvaard met wijzigingen"),
    ReviewResult.REFUSED: N_("Geweigerd"),
    ReviewResult.INCOMPLETE: N_("Geweigerd: onvolledig"),
}


class ClaimEvent(StrEnum):
    """What happens to a claim. Reviews and requests count when they become consultable, not when they are released."""

    SEND = "SEND"
    START_REVIEW = "START_REVIEW"
    ACCEPT = "ACCEPT"
    ACCEPT_WITH_CHANGES = "ACCEPT_WITH_CHANGES"
    REFUSE = "REFUSE"
    REOPEN = "REOPEN"
    ASK_INVOICE = "ASK_INVOICE"
    RECEIVE_INVOICE = "RECEIVE_INVOICE"
    REJECT_INVOICE = "REJECT_INVOICE"
    PAY = "PAY"
    CLOSE = "CLOSE"


EVENT_OF_RESULT: Mapping[ReviewResult, ClaimEvent] = {
    ReviewResult.ACCEPTED: ClaimEvent.ACCEPT,
    ReviewResult.ACCEPTED_WITH_CHANGES: ClaimEvent.ACCEPT_WITH_CHANGES,
    ReviewResult.REFUSED: ClaimEvent.REFUSE,
    ReviewResult.INCOMPLETE: ClaimEvent.REFUSE,
}

_C, _E = ClaimState, ClaimEvent
_JUDGED = {
    _E.ACCEPT: _C.ACCEPTED,
    _E.ACCEPT_WITH_CHANGES: _C.ACCEPTED_WITH_CHANGES,
    _E.REFUSE: _C.REFUSED,
    _E.REOPEN: _C.MORE_ASKED,
}
_ACCEPTED = {_E.ASK_INVOICE: _C.INVOICE_ASKED, _E.REOPEN: _C.MORE_ASKED}

TRANSITIONS: Mapping[ClaimState, Mapping[ClaimEvent, ClaimState]] = {
    _C.DRAFT: {_E.SEND: _C.SUBMITTED},
    _C.SUBMITTED: {_E.START_REVIEW: _C.IN_REVIEW, **_JUDGED},
    _C.IN_REVIEW: _JUDGED,
    _C.ACCEPTED: _ACCEPTED,
    _C.ACCEPTED_WITH_CHANGES: _ACCEPTED,
    _C.REFUSED: {_E.CLOSE: _C.CLOSED},
    _C.MORE_ASKED: {_E.SEND: _C.SUBMITTED, _E.CLOSE: _C.CLOSED},
    _C.INVOICE_ASKED: {_E.RECEIVE_INVOICE: _C.INVOICE_RECEIVED},
    _C.INVOICE_RECEIVED: {_E.PAY: _C.PAID, _E.REJECT_INVOICE: _C.INVOICE_ASKED},
    _C.PAID: {_E.CLOSE: _C.CLOSED},
    _C.CLOSED: {},
}

#: From when an invoice was asked: before, none can have come for the claim.
INVOICED = frozenset({_C.INVOICE_ASKED, _C.INVOICE_RECEIVED, _C.PAID, _C.CLOSED})

NOT_NOW = N_("Dit kan niet met een schuldvordering die de stand '{state}' heeft.")


def after(state: ClaimState, event: ClaimEvent) -> ClaimState:
    """The state after an event; NotAllowedNow when the table has no such step. A paid claim is never reopened (T9)."""
    target = TRANSITIONS[state].get(event)
    if target is None:
        raise NotAllowedNow(NOT_NOW, code="6.2", state=CLAIM_LABELS[state])
    return target


def events_for(state: ClaimState) -> list[ClaimEvent]:
    """What can happen next, in the order of ``ClaimEvent``."""
    return [event for event in ClaimEvent if event in TRANSITIONS[state]]


def state_of(events: Iterable[ClaimEvent]) -> ClaimState:
    """The state that follows from everything that happened, oldest first."""
    state = ClaimState.DRAFT
    for event in events:
        state = after(state, event)
    return state


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """What a review says: its result, the accepted amount in euro excl. VAT, and why."""

    result: ReviewResult
    claimed: Decimal
    accepted: Decimal | None
    reasons: str = ""


AMOUNT_NEEDED = N_("Vul het aanvaarde bedrag in.")
SAME_AMOUNT = N_("Wie aanvaardt zonder wijzigingen, aanvaardt het gevraagde bedrag: {claimed} euro.")
OTHER_AMOUNT = N_("Vul een ander bedrag in dan het gevraagde, of kies 'Aanvaard'.")
NO_AMOUNT = N_("Bij een weigering hoort geen aanvaard bedrag.")
REASONS_NEEDED = N_("Geef de redenen: de opdrachtnemer krijgt ze te lezen.")


def check_review(review: ReviewFacts) -> list[Finding]:
    """What is wrong with a review; changes and refusals need reasons, because the rights of the contractor stay."""
    found: list[Finding] = []

    def wrong(field: str, message: str, **params: object) -> None:
        found.append(Finding("A-06", Severity.BLOCKS, message, field, params=params))

    accepted = review.result in (ReviewResult.ACCEPTED, ReviewResult.ACCEPTED_WITH_CHANGES)
    if accepted and review.accepted is None:
        wrong("accepted", AMOUNT_NEEDED)
    elif review.result is ReviewResult.ACCEPTED and review.accepted != review.claimed:
        wrong("accepted", SAME_AMOUNT, claimed=str(review.claimed).replace(".", ","))
    elif review.result is ReviewResult.ACCEPTED_WITH_CHANGES and review.accepted == review.claimed:
        wrong("accepted", OTHER_AMOUNT)
    elif not accepted and review.accepted is not None:
        wrong("accepted", NO_AMOUNT)
    if review.result is not ReviewResult.ACCEPTED and not review.reasons.strip():
        wrong("reasons", REASONS_NEEDED)
    return found
