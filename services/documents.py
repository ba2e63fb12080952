"""Documents as rows: the file is written and synced before the row that names it, so no row is without its file."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import IO, Any

import structlog
from sqlalchemy import Column, ColumnElement, delete, exists, or_, select

from domain.econtracting.attachments import AttachmentState
from domain.errors import N_, NotFound, Unavailable
from integrations.documents import DocumentDamaged, DocumentMissing, DocumentStoreDown
from models.base import Base, db
from models.document import StoredFile
from models.file_document import Attachment, DocumentVersion
from models.gate import writing
from models.message import Message
from models.privacy import ErasureProof
from models.transaction_mode import writer_mode
from models.upserts import upsert
from services import clock
from services.connections import connections
from services.database_faults import DatabaseFault

log = structlog.get_logger("documents")


def store(content: bytes | IO[bytes], media_type: str) -> StoredFile:
    """Keep a file; the same content is one row. When the use case is undone, at most a file without a row is left.

    Raises Unavailable when the store cannot take it; nothing has changed then.
    """
    documents = connections().documents
    try:
        digest = documents.put(content)
        size = documents.size(digest)
    except DocumentStoreDown:
        raise Unavailable(
            N_("Het document kan nu niet bewaard worden. Er is niets gewijzigd. Probeer het straks opnieuw.")
        ) from None
    return db.session.get(StoredFile, digest) or _row(digest, size, media_type)


def _row(digest: str, size: int | None, media_type: str) -> StoredFile:
    row = {"digest": digest, "size": size, "media_type": media_type, "stored_at": clock.now()}
    with writing("documents.store"):
        # somebody else may be storing the same content at this moment
        db.session.execute(upsert(StoredFile).values(**row).on_conflict_do_nothing())
    return db.session.get_one(StoredFile, digest)


def name(digest: str, size: int, media_type: str) -> StoredFile:
    """The row of content that is in the store already, held until the transaction ends: ``forget`` waits for it.

    Raises Unavailable when the content was cleared away in between: it must be brought again.
    """
    row = _row(digest, size, media_type)
    db.session.execute(select(StoredFile.digest).where(StoredFile.digest == digest).with_for_update(read=True))
    try:
        there = connections().documents.size(digest) == size
    except DocumentStoreDown:
        there = False
    if row.erased_in_id is not None:  # nobody could read it: what reached the end of its time does not come back
        _remove_content(digest)
        there = False
    if not there:
        raise Unavailable(N_("Dit bestand kon nu niet bewaard worden. Er is niets gewijzigd. Probeer het opnieuw."))
    return row


def read(digest: str) -> tuple[StoredFile, bytes]:
    """A file that was kept and its content, checked against its digest. Who may read it is for the caller.

    Raises NotFound without a row, Unavailable when the store does not give what the row names.
    """
    row = db.session.get(StoredFile, digest)
    if row is None or row.erased_in_id is not None:
        raise NotFound
    try:
        return row, connections().documents.get(digest)
    except (DocumentStoreDown, DocumentMissing, DocumentDamaged):
        raise Unavailable(
            N_("Dit document kan nu niet opgehaald worden. Probeer het straks opnieuw of verwittig de helpdesk.")
        ) from None


def leave(digest: str) -> None:
    """Say that the running use case needs a file no longer; after its commit ``forget`` looks whether anybody does."""
    db.session().info.setdefault("left_files", set()).add(digest)


def empty(digest: str) -> None:
    """Say that the content of a file has reached the end of its time: its row stays, for the proof names it.

    The row must have ``erased_in_id``; the content goes after the commit.
    """
    db.session().info.setdefault("emptied_files", set()).add(digest)


def attached(digests: Collection[str]) -> set[str]:
    """Those that somebody also sent or added as an attachment: they stay as long as that does."""
    return set(db.session.scalars(select(Attachment.digest).where(Attachment.digest.in_(digests))))


def leave_nothing() -> None:
    """The running use case was undone: what it would have left is still needed."""
    db.session().info.pop("left_files", None)
    db.session().info.pop("emptied_files", None)


def forget_left() -> None:
    """After a commit: clear away what it left. What fails stays in the store without a row that gives it out."""
    for digest in sorted(db.session().info.pop("left_files", ())):
        try:
            forget(digest)
        except (DocumentStoreDown, *DatabaseFault):
            log.error("file not cleared away", digest=digest)
    for digest in sorted(db.session().info.pop("emptied_files", ())):
        _remove_content(digest)


def remove_erased(since: datetime | None) -> None:
    """Remove the content of files erased since then (ever) once more: whoever was killed after the commit left it."""
    erased = select(StoredFile.digest).join(ErasureProof, ErasureProof.id == StoredFile.erased_in_id)
    if since is not None:
        erased = erased.where(ErasureProof.erased_at >= since)
    for digest in db.session.scalars(erased).all():
        _remove_content(digest)


def forget_unneeded(stored_before: datetime) -> int:
    """Clear away files that no row names: shown and never taken over, or left by whoever was killed; how many.

    Those stored later wait: somebody may be looking at what is in them.
    """
    named = [select(column).where(column.is_not(None)) for column in _referring()]
    old = select(StoredFile.digest).where(StoredFile.erased_in_id.is_(None), StoredFile.stored_at < stored_before)
    unneeded = db.session.scalars(old.except_(*named, select(Attachment.digest).where(_holds_its_file()))).all()
    db.session.rollback()  # nothing may be read while files are forgotten, each in a transaction of its own
    count = 0
    for digest in sorted(unneeded):
        try:
            count += forget(digest)
        except DocumentStoreDown:
            log.error("file not cleared away", digest=digest)
    return count


def _remove_content(digest: str) -> None:
    try:
        connections().documents.remove(digest)
    except DocumentMissing:
        pass
    except DocumentStoreDown:
        log.error("content not removed", digest=digest)


def forget(digest: str) -> bool:
    """Remove a file and its row, unless another row still names it; says whether it is gone.

    In a short transaction of its own that holds the row meanwhile. Raises DocumentStoreDown.
    """
    mode = writer_mode.set(True)
    try:
        with db.engine.begin() as connection:
            held = select(StoredFile.digest).where(StoredFile.digest == digest).with_for_update()
            if connection.execute(held).one_or_none() is None:
                return True
            if connection.execute(select(_is_named(digest))).scalar_one():
                return False
            connection.execute(delete(StoredFile.__table__).where(StoredFile.digest == digest))  # type: ignore[arg-type]
            connections().documents.remove(digest)
            return True
    finally:
        writer_mode.reset(mode)


def _is_named(digest: str) -> ColumnElement[bool]:
    """Whether any row still names a file: by a foreign key, or as an attachment that may be given out or was sent."""
    attachment = exists().where(Attachment.digest == digest, _holds_its_file())
    return or_(attachment, *(exists().where(column == digest) for column in _referring()))


def _holds_its_file() -> ColumnElement[bool]:
    """That an attachment may be given out, or was sent."""
    return or_(
        Attachment.state.in_((AttachmentState.RECEIVED, AttachmentState.CLEAN)),
        exists().where(
            DocumentVersion.id == Attachment.version_id,
            or_(DocumentVersion.sent_at.is_not(None), DocumentVersion.released_at.is_not(None)),
        ),
        exists().where(Message.id == Attachment.message_id, Message.sent_at.is_not(None)),
    )


def _referring() -> list[Column[Any]]:
    key = StoredFile.__table__.c.digest
    return [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(reference.column is key for reference in column.foreign_keys)
    ]
