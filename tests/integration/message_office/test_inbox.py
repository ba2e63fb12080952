"""The inbox of the department: whose, which desk, what waits, pages, neighbours, moving (A-38, E-008)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from domain.audit_events import AuditEvent
from domain.errors import Forbidden, InvalidValue, NotFound
from models.all import db
from models.audit import AuditEntry
from models.message import Conversation, Message, MessageSide
from models.organisation import Sector
from models.outbox import OutboxMessage
from services import transaction
from services.messaging import assigning, reading
from tests.factories import actors, contracting, desks
from tests.factories.database import change
from tests.integration.declaration.scene import statements
from tests.integration.message_office.scene import another, scene
from tests.support.sign_in import SignedIn

At = Callable[[str], datetime]
LIST = "/beheer/berichten/"


def test_a38_a_thread_lies_on_the_desk_of_the_sector_and_mail_goes_to_its_mailbox(app: Flask, database: Any) -> None:
    place = scene()
    desks.desk("Bureau PVT", "PVT", place.els, mailbox="pvt@example.be")
    desks.desk("Bureau revalidatie", "REVALIDATIE")
    place.asks(quarter="2024K1")
    office = place.office(app)
    page = office.page(LIST)
    for text in ("Attest", "Bureau PVT", place.facility.name, place.facility.hco_number, "Wacht op uw antwoord"):
        assert text in page.text
    assert "Sofie Maes" not in page.text
    assert "Attest" in office.page(f"{LIST}?bureau=mijn").links()
    mail = db.session.scalars(select(OutboxMessage)).one()
    assert mail.recipient == "pvt@example.be"
    assert "attest" not in mail.parameters.lower()


def test_without_a_desk_it_is_everybodys_and_mail_goes_to_the_department(database: Any) -> None:
    thread = scene().asks()
    assert thread.desk_id is None
    assert db.session.scalars(select(OutboxMessage.recipient)).one() == "ecalcura@example.be"


def test_the_filters_stay_in_the_address(app: Flask, database: Any) -> None:
    place = scene()
    other = another(place, sector=Sector.MBE, name="MBE Het Anker")
    mine = desks.desk("Bureau PVT", "PVT", place.els)
    place.asks("Over het kwartaal", quarter="2024K1")
    waiting = other.asks("Algemene vraag", awaits_reply=False)
    place.answers(waiting, awaits_reply=True)
    office = place.office(app)

    def found(query: str) -> set[str]:
        return {"Over het kwartaal", "Algemene vraag"} & office.page(f"{LIST}?{query}").links().keys()

    assert found("") == {"Over het kwartaal", "Algemene vraag"}
    assert found("toon=OURS") == found("toon=UNREAD&bureau=mijn") == {"Over het kwartaal"}
    assert found("toon=THEIRS") == found("bureau=-") == {"Algemene vraag"}
    assert found(f"bureau={mine.reference}") == found("sector=PVT") == found("kwartaal=2024K1") == {"Over het kwartaal"}
    assert found("sector=MBE") == found("zoek=anker") == found("kwartaal=-") == found("wie=ik") == {"Algemene vraag"}
    assert found(f"voorziening={place.facility.hco_number}") == {"Over het kwartaal"}
    assert found("toon=NIETS&bureau=x&sector=y&kwartaal=z") == {"Over het kwartaal", "Algemene vraag"}
    page = office.page(f"{LIST}?toon=OURS&sector=PVT")
    assert "toon=OURS" in page.links()["Over het kwartaal"]
    assert "1 gesprek" in page.text


def test_mine_without_a_desk_says_what_to_do(app: Flask, database: Any) -> None:
    assert "U zit aan geen bureau" in scene().office(app).page(f"{LIST}?bureau=mijn").text


def test_the_list_takes_a_bounded_number_of_statements(app: Flask, database: Any) -> None:
    place = scene()
    desks.desk("Bureau PVT", "PVT", place.els)
    office = place.office(app)
    place.asks("Een")
    with statements() as one:
        office.page(LIST)
    for number in range(8):
        another(place).asks(f"Gesprek {number}")
    with statements() as many:
        office.page(LIST)
    assert len(many) <= len(one) <= 12, "\n".join(many)


def test_pages_by_key_and_neighbours_from_the_thread(app: Flask, database: Any, at: At) -> None:
    place = scene()
    for number in range(23):
        at(f"2024-10-02T{number:02}:00:00+02:00")
        place.asks(f"Gesprek {number}")
    office = place.office(app)
    page = office.page(f"{LIST}?toon=OURS")
    assert "23 gesprekken" in page.text
    following = next(href for text, href in page.links().items() if "Volgende" in text)
    second = office.page(following)
    assert {"Gesprek 0", "Gesprek 1", "Gesprek 2"} <= second.links().keys()
    assert "Gesprek 3" not in second.links()
    thread = office.page(page.links()["Gesprek 21"])
    links = thread.links()
    assert "toon=OURS" in next(href for text, href in links.items() if "Volgende" in text)
    onward = office.page(next(href for text, href in links.items() if "Volgende" in text))
    assert "Gesprek 20" in onward.text
    back = office.page(next(href for text, href in onward.links().items() if "Vorige" in text))
    assert "Gesprek 21" in back.text


def test_moving_is_traced_and_not_said_to_the_facility(app: Flask, database: Any) -> None:
    place = scene()
    desks.desk("Bureau PVT", "PVT")
    other = desks.desk("Bureau IBW", "IBW")
    thread = place.asks()
    office = place.office(app)
    page = office.page(f"{LIST}{thread.reference}")
    page = office.submit(page, {"desk": other.reference}, form="verplaats")
    assert "Het gesprek ligt nu op dit bureau." in page.text
    assert "Van Bureau PVT naar Bureau IBW" in page.text
    assert "Els Claes" in page.text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event == AuditEvent.THREAD_MOVED)).one()
    assert (entry.subject_key, "Bureau IBW" in entry.data) == (thread.reference, True)
    assert db.session.scalars(select(Message).where(Message.side == MessageSide.SYSTEM)).all() == []
    assert place.reads(thread).count(":") == 1


def test_several_are_moved_at_once_each_with_its_result(app: Flask, database: Any) -> None:
    place = scene()
    threads = [place.asks(f"Gesprek {number}") for number in range(3)]
    target = desks.desk("Bureau MBE", "MBE")
    office = place.office(app)
    token = {"csrf_token": office.csrf_token()}
    data = token | {"desk": target.reference, "rowid": [one.reference for one in threads[:2]] + ["bestaatniet"]}
    page = office.open(f"{LIST}verplaatsen?toon=OURS", method="POST", data=data)
    assert page.status_code == 200
    assert page.text.count("Verplaatst") == 2
    assert "Deze pagina of dit dossier bestaat niet." in page.text
    assert "toon=OURS" in page.text
    db.session.rollback()
    kept = {row.id: row.desk_id for row in db.session.execute(select(Conversation.id, Conversation.desk_id))}
    assert [kept[one.id] for one in threads] == [target.id, target.id, None]


def test_a_desk_out_of_use_gets_nothing(database: Any) -> None:
    place = scene()
    thread, target = place.asks(), desks.desk("Bureau oud", "MBE")
    change(target, active=False)
    with pytest.raises(InvalidValue), transaction.unit_of_work():
        assigning.move(place.els.actor, thread.reference, target.reference)


def test_e008_who_reads_the_messages_of_facilities(app: Flask, database: Any, signed_in: SignedIn) -> None:
    """The helpdesk none; an authority those of its contracts only; a facility not in the back office."""
    place = scene()
    thread = place.asks()
    assert signed_in("EL_HELPDESK").get(LIST).status_code == 403
    assert signed_in("EC_HELPDESK").get(LIST).status_code == 403
    assert signed_in("EL_PRIVACY", facility=place.facility).get(LIST).status_code == 403
    assert signed_in("EL_FINANCIEEL", facility=place.facility).get(f"/berichten/{thread.reference}").status_code == 403
    authority = contracting.sign_in(app.test_client(), contracting.official())
    assert "Attest" not in authority.page(LIST).links()
    assert authority.get(f"{LIST}{thread.reference}").status_code == 404
    assert authority.open(f"{LIST}{thread.reference}/bureau", method="POST", data={"desk": ""}).status_code == 403
    assert authority.open(f"{LIST}verplaatsen", method="POST", data={}).status_code == 403
    for who in (actors.helpdesk(), contracting.official().actor, place.clerk):
        with pytest.raises((Forbidden, NotFound)):
            assigning.move(who, thread.reference, "")


def test_a_thread_of_a_contract_is_not_there_for_the_department(app: Flask, database: Any) -> None:
    contract, dirk = contracting.public_contract(), contracting.official()
    office = contracting.sign_in(app.test_client(), dirk)
    page = office.page(f"/beheer/berichten/opdracht/{contract.reference}/nieuw")
    page = office.submit(page, {"subject": "Opening", "body": "Welkom"}, form="nieuw", button="Verzenden")
    els = scene().office(app)
    assert "Opening" not in els.page(LIST).links()
    assert els.get(page.path).status_code == 404
    assert els.get(f"/beheer/berichten/opdracht/{contract.reference}").status_code == 403


def test_reading_is_noted_for_the_person_and_for_the_facility(app: Flask, database: Any) -> None:
    place = scene()
    thread = place.asks()
    assert reading.unread_count(place.els.actor) == 1
    place.office(app).page(f"{LIST}{thread.reference}")
    db.session.rollback()
    assert reading.unread_count(place.els.actor) == 0
    assert reading.thread(place.clerk, thread.reference).messages[0].read_at is not None
