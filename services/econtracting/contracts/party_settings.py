"""How an organisation uses e-Contracting; what was never set has the values of the model (A-13, A-23, A-38)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.errors import N_, Conflict, InvalidValue
from domain.identifiers import parse_enterprise_number
from domain.organisation import is_email
from domain.permissions import Permission
from models.base import db
from models.gate import writing
from models.organisation import Organisation
from models.public_contract import PartySettings
from services import access as permissions
from services import audit
from services.econtracting import access
from services.econtracting.contracts.making import authority_of

BAD_MAILBOX = N_("Vul een e-mailadres in zoals dienst@voorbeeld.be, of laat het leeg.")
CHANGED_MEANWHILE = N_("Een collega heeft deze instellingen intussen gewijzigd. Uw wijziging is niet bewaard.")
LABELS = {
    "two_people": N_("Vrijgeven door iemand anders dan wie opmaakte"),
    "shows_official": N_("De opdrachtnemer ziet wie bij ons een stuk vrijgaf"),
    "mailbox": N_("Mailbox van de dienst"),
    "enterprise_number": N_("Ondernemingsnummer op facturen"),
    "manager_reads": N_("Een beheerder leest de inhoud van stukken zonder groep"),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """The settings in force. ``enterprise_number`` is what invoices name an authority by (A-48).

    ``version`` is 0 while nothing was ever set.
    """

    manager_reads: bool = True
    two_people: bool = True
    shows_official: bool = False
    mailbox: str = ""
    enterprise_number: str = ""
    version: int = 0


def of(organisation: Organisation) -> Choices:
    """The settings of an organisation."""
    row = db.session.get(PartySettings, organisation.id, populate_existing=True)
    number = organisation.enterprise_number or ""
    if row is None:
        return Choices(enterprise_number=number)
    return Choices(row.manager_reads, row.two_people, row.shows_official, row.mailbox, number, row.version)


def of_authority(actor: Actor) -> Choices:
    """The settings of the actor's authority, for who manages its contracts."""
    return of(authority_of(actor))


def save_authority(
    actor: Actor,
    *,
    two_people: bool,
    shows_official: bool,
    mailbox: str,
    enterprise_number: str | None = None,
    version: int,
) -> list[str]:
    """Change the settings of the own authority; gives what changed. Without ``enterprise_number`` that one stays.

    Raises InvalidValue (``mailbox``, ``enterprise_number``), and Conflict when a colleague changed them since.
    """
    authority, mailbox = authority_of(actor), mailbox.strip()
    if mailbox and not is_email(mailbox):
        raise InvalidValue(BAD_MAILBOX, field="mailbox")
    values: dict[str, Any] = {
        "two_people": two_people,
        "shows_official": shows_official,
        "mailbox": mailbox,
    }
    if enterprise_number is not None:
        number = enterprise_number.strip()
        values["enterprise_number"] = parse_enterprise_number(number) if number else ""
    return _save(actor, authority, values, version)


def save_contractor(actor: Actor, *, manager_reads: bool, version: int) -> list[str]:
    """Change the settings of the own enterprise (A-13); for a beheerder. Gives what changed; raises Conflict."""
    permissions.require(actor, Permission.RIGHTS_MANAGE)
    return _save(actor, access.own_organisation(actor), {"manager_reads": manager_reads}, version)


def _save(actor: Actor, organisation: Organisation, values: dict[str, Any], version: int) -> list[str]:
    before = of(organisation)
    changed = [name for name, value in values.items() if getattr(before, name) != value]
    if not changed:
        return []
    if before.version != version:
        raise Conflict(
            CHANGED_MEANWHILE,
            theirs={LABELS[name]: getattr(before, name) for name in changed},
            yours={LABELS[name]: values[name] for name in changed},
        )
    row = db.session.get(PartySettings, organisation.id)
    with writing("contracts.party_settings"):
        if row is None:
            row = PartySettings(organisation_id=organisation.id)
            db.session.add(row)
        for name in changed:
            if name == "enterprise_number":
                organisation.enterprise_number = values[name] or None
            else:
                setattr(row, name, values[name])
        if not db.session.is_modified(row):  # only the number: an older form is out of date all the same
            row.version += 1
        db.session.flush()
    audit.record(
        actor,
        AuditEvent.PARTY_SETTINGS_CHANGED,
        "organisation",
        organisation.key,
        data={"fields": changed},
        personal={
            "before": {name: getattr(before, name) for name in changed},
            "after": {name: values[name] for name in changed},
        },
    )
    return changed
