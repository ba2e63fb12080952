"""The staff list: search and filters, paging, order, neighbours, and what stands in addresses (E-065)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from models.all import db
from models.organisation import Facility
from models.personnel import Contract, EndOfCareerChoice, Source, StaffMember
from tests.factories import personnel, reference
from tests.factories.database import save
from tests.factories.numbers import national_number
from tests.integration.staff.scene import LIST, file_of, messages, statements
from tests.pages.page import Page
from tests.support.client import Client


def names(page: Page) -> list[str]:
    """The names of the list, in its order."""
    return [" ".join(cell.text_content().split()) for cell in page.all("//tbody//th")]


def person(of: Facility, last: str, first: str = "Kim", **values: Any) -> StaffMember:
    return personnel.staff_member(of, last_name=last, first_name=first, **values)


@pytest.fixture
def people(brug: Facility) -> dict[str, StaffMember]:
    """Ann Aerts: nurse with a premium. Bob Börner: carer who replaces. Zoë Claes: ended. Dirk De Smet: no contract."""
    ann, bob = person(brug, "Aerts", "Ann"), person(brug, "Börner", "Bob")
    zoe, dirk = person(brug, "Claes", "Zoë"), person(brug, "De Smet", "Dirk")
    personnel.contract(ann)
    personnel.choice(ann)
    personnel.contract(
        bob,
        starts_on=date(2024, 1, 1),
        contract_type_code="STATUTAIR",
        qualification_code="ZORGKUNDIGE",
        hours=Decimal("19.00"),
        replacement_hours=Decimal("10.00"),
    )
    personnel.contract(zoe, ends_on=date(2023, 12, 31))
    personnel.choice(zoe, premium_hours=0, exemption_hours=6, ends_on=date(2023, 12, 31))
    return {"ann": ann, "bob": bob, "zoe": zoe, "dirk": dirk}


FILTERS = {
    "": ["Aerts Ann", "Börner Bob", "Claes Zoë", "De Smet Dirk"],
    "zoek=smet": ["De Smet Dirk"],
    "zoek=DIRK+de": ["De Smet Dirk"],
    "zoek=borner": ["Börner Bob"],
    "zoek=zoe": ["Claes Zoë"],
    "zoek=%25": [],
    "contracttype=STATUTAIR": ["Börner Bob"],
    "kwalificatie=ZORGKUNDIGE": ["Börner Bob"],
    "kwalificatie=ZORGKUNDIGE&kwalificatie=VERPLEEGKUNDIGE_BACHELOR": ["Aerts Ann", "Börner Bob", "Claes Zoë"],
    "contracttype=STATUTAIR&kwalificatie=VERPLEEGKUNDIGE_BACHELOR": [],
    "rol=premie": ["Aerts Ann"],
    "rol=vrijstelling": ["Claes Zoë"],
    "rol=vervanger": ["Börner Bob"],
    "rol=premie&rol=vervanger": ["Aerts Ann", "Börner Bob"],
    "actief=2023K4": ["Aerts Ann", "Claes Zoë"],
    "actief=2024k1": ["Aerts Ann", "Börner Bob"],
    "actief=2023-12-31": ["Aerts Ann", "Claes Zoë"],
    "actief=01/01/2024": ["Aerts Ann", "Börner Bob"],
    "rol=vrijstelling&actief=2024K1": [],
    "zonder=contract": ["De Smet Dirk"],
    "zonder=contract&actief=2024K1": ["Claes Zoë", "De Smet Dirk"],
    "sorteer=-naam": ["De Smet Dirk", "Claes Zoë", "Börner Bob", "Aerts Ann"],
    "kwalificatie=ONBEKEND": [],
    "rol=onbekend&sorteer=onbekend&pagina=x&contracttype=%27": [
        "Aerts Ann",
        "Börner Bob",
        "Claes Zoë",
        "De Smet Dirk",
    ],
}


@pytest.mark.parametrize("query", FILTERS)
def test_e116_filters_combine(query: str, clerk: Client, people: dict[str, StaffMember]) -> None:
    """Between kinds all of them, within a kind any of them; type and qualification of the same contract."""
    page = clerk.page(f"{LIST}?{query}")
    assert names(page) == FILTERS[query]
    if FILTERS[query] and len(FILTERS[query]) < len(people):
        assert f"{len(FILTERS[query])} van 4 medewerkers" in page.text


def test_what_is_filled_in_stands_in_the_address_but_never_a_number(
    clerk: Client, people: dict[str, StaffMember]
) -> None:
    number = people["bob"].national_number
    found = clerk.post(LIST, data={"zoek": f"{number[:6]}-{number[6:9]}.{number[9:]}", "rol": "premie"})
    assert found.status_code == 302
    assert found.location == file_of(people["bob"])
    by_name = clerk.post(LIST, data={"zoek": "bor", "rol": ["vervanger", "premie"], "actief": "2024K1"})
    assert by_name.location == f"{LIST}?zoek=bor&rol=premie&rol=vervanger&actief=2024K1"
    assert names(clerk.page(by_name.location)) == ["Börner Bob"]


@pytest.mark.parametrize("typed", ["66.05.17-123.45", "660517", national_number(date(1966, 5, 17), 987)])
def test_a_number_that_is_not_listed_is_told_without_an_address(
    typed: str, clerk: Client, people: dict[str, StaffMember]
) -> None:
    for answer in (clerk.post(LIST, data={"zoek": typed}), clerk.get(LIST, query_string={"zoek": typed})):
        assert answer.location == LIST
    page = clerk.page(LIST)
    assert "Er staat geen medewerker met dit rijksregisternummer in de lijst." in messages(page)[0]


def test_no_national_number_in_any_address(clerk: Client, people: dict[str, StaffMember]) -> None:
    """No national number in an address: links use the reference."""
    numbers = {member.national_number for member in people.values()}
    for path in (LIST, file_of(people["ann"]), file_of(people["ann"], "/eindeloopbaan")):
        page = clerk.page(path)
        for address in page.all("//@href | //@action | //@formaction"):
            assert not [number for number in numbers if number in re.sub(r"\D", "", address)]


def test_a_day_that_is_none_is_told_and_the_list_still_shows(clerk: Client, people: dict[str, StaffMember]) -> None:
    answer = clerk.post(LIST, data={"actief": "ooit"})
    page = clerk.page(answer.location)
    assert page.field("actief").get("value") == "ooit"
    assert "Vul een datum in (bijvoorbeeld 15/03/2024) of een kwartaal (bijvoorbeeld 2024K1)." in page.text
    assert len(names(page)) == 4


def test_the_list_says_who_still_needs_a_look(clerk: Client, people: dict[str, StaffMember]) -> None:
    """E-027: a choice that went on after the contract ended (V-20)."""
    personnel.choice(people["bob"], begins_on=date(2024, 1, 1))
    assert "na te kijken" in clerk.page(f"{LIST}?zoek=bob").text


def test_empty_list_invites_to_add(clerk: Client) -> None:
    page = clerk.page(LIST)
    assert "Er staan nog geen medewerkers in de lijst" in page.text
    assert page.links()["Personeelslid toevoegen"] == f"{LIST}/toevoegen"


def test_no_match_offers_everybody(clerk: Client, people: dict[str, StaffMember]) -> None:
    page = clerk.page(f"{LIST}?zoek=xyz")
    assert "Geen medewerkers gevonden" in page.text
    assert page.links()["Alle medewerkers tonen"] == LIST


def test_next_and_previous_follow_the_list_as_filtered(clerk: Client, people: dict[str, StaffMember]) -> None:
    page = clerk.page(f"{LIST}?actief=2024K1&sorteer=-naam")
    page = clerk.page(page.all("//tbody//a/@href")[0])
    assert page.heading == "Bob Börner"
    assert "1 van 2" in page.text
    links = page.links()
    assert "Vorige" not in links
    page = clerk.page(links["Volgende"])
    assert page.heading == "Ann Aerts"
    assert "Volgende" not in page.links()
    assert page.links()["Terug naar de lijst"] == f"{LIST}?actief=2024K1&sorteer=-naam"


def test_neighbours_of_somebody_who_no_longer_fits(clerk: Client, people: dict[str, StaffMember]) -> None:
    """After adding the contract in the list 'zonder contract' the clerk still goes on to the next."""
    personnel.contract(people["dirk"])
    person(people_facility(people), "Engels", "Els")
    page = clerk.page(file_of(people["dirk"]) + "?zonder=contract")
    assert clerk.page(page.links()["Volgende"]).heading == "Els Engels"


def people_facility(people: dict[str, StaffMember]) -> Facility:
    return db.session.get_one(Facility, people["ann"].facility_id)


@pytest.fixture
def five_thousand(brug: Facility) -> Facility:
    """5,000 people with a contract each, and a choice for every tenth."""
    reference.code_lists()
    members = [
        StaffMember(
            facility_id=brug.id,
            national_number=f"{number:011d}",
            last_name=f"Naam{number:04d}",
            first_name="Kim",
            birth_date=date(1966, 5, 17),
            source=Source.RAAS,
        )
        for number in range(5000)
    ]
    save(*members)
    save(
        *(
            Contract(
                staff_member_id=member.id,
                facility_id=brug.id,
                starts_on=date(2020, 1, 1),
                contract_type_code="LOONTREKKENDE",
                qualification_code="ZORGKUNDIGE",
                hours=Decimal(38),
                el_right=True,
            )
            for member in members
        ),
        *(
            EndOfCareerChoice(
                staff_member_id=member.id,
                facility_id=brug.id,
                decided_on=date(2021, 6, 1),
                begins_on=date(2021, 6, 1),
                age_category="55+",
                premium_hours=0,
                exemption_hours=6,
            )
            for member in members[::10]
        ),
    )
    return brug


def test_five_thousand_people_take_as_many_statements_as_five(clerk: Client, five_thousand: Facility) -> None:
    """Fifty rows a page, and a fixed number of statements for the list and for a file."""
    with statements() as first:
        page = clerk.page(LIST)
    assert len(names(page)) == 50
    assert "5000 medewerkers" in page.text
    with statements() as last:
        page = clerk.page(f"{LIST}?pagina=100")
    assert names(page)[-1] == "Naam4999 Kim"
    assert len(last) <= len(first) <= 10
    with statements() as filtered:
        assert len(names(clerk.page(f"{LIST}?rol=vrijstelling&kwalificatie=ZORGKUNDIGE&actief=2024K1"))) == 50
    assert len(filtered) <= 10
    with statements() as file:
        page = clerk.page(page.all("//tbody//a/@href")[10])
    assert "van 5000" in page.text
    assert len(file) <= 12
    assert clerk.page(f"{LIST}?pagina=999999").all("//a[@aria-current='page']")
