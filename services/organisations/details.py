"""The organisation data a facility keeps about itself (E-040 to E-042)."""

from __future__ import annotations

from typing import Any

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.errors import N_, Conflict, Finding, Findings, Severity
from domain.identifiers import format_social_security_number, parse_social_security_number
from domain.organisation import ContactData, check_contact_data, normalise_website
from domain.permissions import Permission
from models.base import db
from models.gate import writing
from models.organisation import Facility
from services import access, audit
from services.locks import lock_facility

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


def number_warning(facility: Facility) -> Finding | None:
    """V-76 about the social security number that is kept, if any."""
    number = facility.social_security_number
    return parse_social_security_number(number).warning if number else None


def change_details(actor: Actor, data: ContactData, version: int) -> list[Finding]:
    """Save the general contact data; returns the warnings that remain (V-76).

    What is already kept is not saved again. Raises Findings (V-75, V-77), and Conflict with both versions when a
    colleague saved something else since ``version`` was read.
    """
    access.require(actor, Permission.ORGANISATION_WRITE)
    facility = lock_facility(access.own_facility_id(actor))
    findings = check_contact_data(data)
    blocking = [finding for finding in findings if finding.severity is Severity.BLOCKS]
    if blocking:
        raise Findings(blocking)
    before, after = _kept(facility), _wanted(data)
    changed = [name for name in EDITABLE if before[name] != after[name]]
    if changed and facility.version != version:
        raise Conflict(
            N_("Een collega heeft deze gegevens intussen gewijzigd. Uw wijziging is niet bewaard."),
            theirs=_shown(before),
            yours=_shown(after),
        )
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


def _kept(facility: Facility) -> dict[str, Any]:
    return {name: getattr(facility, name) for name in EDITABLE}


def _wanted(data: ContactData) -> dict[str, Any]:
    """The checked data as they are kept; what may be empty is then None."""
    number = data.social_security_number.strip()
    return {
        "phone": data.phone.strip(),
        "email": data.email.strip(),
        "website": normalise_website(data.website) if data.website.strip() else None,
        "social_security_number": parse_social_security_number(number).digits if number else None,
    }


def _shown(values: dict[str, Any]) -> dict[str, str]:
    number = values["social_security_number"]
    texts = values | {"social_security_number": format_social_security_number(number) if number else ""}
    return {label: texts[name] or "" for name, label in EDITABLE.items()}
