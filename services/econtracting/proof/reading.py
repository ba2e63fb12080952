"""One pass over the records of a contract: up to the first place that does not hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, or_, select

from domain.econtracting.document_states import Direction
from domain.econtracting.evidence import Break, ChainReader, EvidenceType, Fault, merkle_root
from models.base import db
from models.contract_evidence import EvidenceHead, EvidenceRecord, TimeStamp
from models.file_document import DocumentVersion, FileDocument
from models.organisation import Organisation
from models.public_contract import PublicContract
from services.connections import connections
from services.econtracting.proof.beside import Beside
from services.econtracting.proof.named import Named, millis

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


class Reading:
    """One pass over the records of a contract."""

    def __init__(self, contract: PublicContract, report: ContractReport, files: bool, stamps: Stamps) -> None:
        self.contract = contract
        self.report = report
        self.stamps = stamps
        self.named = Named(report, files, _corrections(contract.id))
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
        for batch in self._batches(head.sequence if head else 1):
            beside = Beside(batch, self.contract.erased_at is None)
            for row in batch:
                found = reader.read(row.text, row.digest) or self._problem_of(row, reader.content, beside)
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
        return None if self.contract.erased_at is not None else self.named.problem(row, said, beside)

    def _row_differs(self, row: Any, said: dict[str, Any], beside: Beside) -> bool:
        parties = all(said.get(name) == key for name, key in self.keys.items())
        same = (said.get("type"), said.get("sequence"), said.get("at"), said.get("contract")) == (
            row.type,
            row.sequence,
            millis(row.at),
            self.contract.number,
        )
        if row.version_id is None:
            about = said.get("version") is not None and row.type is not EvidenceType.SUBMISSION_REFUSED
            return about or not (parties and same)
        version = beside.versions.get(row.version_id)
        if version is None or not parties or not same:
            return True
        named = (said.get("version"), said.get("document"), said.get("kind"))
        return named != (version.number, str(version.document_number), version.kind_code)

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
            if row.id not in self.named.proven:
                named = {"version": str(row.number), "document": str(row.document)}
                return Break(self.report.records, Fault.UNPROVEN, named)
        return None


def _corrections(contract_id: int) -> dict[int, str]:
    """The moment each corrected version was moved to by its last correction, by the key of the version."""
    rows = db.session.execute(
        select(EvidenceRecord.version_id, EvidenceRecord.text)
        .where(EvidenceRecord.contract_id == contract_id, EvidenceRecord.type == EvidenceType.CORRECTED)
        .order_by(EvidenceRecord.sequence)
    )
    found = {}
    for row in rows:
        # what is unreadable or no moment is told when the record itself is read
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            found[row.version_id] = millis(datetime.fromisoformat(json.loads(row.text)["detail"]["after"]))
    return found
