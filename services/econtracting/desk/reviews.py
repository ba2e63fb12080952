"""Reviewing a claim (T7, 6.2): taking it up, and the draft of the review with the request for the invoice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.econtracting import document_content, document_states, reviews
from domain.econtracting.claims import ClaimEvent, ClaimState, events_for
from domain.econtracting.document_states import Act, Direction, Party, VersionState
from domain.errors import Finding, NotFound
from domain.permissions import Permission
from models.base import db
from models.file_document import DocumentVersion, FileDocument
from models.gate import writing
from services import audit
from services.access import require
from services.econtracting import claims, kinds
from services.econtracting.desk import lookup
from services.econtracting.documents import drafts, versions
from services.econtracting.documents.versions import Opened


def start(actor: Actor, document_reference: str) -> DocumentVersion:
    """Take up what the contractor sent (T7): both sides see that it is being handled. No term starts or stops.

    Forbidden without the right, NotFound for a foreign one, NotAllowedNow when it was taken up or answered before.
    """
    require(actor, Permission.AUTHORITY_DRAFT)
    found = lookup.document(actor, document_reference, lock=True)
    document, version = found.document, found.version
    if document.direction is not Direction.TO_AUTHORITY:
        raise NotFound
    lookup.require_active(found.contract)
    before = version.state
    document_states.after(Act.TAKE_UP, document.direction, before)
    at = versions.moment_now()
    versions.move(document, version, Act.TAKE_UP, Party.HANDLER, actor, at=at)
    if document.claim_state is not None:
        claims.apply(document, ClaimEvent.START_REVIEW, at, actor)
    data = {"act": Act.TAKE_UP.value, "from": before.value, "to": version.state.value}
    audit.record(actor, AuditEvent.DOCUMENT_STATE, "document", document.reference, data=data)
    return version


def begin(actor: Actor, claim_reference: str) -> DocumentVersion:
    """The draft of the review of a claim: the one that is there, or a new one; takes the claim up when nobody did."""
    found = lookup.document(actor, claim_reference, lock=True)
    if found.document.claim_state is None:
        raise NotFound
    if found.version.state is VersionState.SENT:
        start(actor, claim_reference)
    known = draft_of(found.document, claims.REVIEW)
    return known or drafts.make(actor, found.contract, claims.REVIEW, found.document)


def begin_request(actor: Actor, claim_reference: str) -> DocumentVersion:
    """The draft of the request for the invoice: the one that is there, or a new one with what follows from the rest."""
    found = lookup.document(actor, claim_reference, lock=True)
    claim = found.document
    if claim.claim_state is None:
        raise NotFound
    known = draft_of(claim, claims.REQUEST)
    if known is not None:
        return known
    made = drafts.make(actor, found.contract, claims.REQUEST, claim)
    vat = document_content.typed_of(found.kind, found.version.content).get("vat")
    typed = reviews.proposed_request(found.contract.order_number, accepted_of(claim), vat)
    drafts.save(actor, made.reference, typed, None, made.version)
    return made


def keep(actor: Actor, version_reference: str, typed: Mapping[str, str], version: int) -> list[Finding]:
    """Keep a draft of the authority; a review that is saved counts as made on the newest version of its claim."""
    found = lookup.version(actor, version_reference, lock=True)
    findings = drafts.save(actor, version_reference, typed, None, version)
    if is_stale(found):
        with writing("reviews.keep"):
            drafts.touched(actor, found.version)
    return findings


def is_stale(found: Opened) -> bool:
    """Whether the contractor sent a newer version of the claim after this review was last saved."""
    claim = claims.claim_of(found.document) if found.document.kind_code == claims.REVIEW else None
    sent_at = None if claim is None else last_sent(claim)
    return sent_at is not None and found.version.changed_at < sent_at


def last_sent(claim: FileDocument) -> datetime | None:
    """When the newest version of a claim was sent."""
    return db.session.scalar(select(func.max(DocumentVersion.sent_at)).where(DocumentVersion.document_id == claim.id))


def draft_of(claim: FileDocument, kind_code: str) -> DocumentVersion | None:
    """The draft of an answer to a claim, by its kind; None when there is none."""
    return _answer(claim, kind_code, VersionState.DRAFT)


def accepted_of(claim: FileDocument) -> Decimal | None:
    """What the last review of a claim accepts, a draft included; in euro excl. VAT."""
    review = _answer(claim, claims.REVIEW)
    if review is None:
        return claim.accepted
    return reviews.accepted_of(document_content.values_of(kinds.of(review.kind_id), review.content))


def _answer(claim: FileDocument, kind_code: str, state: VersionState | None = None) -> DocumentVersion | None:
    statement = (
        select(DocumentVersion)
        .join(FileDocument, FileDocument.id == DocumentVersion.document_id)
        .where(FileDocument.parent_id == claim.id, FileDocument.kind_code == kind_code, DocumentVersion.latest)
        .order_by(FileDocument.id.desc())
        .limit(1)
    )
    return db.session.scalar(statement if state is None else statement.where(DocumentVersion.state == state))


@dataclass(frozen=True, slots=True)
class EarlierClaim:
    """Another claim of the same contract, to compare with."""

    reference: str
    title: str
    state: ClaimState
    sent_at: datetime | None
    claimed: Decimal | None
    accepted: Decimal | None
    difference: Decimal | None


def other_claims(actor: Actor, claim: FileDocument, limit: int = 20) -> list[EarlierClaim]:
    """The other claims of the contract that were sent, the newest first."""
    require(actor, Permission.AUTHORITY_DESK)
    sent = (
        select(DocumentVersion.document_id, func.max(DocumentVersion.sent_at).label("at"))
        .where(DocumentVersion.sent_at.is_not(None))
        .group_by(DocumentVersion.document_id)
        .subquery()
    )
    rows = db.session.execute(
        select(FileDocument, sent.c.at)
        .join(sent, sent.c.document_id == FileDocument.id)
        .where(
            FileDocument.contract_id == claim.contract_id,
            FileDocument.kind_code == claim.kind_code,
            FileDocument.id != claim.id,
        )
        .order_by(sent.c.at.desc(), FileDocument.id.desc())
        .limit(limit)
    )
    return [
        EarlierClaim(
            one.reference,
            one.title,
            one.claim_state or ClaimState.SUBMITTED,
            sent_at,
            one.claimed,
            one.accepted,
            reviews.difference(one.claimed, one.accepted),
        )
        for one, sent_at in rows
    ]


def can_start(found: Opened) -> bool:
    """Whether the review of what the contractor sent can be taken up (T7)."""
    return document_states.possible(Act.TAKE_UP, found.document.direction, found.version.state)


def can_review(claim: FileDocument) -> bool:
    """Whether a review of the claim can be made or is being made: it waits for one, and none was released yet."""
    return _comes(claim, ClaimEvent.ACCEPT) and _answer(claim, claims.REVIEW, VersionState.RELEASED) is None


def can_ask_invoice(claim: FileDocument) -> bool:
    """Whether the invoice of an accepted claim can be asked, and was not yet."""
    return _comes(claim, ClaimEvent.ASK_INVOICE) and _answer(claim, claims.REQUEST, VersionState.RELEASED) is None


def can_register_invoice(claim: FileDocument) -> bool:
    """Whether the invoice of the claim is waited for."""
    return _comes(claim, ClaimEvent.RECEIVE_INVOICE)


def _comes(claim: FileDocument, event: ClaimEvent) -> bool:
    return claim.claim_state is not None and event in events_for(claim.claim_state)
