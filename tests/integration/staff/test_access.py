"""Whose staff it is, and who may see it: foreign rows do not exist, a missing role is explained."""

from __future__ import annotations

import pytest

from domain.errors import NotFound
from models.organisation import Facility
from models.personnel import Contract, EndOfCareerChoice, StaffMember
from services.ecalcura import choices, contracts, staff, staff_file, staff_queries
from tests.factories import actors, organisations, personnel
from tests.integration.staff.scene import CHOICE, CONTRACT, LIST, file_of, rows, using
from tests.support.client import Client
from tests.support.sign_in import SignedIn


@pytest.fixture
def foreign(brug: Facility) -> StaffMember:
    """Somebody of another facility, with a contract and a choice."""
    member = personnel.staff_member(organisations.facility(name="PVT Elders"))
    personnel.contract(member)
    personnel.choice(member)
    return member


def _addresses(member: StaffMember, contract: str, choice: str) -> list[tuple[str, str, dict[str, str]]]:
    return [
        ("GET", file_of(member), {}),
        ("GET", file_of(member, "/eindeloopbaan"), {}),
        ("POST", file_of(member, "/verwijderen"), {"version": "1"}),
        ("POST", file_of(member, "/contracten/toevoegen"), CONTRACT),
        ("POST", file_of(member, f"/contracten/{contract}/bewerken"), CONTRACT | {"version": "1"}),
        ("POST", file_of(member, f"/contracten/{contract}/verwijderen"), {"version": "1"}),
        ("POST", file_of(member, f"/contracten/{contract}/einde"), {"version": "1", "ends_on": "2024-12-31"}),
        ("POST", file_of(member, "/eindeloopbaan/toevoegen"), CHOICE),
        ("POST", file_of(member, f"/eindeloopbaan/{choice}/bewerken"), CHOICE | {"version": "1"}),
        ("POST", file_of(member, f"/eindeloopbaan/{choice}/verwijderen"), {"version": "1"}),
        ("POST", file_of(member, f"/eindeloopbaan/{choice}/einde"), {"version": "1", "ends_on": "2024-12-31"}),
    ]


def test_a_foreign_reference_looks_like_one_that_does_not_exist(clerk: Client, foreign: StaffMember) -> None:
    contract, choice = rows(Contract)[0].reference, rows(EndOfCareerChoice)[0].reference
    for method, address, values in _addresses(foreign, contract, choice):
        assert clerk.open(address, method=method, data=values).status_code == 404, address
    assert (len(rows(Contract)), len(rows(EndOfCareerChoice))) == (1, 1)
    assert rows(Contract)[0].ends_on is None


def test_a_foreign_line_is_not_reached_through_ones_own_person(
    clerk: Client, kim: StaffMember, foreign: StaffMember
) -> None:
    contract, choice = rows(Contract)[0].reference, rows(EndOfCareerChoice)[0].reference
    for method, address, values in _addresses(kim, contract, choice)[4:]:
        if "toevoegen" not in address:
            assert clerk.open(address, method=method, data=values).status_code == 404, address
    assert rows(Contract)[0].ends_on is None


def test_services_refuse_another_facility_by_themselves(brug: Facility, foreign: StaffMember) -> None:
    """The tenant filter is in the service, whatever the page does."""
    actor = actors.facility_user(brug)
    for call in (
        lambda: staff_queries.staff_list(actor, foreign.facility_id, staff_queries.StaffFilter()),
        lambda: staff_queries.reference_of(actor, foreign.facility_id, foreign.national_number),
        lambda: staff_queries.neighbours(actor, foreign.facility_id, foreign.reference, staff_queries.StaffFilter()),
        lambda: staff_file.staff_file(actor, foreign.facility_id, foreign.reference),
        lambda: staff_file.staff_file(actor, brug.id, foreign.reference),
        lambda: staff.add_staff(actor, foreign.facility_id, []),
        lambda: staff.find_candidate(actor, foreign.facility_id, "x"),
        lambda: using(staff.remove_staff, actor, brug.id, foreign.reference, 1),
        lambda: using(contracts.delete_contract, actor, brug.id, foreign.reference, "x", 1),
        lambda: using(choices.delete_choice, actor, brug.id, foreign.reference, "x", 1),
    ):
        with pytest.raises(NotFound):
            call()


@pytest.mark.parametrize("roles", [("EL_FINANCIEEL",), ()])
def test_e008_without_the_privacy_role_the_pages_are_refused_with_an_explanation(
    roles: tuple[str, ...], signed_in: SignedIn, brug: Facility, kim: StaffMember
) -> None:
    """E-007, E-009: only financial data, or no role at all: 403 that says which role and who gives it."""
    actor = actors.actor(*roles, facility=brug)
    client = signed_in(actor=actor)
    for path in (LIST, f"{LIST}/toevoegen", file_of(kim), file_of(kim, "/contracten/toevoegen")):
        page = client.page(path, status=403)
        assert "Beheer privacygevoelige gegevens" in page.text
        assert kim.last_name not in page.text


def test_signed_out_goes_to_sign_in(client: Client, kim: StaffMember) -> None:
    assert client.get(file_of(kim)).status_code == 302
    assert client.post(f"{LIST}/toevoegen").status_code == 401


def test_the_tabs_of_the_theme_follow_the_roles(signed_in: SignedIn, brug: Facility) -> None:
    """E-011: whatever names people is for the privacy role only."""
    privacy = signed_in("EL_PRIVACY", facility=brug).page(LIST)
    tabs = [" ".join(link.text_content().split()) for link in privacy.all("//nav[@aria-label='eCalcura']//a")]
    assert tabs == ["Overzicht", "Personeelsgegevens", "Certificaten", "Berekening", "Historiek", "Rapporten"]
    current = privacy.all("//nav[@aria-label='eCalcura']//a[@aria-current]")
    assert [link.get("href") for link in current] == [LIST]
    financial = signed_in("EL_FINANCIEEL", facility=brug).page("/ecalcura/")
    tabs = [" ".join(link.text_content().split()) for link in financial.all("//nav[@aria-label='eCalcura']//a")]
    assert tabs == ["Overzicht", "Historiek"]
