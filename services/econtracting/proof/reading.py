"""One pass over the records of a contract: up to the first place that does not hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, func, or_, select

from domain.econtracting.document_states import Direction
from domain.econtracting.evidence import Break, ChainReader, EvidenceType, Fault, merkle_root
from integrations.documents import DocumentMissing, DocumentStoreDown
from models.base import db
from models.contract_evidence import EvidenceHead, EvidenceRecord, TimeStamp
from models.file_document import DocumentVersion, FileDocument
from models.organisation import Organisation
from models.public_contract import PublicContract
from services.connections import connections
from services.econtracting.proof.beside import Beside

_BATCH = 1000
_COLUMNS = ("id", "sequence", "type", "at", "version_id", "text", "digest", "seal", "key_id", "time_stamp_id", "leaf")
_WITH_FILES = (EvidenceType.SUBMITTED, EvidenceType.CONSULTABLE)


@dataclass(slots=True)
class ContractReport:
    """What was read of one contract, and the first place that does not hold. ``waiting``: not time-stamped yet.

    ``unchecked_stamps``: time-stamps that cannot be checked on this machine (no openssl).
    """

    contract: str
    records: int = 0
    stamped: int = 0
    waiting: int = 0
    unchecked_stamps: int = 0
    files: int = 0
    bytes: int = 0
    broken: Break | None = None

    @property
    def whole(self) -> bool:
        """Whether everything that was read holds."""
        return self.broken is None


@dataclass(slots=True)
class Stamps:
    """Checks time-stamps once each, also when many contracts share them."""

    known: dict[int, tuple[bool | None, tuple[str, ...]]] = field(default_factory=dict)

    def holds(self, row: Any) -> bool | None:
        """Whether the time-stamp of a record is about it and holds; None when it cannot be checked here."""
        verdict, leaves = self._look(row.time_stamp_id)
        if row.leaf is None or not 0 <= row.leaf < len(leaves) or leaves[row.leaf] != row.digest:
            return False
        return verdict

    def _look(self, stamp_id: int) -> tuple[bool | None, tuple[str, ...]]:
        if stamp_id not in self.known:
            if len(self.known) > 50:
                self.known.clear()
            self.known[stamp_id] = self._check(stamp_id)
        return self.known[stamp_id]

    @staticmethod
    def _check(stamp_id: int) -> tuple[bool | None, tuple[str, ...]]:
        stamp = db.session.get(TimeStamp, stamp_id, populate_existing=True)
        statement = select(EvidenceRecord.digest).where(EvidenceRecord.time_stamp_id == stamp_id)
        leaves = tuple(db.session.scalars(statement.order_by(EvidenceRecord.leaf)))
        if stamp is None or len(leaves) != stamp.leaves:
            return False, leaves
        try:
            root = merkle_root(leaves)
        except ValueError:
            return False, leaves
        return (connections().time_stamps.holds(stamp.token, root) if root == stamp.root else False), leaves


def _millis(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


class Reading:
    """One pass over the records of a contract."""

    def __init__(self, contract: PublicContract, report: ContractReport, files: bool, stamps: Stamps) -> None:
        self.contract = contract
        self.report = report
        self.files = files
        self.stamps = stamps
        self.seen: set[str] = set()
        self.corrected: set[int] = set()
        self.proven: set[int] = set()
        self.last: EvidenceType | None = None
        self.keys = {
            name: db.session.scalar(select(Organisation.key).where(Organisation.id == key))
            for name, key in (("contractor", contract.contractor_id), ("authority", contract.authority_id))
        }

    def read(self) -> Break | None:
        """The first place that does not hold."""
        head = db.session.execute(
            select(EvidenceHead.sequence, EvidenceHead.digest).where(EvidenceHead.contract_id == self.contract.id)
        ).one_or_none()
        reader = ChainReader()
        self.corrected = set(self._versions_with(EvidenceType.CORRECTED))
        for batch in self._batches(head.sequence if head else 1):
            beside = Beside(batch, self.contract.erased_at is None)
            for row in batch:
                found = reader.read(row.text, row.digest) or self._problem_of(row, json.loads(row.text), beside)
                if found:
                    return found
                self.report.records += 1
                self.last = row.type
        found = reader.end((head.sequence, head.digest) if head else (0, reader.digest))
        return found or self._past_the_head() or self._at_the_end()

    def _past_the_head(self) -> Break | None:
        """A record that no head knows; the last record is looked up first, so that a new one is no fault."""
        of = self.contract.id
        last = db.session.scalar(select(func.max(EvidenceRecord.sequence)).where(EvidenceRecord.contract_id == of))
        head = db.session.scalar(select(EvidenceHead.sequence).where(EvidenceHead.contract_id == of)) or 0
        return Break(head + 1, Fault.NOT_LINKED) if last is not None and last > head else None

    def _batches(self, last: int) -> Iterator[Sequence[Row[Any]]]:
        statement = select(
            *(getattr(EvidenceRecord, name) for name in _COLUMNS),
        ).where(EvidenceRecord.contract_id == self.contract.id)
        position = -1
        while True:
            rows = db.session.execute(
                statement.where(EvidenceRecord.sequence > position, EvidenceRecord.sequence <= last)
                .order_by(EvidenceRecord.sequence)
                .limit(_BATCH)
            ).all()
            if not rows:
                return
            yield rows
            position = rows[-1].sequence

    def _versions_with(self, kind: EvidenceType) -> Iterator[int]:
        statement = select(EvidenceRecord.version_id).where(
            EvidenceRecord.contract_id == self.contract.id, EvidenceRecord.type == kind
        )
        return (one for one in db.session.scalars(statement) if one is not None)

    def _problem_of(self, row: Any, said: dict[str, Any], beside: Beside) -> Break | None:
        position = row.sequence
        if self._row_differs(row, said, beside):
            return Break(position, Fault.ROW)
        if not connections().seals.holds(row.digest, row.seal, row.key_id):
            return Break(position, Fault.SEAL)
        if not beside.annex_holds(row, said):
            return Break(position, Fault.ANNEX)
        if row.time_stamp_id is None:
            self.report.waiting += 1
        else:
            holds = self.stamps.holds(row)
            if holds is False:
                return Break(position, Fault.TIME_STAMP)
            self.report.stamped += 1
            self.report.unchecked_stamps += holds is None
        if self.contract.erased_at is not None or row.version_id is None:
            return None
        return self._content_problem(row, said, beside.versions[row.version_id]) or self._file_problem(
            row, said, beside.attachments.get(row.version_id, [])
        )

    def _row_differs(self, row: Any, said: dict[str, Any], beside: Beside) -> bool:
        parties = all(said.get(name) == key for name, key in self.keys.items())
        same = (said.get("type"), said.get("sequence"), said.get("at"), said.get("contract")) == (
            row.type,
            row.sequence,
            _millis(row.at),
            self.contract.number,
        )
        if row.version_id is None:
            return not (parties and same and said.get("version") is None)
        version = beside.versions.get(row.version_id)
        if version is None or not parties or not same:
            return True
        named = (said.get("version"), said.get("document"), said.get("kind"))
        return named != (version.number, str(version.document_number), version.kind_code)

    def _content_problem(self, row: Any, said: dict[str, Any], version: Any) -> Break | None:
        digest = hashlib.sha256(version.content.encode()).hexdigest()
        settled = version.content_digest or digest
        if digest != settled or (said.get("detail") or {}).get("content") != digest or said["title"] != version.title:
            return Break(row.sequence, Fault.CONTENT)
        moment = {EvidenceType.SUBMITTED: version.sent_at, EvidenceType.CONSULTABLE: version.consultable_at}
        if row.type in moment and version.id not in self.corrected:
            kept = moment[row.type]
            if kept is None or _millis(kept) != said["at"]:
                return Break(row.sequence, Fault.MOMENT)
        return None

    def _file_problem(self, row: Any, said: dict[str, Any], attachments: list[Any]) -> Break | None:
        if row.type not in _WITH_FILES:
            return None
        self.proven.add(row.version_id)
        named = [(one["name"], one["size"], one["type"], one["sha256"]) for one in said["files"]]
        kept = [(one.name, one.size, one.media_type, one.digest) for one in attachments]
        if sorted(named) != sorted(kept):
            return Break(row.sequence, Fault.FILE_ADDED)
        for name, size, _, digest in named:
            fault = self._stored(digest, size)
            if fault is not None:
                return Break(row.sequence, fault, {"file": name})
        return None

    def _stored(self, digest: str, size: int) -> Fault | None:
        """What is wrong with a file in the store; each is read once."""
        if digest in self.seen:
            return None
        if not self.files:
            return self._there(digest, size)
        sha, read = hashlib.sha256(), 0
        try:
            for chunk in connections().documents.stream(digest):
                sha.update(chunk)
                read += len(chunk)
        except DocumentMissing:
            return Fault.FILE_MISSING
        except DocumentStoreDown:
            return Fault.STORE_DOWN
        if (sha.hexdigest(), read) != (digest, size):
            return Fault.FILE_CHANGED
        self.seen.add(digest)
        self.report.files += 1
        self.report.bytes += read
        return None

    @staticmethod
    def _there(digest: str, size: int) -> Fault | None:
        """What can be seen without reading the file."""
        try:
            kept = connections().documents.size(digest)
        except DocumentStoreDown:
            return Fault.STORE_DOWN
        if kept is None:
            return Fault.FILE_MISSING
        return None if kept == size else Fault.FILE_CHANGED

    def _at_the_end(self) -> Break | None:
        """What should have had proof and has none."""
        if self.contract.erased_at is not None:
            gone = self.last is EvidenceType.REMOVED
            return None if gone else Break(self.report.records, Fault.NOT_REMOVED)
        settled = or_(
            (FileDocument.direction == Direction.TO_AUTHORITY) & DocumentVersion.sent_at.is_not(None),
            (FileDocument.direction == Direction.TO_CONTRACTOR) & DocumentVersion.consultable_at.is_not(None),
        )
        rows = db.session.execute(
            select(DocumentVersion.id, DocumentVersion.number, FileDocument.number.label("document"))
            .join(FileDocument, FileDocument.id == DocumentVersion.document_id)
            .where(FileDocument.contract_id == self.contract.id, settled)
            .order_by(DocumentVersion.id)
        )
        for row in rows:
            if row.id not in self.proven:
                named = {"version": str(row.number), "document": str(row.document)}
                return Break(self.report.records, Fault.UNPROVEN, named)
        return None
