"""Is what was erased only what the proofs say? Nobody hides a changed copy by calling it erased.

Each proof is compared with the audit chain, which names the digest of what it says, and with the rows it emptied.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from sqlalchemy import select

from domain.audit_events import AuditEvent
from models.audit import AuditEntry
from models.base import db
from models.compensation import CalculationDerivation
from models.declaration import DossierSnapshot
from models.document import StoredFile
from models.privacy import ErasureProof
from services.privacy.erasing.base import EMPTIED, keys_digest, rows_digest

#: Tables whose emptied rows stay under their key, with the proof they name.
_NAMING: tuple[tuple[Any, Any, Any], ...] = (
    (DossierSnapshot, DossierSnapshot.id, DossierSnapshot.content != ""),
    (CalculationDerivation, CalculationDerivation.calculation_id, CalculationDerivation.content != b""),
    (StoredFile, StoredFile.digest, None),
)


def check() -> tuple[int, str | None]:
    """How many proofs were read, and the first that does not hold or is missing."""
    named = _named()
    emptied = {model.__tablename__: _by_proof(model, key) for model, key, _ in _NAMING}
    for model, key, full in _NAMING:
        if full is not None:
            kept = db.session.scalar(select(key).where(model.erased_in_id.is_not(None), full).limit(1))
            if kept is not None:
                return 0, f"{model.__tablename__} {kept}: erased and not empty"
    count = 0
    for proof in db.session.scalars(select(ErasureProof).order_by(ErasureProof.id)):
        problem = _problem_of(proof, named.pop(proof.reference, None), emptied)
        if problem:
            return count, f"erasure {proof.reference}: {problem}"
        count += 1
    if named:
        return count, f"erasure {min(named)}: missing"
    if any(emptied.values()):
        return count, "erased rows name a proof that is missing"
    return count, None


def _named() -> dict[str, str]:
    """What the chain says of each proof."""
    statement = select(AuditEntry.subject_key, AuditEntry.data).where(AuditEntry.event == AuditEvent.ERASED)
    with closing(db.session.execute(statement.execution_options(yield_per=1000))) as rows:
        return {row.subject_key: json.loads(row.data)["keys_digest"] for row in rows}


def _by_proof(model: Any, key: Any) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for row in db.session.execute(select(key, model.erased_in_id).where(model.erased_in_id.is_not(None))):
        found.setdefault(row[1], set()).add(str(row[0]))
    return found


def _problem_of(proof: ErasureProof, named: str | None, emptied: Mapping[str, dict[int, set[str]]]) -> str | None:
    if named is None:
        return "the audit chain does not name it"
    if rows_digest(proof.rows) != proof.keys_digest or proof.keys_digest != named:
        return "changed"
    said = {row["table"]: row for row in json.loads(proof.rows) if row["act"] == EMPTIED}
    for table, by_proof in emptied.items():
        keys = by_proof.pop(proof.id, set())
        row = said.get(table)
        if (row["keys"] if row else keys_digest(())) != keys_digest(keys):
            return f"other rows of {table} are called erased"
    return None
