"""The pages of /beheer/betalingen, in every state, as a case manager meets them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from domain.ecalcura.payment_states import OrderState
from models.all import db
from models.organisation import BankAccount, Facility
from models.payment import PaymentOrder
from tests.factories import actors, organisations
from tests.factories.payments import booked
from tests.integration.payments.test_orders import facility_with_account
from tests.support.client import Client
from tests.support.sign_in import SignedIn
from tests.unit.integrations.test_statement_files import camt, entry

START = "/beheer/betalingen/"


@pytest.fixture(autouse=True)
def january(app: Flask, at: Any) -> None:
    """Just before the payment date of 2023-2024."""
    at("2025-01-28T10:00:00+01:00")


@pytest.fixture
def els(signed_in: SignedIn) -> Client:
    """Who makes orders."""
    return signed_in(actor=actors.case_manager("Els Claes"))


@pytest.fixture
def bart(signed_in: SignedIn) -> Client:
    """Who releases them."""
    return signed_in(actor=actors.case_manager("Bart Maes"))


def make(els: Client, page: Any) -> str:
    """Send the proposal; the address of the order."""
    assert "klaarzetten" in page.text
    response = els.post(f"{START}opdrachten/nieuw", data={"execute_on": "31/01/2025"}, follow_redirects=True)
    assert response.status_code == 200, response.text
    return response.request.path


def upload(client: Client, data: bytes, status: int = 200) -> str:
    response = client.post(
        f"{START}afschriften",
        data={"file": (io.BytesIO(data), "/volume/els/afschrift januari.xml")},
        content_type="multipart/form-data",
    )
    assert response.status_code == status, response.text
    return response.text


@pytest.mark.one_database
@pytest.mark.parametrize("path", ["", "regels", "saldi", "opdrachten", "opdrachten/nieuw", "afschriften"])
def test_every_page_opens_without_any_data(path: str, els: Client) -> None:
    assert els.page(START + path).heading


@pytest.mark.one_database
@pytest.mark.parametrize(
    "path",
    [
        "regels/x",
        "opdrachten/x",
        "opdrachten/x/vrijgeven",
        "opdrachten/x/annuleren",
        "opdrachten/x/bestand",
        "afschriften/x",
    ],
)
def test_what_does_not_exist_is_not_found(path: str, els: Client) -> None:
    els.page(START + path, status=404)


@pytest.mark.one_database
def test_only_case_managers_come_in(signed_in: SignedIn) -> None:
    helpdesk = signed_in("EL_HELPDESK")
    for path in ("", "regels", "opdrachten/nieuw", "afschriften"):
        helpdesk.page(START + path, status=403)
    clerk = signed_in("EL_PRIVACY", "EL_FINANCIEEL", facility=organisations.facility())
    clerk.page(START, status=403)
    assert helpdesk.post(f"{START}opdrachten/nieuw", data={"execute_on": "31/01/2025"}).status_code == 403


def test_an_order_goes_from_made_to_released_to_dated(els: Client, bart: Client, at: Any, signed_in: SignedIn) -> None:
    """The whole way of a payment over the pages: proposal, order, four eyes, file, statement, memo date."""
    brug = facility_with_account(name="PVT De Brug", hco_number="71000012")
    line = booked(brug, total="8229.59")
    reference, iban = line.reference, iban_of(brug)
    start = els.page(START)
    assert "€ 8.229,59" in start.text
    assert "31 januari 2025" in start.text
    page = els.page(f"{START}opdrachten/nieuw")
    assert page.field("execute_on").get("value") == "31/01/2025"
    assert "PVT De Brug" in page.text
    here = make(els, page)
    own = els.page(f"{here}/vrijgeven")
    assert "Een andere dossierbeheerder moet ze nakijken" in own.text
    assert not own.all("//main//form")
    refused = els.post(f"{here}/vrijgeven")
    assert refused.status_code == 422
    assert "zelf klaargezet" in refused.text
    review = bart.page(f"{here}/vrijgeven")
    assert "Departement Zorg" in review.text
    done = bart.submit(review, form=None)
    assert "is vrijgegeven" in done.text
    file = bart.get(f"{here}/bestand")
    assert file.mimetype == "application/xml"
    assert "attachment" in file.headers["Content-Disposition"]
    assert reference in file.text
    assert "sandbox" in file.headers["Content-Security-Policy"]
    at("2025-02-03T10:00:00+01:00")
    els = signed_in(actor=actors.case_manager("Els Claes"))
    statement = camt(entry(reference, "8229.59", iban=iban) + entry("vreemd"))
    preview = upload(els, statement)
    assert "Gevonden" in preview
    assert "Geen enkele betaling heeft dit kenmerk." in preview
    assert "afschrift januari.xml" in preview
    assert "/volume/els" not in preview.split("<main")[1]
    digest = preview.split('name="digest" type="hidden" value="')[1][:64]
    result = els.post(
        f"{START}afschriften/overnemen", data={"digest": digest, "file_name": "a.xml"}, follow_redirects=True
    )
    assert "1 betaling kreeg een memodatum" in result.text
    assert "Niet herkend" in result.text
    assert "al ingelezen" in upload(els, statement)
    shown = els.page(f"{START}regels/{reference}")
    assert "31 januari 2025 (uit het afschrift)" in shown.text
    els.page(f"{START}regels?toon=betaald")
    els.page(f"{START}opdrachten?toestand=RELEASED")


def iban_of(of: Facility) -> str:
    return db.session.scalars(select(BankAccount.iban).where(BankAccount.facility_id == of.id)).one()


@pytest.mark.one_database
def test_a_day_that_cannot_be_is_told_at_the_field(els: Client) -> None:
    booked(facility_with_account())
    for typed, message in (
        ("01/02/2025", "werkdag"),
        ("27/01/2025", "vandaag of een latere dag"),
        ("30/01/2026", "binnen de 60 dagen"),
        ("x", "bestaande datum"),
        ("", "Vul de dag in"),
    ):
        page = els.page(f"{START}opdrachten/nieuw?execute_on={typed}", status=422)
        assert any(message in error for error in page.errors), page.errors
        assert page.field("execute_on").get("value") == typed
        response = els.post(f"{START}opdrachten/nieuw", data={"execute_on": typed})
        assert response.status_code == 422
    assert db.session.query(PaymentOrder).count() == 0


@pytest.mark.one_database
def test_a_payment_date_far_away_is_not_proposed(els: Client) -> None:
    booked(facility_with_account(), "VOORSCHOT_2", "500.00", "2024-2025")
    page = els.page(f"{START}opdrachten/nieuw")
    assert page.field("execute_on").get("value") == "28/01/2025"
    assert "Tegen die dag is er niets te betalen" in page.text


@pytest.mark.one_database
def test_e053_who_has_no_account_is_named_on_the_proposal(els: Client) -> None:
    booked(organisations.facility(name="Zonder Rekening vzw"))
    page = els.page(f"{START}opdrachten/nieuw")
    assert "Zonder Rekening vzw" in page.text
    assert "Tegen die dag is er niets te betalen" in page.text


@pytest.mark.one_database
def test_an_order_is_cancelled_after_a_question(els: Client, bart: Client) -> None:
    booked(facility_with_account())
    here = make(els, els.page(f"{START}opdrachten/nieuw"))
    question = bart.page(f"{here}/annuleren")
    assert "Wilt u deze opdracht" in question.text
    after = bart.submit(question, form="annuleren")
    assert "is geannuleerd" in after.text
    assert db.session.query(PaymentOrder).one().state is OrderState.CANCELLED
    late = bart.post(f"{here}/annuleren", follow_redirects=True)
    assert "intussen" in late.text
    assert "kan niet meer geannuleerd" in bart.page(f"{here}/annuleren").text


@pytest.mark.one_database
def test_n10_a_memo_date_by_hand_says_what_is_wrong_and_keeps_what_was_typed(els: Client) -> None:
    reference = booked(facility_with_account()).reference
    page = els.page(f"{START}regels/{reference}")
    for typed, message in (
        ("27/01/2025", "kan niet voor 28 januari 2025"),
        ("29/01/2025", "toekomst"),
        ("32/01/2025", "bestaande datum"),
    ):
        wrong = els.submit(page, {"value_date": typed})
        assert wrong.status == 422
        assert any(message in error for error in wrong.errors), wrong.errors
        assert wrong.field("value_date").get("value") == typed
    right = els.submit(page, {"value_date": "28/01/2025"})
    assert "28 januari 2025 (met de hand)" in right.text
    gone = els.submit(right, {"value_date": ""})
    assert "weggehaald" in gone.text


@pytest.mark.one_database
def test_lists_are_searched_and_paged(els: Client) -> None:
    for place in range(22):
        booked(organisations.facility(name=f"Huis {place:02d}"), "VOORSCHOT_1", "500.00")
    booked(organisations.facility(name="Zonnehof"), "VOORSCHOT_1", "500.00")
    owing = organisations.facility(name="Te veel ontvangen")
    booked(owing, "VOORSCHOT_1", "500.00")
    booked(owing, "DEFINITIEF", "100.00")
    first = els.page(f"{START}regels?toon=te-betalen")
    assert len(first.all("//tbody/tr")) == 20
    second = els.page(f"{START}regels?toon=te-betalen&pagina=2")
    assert len(second.all("//tbody/tr")) == 4
    found = els.page(f"{START}regels?zoek=zonnehof+gent")
    assert len(found.all("//tbody/tr")) == 1
    assert "Niets gevonden" in els.page(f"{START}regels?zoek=bestaatniet").text
    balances = els.page(f"{START}saldi")
    assert "Te veel ontvangen" in balances.text
    assert "€ 400,00" in balances.text


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "leeg"),
        (b"geen afschrift", "kolommen referentie"),
        (camt(entry(), head="<!DOCTYPE d>"), "documenttype"),
        (camt(entry(amount="veel")), "Verrichting 1"),
    ],
)
def test_a_file_that_is_no_statement_is_refused_at_the_field(data: bytes, message: str, els: Client) -> None:
    assert message in upload(els, data, status=422)


@pytest.mark.one_database
def test_taking_over_a_file_that_was_never_shown_is_not_found(els: Client) -> None:
    answer = els.post(f"{START}afschriften/overnemen", data={"digest": "0" * 64, "file_name": "x"})
    assert answer.status_code == 404
    again = els.post(f"{START}afschriften/overnemen", data={"digest": "x"}, follow_redirects=True)
    assert "Kies het bestand opnieuw" in again.text
