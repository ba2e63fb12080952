"""The facilities and the other parties of the demonstration, from the files beside this one."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from domain.calendars import quarters_of
from domain.ecalcura.certificates import CertificateType
from models.base import db
from models.gate import writing
from models.organisation import (
    BankAccount,
    BankAccountFunding,
    Certificate,
    ContactPerson,
    ContactTheme,
    Facility,
    Organisation,
    Sector,
)
from services.demo.calendar import DemoCalendar, at

_FOLDER = Path(__file__).parent
_FACILITY = (
    "hco_number",
    "name",
    "enterprise_number",
    "riziv_number",
    "street",
    "house_number",
    "box",
    "postal_code",
    "city",
    "phone",
    "email",
    "website",
    "social_security_number",
)


def described() -> list[dict[str, Any]]:
    """The facilities as the file describes them."""
    return _read("facilities")["facility"]  # type: ignore[no-any-return]


def add(calendar: DemoCalendar) -> dict[str, Facility]:
    """Write the facilities and the other parties; gives the facilities by HCO number."""
    with writing("demo.parties"):
        facilities = {entry["hco_number"]: _facility(entry, calendar) for entry in described()}
        db.session.add_all(facilities.values())
        db.session.flush()
        for entry in described():
            _add_accounts(entry, facilities[entry["hco_number"]], calendar)
        db.session.add_all(Organisation(**entry) for entry in _read("organisations")["organisation"])
    return facilities


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def entry_from(entry: dict[str, Any], calendar: DemoCalendar) -> str:
    """The first quarter a facility may enter: that of the file, or of the take-over (E-019).

    A ``new`` one starts with the period of the last ended quarter: what was blocked before is not its business.
    """
    if entry.get("new"):
        return str(quarters_of(calendar.last_ended.reference_period)[0])
    return max(str(entry.get("entry_from", "")), str(calendar.quarters[0]))


def _facility(entry: dict[str, Any], calendar: DemoCalendar) -> Facility:
    facility = Facility(
        sector=Sector(entry["sector"]),
        entry_from=entry_from(entry, calendar),
        **{name: entry[name] for name in _FACILITY if name in entry},
    )
    facility.contact_persons = [
        ContactPerson(
            themes=[ContactTheme(theme=theme) for theme in contact["themes"]],
            phone=entry["phone"],
            **{name: contact[name] for name in ("last_name", "first_name", "email", "job_title")},
        )
        for contact in entry.get("contact", [])
    ]
    facility.certificates = [
        _certificate(entry, certificate["kind"], certificate["starts_on"], certificate.get("ends_on"), calendar)
        for certificate in entry.get("certificate", [])
    ]
    return facility


def _certificate(
    entry: dict[str, Any], kind: str, starts_on: date, ends_on: date | None, calendar: DemoCalendar
) -> Certificate:
    contact = entry["contact"][0]
    return Certificate(
        kind=CertificateType(kind),
        starts_on=starts_on,
        ends_on=ends_on,
        notified_at=at(max(starts_on, calendar.start), 9, 30),
        notified_by=f"{contact['first_name']} {contact['last_name']}",
    )


def _add_accounts(entry: dict[str, Any], facility: Facility, calendar: DemoCalendar) -> None:
    for account in entry.get("account", []):
        contact = entry["contact"][-1]
        db.session.add(
            BankAccount(
                facility_id=facility.id,
                iban=account["iban"],
                holder=account["holder"],
                street=facility.street,
                house_number=facility.house_number,
                box=facility.box,
                postal_code=facility.postal_code,
                city=facility.city,
                is_default=account.get("default", False),
                valid_from=at(calendar.start, 10),
                made_by=f"{contact['first_name']} {contact['last_name']}",
                fundings=[
                    BankAccountFunding(funding_code=code, facility_id=facility.id)
                    for code in account.get("fundings", [])
                ],
            )
        )
