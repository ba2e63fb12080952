"""The end of data, as the worker brings it about: announced, erased with proof, tidied (domain.erasing).

The worker looks once a day. Announcing and erasing are transactions of their own, one for each subject, so that a
fault or a killed worker leaves whole subjects; whoever comes second finds the work done.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import func, select

from domain.actor import SCHEDULER
from domain.audit_events import AuditEvent
from domain.calendars import start_of_day
from domain.erasing import EVERYTHING, erased_from, limit, notice_key
from domain.retention import ANNOUNCED, RetentionClass
from models.audit import AuditHead
from models.base import db, new_reference
from models.gate import writing
from models.privacy import ErasureNotice, ErasureProof
from models.upserts import upsert
from services import audit, clock, documents, transaction
from services.database_faults import DatabaseFault, Fault, classify
from services.privacy import holds
from services.privacy.announced import standing
from services.privacy.erasing import ERASERS
from services.privacy.erasing.base import Subject, Tally, announced, rows_digest

log = structlog.get_logger("retention")

#: Subjects announced, and erased, at one look; the next look goes on.
_AT_ONCE = 50
#: Files that no row names are kept as long as what was read in (class FILES).
UNNAMED_KEPT = timedelta(days=14)
#: After a while nothing killed is left of what was erased; a process that starts looks at all of it once.
_TIDIED = timedelta(days=3)

_looked: date | None = None


def look() -> dict[str, int]:
    """For the worker, every minute: once a day announce and erase what is due; gives how many of each."""
    global _looked
    if _looked == clock.today():
        return {"announced_erasure": 0, "erased": 0}
    told, erased = announce(), erase_due()
    if told < _AT_ONCE and erased < _AT_ONCE:
        tidy(None if _looked is None else clock.now() - _TIDIED)
        _looked = clock.today()
    return {"announced_erasure": told, "erased": erased}


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
    before = select(func.count(ErasureNotice.id)).where(announced(which, subject.key))
    row = {
        "reference": reference,
        "retention_class": which.value,
        "subject_key": notice_key(subject.key, db.session.scalar(before) or 0),
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
    """Erase every subject whose notice is over and that nothing needs any more; gives how many.

    One that cannot be erased because of a bug of ours is told in the log and holds up no other.
    """
    due = db.session.scalars(
        select(ErasureNotice.id)
        .where(
            ErasureNotice.retention_class != EVERYTHING,
            ErasureNotice.erased_at.is_(None),
            ErasureNotice.held_at.is_(None),
            ErasureNotice.erase_from <= clock.now(),
            holds.covering().is_(None),
        )
        .order_by(ErasureNotice.erase_from, ErasureNotice.subject_key)
        .limit(10 * _AT_ONCE)
    ).all()
    count = 0
    for notice_id in due:
        if count >= _AT_ONCE:
            break
        try:
            with transaction.unit_of_work():
                count += _erase(notice_id)
        except transaction.OutcomeUnknown:
            raise
        except Exception as problem:
            if isinstance(problem, DatabaseFault) and classify(problem) is not Fault.BUG:
                raise
            log.error("not erased", notice=notice_id, exc_info=problem)
    return count


def _erase(notice_id: int) -> bool:
    """One subject, whole; False when somebody was first or something still needs it."""
    notice = db.session.scalar(
        select(ErasureNotice)
        .where(ErasureNotice.id == notice_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if notice is None or notice.erased_at is not None:
        return False
    everything = db.session.scalar(select(holds.covering()).where(ErasureNotice.id == notice_id))
    if standing(notice, held=notice.held_at is not None or everything is not None):
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


def tidy(since: datetime | None) -> None:
    """Clear away files that nothing needs: of what was erased since then (ever), and what no row names any more.

    A killed process left them, or somebody looked at what is in a file and never took it over.
    """
    documents.remove_erased(since)
    documents.forget_unneeded(clock.now() - UNNAMED_KEPT)
