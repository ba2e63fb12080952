"""Data in bulk for measuring: right by itself although it goes past the use cases, and the same for the same seed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Select, and_, func, inspect, select

from domain.audit_events import AuditEvent
from domain.calendars import Quarter
from domain.ecalcura.declaration import DossierStatus
from domain.errors import InvalidValue
from domain.identifiers import parse_enterprise_number, parse_iban, parse_national_number
from models.all import Base, db
from models.declaration import Dossier, DossierEvent
from models.organisation import BankAccount, Facility
from models.personnel import Contract, StaffMember
from services import audit, clock, evidence, transaction, volume
from services.ecalcura import dossiers, lines
from services.volume.plan import VolumePlan
from tests.factories import actors, organisations
from tests.support.databases import PreparedDatabase


def load(organisations: int = 3, dossiers: int = 70, seed: int = 5) -> dict[str, int | float]:
    return volume.load(organisations=organisations, dossiers=dossiers, seed=seed)


def count(kind: type[Base]) -> int:
    return db.session.scalars(select(func.count()).select_from(kind)).one()


def orphans() -> list[str]:
    """Every foreign key that points at a row that is not there."""
    found = []
    for table in Base.metadata.sorted_tables:
        for constraint in table.foreign_key_constraints:
            other = constraint.referred_table.alias()
            pairs = [(element.parent, other.c[element.column.name]) for element in constraint.elements]
            statement: Select[Any] = (
                select(func.count())
                .select_from(table.outerjoin(other, and_(*(mine == theirs for mine, theirs in pairs))))
                .where(*(mine.is_not(None) for mine, _ in pairs), pairs[0][1].is_(None))
            )
            if db.session.scalar(statement):
                found.append(f"{table.name}.{pairs[0][0].name}")
    return found


def indexes() -> dict[str, list[str]]:
    return {
        table: sorted(str(index["name"]) for index in inspect(db.engine).get_indexes(table))
        for table in Base.metadata.tables
    }


def test_a_load_has_the_figures_that_were_asked(database: PreparedDatabase) -> None:
    """The proportions: 100 contracts an organisation in four quarters with performances, three traces a dossier."""
    counts = load()
    assert counts["dossier"] == count(Dossier) == 70
    assert counts["facility"] == count(Facility) == 3
    assert count(Contract) == 300
    assert counts["performance"] == 3 * 4 * 100
    assert counts["audit_entry"] == 3 * 70
    assert count(DossierEvent) > 70
    assert set(db.session.scalars(select(Dossier.status))) >= {DossierStatus.OPEN, DossierStatus.CLOSED}


def test_what_is_loaded_is_right_by_itself(database: PreparedDatabase) -> None:
    before = indexes()
    load()
    assert orphans() == []
    assert indexes() == before
    assert evidence.verify().broken == ()
    assert evidence.verify().audit_entries == 210
    for number in db.session.scalars(select(StaffMember.national_number).limit(50)):
        parse_national_number(number)
    for number in db.session.scalars(select(Facility.enterprise_number)):
        parse_enterprise_number(number)
    for number in db.session.scalars(select(BankAccount.iban)):
        parse_iban(number)
    late = select(Dossier.id).where((Dossier.changed_at > clock.now()) | (Dossier.changed_at < Dossier.opened_at))
    assert db.session.scalars(late).all() == []


def test_the_use_cases_read_what_is_loaded(database: PreparedDatabase) -> None:
    load()
    number = "80000001-2024K2"
    found = dossiers.find(actors.case_manager(), number)
    assert found.facility.hco_number == "80000001"
    assert any(line.entry.has_amount for line in lines.lines(found.dossier, found.parameters))
    assert Facility.search_text.type.length is not None
    searched = select(Facility.search_text).where(Facility.hco_number == "80000001")
    assert "80000001" in db.session.scalars(searched).one()


def test_the_same_seed_makes_the_same_rows(database: PreparedDatabase) -> None:
    def content() -> list[Any]:
        return [
            *db.session.execute(select(Dossier.number, Dossier.status, Dossier.changed_at).order_by(Dossier.id)),
            *db.session.execute(select(StaffMember.national_number, StaffMember.reference).order_by(StaffMember.id)),
            audit.verify().head,
        ]

    load(seed=5)
    first = content()
    transaction.rollback()
    database.empty()
    load(seed=5)
    assert content() == first
    transaction.rollback()
    database.empty()
    load(seed=6)
    assert content() != first


def test_work_goes_on_before_and_after_a_load(database: PreparedDatabase) -> None:
    """The chain goes on from its head, keys from the last one."""

    def leave_a_trace() -> None:
        with transaction.unit_of_work():
            audit.record(actors.case_manager(), AuditEvent.DOSSIER_VIEWED, "dossier", "1", data={"as": "CASE_MANAGER"})

    organisations.facility()
    leave_a_trace()
    load(organisations=1, dossiers=10)
    leave_a_trace()
    organisations.contact_person(organisations.facility())
    report = audit.verify()
    assert (report.entries, report.broken) == (32, None)


def test_it_is_loaded_into_an_empty_database_only(database: PreparedDatabase) -> None:
    load(organisations=1, dossiers=4)
    with pytest.raises(InvalidValue, match="lege databank"):
        load(organisations=1, dossiers=4)


def test_organisations_get_more_facilities_when_the_quarters_run_out() -> None:
    """A facility has one dossier a quarter, from 2000K1 to 2099K4."""
    plan = VolumePlan(organisations=2, dossiers=1000, seed=1, now=clock.now())
    assert plan.facilities == 3
    assert len(plan.quarters) * plan.facilities >= 1000
    assert plan.quarters[0] == Quarter(2000, 1)
    assert plan.quarters[-1] <= Quarter(2099, 4)
    small = VolumePlan(organisations=10, dossiers=35, seed=1, now=clock.now())
    assert small.facilities == 10
    assert [str(quarter) for quarter in small.quarters][-1] == str(Quarter.of(clock.today()))
    assert len(small.quarters) == 4
