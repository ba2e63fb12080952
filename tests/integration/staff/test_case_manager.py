"""The Department on staff data: reading always, writing in AUDIT, and the premium exception (5.4, E-063, E-091)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain.actor import Actor
from domain.errors import Findings, Forbidden, NotAllowedNow, NotFound
from models.all import db
from models.audit import AuditEntry
from models.organisation import Facility
from models.personnel import Contract, EndOfCareerChoice, RegisterLookup, StaffMember
from services.ecalcura import choices, contracts, staff, staff_file, staff_queries
from services.ecalcura.choices import ChoiceDraft
from services.ecalcura.contracts import ContractDraft
from tests.factories import actors, declarations, organisations, personnel, reference
from tests.factories.numbers import national_number
from tests.integration.staff.scene import rows, using
from tests.support.databases import PreparedDatabase

DRAFT = ContractDraft(
    date(2024, 1, 1), None, "LOONTREKKENDE", "VERPLEEGKUNDIGE_BACHELOR", Decimal(38), Decimal(0), None
)
PREMIUM = ChoiceDraft(date(2024, 7, 1), date(2024, 7, 1), None, "55+", 6, 0, True, "bericht 2024-17")


@pytest.fixture
def kim(database: PreparedDatabase) -> StaffMember:
    reference.code_lists()
    return personnel.staff_member(organisations.facility(name="PVT De Brug"))


@pytest.fixture
def els(database: PreparedDatabase) -> Actor:
    """A case manager."""
    return actors.case_manager()


def _facility(kim: StaffMember) -> Facility:
    return db.session.get_one(Facility, kim.facility_id)


def test_reads_every_facility(kim: StaffMember, els: Actor) -> None:
    assert staff_queries.staff_list(els, kim.facility_id, staff_queries.StaffFilter()).total == 1
    assert staff_file.staff_file(els, kim.facility_id, kim.reference).name == f"Kim {kim.last_name}"
    with pytest.raises(NotFound):
        staff_queries.staff_list(els, 999_999, staff_queries.StaffFilter())


def test_the_helpdesk_does_not(kim: StaffMember) -> None:
    with pytest.raises(Forbidden):
        staff_file.staff_file(actors.helpdesk(), kim.facility_id, kim.reference)


def test_e063_writes_nothing_outside_an_audit(kim: StaffMember, els: Actor) -> None:
    for call in (
        lambda: using(contracts.add_contract, els, kim.facility_id, kim.reference, DRAFT),
        lambda: using(staff.add_staff, els, kim.facility_id, [national_number()]),
        lambda: using(staff.remove_staff, els, kim.facility_id, kim.reference, kim.version),
    ):
        with pytest.raises((Findings, NotAllowedNow)) as refused:
            call()
        told = refused.value.findings[0] if isinstance(refused.value, Findings) else refused.value
        assert (told.code, str(told)) == (
            "E-063",
            "Neem het dossier eerst in audit. Daarna kunt u de gegevens wijzigen.",
        )
    assert rows(Contract) == []
    assert rows(RegisterLookup) == []


def test_a13_writes_in_a_quarter_that_is_in_audit(kim: StaffMember, els: Actor) -> None:
    """Guard (b): the facility may not, the case manager may."""
    facility = _facility(kim)
    declarations.dossier(facility, "2024K1", "AUDIT")
    with pytest.raises(Findings) as refused:
        using(contracts.add_contract, actors.facility_user(facility), kim.facility_id, kim.reference, DRAFT)
    assert refused.value.findings[0].code == "V-18"
    saved = using(contracts.add_contract, els, kim.facility_id, kim.reference, DRAFT)
    using(
        contracts.change_contract,
        els,
        kim.facility_id,
        kim.reference,
        saved.reference,
        ContractDraft(date(2024, 1, 1), date(2024, 3, 31), "STATUTAIR", "ZORGKUNDIGE", Decimal(19), Decimal(0), None),
        1,
    )
    (row,) = rows(Contract)
    assert (row.hours, row.ends_on, row.el_right) == (Decimal("19.00"), date(2024, 3, 31), True)
    assert [(entry.event, entry.actor_side) for entry in rows(AuditEntry)] == [
        ("contract.added", "department"),
        ("contract.changed", "department"),
    ]
    using(contracts.delete_contract, els, kim.facility_id, kim.reference, saved.reference, row.version)
    assert rows(Contract) == []


def test_e063_a_line_that_touches_no_quarter_in_audit_stays_closed(kim: StaffMember, els: Actor) -> None:
    declarations.dossier(_facility(kim), "2024K1", "AUDIT")
    later = ContractDraft(
        date(2024, 7, 1), None, "LOONTREKKENDE", "VERPLEEGKUNDIGE_BACHELOR", Decimal(38), Decimal(0), None
    )
    with pytest.raises(Findings) as refused:
        using(contracts.add_contract, els, kim.facility_id, kim.reference, later)
    assert refused.value.findings[0].code == "E-063"


def test_e091_registers_a_premium_of_the_past_without_an_audit(kim: StaffMember, els: Actor) -> None:
    personnel.contract(kim, qualification_code="ZORGKUNDIGE")
    using(choices.add_choice, els, kim.facility_id, kim.reference, PREMIUM)
    (row,) = rows(EndOfCareerChoice)
    assert (row.premium_exception, row.exception_note) == (True, "bericht 2024-17")


def test_e091_the_exception_names_the_message_in_which_it_was_asked(kim: StaffMember, els: Actor) -> None:
    personnel.contract(kim, qualification_code="ZORGKUNDIGE")
    draft = ChoiceDraft(date(2024, 7, 1), date(2024, 7, 1), None, "55+", 6, 0, True, " ")
    with pytest.raises(Findings) as refused:
        using(choices.add_choice, els, kim.facility_id, kim.reference, draft)
    assert [finding.field for finding in refused.value.findings] == ["exception_note"]


def test_e091_an_ordinary_choice_is_not_the_departments_to_add(kim: StaffMember, els: Actor) -> None:
    personnel.contract(kim)
    draft = ChoiceDraft(date(2024, 7, 1), date(2024, 7, 1), None, "55+", 0, 6)
    with pytest.raises(Findings) as refused:
        using(choices.add_choice, els, kim.facility_id, kim.reference, draft)
    assert refused.value.findings[0].code == "E-063"


def test_e091_the_exception_does_not_open_a_closed_quarter(kim: StaffMember, els: Actor) -> None:
    personnel.contract(kim, qualification_code="ZORGKUNDIGE")
    declarations.dossier(_facility(kim), "2024K3", "CLOSED")
    with pytest.raises(Findings) as refused:
        using(choices.add_choice, els, kim.facility_id, kim.reference, PREMIUM)
    assert [finding.code for finding in refused.value.findings] == ["V-41"]
