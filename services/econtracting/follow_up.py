"""What follows when a version counts: one place, in one order, for both directions (6.1 to 6.3).

``after_sent`` for what the contractor sends (T4), ``after_consultable`` for what the authority sends (T6). Each: proof,
the older version, the claim, the tasks, the terms, the notification. The caller holds the lock of the contract, took
the one server instant inside its transaction and brought the version to its state; nothing here takes another instant.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from domain.actor import Actor
from domain.econtracting import document_content, reviews
from domain.econtracting.actions import PARTY_OF, ActionParty, ActionType
from domain.econtracting.claims import EVENT_OF_RESULT, ClaimEvent, ClaimState, ReviewResult
from domain.econtracting.document_states import Act, Party, VersionState
from domain.econtracting.evidence import EvidenceType
from domain.econtracting.kinds import Kind
from domain.econtracting.notifications import NotificationEvent
from domain.econtracting.terms import KINDS_OF_REGIME, TermKind
from models.base import db
from models.contract_follow_up import ContractAction
from models.file_document import DocumentVersion, FileDocument
from models.gate import writing
from models.public_contract import PublicContract
from services.econtracting import actions, attachments, claims, kinds, notifications, terms
from services.econtracting.documents import versions
from services.econtracting.proof import chain

#: Whose term it is: the one who has to act before its end.
TERM_PARTY = {
    TermKind.PROCESSING: ActionParty.AUTHORITY,
    TermKind.VERIFICATION: ActionParty.AUTHORITY,
    TermKind.PAYMENT: ActionParty.AUTHORITY,
    TermKind.INVOICE: ActionParty.CONTRACTOR,
}
#: A version that one of these states is in can still be answered.
_UNANSWERED = (VersionState.SENT, VersionState.IN_PROGRESS, VersionState.CONSULTABLE)


def after_sent(actor: Actor, version: DocumentVersion) -> None:
    """A version of the contractor is sent: ``sent_at`` and ``consultable_at`` are the same instant (C-011, C-050)."""
    document, contract, kind = _about(version)
    at = _instant(version.sent_at)
    files = attachments.facts(version.id)
    chain.append(contract, EvidenceType.SUBMITTED, at, document=document, version=version, files=files, actor=actor)
    chain.append(contract, EvidenceType.CONSULTABLE, at, document=document, version=version, files=files)
    _replace_older(document, version, at)
    if document.claim_state is not None:
        claims.apply(document, ClaimEvent.SEND, at, actor)
    _close(contract, document, kind, at)
    _open(contract, document, kind, ActionParty.AUTHORITY, at)
    _start_terms(contract, document, version, kind, at)
    notifications.announce(
        NotificationEvent.FROM_CONTRACTOR,
        contract,
        document=document,
        event_key=f"sent {version.reference}",
        at=at,
    )


def after_consultable(version: DocumentVersion, at: datetime) -> None:
    """A version of the authority can be consulted by the contractor from ``at`` on (C-051)."""
    document, contract, kind = _about(version)
    files = attachments.facts(version.id)
    chain.append(contract, EvidenceType.CONSULTABLE, at, document=document, version=version, files=files)
    _replace_older(document, version, at)
    claim = claims.claim_of(document)
    values = document_content.values_of(kind, version.content)
    if claim is not None and document.kind_code == claims.REVIEW:
        _reviewed(contract, claim, document, values, at)
    elif claim is not None and document.kind_code == claims.REQUEST:
        _invoice_asked(contract, claim, document, version, values, at)
    else:
        _answered(document, at)
    _close(contract, document, kind, at)
    _open(contract, document, kind, ActionParty.CONTRACTOR, at)
    notifications.announce(
        NotificationEvent.NEW_DOCUMENT,
        contract,
        document=document,
        event_key=f"consultable {version.reference}",
        at=at,
    )


def _about(version: DocumentVersion) -> tuple[FileDocument, PublicContract, Kind]:
    document = db.session.get_one(FileDocument, version.document_id)
    return document, db.session.get_one(PublicContract, document.contract_id), kinds.of(version.kind_id)


def _instant(value: datetime | None) -> datetime:
    if value is None:
        raise ValueError("the instant that counts is not set")
    return value


def _replace_older(document: FileDocument, version: DocumentVersion, at: datetime) -> None:
    """T10: the older version stays readable and verifiable."""
    older = db.session.scalars(
        select(DocumentVersion).where(
            DocumentVersion.document_id == document.id,
            DocumentVersion.number < version.number,
            DocumentVersion.state != VersionState.REPLACED,
        )
    )
    for one in older:
        versions.move(document, one, Act.REPLACE, Party.SYSTEM, None, at=at, detail={"by": version.number})


def _reviewed(
    contract: PublicContract, claim: FileDocument, document: FileDocument, values: dict[str, Any], at: datetime
) -> None:
    """S3, S4 or S5; the terms of the claim follow, and the task of the authority is done."""
    result = reviews.result_of(values)
    if result is None:
        raise ValueError("a review without a result")
    claims.apply(claim, EVENT_OF_RESULT[result], at)
    with writing("follow_up.reviewed"):
        claim.accepted = document.accepted = reviews.accepted_of(values)
    _answered(document, at)
    if result is ReviewResult.INCOMPLETE:
        terms.never_started(claim, at)
    else:
        terms.review_arrived(claim, at)
    if claim.claim_state is ClaimState.REFUSED:
        actions.open(contract, ActionType.MAKE_CLAIM, at=at)


def _invoice_asked(
    contract: PublicContract,
    claim: FileDocument,
    document: FileDocument,
    version: DocumentVersion,
    values: dict[str, Any],
    at: datetime,
) -> None:
    """S7; the five days of the contractor start when the request can be consulted (D-6)."""
    claims.apply(claim, ClaimEvent.ASK_INVOICE, at)
    with writing("follow_up.invoice_asked"):
        document.order_number = values.get(claims.ORDER_NUMBER)
        document.accepted = values.get(claims.AMOUNT)
    terms.start(contract, document, version, TermKind.INVOICE, at, party=TERM_PARTY[TermKind.INVOICE])


def _answered(document: FileDocument, at: datetime) -> None:
    """T8: what is answered is handled."""
    parent = db.session.get(FileDocument, document.parent_id) if document.parent_id is not None else None
    if parent is None or parent.direction is document.direction:
        return
    counting = versions.counting(parent)
    if counting is not None and counting.state in _UNANSWERED:
        versions.move(parent, counting, Act.HANDLE, Party.SYSTEM, None, at=at, detail={"by": document.title})


def _close(contract: PublicContract, document: FileDocument, kind: Kind, at: datetime) -> None:
    """The tasks a kind closes: of the document itself, of what it answers, or of the contract."""
    parent = db.session.get(FileDocument, document.parent_id) if document.parent_id is not None else None
    for type_ in kind.closes:
        about = [document, None] if parent is None else [document, parent, None]
        for one in about:
            if actions.done(contract, type_, one, at=at) is not None:
                break


def _open(
    contract: PublicContract, document: FileDocument, kind: Kind, party: ActionParty, at: datetime
) -> list[ContractAction]:
    """The tasks a kind opens for the party that gets it; taking note when it asks the contractor nothing else (6.3)."""
    wanted = [type_ for type_ in kind.opens if PARTY_OF[type_] is party]
    if party is ActionParty.CONTRACTOR and not wanted:
        wanted = [ActionType.TAKE_NOTE]
    return [actions.reopen_or_open(contract, type_, document, at=at) for type_ in wanted]


def _start_terms(
    contract: PublicContract, document: FileDocument, version: DocumentVersion, kind: Kind, at: datetime
) -> None:
    """The terms of the kind that the regime of the contract knows; the payment of KB2013 waits for the review."""
    for one in kind.starts:
        if one in KINDS_OF_REGIME[contract.regime] and one is not TermKind.PAYMENT:
            terms.start(contract, document, version, one, at, party=TERM_PARTY[one])
