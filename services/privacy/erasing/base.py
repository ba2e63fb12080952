"""What every eraser gives, and the tally that becomes the proof."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update

from domain.erasing import AGAIN, EVERYTHING, Needed
from domain.retention import RetentionClass
from models.audit import AuditEntry, AuditPersonalValue
from models.base import db
from models.organisation import Facility
from models.privacy import ErasureNotice
from services import clock
from services.batches import in_batches

_PIECE = 500
DELETED, EMPTIED = "deleted", "emptied"


@dataclass(frozen=True, slots=True)
class Subject:
    """What ends together: its key, whose it is if anybody's, and the last day of its term."""

    key: str
    facility_id: int | None
    until: date


class Tally:
    """Which rows of which tables were deleted, emptied (their keys stay) or emptied of personal columns."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str], set[str]] = {}

    def note(self, table: str, how: str, keys: Iterable[Any]) -> None:
        """These rows of a table were handled so."""
        found = {str(key) for key in keys}
        if found:
            self._keys.setdefault((table, how), set()).update(found)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows per table."""
        found: dict[str, int] = {}
        for (table, _), keys in sorted(self._keys.items()):
            found[table] = found.get(table, 0) + len(keys)
        return found

    def written(self) -> str:
        """The canonical JSON of the proof: per table and act the number of rows and a digest of their keys."""
        rows = [
            {"table": table, "act": how, "rows": len(keys), "keys": keys_digest(keys)}
            for (table, how), keys in sorted(self._keys.items())
        ]
        return json.dumps(rows, sort_keys=True, separators=(",", ":"))


def keys_digest(keys: Iterable[str]) -> str:
    """SHA-256 of the keys of rows, sorted as text, a line each."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()


def rows_digest(written: str) -> str:
    """SHA-256 of what a proof says: what the audit chain names."""
    return hashlib.sha256(written.encode()).hexdigest()


class Eraser(ABC):
    """How one class ends."""

    @abstractmethod
    def subjects(self, limit: date, most: int) -> Sequence[Subject]:
        """What counts from before ``limit`` and is not announced, the oldest first.

        What is left, or came back, of what was erased before is announced again.
        """

    @abstractmethod
    def needed(self, notice: ErasureNotice) -> Needed:
        """What still needs the data of a notice."""

    @abstractmethod
    def erase(self, notice: ErasureNotice, proof_id: int, tally: Tally) -> None:
        """Erase, inside the gate; everything that is handled is noted."""


def announced(which: RetentionClass, subject: Any) -> ColumnElement[bool]:
    """That a notice is about a subject of a class (a text or an expression), whichever time it is announced."""
    again = ErasureNotice.subject_key.like(subject + AGAIN + "%")
    return and_(ErasureNotice.retention_class == which.value, or_(ErasureNotice.subject_key == subject, again))


def nobody_holds(whose: ColumnElement[bool]) -> ColumnElement[bool]:
    """That no facility of which everything is held has a row; ``whose`` says that a row is of a ``Facility``."""
    return ~exists().where(
        ErasureNotice.retention_class == EVERYTHING,
        ErasureNotice.held_at.is_not(None),
        ErasureNotice.facility_id == Facility.id,
        whose,
    )


def delete_rows(model: Any, key: Any, keys: Sequence[Any], tally: Tally) -> None:
    """Delete rows by their key."""
    for piece in in_batches(keys, _PIECE):
        db.session.execute(delete(model).where(key.in_(piece)).execution_options(synchronize_session=False))
    tally.note(model.__tablename__, DELETED, keys)


def empty_rows(model: Any, key: Any, keys: Sequence[Any], values: dict[str, Any], tally: Tally) -> None:
    """Empty columns of rows by their key."""
    for piece in in_batches(keys, _PIECE):
        db.session.execute(
            update(model).where(key.in_(piece)).values(**values).execution_options(synchronize_session=False)
        )
    tally.note(model.__tablename__, EMPTIED, keys)


def erase_values(sequences: Sequence[int], tally: Tally) -> None:
    """Erase the personal values of entries beside the chain, which stays verifiable."""
    for piece in in_batches(sequences, _PIECE):
        ids = db.session.scalars(
            select(AuditPersonalValue.id).where(
                AuditPersonalValue.sequence.in_(piece), AuditPersonalValue.erased_at.is_(None)
            )
        ).all()
        values = {"value": None, "erased_at": clock.now()}
        empty_rows(AuditPersonalValue, AuditPersonalValue.id, ids, values, tally)


def entries_about(subject_type: str, keys: Iterable[str]) -> list[int]:
    """The entries of the audit log about these subjects."""
    found: list[int] = []
    for piece in in_batches(sorted(keys), _PIECE):
        found += db.session.scalars(
            select(AuditEntry.sequence).where(
                AuditEntry.subject_type == subject_type, AuditEntry.subject_key.in_(piece)
            )
        ).all()
    return found
