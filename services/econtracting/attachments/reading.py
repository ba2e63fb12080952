"""What files there are, whether they may go, and their content: only of those that were scanned."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from domain.econtracting.attachments import (
    INFECTED_TEXT,
    MISSING_SLOT,
    NOT_SCANNED,
    REFUSED_TEXT,
    AttachmentState,
)
from domain.econtracting.evidence import FileFacts
from domain.errors import N_, Finding, NotFound, Severity, Unavailable
from integrations.documents import DocumentMissing, DocumentStoreDown
from models.base import db
from models.file_document import Attachment, DocumentVersion, FileDocument
from models.public_contract import PublicContract
from services.connections import connections
from services.econtracting import kinds

NOT_GIVEN = N_("Dit bestand kan nu niet opgehaald worden. Probeer het straks opnieuw of verwittig de helpdesk.")
#: Codes of what stops sending; a release may go on before SCAN_WAITING is over (T6 waits for it, D-14).
SCAN_WAITING, INFECTED, REFUSED, SLOT = "BESTAND_SCAN", "BESTAND_BESMET", "BESTAND_GEWEIGERD", "BIJLAGE_ONTBREEKT"


def of_version(version_id: int) -> list[Attachment]:
    """The files of a version, in their order."""
    found = select(Attachment).where(Attachment.version_id == version_id)
    return list(db.session.scalars(found.order_by(Attachment.position, Attachment.id)))


def of_message(message_id: int) -> list[Attachment]:
    """The files of a message, in their order."""
    found = select(Attachment).where(Attachment.message_id == message_id)
    return list(db.session.scalars(found.order_by(Attachment.position, Attachment.id)))


def problems(version_id: int) -> list[Finding]:
    """What stops sending, as far as files go: not scanned yet, infected, refused, or asked for by the kind and missing.

    ``subject`` is the reference of the file, ``field`` the slot.
    """
    found = [finding for row in of_version(version_id) if (finding := problem(row)) is not None]
    kind_id, contract_type = db.session.execute(
        select(DocumentVersion.kind_id, PublicContract.type)
        .join(FileDocument, FileDocument.id == DocumentVersion.document_id)
        .join(PublicContract, PublicContract.id == FileDocument.contract_id)
        .where(DocumentVersion.id == version_id)
    ).one()
    filled = {row.slot for row in of_version(version_id) if row.state in _COUNTING}
    for wanted in kinds.of(kind_id).attachments:
        if wanted.obliged(contract_type) and wanted.name not in filled:
            params = {"label": wanted.label}
            found.append(Finding(SLOT, Severity.BLOCKS_SUBMIT, MISSING_SLOT, wanted.name, params=params))
    return found


_COUNTING = (AttachmentState.CLEAN, AttachmentState.RECEIVED)


def problem(row: Attachment) -> Finding | None:
    """Why a file stops sending; None for a clean one."""
    match row.state:
        case AttachmentState.CLEAN:
            return None
        case AttachmentState.RECEIVED:
            code, text = SCAN_WAITING, NOT_SCANNED
        case AttachmentState.INFECTED:
            code, text = INFECTED, INFECTED_TEXT
        case AttachmentState.REFUSED:
            code, text = REFUSED, REFUSED_TEXT
    params = {"name": row.name, "reason": row.refusal}
    return Finding(code, Severity.BLOCKS_SUBMIT, text, row.slot or None, row.reference, params)


def facts(version_id: int) -> tuple[FileFacts, ...]:
    """What the proof says of the files of a version; infected and refused ones are not part of it."""
    return tuple(
        FileFacts(row.name, row.size, row.media_type, row.digest)
        for row in of_version(version_id)
        if row.state in _COUNTING
    )


def last_stored_and_scanned(version_id: int) -> tuple[datetime | None, datetime | None]:
    """When the last file was stored, and when the last was found clean (T6).

    Both None without files; the second None while a file is not scanned, or was not found clean.
    """
    rows = [row for row in of_version(version_id) if row.state is not AttachmentState.REFUSED]
    if not rows:
        return None, None
    scanned = [row.scanned_at for row in rows if row.state is AttachmentState.CLEAN and row.scanned_at is not None]
    return max(row.received_at for row in rows), max(scanned) if len(scanned) == len(rows) else None


def open_content(attachment: Attachment) -> Iterator[bytes]:
    """The content in pieces, for whoever may fetch it; the digest is checked on the way.

    NotFound at once for what is not clean; Unavailable when the store does not answer. Damage that only shows at the
    end raises Unavailable there: the last piece is held back until the whole is known to be right.
    """
    if attachment.state is not AttachmentState.CLEAN:
        raise NotFound
    pieces = _checked(attachment.digest)
    try:
        first = next(pieces)
    except StopIteration:
        first = b""
    return _after(first, pieces)


def _after(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _checked(digest: str) -> Iterator[bytes]:
    sha, held = hashlib.sha256(), b""
    try:
        for piece in connections().documents.stream(digest):
            sha.update(piece)
            if held:
                yield held
            held = piece
    except (DocumentMissing, DocumentStoreDown):
        raise Unavailable(NOT_GIVEN) from None
    if sha.hexdigest() != digest:
        raise Unavailable(NOT_GIVEN)
    yield held
