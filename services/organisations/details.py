"""The organisation data a facility keeps about itself (E-040 to E-042)."""

from __future__ import annotations

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.errors import N_, Conflict, Finding, Findings, Severity
from domain.identifiers import parse_social_security_number
from domain.organisation import ContactData, check_contact_data, normalise_website
from domain.permissions import Permission
from models.base import db
from models.gate import writing
from models.organisation import Facility
from services import access, audit

#: The fields a facility changes itself, with the label they have on the page.
EDITABLE = {
    "phone": N_("Telefoonnummer"),
    "email": N_("E-mailadres"),
    "website": N_("URL"),
    "social_security_number": N_("RSZ-nummer"),
}


def own_details(actor: Actor) -> Facility:
    """The facility of the actor, to read. Everybody of the facility may, also without a role (10.6)."""
    access.require(actor, Permission.ORGANISATION_READ)
    return access.own_facility(actor)


def change_details(actor: Actor, data: ContactData, version: int) -> list[Finding]:
    """Save the general contact data; returns the warnings that remain (V-76).

    Raises Findings (V-75, V-77), Conflict when a colleague saved since ``version`` was read.
    """
    access.require(actor, Permission.ORGANISATION_WRITE)
    facility = access.own_facility(actor)
    findings = check_contact_data(data)
    blocking = [finding for finding in findings if finding.severity is Severity.BLOCKS]
    if blocking:
        raise Findings(blocking)
    after = {
        "phone": data.phone.strip(),
        "email": data.email.strip(),
        "website": normalise_website(data.website) if data.website.strip() else None,
        "social_security_number": parse_social_security_number(data.social_security_number).digits
        if data.social_security_number.strip()
        else None,
    }
    before = {name: getattr(facility, name) for name in EDITABLE}
    if facility.version != version:
        raise Conflict(
            N_("Een collega heeft deze gegevens intussen gewijzigd. Kijk na wat juist is en bewaar opnieuw."),
            theirs={EDITABLE[name]: before[name] or "" for name in EDITABLE},
            yours={EDITABLE[name]: after[name] or "" for name in EDITABLE},
        )
    changed = [name for name in EDITABLE if before[name] != after[name]]
    if changed:
        with writing("organisation.change_details"):
            for name in changed:
                setattr(facility, name, after[name])
            db.session.add(facility)
        audit.record(
            actor,
            AuditEvent.ORGANISATION_CHANGED,
            "facility",
            facility.hco_number,
            data={"fields": changed},
            personal={
                "before": {name: before[name] for name in changed},
                "after": {name: after[name] for name in changed},
            },
        )
    return [finding for finding in findings if finding.severity is not Severity.BLOCKS]
