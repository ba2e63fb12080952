"""Sending what was checked (T4): right 3 at that very moment, once, exactly what was on the page, with proof.

A check leaves a row with a one-time key and the fingerprint of what was shown. Sending locks the contract, looks at
everything anew, and takes the one server instant that counts in the same transaction as the change (A-26). The same key
always gives the same sent version, however often and from however many tabs it comes.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, select

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.econtracting import document_content
from domain.econtracting.contracts import ContractState
from domain.econtracting.document_content import Difference
from domain.econtracting.document_states import Act, Party, VersionState
from domain.econtracting.evidence import EvidenceType, canonical
from domain.econtracting.rights import Verb
from domain.errors import N_, Conflict, DomainError, Finding, Findings, NotAllowedNow, NotFound, Severity
from models.base import db
from models.file_document import DocumentVersion, SendCheck
from models.gate import writing
from services import audit, clock
from services.econtracting import access, attachments, claims, follow_up
from services.econtracting.documents import choices, drafts, versions
from services.econtracting.documents.choices import Consequences
from services.econtracting.documents.versions import Opened
from services.econtracting.proof import chain

#: A check that was never sent is kept this long; then it says nothing any more.
UNUSED_CHECK_KEPT = timedelta(days=7)

CHANGED = N_("Het concept is gewijzigd sinds u het nakeek. Er is niets verzonden. Kijk het opnieuw na.")
SENT_ALREADY = N_("Dit stuk is al verzonden. Bekijk het ontvangstbewijs.")
NOT_CONFIRMED = N_("Bevestig dat u dit stuk wilt verzenden.")


class ChangedSinceCheck(Conflict):
    """What would be sent is not what was checked; ``differences`` says where, before and after."""

    def __init__(self, differences: Sequence[Difference]) -> None:
        super().__init__(CHANGED, code="CONFLICT")
        self.differences = tuple(differences)


@dataclass(frozen=True, slots=True)
class CheckPage:
    """What is checked before sending; ``differences`` when it changed since the key was given.

    ``sent``: this key was used already. ``refusal``: why the actor may not send now.
    """

    opened: Opened
    key: str
    digest: str
    findings: Sequence[Finding]
    differences: Sequence[Difference]
    sent: bool
    refusal: DomainError | None
    consequences: Consequences | None = None

    @property
    def blocking(self) -> list[Finding]:
        """What makes sending impossible."""
        return [one for one in self.findings if one.severity in (Severity.BLOCKS, Severity.BLOCKS_SUBMIT)]


def begin_check(actor: Actor, reference: str) -> SendCheck:
    """Keep what is about to be checked and give its one-time key: for who may draft; sending is another right."""
    found = drafts.editable(actor, reference)
    content = _seen(found)
    with writing("sending.begin_check"):
        row = SendCheck(
            key=secrets.token_urlsafe(18),
            version_id=found.version.id,
            account_id=actor.account_id,
            made_at=clock.now(),
            digest=document_content.fingerprint(content),
            content=canonical(content),
        )
        db.session.add(row)
    return row


def check_page(actor: Actor, reference: str, key: str) -> CheckPage:
    """The check of a key; NotFound for a key of another person or draft."""
    found = versions.open_version(actor, reference)
    if not found.own:
        raise NotFound
    stored = _stored(actor, found.version, key)
    if found.version.state is not VersionState.DRAFT:
        return CheckPage(found, key, stored.digest, (), (), found.version.send_key == key, None)
    seen = _seen(found)
    differences = document_content.differences(json.loads(stored.content), seen)
    return CheckPage(
        found,
        key,
        stored.digest,
        drafts.complete(found.version),
        differences,
        False,
        why_not(actor, found),
        choices.consequences(found.contract, found.kind, found.document.direction, clock.now()),
    )


def why_not(actor: Actor, found: Opened) -> DomainError | None:
    """Why the actor cannot send this now, apart from what is in it; None when nothing is in the way."""
    try:
        access.require(actor, found.contract, Verb.SEND, found.document.theme)
        _sendable(found)
    except NotFound:
        raise
    except DomainError as refused:
        return refused
    return None


def send(actor: Actor, reference: str, send_key: str, seen_digest: str) -> DocumentVersion:
    """Send exactly what was checked under a key (T4). Only somebody of the contractor with right 3 (C-038, C-039).

    The same key again gives the same version. NotAllowedNow without the right, after closing or when it was sent
    before; ChangedSinceCheck when anything differs from ``seen_digest``; Findings with what blocks.
    """
    if actor.side is not Side.CONTRACTOR:
        raise NotFound
    found = versions.open_version(actor, reference, lock=True)
    if not found.own:
        raise NotFound
    document, version = found.document, found.version
    stored = _stored(actor, version, send_key)
    if version.send_key == send_key:
        return version
    access.hold_rights(actor, found.contract)
    access.require(actor, found.contract, Verb.SEND, document.theme)
    _sendable(found)
    seen = _seen(found)
    if document_content.fingerprint(seen) != seen_digest or stored.digest != seen_digest:
        raise ChangedSinceCheck(document_content.differences(json.loads(stored.content), seen))
    blocking = [one for one in drafts.complete(version) if one.severity in (Severity.BLOCKS, Severity.BLOCKS_SUBMIT)]
    if blocking:
        raise Findings(blocking)
    at = versions.moment_now(document)
    with writing("sending.send"):
        versions.settle(found.kind, version)
        version.send_key = send_key
        version.sent_by_id = actor.account_id
        version.sent_at = version.consultable_at = at
        document.title = version.title
        if document.claim_state is not None:
            document.claimed = document_content.values_of(found.kind, version.content).get(claims.AMOUNT)
        versions.move(document, version, Act.SEND, Party.CONTRACTOR, actor, at=at)
        follow_up.after_sent(actor, version)
    data = {
        "kind": document.kind_code,
        "version": version.number,
        "digest": version.content_digest,
        "at": at.isoformat(timespec="milliseconds"),
    }
    audit.record(actor, AuditEvent.DOCUMENT_SENT, "document", document.reference, data=data)
    return version


def refused(actor: Actor, reference: str, problem: DomainError) -> None:
    """Keep that a real attempt to send was refused, in a transaction of its own after the first was undone.

    The record says what was refused and why, never who (C-046); nothing is kept of what the actor may not see.
    """
    try:
        found = versions.open_version(actor, reference, lock=True)
    except DomainError:
        return
    if not found.own or actor.side is not Side.CONTRACTOR or found.version.state is not VersionState.DRAFT:
        return
    reason = problem.code or type(problem).__name__
    at = versions.moment_now(found.document)
    chain.append(
        found.contract,
        EvidenceType.SUBMISSION_REFUSED,
        at,
        document=found.document,
        version=found.version,
        detail={"reason": reason},
    )
    data = {"kind": found.document.kind_code, "version": found.version.number, "reason": reason}
    audit.record(actor, AuditEvent.DOCUMENT_SEND_REFUSED, "document", found.document.reference, data=data)


def forget_unused_checks() -> int:
    """Remove what was checked long ago and never sent; for the worker. Returns how many."""
    used = select(DocumentVersion.send_key).where(DocumentVersion.send_key.is_not(None))
    old = SendCheck.made_at < clock.now() - UNUSED_CHECK_KEPT
    with writing("sending.forget_unused_checks"):
        result = db.session.execute(delete(SendCheck).where(old, SendCheck.key.not_in(used)))
    assert isinstance(result, CursorResult)
    return result.rowcount


def _sendable(found: Opened) -> None:
    if found.version.state is not VersionState.DRAFT:
        raise NotAllowedNow(SENT_ALREADY, code="T4")
    if found.contract.state is not ContractState.ACTIVE:
        raise NotAllowedNow(drafts.NOT_ACTIVE, code="T4")
    drafts.check_enabled(found)


def _seen(found: Opened) -> dict[str, Any]:
    return document_content.seen(
        found.kind,
        found.contract.number,
        found.version.title,
        found.version.content,
        attachments.facts(found.version.id),
    )


def _stored(actor: Actor, version: DocumentVersion, key: str) -> SendCheck:
    stored = db.session.get(SendCheck, key, populate_existing=True)
    if stored is None or stored.version_id != version.id or stored.account_id != actor.account_id:
        raise NotFound
    return stored
