"""Put in a loaded database what the measurements need: a person, and facilities with 50 and with 2,000 lines.

Run once, after ``flask db upgrade`` and ``flask volume``: ``python -m benchmarks.prepare``.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal

from sqlalchemy import select

from app import create_app
from domain.actor import Actor, Side
from domain.calendars import Quarter
from domain.folding import search_text
from domain.permissions import Role
from models.all import db
from models.gate import writing
from models.identity import Account
from models.organisation import Facility, Sector
from models.personnel import Contract, Source, StaffMember
from services import clock, transaction
from services.ecalcura import declarations, performances
from services.ecalcura.performances import TypedRow

#: Facilities of the measurements, by their number of contract lines.
LARGEST = 2000
FACILITIES = {50: "89000050", LARGEST: "89002000"}


def quarter() -> Quarter:
    """The quarter that is filled in now: the last one that ended."""
    return Quarter.of(clock.today()).previous()


def clerk(facility: Facility, account: int) -> Actor:
    """Somebody of the facility who may fill in and submit."""
    roles = frozenset({Role.EL_PRIVACY, Role.EL_FINANCIEEL})
    name = "Sofie Maes"
    return Actor(account, Side.FACILITY, facility.hco_number, facility.name, name, roles, facility.id, "itsme")


def account() -> int:
    """The key of the account that is signed in."""
    found = db.session.scalar(select(Account.id).where(Account.account_key == "benchmark"))
    if found is not None:
        return found
    row = Account(
        idp="acm", account_key="benchmark", given_name="Sam", family_name="Voorbeeld",
        first_seen_at=clock.now(), last_seen_at=clock.now(),
    )  # fmt: skip
    with transaction.unit_of_work(), writing("benchmark"):
        db.session.add(row)
    return row.id


def facility(lines: int) -> Facility:
    """A facility with so many contracts, half of them in days, each with performances in the last two quarters."""
    number = FACILITIES[lines]
    found = db.session.scalar(select(Facility).where(Facility.hco_number == number))
    if found is not None:
        return found
    name = f"Meetvoorziening {lines} lijnen"
    row = Facility(
        hco_number=number, name=name, search_text=search_text(name, "Brussel", number), sector=Sector.PVT,
        enterprise_number="0999000129", city="Brussel", entry_from="2021K3",
    )  # fmt: skip
    with transaction.unit_of_work(), writing("benchmark"):
        db.session.add(row)
    with transaction.unit_of_work(), writing("benchmark"):
        people = [
            StaffMember(
                facility_id=row.id, national_number=f"{lines * 100_000 + place:011d}",
                last_name=f"Naam{place:04d}", first_name="Kim", source=Source.REGISTER,
            )
            for place in range(lines)
        ]  # fmt: skip
        db.session.add_all(people)
        db.session.flush()
        contracts = [
            Contract(
                staff_member_id=person.id, facility_id=row.id, starts_on=date(2019, 1, 1 + place % 28),
                contract_type_code="LOONTREKKENDE", qualification_code="ZORGKUNDIGE",
                hours=Decimal(38 if place % 2 else 19), replacement_hours=Decimal(4),
            )
            for place, person in enumerate(people)
        ]  # fmt: skip
        db.session.add_all(contracts)
    who = clerk(row, account())
    rows = [
        TypedRow(
            contract.reference,
            0,
            **({"paid_days": "60", "unpaid_days": "4,5"} if place % 2 else {"paid_hours": "240,25"}),
        )
        for place, contract in enumerate(contracts)
    ]
    for wanted in (quarter().previous(), quarter()):
        _fill(who, wanted, rows)
    return row


def _fill(who: Actor, wanted: Quarter, rows: list[TypedRow]) -> None:
    """Open a quarter on its last day, when that is always possible, and save its performances."""
    now = clock.now()
    clock.fix(datetime.combine(wanted.end, time(12), UTC))
    try:
        with transaction.unit_of_work():
            declarations.open_new(who, wanted)
        with transaction.unit_of_work():
            performances.save(who, f"{who.organisation_key}-{wanted}", rows)
    finally:
        clock.fix(now)


def main() -> None:
    """Make what is missing; print the numbers of the dossiers."""
    app = create_app()
    with app.app_context():
        account()
        print(json.dumps({lines: f"{facility(lines).hco_number}-{quarter()}" for lines in FACILITIES}))
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE" if db.engine.dialect.name == "sqlite" else "SELECT 1")


if __name__ == "__main__":
    main()
