"""The nightly check of all proof: which contracts are due, what the last check found, and who is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import func, or_, select

from domain.actor import Actor
from domain.calendars import BRUSSELS
from models.base import db
from models.contract_evidence import EvidenceCheck
from models.gate import writing
from models.public_contract import PublicContract
from models.upserts import upsert
from services import clock
from services.econtracting import access
from services.econtracting.proof.reading import ContractReport

_EVENING, _MORNING = time(22), time(6)
_AT_LATEST = timedelta(days=7)
"""A program that never runs at night checks by day what was not checked for so long."""
_LONGEST = 400


def due(limit: int = 50) -> list[int]:
    """The keys of the contracts that are to be checked now, the longest unchecked first."""
    now = clock.now().astimezone(BRUSSELS)
    before = clock.now() - _AT_LATEST
    if now.time() >= _EVENING:
        before = datetime.combine(now.date(), _EVENING, BRUSSELS)
    elif now.time() < _MORNING:
        before = datetime.combine(now.date() - timedelta(days=1), _EVENING, BRUSSELS)
    return list(
        db.session.scalars(
            select(PublicContract.id)
            .outerjoin(EvidenceCheck, EvidenceCheck.contract_id == PublicContract.id)
            .where(or_(EvidenceCheck.checked_at.is_(None), EvidenceCheck.checked_at < before))
            .order_by(EvidenceCheck.checked_at.is_not(None), EvidenceCheck.checked_at, PublicContract.id)
            .limit(limit)
        )
    )


def note(contract_id: int, report: ContractReport) -> None:
    """Keep what a check found, in the running transaction."""
    found = {
        "checked_at": clock.now(),
        "records": report.records,
        "files": report.files,
        "broken": None if report.broken is None else str(report.broken)[:_LONGEST],
    }
    statement = upsert(EvidenceCheck).values(contract_id=contract_id, **found)
    with writing("proof.note_check"):
        db.session.execute(statement.on_conflict_do_update(index_elements=["contract_id"], set_=found))


@dataclass(frozen=True, slots=True)
class BrokenProof:
    """A contract whose proof did not hold at its last check."""

    reference: str
    number: str
    description: str
    checked_at: datetime
    broken: str


@dataclass(frozen=True, slots=True)
class SweepState:
    """How far the checks are for the contracts somebody sees. ``oldest``: the longest ago one was checked."""

    contracts: int
    checked: int
    oldest: datetime | None
    broken: Sequence[BrokenProof]


def state(actor: Actor) -> SweepState:
    """What the checks found on the contracts the actor sees; three statements."""
    visible = access.only_visible(actor)
    counts = db.session.execute(
        select(
            func.count(PublicContract.id).label("contracts"),
            func.count(EvidenceCheck.contract_id).label("checked"),
            func.min(EvidenceCheck.checked_at).label("oldest"),
        )
        .select_from(PublicContract)
        .outerjoin(EvidenceCheck, EvidenceCheck.contract_id == PublicContract.id)
        .where(visible)
    ).one()
    rows = db.session.execute(
        select(
            PublicContract.reference,
            PublicContract.number,
            PublicContract.description,
            EvidenceCheck.checked_at,
            EvidenceCheck.broken,
        )
        .join(EvidenceCheck, EvidenceCheck.contract_id == PublicContract.id)
        .where(visible, EvidenceCheck.broken.is_not(None))
        .order_by(PublicContract.number)
        .limit(100)
    )
    broken = [BrokenProof(row.reference, row.number, row.description, row.checked_at, row.broken or "") for row in rows]
    return SweepState(counts.contracts, counts.checked, counts.oldest, broken)


def broken_count(actor: Actor) -> int:
    """Of how many contracts the actor sees the proof did not hold at the last check."""
    found = db.session.scalar(
        select(func.count(EvidenceCheck.broken))
        .select_from(PublicContract)
        .join(EvidenceCheck, EvidenceCheck.contract_id == PublicContract.id)
        .where(access.only_visible(actor))
    )
    return found or 0


def everywhere() -> tuple[int, int]:
    """How many contracts were checked, and how many of those did not hold; for the doctor."""
    row = db.session.execute(select(func.count(EvidenceCheck.contract_id), func.count(EvidenceCheck.broken))).one()
    return row[0], row[1]


def last_of(contract_id: int) -> EvidenceCheck | None:
    """The last check of one contract, if there was one."""
    return db.session.get(EvidenceCheck, contract_id)
