"""Releasing (T5): somebody who may release gives a draft of the authority to the contractor, or sends it back.

Whoever releases is not who edited last, unless the authority works without four eyes; then it is traced. What is
checked is what is checked at sending, but a file that is still being scanned is no reason to wait here: T6 does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.econtracting import document_states, publication
from domain.econtracting.attachments import AttachmentState
from domain.econtracting.document_states import Act, Direction, Party
from domain.errors import N_, Finding, Findings, InvalidValue, NotFound, Severity
from domain.permissions import Permission
from models.base import db
from models.file_document import Attachment, DocumentVersion
from models.gate import writing
from services import audit, clock
from services.access import require
from services.econtracting import attachments
from services.econtracting.desk import lookup, publishing
from services.econtracting.desk.lookup import Found
from services.econtracting.documents import drafts, versions

#: What happens at the desk itself, before the contractor sees anything: never on the timeline of the other party.
HANDED_OVER, SENT_BACK = "HAND_OVER", "SEND_BACK"

NOTE_NEEDED = N_("Schrijf wat er moet veranderen: uw collega leest het bij het concept.")
MAX_NOTE = 2000


def release(actor: Actor, version_reference: str, version: int) -> DocumentVersion:
    """Release a draft, and publish it at once when it can be. ``version`` is the counter of the draft that was seen.

    Forbidden without the right, NotFound for a foreign one, Conflict when it was edited meanwhile, Findings when it is
    not complete, NotAllowedNow when it was released before, two people are needed, or the claim does not allow it.
    """
    return release_together(actor, [(version_reference, version)])[0]


def release_together(actor: Actor, chosen: Sequence[tuple[str, int]]) -> list[DocumentVersion]:
    """Release drafts in one act, in this order: a review, and the request for the invoice that goes with it."""
    require(actor, Permission.AUTHORITY_RELEASE)
    found = [lookup.locked_version(actor, reference, seen) for reference, seen in chosen]
    for one in found:
        _release(actor, one)
    for one in found:
        publishing.publish(one.contract, one.document, one.version)
    return [one.version for one in found]


def _release(actor: Actor, found: Found) -> None:
    contract, document, draft = found.contract, found.document, found.version
    if document.direction is not Direction.TO_CONTRACTOR:
        raise NotFound
    state = document_states.after(Act.RELEASE, document.direction, draft.state)
    assert state is not None
    lookup.require_active(contract)
    two_people = lookup.settings_of(contract.authority_id).two_people
    alone = publication.released_alone(actor.account_id, last_editor(draft), two_people=two_people)
    stops = [one for one in problems(draft) if one.severity in (Severity.BLOCKS, Severity.BLOCKS_SUBMIT)]
    if stops:
        raise Findings(stops)
    now = clock.now()
    with writing("document.release"):
        draft.state = state
        draft.released_at = now
        draft.released_by_id = actor.account_id
        draft.content_digest = hashlib.sha256(draft.content.encode()).hexdigest()
    versions.record_event(document, draft, Act.RELEASE, Party.RELEASER, actor, {"alone": alone})
    data = {
        "kind": document.kind_code,
        "version": draft.number,
        "digest": draft.content_digest,
        "alone": alone,
    }
    audit.record(actor, AuditEvent.DOCUMENT_RELEASED, "document", document.reference, data=data)


def last_editor(draft: DocumentVersion) -> int | None:
    """Who touched a draft last: its text, or its files."""
    last = db.session.execute(
        select(Attachment.received_at, Attachment.received_by_id)
        .where(Attachment.version_id == draft.id)
        .order_by(Attachment.received_at.desc(), Attachment.id.desc())
        .limit(1)
    ).one_or_none()
    if last is not None and last.received_at > draft.changed_at:
        editor: int | None = last.received_by_id
        return editor
    return draft.changed_by_id


def problems(draft: DocumentVersion) -> list[Finding]:
    """What is not complete. A file that waits for the scanner stops nothing here."""
    return [*drafts.check(draft), *_of_files(draft)]


def _of_files(draft: DocumentVersion) -> list[Finding]:
    waiting = {one.reference for one in attachments.of_version(draft.id) if one.state is AttachmentState.RECEIVED}
    return [one for one in attachments.problems(draft.id) if one.subject not in waiting]


def send_back(actor: Actor, version_reference: str, version: int, note: str) -> DocumentVersion:
    """Refuse to release: the draft goes back to who makes it, with a note that stays inside the authority."""
    require(actor, Permission.AUTHORITY_RELEASE)
    found = lookup.locked_version(actor, version_reference, version)
    draft = found.version
    document_states.after(Act.RELEASE, found.document.direction, draft.state)
    text = note.strip()
    if not text or len(text) > MAX_NOTE:
        raise InvalidValue(NOTE_NEEDED, field="note")
    with writing("document.send_back"):
        draft.ready_at = None
    versions.record_event(found.document, draft, SENT_BACK, Party.RELEASER, actor, {"note": text})
    data = {"act": SENT_BACK, "kind": found.document.kind_code, "version": draft.number}
    audit.record(actor, AuditEvent.DOCUMENT_DRAFTED, "document", found.document.reference, data=data)
    return draft
