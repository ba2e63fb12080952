"""The pages of *Groepen en rechten* and the tab *Toegang*, used as a beheerder does."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from domain.econtracting.rights import Level, Verb
from models.base import db
from models.contract_rights import GroupContract, GroupMember, RightsGroup
from services import clock
from services.econtracting import access
from tests.factories import contracting as make
from tests.factories.contracting import EXECUTION, PAYMENTS
from tests.factories.database import change
from tests.integration.econtracting.rights.scene import Company, company, statements
from tests.support.client import Client

GROUPS, MATRIX, ALONE = "/econtracting/groepen", "/econtracting/rechten", "/econtracting/rechten/zonder-groep"


@pytest.fixture
def wegenbouw(app: Flask) -> Company:
    """The company of the personas."""
    return company()


@pytest.fixture
def an(app: Flask, wegenbouw: Company) -> Client:
    """The beheerder, signed in."""
    return make.sign_in(app.test_client(), wegenbouw.an)  # type: ignore[no-any-return]


@pytest.fixture
def karim(app: Flask, wegenbouw: Company) -> Client:
    """A gebruiker, signed in."""
    return make.sign_in(app.test_client(), wegenbouw.karim)  # type: ignore[no-any-return]


def toegang(scene: Company) -> str:
    """The tab of the first contract."""
    return f"/econtracting/opdracht/{scene.here.reference}/toegang"


def test_from_no_group_to_a_sender_in_a_few_pages(an: Client, wegenbouw: Company) -> None:
    """C-030c, C-034 to C-044."""
    start = an.page(GROUPS)
    assert "Er zijn nog geen groepen" in start.text
    assert "2 opdrachten zonder groep" in start.text
    form = an.page(f"{GROUPS}/toevoegen")
    group = an.submit(form, {"theme": PAYMENTS, "name": "Betalingen West", "level": "3"})
    assert "Voeg nu personen en opdrachten toe" in group.text
    assert "Deze groep geeft nog niets" in group.text
    reference = db.session.scalars(select(RightsGroup.reference)).one()
    choose = an.page(f"{GROUPS}/{reference}/leden")
    added = an.submit(choose, {"people": [wegenbouw.karim.relation.reference]}, form="leden")
    assert "1 persoon zit nu in de groep" in added.text
    contracts = an.page(f"{GROUPS}/{reference}/opdrachten")
    preview = an.submit(contracts, {"contracts": [wegenbouw.here.reference]}, form="voorbeeld")
    assert "Er is nog niets veranderd" in preview.text
    assert "1 opdracht meer" in preview.text
    assert not db.session.scalars(select(GroupContract)).all()
    linked = an.submit(preview, form="opdrachten")
    assert "werkt nu aan 1 opdracht meer" in linked.text
    assert access.require(wegenbouw.karim.actor, wegenbouw.here, Verb.SEND, PAYMENTS)
    assert "1 opdracht zonder groep" in an.page(GROUPS).text


def test_what_is_wrong_stands_at_its_field(an: Client, wegenbouw: Company) -> None:
    make.group(name="Betalingen West")
    page = an.submit(an.page(f"{GROUPS}/toevoegen"), {"theme": PAYMENTS, "name": "betalingen west", "level": ""})
    assert page.status == 422
    assert "Er is al een groep" in page.field_error("name")
    assert "Kies een recht." in page.errors


def test_two_beheerders_at_once_get_both_versions(an: Client, wegenbouw: Company) -> None:
    group = make.group(name="Betalingen West")
    form = an.page(f"{GROUPS}/{group.reference}/bewerken")
    change(group, name="Betalingen Oost")
    conflict = an.submit(form, {"name": "Betalingen Noord"})
    assert conflict.status == 409
    assert "Betalingen Oost" in conflict.text


def test_the_matrix_shows_the_highest_right_and_where_it_comes_from(an: Client, wegenbouw: Company) -> None:
    """A-15; a group without contracts gives nothing; the filter on one contract shows that contract only."""
    make.group(name="Lezers", level=Level.CONSULT, members=[wegenbouw.karim], contracts=[wegenbouw.here])
    make.group(name="Verzenders", members=[wegenbouw.karim], contracts=[wegenbouw.there])
    make.group(theme=EXECUTION, name="Leeg", members=[wegenbouw.mila])
    every = {row[0].split(" ")[0]: row for row in an.page(MATRIX).table()[1:]}
    assert "Verzenden" in every["El"][1]
    assert "Lezers" in every["El"][1]
    assert "nog geen opdracht" in every["Jacobs"][3]
    here = an.page(f"{MATRIX}?opdracht={wegenbouw.here.reference}")
    row = next(row for row in here.table()[1:] if row[0].startswith("El Amrani"))
    assert "Raadplegen" in row[1]
    assert "Verzenders" not in row[1]
    nobody = an.page(f"{MATRIX}?enkel=zonder")
    assert [row[0].split(" ")[0] for row in nobody.table()[1:]] == ["Jacobs", "Peeters", "Wouters"]
    assert "Niemand gevonden" in an.page(f"{MATRIX}?zoek=bestaatniet").text


def test_access_of_a_contract(an: Client, wegenbouw: Company) -> None:
    """C-042, A-17: add somebody for this contract only, take away, unlink with the effect told first."""
    group = make.group(name="Verzenders", members=[wegenbouw.karim])
    page = an.page(toegang(wegenbouw))
    assert "Enkel beheerders zien deze opdracht" in page.text
    page = an.submit(page, {"group": group.reference}, form="toegang/groep")
    assert "De groep werkt nu aan deze opdracht" in page.text
    page = an.submit(page, {"person": wegenbouw.mila.relation.reference}, form="/lid")
    assert "voor deze ene opdracht" in page.text
    assert access.standing(wegenbouw.mila.actor, wegenbouw.here).levels == {PAYMENTS: Level.SEND}
    assert not access.standing(wegenbouw.mila.actor, wegenbouw.there).sees
    ask = an.page(f"{GROUPS}/{group.reference}/opdrachten/{wegenbouw.here.reference}/loskoppelen?van=opdracht")
    assert "2 personen verliezen" in ask.text
    assert "komt bij opnieuw koppelen niet terug" in ask.text
    back = an.submit(ask, form="loskoppelen?van=opdracht")
    assert "werkt niet meer aan opdracht" in back.text
    assert not access.standing(wegenbouw.karim.actor, wegenbouw.here).sees


def test_what_does_this_person_see(an: Client, wegenbouw: Company) -> None:
    """In words why, and why not."""
    make.group(name="Lezers", level=Level.CONSULT, members=[wegenbouw.karim], contracts=[wegenbouw.here])
    make.group(theme=EXECUTION, name="Werf", members=[wegenbouw.karim])
    person = wegenbouw.karim.relation.reference
    page = an.page(f"{MATRIX}/persoon/{person}")
    assert "1 van de 2 opdrachten" in page.text
    why = an.page(f"{MATRIX}/persoon/{person}/opdracht/{wegenbouw.here.reference}").text
    assert "Vast lid van de groep 'Lezers', die aan deze opdracht werkt." in why
    assert "Nee: het recht van de groep is daarvoor te laag." in why
    assert "Zit in de groep 'Werf', maar die werkt niet aan deze opdracht." in why
    there = an.page(f"{MATRIX}/persoon/{person}/opdracht/{wegenbouw.there.reference}").text
    assert "ziet deze opdracht niet" in there


def test_the_emergency_block_from_the_page(an: Client, karim: Client, wegenbouw: Company) -> None:
    """5.3: the next click of the other signs out; without a reason nothing happens."""
    make.group(members=[wegenbouw.karim], contracts=[wegenbouw.here])
    person = wegenbouw.karim.relation.reference
    assert karim.get("/start").status_code == 200
    form = an.page(f"{MATRIX}/persoon/{person}/blokkeren")
    assert an.submit(form, {"reason": ""}).status == 422
    assert karim.get("/start").status_code == 200
    page = an.submit(form, {"reason": "Badge verloren"})
    assert "is geblokkeerd" in page.text
    assert "Badge verloren" in page.text
    assert karim.get("/start").status_code == 302
    own = an.page(f"{MATRIX}/persoon/{wegenbouw.an.relation.reference}/blokkeren")
    assert "uzelf niet blokkeren" in an.submit(own, {"reason": "x"}).text


def test_contracts_without_a_group_get_one(an: Client, wegenbouw: Company) -> None:
    """A-19; all that were found at once, after a look at what it gives."""
    group = make.group(name="Verzenders", members=[wegenbouw.karim])
    page = an.page(ALONE)
    assert len(page.table()) == 3
    preview = an.submit(page, {"group": group.reference}, form="voorbeeld", button="alles")
    assert "2 opdrachten meer" in preview.text
    an.submit(preview, form="opdrachten")
    assert "Aan elke opdracht werkt een groep" in an.page(ALONE).text
    assert access.standing(wegenbouw.karim.actor, wegenbouw.there).sees


def test_nothing_chosen_is_said(an: Client, wegenbouw: Company) -> None:
    group = make.group()
    assert "Kies minstens één opdracht." in an.submit(an.page(ALONE), {"group": group.reference}, form="voorbeeld").text
    assert (
        "Kies een groep." in an.submit(an.page(ALONE), {"contracts": [wegenbouw.here.reference]}, form="voorbeeld").text
    )
    assert "Kies minstens één persoon" in an.submit(an.page(f"{GROUPS}/{group.reference}/leden"), form="leden").text


def test_somebody_in_two_groups_of_a_theme_is_told(an: Client, wegenbouw: Company) -> None:
    make.group(name="Lezers", level=Level.CONSULT, members=[wegenbouw.karim])
    group = make.group(name="Verzenders")
    form = an.page(f"{GROUPS}/{group.reference}/leden")
    page = an.submit(form, {"people": [wegenbouw.karim.relation.reference]}, form="leden")
    assert "Karim El Amrani (Lezers)" in page.text
    assert "telt het hoogste recht" in page.text


def test_members_leave_and_get_an_end(an: Client, wegenbouw: Company) -> None:
    group = make.group(members=[wegenbouw.karim])
    person = wegenbouw.karim.relation.reference
    end = an.page(f"{GROUPS}/{group.reference}/leden/{person}")
    assert "31 december 2026" in an.submit(end, {"until": "31/12/2026"}).text
    page = an.submit(an.page(f"{GROUPS}/{group.reference}"), form="verwijderen")
    assert "niet meer in de groep" in page.text
    assert all(row.ends_at is not None for row in db.session.scalars(select(GroupMember)))
    assert "niet (meer) in de groep" in an.page(f"{GROUPS}/{group.reference}/leden/{person}").text


def test_out_of_use_and_back(an: Client, wegenbouw: Company) -> None:
    group = make.group(members=[wegenbouw.karim], contracts=[wegenbouw.here])
    page = an.submit(an.page(f"{GROUPS}/{group.reference}/buiten-gebruik"), form="buiten-gebruik")
    assert "Deze groep is buiten gebruik" in page.text
    assert not access.standing(wegenbouw.karim.actor, wegenbouw.here).sees
    an.submit(page, form="in-gebruik")
    assert access.standing(wegenbouw.karim.actor, wegenbouw.here).sees


def test_a13_beheerders_read_all_or_through_a_group(an: Client, wegenbouw: Company) -> None:
    page = an.submit(an.page(GROUPS), form="lezen")
    assert "geldt meteen" in page.text
    assert not access.standing(wegenbouw.an.actor, wegenbouw.here).reads(PAYMENTS)
    an.submit(page, form="lezen")
    assert access.standing(wegenbouw.an.actor, wegenbouw.here).reads(PAYMENTS)


def test_the_export_has_all_that_was_given_and_calculates_nothing(an: Client, wegenbouw: Company) -> None:
    """C-045; what has ended stands there too. A name that looks like a formula stays text."""
    group = make.group(name="=SOM(A1)", members=[wegenbouw.karim])
    make.extra(make.link(group, wegenbouw.here), wegenbouw.mila, ends_at=clock.now())
    page = an.page(GROUPS)
    answer = an.post(f"{MATRIX}/export/csv")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff")), delimiter=";"))
    assert [(row[0], row[5], row[8], row[12]) for row in rows[1:]] == [
        ("El Amrani", "'=SOM(A1)", "Vast lid", "ja"),
        ("Jacobs", "'=SOM(A1)", "Enkel voor één opdracht", "nee"),
    ]
    book = openpyxl.load_workbook(io.BytesIO(an.post(f"{MATRIX}/export/xlsx").data))
    assert book.sheetnames == ["Leden", "Opdrachten"]
    assert [cell.value for cell in book["Opdrachten"]["E"]] == ["Opdracht", wegenbouw.here.number]
    assert page.status == 200


PAGES: list[Callable[[Company, RightsGroup], str]] = [
    lambda scene, group: GROUPS,
    lambda scene, group: f"{GROUPS}/toevoegen",
    lambda scene, group: f"{GROUPS}/{group.reference}",
    lambda scene, group: f"{GROUPS}/{group.reference}/bewerken",
    lambda scene, group: f"{GROUPS}/{group.reference}/buiten-gebruik",
    lambda scene, group: f"{GROUPS}/{group.reference}/leden",
    lambda scene, group: f"{GROUPS}/{group.reference}/opdrachten",
    lambda scene, group: f"{GROUPS}/{group.reference}/opdrachten/{scene.here.reference}/loskoppelen",
    lambda scene, group: MATRIX,
    lambda scene, group: f"{MATRIX}?opdracht={scene.here.reference}",
    lambda scene, group: ALONE,
    lambda scene, group: f"{MATRIX}/persoon/{scene.karim.relation.reference}",
    lambda scene, group: f"{MATRIX}/persoon/{scene.karim.relation.reference}/opdracht/{scene.here.reference}",
    lambda scene, group: f"{MATRIX}/persoon/{scene.karim.relation.reference}/blokkeren",
    lambda scene, group: toegang(scene),
]


@pytest.mark.parametrize("place", range(len(PAGES)))
def test_every_page_is_for_beheerders_of_the_enterprise(
    app: Flask, an: Client, karim: Client, wegenbouw: Company, place: int
) -> None:
    """C-030: 200 for An, refused for Karim, not there for Nora when it names something of the enterprise."""
    group = make.group(members=[wegenbouw.karim], contracts=[wegenbouw.here])
    path = PAGES[place](wegenbouw, group)
    assert an.get(path).status_code == 200
    assert karim.get(path).status_code == 403
    nora: Client = make.sign_in(app.test_client(), wegenbouw.nora)
    named = any(part in path for part in (group.reference, wegenbouw.here.reference, "persoon/"))
    assert nora.get(path).status_code == (404 if named else 200)


@pytest.mark.one_database
@pytest.mark.parametrize("place", range(len(PAGES)))
def test_a_page_asks_no_more_of_a_large_company(an: Client, wegenbouw: Company, place: int) -> None:
    """The number of statements does not grow with people, groups or contracts."""
    group = make.group(members=[wegenbouw.karim], contracts=[wegenbouw.here])
    path = PAGES[place](wegenbouw, group)
    an.get(path)
    with statements() as few:
        assert an.get(path).status_code == 200
    people = [make.user(name=f"Persoon {number}") for number in range(40)]
    contracts = [make.public_contract(kinds=()) for _ in range(30)]
    for theme in (PAYMENTS, EXECUTION):
        make.group(theme=theme, members=people, contracts=[*contracts, wegenbouw.here])
    for one in people[:20]:
        make.member(group, one)
    for contract in contracts:
        make.link(group, contract)
    with statements() as many:
        assert an.get(path).status_code == 200
    assert len(many) <= len(few) + 1
    assert len(many) <= 24
