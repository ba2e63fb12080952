"""The inbox by contract and theme, for a contractor and for an authority: what is offered, found, and never told."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from domain.econtracting.rights import Level
from models.message import Conversation
from models.public_contract import PublicContract
from services import transaction
from services.econtracting import kinds
from services.messaging import narrowing, reading
from services.messaging.narrowing import FEW, PROPOSED
from services.messaging.reading import Criteria
from tests.factories import contracting as make
from tests.factories import messages
from tests.factories.contracting import GENERAL, PAYMENTS, Somebody
from tests.factories.messages import contract_threads
from tests.integration.declaration.scene import statements
from tests.pages.page import Page
from tests.support.client import Client

LIST, OFFICE = "/berichten/", "/beheer/berichten/"


def thread(contract: PublicContract, subject: str, author: Somebody, theme: str = GENERAL) -> Conversation:
    """A thread with one message of the authority."""
    return contract_threads([contract], subject, author.actor, theme)[0]


def contracts(how_many: int) -> list[PublicContract]:
    return [make.public_contract(kinds=()) for _ in range(how_many)]


@pytest.fixture
def dirk(database: Any) -> Somebody:
    with transaction.unit_of_work():
        kinds.ensure()
    return make.official()


def karim(*groups: tuple[str, list[PublicContract]]) -> Somebody:
    who = make.user()
    for theme, linked in groups:
        make.group(theme=theme, level=Level.SEND, members=[who], contracts=linked)
    return who


def subjects(client: Client, address: str) -> set[str]:
    return {text for text in client.page(address).links() if text.startswith("Over ")}


def chosen(page: Page, name: str) -> str:
    """What a filter of the page stands on."""
    (option,) = page.all(f"//select[@name='{name}']/option[@selected]")
    return str(option.get("value"))


def test_c046_only_contracts_with_a_thread_that_the_actor_reads_are_offered(dirk: Somebody) -> None:
    """Not one without a group, not one whose threads are of a theme the person does not read, not one of another."""
    own, without_group, other_theme, silent = contracts(4)
    foreign = make.public_contract(make.other_authority())
    thread(own, "Over het eerste", dirk)
    thread(without_group, "Over het tweede", dirk)
    thread(other_theme, "Over het derde", dirk, PAYMENTS)
    thread(foreign, "Over het vierde", dirk)
    who = karim((GENERAL, [own, other_theme, silent]))
    offered = narrowing.offer(who.actor)
    assert ([one.number for one in offered.contracts], offered.many, offered.themes) == ([own.number], False, ())
    for contract in (without_group, other_theme, silent, foreign):
        for named in (contract.number, contract.reference):
            about = narrowing.asked(who.actor, named, PAYMENTS)
            assert (about.contract, about.theme) == (None, None)
            assert reading.inbox(who.actor, Criteria(**about.criteria())).rows == ()
    office = narrowing.offer(dirk.actor)
    assert {one.number for one in office.contracts} == {own.number, without_group.number, other_theme.number}
    assert [one.code for one in office.themes] == [PAYMENTS, GENERAL]


def test_few_contracts_are_chosen_and_stay_in_the_address(app: Flask, dirk: Somebody) -> None:
    first, second = contracts(2)
    thread(first, "Over de opening", dirk)
    thread(second, "Over de factuur", dirk, PAYMENTS)
    who = karim((GENERAL, [first, second]), (PAYMENTS, [first, second]))
    for client, path in (
        (make.sign_in(app.test_client(), who), LIST),
        (make.sign_in(app.test_client(), dirk), OFFICE),
    ):
        assert subjects(client, path) == {"Over de opening", "Over de factuur"}
        page = client.page(f"{path}?opdracht={second.reference}")
        assert chosen(page, "opdracht") == second.reference
        assert f"Opdracht: {second.number}" in page.text
        assert "1 gesprek" in page.text
        assert f"opdracht={second.reference}" in page.links()["Over de factuur"]
        assert "Over de opening" not in page.links()
        assert subjects(client, f"{path}?thema={GENERAL}") == {"Over de opening"}
        assert subjects(client, f"{path}?thema={PAYMENTS}&opdracht={second.reference}") == {"Over de factuur"}
        assert subjects(client, f"{path}?thema=NIETS") == {"Over de opening", "Over de factuur"}
        nothing = client.page(f"{path}?thema={GENERAL}&opdracht={second.reference}")
        assert "Alles wissen" in nothing.text
        assert chosen(nothing, "thema") == GENERAL
        assert chosen(client.page(f"{path}?opdracht=zwembad"), "opdracht") == "zwembad"


def test_a_number_is_that_contract_and_words_are_every_contract_that_has_them(app: Flask, dirk: Somebody) -> None:
    short = make.public_contract(number="MOW/77", description="Brug over de Leie")
    long = make.public_contract(number="MOW/771", description="Brug over de Schelde")
    thread(short, "Over de Leie", dirk)
    thread(long, "Over de Schelde", dirk)
    office = make.sign_in(app.test_client(), dirk)
    assert subjects(office, f"{OFFICE}?opdracht=mow/77") == {"Over de Leie"}
    assert subjects(office, f"{OFFICE}?opdracht=BRÛG+schelde") == {"Over de Schelde"}
    assert subjects(office, f"{OFFICE}?opdracht=brug") == {"Over de Leie", "Over de Schelde"}


def test_with_500_contracts_one_is_typed_and_the_statements_stay_the_same(app: Flask, dirk: Somebody) -> None:
    some = contracts(FEW)
    contract_threads(some, "Over de werf", dirk.actor)
    who = karim((GENERAL, some))
    people = ((make.sign_in(app.test_client(), who), LIST), (make.sign_in(app.test_client(), dirk), OFFICE))
    few = [_statements(client, path) for client, path in people]
    assert not people[0][0].page(LIST).all("//datalist")
    more = contracts(500 - FEW)
    contract_threads(more, "Over de brug", dirk.actor)
    make.group(theme=GENERAL, members=[who], contracts=more)
    assert [_statements(client, path) for client, path in people] == few
    for client, path in people:
        page = client.page(path)
        proposed = page.all("//datalist[@id='opdrachten']/option")
        assert len(proposed) == PROPOSED
        assert (proposed[0].get("value"), proposed[0].get("label")) == (more[-1].number, more[-1].description)
        page = client.page(f"{path}?opdracht={some[3].number}")
        assert page.find("//input[@list='opdrachten']").get("value") == some[3].number
        assert "1 gesprek" in page.text
        assert f"opdracht={some[3].number}" in page.links()["Over de werf"]


def _statements(client: Client, path: str) -> int:
    client.page(path)  # a first visit writes that somebody was here
    with statements() as seen:
        client.page(path)
    assert len(seen) <= 20, seen
    return len(seen)


def test_a_facility_and_the_department_have_no_contracts_to_choose(app: Flask, database: Any) -> None:
    talk = messages.talk()
    talk.open(subject="Over de uren")
    for who in (talk.sofie, talk.els):
        with statements() as seen:
            assert narrowing.offer(who) == narrowing.Offer()
            assert narrowing.asked(who, "MOW", GENERAL) == narrowing.About()
        assert seen == []
