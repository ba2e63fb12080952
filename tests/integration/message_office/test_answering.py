"""A thread at the department: facts beside it, canned texts in the draft, files, sending and going on (A-38)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.all import db
from models.message import Message
from services.messaging import reading
from tests.factories import declarations, desks
from tests.integration.declaration.scene import statements
from tests.integration.message_office.scene import QUESTION, another, scene

At = Callable[[str], datetime]
LIST = "/beheer/berichten/"


def drafted() -> str:
    """The text of the one draft."""
    db.session.rollback()
    return db.session.scalars(select(Message.body).where(Message.sent_at.is_(None))).one()


def test_the_facts_stand_beside_the_thread(app: Flask, database: Any) -> None:
    place = scene()
    desks.desk("Bureau PVT", "PVT")
    declarations.dossier(place.facility, "2024K1", "CLOSED")
    place.asks("Vroeger")
    thread = place.asks(quarter="2024K1")
    page = place.office(app).page(f"{LIST}{thread.reference}")
    for text in (QUESTION, "Psychiatrisch verzorgingstehuis", "Afgesloten", "Vroeger", "Bureau PVT"):
        assert text in page.text
    links = page.links()
    assert links["Naar het dossier"] == f"/beheer/dossiers/{place.facility.hco_number}-2024K1"
    assert f"voorziening={place.facility.hco_number}" in links["Alle gesprekken van deze voorziening"]


def test_the_facility_reads_the_desk_the_department_who_it_was(app: Flask, database: Any) -> None:
    place = scene()
    desks.desk("Bureau PVT", "PVT")
    thread = place.asks()
    office = place.office(app)
    page = office.page(f"{LIST}{thread.reference}")
    page = office.submit(page, {"body": "Voor 1 november."}, form="antwoord", button="Verzenden")
    assert "Els Claes" in page.text
    read = place.reads(thread)
    assert "Departement Zorg (test), Bureau PVT: Voor 1 november." in read
    assert "Els" not in read
    assert reading.awaiting_count(place.els.actor) == 0


def test_a_canned_text_comes_in_the_draft_without_a_script(app: Flask, database: Any) -> None:
    place = scene()
    desks.desk("Bureau PVT", "PVT")
    desks.canned_text(body="Beste {voorziening}\n\nVoor {kwartaal} ontbreekt een attest.\n{bureau}")
    thread = place.asks(quarter="2024K1")
    office = place.office(app)
    page = office.page(f"{LIST}{thread.reference}")
    page = office.submit(page, {"body": "Dag"}, form="antwoord", button="Invoegen")
    assert (
        drafted() == f"Dag\n\nBeste {place.facility.name}\n\nVoor 1ste kwartaal 2024 ontbreekt een attest.\nBureau PVT"
    )
    assert "Het concept is bewaard." in page.text


def test_what_is_not_known_is_told_and_not_sent(app: Flask, database: Any) -> None:
    place = scene()
    desks.canned_text()
    thread = place.asks()
    office = place.office(app)
    page = office.page(f"{LIST}{thread.reference}")
    page = office.submit(page, {}, form="antwoord", button="Invoegen")
    assert "Vul {kwartaal} zelf nog in" in page.text
    page = office.submit(page, {}, form="antwoord", button="Verzenden")
    assert page.status == 422
    assert "Vul {kwartaal} zelf in of haal het weg" in page.text
    page = office.submit(page, {"body": "Voor het laatste kwartaal."}, form="antwoord", button="Verzenden")
    assert "Het bericht is verzonden." in page.text


def test_sending_goes_on_to_the_next_of_the_list(app: Flask, database: Any, at: At) -> None:
    place = scene()
    threads = []
    for hour in (9, 10):
        at(f"2024-10-02T{hour:02}:00:00+02:00")
        threads.append(place.asks(f"Om {hour} uur"))
    office = place.office(app)
    page = office.page(f"{LIST}{threads[1].reference}?toon=OURS")
    page = office.submit(page, {"body": "Ja."}, form="antwoord", button="Verzenden en naar het volgende")
    assert "Om 9 uur" in page.text
    assert "toon=OURS" in page.links()["Terug naar de lijst"]
    assert "Verzenden en naar het volgende" not in page.text


def test_typing_is_kept_for_a_script_and_a_colleague_is_a_conflict(app: Flask, database: Any) -> None:
    place = scene()
    thread = place.asks()
    office = place.office(app)
    address = f"{LIST}{thread.reference}"
    headers = {"Accept": "application/json"}
    first = office.open(address, method="POST", data={"body": "Een"}, headers=headers)
    assert first.status_code == 200
    seen = str(first.json["version"])
    second = office.open(address, method="POST", data={"body": "Een twee", "version": seen}, headers=headers)
    assert second.status_code == 200
    stale = office.open(address, method="POST", data={"body": "Anders", "version": seen}, headers=headers)
    assert stale.status_code == 409
    assert drafted() == "Een twee"


def test_files_of_a_draft_go_through_the_office_door(app: Flask, database: Any) -> None:
    place = scene()
    thread = place.asks()
    office = place.office(app)
    page = office.page(f"{LIST}{thread.reference}")
    page = office.submit(page, {"body": "Zie bijlage."}, form="antwoord", button="Concept bewaren")
    db.session.rollback()
    draft = db.session.scalars(select(Message.reference).where(Message.sent_at.is_(None))).one()
    sent = office.open(
        f"/beheer/berichten/bijlagen/bericht/{draft}?name=uitleg.txt",
        method="PUT",
        data=b"Uitleg bij het attest.\n",
        headers={"Content-Type": "application/octet-stream", "X-File-Name": "uitleg.txt"},
    )
    assert sent.status_code < 300, sent.text


def test_the_thread_takes_a_bounded_number_of_statements(app: Flask, database: Any) -> None:
    place = scene()
    desks.desk("Bureau PVT", "PVT")
    thread = place.asks(quarter="2024K1")
    office = place.office(app)
    office.page(f"{LIST}{thread.reference}")
    with statements() as few:
        office.page(f"{LIST}{thread.reference}")
    for number in range(6):
        place.asks(f"Ander {number}")
        place.answers(thread, f"Antwoord {number}")
        another(place).asks()
    office.page(f"{LIST}{thread.reference}")
    with statements() as many:
        office.page(f"{LIST}{thread.reference}")
    assert len(many) <= len(few) + 2 <= 32, "\n".join(many)


@pytest.mark.parametrize("path", ["onbestaand", "bijlagen/onbestaand", "aan/00000000"])
def test_what_is_not_there(app: Flask, database: Any, path: str) -> None:
    assert scene().office(app).get(f"{LIST}{path}").status_code == 404
