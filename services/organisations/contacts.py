"""Contact persons of a facility and the themes they are kept informed of (E-045 to E-047)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.ecalcura.review import V61
from domain.errors import N_, Conflict, Finding, Findings, NotFound, Severity
from domain.organisation import THEME_ECALCURA, THEMES, ContactPersonFacts, check_contact_person
from domain.permissions import Permission
from models.audit import AuditEntry
from models.base import db, new_reference
from models.gate import writing
from models.organisation import ContactPerson, ContactTheme
from services import access, audit, mail_addresses
from services.form_keys import is_form_key
from services.locks import lock_facility

#: What the two versions of a conflict are called.
LABELS = {
    "first_name": N_("Voornaam"),
    "last_name": N_("Naam"),
    "email": N_("E-mailadres"),
    "phone": N_("Telefoonnummer"),
    "job_title": N_("Functie"),
    "themes": N_("Thema's"),
}


@dataclass(frozen=True, slots=True)
class ContactEntry:
    """A contact person as typed. ``job_title`` is free text."""

    facts: ContactPersonFacts
    job_title: str = ""


def contacts(actor: Actor) -> list[ContactPerson]:
    """The contact persons of the actor's facility, by name."""
    access.require(actor, Permission.CONTACTS_WRITE)
    return list(
        db.session.scalars(
            select(ContactPerson)
            .where(ContactPerson.facility_id == access.own_facility_id(actor))
            .order_by(ContactPerson.last_name, ContactPerson.first_name, ContactPerson.id)
        )
    )


def contact(actor: Actor, reference: str) -> ContactPerson:
    """One contact person of the actor's facility, as it is now; NotFound for any other."""
    access.require(actor, Permission.CONTACTS_WRITE)
    person = _own(actor, reference)
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


def unfollowed(actor: Actor) -> Finding | None:
    """V-61 when nobody of the actor's facility is told about eCalcura: nothing can be submitted then."""
    access.require(actor, Permission.ORGANISATION_WRITE)
    if addresses_for(access.own_facility_id(actor), THEME_ECALCURA):
        return None
    return Finding("V-61", Severity.BLOCKS_SUBMIT, V61)


def add_contact(actor: Actor, entry: ContactEntry, key: str = "") -> ContactPerson:
    """Add a contact person; raises Findings (V-77).

    ``key`` is the one of the form: the same form sent twice gives the same person.
    """
    access.require(actor, Permission.CONTACTS_WRITE)
    facility = lock_facility(access.own_facility_id(actor))
    made = _own(actor, key) if is_form_key(key) else None
    if made is not None:
        return made
    _check(entry)
    reference = key if is_form_key(key) and not _taken(key) else new_reference()
    with writing("organisation.add_contact"):
        person = ContactPerson(facility_id=facility.id, reference=reference)
        _apply(person, _values(entry))
        db.session.add(person)
    _trace(actor, AuditEvent.CONTACT_ADDED, person, None, _kept(person))
    mail_addresses.try_again(actor, person.email)
    return person


def change_contact(actor: Actor, reference: str, entry: ContactEntry, version: int) -> ContactPerson:
    """Change a contact person; raises Findings (V-77), and Conflict with both versions.

    What is already kept is not saved again.
    """
    access.require(actor, Permission.CONTACTS_WRITE)
    lock_facility(access.own_facility_id(actor))
    person = contact(actor, reference)
    _check(entry)
    before, after = _kept(person), _values(entry)
    if before == after:
        return person
    if person.version != version:
        raise Conflict(
            N_("Een collega heeft deze contactpersoon intussen gewijzigd. Uw wijziging is niet bewaard."),
            theirs=_shown(before),
            yours=_shown(after),
        )
    with writing("organisation.change_contact"):
        _apply(person, after)
    _trace(actor, AuditEvent.CONTACT_CHANGED, person, before, after)
    if before["email"] != after["email"]:
        mail_addresses.try_again(actor, person.email)
    return person


def remove_contact(actor: Actor, reference: str) -> None:
    """Remove a contact person; the last one of the theme too, which blocks the next submission (V-61).

    One that the same organisation removed before is fine; NotFound for any other.
    """
    access.require(actor, Permission.CONTACTS_WRITE)
    lock_facility(access.own_facility_id(actor))
    person = _own(actor, reference)
    if person is None:
        if _removed_before(actor, reference):
            return
        raise NotFound
    _trace(actor, AuditEvent.CONTACT_REMOVED, person, _kept(person), None)
    with writing("organisation.remove_contact"):
        db.session.delete(person)


def _own(actor: Actor, reference: str) -> ContactPerson | None:
    return db.session.scalar(
        select(ContactPerson)
        .where(ContactPerson.reference == reference, ContactPerson.facility_id == access.own_facility_id(actor))
        .execution_options(populate_existing=True)
    )


def _taken(reference: str) -> bool:
    return bool(db.session.scalar(select(exists().where(ContactPerson.reference == reference))))


def _removed_before(actor: Actor, reference: str) -> bool:
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    AuditEntry.subject_type == "contact",
                    AuditEntry.subject_key == reference,
                    AuditEntry.event == AuditEvent.CONTACT_REMOVED,
                    AuditEntry.organisation_key == actor.organisation_key,
                )
            )
        )
    )


def _check(entry: ContactEntry) -> None:
    blocking = [finding for finding in check_contact_person(entry.facts) if finding.severity is Severity.BLOCKS]
    if blocking:
        raise Findings(blocking)


def _values(entry: ContactEntry) -> dict[str, Any]:
    """What was typed, as it is kept."""
    facts = entry.facts
    return {
        "last_name": facts.family_name.strip(),
        "first_name": facts.given_name.strip(),
        "email": facts.email.strip(),
        "phone": facts.phone.strip() or None,
        "job_title": entry.job_title.strip() or None,
        "themes": sorted(facts.themes),
    }


def _kept(person: ContactPerson) -> dict[str, Any]:
    return {
        "last_name": person.last_name,
        "first_name": person.first_name,
        "email": person.email,
        "phone": person.phone,
        "job_title": person.job_title,
        "themes": sorted(theme.theme for theme in person.themes),
    }


def _apply(person: ContactPerson, values: dict[str, Any]) -> None:
    for name in ("last_name", "first_name", "email", "phone", "job_title"):
        setattr(person, name, values[name])
    kept = {theme.theme: theme for theme in person.themes}
    wanted = [kept.get(theme) or ContactTheme(theme=theme) for theme in values["themes"]]
    if set(kept) != set(values["themes"]):
        # themes are rows of their own: without this the counter of the person would not see their change
        person.version = (person.version or 0) + 1
    person.themes = wanted


def _shown(values: dict[str, Any]) -> dict[str, str]:
    texts = values | {"themes": ", ".join(THEMES.get(theme, theme) for theme in values["themes"])}
    return {label: texts[name] or "" for name, label in LABELS.items()}


def _trace(
    actor: Actor,
    event: AuditEvent,
    person: ContactPerson,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
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
