"""End-of-career choices at the door: every rule V-06, V-13, V-21 and V-30 to V-40."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from models.audit import AuditEntry
from models.organisation import Facility
from models.personnel import Contract, EndOfCareerChoice, StaffMember
from tests.factories import personnel
from tests.integration.staff.scene import CHOICE, add_choice, file_of, messages, notices, rows, warnings
from tests.support.client import Client
from tests.support.sign_in import SignedIn


def test_e082_a_choice_is_added_with_what_was_filled_in(clerk: Client, kim: StaffMember) -> None:
    personnel.contract(kim)
    page = add_choice(clerk, kim)
    assert messages(page) == ["Gelukt: De eindeloopbaankeuze is toegevoegd."]
    (row,) = rows(EndOfCareerChoice)
    assert (row.decided_on, row.begins_on, row.ends_on) == (date(2024, 7, 1), date(2024, 7, 1), None)
    assert (row.age_category, row.premium_hours, row.exemption_hours) == ("55+", 0, 6)
    assert row.premium_exception is False
    assert [entry.event for entry in rows(AuditEntry)] == ["choice.added"]


REFUSED = {
    "V-30": (
        {"begins_on": "02/07/2024"},
        "begins_on",
        "Het begin van het recht moet de eerste dag van een maand zijn.",
    ),
    "V-31": (
        {"begins_on": "01/04/2021", "decided_on": "01/04/2021"},
        "age_category",
        "Deze medewerker bereikt de leeftijdscategorie 55+ nog niet in april 2021.",
    ),
    "V-32 premium": (
        {"premium_hours": ""},
        "premium_hours",
        "Vul zowel 'Uren premie' als 'Uren vrijstelling' in. Vul 0 in als het niet van toepassing is.",
    ),
    "V-32 exemption": (
        {"exemption_hours": ""},
        "exemption_hours",
        "Vul zowel 'Uren premie' als 'Uren vrijstelling' in. Vul 0 in als het niet van toepassing is.",
    ),
    "V-33": ({"exemption_hours": "0"}, "premium_hours", "Minstens één van beide velden moet groter zijn dan 0."),
    "V-34": (
        {"age_category": "50+"},
        "exemption_hours",
        "Voor de categorie 50+ zijn samen hoogstens 4 uren mogelijk.",
    ),
    "V-37": ({"ends_on": "30/06/2024"}, "ends_on", "Het einde van het recht kan niet vóór het begin liggen."),
    "V-39": (
        {"begins_on": "01/06/2024", "decided_on": "01/06/2024"},
        "begins_on",
        "Er is geen contract met recht op eindeloopbaan op 1 juni 2024.",
    ),
    "V-40": (
        {"decided_on": "01/09/2024", "ends_on": "31/08/2024"},
        "decided_on",
        "Controleer de datum van de keuze.",
    ),
    "E-085": ({"age_category": "60+"}, "age_category", "Kies een leeftijdscategorie uit de lijst."),
    "E-086 not in the list": ({"exemption_hours": "3"}, "exemption_hours", "Kies een aantal uren uit de lijst."),
    "E-086 no number": ({"exemption_hours": "x"}, "exemption_hours", "Kies een aantal uren uit de lijst."),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_a_wrong_choice_is_told_at_the_field_and_kept_as_typed(rule: str, clerk: Client, kim: StaffMember) -> None:
    """V-30 to V-34, V-37, V-39, V-40: nothing is saved, nothing typed is lost."""
    personnel.contract(kim, starts_on=date(2024, 7, 1) if rule == "V-39" else date(2019, 1, 1))
    values, field, message = REFUSED[rule]
    page = add_choice(clerk, kim, **values)
    assert page.status == 422
    assert message in page.field_error(field)
    assert message in page.errors
    assert rows(EndOfCareerChoice) == []
    assert page.field("begins_on").get("value") == (CHOICE | values)["begins_on"]


def test_v31_the_month_of_the_birthday_counts_as_a_whole(clerk: Client, kim: StaffMember) -> None:
    """Born on 17 May 1966: 55+ from 1 May 2021 on (E-083)."""
    personnel.contract(kim)
    assert add_choice(clerk, kim, begins_on="01/05/2021", decided_on="01/05/2021").status == 200


def test_v06_an_incomplete_birth_date_is_a_warning(clerk: Client, brug: Facility) -> None:
    somebody = personnel.staff_member(brug, birth_date=None)
    personnel.contract(somebody)
    page = add_choice(clerk, somebody)
    message = "De geboortedatum is niet volledig gekend. Controleer zelf of de leeftijdscategorie klopt."
    assert warnings(page) == [message]
    page = clerk.submit(page, form="keuze", button="Toch bewaren")
    assert message in notices(page)
    assert len(rows(EndOfCareerChoice)) == 1


def test_v13_holds_on_this_tab_too(clerk: Client, kim: StaffMember) -> None:
    """The order of typing does not decide: first replacing full-time, then an own exemption."""
    personnel.contract(kim, replacement_hours=Decimal("38.00"))
    page = add_choice(clerk, kim)
    message = "Een voltijdse medewerker met 6 uur vrijstelling kan hoogstens 32 uur als vervanger worden ingezet."
    assert message in page.field_error("exemption_hours")


def test_v35_fewer_hours_than_the_category_is_a_warning_that_stays(clerk: Client, kim: StaffMember) -> None:
    personnel.contract(kim)
    page = add_choice(clerk, kim, exemption_hours="4")
    message = "Er zijn minder uren gekozen dan de categorie 55+ toelaat."
    assert warnings(page) == [message]
    page = clerk.submit(page, form="keuze", button="Toch bewaren")
    assert message in notices(page)


def test_v36_only_nurses_choose_the_premium(clerk: Client, kim: StaffMember) -> None:
    """E-090, E-091: who has one from the past, asks the Department."""
    personnel.contract(kim, qualification_code="ZORGKUNDIGE")
    page = add_choice(clerk, kim, premium_hours="6", exemption_hours="0")
    message = (
        "Enkel verpleegkundigen kunnen voor de premie kiezen. "
        "Neem contact op via de berichtenmodule voor een recht uit het verleden."
    )
    assert page.errors == [message]


def test_e091_a_facility_cannot_grant_itself_the_exception(clerk: Client, kim: StaffMember) -> None:
    personnel.contract(kim, qualification_code="ZORGKUNDIGE")
    address = file_of(kim, "/eindeloopbaan/toevoegen")
    values = CHOICE | {"premium_hours": "6", "exemption_hours": "0", "premium_exception": "y", "exception_note": "x"}
    assert clerk.post(address, data=values).status_code == 422
    assert rows(EndOfCareerChoice) == []


def test_e091_a_facility_keeps_the_exception_when_it_ends_the_choice(clerk: Client, kim: StaffMember) -> None:
    personnel.contract(kim, qualification_code="ZORGKUNDIGE", ends_on=date(2024, 9, 30))
    choice = personnel.choice(kim, premium_exception=True, exception_note="bericht 12")
    page = clerk.page(file_of(kim, f"/eindeloopbaan/{choice.reference}/bewerken"))
    assert clerk.submit(page, {"ends_on": "30/09/2024"}, form="keuze").status == 200
    (row,) = rows(EndOfCareerChoice)
    assert (row.ends_on, row.premium_exception, row.exception_note) == (date(2024, 9, 30), True, "bericht 12")


def test_v38_two_choices_do_not_overlap(clerk: Client, kim: StaffMember) -> None:
    personnel.contract(kim)
    personnel.choice(kim, ends_on=date(2024, 7, 1))
    page = add_choice(clerk, kim)
    message = "Deze periode overlapt met een andere eindeloopbaankeuze. Sluit eerst de vorige keuze af."
    assert page.errors == [message]
    assert add_choice(clerk, kim, begins_on="01/08/2024", decided_on="01/08/2024").status == 200


def test_v40_an_exemption_is_chosen_on_the_day_it_begins_or_it_warns(clerk: Client, kim: StaffMember) -> None:
    personnel.contract(kim)
    page = add_choice(clerk, kim, decided_on="15/06/2024")
    assert warnings(page) == ["Controleer de datum van de keuze."]
    assert clerk.submit(page, form="keuze", button="Toch bewaren").status == 200


def test_v21_ending_a_choice_offers_the_same_end_for_the_contract(clerk: Client, kim: StaffMember) -> None:
    """E-084: both at once with one button, in one transaction."""
    personnel.contract(kim)
    choice = personnel.choice(kim)
    page = clerk.page(file_of(kim, f"/eindeloopbaan/{choice.reference}/bewerken"))
    page = clerk.submit(page, {"ends_on": "31/08/2024"}, form="keuze", button="Bewaren")
    assert warnings(page) == ["Vul ook een einddatum in bij het contract als de medewerker uit dienst is."]
    page = clerk.submit(page, form="keuze", button="end_both")
    assert page.status == 200
    assert [row.ends_on for row in rows(Contract)] == [date(2024, 8, 31)]
    assert [row.ends_on for row in rows(EndOfCareerChoice)] == [date(2024, 8, 31)]


def test_v21_accepted_stays_on_the_file_with_a_one_click_end(clerk: Client, kim: StaffMember) -> None:
    contract = personnel.contract(kim)
    personnel.choice(kim, ends_on=date(2024, 8, 31))
    page = clerk.page(file_of(kim, "/eindeloopbaan"))
    assert "Vul ook een einddatum in bij het contract" in notices(page)
    page = clerk.submit(page, form=f"/contracten/{contract.reference}/einde")
    assert messages(page) == ["Gelukt: Het contract heeft nu dezelfde einddatum."]
    assert [row.ends_on for row in rows(Contract)] == [date(2024, 8, 31)]


def test_e084_a_change_of_choice_is_no_departure(clerk: Client, kim: StaffMember) -> None:
    """Premium to exemption: the old line ends, the next begins; V-21 says nothing."""
    personnel.contract(kim)
    choice = personnel.choice(kim, ends_on=date(2024, 6, 30))
    assert add_choice(clerk, kim).status == 200
    page = clerk.page(file_of(kim, f"/eindeloopbaan/{choice.reference}/bewerken"))
    assert clerk.submit(page, {"decided_on": "15/05/2021"}, form="keuze").status == 200


def test_two_clerks_change_the_same_choice_and_the_second_sees_both_versions(
    clerk: Client, kim: StaffMember, signed_in: SignedIn, brug: Facility
) -> None:
    personnel.contract(kim)
    choice = personnel.choice(kim)
    address = file_of(kim, f"/eindeloopbaan/{choice.reference}/bewerken")
    mine = clerk.page(address)
    colleague = signed_in("EL_PRIVACY", facility=brug)
    assert colleague.submit(colleague.page(address), {"decided_on": "02/06/2021"}, form="keuze").status == 200
    page = clerk.submit(mine, {"decided_on": "03/06/2021"}, form="keuze")
    assert page.status == 409
    assert page.table()[1:] == [["Datum keuze", "2 juni 2021", "3 juni 2021"]]
    assert clerk.submit(page, form="keuze").status == 200
    assert [row.decided_on for row in rows(EndOfCareerChoice)] == [date(2021, 6, 3)]


def test_e089_a_choice_is_deleted_after_a_question(clerk: Client, kim: StaffMember) -> None:
    choice = personnel.choice(kim)
    page = clerk.submit(clerk.page(file_of(kim, f"/eindeloopbaan/{choice.reference}/verwijderen")))
    assert messages(page) == ["Gelukt: De eindeloopbaankeuze is verwijderd."]
    assert rows(EndOfCareerChoice) == []
    assert [entry.event for entry in rows(AuditEntry)] == ["choice.removed"]
