"""The end of data: announced, perhaps held, erased with proof (domain.retention).

The worker looks once a day. Announcing and erasing are transactions of their own, one for each subject, so that a
fault or a killed worker leaves whole subjects; whoever comes second finds the work done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import structlog
from sqlalchemy import func, select

from domain.actor import SCHEDULER, Actor, Side
from domain.audit_events import AuditEvent
from domain.calendars import local_date, start_of_day
from domain.errors import InvalidValue, NotAllowedNow, NotFound
from domain.permissions import Permission
from domain.retention import (
    ALREADY_ERASED,
    ALREADY_HELD,
    ANNOUNCED,
    NOT_HELD,
    REASON_MISSING,
    Obstacle,
    RetentionClass,
    erased_from,
    limit,
    obstacles,
)
from models.audit import AuditHead
from models.base import db, new_reference
from models.gate import writing
from models.organisation import Facility
from models.privacy import ErasureNotice, ErasureProof
from models.upserts import upsert
from services import access, audit, clock, documents, listing, transaction
from services.listing import Order, Page, Position
from services.privacy.erasing import ERASERS
from services.privacy.erasing.base import Subject, Tally, rows_digest

log = structlog.get_logger("retention")

#: Subjects announced, and erased, at one look; the next look goes on.
_AT_ONCE = 50
_NEWEST = Order((ErasureNotice.id,), descending=True)

_looked: date | None = None


@dataclass(frozen=True, slots=True)
class Announced:
    """A notice as people see it: whose data, from when they are erased, and what stands in the way now."""

    notice: ErasureNotice
    facility_name: str
    erase_on: date
    obstacles: Sequence[Obstacle]


def look() -> dict[str, int]:
    """For the worker, every minute: once a day announce and erase what is due; gives how many of each."""
    global _looked
    if _looked == clock.today():
        return {"announced_erasure": 0, "erased": 0}
    announced, erased = announce(), erase_due()
    if announced < _AT_ONCE and erased < _AT_ONCE:
        tidy()
        _looked = clock.today()
    return {"announced_erasure": announced, "erased": erased}


def announce() -> int:
    """Tell of everything whose term ends within the days of the notice; gives how many subjects."""
    count = 0
    for which in ANNOUNCED:
        with transaction.unit_of_work():
            for subject in ERASERS[which].subjects(limit(which, clock.today()), _AT_ONCE):
                count += _announce(which, subject)
    return count


def _announce(which: RetentionClass, subject: Subject) -> bool:
    now = clock.now()
    erase_from = erased_from(subject.until, clock.today())
    reference = new_reference()
    row = {
        "reference": reference,
        "retention_class": which.value,
        "subject_key": subject.key,
        "facility_id": subject.facility_id,
        "noticed_at": now,
        "erase_from": start_of_day(erase_from),
        "held_by": "",
        "held_reason": "",
    }
    with writing("privacy.announce"):
        done = db.session.execute(
            upsert(ErasureNotice).values(**row).on_conflict_do_nothing().returning(ErasureNotice.id)
        ).one_or_none()
    if done is None:
        return False
    data = {"class": which.value, "count": 1, "erase_from": str(erase_from)}
    audit.record(SCHEDULER, AuditEvent.ERASURE_NOTICED, "erasure_notice", reference, data=data)
    return True


def erase_due() -> int:
    """Erase every subject whose notice is over and that nothing needs any more; gives how many."""
    due = db.session.scalars(
        select(ErasureNotice.id)
        .where(
            ErasureNotice.erased_at.is_(None),
            ErasureNotice.held_at.is_(None),
            ErasureNotice.erase_from <= clock.now(),
        )
        .order_by(ErasureNotice.erase_from, ErasureNotice.subject_key)
        .limit(10 * _AT_ONCE)
    ).all()
    count = 0
    for notice_id in due:
        if count >= _AT_ONCE:
            break
        with transaction.unit_of_work():
            count += _erase(notice_id)
    return count


def _erase(notice_id: int) -> bool:
    """One subject, whole; False when somebody was first or something still needs it."""
    notice = db.session.scalar(
        select(ErasureNotice)
        .where(ErasureNotice.id == notice_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if notice is None or notice.erased_at is not None or _standing(notice):
        return False
    head = db.session.execute(select(AuditHead.sequence, AuditHead.digest)).one_or_none()
    now, tally = clock.now(), Tally()
    with writing("privacy.erase"):
        proof = ErasureProof(
            retention_class=notice.retention_class,
            subject_key=notice.subject_key,
            erased_at=now,
            rows="[]",
            keys_digest="",
            audit_sequence=head.sequence if head else 0,
            audit_digest=head.digest if head else audit.GENESIS,
        )
        db.session.add(proof)
        db.session.flush()
        ERASERS[RetentionClass(notice.retention_class)].erase(notice, proof.id, tally)
        proof.rows = tally.written()
        proof.keys_digest = rows_digest(proof.rows)
        notice.erased_at = now
    data = {"class": notice.retention_class, "rows": tally.counts, "keys_digest": proof.keys_digest}
    audit.record(SCHEDULER, AuditEvent.ERASED, "erasure_proof", proof.reference, data=data)
    log.info("erased", retention_class=notice.retention_class, rows=sum(tally.counts.values()))
    return True


def _standing(notice: ErasureNotice) -> Sequence[Obstacle]:
    return obstacles(
        ERASERS[RetentionClass(notice.retention_class)].needed(notice),
        held=notice.held_at is not None,
        erase_from=local_date(notice.erase_from),
        today=clock.today(),
    )


def notices(actor: Actor, which: RetentionClass | None, *, erased: bool, position: Position) -> Page[Announced]:
    """What is announced (or was erased) for the department, the newest first; each with what stands in the way."""
    access.require(actor, Permission.RETENTION_MANAGE)
    statement: Any = (
        select(ErasureNotice, Facility.name)
        .outerjoin(Facility, Facility.id == ErasureNotice.facility_id)
        .where(ErasureNotice.erased_at.is_not(None) if erased else ErasureNotice.erased_at.is_(None))
    )
    if which is not None:
        statement = statement.where(ErasureNotice.retention_class == which.value)
    page = listing.page_of(statement, _NEWEST, position, name=f"notices {which} {erased}")
    shown = tuple(_announced(row.ErasureNotice, row.name or "") for row in page.rows)
    return Page(shown, page.cursors, page.number, page.more)


def notice(actor: Actor, reference: str) -> Announced:
    """One notice for the department; NotFound."""
    access.require(actor, Permission.RETENTION_MANAGE)
    row = db.session.execute(
        select(ErasureNotice, Facility.name)
        .outerjoin(Facility, Facility.id == ErasureNotice.facility_id)
        .where(ErasureNotice.reference == reference)
    ).one_or_none()
    if row is None:
        raise NotFound
    return _announced(row.ErasureNotice, row.name or "")


def _announced(row: ErasureNotice, name: str) -> Announced:
    return Announced(row, name, local_date(row.erase_from), () if row.erased_at else _standing(row))


def of_facility(actor: Actor) -> Sequence[Announced]:
    """What will be erased of the own facility, the first to go first; at most fifty. One statement."""
    access.require(actor, Permission.PERSON_FILE)
    if actor.side is not Side.FACILITY:
        return []
    rows = db.session.scalars(
        select(ErasureNotice)
        .where(ErasureNotice.facility_id == access.own_facility_id(actor), ErasureNotice.erased_at.is_(None))
        .order_by(ErasureNotice.erase_from, ErasureNotice.id)
        .limit(50)
    )
    return [Announced(row, actor.organisation_name, local_date(row.erase_from), ()) for row in rows]


def waiting_count(actor: Actor) -> int:
    """How many notices are open, for the start page of the department. One statement."""
    if not actor.may(Permission.RETENTION_MANAGE):
        return 0
    return db.session.scalar(select(func.count(ErasureNotice.id)).where(ErasureNotice.erased_at.is_(None))) or 0


def proofs(actor: Actor, position: Position) -> Page[ErasureProof]:
    """What was erased, the newest first."""
    access.require(actor, Permission.RETENTION_MANAGE)
    order = Order((ErasureProof.id,), descending=True)
    page = listing.page_of(select(ErasureProof), order, position, name="proofs")
    return Page(tuple(row.ErasureProof for row in page.rows), page.cursors, page.number, page.more)


def hold(actor: Actor, reference: str, reason: str) -> ErasureNotice:
    """Keep announced data, because of a dispute; InvalidValue without a reason, NotAllowedNow when erased or held."""
    row = _locked(actor, reference)
    if not reason.strip():
        raise InvalidValue(REASON_MISSING, field="reason")
    if row.held_at is not None:
        raise NotAllowedNow(ALREADY_HELD)
    with writing("privacy.hold"):
        row.held_at, row.held_by, row.held_reason = clock.now(), actor.name[:160], reason.strip()[:500]
    data = {"class": row.retention_class, "act": "HELD"}
    audit.record(actor, AuditEvent.ERASURE_HELD, "erasure_notice", reference, data=data, personal={"reason": reason})
    return row


def release(actor: Actor, reference: str) -> ErasureNotice:
    """Let held data go; they are erased after a day at the earliest. NotAllowedNow when nobody holds them."""
    row = _locked(actor, reference)
    if row.held_at is None:
        raise NotAllowedNow(NOT_HELD)
    tomorrow = start_of_day(clock.today() + timedelta(days=1))
    with writing("privacy.release"):
        row.held_at, row.held_by, row.held_reason = None, "", ""
        row.erase_from = max(row.erase_from, tomorrow)
    data = {"class": row.retention_class, "act": "RELEASED"}
    audit.record(actor, AuditEvent.ERASURE_HELD, "erasure_notice", reference, data=data)
    return row


def _locked(actor: Actor, reference: str) -> ErasureNotice:
    access.require(actor, Permission.RETENTION_MANAGE)
    row = db.session.scalar(
        select(ErasureNotice)
        .where(ErasureNotice.reference == reference)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    if row.erased_at is not None:
        raise NotAllowedNow(ALREADY_ERASED)
    return row


def tidy() -> None:
    """Remove content that a killed process left behind of files erased in the last days."""
    documents.remove_erased(since=clock.now() - timedelta(days=3))
