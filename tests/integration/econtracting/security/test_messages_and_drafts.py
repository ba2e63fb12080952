"""Ways around a right or a colleague: in threads, with kinds that are exchanged no more, with files of others."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from domain.econtracting.rights import Level
from domain.errors import NotAllowedNow, NotFound
from domain.permissions import Role
from models.base import db
from models.file_document import FileDocument
from models.gate import writing
from models.message import Message
from models.public_contract import ContractKind
from services import documents as files
from services.econtracting.documents import sending
from services.econtracting.documents.sending import begin_check
from services.messaging import places
from services.messaging import writing as messages
from services.transaction import unit_of_work
from tests.factories import contracting as make
from tests.factories import contracting_desk
from tests.factories import contracting_documents as documents
from tests.factories.contracting import GENERAL
from tests.factories.contracting_invoices import invoice

pytestmark = pytest.mark.one_database


def test_a_draft_of_a_colleague_is_not_overwritten_by_who_saw_none(app: Flask, database: Any) -> None:
    """Two people open a thread without a draft; the second to write, or to send, sees what the first wrote."""
    contract, karim, lien = make.public_contract(), make.user(), make.user(name="Lien Aerts")
    make.group(theme=GENERAL, level=Level.SEND, members=[karim, lien], contracts=[contract])
    with unit_of_work():
        place = places.contract_place(karim.actor, contract.reference)
        first = messages.start(karim.actor, place, "Opening", "Wanneer?")
        messages.send(karim.actor, first.reference, first.body, False, first.version)
    client, other = make.sign_in(app.test_client(), karim), make.sign_in(app.test_client(), lien)
    page = client.page(client.page(f"/econtracting/opdracht/{contract.reference}/berichten").links()["Opening"])
    theirs = other.page(page.path)
    client.submit(page, {"body": "Van Karim."}, form="antwoord", button="Concept bewaren")
    for act in ("save", "send"):
        answer = other.post(theirs.path, data={"body": "Van Lien.", "version": "", "act": act})
        assert answer.status_code == 409, act
    (draft,) = db.session.scalars(select(Message).where(Message.sent_at.is_(None)))
    assert draft.body == "Van Karim."


def test_t1_no_thread_about_a_document_that_is_not_exchanged_yet(database: Any) -> None:
    """It would tell the other party the title of a draft, and let who has its reference read it."""
    scene = documents.scene()
    mine = documents.draft(scene.contract, scene.karim)
    reference = db.session.get_one(FileDocument, mine.document_id).reference
    for who in (scene.karim, scene.dirk):
        with pytest.raises(NotFound):
            places.contract_place(who.actor, scene.contract.reference, reference)
    sent = documents.sent(scene.contract, scene.karim)
    assert places.contract_place(scene.dirk.actor, scene.contract.reference, sent.reference).document is not None


def disable(contract_id: int) -> None:
    with unit_of_work(), writing("test"):
        db.session.execute(delete(ContractKind).where(ContractKind.contract_id == contract_id))


def test_cp02_a_draft_of_a_kind_that_is_exchanged_no_more_is_not_sent(database: Any) -> None:
    scene = documents.scene()
    version = documents.complete(scene.contract, scene.karim)
    with unit_of_work():
        check = begin_check(scene.karim.actor, version.reference)
    disable(scene.contract.id)
    assert sending.check_page(scene.karim.actor, version.reference, check.key).refusal is not None
    with pytest.raises(NotAllowedNow) as refused, unit_of_work():
        sending.send(scene.karim.actor, version.reference, check.key, check.digest)
    assert refused.value.code == "CP-02"


def test_cp02_nor_is_one_of_the_authority_released(database: Any) -> None:
    desk = contracting_desk.desk()
    draft = desk.review(desk.claim())
    disable(desk.contract.id)
    with pytest.raises(NotAllowedNow) as refused:
        desk.release(draft)
    assert refused.value.code == "CP-02"


def test_a_file_of_somebody_else_is_not_read_as_an_invoice_by_its_digest(app: Flask, database: Any) -> None:
    """Whoever knows or guesses a digest learns neither what is in the file nor that it is there."""
    scene = documents.scene(order_number="4500012345")
    with unit_of_work():
        digest = files.store(invoice(), "application/xml").digest
    elsewhere = make.official(make.other_authority(), Role.EC_AB_BEHANDELAAR, name="Piet Elders")
    for who in (elsewhere, scene.dirk):
        client = make.sign_in(app.test_client(), who)
        for mark in ({}, {"mark": "0" * 64}, {"mark": "é"}):
            answer = client.post("/beheer/facturen/ontvangen", data={"digest": digest, **mark})
            assert answer.status_code == 404
            assert "F2026" not in answer.text
    dirk = make.sign_in(app.test_client(), scene.dirk)
    preview = dirk.submit(dirk.page("/beheer/facturen/opladen"), {"file": (io.BytesIO(invoice()), "factuur.xml")})
    mine = preview.field("mark").get("value")
    other = make.sign_in(app.test_client(), elsewhere)
    assert other.post("/beheer/facturen/ontvangen", data={"digest": digest, "mark": mine}).status_code == 404
    assert "De factuur is bewaard" in dirk.submit(preview, form="ontvangen").text
