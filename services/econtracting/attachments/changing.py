"""Changing the files of a draft: removing one, giving it another name, taking out what it tells about a person."""

from __future__ import annotations

from dataclasses import replace

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.econtracting import person_traces
from domain.econtracting.attachments import BY_MEDIA_TYPE, TWICE, AttachmentState, distinguished, safe_name, split_name
from domain.econtracting.person_traces import IN_CONTENT, Trace
from domain.errors import N_, InvalidValue, NotAllowedNow, NotFound, Unavailable
from integrations import file_contents
from integrations.documents import DocumentDamaged, DocumentMissing, DocumentStoreDown
from models.base import db
from models.file_document import Attachment, DocumentVersion, FileDocument
from models.gate import writing
from models.message import Conversation, Message
from services import audit, documents, locks
from services.connections import connections
from services.econtracting.attachments import reading
from services.econtracting.attachments.receiving import NOT_KEPT, Arrived, check_draft, infected, people_of, take_in

SIGNED = N_(
    "Dit bestand is digitaal ondertekend. Gegevens eruit verwijderen zou de handtekening breken. Laad een versie op "
    "zonder deze gegevens en laat die ondertekenen."
)
NOTHING_TO_STRIP = N_("In dit bestand zijn geen gegevens gevonden die we kunnen verwijderen.")
NO_NAME = N_("Vul een naam in.")
SENT = N_("Dit bestand is al verzonden en kan niet meer wijzigen.")


def remove(actor: Actor, attachment: Attachment) -> None:
    """Take a file off its draft; its content goes when nothing else needs it. The caller has checked the right."""
    _lock_draft(attachment)
    with writing("attachments.remove"):
        db.session.delete(attachment)
    documents.leave(attachment.digest)
    _trace(actor, attachment, "REMOVED", attachment.digest, None)


def rename(actor: Actor, attachment: Attachment, name: str) -> None:
    """Give a file of a draft another name, made safe; the extension stays. InvalidValue for an empty name."""
    _lock_draft(attachment)
    if not name.strip():
        raise InvalidValue(NO_NAME, field="name")
    extension = split_name(attachment.name)[1]
    stem, typed = split_name(safe_name(name))
    known = BY_MEDIA_TYPE.get(attachment.media_type)
    if known is not None and typed not in known.extensions:
        stem = safe_name(name)
    others = [one.name for one in _beside(attachment) if one.id != attachment.id]
    told = [one for one in person_traces.from_json(attachment.findings) if one.trace not in person_traces.IN_NAME]
    with writing("attachments.rename"):
        attachment.name = distinguished(safe_name(f"{stem}.{extension}" if extension else stem), others)
        told += person_traces.in_file_name(attachment.name, people_of(actor), actor.organisation_name)
        attachment.findings = person_traces.as_json(told)
    _trace(actor, attachment, "RENAMED", attachment.digest, attachment.digest)


def strip(actor: Actor, attachment: Attachment) -> Attachment:
    """Replace a file of a draft by a copy without what it tells about a person; the copy is checked and scanned as new.

    Raises NotAllowedNow for a signed file (it would break the signature) and where there is nothing to take out.
    """
    _lock_draft(attachment)
    told = person_traces.from_json(attachment.findings)
    if any(one.trace is Trace.SIGNED for one in told):
        raise NotAllowedNow(SIGNED, code="SIGNED")
    if attachment.state is not AttachmentState.CLEAN or not any(one.trace in IN_CONTENT for one in told):
        raise NotAllowedNow(NOTHING_TO_STRIP, code="NOTHING")
    arrived = _cleaned_copy(actor, attachment)
    if arrived.digest == attachment.digest:
        raise NotAllowedNow(NOTHING_TO_STRIP, code="NOTHING")
    twin = next((one for one in _beside(attachment) if one.digest == arrived.digest), None)
    if twin is not None:
        raise InvalidValue(TWICE, code="TWICE", name=twin.name)
    before = attachment.digest
    if arrived.signature is None:
        documents.name(arrived.digest, arrived.size, arrived.media_type)
    with writing("attachments.strip"):
        attachment.stripped_from = attachment.stripped_from or before
        attachment.digest, attachment.size, attachment.state = arrived.digest, arrived.size, arrived.state
        attachment.scanned_at, attachment.received_at = arrived.scanned_at, arrived.stored_at
        attachment.findings = person_traces.as_json(arrived.told)
    documents.leave(before)
    _trace(actor, attachment, "STRIPPED", before, arrived.digest)
    if arrived.signature is not None:
        infected(actor, attachment.reference, arrived.digest, arrived.signature)
    return attachment


def _cleaned_copy(actor: Actor, attachment: Attachment) -> Arrived:
    kind = BY_MEDIA_TYPE[attachment.media_type]
    people, store = people_of(actor), connections().documents
    try:
        with store.opened(attachment.digest) as source, file_contents.cleaned(source, kind, people) as copy:
            limit = 2 * connections().settings.attachment_bytes
            arrived = take_in(attachment.name, copy, people, organisation=actor.organisation_name, limit=limit)
    except (DocumentStoreDown, DocumentMissing, DocumentDamaged):
        raise Unavailable(NOT_KEPT) from None
    return replace(arrived, name=attachment.name)


def _lock_draft(attachment: Attachment) -> None:
    """Take the lock of its place; NotAllowedNow when the file is no longer part of a draft."""
    if attachment.version_id is not None:
        version = db.session.get_one(DocumentVersion, attachment.version_id)
        document = db.session.get_one(FileDocument, version.document_id)
        locks.lock_contract(document.contract_id)
        db.session.refresh(version)
        check_draft(version)
    else:
        message = db.session.get_one(Message, attachment.message_id)
        conversation = db.session.get_one(Conversation, message.conversation_id)
        if conversation.contract_id is not None:
            locks.lock_contract(conversation.contract_id)
        else:
            locks.lock_facility(conversation.facility_id)
        db.session.refresh(message)
        if message.sent_at is not None:
            raise NotAllowedNow(SENT)
    if db.session.get(Attachment, attachment.id, populate_existing=True) is None:
        raise NotFound


def _beside(attachment: Attachment) -> list[Attachment]:
    if attachment.version_id is not None:
        return reading.of_version(attachment.version_id)
    return reading.of_message(attachment.message_id or 0)


def _trace(actor: Actor, attachment: Attachment, act: str, before: str | None, after: str | None) -> None:
    """Digests only: a name could be that of a person."""
    data = {"act": act, "before": before, "after": after}
    audit.record(actor, AuditEvent.ATTACHMENT_CHANGED, "attachment", attachment.reference, data=data)
