"""Taking a file: hashed while it comes, looked into, scanned, and only then kept and named by a row.

``take_in`` needs no database: a slow upload holds no lock. ``receive`` writes the row, in a short transaction.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from sqlalchemy import select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.econtracting import document_states, person_traces
from domain.econtracting.attachments import (
    BEYOND_SCAN,
    EMPTY,
    NO_SUCH_SLOT,
    TOO_BIG,
    TOO_MANY,
    TWICE,
    AttachmentState,
    distinguished,
    safe_name,
)
from domain.econtracting.document_states import Act
from domain.econtracting.person_traces import PersonName, Told
from domain.errors import N_, InvalidValue, NotAllowedNow, Unavailable
from integrations import file_contents
from integrations.documents import DocumentStoreDown, DocumentTooBig, Incoming
from integrations.scanner import ScannerDown
from models.base import db
from models.contract_rights import WorkRelation
from models.file_document import Attachment, DocumentVersion, FileDocument
from models.gate import writing
from models.identity import Account
from models.message import Message
from models.organisation import Organisation
from models.public_contract import PublicContract
from services import audit, clock, documents, locks
from services.connections import connections
from services.econtracting import kinds
from services.econtracting.attachments import reading
from services.econtracting.attachments.verdicts import verdict_on

NOT_KEPT = N_("Het bestand kan nu niet bewaard worden. Er is niets gewijzigd. Probeer het straks opnieuw.")
FIELD = "file"


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that is in the store (or was infected and is not), without a row yet.

    ``signature`` is what the scanner found; ``scanned_at`` is None when no scanner answered.
    """

    name: str
    size: int
    digest: str
    media_type: str
    stored_at: datetime
    scanned_at: datetime | None
    signature: str | None
    told: tuple[Told, ...]

    @property
    def state(self) -> AttachmentState:
        """Where the file stands."""
        if self.signature is not None:
            return AttachmentState.INFECTED
        return AttachmentState.RECEIVED if self.scanned_at is None else AttachmentState.CLEAN


def people_of(actor: Actor) -> tuple[PersonName, ...]:
    """The names of those who work for the actor's organisation, as far as they ever signed in."""
    names = db.session.execute(
        select(Account.given_name, Account.family_name)
        .join(WorkRelation, WorkRelation.account_id == Account.id)
        .join(Organisation, Organisation.id == WorkRelation.organisation_id)
        .where(Organisation.key == actor.organisation_key)
    )
    return tuple(PersonName(*row) for row in names)


def take_in(
    name: str,
    stream: IO[bytes],
    people: Collection[PersonName] = (),
    *,
    organisation: str = "",
    limit: int | None = None,
) -> Arrived:
    """Read a file to its end, check and scan it, and keep it; no transaction, and nothing is left of what is refused.

    Raises InvalidValue for what is not taken (empty, too big, wrong type, locked, …), Unavailable without a store.
    """
    name = safe_name(name)
    limit = limit or connections().settings.attachment_bytes
    try:
        with connections().documents.incoming(limit) as file:
            file.take(stream)
            return _looked_at(file, name, people, organisation)
    except DocumentTooBig as big:
        raise InvalidValue(TOO_BIG, code="TOO_BIG", field=FIELD, limit=big.args[0] // 1024 // 1024) from None
    except DocumentStoreDown:
        raise Unavailable(NOT_KEPT) from None


def _looked_at(file: Incoming, name: str, people: Collection[PersonName], organisation: str) -> Arrived:
    if not file.size:
        raise InvalidValue(EMPTY, code="EMPTY", field=FIELD)
    # the scanner first: what is infected needs no opinion on its type
    signature, scanned_at = _scan(file)
    media_type = "application/octet-stream"
    told: tuple[Told, ...] = ()
    if signature is None:
        contents = file_contents.inspect(file.reading(), name, people)
        name, media_type = contents.name, contents.type.media_type
        told = (*contents.told, *person_traces.in_file_name(name, people, organisation))
        file.keep()
    stored_at = clock.now()
    return Arrived(
        name, file.size, file.digest, media_type, stored_at, scanned_at, signature, person_traces.clipped(told)
    )


def _scan(file: Incoming) -> tuple[str | None, datetime | None]:
    try:
        verdict = verdict_on(file.reading())
    except ScannerDown:
        return None, None
    if verdict.beyond_limits:
        raise InvalidValue(BEYOND_SCAN, code="BEYOND_SCAN", field=FIELD)
    return verdict.signature, clock.now()


def receive(
    actor: Actor,
    contract: PublicContract | None,
    *,
    version: DocumentVersion | None = None,
    message: Message | None = None,
    slot: str = "",
    name: str = "",
    stream: IO[bytes] | Arrived,
) -> Attachment:
    """Add a file to a draft version or a draft message; the caller has checked the right to draft.

    ``stream`` is the content, or what ``take_in`` made of it. The state of the row tells whether it is clean, still to
    be scanned, or infected (then its content was not kept). Raises InvalidValue for what is not taken, NotAllowedNow
    when the version was sent meanwhile.
    """
    if isinstance(stream, Arrived):
        arrived = stream
    else:
        arrived = take_in(name, stream, people_of(actor), organisation=actor.organisation_name)
    if contract is not None:
        locks.lock_contract(contract.id)
    others = check_room(version, message, slot)
    twin = next(
        (one for one in others if one.digest == arrived.digest and one.state is not AttachmentState.REFUSED), None
    )
    if twin is not None:
        raise InvalidValue(TWICE, code="TWICE", field=FIELD, name=twin.name)
    if arrived.signature is None:
        documents.name(arrived.digest, arrived.size, arrived.media_type)
    row = Attachment(
        version_id=version.id if version is not None else None,
        message_id=message.id if message is not None else None,
        position=max((one.position for one in others), default=0) + 1,
        slot=slot,
        name=distinguished(arrived.name, [one.name for one in others]),
        media_type=arrived.media_type,
        size=arrived.size,
        digest=arrived.digest,
        state=arrived.state,
        received_at=arrived.stored_at,
        received_by_id=actor.account_id,
        scanned_at=arrived.scanned_at,
        # who works for a facility is no secret for the department: only a contractor is warned (C-046)
        findings=person_traces.as_json(arrived.told if contract is not None else ()),
    )
    with writing("attachments.receive"):
        db.session.add(row)
    trace = {"digest": row.digest, "size": row.size, "state": row.state.value}
    audit.record(actor, AuditEvent.ATTACHMENT_RECEIVED, "attachment", row.reference, data=trace)
    if arrived.signature is not None:
        infected(actor, row.reference, arrived.digest, arrived.signature)
    return row


def check_room(version: DocumentVersion | None, message: Message | None, slot: str = "") -> list[Attachment]:
    """The files that are there already, when one more can be added; NotAllowedNow or InvalidValue when not."""
    if version is not None:
        db.session.refresh(version)
        check_draft(version)
        others = reading.of_version(version.id)
        if slot and slot not in {one.name for one in kinds.of(version.kind_id).attachments}:
            raise InvalidValue(NO_SUCH_SLOT, field="slot")
    elif message is not None:
        db.session.refresh(message)
        if message.sent_at is not None:
            raise NotAllowedNow(N_("Dit bericht is al verzonden. Maak een nieuw bericht."))
        others = reading.of_message(message.id)
    else:
        raise ValueError("a file belongs to a version or to a message")
    limit = connections().settings.attachments_per_version
    if sum(one.state is not AttachmentState.REFUSED for one in others) >= limit:
        raise InvalidValue(TOO_MANY, code="TOO_MANY", field=FIELD, limit=limit)
    return others


def check_draft(version: DocumentVersion) -> None:
    """NotAllowedNow unless the version can still be edited (T2)."""
    document = db.session.get_one(FileDocument, version.document_id)
    document_states.after(Act.EDIT, document.direction, version.state)


def infected(actor: Actor, reference: str, digest: str, signature: str) -> None:
    """A scanner found something: every file with these bytes is never given out again, and its content is cleared away.

    Bytes that were sent before anybody knew stay in the store as evidence, and are not given out either.
    """
    with writing("attachments.infected"):
        for row in db.session.scalars(
            select(Attachment).where(Attachment.digest == digest, Attachment.state != AttachmentState.INFECTED)
        ):
            row.state = AttachmentState.INFECTED
            row.scanned_at = clock.now()
    documents.leave(digest)
    trace = {"digest": digest, "signature": signature[:100]}
    audit.record(actor, AuditEvent.ATTACHMENT_INFECTED, "attachment", reference, data=trace)
