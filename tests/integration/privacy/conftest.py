"""Two facilities with staff of their own, a clerk of the first, a case manager and somebody of the helpdesk."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from models.declaration import Dossier
from models.organisation import Facility
from models.personnel import StaffMember
from tests.factories import declarations, organisations, personnel
from tests.support.client import Client
from tests.support.sign_in import SignedIn

NUMBER = "66051700137"


@dataclass
class World:
    """De Brug with Greet Vermeulen and an open dossier, and Ter Linden with Jan Wouters and one too."""

    brug: Facility
    linden: Facility
    greet: StaffMember
    jan: StaffMember
    dossier: Dossier
    foreign: Dossier


@pytest.fixture
def world(database: object) -> World:
    """Rows as facilities leave them."""
    brug = organisations.facility(hco_number="71000012", name="PVT De Brug")
    linden = organisations.facility(hco_number="71000023", name="Revalidatiecentrum Ter Linden")
    greet = personnel.staff_member(brug, last_name="Vermeulen", first_name="Greet", national_number=NUMBER)
    jan = personnel.staff_member(linden, last_name="Wouters", first_name="Jan")
    contracts = [personnel.contract(one) for one in (greet, jan)]
    personnel.choice(greet)
    dossiers = [declarations.dossier(one, "2024K2") for one in (brug, linden)]
    for dossier, contract in zip(dossiers, contracts, strict=True):
        declarations.performance(dossier, contract)
    return World(brug, linden, greet, jan, *dossiers)


@pytest.fixture
def sofie(app: Flask, world: World, signed_in: SignedIn) -> Client:
    """Somebody of De Brug who handles staff data."""
    return signed_in("EL_PRIVACY", facility=world.brug)


@pytest.fixture
def els(app: Flask, world: World, signed_in: SignedIn) -> Client:
    """A case manager."""
    return signed_in("EL_DOSSIERBEHEERDER")


@pytest.fixture
def hilde(app: Flask, world: World, signed_in: SignedIn) -> Client:
    """Somebody of the helpdesk."""
    return signed_in("EL_HELPDESK")
