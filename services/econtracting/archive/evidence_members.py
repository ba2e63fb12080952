"""The proof inside a package, in the form that the offline verifier reads (static/verify/dossierloket_verify.py)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import serialization
from sqlalchemy import null, select

from domain.econtracting.evidence import GENESIS, merkle_paths
from models.base import db
from models.contract_evidence import ConfidentialAnnex, EvidenceHead, EvidenceRecord, TimeStamp
from models.file_document import DocumentVersion, FileDocument
from models.message import Conversation, Message
from models.public_contract import PublicContract
from services.connections import connections
from services.econtracting.archive.zip_stream import ZipStream
from services.econtracting.proof.chain import content_digest
from services.econtracting.proof.receipts import check_address

FORMAT = 1
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Head:
    """Up to where the chain goes in a package: taken first, so that what comes meanwhile is not half in it."""

    sequence: int
    digest: str


def head_of(contract_id: int) -> Head:
    """The last record of a contract at this moment."""
    row = db.session.execute(
        select(EvidenceHead.sequence, EvidenceHead.digest).where(EvidenceHead.contract_id == contract_id)
    ).one_or_none()
    return Head(row.sequence, row.digest) if row else Head(0, GENESIS)


def add(
    out: ZipStream, contract: PublicContract, head: Head, places: Mapping[str, str], *, annex: bool
) -> Iterator[bytes]:
    """Add records, contents, time-stamps and keys. ``places``: where in the package a file is, by its digest.

    ``annex``: who of the company it was too; for the package of the company itself only (C-046). Nothing is read
    across two pieces, so that the transaction may end between them.
    """
    stamps = _Stamps()
    yield from out.add("evidence/records.jsonl", _records(contract.id, head.sequence, places, stamps))
    yield from _contents(out, contract.id)
    for stamp in stamps.used.values():
        yield from out.add(f"evidence/time-stamps/{stamp.id}.tst", stamp.token)
    if stamps.used:
        yield from out.add("evidence/time-stamps/trusted.pem", connections().time_stamps.trusted.encode())
    package = {
        "format": FORMAT,
        "contract": contract.number,
        "head": {"sequence": head.sequence, "digest": head.digest},
        "keys": {key_id: raw_key(pem).hex() for key_id, pem in connections().seals.public_keys().items()},
        "time_stamps": {
            str(one.id): {
                "root": one.root,
                "leaves": one.leaves,
                "authority": one.authority,
                "at": one.stamped_at.isoformat(),
            }
            for one in stamps.used.values()
        },
        "published": check_address(),
    }
    yield from out.add("evidence/package.json", json.dumps(package, indent=1, sort_keys=True).encode())
    if annex:
        yield from out.add("confidential/annex.json", _annex(contract.id, head.sequence))


def seal(out: ZipStream) -> Iterator[bytes]:
    """Add the list of everything that was added, and the seal over it: the last members."""
    named = [{"name": one.name, "sha256": one.digest, "size": one.size} for one in out.members]
    yield from out.add("evidence/members.json", json.dumps(named, ensure_ascii=False, indent=1).encode())
    seals = connections().seals
    sealed = {"key": seals.key_id, "seal": seals.seal(out.members[-1].digest)}
    yield from out.add("evidence/members.seal.json", json.dumps(sealed).encode())


def raw_key(pem: str) -> bytes:
    """The 32 bytes of a public key."""
    key = serialization.load_pem_public_key(pem.encode())
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


class _Stamps:
    """The time-stamps that records of this contract have, with the way up of each of their leaves."""

    def __init__(self) -> None:
        self.used: dict[int, TimeStamp] = {}
        self._paths: list[list[tuple[str, str]]] = []
        self._of = 0

    def path(self, stamp_id: int, leaf: int) -> list[tuple[str, str]]:
        """The way from a leaf up to the root of its time-stamp; empty when it leads nowhere."""
        if stamp_id != self._of:
            self.used[stamp_id] = db.session.get_one(TimeStamp, stamp_id)
            statement = select(EvidenceRecord.digest).where(EvidenceRecord.time_stamp_id == stamp_id)
            leaves = list(db.session.scalars(statement.order_by(EvidenceRecord.leaf)))
            self._paths, self._of = merkle_paths(leaves), stamp_id
        return self._paths[leaf] if leaf < len(self._paths) else []


def _records(contract_id: int, last: int, places: Mapping[str, str], stamps: _Stamps) -> Iterator[bytes]:
    position = 0
    while rows := db.session.scalars(
        select(EvidenceRecord)
        .where(
            EvidenceRecord.contract_id == contract_id,
            EvidenceRecord.sequence > position,
            EvidenceRecord.sequence <= last,
        )
        .order_by(EvidenceRecord.sequence)
        .limit(_BATCH)
    ).all():
        for row in rows:
            yield _line(row, places, stamps)
            db.session.expunge(row)
        position = rows[-1].sequence


def _line(row: EvidenceRecord, places: Mapping[str, str], stamps: _Stamps) -> bytes:
    line: dict[str, Any] = {
        "text": row.text,
        "digest": row.digest,
        "seal": row.seal,
        "key": row.key_id,
        "code": row.code,
        "files": [places.get(one["sha256"], f"missing/{one['sha256']}") for one in json.loads(row.text)["files"]],
    }
    if row.time_stamp_id is not None and row.leaf is not None:
        line["time_stamp"] = str(row.time_stamp_id)
        line["path"] = stamps.path(row.time_stamp_id, row.leaf)
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _contents(out: ZipStream, contract_id: int) -> Iterator[bytes]:
    """The exact text of each version and message that a record names, under the digest the record names."""
    versions = (
        select(DocumentVersion.id, DocumentVersion.content, DocumentVersion.content_digest)
        .join(FileDocument, FileDocument.id == DocumentVersion.document_id)
        .where(
            FileDocument.contract_id == contract_id,
            DocumentVersion.id.in_(select(EvidenceRecord.version_id).where(EvidenceRecord.contract_id == contract_id)),
        )
        .order_by(DocumentVersion.id)
    )
    messages = (
        select(Message.id, Message.body, null())
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.contract_id == contract_id, Message.consultable_at.is_not(None))
        .order_by(Message.id)
    )
    seen: set[str] = set()
    for statement, key in ((versions, DocumentVersion.id), (messages, Message.id)):
        last = 0
        while rows := db.session.execute(statement.where(key > last).limit(_BATCH)).all():
            for _, text, digest in rows:
                yield from _content(out, text, digest, seen)
            last = rows[-1][0]


def _content(out: ZipStream, text: str, digest: str | None, seen: set[str]) -> Iterator[bytes]:
    name = digest or content_digest(text)
    if name not in seen:
        seen.add(name)
        yield from out.add(f"evidence/contents/{name}", text.encode())


def _annex(contract_id: int, last: int) -> bytes:
    rows = db.session.execute(
        select(EvidenceRecord.sequence, ConfidentialAnnex.salt, ConfidentialAnnex.person)
        .join(ConfidentialAnnex, ConfidentialAnnex.record_id == EvidenceRecord.id)
        .where(
            EvidenceRecord.contract_id == contract_id,
            EvidenceRecord.sequence <= last,
            ConfidentialAnnex.salt.is_not(None),
        )
        .order_by(EvidenceRecord.sequence)
    )
    named = [{"sequence": row.sequence, "salt": row.salt, "person": row.person} for row in rows]
    return json.dumps(named, ensure_ascii=False, indent=1).encode()
