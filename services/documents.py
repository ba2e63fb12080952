"""Documents as rows: the file is written and synced before the row that names it, so no row is without its file."""

from __future__ import annotations

from typing import IO

from domain.errors import N_, NotFound, Unavailable
from integrations.documents import DocumentDamaged, DocumentMissing, DocumentStoreDown
from models.base import db
from models.document import StoredFile
from models.gate import writing
from models.upserts import upsert
from services import clock
from services.connections import connections


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
    existing = db.session.get(StoredFile, digest)
    if existing is not None:
        return existing
    row = {"digest": digest, "size": size, "media_type": media_type, "stored_at": clock.now()}
    with writing("documents.store"):
        # somebody else may be storing the same content at this moment
        db.session.execute(upsert(StoredFile).values(**row).on_conflict_do_nothing())
    return db.session.get_one(StoredFile, digest)


def read(digest: str) -> tuple[StoredFile, bytes]:
    """A file that was kept and its content, checked against its digest. Who may read it is for the caller.

    Raises NotFound without a row, Unavailable when the store does not give what the row names.
    """
    row = db.session.get(StoredFile, digest)
    if row is None:
        raise NotFound
    try:
        return row, connections().documents.get(digest)
    except (DocumentStoreDown, DocumentMissing, DocumentDamaged):
        raise Unavailable(
            N_("Dit document kan nu niet opgehaald worden. Probeer het straks opnieuw of verwittig de helpdesk.")
        ) from None
