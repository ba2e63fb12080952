"""The fixtures keep what they promise: both databases, empty at the start, requests apart from the test."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from domain.permissions import Permission
from models.all import Base, db
from models.audit import AuditHead
from models.organisation import Facility
from services import clock
from tests.factories import actors, declarations, organisations, personnel
from tests.support.databases import PreparedDatabase


def test_every_factory_makes_a_row_that_the_database_takes(database: PreparedDatabase) -> None:
    brug = organisations.facility(name="PVT De Brug")
    organisations.contact_person(brug)
    organisations.bank_account(brug)
    organisations.bank_account(brug, "ECALCURA_EINDELOOPBAAN")
    organisations.certificate(brug)
    contract = personnel.contract(personnel.staff_member(brug))
    personnel.choice(contract_owner := personnel.staff_member(brug))
    for status in ("OPEN", "CLOSED", "AUDIT", "BLOCKED"):
        quarter = f"2024K{('OPEN', 'CLOSED', 'AUDIT', 'BLOCKED').index(status) + 1}"
        declarations.performance(declarations.dossier(brug, quarter, status), contract)
    assert contract_owner.facility_id == brug.id
    assert actors.facility_user(brug).may(Permission.STAFF_WRITE)


def test_a_test_finds_the_database_as_the_migrations_left_it(database: PreparedDatabase) -> None:
    filled = [
        table.name
        for table in Base.metadata.sorted_tables
        if db.session.scalar(select(func.count()).select_from(table))
    ]
    assert filled == ["audit_head"]
    assert db.session.scalars(select(AuditHead)).one().sequence == 0
    organisations.facility()
    assert db.session.scalar(select(func.count()).select_from(Facility)) == 1


def test_the_clock_stands_still(database: PreparedDatabase) -> None:
    assert clock.now() == datetime.fromisoformat("2024-09-16T10:00:00+02:00")
