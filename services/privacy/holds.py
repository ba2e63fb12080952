"""Holding what would be erased, because of a dispute: one notice, or everything of a facility or a quarter (E-153).

A hold of everything is a row beside the notices, of no class: it covers notices made later too, and of classes whose
quarters are of nobody in particular it keeps the rows of its facility (``erasing.base.nobody_holds``).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import aliased

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.calendars import start_of_day
from domain.erasing import (
    AGAIN,
    ALREADY_ERASED,
    ALREADY_HELD,
    EVERYTHING,
    NO_SUCH_FACILITY,
    NOT_HELD,
    REASON_MISSING,
    HoldScope,
    subject_of,
)
from domain.errors import InvalidValue, NotAllowedNow, NotFound
from domain.permissions import Permission
from models.base import db, new_reference
from models.gate import writing
from models.organisation import Facility
from models.privacy import ErasureNotice
from models.upserts import upsert
from services import access, audit, clock

_Everything = aliased(ErasureNotice)


def covering() -> Any:
    """The reference of the hold of everything that covers a notice now, as a column beside ``ErasureNotice``.

    One of its facility or, if it is nobody's, of its quarter.
    """
    quarter = or_(
        ErasureNotice.subject_key == _Everything.subject_key,
        ErasureNotice.subject_key.like(_Everything.subject_key + AGAIN + "%"),
    )
    of_nobody = and_(_Everything.facility_id.is_(None), ErasureNotice.facility_id.is_(None), quarter)
    return (
        select(_Everything.reference)
        .where(
            ErasureNotice.retention_class != EVERYTHING,
            _Everything.retention_class == EVERYTHING,
            _Everything.held_at.is_not(None),
            or_(_Everything.facility_id == ErasureNotice.facility_id, of_nobody),
        )
        .correlate(ErasureNotice)
        .scalar_subquery()
    )


def hold(actor: Actor, reference: str, reason: str, scope: HoldScope = HoldScope.ONE) -> ErasureNotice:
    """Keep announced data, because of a dispute; gives what is held: the notice, or the hold of everything.

    InvalidValue without a reason, NotAllowedNow when erased or held.
    """
    row = _locked(actor, reference)
    _with_reason(reason)
    if scope is HoldScope.ALL and row.retention_class != EVERYTHING:
        facility = db.session.get_one(Facility, row.facility_id) if row.facility_id is not None else None
        row = _everything_of(facility, subject_of(row.subject_key))
    return _held(actor, row, reason)


def hold_facility(actor: Actor, hco_number: str, reason: str) -> ErasureNotice:
    """Keep everything of a facility, whether anything of it is announced or not; gives the hold.

    InvalidValue for an unknown number or without a reason, NotAllowedNow when it is held.
    """
    access.require(actor, Permission.RETENTION_MANAGE)
    facility = db.session.scalar(select(Facility).where(Facility.hco_number == hco_number.strip()))
    if facility is None:
        raise InvalidValue(NO_SUCH_FACILITY, field="hco_number")
    _with_reason(reason)
    return _held(actor, _everything_of(facility, facility.hco_number), reason)


def _with_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidValue(REASON_MISSING, field="reason")


def _held(actor: Actor, row: ErasureNotice, reason: str) -> ErasureNotice:
    if row.held_at is not None:
        raise NotAllowedNow(ALREADY_HELD)
    if row.retention_class == EVERYTHING:
        _wait_for_erasing(row)
    with writing("privacy.hold"):
        row.held_at, row.held_by, row.held_reason = clock.now(), actor.name[:160], reason.strip()[:500]
    _trace(actor, row, "HELD", {"reason": reason})
    return row


def release(actor: Actor, reference: str) -> ErasureNotice:
    """Let held data go; they are erased after a day at the earliest. NotAllowedNow when nobody holds them.

    What was kept in quarters that are erased already is announced again first.
    """
    row = _locked(actor, reference)
    if row.held_at is None:
        raise NotAllowedNow(NOT_HELD)
    let_go = _wait_for_erasing(row) if row.retention_class == EVERYTHING else [row]
    tomorrow = start_of_day(clock.today() + timedelta(days=1))
    with writing("privacy.release"):
        row.held_at, row.held_by, row.held_reason = None, "", ""
        for one in let_go:
            one.erase_from = max(one.erase_from, tomorrow)
    _trace(actor, row, "RELEASED", None)
    return row


def _trace(actor: Actor, row: ErasureNotice, act: str, personal: dict[str, str] | None) -> None:
    data = {"class": row.retention_class, "act": act}
    audit.record(actor, AuditEvent.ERASURE_HELD, "erasure_notice", row.reference, data=data, personal=personal)


def _everything_of(facility: Facility | None, subject: str) -> ErasureNotice:
    """The row for everything of a facility, else of a quarter; made when it is not there, locked."""
    key = facility.hco_number if facility is not None else subject
    values = {
        "reference": new_reference(),
        "retention_class": EVERYTHING,
        "subject_key": key,
        "facility_id": facility.id if facility is not None else None,
        "noticed_at": clock.now(),
        "erase_from": clock.now(),
        "held_by": "",
        "held_reason": "",
    }
    with writing("privacy.hold"):
        db.session.execute(upsert(ErasureNotice).values(**values).on_conflict_do_nothing())
    own = ErasureNotice.retention_class == EVERYTHING, ErasureNotice.subject_key == key
    return db.session.scalars(_locking(*own)).one()


def _wait_for_erasing(everything: ErasureNotice) -> list[ErasureNotice]:
    """The open notices that a hold of everything is about, locked: what is being erased now is erased first.

    With a facility also those of nobody in particular, for they hold rows of it.
    """
    of_nobody = ErasureNotice.facility_id.is_(None)
    if everything.facility_id is not None:
        about = or_(ErasureNotice.facility_id == everything.facility_id, of_nobody)
    else:
        key = everything.subject_key
        same = or_(ErasureNotice.subject_key == key, ErasureNotice.subject_key.like(key + AGAIN + "%"))
        about = and_(of_nobody, same)
    is_open = ErasureNotice.retention_class != EVERYTHING, ErasureNotice.erased_at.is_(None)
    found = db.session.scalars(_locking(about, *is_open).order_by(ErasureNotice.id))
    return [one for one in found if one.facility_id == everything.facility_id]


def _locking(*conditions: Any) -> Select[ErasureNotice]:
    return select(ErasureNotice).where(*conditions).with_for_update().execution_options(populate_existing=True)


def _locked(actor: Actor, reference: str) -> ErasureNotice:
    access.require(actor, Permission.RETENTION_MANAGE)
    row = db.session.scalar(_locking(ErasureNotice.reference == reference))
    if row is None:
        raise NotFound
    if row.erased_at is not None:
        raise NotAllowedNow(ALREADY_ERASED)
    return row
