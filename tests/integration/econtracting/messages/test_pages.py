"""The pages of messages, in both doors."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select

from domain.econtracting.rights import Level
from models.all import db
from models.message import Message
from services.messaging import reading
from tests.factories import contracting as make
from tests.factories.contracting import GENERAL
from tests.support.client import Client

QUESTION = "Wanneer mogen we de werf openen?"


def test_c014_a_thread_from_the_counter_to_the_office_and_back(app: Flask, database: Any) -> None:
    contract, karim, dirk = make.public_contract(), make.user(), make.official()
    make.group(theme=GENERAL, level=Level.SEND, members=[karim], contracts=[contract])
    counter, office = make.sign_in(app.test_client(), karim), make.sign_in(app.test_client(), dirk)
    page = counter.page(f"/econtracting/opdracht/{contract.reference}/berichten")
    assert "Er zijn nog geen berichten" in page.text
    page = counter.page(f"/econtracting/opdracht/{contract.reference}/berichten/nieuw")
    typed = {"subject": "Opening", "body": QUESTION, "awaits_reply": "y"}
    page = counter.submit(page, typed, form="nieuw", button="Verzenden")
    assert "Het bericht is verzonden." in page.text
    assert "Nog niet gelezen" in page.text
    inbox = office.page("/beheer/berichten/")
    assert "Wacht op uw antwoord" in inbox.text
    assert "Karim" not in inbox.text
    thread = office.page(inbox.links()["Opening"])
    assert QUESTION in thread.text
    assert "Karim" not in thread.text
    office.submit(thread, {"body": "Vanaf maandag."}, form="antwoord", button="Verzenden")
    page = counter.page(page.path)
    assert "Vanaf maandag." in page.text
    assert "Gelezen op" in page.text


def test_typing_is_kept_for_a_script(app: Flask, database: Any) -> None:
    contract, dirk = make.public_contract(), make.official()
    office = make.sign_in(app.test_client(), dirk)
    page = office.page(f"/beheer/berichten/opdracht/{contract.reference}/nieuw")
    page = office.submit(page, {"subject": "Opening", "body": "Een"}, form="nieuw", button="Concept bewaren")
    data = {"body": "Een twee", "version": "1"}
    answer = office.open(page.path, method="POST", data=data, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert answer.json["version"] == 2
    stale = office.open(page.path, method="POST", data=data | {"body": "x"}, headers={"Accept": "application/json"})
    assert stale.status_code == 409
    assert db.session.scalars(select(Message.body)).one() == "Een twee"


def test_an_empty_message_is_not_sent(app: Flask, database: Any) -> None:
    contract, dirk = make.public_contract(), make.official()
    office = make.sign_in(app.test_client(), dirk)
    page = office.page(f"/beheer/berichten/opdracht/{contract.reference}/nieuw")
    page = office.submit(page, {"subject": "", "body": " "}, form="nieuw", button="Verzenden")
    assert "Vul een onderwerp in." in page.text
    assert db.session.scalars(select(Message)).all() == []


def test_the_inbox_is_filtered_by_its_address(app: Flask, database: Any, signed_in: Any) -> None:
    contract, karim, dirk = make.public_contract(), make.user(), make.official()
    make.group(theme=GENERAL, level=Level.SEND, members=[karim], contracts=[contract])
    client: Client = make.sign_in(app.test_client(), karim)
    page = client.page(f"/econtracting/opdracht/{contract.reference}/berichten/nieuw")
    client.submit(page, {"subject": "Opening", "body": QUESTION}, form="nieuw", button="Verzenden")
    office = make.sign_in(app.test_client(), dirk)
    assert "1 gesprek" in office.page("/beheer/berichten/?toon=UNREAD&zoek=werf").text
    assert "Geen berichten" in office.page("/beheer/berichten/?toon=OURS").text
    assert "Geen berichten" in office.page("/beheer/berichten/?zoek=zwembad").text
    assert reading.unread_count(dirk.actor) == 1
