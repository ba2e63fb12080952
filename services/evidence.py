"""Is everything that was kept as proof still what it was? Chain, snapshots, derivations and files are read in full."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import select

from domain.audit_events import AuditEvent
from integrations.documents import DocumentMissing, DocumentStoreDown
from models.audit import AuditEntry
from models.base import db
from models.declaration import DossierSnapshot
from models.document import StoredFile
from services import audit, compensation_evidence
from services.connections import connections
from services.econtracting.proof import verification
from services.privacy import erasure_evidence


@dataclass(frozen=True, slots=True)
class EvidenceReport:
    """How much was checked, and the first broken place of each kind; nothing in ``broken`` means all is whole."""

    audit_entries: int
    audit_head: str
    snapshots: int
    files: int
    bytes: int
    calculations: int
    parameter_sets: int
    contracts: int
    records: int
    waiting_for_time_stamp: int
    erasures: int
    broken: tuple[str, ...]


def verify() -> EvidenceReport:
    """Read everything again, up to the first broken place of each kind. Changes nothing; reads every stored byte."""
    chain = audit.verify()
    snapshots, bad_snapshot = _check_snapshots()
    files, size, bad_file = _check_files()
    calculations, bad_calculation = compensation_evidence.check_calculations()
    parameter_sets, bad_parameters = compensation_evidence.check_parameters()
    # what a broken chain names proves nothing
    bad_amount = None if chain.broken else compensation_evidence.check_named()
    # the files of contracts were read with all others
    contracts = verification.verify_all(files=False)
    # what is empty because its time was over is named by a proof, and the proof by the chain
    erasures, bad_erasure = erasure_evidence.check()
    places = (
        chain.broken,
        bad_erasure,
        bad_snapshot,
        bad_file,
        bad_calculation,
        bad_parameters,
        bad_amount,
        *contracts.broken,
    )
    return EvidenceReport(
        audit_entries=chain.entries,
        audit_head=chain.head,
        snapshots=snapshots,
        files=files,
        bytes=size,
        calculations=calculations,
        parameter_sets=parameter_sets,
        contracts=contracts.contracts,
        records=contracts.records,
        waiting_for_time_stamp=contracts.waiting,
        erasures=erasures,
        broken=tuple(place for place in places if place),
    )


def _check_snapshots() -> tuple[int, str | None]:
    count = 0
    digests: set[str] = set()
    statement = select(
        DossierSnapshot.id, DossierSnapshot.digest, DossierSnapshot.content, DossierSnapshot.erased_in_id
    ).order_by(DossierSnapshot.id)
    with closing(db.session.execute(statement.execution_options(yield_per=100))) as rows:
        for row in rows:
            if row.erased_in_id is None and hashlib.sha256(row.content.encode()).hexdigest() != row.digest:
                return count, f"snapshot {row.id}: changed"
            digests.add(row.digest)
            count += 1
    return count, _named_and_gone(digests)


def _named_and_gone(digests: set[str]) -> str | None:
    """The first entry of the audit chain that names a snapshot which is not there, or no longer says what it said."""
    statement = select(AuditEntry.sequence, AuditEntry.data).where(AuditEntry.event == AuditEvent.DOSSIER_STATE)
    ordered = statement.order_by(AuditEntry.sequence).execution_options(yield_per=1000)
    with closing(db.session.execute(ordered)) as rows:
        for row in rows:
            named = json.loads(row.data).get("snapshot")
            if named is not None and named not in digests:
                return f"snapshot of audit entry {row.sequence}: missing"
    return None


def _check_files() -> tuple[int, int, str | None]:
    count, total = 0, 0
    kept = select(StoredFile.digest, StoredFile.size).where(StoredFile.erased_in_id.is_(None))
    statement = kept.order_by(StoredFile.digest)
    with closing(db.session.execute(statement.execution_options(yield_per=500))) as rows:
        for row in rows:
            problem = _problem_of(row.digest, row.size)
            if problem:
                return count, total, f"file {row.digest}: {problem}"
            count += 1
            total += row.size
    return count, total, None


def _problem_of(digest: str, size: int) -> str | None:
    """What is wrong with one kept file."""
    sha, read = hashlib.sha256(), 0
    try:
        for chunk in connections().documents.stream(digest):
            sha.update(chunk)
            read += len(chunk)
    except DocumentMissing:
        return "missing"
    except DocumentStoreDown:
        return "the document store does not answer"
    return None if (sha.hexdigest(), read) == (digest, size) else "changed"
