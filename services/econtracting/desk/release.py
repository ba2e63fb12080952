"""Releasing (T5): somebody who may release gives a draft of the authority to the contractor, or sends it back.

Whoever releases is not who edited last, unless the authority works without four eyes; then it is traced. What is
checked is what is checked at sending, but a file that is still being scanned is no reason to wait here: T6 does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.econtracting import document_content, document_states, publication, reviews
from domain.econtracting.attachments import AttachmentState
from domain.econtracting.claims import ClaimState
from domain.econtracting.document_states import Act, Direction, Party, VersionState
from domain.errors import N_, DomainError, Finding, Findings, InvalidValue, NotAllowedNow, NotFound, Severity
from domain.permissions import Permission
from models.base import db
from models.file_document import Attachment, DocumentVersion, FileDocument
from models.gate import writing
from services import audit
from services.access import require
from services.econtracting import attachments, claims, kinds
from services.econtracting.desk import lookup, publishing
from services.econtracting.desk import reviews as desk_reviews
from services.econtracting.documents import drafts, versions
from services.econtracting.documents.versions import Opened

#: What is noted inside the authority when a draft goes back to who makes it.
SENT_BACK = "sent_back"
#: And when a release is undone, because a file turned out bad before anybody of the contractor could see it.
TAKEN_BACK = "release_taken_back"
#: The longest note to a colleague, in characters.
MAX_NOTE = 2000

NOTE_NEEDED = N_("Schrijf wat er moet veranderen: uw collega leest het bij het concept.")
NOTE_LONG = N_("Hou de opmerking korter dan {max} tekens.")
_STOPS = (Severity.BLOCKS, Severity.BLOCKS_SUBMIT)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether drafts can be released together now: what is not complete, and why this person may not release them."""

    findings: tuple[Finding, ...]
    refusal: DomainError | None

    @property
    def blocking(self) -> list[Finding]:
        """What makes releasing impossible, whoever does it."""
        return [one for one in self.findings if one.severity in _STOPS]


def release(actor: Actor, version_reference: str, version: int) -> DocumentVersion:
    """Release a draft, and publish it at once when it can be. ``version`` is the counter of the draft that was seen.

    Forbidden without the right, NotFound for a foreign one, Conflict when it was edited meanwhile, Findings when it is
    not complete, NotAllowedNow when it was released before, two people are needed, or the claim does not allow it.
    """
    return release_together(actor, [(version_reference, version)])[0]


def release_together(actor: Actor, chosen: Sequence[tuple[str, int]]) -> list[DocumentVersion]:
    """Release drafts of one contract in one act, in this order: a review, then the request for its invoice."""
    require(actor, Permission.AUTHORITY_RELEASE)
    found = [lookup.version(actor, reference, seen=seen, lock=True) for reference, seen in chosen]
    for one in found:
        if one.document.direction is not Direction.TO_CONTRACTOR or one.contract.id != found[0].contract.id:
            raise NotFound
        document_states.after(Act.RELEASE, one.document.direction, one.version.state)
        lookup.require_active(one.contract)
        drafts.check_enabled(one)
    alone = [_alone(actor, one) for one in found]
    _check_claim(found)
    stops = [finding for one in found for finding in problems(one.version) if finding.severity in _STOPS]
    if stops:
        raise Findings(stops)
    for one, by_one in zip(found, alone, strict=True):
        _release(actor, one, by_one)
    for one in found:
        publishing.publish(one.contract, one.document, one.version)
    return [one.version for one in found]


def _release(actor: Actor, found: Opened, alone: bool) -> None:
    document, draft = found.document, found.version
    at = versions.moment_now(document)
    with writing("document.release"):
        versions.settle(found.kind, draft)
        draft.released_at = at
        draft.released_by_id = actor.account_id
        document.title = draft.title
        versions.move(document, draft, Act.RELEASE, Party.RELEASER, actor, at=at)
    data = {"kind": document.kind_code, "version": draft.number, "digest": draft.content_digest, "alone": alone}
    audit.record(actor, AuditEvent.DOCUMENT_RELEASED, "document", document.reference, data=data)


def readiness(actor: Actor, found: Sequence[Opened]) -> Readiness:
    """What a check page tells before drafts are released together, without doing anything."""
    findings = tuple(finding for one in found for finding in problems(one.version))
    try:
        require(actor, Permission.AUTHORITY_RELEASE)
        for one in found:
            lookup.require_active(one.contract)
            drafts.check_enabled(one)
            _alone(actor, one)
        _check_claim(found)
    except DomainError as refused:
        return Readiness(findings, refused)
    return Readiness(findings, None)


def _alone(actor: Actor, found: Opened) -> bool:
    two_people = lookup.two_people(found.contract.authority_id)
    return publication.released_alone(actor.account_id, last_editor(found.version), two_people=two_people)


def last_editor(draft: DocumentVersion) -> int | None:
    """Who touched a draft last: its text, or its files."""
    last = db.session.execute(
        select(Attachment.received_at, Attachment.received_by_id)
        .where(Attachment.version_id == draft.id)
        .order_by(Attachment.received_at.desc(), Attachment.id.desc())
        .limit(1)
    ).one_or_none()
    if last is not None and last.received_at >= draft.changed_at:
        editor: int | None = last.received_by_id
        return editor
    return draft.changed_by_id


def problems(draft: DocumentVersion) -> list[Finding]:
    """What is not complete. A file that waits for the scanner stops nothing here."""
    waiting = {one.reference for one in attachments.of_version(draft.id) if one.state is AttachmentState.RECEIVED}
    return [*drafts.check(draft), *(one for one in attachments.problems(draft.id) if one.subject not in waiting)]


def _check_claim(found: Sequence[Opened]) -> None:
    """The claim allows these answers, one after the other; a review is about the newest version of the claim.

    NotAllowedNow otherwise: it was answered or reopened meanwhile.
    """
    state: ClaimState | None = None
    for one in found:
        if one.document.kind_code not in (claims.REVIEW, claims.REQUEST):
            continue
        claim = claims.claim_of(one.document)
        if claim is None or claim.claim_state is None:
            raise NotFound
        state = _with_released(claim, claim.claim_state) if state is None else state
        state = reviews.state_after(state, one.document.kind_code, one.values)
        if desk_reviews.is_stale(one):
            raise NotAllowedNow(reviews.NEWER_VERSION, code="A-25")


def _with_released(claim: FileDocument, state: ClaimState) -> ClaimState:
    """The state of a claim once every answer that was released already is consultable."""
    rows = db.session.execute(
        select(DocumentVersion, FileDocument.kind_code)
        .join(FileDocument, FileDocument.id == DocumentVersion.document_id)
        .where(
            FileDocument.parent_id == claim.id,
            FileDocument.kind_code.in_((claims.REVIEW, claims.REQUEST)),
            DocumentVersion.state == VersionState.RELEASED,
        )
        .order_by(DocumentVersion.released_at, DocumentVersion.id)
    )
    for version, kind_code in rows:
        state = reviews.state_after(
            state, kind_code, document_content.values_of(kinds.of(version.kind_id), version.content)
        )
    return state


def send_back(actor: Actor, version_reference: str, version: int, note: str) -> DocumentVersion:
    """Refuse to release: the draft goes back to who makes it, with a note that stays inside the authority."""
    require(actor, Permission.AUTHORITY_RELEASE)
    found = lookup.version(actor, version_reference, seen=version, lock=True)
    draft = found.version
    document_states.after(Act.RELEASE, found.document.direction, draft.state)
    text = note.strip()
    if not text:
        raise InvalidValue(NOTE_NEEDED, field="note")
    if len(text) > MAX_NOTE:
        raise InvalidValue(NOTE_LONG, field="note", max=MAX_NOTE)
    with writing("document.send_back"):
        draft.ready_at = None
    versions.record_event(found.document, draft, SENT_BACK, Party.RELEASER, actor, {"note": text})
    data = {"act": SENT_BACK, "kind": found.document.kind_code, "version": draft.number}
    audit.record(actor, AuditEvent.DOCUMENT_DRAFTED, "document", found.document.reference, data=data)
    return draft


def take_back(actor: Actor, version_reference: str) -> DocumentVersion:
    """Make a draft again of what was released and can never become consultable: a file is infected or refused.

    Forbidden without the right to release, NotFound for a foreign one, NotAllowedNow in every other case.
    """
    require(actor, Permission.AUTHORITY_RELEASE)
    found = lookup.version(actor, version_reference, lock=True)
    document, version = found.document, found.version
    if document.direction is not Direction.TO_CONTRACTOR or version.released_at is None:
        raise NotFound
    state = publication.taken_back(version.state, publishing.facts_of(found.contract, document, version))
    typed = document_content.typed_of(found.kind, version.content)
    with writing("document.take_back"):
        version.state = state
        version.content = document_content.draft_content(typed, found.lines)
        version.content_digest = version.released_at = version.released_by_id = version.ready_at = None
    versions.record_event(document, version, TAKEN_BACK, Party.RELEASER, actor)
    data = {"act": TAKEN_BACK, "kind": document.kind_code, "version": version.number}
    audit.record(actor, AuditEvent.DOCUMENT_DRAFTED, "document", document.reference, data=data)
    return version
