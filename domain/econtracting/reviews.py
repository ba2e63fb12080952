"""Answers of the authority to a claim: the review and the request for the invoice, as their fields say it (6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domain.dutch import euro
from domain.econtracting.claims import (
    EVENT_OF_RESULT,
    ClaimEvent,
    ClaimState,
    ReviewFacts,
    ReviewResult,
    after,
    check_review,
)
from domain.errors import N_, Finding, Severity

#: The kinds of the file of a claim that the authority makes, by their code.
REVIEW, INVOICE_REQUEST = "NAZICHT", "FACTUURAANVRAAG"

#: Results after which an invoice can be asked.
ACCEPTING: frozenset[ReviewResult] = frozenset({ReviewResult.ACCEPTED, ReviewResult.ACCEPTED_WITH_CHANGES})

OTHER_THAN_ACCEPTED = N_("Vraag de factuur voor het aanvaarde bedrag: {accepted}.")
NOT_ACCEPTED = N_("Een factuur vragen kan enkel voor een schuldvordering die aanvaard is.")
NEWER_VERSION = N_(
    "De opdrachtnemer verzond na dit concept een nieuwe versie van de schuldvordering. Bekijk ze, pas het nazicht aan "
    "en bewaar het opnieuw."
)


def result_of(values: Mapping[str, Any]) -> ReviewResult | None:
    """The result of a review, or None while none is chosen."""
    typed = values.get("result")
    return ReviewResult(typed) if typed in set(ReviewResult) else None


def accepted_of(values: Mapping[str, Any]) -> Decimal | None:
    """The accepted amount in euro excl. VAT; None when nothing is accepted."""
    result, accepted = result_of(values), values.get("accepted")
    return accepted if result in ACCEPTING and isinstance(accepted, Decimal) else None


def check(
    kind_code: str, values: Mapping[str, Any], claimed: Decimal | None, accepted: Decimal | None
) -> list[Finding]:
    """What is wrong with an answer beside what its kind asks, each finding at its field.

    ``claimed`` is that of the claim; ``accepted`` what its review accepts. Of a kind that is no answer to a claim:
    nothing.
    """
    if kind_code == REVIEW:
        result = result_of(values)
        if result is None or claimed is None:
            return []
        return check_review(ReviewFacts(result, claimed, values.get("accepted"), str(values.get("reasons") or "")))
    if kind_code == INVOICE_REQUEST:
        if accepted is None:
            return [Finding("6.2", Severity.BLOCKS_SUBMIT, NOT_ACCEPTED)]
        amount = values.get("amount")
        if isinstance(amount, Decimal) and amount != accepted:
            params = {"accepted": euro(accepted)}
            return [Finding("A-48", Severity.BLOCKS, OTHER_THAN_ACCEPTED, "amount", params=params)]
    return []


def event_of(kind_code: str, values: Mapping[str, Any]) -> ClaimEvent | None:
    """What happens to the claim when the answer becomes consultable; None for any other kind."""
    if kind_code == INVOICE_REQUEST:
        return ClaimEvent.ASK_INVOICE
    result = result_of(values) if kind_code == REVIEW else None
    return None if result is None else EVENT_OF_RESULT[result]


def state_after(state: ClaimState, kind_code: str, values: Mapping[str, Any]) -> ClaimState:
    """The state of the claim once the answer counts; NotAllowedNow when there is no such step."""
    event = event_of(kind_code, values)
    return state if event is None else after(state, event)


def difference(claimed: Decimal | None, accepted: Decimal | None) -> Decimal | None:
    """What the review takes off (negative) or adds, in euro excl. VAT."""
    return None if claimed is None or accepted is None else accepted - claimed


def proposed_request(order_number: str, accepted: Decimal | None, vat: str | None) -> dict[str, str]:
    """What stands in a new request for an invoice, as it would be typed: it follows from contract, review and claim."""
    amount = "" if accepted is None else f"{accepted:.2f}".replace(".", ",")
    return {"order_number": order_number, "amount": amount, "vat": vat or ""}
