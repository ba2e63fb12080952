"""The pages about invoices: read in, look, keep, register by hand, pay, reject (A-48)."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from domain.econtracting.claims import ClaimState
from models.base import db
from models.file_document import FileDocument
from services import transaction
from services.econtracting import invoices
from tests.factories import contracting as make
from tests.factories import contracting_documents
from tests.factories.contracting_documents import Scene
from tests.factories.contracting_invoices import invoice
from tests.factories.database import change
from tests.integration.declaration.scene import statements
from tests.pages.page import Page
from tests.support.client import Client

pytestmark = pytest.mark.one_database


@pytest.fixture
def scene(app: Flask) -> Scene:
    made = contracting_documents.scene(order_number="4500012345")
    change(make.authority(), enterprise_number="0999004186")
    return made


@pytest.fixture
def claim(scene: Scene) -> FileDocument:
    """A claim that waits for its invoice."""
    found = contracting_documents.sent(scene.contract, scene.karim)
    contracting_documents.review(scene, found)
    contracting_documents.request(scene, found)
    return found


@pytest.fixture
def dirk(scene: Scene, client: Client) -> Client:
    signed: Client = make.sign_in(client, scene.dirk)
    return signed


def read_in(client: Client, content: bytes) -> Page:
    page = client.page("/beheer/facturen/opladen")
    return client.submit(page, {"file": (io.BytesIO(content), "factuur.xml")})


def state(claim: FileDocument) -> ClaimState | None:
    db.session.refresh(claim)
    return claim.claim_state


def test_an_invoice_is_shown_before_it_is_kept_and_then_paid(dirk: Client, claim: FileDocument) -> None:
    assert "Er zijn nog geen facturen" in dirk.page("/beheer/facturen/").text
    shown = read_in(dirk, invoice())
    assert shown.heading == "Factuur F2026-17"
    for words in ("Nog niet bewaard", "Klopt met de aanvraag", "€ 84.250,40", "Wegenbouw Voorbeeld NV (0999000129)"):
        assert words in shown.text
    assert state(claim) is ClaimState.INVOICE_ASKED
    kept = dirk.submit(shown)
    assert "Te betalen" in kept.text
    assert state(claim) is ClaimState.INVOICE_RECEIVED
    wrong = dirk.submit(kept, {"paid_on": "17/9/2024"}, form="/betalen")
    assert wrong.status == 422
    assert wrong.errors == ["De datum van de betaling ligt in de toekomst. Vul ze in zodra er betaald is."]
    paid = dirk.submit(wrong, {"paid_on": "16/9/2024"}, form="/betalen")
    assert "Betaald" in paid.text
    closed = dirk.submit(paid, form="/afsluiten")
    assert state(claim) is ClaimState.CLOSED
    assert not closed.all("//main//form[contains(@action, 'weigeren')]")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (invoice(parts=(("1.00", "21"),)), "Gefactureerd is € 1,00 exclusief btw; gevraagd werd € 84.250,40."),
        (invoice(order="77"), "Er is geen factuur gevraagd aan deze verkoper met ordernummer 77."),
        (invoice(buyer="0999000228"), "De factuur is niet aan uw organisatie gericht."),
        (invoice(currency="USD"), "De factuur is in USD"),
        (invoice(credit_note=True, corrects="F1"), "Creditnota"),
    ],
)
def test_the_outcome_is_told_in_words(dirk: Client, claim: FileDocument, content: bytes, told: str) -> None:
    assert told in read_in(dirk, content).text + read_in(dirk, content).heading


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"%PDF-1.7", "Dit is geen leesbaar XML-bestand."),
        (b"", "Het bestand is leeg."),
        (b"<x/>", "Dit is geen factuur of creditnota in UBL 2.1."),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "DOCTYPE"),
    ],
)
def test_a_bad_file_is_told_at_its_field(dirk: Client, claim: FileDocument, content: bytes, told: str) -> None:
    page = read_in(dirk, content)
    assert page.status == 422
    assert told in page.errors[0]
    assert page.find("//*[@id='file']").get("aria-invalid") == "true"


def test_nothing_chosen_is_told(dirk: Client) -> None:
    page = dirk.submit(dirk.page("/beheer/facturen/opladen"), {"file": None})
    assert page.errors == ["Kies het XML-bestand."]


def test_the_moment_of_receipt_is_typed_and_judged(
    app: Flask, claim: FileDocument, scene: Scene, at: Callable[[str], datetime]
) -> None:
    at("2024-09-20T09:00:00+02:00")
    dirk: Client = make.sign_in(app.test_client(), scene.dirk)
    shown = read_in(dirk, invoice())
    wrong = dirk.submit(shown, {"received_on": "15/9/2024", "received_time": "25:00"})
    assert "Vul een uur in, bijvoorbeeld 14:30." in wrong.errors
    early = dirk.submit(wrong, {"received_on": "15/9/2024", "received_time": "9:00"})
    assert early.status == 422
    assert "De factuurdatum ligt na de ontvangst." in early.errors
    kept = dirk.submit(early, {"received_on": "18/9/2024", "received_time": "14u30"})
    assert "18 september 2024 om 14:30" in kept.text


def test_what_changed_meanwhile_is_told_and_shown_anew(dirk: Client, claim: FileDocument, scene: Scene) -> None:
    shown = read_in(dirk, invoice())
    with transaction.unit_of_work():
        invoices.receive(scene.dirk.actor, invoice(number="F2026-99"))
    refused = dirk.submit(shown)
    assert refused.status == 422
    assert "intussen gewijzigd" in refused.errors[0]
    assert "Voor deze aanvraag is al een factuur ontvangen." in refused.text


def test_an_invoice_is_registered_by_hand_from_the_claim(dirk: Client, claim: FileDocument) -> None:
    document = dirk.page(f"/beheer/stukken/{claim.reference}")
    href = document.find("//main//a[contains(@href, '/facturen/vordering/')]").get("href")
    empty = dirk.submit(dirk.page(href))
    assert empty.status == 422
    assert len(empty.errors) == 3
    values = {"number": "2024-5", "issued_on": "16/9/2024", "amount": "84.250,40", "payable": "101.942,98"}
    assert "met de hand geregistreerd" in dirk.submit(empty, values).text
    assert state(claim) is ClaimState.INVOICE_RECEIVED
    document = dirk.page(f"/beheer/stukken/{claim.reference}")
    assert "2024-5" in document.text
    assert not document.all("//main//a[contains(@href, '/facturen/vordering/')]")


def test_a_rejection_needs_a_reason_which_the_contractor_reads(
    dirk: Client, claim: FileDocument, scene: Scene, app: Flask
) -> None:
    kept = dirk.submit(read_in(dirk, invoice()))
    wrong = dirk.submit(kept, {"reason": " "}, form="/weigeren")
    assert wrong.status == 422
    refused = dirk.submit(wrong, {"reason": "Het rekeningnummer is fout."}, form="/weigeren")
    assert "Het rekeningnummer is fout." in refused.text
    assert state(claim) is ClaimState.INVOICE_ASKED
    contractor: Client = make.sign_in(app.test_client(), scene.karim)
    assert "Het rekeningnummer is fout." in contractor.page(f"/econtracting/stuk/{claim.reference}").text


def test_who_may_not_gets_no_page(dirk: Client, claim: FileDocument, scene: Scene, app: Flask) -> None:
    kept = dirk.submit(read_in(dirk, invoice()))
    other: Client = make.sign_in(app.test_client(), make.official(make.other_authority()))
    other.page(kept.path, status=404)
    other.page(f"/beheer/facturen/vordering/{claim.reference}", status=404)
    contractor: Client = make.sign_in(app.test_client(), scene.karim)
    contractor.page("/beheer/facturen/", status=403)
    digest = "0" * 64
    assert dirk.post("/beheer/facturen/ontvangen", data={"digest": digest}).status_code == 404
    assert dirk.post("/beheer/facturen/ontvangen", data={"digest": "x"}).status_code == 302


@pytest.mark.parametrize("query", ["", "?uitkomst=MATCH&open=ja", "?zoek=f2026", "?pagina=99", "?pagina=x&uitkomst=?"])
def test_the_list_costs_few_statements(dirk: Client, claim: FileDocument, query: str) -> None:
    dirk.submit(read_in(dirk, invoice()))
    with statements() as seen:
        page = dirk.page(f"/beheer/facturen/{query}")
    assert "F2026-17" in page.text
    assert len(seen) <= 12, "\n".join(seen)
