"""One time-stamp over all records that have none yet: their Merkle root is signed by the authority (RFC 3161).

In three steps, so that no transaction is open while the authority is asked: ``waiting``, ``ask``, ``keep``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update

from domain.econtracting.evidence import merkle_root
from integrations.time_stamps import Token
from models.base import db
from models.contract_evidence import EvidenceRecord, TimeStamp
from models.gate import writing
from services.connections import connections

AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record without a time-stamp."""

    id: int
    digest: str


class Overtaken(Exception):
    """Somebody else stamped these records meanwhile; nothing was kept."""


def waiting(limit: int = AT_ONCE) -> tuple[Waiting, ...]:
    """The oldest records without a time-stamp, in the order of their ids."""
    rows = db.session.execute(
        select(EvidenceRecord.id, EvidenceRecord.digest)
        .where(EvidenceRecord.time_stamp_id.is_(None))
        .order_by(EvidenceRecord.id)
        .limit(limit)
    )
    return tuple(Waiting(row.id, row.digest) for row in rows)


def backlog() -> int:
    """How many records wait for a time-stamp."""
    found = db.session.scalar(
        select(func.count()).select_from(EvidenceRecord).where(EvidenceRecord.time_stamp_id.is_(None))
    )
    return found or 0


def ask(records: Sequence[Waiting]) -> Token:
    """A checked token over the root of these records. Raises TimeStampDown or TimeStampRefused; touches no table."""
    return connections().time_stamps.stamp(merkle_root([one.digest for one in records]))


def keep(records: Sequence[Waiting], token: Token) -> TimeStamp:
    """Keep the token with its records, in the running transaction. Overtaken when one of them has a time-stamp now."""
    ids = [one.id for one in records]
    with writing("proof.keep_time_stamp"):
        free = (
            select(EvidenceRecord.id)
            .where(EvidenceRecord.id.between(ids[0], ids[-1]), EvidenceRecord.time_stamp_id.is_(None))
            .with_for_update()
        )
        if not set(ids) <= set(db.session.scalars(free)):
            raise Overtaken
        stamp = TimeStamp(
            root=merkle_root([one.digest for one in records]),
            leaves=len(records),
            token=token.der,
            authority=token.authority,
            stamped_at=token.at,
        )
        db.session.add(stamp)
        db.session.flush()
        db.session.execute(
            update(EvidenceRecord),
            [{"id": one.id, "time_stamp_id": stamp.id, "leaf": leaf} for leaf, one in enumerate(records)],
        )
    return stamp
