"""Certificates of a facility (E-100 to E-104). Every addition and change notifies the department: that is its proof."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.calendars import local_date
from domain.ecalcura.certificates import (
    CERTIFICATE_LABELS,
    CertificateFacts,
    CertificateType,
    check_certificate,
    removal_obstacle,
    require_removable,
)
from domain.errors import N_, Conflict, Findings, NotFound
from domain.permissions import Permission
from models.base import db
from models.gate import writing
from models.organisation import Certificate, Facility
from services import access, audit, clock, outbox
from services.connections import connections
from services.ecalcura.frozen import frozen_quarters


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


def certificates(actor: Actor) -> list[tuple[Certificate, bool]]:
    """The certificates of the actor's facility, each with whether it may still be deleted."""
    access.require(actor, Permission.CERTIFICATES_READ)
    facility_id = access.own_facility_id(actor)
    frozen = frozen_quarters(facility_id)
    return [(row, removal_obstacle(facts(row), frozen) is None) for row in current(facility_id)]


def certificate(actor: Actor, reference: str) -> Certificate:
    """One certificate of the actor's facility; NotFound for any other and for a withdrawn one."""
    access.require(actor, Permission.CERTIFICATES_READ)
    row = db.session.scalar(
        select(Certificate).where(
            Certificate.reference == reference,
            Certificate.facility_id == access.own_facility_id(actor),
            Certificate.withdrawn_at.is_(None),
        )
    )
    if row is None:
        raise NotFound
    return row


def add_certificate(actor: Actor, kind: CertificateType, starts_on: date | None, ends_on: date | None) -> Certificate:
    """Add a certificate and notify the department (E-103); raises Findings (V-80)."""
    access.require(actor, Permission.CERTIFICATES_WRITE)
    facility = _locked_facility(actor)
    wanted = CertificateFacts(kind, starts_on, ends_on)
    _check(wanted, facility.id)
    assert starts_on is not None  # checked: V-80
    with writing("ecalcura.add_certificate"):
        row = Certificate(
            facility_id=facility.id,
            kind=kind,
            starts_on=starts_on,
            ends_on=ends_on,
            notified_at=clock.now(),
            notified_by=actor.name,
        )
        db.session.add(row)
    _trace(actor, AuditEvent.CERTIFICATE_ADDED, facility, row, None)
    return row


def change_certificate(
    actor: Actor, reference: str, starts_on: date | None, ends_on: date | None, version: int
) -> Certificate:
    """Change the period of a certificate and notify the department; raises Findings (V-80) or Conflict."""
    access.require(actor, Permission.CERTIFICATES_WRITE)
    facility = _locked_facility(actor)
    row = certificate(actor, reference)
    wanted = CertificateFacts(row.kind, starts_on, ends_on, key=row.reference)
    _check(wanted, facility.id)
    assert starts_on is not None  # checked: V-80
    if row.version != version:
        raise Conflict(
            N_("Een collega heeft dit attest intussen gewijzigd. Kijk na welke periode juist is en bewaar opnieuw."),
            theirs={N_("Startdatum"): row.starts_on, N_("Einddatum"): row.ends_on or ""},
            yours={N_("Startdatum"): starts_on, N_("Einddatum"): ends_on or ""},
        )
    before = _period(row)
    if (row.starts_on, row.ends_on) == (starts_on, ends_on):
        return row
    with writing("ecalcura.change_certificate"):
        row.starts_on = starts_on
        row.ends_on = ends_on
        row.notified_at = clock.now()
        row.notified_by = actor.name
    _trace(actor, AuditEvent.CERTIFICATE_CHANGED, facility, row, before)
    return row


def withdraw_certificate(actor: Actor, reference: str) -> None:
    """Delete a certificate while it touches no frozen quarter (E-104); it stays in the records as withdrawn."""
    access.require(actor, Permission.CERTIFICATES_WRITE)
    facility = _locked_facility(actor)
    row = certificate(actor, reference)
    require_removable(facts(row), frozen_quarters(facility.id))
    before = _period(row)
    with writing("ecalcura.withdraw_certificate"):
        row.withdrawn_at = clock.now()
    _trace(actor, AuditEvent.CERTIFICATE_REMOVED, facility, row, before)


def _locked_facility(actor: Actor) -> Facility:
    facility = db.session.scalar(select(Facility).where(Facility.id == access.own_facility_id(actor)).with_for_update())
    if facility is None:
        raise NotFound
    return facility


def _check(wanted: CertificateFacts, facility_id: int) -> None:
    findings = check_certificate(wanted, [facts(row) for row in current(facility_id)])
    if findings:
        raise Findings(findings)


def _period(row: Certificate) -> dict[str, str]:
    return {"start": row.starts_on.isoformat(), "end": row.ends_on.isoformat() if row.ends_on else ""}


def _trace(
    actor: Actor, event: AuditEvent, facility: Facility, row: Certificate, before: dict[str, str] | None
) -> None:
    """Trace it and notify the department: facility, certificate, old and new period, moment (E-103)."""
    after = None if event is AuditEvent.CERTIFICATE_REMOVED else _period(row)
    audit.record(
        actor,
        event,
        "certificate",
        row.reference,
        data={"fields": ["starts_on", "ends_on"]},
        personal={key: value for key, value in (("before", before), ("after", after)) if value is not None},
    )
    outbox.enqueue(
        "certificate_notice",
        connections().settings.department_mailbox,
        event_key=f"{row.reference}:{event}:{clock.now().isoformat()}",
        subject_type="facility",
        subject_key=facility.hco_number,
        parameters={
            "facility": facility.name,
            "hco_number": facility.hco_number,
            "certificate": CERTIFICATE_LABELS[row.kind],
            "before": before,
            "after": after,
            "at": clock.now().isoformat(),
        },
    )
