"""What stands beside the records of a chain: the versions they name, their files, and the confidential annexes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from domain.econtracting.attachments import AttachmentState
from domain.econtracting.evidence import commitment
from models.base import db
from models.contract_evidence import ConfidentialAnnex
from models.file_document import Attachment, DocumentVersion, FileDocument
from models.message import Message

_VERSIONS = select(
    DocumentVersion.id,
    DocumentVersion.number,
    DocumentVersion.title,
    DocumentVersion.content,
    DocumentVersion.content_digest,
    DocumentVersion.sent_at,
    DocumentVersion.consultable_at,
    FileDocument.number.label("document_number"),
    FileDocument.kind_code,
).join(FileDocument, FileDocument.id == DocumentVersion.document_id)

_MESSAGES = select(Message.id, Message.reference, Message.body, Message.consultable_at)

_ATTACHMENTS = select(
    Attachment.version_id,
    Attachment.message_id,
    Attachment.name,
    Attachment.size,
    Attachment.media_type,
    Attachment.digest,
).where(Attachment.state.in_((AttachmentState.CLEAN, AttachmentState.RECEIVED)))


class Beside:
    """What stands beside a batch of records: the versions they name with their files, and annexes."""

    def __init__(self, batch: Sequence[Any], kept: bool) -> None:
        self.kept = kept
        ids = sorted({row.version_id for row in batch if row.version_id is not None})
        self.versions = {row.id: row for row in db.session.execute(_VERSIONS.where(DocumentVersion.id.in_(ids)))}
        self.attachments: dict[int, list[Any]] = {}
        self.messages: dict[str, Any] = {}
        self.message_files: dict[int, list[Any]] = {}
        if kept:
            for one in db.session.execute(_ATTACHMENTS.where(Attachment.version_id.in_(ids))) if ids else ():
                self.attachments.setdefault(one.version_id, []).append(one)
            self._read_messages(sorted({name for one in batch if (name := message_of(one.text)) is not None}))
        annexes = db.session.scalars(
            select(ConfidentialAnnex)
            .where(ConfidentialAnnex.record_id.between(batch[0].id, batch[-1].id))
            .execution_options(populate_existing=True)
        )
        self.annexes = {one.record_id: one for one in annexes}

    def _read_messages(self, references: Sequence[str]) -> None:
        if not references:
            return
        self.messages = {
            one.reference: one for one in db.session.execute(_MESSAGES.where(Message.reference.in_(references)))
        }
        ids = [one.id for one in self.messages.values()]
        for one in db.session.execute(_ATTACHMENTS.where(Attachment.message_id.in_(ids))):
            self.message_files.setdefault(one.message_id, []).append(one)

    def annex_holds(self, row: Any, said: dict[str, Any]) -> bool:
        """Whether the annex is the one of the record. It may be erased, and says so; it may not be gone or another."""
        annex, hidden = self.annexes.get(row.id), said.get("commitment")
        if annex is None or hidden is None:
            return annex is None and hidden is None
        if annex.salt is None or annex.person is None:
            erased: bool = annex.erased_at is not None
            return erased
        try:
            return commitment(annex.salt, annex.person) == str(hidden)
        except ValueError:
            return False


def message_of(text: str) -> str | None:
    """The reference of the message a record is about, if any; None for what is no record."""
    if '"message":' not in text:
        return None
    try:
        name = (json.loads(text).get("detail") or {}).get("message")
    except (ValueError, AttributeError, RecursionError):
        return None
    return name if isinstance(name, str) else None
