"""The department begins: to one facility, and the same message to several (A-38)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from domain.calendars import Quarter
from domain.errors import Findings, Forbidden, InvalidValue, NotFound
from models.all import db
from models.message import Conversation, Message
from models.organisation import Sector
from models.outbox import OutboxMessage
from services import transaction
from services.form_keys import new_form_key
from services.messaging import to_many
from services.messaging.to_many import Letter
from tests.factories import actors, contracting, desks
from tests.integration.message_office.scene import Scene, another, scene
from tests.support.sign_in import SignedIn

At = Callable[[str], datetime]
AT = "/beheer/berichten/aan"
HELLO = Letter("Attest van {voorziening}", "Beste {voorziening}, graag uw attest.")


def count(of: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(of)) or 0


def test_from_the_pages_of_a_facility_and_a_dossier(app: Flask, database: Any) -> None:
    from tests.factories import declarations

    place = scene()
    desk = desks.desk("Bureau PVT", "PVT")
    declarations.dossier(place.facility, "2024K1", "CLOSED")
    office, number = place.office(app), place.facility.hco_number
    page = office.page(f"/beheer/voorzieningen/{number}")
    assert page.links()["Bericht sturen"] == f"{AT}/{number}"
    page = office.page(f"/beheer/dossiers/{number}-2024K1")
    page = office.page(page.links()["Bericht sturen"])
    typed = {"subject": "Uw dossier", "body": "Kijk dit na."}
    page = office.submit(page, typed, form="nieuw", button="Verzenden")
    thread = db.session.scalars(select(Conversation)).one()
    assert (thread.facility_id, thread.quarter, thread.desk_id) == (place.facility.id, "2024K1", desk.id)
    assert page.path == f"/beheer/berichten/{thread.reference}"
    assert "Departement Zorg (test), Bureau PVT: Kijk dit na." in place.reads(thread)
    mails = db.session.execute(select(OutboxMessage.template, OutboxMessage.recipient)).all()
    assert [tuple(one) for one in mails] == [("message_for_facility", "sofie.maes@linde.example.be")]


def test_a_canned_text_begins_it_with_its_subject(app: Flask, database: Any) -> None:
    place = scene()
    desks.canned_text(subject="Attest van {voorziening}", body="Beste {voorziening}")
    office = place.office(app)
    page = office.page(f"{AT}/{place.facility.hco_number}")
    page = office.submit(page, {}, form="nieuw", button="Invoegen")
    assert count(Conversation) == 0
    page = office.submit(page, {}, form="nieuw", button="Verzenden")
    assert db.session.scalars(select(Conversation.subject)).one() == f"Attest van {place.facility.name}"


def test_a_placeholder_that_is_left_is_not_sent(app: Flask, database: Any) -> None:
    place = scene()
    office = place.office(app)
    page = office.page(f"{AT}/{place.facility.hco_number}")
    page = office.submit(page, {"subject": "x", "body": "{kwartaal}"}, form="nieuw", button="Verzenden")
    assert page.status == 422
    assert count(Conversation) == 0


def test_an_empty_one_is_told_at_its_fields(app: Flask, database: Any) -> None:
    place = scene()
    office = place.office(app)
    page = office.page(f"{AT}/{place.facility.hco_number}")
    page = office.submit(page, {"subject": "", "body": " "}, form="nieuw", button="Verzenden")
    assert page.status == 422
    assert "Vul een onderwerp in." in page.text


def test_the_same_message_to_several_each_its_own_thread_and_values(app: Flask, database: Any) -> None:
    place = scene(name="PVT Eén")
    other = another(place, name="MBE Twee", sector=Sector.MBE)
    desks.desk("Bureau PVT", "PVT")
    office = place.office(app)
    page = office.page(f"{AT}/?rowid={place.facility.hco_number}&rowid={other.facility.hco_number}")
    typed = {"subject": HELLO.subject, "body": HELLO.body}
    page = office.submit(page, typed, form="nieuw", button="Voorbeeld bekijken")
    assert "2 van de 2 gekozen voorzieningen krijgen dit bericht." in page.text
    assert "Beste PVT Eén, graag uw attest." in page.text
    assert count(Conversation) == 0
    sent = office.submit(page, {}, form="verzenden", button="Verzenden aan 2 voorzieningen")
    assert "2 gelukt, 0 niet." in sent.text
    assert set(db.session.scalars(select(Message.body))) == {
        "Beste PVT Eén, graag uw attest.",
        "Beste MBE Twee, graag uw attest.",
    }
    again = office.submit(page, {}, form="verzenden", button="Verzenden aan 2 voorzieningen")
    assert again.text.count("Was al verzonden") == 2
    assert count(Conversation) == 2


def test_what_one_facility_lacks_does_not_stop_the_others(app: Flask, database: Any, at: At) -> None:
    place = scene()
    desks.desk("Bureau PVT", "PVT")
    other = another(place, sector=Sector.MBE)
    office = place.office(app)
    page = office.page(f"{AT}/")
    numbers = f"{place.facility.hco_number}, {other.facility.hco_number}; 00000000"
    typed = {"facilities": numbers, "subject": "Vraag", "body": "Groeten, {bureau}"}
    page = office.submit(page, typed, form="nieuw", button="Voorbeeld bekijken")
    assert "1 van de 3 gekozen voorzieningen krijgen dit bericht." in page.text
    assert "{bureau} is voor deze voorziening niet bekend." in page.text
    assert "Er is geen voorziening met dit HCO-nummer." in page.text
    page = office.submit(page, {}, form="verzenden", button="Verzenden aan 1 voorziening")
    assert "1 gelukt, 0 niet." in page.text


def test_back_keeps_what_was_typed(app: Flask, database: Any) -> None:
    place = scene()
    office = place.office(app)
    typed = {"facilities": place.facility.hco_number, "subject": "Vraag", "body": "Regel één\n\nRegel twee"}
    page = office.submit(office.page(f"{AT}/"), typed, form="nieuw", button="Voorbeeld bekijken")
    page = office.submit(page, {}, form="verzenden", button="Terug en wijzigen")
    page = office.submit(page, {}, form="nieuw", button="Voorbeeld bekijken")
    office.submit(page, {}, form="verzenden", button="Verzenden aan 1 voorziening")
    assert db.session.scalars(select(Message.body)).one().strip() == "Regel één\n\nRegel twee"


def test_at_most_two_hundred(database: Any) -> None:
    assert to_many.numbers_of(" 1,2;3\n2 ") == ["1", "2", "3"]
    for typed in ("", " ".join(map(str, range(201)))):
        with pytest.raises(InvalidValue) as refused:
            to_many.numbers_of(typed)
        assert refused.value.field == "facilities"


def test_a_wrong_text_is_told_at_its_field(database: Any) -> None:
    place = scene()
    with pytest.raises(Findings) as refused:
        to_many.preview(place.els.actor, [place.facility.hco_number], Letter("", "{klant}"))
    assert [one.field for one in refused.value.findings] == ["subject", "body"]


def _send(who: Any, place: Scene) -> None:
    with transaction.unit_of_work():
        to_many.send_one(who, place.facility.hco_number, HELLO, new_form_key())


def test_only_the_department_begins_threads_with_facilities(app: Flask, database: Any, signed_in: SignedIn) -> None:
    place = scene()
    for who in (actors.helpdesk(), contracting.official().actor, place.clerk):
        with pytest.raises(Forbidden):
            _send(who, place)
    _send(place.els.actor, place)
    assert count(Conversation) == 1
    with pytest.raises(NotFound), transaction.unit_of_work():
        to_many.send_one(place.els.actor, "00000000", HELLO, new_form_key())
    for client in (signed_in("EL_HELPDESK"), contracting.sign_in(app.test_client(), contracting.official())):
        assert client.get(f"{AT}/").status_code == 403
        assert client.get(f"{AT}/{place.facility.hco_number}").status_code == 403


def test_the_quarter_of_a_letter_fills_its_term(database: Any, at: At) -> None:
    at("2024-10-02T10:00:00+02:00")
    place = scene()
    letter = Letter("Indienen", "Dien {kwartaal} in voor {laatste_dag}.", Quarter(2024, 1))
    (row,) = to_many.preview(place.els.actor, [place.facility.hco_number], letter)
    assert row.body == "Dien 1ste kwartaal 2024 in voor 15 oktober 2024."
