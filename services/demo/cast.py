"""Who acts in the demonstration: people of the facilities and two case managers, with their accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.actor import Actor, Side
from domain.permissions import Role
from models.base import db
from models.gate import writing
from models.identity import Account
from models.organisation import Facility
from services.identity.accounts import number_digest

#: The case managers, as the development identity provider knows them: name and key of the account.
_DEPARTMENT = ("OVO009901", "Departement Zorg (test)")
_ELS = ("Els", "Claes", "6f0a5f0e-3f0b-4d0e-9a53-2b1d8f2f0006")
_BART = ("Bart", "Maes", "6f0a5f0e-3f0b-4d0e-9a53-2b1d8f2f0016")


@dataclass(frozen=True)
class Cast:
    """``people`` by HCO number; they hold both roles of their facility."""

    people: dict[str, Actor]
    els: Actor
    bart: Actor


def assemble(described: list[dict[str, Any]], facilities: dict[str, Facility], since: datetime) -> Cast:
    """Make the accounts of everybody and give the actors."""
    people = {}
    with writing("demo.cast"):
        for entry in described:
            for contact in reversed(entry.get("contact", [])):
                actor = _of_facility(facilities[entry["hco_number"]], contact, since)
                people[entry["hco_number"]] = actor
        els, bart = (_case_manager(*names, since) for names in (_ELS, _BART))
    return Cast(people, els, bart)


def _account(idp: str, key: str, given_name: str, family_name: str, since: datetime) -> int:
    account = Account(
        idp=idp,
        account_key=key,
        given_name=given_name,
        family_name=family_name,
        national_number_digest=key if idp == "ehealth" else None,
        first_seen_at=since,
        last_seen_at=since,
    )
    db.session.add(account)
    db.session.flush()
    return account.id


def _of_facility(facility: Facility, contact: dict[str, Any], since: datetime) -> Actor:
    # Whoever cannot sign in through the development identity provider has no number: any text makes an own key.
    number = contact.get("national_number", contact["email"])
    account = _account("ehealth", number_digest(number), contact["first_name"], contact["last_name"], since)
    return Actor(
        account,
        Side.FACILITY,
        facility.hco_number,
        facility.name,
        f"{contact['first_name']} {contact['last_name']}",
        frozenset({Role.EL_PRIVACY, Role.EL_FINANCIEEL}),
        facility.id,
        "itsme",
    )


def _case_manager(given_name: str, family_name: str, key: str, since: datetime) -> Actor:
    account = _account("acm", key, given_name, family_name, since)
    roles = frozenset({Role.EL_DOSSIERBEHEERDER})
    return Actor(account, Side.DEPARTMENT, *_DEPARTMENT, f"{given_name} {family_name}", roles, means="eid")
