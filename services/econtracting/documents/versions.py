"""The rows behind a document: finding one that the actor may know of, what it says, and its timeline."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from domain.actor import Actor, Side
from domain.econtracting import document_content
from domain.econtracting.document_states import Act, Direction, Party, VersionState, after
from domain.econtracting.kinds import Kind
from domain.errors import NotFound
from models.base import db
from models.file_document import DocumentEvent, DocumentVersion, FileDocument
from models.gate import writing
from models.public_contract import PublicContract
from services import clock
from services.econtracting import access, kinds
from services.locks import lock_contract

#: What the other party never knows of: drafts, and what was released but cannot be consulted yet (T1, T6).
HIDDEN = {
    Direction.TO_AUTHORITY: (VersionState.DRAFT,),
    Direction.TO_CONTRACTOR: (VersionState.DRAFT, VersionState.RELEASED),
}
#: Whose documents somebody makes.
OWN_DIRECTION = {Side.CONTRACTOR: Direction.TO_AUTHORITY, Side.AUTHORITY: Direction.TO_CONTRACTOR}


@dataclass(frozen=True, slots=True)
class Opened:
    """A version with all that decides about it. ``own``: the actor's side made it."""

    contract: PublicContract
    document: FileDocument
    version: DocumentVersion
    kind: Kind
    own: bool

    @property
    def values(self) -> dict[str, Any]:
        """The values of its fields."""
        return document_content.values_of(self.kind, self.version.content)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines of the progress statement."""
        return document_content.lines_of(self.version.content)


def moment_now(document: FileDocument | None = None) -> datetime:
    """One server instant in milliseconds, never before what happened to the document already (A-26, invariant 3).

    Taken inside the transaction, after the lock of the contract.
    """
    now = clock.now()
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    if document is None:
        return now
    last = db.session.execute(
        select(func.max(DocumentVersion.sent_at), func.max(DocumentVersion.consultable_at)).where(
            DocumentVersion.document_id == document.id
        )
    ).one()
    moments: list[datetime] = [now, *(one for one in last if one is not None)]
    return max(moments)


def is_hidden(document: FileDocument, version: DocumentVersion, side: Side) -> bool:
    """Whether a side may not know of a version: a draft of the other party."""
    return OWN_DIRECTION.get(side) is not document.direction and version.state in HIDDEN[document.direction]


def open_version(actor: Actor, reference: str, *, lock: bool = False) -> Opened:
    """A version of a contract that the actor sees, drafts of the own side included; NotFound otherwise.

    ``lock`` takes the contract first and reads everything anew: for whoever changes something.
    """
    row = db.session.execute(
        select(DocumentVersion.id, FileDocument.id, PublicContract.reference)
        .join(FileDocument, FileDocument.id == DocumentVersion.document_id)
        .join(PublicContract, PublicContract.id == FileDocument.contract_id)
        .where(DocumentVersion.reference == reference)
    ).one_or_none()
    if row is None:
        raise NotFound
    contract = access.contract_for(actor, row[2])
    if lock:
        contract = lock_contract(contract.id)
    version = db.session.get(DocumentVersion, row[0], populate_existing=True)
    document = db.session.get(FileDocument, row[1], populate_existing=True)
    if version is None or document is None or is_hidden(document, version, actor.side):
        raise NotFound
    return opened(actor, contract, document, version)


def opened(actor: Actor, contract: PublicContract, document: FileDocument, version: DocumentVersion) -> Opened:
    """What belongs together, for a version that was found already."""
    own = OWN_DIRECTION.get(actor.side) is document.direction
    return Opened(contract, document, version, kinds.of(version.kind_id), own)


def latest_of(document: FileDocument) -> DocumentVersion:
    """The newest version of a document, a draft included."""
    return db.session.scalars(
        select(DocumentVersion).where(DocumentVersion.document_id == document.id, DocumentVersion.latest)
    ).one()


def counting(document: FileDocument) -> DocumentVersion | None:
    """The newest version that counts: the last one both parties can read, or None."""
    return db.session.scalar(
        select(DocumentVersion)
        .where(
            DocumentVersion.document_id == document.id,
            DocumentVersion.consultable_at.is_not(None),
            DocumentVersion.state != VersionState.REPLACED,
        )
        .order_by(DocumentVersion.number.desc())
        .limit(1)
    )


def settle(kind: Kind, version: DocumentVersion) -> None:
    """Turn what was typed into values, for good, and keep the digest; at sending and release, with the gate open."""
    version.content = document_content.sent_content(kind, version.content)
    version.content_digest = hashlib.sha256(version.content.encode()).hexdigest()


def move(
    document: FileDocument,
    version: DocumentVersion,
    act: Act,
    party: Party,
    actor: Actor | None,
    *,
    at: datetime | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Bring a version to the state an act leads to (T2, T4 to T10) and note it; NotAllowedNow when it cannot be."""
    target = after(act, document.direction, version.state)
    if target is None:
        raise ValueError(f"{act} leads to no state")
    with writing("documents.move"):
        version.state = target
    record_event(document, version, act, party, actor, detail, at=at)


def record_event(
    document: FileDocument,
    version: DocumentVersion | None,
    act: str,
    party: Party,
    actor: Actor | None,
    detail: Mapping[str, Any] | None = None,
    *,
    at: datetime | None = None,
) -> DocumentEvent:
    """Add to the timeline of a document; ``detail`` holds no person. The actor is kept for the own organisation."""
    with writing("documents.record_event"):
        event = DocumentEvent(
            document_id=document.id,
            version_id=version.id if version is not None else None,
            at=at or clock.now(),
            act=str(act),
            party=party,
            account_id=actor.account_id if actor is not None else None,
            detail=json.dumps(dict(detail or {}), ensure_ascii=False, sort_keys=True, default=str),
        )
        db.session.add(event)
    return event
