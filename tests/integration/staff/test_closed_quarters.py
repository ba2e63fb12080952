"""What a submitted quarter forbids at the door, and what it still allows (A-13, V-18, V-19, V-41)."""

from __future__ import annotations

from datetime import date

import pytest

from models.declaration import Performance
from models.organisation import Facility
from models.personnel import Contract, EndOfCareerChoice, StaffMember
from tests.factories import declarations, organisations, personnel
from tests.integration.staff.scene import add_choice, add_contract, file_of, messages, rows
from tests.support.client import Client

CLOSED = ("CLOSED", "BLOCKED", "AUDIT")


@pytest.mark.parametrize("status", CLOSED)
def test_v18_no_contract_is_added_in_a_closed_quarter(
    status: str, clerk: Client, brug: Facility, kim: StaffMember
) -> None:
    declarations.dossier(brug, "2024K2", status)
    page = add_contract(clerk, kim, starts_on="30/06/2024")
    message = (
        "Dit contract valt (deels) in een ingediend kwartaal en kan zo niet toegevoegd worden. Laat het ten vroegste "
        "beginnen op 1 juli 2024, of vraag op het overzicht om het kwartaal te heropenen."
    )
    assert page.errors == [message]
    assert add_contract(clerk, kim, starts_on="01/07/2024").status == 200


def test_an_open_quarter_forbids_nothing(clerk: Client, brug: Facility, kim: StaffMember) -> None:
    declarations.dossier(brug, "2024K2", "OPEN")
    assert add_contract(clerk, kim, starts_on="01/04/2024").status == 200


def test_another_facilitys_closed_quarter_forbids_nothing(clerk: Client, kim: StaffMember) -> None:
    declarations.dossier(organisations.facility(), "2024K3", "CLOSED")
    assert add_contract(clerk, kim).status == 200


def test_v18_a_contract_that_touches_a_closed_quarter_only_gets_a_later_end(
    clerk: Client, brug: Facility, kim: StaffMember
) -> None:
    """Exception (a): the page offers the end date only, from the first free day on."""
    declarations.dossier(brug, "2024K2", "CLOSED")
    contract = personnel.contract(kim)
    page = clerk.page(file_of(kim, f"/contracten/{contract.reference}/bewerken"))
    assert "U kunt enkel nog een einddatum invullen, ten vroegste 1 juli 2024." in page.text
    assert page.field("hours").get("type") == "hidden"
    refused = clerk.submit(page, {"ends_on": "30/06/2024"}, form="contract")
    assert refused.errors == [
        "Dit contract valt (deels) in een ingediend kwartaal en kan niet gewijzigd of verwijderd worden."
    ]
    assert clerk.submit(refused, {"ends_on": "31/08/2024"}, form="contract").status == 200
    assert [row.ends_on for row in rows(Contract)] == [date(2024, 8, 31)]


def test_v18_other_fields_of_such_a_contract_stay_as_they_are_even_when_posted(
    clerk: Client, brug: Facility, kim: StaffMember
) -> None:
    declarations.dossier(brug, "2024K2", "CLOSED")
    contract = personnel.contract(kim)
    page = clerk.page(file_of(kim, f"/contracten/{contract.reference}/bewerken"))
    refused = clerk.submit(page, {"hours": "19", "ends_on": "31/08/2024"}, form="contract")
    assert refused.status == 422
    assert [(str(row.hours), row.ends_on) for row in rows(Contract)] == [("38.00", None)]


def test_v18_a_contract_that_ended_in_a_closed_quarter_cannot_change_at_all(
    clerk: Client, brug: Facility, kim: StaffMember
) -> None:
    declarations.dossier(brug, "2024K2", "CLOSED")
    contract = personnel.contract(kim, ends_on=date(2024, 5, 31))
    page = clerk.page(file_of(kim, f"/contracten/{contract.reference}/bewerken"))
    assert "Dit contract kan niet gewijzigd worden" in page.text
    assert page.all("//form[@id='contract']") == []


def test_v18_a_contract_in_a_closed_quarter_cannot_be_deleted_and_says_why(
    clerk: Client, brug: Facility, kim: StaffMember
) -> None:
    declarations.dossier(brug, "2024K2", "CLOSED")
    contract = personnel.contract(kim)
    address = file_of(kim, f"/contracten/{contract.reference}/verwijderen")
    assert address not in clerk.page(file_of(kim)).links().values()
    page = clerk.submit(clerk.page(address))
    assert page.errors == [
        "Dit contract valt (deels) in een ingediend kwartaal en kan niet gewijzigd of verwijderd worden."
    ]
    assert len(rows(Contract)) == 1


def test_v19_a_contract_with_performances_cannot_be_deleted(clerk: Client, brug: Facility, kim: StaffMember) -> None:
    contract = personnel.contract(kim)
    declarations.performance(declarations.dossier(brug, "2024K3", "OPEN"), contract)
    page = clerk.submit(clerk.page(file_of(kim, f"/contracten/{contract.reference}/verwijderen")))
    assert page.errors == ["Dit contract kan niet verwijderd worden: er zijn al prestaties geregistreerd."]
    assert len(rows(Contract)) == 1


def test_v19_a_line_that_was_emptied_again_is_no_performance(clerk: Client, brug: Facility, kim: StaffMember) -> None:
    contract = personnel.contract(kim)
    declarations.performance(
        declarations.dossier(brug, "2024K3", "OPEN"), contract, paid_days=None, unpaid_days=None, paid_hours=None
    )
    page = clerk.submit(clerk.page(file_of(kim, f"/contracten/{contract.reference}/verwijderen")))
    assert messages(page) == ["Gelukt: Het contract is verwijderd."]
    assert rows(Performance) == []


@pytest.mark.parametrize("status", CLOSED)
def test_v41_no_choice_is_added_in_a_closed_quarter(
    status: str, clerk: Client, brug: Facility, kim: StaffMember
) -> None:
    personnel.contract(kim)
    declarations.dossier(brug, "2024K3", status)
    page = add_choice(clerk, kim)
    message = (
        "Deze keuze valt (deels) in een ingediend kwartaal en kan zo niet toegevoegd worden. Laat het recht ten "
        "vroegste beginnen op 1 oktober 2024, of vraag op het overzicht om het kwartaal te heropenen."
    )
    assert page.errors == [message]


def test_v41_a_choice_that_touches_a_closed_quarter_only_gets_a_later_end(
    clerk: Client, brug: Facility, kim: StaffMember
) -> None:
    personnel.contract(kim, ends_on=date(2024, 8, 31))
    choice = personnel.choice(kim)
    declarations.dossier(brug, "2024K2", "CLOSED")
    page = clerk.page(file_of(kim, f"/eindeloopbaan/{choice.reference}/bewerken"))
    assert page.field("exemption_hours").get("type") == "hidden"
    refused = clerk.submit(page, {"ends_on": "31/05/2024"}, form="keuze")
    assert refused.errors == [
        "Deze keuze valt (deels) in een ingediend kwartaal en kan niet gewijzigd of verwijderd worden."
    ]
    assert clerk.submit(refused, {"ends_on": "31/08/2024"}, form="keuze").status == 200


def test_v41_a_choice_in_a_closed_quarter_cannot_be_deleted_and_says_why(
    clerk: Client, brug: Facility, kim: StaffMember
) -> None:
    choice = personnel.choice(kim)
    declarations.dossier(brug, "2024K2", "CLOSED")
    page = clerk.submit(clerk.page(file_of(kim, f"/eindeloopbaan/{choice.reference}/verwijderen")))
    assert page.errors == [
        "Deze keuze valt (deels) in een ingediend kwartaal en kan niet gewijzigd of verwijderd worden."
    ]
    assert len(rows(EndOfCareerChoice)) == 1


def test_v41_the_one_click_end_obeys_the_closed_quarter_too(clerk: Client, brug: Facility, kim: StaffMember) -> None:
    """A choice does not end silently inside a submitted quarter because the contract did."""
    personnel.contract(kim, ends_on=date(2024, 5, 31))
    choice = personnel.choice(kim)
    declarations.dossier(brug, "2024K2", "CLOSED")
    page = clerk.submit(clerk.page(file_of(kim)), form=f"/eindeloopbaan/{choice.reference}/einde")
    assert messages(page) == [
        "Fout: Deze keuze valt (deels) in een ingediend kwartaal en kan niet gewijzigd of verwijderd worden."
    ]
    assert [row.ends_on for row in rows(EndOfCareerChoice)] == [None]
