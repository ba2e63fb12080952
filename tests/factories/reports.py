"""The worked examples of part 7.8 as a facility entered them, each quarter closed with its copy or still open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from domain.actor import Actor
from domain.calendars import Quarter, quarters_of
from domain.ecalcura.certificates import CertificateType
from domain.ecalcura.declaration import DossierStatus, Event
from domain.permissions import Role
from models.declaration import Dossier
from models.organisation import Facility, Sector
from models.personnel import Contract, StaffMember
from services import transaction
from services.ecalcura import dossiers, snapshots
from services.ecalcura.lines import lines
from tests.factories import actors, declarations, organisations, personnel
from tests.factories.database import change

PERIOD = "2023-2024"


@dataclass
class Example:
    """A facility with its staff; contracts by the name they have in the example."""

    facility: Facility
    clerk: Actor
    people: dict[str, StaffMember]
    contracts: dict[str, Contract]
    dossiers: dict[Quarter, Dossier]

    def dossier(self, quarter: str) -> Dossier:
        """The dossier of a quarter."""
        return self.dossiers[Quarter.parse(quarter)]


def close(of: Facility, clerk: Actor, dossier: Dossier, event: Event = Event.SUBMIT) -> None:
    """Take the copy and close the quarter, as submitting (or blocking) does, without the questions around it."""
    blocked = event is Event.BLOCK
    change(
        dossier,
        status=DossierStatus.BLOCKED if blocked else DossierStatus.CLOSED,
        basis="AMBTSHALVE" if blocked else "INGEDIEND",
    )
    found = dossiers.Found(dossier, of, dossiers.situation_of(of, dossier.period_code), dossiers.kind_of(clerk))
    held = snapshots.certificates_in(of.id, dossier.quarter)
    with transaction.unit_of_work():
        copy = _take(clerk, found, event, held)
        key = copy.id
    change(dossier, snapshot_id=key)


def _take(clerk: Actor, found: dossiers.Found, event: Event, held: Any) -> Any:
    from models.gate import writing

    with writing("test"):
        return snapshots.take(clerk, found, event.value, lines(found.dossier, found.parameters), held)


def _facility(**values: Any) -> tuple[Facility, Actor]:
    facility = organisations.facility(**values)
    organisations.contact_person(facility)
    for kind in CertificateType:
        organisations.certificate(facility, kind, starts_on=date(2023, 7, 1))
    return facility, actors.facility_user(facility, Role.EL_PRIVACY)


def _performed(dossier: Dossier, contract: Contract, text: str) -> None:
    """``50/15`` are days, ``247`` are hours."""
    paid, slash, unpaid = text.partition("/")
    values: dict[str, Any] = {"paid_days": None, "unpaid_days": None, "paid_hours": Decimal(paid)}
    if slash:
        values = {"paid_days": Decimal(paid), "unpaid_days": Decimal(unpaid), "paid_hours": None}
    declarations.performance(dossier, contract, **values)


def _declare(
    facility: Facility,
    clerk: Actor,
    people: dict[str, StaffMember],
    contracts: dict[str, Contract],
    performed: dict[str, tuple[str, str, str, str]],
    opened: tuple[str, ...],
) -> Example:
    made = {}
    for place, quarter in enumerate(quarters_of(PERIOD)):
        dossier = made[quarter] = declarations.dossier(facility, str(quarter))
        for name, texts in performed.items():
            _performed(dossier, contracts[name], texts[place])
        if str(quarter) not in opened:
            close(facility, clerk, dossier)
    return Example(facility, clerk, people, contracts, made)


def example_2(*, opened: tuple[str, ...] = (), **values: Any) -> Example:
    """Exemption with replacement above the right (PVT); ``opened`` quarters are not submitted."""
    facility, clerk = _facility(**values)
    six = personnel.staff_member(facility, last_name="Aerts", first_name="An", birth_date=date(1963, 5, 9))
    four = personnel.staff_member(facility, last_name="Bos", first_name="Bart", birth_date=date(1970, 3, 14))
    nurse = personnel.staff_member(facility, last_name="Claes", first_name="Els", birth_date=date(1978, 11, 22))
    carer = personnel.staff_member(facility, last_name="Dox", first_name="Dirk", birth_date=date(1994, 8, 3))
    personnel.contract(six, starts_on=date(2008, 3, 1), qualification_code="MAATSCHAPPELIJK_ASSISTENT")
    personnel.contract(four, starts_on=date(2011, 10, 1), qualification_code="ERGOTHERAPEUT", hours=Decimal(19))
    contracts = {
        "nurse": personnel.contract(nurse, starts_on=date(2016, 2, 1), replacement_hours=Decimal(5)),
        "carer": personnel.contract(
            carer,
            starts_on=date(2021, 1, 1),
            qualification_code="ZORGKUNDIGE",
            hours=Decimal(19),
            replacement_hours=Decimal(12),
        ),
    }
    exempt = {"premium_hours": 0, "exemption_hours": 6}
    personnel.choice(six, decided_on=date(2018, 5, 1), begins_on=date(2018, 5, 1), **exempt)
    exempt["exemption_hours"] = 4
    personnel.choice(four, decided_on=date(2020, 5, 1), begins_on=date(2020, 5, 1), age_category="50+", **exempt)
    exempt["exemption_hours"] = 2
    personnel.choice(nurse, decided_on=date(2023, 11, 1), begins_on=date(2023, 11, 1), age_category="45+", **exempt)
    people = {"six": six, "four": four, "nurse": nurse, "carer": carer}
    performed = {"nurse": ("65/0", "65/0", "50/15", "65/0"), "carer": ("247", "240", "247", "247")}
    return _declare(facility, clerk, people, contracts, performed, opened)


def example_3(*, opened: tuple[str, ...] = (), **values: Any) -> Example:
    """The floor of thirteen hours (revalidation)."""
    facility, clerk = _facility(**({"sector": Sector.REVALIDATIE} | values))
    owner = personnel.staff_member(facility, last_name="Aerts", first_name="An", birth_date=date(1971, 6, 2))
    kine = personnel.staff_member(facility, last_name="Bos", first_name="Bart", birth_date=date(1997, 1, 30))
    personnel.contract(owner, starts_on=date(2010, 1, 1), qualification_code="PSYCHOLOOG")
    contracts = {
        "kine": personnel.contract(
            kine,
            starts_on=date(2023, 9, 1),
            qualification_code="KINESITHERAPEUT",
            hours=Decimal(13),
            replacement_hours=Decimal(13),
        )
    }
    begins = date(2021, 6, 1)
    personnel.choice(owner, decided_on=begins, begins_on=begins, age_category="50+", premium_hours=0, exemption_hours=4)
    performed = {"kine": ("54.60", "169", "169", "150.80")}
    return _declare(facility, clerk, {"owner": owner, "kine": kine}, contracts, performed, opened)


def premium(*, opened: tuple[str, ...] = (), **values: Any) -> Example:
    """Nurse A of example 1: six premium hours all year, with unpaid days."""
    facility, clerk = _facility(**values)
    nurse = personnel.staff_member(facility, last_name="Aerts", first_name="An", birth_date=date(1965, 2, 3))
    contracts = {"nurse": personnel.contract(nurse, starts_on=date(2008, 3, 1))}
    personnel.choice(nurse, decided_on=date(2020, 3, 1), begins_on=date(2020, 3, 1))
    performed = {"nurse": ("65/0", "60/5", "65/0", "40/25")}
    return _declare(facility, clerk, {"nurse": nurse}, contracts, performed, opened)
