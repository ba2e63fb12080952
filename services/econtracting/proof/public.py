"""What anybody may learn from a short code or the digest of a file: whether it is genuine, and of when.

Not whose: parties, contract, titles and names of files are for who sees the contract. What is not there and what may
not be known look the same, and take the same work to say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select

from domain.actor import Actor
from domain.econtracting.attachments import AttachmentState
from domain.econtracting.evidence import EVIDENCE_LABELS, EvidenceType, digest_of, read_code, shown_code
from models.base import db
from models.contract_evidence import EvidenceRecord, TimeStamp
from models.file_document import Attachment, DocumentKind, DocumentVersion
from models.message import Conversation, Message
from models.public_contract import PublicContract
from services.connections import connections
from services.econtracting import access
from services.econtracting.proof.reading import Stamps

_DIGEST = re.compile(r"[0-9a-f]{64}")
_WITH_FILES = (EvidenceType.SUBMITTED, EvidenceType.CONSULTABLE)
_AT_MOST = 5
#: Checked when there is nothing to check, so that not knowing takes as long as knowing.
_NOTHING = ("0" * 64, "A" * 86 + "==")


@dataclass(frozen=True, slots=True)
class Known:
    """A record as a stranger may know it. ``kind`` is what sort of document it is about; a message has none.

    ``stamp_holds`` is None when there is no time-stamp yet, or it cannot be checked here. ``link``: the contract, for
    who sees it.
    """

    label: str
    kind: str
    version: int | None
    at: datetime
    code: str
    digest: str
    seal_holds: bool
    stamped_at: datetime | None
    stamp_holds: bool | None
    files: int
    link: str | None = None

    @property
    def genuine(self) -> bool:
        """Whether nothing speaks against it."""
        return self.seal_holds and self.stamp_holds is not False


@dataclass(frozen=True, slots=True)
class Answer:
    """``of_code``: the record with the code. ``of_file``: records that name the file.

    ``altered``: the code is known, and the file is none of those it proves.
    """

    of_code: Known | None
    of_file: tuple[Known, ...]
    altered: bool


def read_digest(typed: str) -> str | None:
    """A SHA-256 digest that was typed or pasted, whatever spaces and case; None for anything else."""
    text = "".join(typed.split()).lower().removeprefix("sha256:")
    return text if _DIGEST.fullmatch(text) else None


def ask(actor: Actor | None, code: str | None, digest: str | None) -> Answer:
    """What may be known of a code, of the digest of a file, or of both. ``actor``: who is signed in, if anybody."""
    of_code = _by_code(code) if code is not None else None
    of_file = _by_digest(digest) if digest is not None else []
    links = _links(actor, [row for row in (of_code, *of_file) if row is not None])
    altered = False
    if of_code is not None and digest is not None:
        named = {one["sha256"] for one in json.loads(of_code.text)["files"]} | {of_code.digest, _content(of_code)}
        altered = digest not in named
    return Answer(
        of_code=_known(of_code, links) if of_code is not None else None,
        of_file=tuple(_known(row, links) for row in of_file),
        altered=altered,
    )


def _by_code(code: str) -> EvidenceRecord | None:
    found = db.session.scalar(select(EvidenceRecord).where(EvidenceRecord.code == (read_code(code) or "")))
    if found is None:
        connections().seals.holds(*_NOTHING, connections().seals.key_id)
    return found


def _by_digest(digest: str) -> list[EvidenceRecord]:
    """The records about a file that both parties have, oldest first; or the record that has this digest itself."""
    versions = (
        select(Attachment.version_id)
        .join(DocumentVersion, DocumentVersion.id == Attachment.version_id)
        .where(
            Attachment.digest == digest,
            Attachment.state == AttachmentState.CLEAN,
            DocumentVersion.consultable_at.is_not(None),
        )
    )
    messages = db.session.execute(
        select(Message.reference, Conversation.contract_id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Attachment, Attachment.message_id == Message.id)
        .where(
            Attachment.digest == digest,
            Attachment.state == AttachmentState.CLEAN,
            Message.consultable_at.is_not(None),
            Conversation.contract_id.is_not(None),
        )
        .order_by(Message.id)
        .limit(_AT_MOST)
    ).all()
    with_files = EvidenceRecord.type.in_(_WITH_FILES)
    about = [
        and_(
            EvidenceRecord.contract_id == one.contract_id,
            EvidenceRecord.version_id.is_(None),
            with_files,
            EvidenceRecord.text.contains(f'"message":"{one.reference}"', autoescape=True),
        )
        for one in messages
    ]
    rows = db.session.scalars(
        select(EvidenceRecord)
        .where(or_(EvidenceRecord.digest == digest, and_(EvidenceRecord.version_id.in_(versions), with_files), *about))
        .order_by(EvidenceRecord.id)
        .limit(_AT_MOST * 2)
    )
    first: dict[Any, EvidenceRecord] = {}
    for row in rows:
        first.setdefault(row.version_id or row.digest, row)
    if not first:
        connections().seals.holds(*_NOTHING, connections().seals.key_id)
    return list(first.values())[:_AT_MOST]


def _content(row: EvidenceRecord) -> str | None:
    return (json.loads(row.text)["detail"] or {}).get("content")


def _links(actor: Actor | None, rows: Iterable[EvidenceRecord]) -> dict[int, str]:
    """The references of the contracts of these records that the actor sees, by key."""
    ids = {row.contract_id for row in rows}
    if actor is None or not ids:
        return {}
    found = db.session.execute(
        select(PublicContract.id, PublicContract.reference).where(
            PublicContract.id.in_(ids), access.only_visible(actor)
        )
    )
    return {row.id: row.reference for row in found}


def _known(row: EvidenceRecord, links: Mapping[int, str]) -> Known:
    said = json.loads(row.text)
    stamp = db.session.get(TimeStamp, row.time_stamp_id) if row.time_stamp_id is not None else None
    sealed = digest_of(row.text) == row.digest and connections().seals.holds(row.digest, row.seal, row.key_id)
    return Known(
        label=EVIDENCE_LABELS[row.type],
        kind=_kind(row.version_id),
        version=said["version"],
        at=row.at,
        code=shown_code(row.code),
        digest=row.digest,
        seal_holds=sealed,
        stamped_at=None if stamp is None else stamp.stamped_at,
        stamp_holds=None if stamp is None else Stamps().holds(row),
        files=len(said["files"]),
        link=links.get(row.contract_id),
    )


def _kind(version_id: int | None) -> str:
    """The name of the sort of document, which says nothing of whose it is."""
    if version_id is None:
        return ""
    definition = db.session.scalar(
        select(DocumentKind.definition)
        .join(DocumentVersion, DocumentVersion.kind_id == DocumentKind.id)
        .where(DocumentVersion.id == version_id)
    )
    return str(json.loads(definition)["name"]) if definition else ""
