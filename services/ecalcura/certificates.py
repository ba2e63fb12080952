"""Certificates of a facility (E-100 to E-104). Every addition and change notifies the department: that is its proof."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import exists, select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.calendars import local_date
from domain.dutch import long_date
from domain.ecalcura.certificates import (
    CERTIFICATE_LABELS,
    CertificateAct,
    CertificateFacts,
    CertificateType,
    check_certificate,
    require_removable,
)
from domain.errors import N_, Conflict, Finding, Findings, NotFound, Severity
from domain.permissions import Permission
from models.base import db, new_reference
from models.gate import writing
from models.organisation import Certificate, CertificateNotification, Facility
from services import access, audit, clock, outbox
from services.connections import connections
from services.ecalcura.frozen import frozen_quarters
from services.form_keys import is_form_key
from services.locks import lock_facility

_EVENTS = {
    CertificateAct.ADDED: AuditEvent.CERTIFICATE_ADDED,
    CertificateAct.CHANGED: AuditEvent.CERTIFICATE_CHANGED,
    CertificateAct.WITHDRAWN: AuditEvent.CERTIFICATE_REMOVED,
}

_CHOOSE = Finding("E-104", Severity.BLOCKS, N_("Kies een certificaat."), field="kind")


def facts(row: Certificate) -> CertificateFacts:
    """A row as the rules see it."""
    return CertificateFacts(
        type=row.kind,
        start=row.starts_on,
        end=row.ends_on,
        notified_on=local_date(row.notified_at),
        key=row.reference,
    )


def current(facility_id: int) -> list[Certificate]:
    """The certificates in force or past, withdrawn ones left out; per kind, oldest first."""
    return list(
        db.session.scalars(
            select(Certificate)
            .where(Certificate.facility_id == facility_id, Certificate.withdrawn_at.is_(None))
            .order_by(Certificate.kind, Certificate.starts_on)
        )
    )


def certificate(actor: Actor, reference: str) -> Certificate:
    """One certificate of the actor's facility, as it is now; NotFound for any other and for a withdrawn one."""
    access.require(actor, Permission.CERTIFICATES_READ)
    row = _own(actor, reference)
    if row is None or row.withdrawn_at is not None:
        raise NotFound
    return row


def add_certificate(
    actor: Actor, kind: CertificateType | None, starts_on: date | None, ends_on: date | None, key: str = ""
) -> Certificate:
    """Add a certificate and notify the department (E-103); raises Findings (kind not chosen, V-80).

    ``key`` is the one of the form: the same form sent twice is one notification.
    """
    access.require(actor, Permission.CERTIFICATES_WRITE)
    facility = lock_facility(access.own_facility_id(actor))
    made = _own(actor, key) if is_form_key(key) else None
    if made is not None:
        return made
    if kind is None:
        raise Findings(
            [_CHOOSE, *check_certificate(CertificateFacts(next(iter(CertificateType)), starts_on, ends_on), [])]
        )
    start = _checked(CertificateFacts(kind, starts_on, ends_on), facility.id)
    now = clock.now()
    with writing("ecalcura.add_certificate"):
        row = Certificate(
            reference=key if is_form_key(key) and not _taken(key) else new_reference(),
            facility_id=facility.id,
            kind=kind,
            starts_on=start,
            ends_on=ends_on,
            notified_at=now,
            notified_by=actor.name[:120],
        )
        db.session.add(row)
        db.session.flush()
        notification = _notify(actor, CertificateAct.ADDED, row, now)
    _trace(actor, notification, facility, row, None)
    return row


def change_certificate(
    actor: Actor, reference: str, starts_on: date | None, ends_on: date | None, version: int
) -> Certificate:
    """Change the period of a certificate and notify the department.

    What is already kept is not saved, and not notified, again. Raises Findings (V-80), Conflict with both versions.
    """
    access.require(actor, Permission.CERTIFICATES_WRITE)
    facility = lock_facility(access.own_facility_id(actor))
    row = certificate(actor, reference)
    start = _checked(CertificateFacts(row.kind, starts_on, ends_on, key=row.reference), facility.id)
    if (row.starts_on, row.ends_on) == (start, ends_on):
        return row
    if row.version != version:
        raise Conflict(
            N_("Een collega heeft dit attest intussen gewijzigd. Uw wijziging is niet bewaard."),
            theirs=_shown(row.starts_on, row.ends_on),
            yours=_shown(start, ends_on),
        )
    before, held, now = _period(row), (row.starts_on, row.ends_on), clock.now()
    with writing("ecalcura.change_certificate"):
        row.starts_on = start
        row.ends_on = ends_on
        notification = _notify(actor, CertificateAct.CHANGED, row, now, held)
    _trace(actor, notification, facility, row, before)
    return row


def withdraw_certificate(actor: Actor, reference: str) -> None:
    """Delete a certificate while it touches no frozen quarter (E-104); it stays in the records as withdrawn.

    One that was withdrawn before is fine. Raises NotAllowedNow when a frozen quarter is touched.
    """
    access.require(actor, Permission.CERTIFICATES_WRITE)
    facility = lock_facility(access.own_facility_id(actor))
    row = _own(actor, reference)
    if row is None:
        raise NotFound
    if row.withdrawn_at is not None:
        return
    require_removable(facts(row), frozen_quarters(facility.id))
    before, now = _period(row), clock.now()
    with writing("ecalcura.withdraw_certificate"):
        row.withdrawn_at = now
        notification = _notify(actor, CertificateAct.WITHDRAWN, row, now, (row.starts_on, row.ends_on))
    _trace(actor, notification, facility, row, before)


def _own(actor: Actor, reference: str) -> Certificate | None:
    return db.session.scalar(
        select(Certificate)
        .where(Certificate.reference == reference, Certificate.facility_id == access.own_facility_id(actor))
        .execution_options(populate_existing=True)
    )


def _taken(reference: str) -> bool:
    return bool(db.session.scalar(select(exists().where(Certificate.reference == reference))))


def _checked(wanted: CertificateFacts, facility_id: int) -> date:
    """The start date of a period that is right; raises Findings (V-80)."""
    findings = check_certificate(wanted, [facts(row) for row in current(facility_id)])
    if findings or wanted.start is None:
        raise Findings(findings)
    return wanted.start


def _notify(
    actor: Actor,
    act: CertificateAct,
    row: Certificate,
    now: datetime,
    before: tuple[date | None, date | None] = (None, None),
) -> CertificateNotification:
    """Keep the notification: the proof of declaration and the reference date for a recalculation (E-103).

    ``before`` is the period that was held until now.
    """
    notification = CertificateNotification(
        certificate_id=row.id,
        act=act,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        starts_before=before[0],
        ends_before=before[1],
        notified_at=now,
        notified_by=actor.name[:120],
    )
    db.session.add(notification)
    db.session.flush()
    return notification


def _period(row: Certificate) -> dict[str, str]:
    return {"start": row.starts_on.isoformat(), "end": row.ends_on.isoformat() if row.ends_on else ""}


def _shown(starts_on: date, ends_on: date | None) -> dict[str, str]:
    return {N_("Startdatum"): long_date(starts_on), N_("Einddatum"): long_date(ends_on) if ends_on else N_("geen")}


def _trace(
    actor: Actor,
    sent: CertificateNotification,
    facility: Facility,
    row: Certificate,
    before: dict[str, str] | None,
) -> None:
    """Trace it and tell the department: facility, certificate, old and new period, moment (E-103)."""
    after = None if sent.act is CertificateAct.WITHDRAWN else _period(row)
    old, new = before or {}, after or {}
    changed = [
        name for name, key in (("starts_on", "start"), ("ends_on", "end")) if old.get(key, "") != new.get(key, "")
    ]
    audit.record(
        actor,
        _EVENTS[sent.act],
        "certificate",
        row.reference,
        data={"fields": changed},
        personal={key: value for key, value in (("before", before), ("after", after)) if value is not None},
    )
    outbox.enqueue(
        "certificate_notice",
        connections().settings.department_mailbox,
        event_key=f"notification:{sent.id}",
        subject_type="facility",
        subject_key=facility.hco_number,
        parameters={
            "facility": facility.name,
            "hco_number": facility.hco_number,
            "certificate": CERTIFICATE_LABELS[row.kind],
            "before": before,
            "after": after,
            "at": sent.notified_at.isoformat(),
        },
    )
