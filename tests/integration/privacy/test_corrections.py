"""Requests to correct (E-153): registered by the facility, decided by the table, the department asked along."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from domain.actor import Actor
from domain.errors import Conflict, Forbidden, InvalidValue, NotAllowedNow, NotFound
from domain.privacy import Advice, CorrectionAct, CorrectionState
from models.audit import AuditEntry
from models.base import db
from models.outbox import OutboxMessage
from models.privacy import CorrectionRequest
from services import transaction
from services.form_keys import new_form_key
from services.listing import Position
from services.privacy import correction_reading, corrections
from tests.factories import actors, organisations
from tests.factories.database import change
from tests.integration.privacy.conftest import NUMBER, World
from tests.support.client import Client
from tests.support.sign_in import SignedIn

LIST = "/privacy-verbetering"
WANTED = "Het contract begon op 1 februari 2019."


@pytest.fixture
def clerk(world: World) -> Actor:
    """Somebody of De Brug with an account."""
    who = actors.facility_user(world.brug)
    return actors.known(who)


def registered(who: Actor, field: str = "CONTRACT", quarter: str | None = None, **values: Any) -> CorrectionRequest:
    """A request of Greet."""
    with transaction.unit_of_work():
        return corrections.register(who, NUMBER, field, quarter, WANTED, **values)


def acted(who: Actor, row: CorrectionRequest, which: CorrectionAct, answer: str = "") -> CorrectionRequest:
    """One step of a request."""
    with transaction.unit_of_work():
        return corrections.act(who, row.reference, which, answer, row.version)


def test_a_request_goes_from_asked_to_corrected(clerk: Actor, world: World) -> None:
    row = registered(clerk)
    assert row.state is CorrectionState.ASKED
    row = acted(clerk, row, CorrectionAct.TAKE)
    row = acted(clerk, row, CorrectionAct.CORRECT, "Aangepast.")
    assert (row.state, row.answer, row.decided_by) == (CorrectionState.CORRECTED, "Aangepast.", clerk.name)
    with pytest.raises(NotAllowedNow), transaction.unit_of_work():
        corrections.act(clerk, row.reference, CorrectionAct.REFUSE, "toch niet", row.version)
    steps = db.session.query(AuditEntry).filter_by(event="privacy.correction_request").order_by(AuditEntry.sequence)
    assert [json.loads(one.data)["to"] for one in steps] == ["GEVRAAGD", "IN_BEHANDELING", "VERBETERD"]
    assert all(NUMBER not in one.data and "februari" not in one.data for one in steps)


def test_refusing_needs_a_reason(clerk: Actor, world: World) -> None:
    row = registered(clerk)
    with pytest.raises(InvalidValue) as refused, transaction.unit_of_work():
        corrections.act(clerk, row.reference, CorrectionAct.REFUSE, "  ", row.version)
    assert refused.value.field == "answer"
    assert acted(clerk, row, CorrectionAct.REFUSE, "Het contract klopt.").state is CorrectionState.REFUSED


def test_two_people_at_once_the_second_sees_both(clerk: Actor, world: World) -> None:
    row = registered(clerk)
    version = row.version
    acted(clerk, row, CorrectionAct.TAKE)
    with pytest.raises(Conflict), transaction.unit_of_work():
        corrections.act(clerk, row.reference, CorrectionAct.CORRECT, "ook", version)


def test_the_same_form_twice_is_one_request(clerk: Actor, world: World) -> None:
    key = new_form_key()
    assert registered(clerk, key=key).reference == registered(clerk, key=key).reference
    assert db.session.query(CorrectionRequest).count() == 1
    other = actors.facility_user(world.linden)
    with transaction.unit_of_work():
        foreign = corrections.register(other, world.jan.national_number, "NAAM", None, "x", key)
    assert foreign.reference != key


@pytest.mark.parametrize(
    ("number", "quarter", "wanted", "field"),
    [
        ("123", None, WANTED, "national_number"),
        ("85.07.30-033.28", None, WANTED, "number"),
        (NUMBER, "2019K1", WANTED, "quarter"),
        (NUMBER, None, "  ", "wanted"),
    ],
)
def test_what_cannot_be_is_refused(
    clerk: Actor, world: World, number: str, quarter: str | None, wanted: str, field: str
) -> None:
    with pytest.raises(InvalidValue) as refused, transaction.unit_of_work():
        corrections.register(clerk, number, "CONTRACT", quarter, wanted)
    assert refused.value.field in (field, None)


@pytest.mark.parametrize(
    ("field", "status", "expected"),
    [
        ("CONTRACT", None, Advice.CORRECT),
        ("PRESTATIES", "OPEN", Advice.CORRECT),
        ("PRESTATIES", "CLOSED", Advice.REOPEN),
        ("PRESTATIES", "BLOCKED", Advice.REOPEN),
        ("NAAM", None, Advice.REGISTER),
    ],
)
def test_a_closed_quarter_points_to_its_reopening(
    clerk: Actor, world: World, field: str, status: str | None, expected: Advice
) -> None:
    if status:
        change(world.dossier, status=status)
    row = registered(clerk, field, "2024K2" if status else None)
    assert correction_reading.correction(clerk, row.reference).advice is expected


def test_the_department_is_asked_along_in_a_thread(clerk: Actor, world: World) -> None:
    """It sees the request only then; mails tell nothing of it (E-154)."""
    row, els = registered(clerk), actors.case_manager()
    assert correction_reading.corrections(els, None, Position()).rows == ()
    with pytest.raises(NotFound), transaction.unit_of_work():
        correction_reading.correction(els, row.reference)
    with transaction.unit_of_work():
        thread = corrections.involve(clerk, row.reference, "Wij zijn het niet eens.", row.version)
    row = db.session.get_one(CorrectionRequest, row.id)
    assert (row.state, row.conversation_id) == (CorrectionState.TAKEN, thread.id)
    assert [one.hco_number for one in correction_reading.corrections(els, None, Position()).rows] == ["71000012"]
    with transaction.unit_of_work():
        shown = correction_reading.correction(els, row.reference)
    assert shown.acts == ()
    assert shown.number == "••.••.••-•••.37", "the whole number needs a reason (E-154)"
    assert correction_reading.correction(clerk, row.reference).number == "66.05.17-001.37"
    with pytest.raises(NotAllowedNow), transaction.unit_of_work():
        corrections.involve(clerk, row.reference, "nog eens", row.version)
    acted(clerk, row, CorrectionAct.CORRECT, "Aangepast.")
    mails = " ".join(mail.parameters for mail in db.session.query(OutboxMessage))
    for personal in (NUMBER, "Greet", "Vermeulen", "februari"):
        assert personal not in mails


def test_nothing_of_another_facility(clerk: Actor, world: World) -> None:
    other = actors.facility_user(world.linden)
    row = registered(clerk)
    assert correction_reading.corrections(other, None, Position()).rows == ()
    for call in (
        lambda: correction_reading.correction(other, row.reference),
        lambda: corrections.act(other, row.reference, CorrectionAct.TAKE, "", row.version),
        lambda: corrections.involve(other, row.reference, "x", row.version),
    ):
        with pytest.raises(NotFound), transaction.unit_of_work():
            call()


@pytest.mark.parametrize("role", ["EL_FINANCIEEL", "EL_HELPDESK", "EC_BEHEERDER"])
def test_others_register_and_see_nothing(database: object, world: World, role: str) -> None:
    who = actors.actor(role, facility=world.brug if role == "EL_FINANCIEEL" else None)
    with pytest.raises(Forbidden), transaction.unit_of_work():
        corrections.register(who, NUMBER, "NAAM", None, "x")
    with pytest.raises(Forbidden):
        correction_reading.corrections(who, None, Position())
    assert correction_reading.open_count(who) == 0


def test_from_the_person_file_to_a_decided_request(sofie: Client, world: World) -> None:
    """In pages: the number comes along, what is typed stays, the list shows the state."""
    page = sofie.page(f"/privacy-inzage/{world.greet.reference}")
    form = sofie.submit(page, {}, form="verbetering")
    assert form.field("number").get("value") == "66.05.17-001.37"
    kept = form.all("//form[@data-keep]//input[@name='number']")[0]
    assert kept.xpath("ancestor::*[@data-keep-never]"), "no national number is kept on the device (ADR 12)"
    empty = sofie.submit(form, {}, form="/nieuw")
    assert empty.response.status_code == 422
    assert "Kies wat er niet klopt." in empty.text
    made = sofie.submit(form, {"field": "UREN", "quarter": "2024K2", "wanted": WANTED}, form="/nieuw")
    assert "Verzoek van Greet Vermeulen" in made.heading
    refused = sofie.submit(made, {"answer": ""}, form="antwoord", button="Weigeren")
    assert "uw personeelslid heeft recht op de reden" in refused.text
    done = sofie.submit(refused, {"answer": "Aangepast."}, form="antwoord", button="Verbeterd")
    assert "Verbeterd" in done.text
    assert [row[4] for row in sofie.page(LIST).table()[1:]] == ["Verbeterd"]
    assert sofie.page(f"{LIST}?stand=GEVRAAGD").all("//main//table") == []


def test_the_thread_of_a_request_opens_in_the_messages(sofie: Client, els: Client, world: World) -> None:
    form = sofie.page(f"{LIST}/nieuw")
    made = sofie.submit(form, {"number": NUMBER, "field": "CONTRACT", "wanted": WANTED}, form="/nieuw")
    told = sofie.submit(made, {"body": "Graag uw advies."}, form="betrekken")
    thread = sofie.page(told.links()["Naar het gesprek"])
    assert "Graag uw advies." in thread.text
    page = els.page("/beheer/verbeteringen/")
    assert "Vermeulen" not in page.text
    shown = els.page(page.links()["PVT De Brug"])
    assert "Greet Vermeulen" in shown.text
    assert "Personeelsgegevens bekeken" in sofie.page("/organisatie/wie-bekeek").text


def test_the_pages_of_retention_and_the_register(app: Flask, els: Client, world: World, signed_in: SignedIn) -> None:
    for address in ("/beheer/bewaartermijnen/", "/beheer/bewaartermijnen/termijnen", "/beheer/bewaartermijnen/gewist"):
        assert "Bewaartermijnen" in els.page(address).heading
    assert "staff_member" in els.page("/beheer/verwerkingsregister/").text
    held = json.loads(els.get("/beheer/verwerkingsregister/verwerkingsregister.json").data)
    assert held["format"] == "dossierloket.verwerkingsregister/1"
    assert els.get("/beheer/verwerkingsregister/verwerkingsregister.csv").data.startswith(b"\xef\xbb\xbfTabel;")
    assert els.get("/beheer/verwerkingsregister/verwerkingsregister.exe").status_code == 404
    hilde = signed_in("EL_HELPDESK")
    for address in ("/beheer/bewaartermijnen/", "/beheer/verwerkingsregister/", "/beheer/verbeteringen/"):
        assert hilde.get(address).status_code == 403


def test_a_notice_is_held_on_its_page(app: Flask, world: World, signed_in: SignedIn, at: Any) -> None:
    from services.privacy import retention

    other = organisations.facility()
    at("2034-05-03T10:00:00+02:00")
    retention.announce()
    els = signed_in("EL_DOSSIERBEHEERDER")
    page = els.page("/beheer/bewaartermijnen/?klasse=PERSONEEL")
    assert {row[1] for row in page.table()[1:]} == {world.brug.name, world.linden.name}
    notice = els.page(page.all("//main//tbody//a")[0].get("href"))
    assert els.submit(notice, {"reason": ""}).response.status_code == 422
    held = els.submit(notice, {"reason": "Geschil"})
    assert "Geschil" in held.text
    assert "Vrijgegeven" in els.submit(held, {}).text
    sofie = signed_in("EL_PRIVACY", facility=world.brug)
    assert "Binnenkort gewist" in sofie.page("/privacy-inzage").text
    assert "Binnenkort gewist" not in signed_in("EL_PRIVACY", facility=other).page("/privacy-inzage").text
