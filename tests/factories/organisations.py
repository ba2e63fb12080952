"""Facilities with their contact persons, bank accounts and certificates."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.ecalcura.certificates import CertificateType
from models.organisation import (
    BankAccount,
    BankAccountFunding,
    Certificate,
    ContactPerson,
    ContactTheme,
    Facility,
    Sector,
)
from services import clock
from tests.factories import numbers
from tests.factories.database import saved
from tests.factories.reference import code_lists


def facility(**values: Any) -> Facility:
    """A facility of sector PVT that may enter every quarter; a second one differs in its numbers."""
    number = values.pop("hco_number", None) or numbers.hco_number()
    defaults: dict[str, Any] = {
        "hco_number": number,
        "name": f"PVT De Linde {number[-3:]}",
        "sector": Sector.PVT,
        "enterprise_number": numbers.enterprise_number(),
        "riziv_number": "77712345",
        "street": "Kerkstraat",
        "house_number": "12",
        "postal_code": "9000",
        "city": "Gent",
        "phone": "09 123 45 67",
        "email": "info@linde.example.be",
        "social_security_number": numbers.social_security_number(),
    }
    return saved(Facility(**(defaults | values)))


def contact_person(of: Facility, *themes: str, **values: Any) -> ContactPerson:
    """A contact person, of theme ECALCURA unless said otherwise (E-045)."""
    defaults: dict[str, Any] = {"last_name": "Maes", "first_name": "Sofie", "email": "sofie.maes@linde.example.be"}
    person = ContactPerson(facility_id=of.id, **(defaults | values))
    person.themes = [ContactTheme(theme=theme) for theme in themes or ("ECALCURA",)]
    return saved(person)


def bank_account(of: Facility, *fundings: str, **values: Any) -> BankAccount:
    """A bank account; the default one unless it serves a funding (E-051, E-052)."""
    code_lists()
    defaults: dict[str, Any] = {
        "iban": numbers.iban(),
        "holder": of.name,
        "street": "Kerkstraat",
        "house_number": "12",
        "postal_code": "9000",
        "city": "Gent",
        "is_default": not fundings,
        "valid_from": clock.now(),
    }
    account = BankAccount(facility_id=of.id, **(defaults | values))
    account.fundings = [BankAccountFunding(funding_code=code, facility_id=of.id) for code in fundings]
    return saved(account)


def certificate(of: Facility, kind: CertificateType = CertificateType.END_OF_CAREER, **values: Any) -> Certificate:
    """A certificate from 1 July 2021 on, notified now (E-103)."""
    defaults: dict[str, Any] = {
        "kind": kind,
        "starts_on": date(2021, 7, 1),
        "notified_at": clock.now(),
        "notified_by": "Sofie Maes",
    }
    return saved(Certificate(facility_id=of.id, **(defaults | values)))
