"""Contact persons of a facility and the themes they are kept informed of (E-045 to E-047)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.errors import N_, Conflict, Findings, NotFound, Severity
from domain.organisation import ContactPersonFacts, check_contact_person
from domain.permissions import Permission
from models.base import db
from models.gate import writing
from models.organisation import ContactPerson, ContactTheme
from services import access, audit


@dataclass(frozen=True, slots=True)
class ContactEntry:
    """A contact person as typed. ``job_title`` is free text."""

    facts: ContactPersonFacts
    job_title: str = ""


def contacts(actor: Actor) -> list[ContactPerson]:
    """The contact persons of the actor's facility, by name."""
    access.require(actor, Permission.ORGANISATION_WRITE)
    return list(
        db.session.scalars(
            select(ContactPerson)
            .where(ContactPerson.facility_id == access.own_facility_id(actor))
            .order_by(ContactPerson.last_name, ContactPerson.first_name, ContactPerson.id)
        )
    )


def contact(actor: Actor, reference: str) -> ContactPerson:
    """One contact person of the actor's facility; NotFound for any other."""
    access.require(actor, Permission.CONTACTS_WRITE)
    person = db.session.scalar(
        select(ContactPerson).where(
            ContactPerson.reference == reference, ContactPerson.facility_id == access.own_facility_id(actor)
        )
    )
    if person is None:
        raise NotFound
    return person


def addresses_for(facility_id: int, theme: str) -> list[str]:
    """The e-mail addresses that are told about a theme, each once (E-046)."""
    return sorted(
        set(
            db.session.scalars(
                select(ContactPerson.email)
                .join(ContactTheme, ContactTheme.contact_person_id == ContactPerson.id)
                .where(ContactPerson.facility_id == facility_id, ContactTheme.theme == theme)
            )
        )
    )


def add_contact(actor: Actor, entry: ContactEntry) -> ContactPerson:
    """Add a contact person; raises Findings (V-77)."""
    access.require(actor, Permission.CONTACTS_WRITE)
    _check(entry)
    with writing("organisation.add_contact"):
        person = ContactPerson(facility_id=access.own_facility_id(actor))
        _apply(person, entry)
        db.session.add(person)
    _trace(actor, AuditEvent.CONTACT_ADDED, person, None, _values(person))
    return person


def change_contact(actor: Actor, reference: str, entry: ContactEntry, version: int) -> ContactPerson:
    """Change a contact person; raises Findings (V-77) or Conflict."""
    person = contact(actor, reference)
    _check(entry)
    before = _values(person)
    if person.version != version:
        raise Conflict(
            N_("Een collega heeft deze contactpersoon intussen gewijzigd. Kijk na wat juist is en bewaar opnieuw."),
            theirs={N_("Naam"): f"{person.first_name} {person.last_name}", N_("E-mailadres"): person.email},
            yours={
                N_("Naam"): f"{entry.facts.given_name} {entry.facts.family_name}",
                N_("E-mailadres"): entry.facts.email,
            },
        )
    with writing("organisation.change_contact"):
        _apply(person, entry)
    _trace(actor, AuditEvent.CONTACT_CHANGED, person, before, _values(person))
    return person


def remove_contact(actor: Actor, reference: str) -> None:
    """Remove a contact person; removing the last one of the theme is allowed and blocks the next submission (V-61)."""
    person = contact(actor, reference)
    _trace(actor, AuditEvent.CONTACT_REMOVED, person, _values(person), None)
    with writing("organisation.remove_contact"):
        db.session.delete(person)


def _check(entry: ContactEntry) -> None:
    blocking = [finding for finding in check_contact_person(entry.facts) if finding.severity is Severity.BLOCKS]
    if blocking:
        raise Findings(blocking)


def _apply(person: ContactPerson, entry: ContactEntry) -> None:
    facts = entry.facts
    person.last_name = facts.family_name.strip()
    person.first_name = facts.given_name.strip()
    person.email = facts.email.strip()
    person.phone = facts.phone.strip() or None
    person.job_title = entry.job_title.strip() or None
    kept = {theme.theme: theme for theme in person.themes}
    person.themes = [kept.get(theme) or ContactTheme(theme=theme) for theme in sorted(facts.themes)]


def _values(person: ContactPerson) -> dict[str, object]:
    return {
        "last_name": person.last_name,
        "first_name": person.first_name,
        "email": person.email,
        "phone": person.phone,
        "job_title": person.job_title,
        "themes": sorted(theme.theme for theme in person.themes),
    }


def _trace(
    actor: Actor,
    event: AuditEvent,
    person: ContactPerson,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
) -> None:
    names = sorted({*(before or {}), *(after or {})})
    changed = [name for name in names if (before or {}).get(name) != (after or {}).get(name)]
    audit.record(
        actor,
        event,
        "contact",
        person.reference,
        data={"fields": changed},
        personal={key: value for key, value in (("before", before), ("after", after)) if value is not None},
    )
