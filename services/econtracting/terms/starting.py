"""What starts a term: a claim that was sent, a review or an invoice request that became consultable (C-050, C-051)."""

from __future__ import annotations

from datetime import datetime

from domain.econtracting.actions import ActionParty
from domain.econtracting.claims import ClaimState
from domain.econtracting.terms import (
    DEFAULT_DAYS,
    KINDS_OF_REGIME,
    PAYERS,
    Regime,
    TermKind,
    TermState,
    payment_term,
    term,
)
from models.base import db
from models.contract_follow_up import ContractTerm
from models.file_document import DocumentVersion, FileDocument
from models.gate import writing
from models.public_contract import PublicContract
from services.econtracting import calendar_data
from services.econtracting.terms import rows, stopping, waiting
from services.econtracting.terms.policy import rolls

#: The term of the authority that a claim starts, per regime.
CLAIM_TERM = {Regime.KB2013: TermKind.VERIFICATION, Regime.KB2024: TermKind.PROCESSING}


def start(
    contract: PublicContract,
    document: FileDocument,
    version: DocumentVersion,
    kind: TermKind,
    at: datetime,
    *,
    party: ActionParty,
) -> ContractTerm:
    """The term that an event at an instant starts; ``party`` is who has to act within it.

    A kind the regime does not know is read as the term of the claim under that regime, so that one definition of a
    kind of document serves both. Asked again for the same version it gives the term that is there. A version that
    replaces another ends what ran for the one before and starts anew from its own sending (T10).
    """
    meant = kind if kind in KINDS_OF_REGIME[contract.regime] else CLAIM_TERM[contract.regime]
    root = rows.root_of(document)
    with writing("terms.start"):
        for known in rows.of_file(document, meant):
            if known.version_id == version.id:
                return known
        if meant is not TermKind.INVOICE:
            stopping.end_all(rows.of_file(document, alive=True), at)
        else:
            stopping.end_all(rows.of_file(document, TermKind.INVOICE, alive=True), at)
        days = contract.processing_days if meant is TermKind.PROCESSING else DEFAULT_DAYS[meant]
        roll = rolls(meant)
        found = term(meant, contract.regime, at, days=days, roll=roll, calendar=calendar_data.calendar())
        row = rows.add(
            found,
            start_at=at,
            days=days,
            roll=roll,
            contract_id=contract.id,
            document_id=root.id,
            version_id=version.id,
            party=party,
            regime=contract.regime,
        )
        waiting.join(document)
    return row


def review_arrived(document: FileDocument, at: datetime) -> ContractTerm | None:
    """The review of a claim became consultable; ``document`` is the claim or the review itself.

    KB2013: the verification is met and the payment term starts (L-21). KB2024: the processing term goes on. A claim
    that stands refused by now leaves nothing to pay: no payment term, and the processing term ends. Refused as
    incomplete is ``never_started`` (A-28). Gives the payment term.
    """
    refused = rows.root_of(document).claim_state is ClaimState.REFUSED
    with writing("terms.review_arrived"):
        verified = next(iter(rows.of_file(document, TermKind.VERIFICATION, alive=True)), None)
        if verified is not None:
            stopping.stop(verified, TermState.MET, at)
        if refused:
            stopping.end_all(rows.of_file(document, *PAYERS, alive=True), at)
        if refused or verified is None:
            return None
        days = _payment_days(verified.contract_id)
        roll = rolls(TermKind.PAYMENT)
        found = payment_term(verified.start_at, at, days=days, roll=roll, calendar=calendar_data.calendar())
        row = rows.add(
            found,
            start_at=at,
            days=days,
            roll=roll,
            contract_id=verified.contract_id,
            document_id=verified.document_id,
            version_id=verified.version_id,
            party=ActionParty.AUTHORITY,
            regime=verified.regime,
        )
        waiting.join(document)
    return row


def _payment_days(contract_id: int) -> int:
    """Under KB2013 a derogation makes the payment longer, never the verification."""
    return db.session.get_one(PublicContract, contract_id).processing_days
