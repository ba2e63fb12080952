"""Fixtures of the staff tests: one facility, a clerk of it, and Kim, born on 17 May 1966."""

from __future__ import annotations

import pytest
from flask import Flask

from models.organisation import Facility
from models.personnel import StaffMember
from tests.factories import organisations, personnel
from tests.support.client import Client
from tests.support.sign_in import SignedIn


@pytest.fixture
def brug(app: Flask) -> Facility:
    """PVT De Brug, with the whole application."""
    return organisations.facility(name="PVT De Brug")


@pytest.fixture
def clerk(signed_in: SignedIn, brug: Facility) -> Client:
    """Somebody of De Brug who may handle staff data."""
    return signed_in("EL_PRIVACY", facility=brug)


@pytest.fixture
def kim(brug: Facility) -> StaffMember:
    """Somebody of the staff of De Brug, 58 years old on the day of the test."""
    return personnel.staff_member(brug, last_name="Peeters")
