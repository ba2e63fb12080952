"""kill -9 while a case manager reopens the quarters of a facility: one act (A-10), so all of it or nothing."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import date

import pytest
import sqlalchemy as sa

from domain.calendars import Quarter
from domain.ecalcura.declaration import DossierStatus
from domain.errors import NotAllowedNow
from models.all import db
from models.audit import AuditEntry
from models.declaration import Dossier, DossierEvent
from models.outbox import OutboxMessage
from models.reference import FacilityPeriod
from services import audit, clock, locks, transaction
from services.ecalcura import declarations as steps
from tests.factories import actors, declarations, reference
from tests.factories.database import change
from tests.reliability.killing import victim
from tests.reliability.scenes import Scene, count, scene
from tests.support.databases import PreparedDatabase

QUARTERS = ["2023K3", "2023K4", "2024K1"]
SEED = 20241020
KILLS = 24

#: Where it dies; the empty text is any write.
POINTS = ("UPDATE facility_period", "INSERT INTO dossier_event", "INSERT INTO outbox_message", "after commit", "")


def _scene() -> Scene:
    """Three quarters closed, and one reopening left."""
    it = scene("2024K1", status="CLOSED")
    for quarter in QUARTERS[:2]:
        declarations.dossier(it.facility, quarter, "CLOSED")
    reference.facility_period(it.facility, provisional_on=date(2024, 10, 16))
    return it


def test_kill_9_while_reopening(database: PreparedDatabase) -> None:
    """At each kind of write and at any write; the seed says which time."""
    clock.fix(clock.now().replace(month=10, day=20))
    chance = random.Random(f"{SEED} {database.kind}")
    it = _scene()
    task = {"do": "reopen", "now": clock.now().isoformat(), "facility": it.facility.id, "quarters": QUARTERS}
    seen: Counter[str] = Counter()
    reopened = 0
    with victim(database) as process:
        process.run(warm=True, **task)
        reopened += _all_or_nothing(it, reopened, "warm", seen)
        for turn in range(KILLS):
            point = POINTS[turn % len(POINTS)]
            after = (
                chance.randint(1, 20) if not point else 1 if "period" in point or "commit" in point else 1 + turn % 3
            )
            said, ended = process.run(**task, point=point, after=after)
            where = f"seed {SEED}, turn {turn}, {point!r} {after}, said {said}"
            assert ended == -9, where
            reopened += _all_or_nothing(it, reopened, where, seen)
    assert seen["absent"] > 0, seen
    assert seen["whole"] > 1, seen
    assert audit.verify().broken is None


def _time(point: str, chance: random.Random) -> int:
    """Which of the times that it passes a point: there are three dossiers, and one commit."""
    if not point:
        return chance.randint(1, 20)
    return chance.randint(1, 3) if point.startswith("INSERT") else 1


def _all_or_nothing(it: Scene, before: int, where: str, seen: Counter[str]) -> int:
    """1 when the act is there as a whole, and then put back for the next turn; 0 when nothing of it is."""
    with transaction.unit_of_work():
        locks.lock_facility(it.facility.id)
    period = db.session.scalars(sa.select(FacilityPeriod)).one()
    db.session.refresh(period)
    used = period.reopenings_used
    total = before + used
    assert count(Dossier, Dossier.status == DossierStatus.OPEN, Dossier.reopened) == 3 * used, where
    assert count(Dossier, Dossier.status == DossierStatus.CLOSED) == 3 - 3 * used, where
    assert count(DossierEvent, DossierEvent.event == "REOPEN_ONCE") == 3 * total, where
    assert count(OutboxMessage, OutboxMessage.template == "dossier_reopened") == 3 * total, where
    texts = db.session.scalars(sa.select(AuditEntry.data).where(AuditEntry.event == "dossier.state"))
    assert sum(json.loads(text)["event"] == "REOPEN_ONCE" for text in texts) == 3 * total, where
    seen["whole" if used else "absent"] += 1
    if used:
        _cannot_again(it, where)
        change(period, reopenings_used=0)
        for row in db.session.scalars(sa.select(Dossier)).all():
            change(row, status=DossierStatus.CLOSED, reopened=False)
    db.session.rollback()
    return used


def _cannot_again(it: Scene, where: str) -> None:
    """It was used, although nobody heard so: doing it again is refused."""
    with pytest.raises(NotAllowedNow) as refused, transaction.unit_of_work():
        steps.reopen_once(actors.case_manager(), it.facility.id, "2023-2024", [Quarter.parse(QUARTERS[0])], "Nog eens")
    assert refused.value.code in {"T-06", "V-65"}, where
