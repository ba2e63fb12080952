"""A small world for the back office: two facilities with staff, and a dossier in each status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask

from models.declaration import Dossier
from models.organisation import Facility, Sector
from models.personnel import Contract, StaffMember
from services import clock
from tests.factories import declarations, organisations, personnel
from tests.support.client import Client
from tests.support.sign_in import SignedIn


@dataclass
class World:
    """What there is; ``person`` works at ``brug``, whose dossiers are open, closed, under audit and blocked."""

    brug: Facility
    linden: Facility
    person: StaffMember
    contract: Contract
    dossiers: dict[str, Dossier]

    def number(self, status: str) -> str:
        """The number of the dossier in a status."""
        return self.dossiers[status].number


@pytest.fixture
def world(app: Flask) -> World:
    """Rows as a facility leaves them; the clock stands in September 2024 (phase Invoer of 2023-2024)."""
    brug = organisations.facility(
        hco_number="71000012", name="PVT De Brug", city="Aalst", enterprise_number="0999000327"
    )
    linden = organisations.facility(
        hco_number="71000023", name="Revalidatiecentrum Ter Linden", city="Leuven", sector=Sector.REVALIDATIE
    )
    for facility in (brug, linden):
        organisations.contact_person(facility)
        organisations.bank_account(facility)
    person = personnel.staff_member(brug, last_name="Vermeulen", first_name="Greet", national_number="66051700137")
    contract = personnel.contract(person)
    personnel.choice(person)
    made = {}
    for days, (status, quarter) in enumerate(
        (("CLOSED", "2023K3"), ("AUDIT", "2023K4"), ("BLOCKED", "2024K1"), ("OPEN", "2024K2"))
    ):
        moment = clock.now() - timedelta(days=days)
        made[status] = declarations.dossier(brug, quarter, status, changed_at=moment)
    declarations.dossier(linden, "2024K2", changed_at=clock.now() - timedelta(days=9))
    return World(brug, linden, person, contract, made)


@pytest.fixture
def els(world: World, signed_in: SignedIn) -> Client:
    """A case manager."""
    return signed_in("EL_DOSSIERBEHEERDER")


@pytest.fixture
def hilde(world: World, signed_in: SignedIn) -> Client:
    """Somebody of the helpdesk."""
    return signed_in("EL_HELPDESK")


@pytest.fixture
def sofie(world: World, signed_in: SignedIn) -> Client:
    """Somebody of the facility with both roles."""
    return signed_in("EL_PRIVACY", "EL_FINANCIEEL", facility=world.brug)
