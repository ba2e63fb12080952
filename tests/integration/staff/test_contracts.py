"""Contracts at the door: every rule V-10 to V-20, the automatic right, warnings, two people at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from models.all import db
from models.audit import AuditEntry, AuditPersonalValue
from models.organisation import Facility
from models.personnel import Contract, EndOfCareerChoice, StaffMember
from models.reference import Qualification
from tests.factories import personnel, reference
from tests.factories.database import save
from tests.integration.staff.scene import (
    CONTRACT,
    add_contract,
    file_of,
    messages,
    notices,
    rows,
    warnings,
)
from tests.support.client import Client
from tests.support.sign_in import SignedIn


def test_e070_a_contract_is_added_with_what_was_filled_in(clerk: Client, kim: StaffMember) -> None:
    page = add_contract(clerk, kim, starts_on="1/7/2024", ends_on="2024-12-31", hours="30,5", replacement_hours="7.6")
    assert messages(page) == ["Gelukt: Het contract is toegevoegd."]
    (row,) = rows(Contract)
    assert (row.starts_on, row.ends_on) == (date(2024, 7, 1), date(2024, 12, 31))
    assert (row.hours, row.replacement_hours) == (Decimal("30.50"), Decimal("7.60"))
    assert (row.contract_type_code, row.qualification_code) == ("LOONTREKKENDE", "VERPLEEGKUNDIGE_BACHELOR")
    assert row.facility_id == kim.facility_id
    assert page.table()[1][:6] == [
        "1 juli 2024",
        "31 december 2024",
        "Loontrekkende",
        "Verpleegkundige bachelor",
        "30,5",
        "7,6",
    ]


def test_a_second_click_adds_no_second_contract(clerk: Client, kim: StaffMember) -> None:
    values = {"hours": "19", "ends_on": "31/12/2024"}
    assert add_contract(clerk, kim, **values).status == 200
    assert add_contract(clerk, kim, **values).status == 200
    assert len(rows(Contract)) == 1
    assert len(rows(AuditEntry)) == 1


REFUSED = {
    "V-10": ({"ends_on": "30/06/2024"}, "ends_on", "De einddatum kan niet vóór de startdatum liggen."),
    "V-11 none": ({"hours": "0"}, "hours", "Vul een wekelijkse arbeidsduur in tussen 0 en 38 uur."),
    "V-11 many": ({"hours": "38,01"}, "hours", "Vul een wekelijkse arbeidsduur in tussen 0 en 38 uur."),
    "V-12 more": (
        {"hours": "19", "replacement_hours": "19,5"},
        "replacement_hours",
        "De uren vervanging eindeloopbaan kunnen niet hoger zijn dan de uren van het contract.",
    ),
    "V-12 negative": (
        {"replacement_hours": "-1"},
        "replacement_hours",
        "De uren vervanging eindeloopbaan kunnen niet hoger zijn dan de uren van het contract.",
    ),
    "V-14 type missing": (
        {"contract_type": ""},
        "contract_type",
        "Kies een geldige kwalificatie en een geldig contracttype.",
    ),
    "V-14 qualification missing": (
        {"qualification": ""},
        "qualification",
        "Kies een geldige kwalificatie en een geldig contracttype.",
    ),
    "V-14 unknown": (
        {"qualification": "ONBEKEND"},
        "qualification",
        "Kies een geldige kwalificatie en een geldig contracttype.",
    ),
    "V-16": (
        {"contract_type": "INTERIM", "replacement_hours": "10"},
        "replacement_hours",
        "Dit contracttype komt niet in aanmerking als vervanger eindeloopbaan.",
    ),
    "no date": ({"starts_on": ""}, "starts_on", "Vul een startdatum in."),
    "impossible date": (
        {"starts_on": "31/02/2024"},
        "starts_on",
        "Vul een bestaande datum in, bijvoorbeeld 01/07/2024.",
    ),
    "year beyond the calendar": (
        {"ends_on": "31/12/9999"},
        "ends_on",
        "Vul een bestaande datum in, bijvoorbeeld 01/07/2024.",
    ),
    "no hours": ({"hours": ""}, "hours", "Vul de uren in, bijvoorbeeld 38 of 19,5."),
    "three decimals": (
        {"hours": "19,555"},
        "hours",
        "Vul een aantal uren in met hoogstens twee decimalen, bijvoorbeeld 38 of 19,5.",
    ),
    "no number": (
        {"hours": "NaN"},
        "hours",
        "Vul een aantal uren in met hoogstens twee decimalen, bijvoorbeeld 38 of 19,5.",
    ),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_a_wrong_contract_is_told_at_the_field_and_kept_as_typed(rule: str, clerk: Client, kim: StaffMember) -> None:
    """V-10, V-11, V-12, V-14, V-16 and the shapes: nothing is saved, nothing typed is lost."""
    values, field, message = REFUSED[rule]
    page = add_contract(clerk, kim, **values)
    assert page.status == 422
    assert message in page.field_error(field)
    assert message in page.errors
    assert rows(Contract) == []
    if page.field(field).tag == "input":
        assert page.field(field).get("value") == (values | {}).get(field, CONTRACT[field])


def test_v14_a_qualification_that_is_not_valid_on_the_start_date(clerk: Client, kim: StaffMember) -> None:
    reference.code_lists()
    ended = db.session.get_one(Qualification, "PEDAGOOG")
    ended.valid_to = date(2024, 6, 30)
    save(ended)
    page = add_contract(clerk, kim, qualification="PEDAGOOG", starts_on="01/07/2024")
    assert page.errors == ["Kies een geldige kwalificatie en een geldig contracttype."]
    assert add_contract(clerk, kim, qualification="PEDAGOOG", starts_on="30/06/2024").status == 200


def test_everything_that_is_wrong_is_told_at_once(clerk: Client, kim: StaffMember) -> None:
    page = add_contract(clerk, kim, hours="39", replacement_hours="40", ends_on="01/01/2024")
    assert len(page.errors) == 3


def test_v13_a_full_timer_with_an_own_exemption_cannot_replace_full_time(clerk: Client, kim: StaffMember) -> None:
    """E-074: 38 hours with 2 hours of exemption is at most 36 hours of replacement."""
    personnel.contract(kim, ends_on=date(2024, 6, 30))
    personnel.choice(kim, age_category="45+", premium_hours=0, exemption_hours=2)
    page = add_contract(clerk, kim, replacement_hours="36,5")
    message = "Een voltijdse medewerker met 2 uur vrijstelling kan hoogstens 36 uur als vervanger worden ingezet."
    assert message in page.field_error("replacement_hours")
    assert add_contract(clerk, kim, replacement_hours="36").status == 200


def test_v15_a_warning_stops_once_then_stays_on_the_file(clerk: Client, kim: StaffMember) -> None:
    personnel.contract(kim, hours=Decimal("20.00"))
    page = add_contract(clerk, kim, hours="19")
    message = "De contracten van deze medewerker bedragen samen meer dan 38 uur per week."
    assert page.status == 422
    assert warnings(page) == [message]
    assert page.errors == []
    assert len(rows(Contract)) == 1
    saved = clerk.submit(page, form="contract", button="Toch bewaren")
    assert saved.status == 200
    assert len(rows(Contract)) == 2
    assert notices(saved).count(message) == 1


def test_an_accepted_warning_does_not_stop_again_when_something_else_was_wrong(clerk: Client, kim: StaffMember) -> None:
    personnel.contract(kim, hours=Decimal("20.00"))
    page = add_contract(clerk, kim, hours="19", ends_on="01/01/2024")
    assert page.errors == ["De einddatum kan niet vóór de startdatum liggen."]
    assert warnings(page) == []  # without a period there is nothing to compare with
    page = clerk.submit(page, {"ends_on": ""}, form="contract")
    assert len(warnings(page)) == 1
    page = clerk.submit(page, {"hours": "39"}, form="contract")
    assert page.errors == ["Vul een wekelijkse arbeidsduur in tussen 0 en 38 uur."]
    page = clerk.submit(page, {"hours": "19,5"}, form="contract")
    assert messages(page) == ["Gelukt: Het contract is toegevoegd."]


def test_e075_without_javascript_type_and_qualification_decide_the_right(clerk: Client, kim: StaffMember) -> None:
    add_contract(clerk, kim)
    add_contract(clerk, kim, qualification="ANDERE_A1", ends_on="31/07/2024", hours="10")
    by_qualification = {row.qualification_code: row.el_right for row in rows(Contract)}
    assert by_qualification["VERPLEEGKUNDIGE_BACHELOR"] is True
    assert by_qualification.get("ANDERE_A1", False) is False


def test_e075_a_box_that_was_shown_for_the_combination_is_taken_as_it_is(clerk: Client, kim: StaffMember) -> None:
    """The script ticks the box and tells for which combination; who unticks it then, means it."""
    shown = "LOONTREKKENDE|VERPLEEGKUNDIGE_BACHELOR"
    add_contract(clerk, kim, el_right=None, el_right_for=shown)
    (row,) = rows(Contract)
    assert row.el_right is False


def test_v17_ticked_without_automatic_right_is_saved_with_a_reminder(clerk: Client, kim: StaffMember) -> None:
    page = add_contract(clerk, kim, qualification="ANDERE_A1", el_right="y")
    (row,) = rows(Contract)
    assert row.el_right is True
    reminder = "Vink dit enkel aan als de medewerker aan alle wettelijke voorwaarden voldoet."
    assert any(reminder in message for message in messages(page))


def test_e075_the_page_tells_the_script_the_combinations_of_the_rule(clerk: Client, kim: StaffMember) -> None:
    personnel.contract(kim)
    page = clerk.page(file_of(kim, "/contracten/toevoegen"))
    combinations = page.find("//*[@data-automatic-right]").get("data-automatic-right").split()
    assert "LOONTREKKENDE|ZORGKUNDIGE" in combinations
    assert "STATUTAIR|VERPLEEGKUNDIGE_GEGRADUEERDE" in combinations
    assert not [pair for pair in combinations if pair.endswith("ANDERE_A1") or pair.startswith("INTERIM")]


def test_e078_taking_a_replacer_on_again_later_gets_a_note(clerk: Client, kim: StaffMember) -> None:
    personnel.contract(kim, ends_on=date(2024, 3, 31), hours=Decimal("19.00"), replacement_hours=Decimal("10.00"))
    page = add_contract(clerk, kim, hours="19", replacement_hours="8")
    assert any("al vervanger tot en met 31 maart 2024" in message for message in messages(page))


def test_v20_ending_a_contract_offers_the_same_end_for_the_choice(clerk: Client, kim: StaffMember) -> None:
    """E-070: both at once with one button, in one transaction."""
    contract = personnel.contract(kim)
    personnel.choice(kim)
    page = clerk.page(file_of(kim, f"/contracten/{contract.reference}/bewerken"))
    page = clerk.submit(page, {"ends_on": "31/08/2024"}, form="contract", button="Bewaren")
    assert warnings(page) == ["Het contract heeft een einddatum. Vul ook een einddatum in bij Eindeloopbaan."]
    page = clerk.submit(page, form="contract", button="end_both")
    assert page.status == 200
    assert [row.ends_on for row in rows(Contract)] == [date(2024, 8, 31)]
    assert [row.ends_on for row in rows(EndOfCareerChoice)] == [date(2024, 8, 31)]
    assert {row.event for row in rows(AuditEntry)} == {"contract.changed", "choice.changed"}


def test_v20_accepted_stays_on_the_file_with_a_one_click_end(clerk: Client, kim: StaffMember) -> None:
    contract = personnel.contract(kim)
    choice = personnel.choice(kim)
    page = clerk.page(file_of(kim, f"/contracten/{contract.reference}/bewerken"))
    page = clerk.submit(page, {"ends_on": "31/08/2024"}, form="contract", button="Bewaren")
    page = clerk.submit(page, form="contract", button="Toch bewaren")
    assert "Vul ook een einddatum in bij Eindeloopbaan." in notices(page)
    assert [row.ends_on for row in rows(EndOfCareerChoice)] == [None]
    page = clerk.submit(page, form=f"/eindeloopbaan/{choice.reference}/einde")
    assert messages(page) == ["Gelukt: De eindeloopbaankeuze heeft nu dezelfde einddatum."]
    assert [row.ends_on for row in rows(EndOfCareerChoice)] == [date(2024, 8, 31)]
    assert notices(page) == ""


def test_a_one_click_end_that_was_tampered_with_is_refused(clerk: Client, kim: StaffMember) -> None:
    choice = personnel.choice(kim)
    answer = clerk.post(file_of(kim, f"/eindeloopbaan/{choice.reference}/einde"), data={"ends_on": "x", "version": "1"})
    assert messages(clerk.page(answer.location)) == ["Fout: Vul een geldige datum in."]
    assert [row.ends_on for row in rows(EndOfCareerChoice)] == [None]


def test_two_clerks_change_the_same_contract_and_the_second_sees_both_versions(
    clerk: Client, kim: StaffMember, signed_in: SignedIn, brug: Facility
) -> None:
    contract = personnel.contract(kim)
    address = file_of(kim, f"/contracten/{contract.reference}/bewerken")
    mine = clerk.page(address)
    colleague = signed_in("EL_PRIVACY", facility=brug)
    assert colleague.submit(colleague.page(address), {"hours": "30"}, form="contract").status == 200
    page = clerk.submit(mine, {"hours": "19"}, form="contract")
    assert page.status == 409
    assert page.table()[1:] == [["Uren", "30", "19"]]
    assert page.field("hours").get("value") == "19"
    assert [row.hours for row in rows(Contract)] == [Decimal("30.00")]
    assert clerk.submit(page, form="contract").status == 200
    assert [row.hours for row in rows(Contract)] == [Decimal("19.00")]


def test_a_change_leaves_a_trace_with_the_changed_fields_only(clerk: Client, kim: StaffMember) -> None:
    contract = personnel.contract(kim)
    page = clerk.page(file_of(kim, f"/contracten/{contract.reference}/bewerken"))
    clerk.submit(page, {"hours": "19"}, form="contract")
    (entry,) = rows(AuditEntry)
    assert (entry.event, entry.subject_key) == ("contract.changed", contract.reference)
    assert '"fields":["hours"]' in entry.data
    values = {row.name: row.value for row in rows(AuditPersonalValue)}
    assert values["before"] == f'{{"hours": "38", "staff_member": "{kim.reference}"}}'
    assert values["after"] == f'{{"hours": "19", "staff_member": "{kim.reference}"}}'


def test_saving_without_a_change_leaves_no_trace(clerk: Client, kim: StaffMember) -> None:
    contract = personnel.contract(kim)
    page = clerk.page(file_of(kim, f"/contracten/{contract.reference}/bewerken"))
    assert clerk.submit(page, form="contract").status == 200
    assert rows(AuditEntry) == []


def test_e076_a_contract_is_deleted_after_a_question(clerk: Client, kim: StaffMember) -> None:
    contract = personnel.contract(kim)
    page = clerk.page(file_of(kim, f"/contracten/{contract.reference}/verwijderen"))
    assert page.heading == "Contract verwijderen"
    page = clerk.submit(page)
    assert messages(page) == ["Gelukt: Het contract is verwijderd."]
    assert rows(Contract) == []
    assert [row.event for row in rows(AuditEntry)] == ["contract.removed"]


def test_an_ended_contract_looks_different(clerk: Client, kim: StaffMember) -> None:
    personnel.contract(kim, ends_on=date(2024, 9, 15))
    personnel.contract(kim, starts_on=date(2024, 9, 16))
    page = clerk.page(file_of(kim))
    assert len(page.all("//tr[@class='line--ended']")) == 1
    assert "Beëindigd" in page.all("//tr[@class='line--ended']")[0].text_content()
