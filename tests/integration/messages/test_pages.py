"""The pages of the message module in the portal: the inbox, a new thread, a thread, and its files."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from domain.econtracting.attachments import AttachmentState
from domain.econtracting.rights import Level
from domain.permissions import Role
from integrations.scanner import Clamd
from models.all import db
from models.file_document import Attachment
from models.message import Message
from services import transaction
from services.connections import connections
from services.messaging import reading, writing
from tests.factories import actors, files, organisations
from tests.factories import contracting as make
from tests.factories.contracting import GENERAL
from tests.factories.database import change
from tests.factories.messages import TEXT, Talk, desk, person, talk
from tests.pages.page import Page
from tests.support.client import Client
from tests.support.ports import free_port
from tests.support.sign_in import SignedIn


@pytest.fixture
def here(app: Flask) -> Talk:
    return talk()


def _client(app: Flask, who: Any) -> Client:
    client = app.test_client()
    assert isinstance(client, Client)
    client.sign_in(who, _account(who))
    return client


def _account(who: Any) -> Any:
    from models.identity import Account

    return db.session.get_one(Account, who.account_id)


def _upload(client: Client, message: Message, name: str, content: bytes) -> Any:
    return client.put(
        f"/berichten/bijlagen/bericht/{message.reference}",
        query_string={"naam": name},
        data=content,
        headers={"Accept": "application/json", "Content-Type": "application/octet-stream"},
    )


def test_e008_every_address_is_closed_without_the_role(app: Flask, here: Talk) -> None:
    """Who manages money only gets no page, no file and no count, by the address itself either."""
    thread, message = here.open(here.els), here.draft()
    sofie = _client(app, here.sofie)
    assert _upload(sofie, message, "uren.pdf", files.pdf()).status_code == 201
    file = db.session.scalars(select(Attachment.reference)).one()
    piet = _client(app, here.piet)
    for path in (
        "/berichten/",
        "/berichten/nieuw",
        f"/berichten/{thread.reference}",
        f"/berichten/bijlagen/{file}",
        f"/berichten/bijlagen/bericht/{message.reference}",
        f"/econtracting/bericht/{thread.reference}",
        f"/beheer/berichten/{thread.reference}",
    ):
        assert piet.get(path).status_code in (403, 404), path
    for path in (f"/berichten/{thread.reference}", f"/berichten/bijlagen/{file}/verwijderen"):
        assert piet.open(path, method="POST", data={"body": "x"}).status_code in (403, 404), path
    page = piet.page("/ecalcura/")
    assert "/berichten" not in page.text
    assert "ongelezen" not in page.text


def test_a_facility_asks_about_a_quarter_from_the_page_it_is_on(app: Flask, here: Talk) -> None:
    desk()
    client = _client(app, here.sofie)
    page = client.page("/berichten/nieuw?kwartaal=2024K1&van=/ecalcura/aangifte/2024K1")
    assert "Pagina: /ecalcura/aangifte/2024K1" in page.text
    page = client.submit(page, {"subject": "Uren", "body": TEXT, "awaits_reply": "y"}, form="nieuw", button="Verzenden")
    assert "Het bericht is verzonden." in page.text
    assert "Wacht op antwoord" in page.text
    (row,) = reading.inbox(here.els).rows
    assert (str(row.quarter), row.desk, row.awaiting) == ("2024K1", "Bureau PVT", "OURS")


@pytest.mark.parametrize("van", ["//evil.example", "https://evil.example", "/a\\b", "/a\nBcc: x"])
def test_only_a_page_of_ours_gets_into_the_text(app: Flask, here: Talk, van: str) -> None:
    page = _client(app, here.sofie).get("/berichten/nieuw", query_string={"van": van})
    assert "Pagina:" not in page.text


def test_odd_addresses_ask_for_nothing(app: Flask, here: Talk) -> None:
    thread = here.open()
    client = _client(app, here.sofie)
    for query in ("toon=X", "kwartaal=2024K9", "pagina=-3", "na=~~", "voor=x", "zoek=%00%00", "opdracht=x%00y"):
        client.page(f"/berichten/?{query}")
    for query in ("voor=0", "voor=1", "voor=999999", "voor=-1", "toon=UNREAD&zoek=niets"):
        client.page(f"/berichten/{thread.reference}?{query}")
    client.page("/berichten/bestaatniet", 404)
    client.page("/berichten/nieuw?kwartaal=xyz")


def test_the_count_stands_beside_the_entry_until_the_thread_is_opened(app: Flask, here: Talk) -> None:
    thread = here.open(here.els)
    client = _client(app, here.sofie)
    assert 'Berichten <span class="count">1<' in " ".join(client.get("/start").text.split())
    page = client.page("/berichten/?toon=UNREAD")
    assert "1 gesprek" in page.text
    assert "Deel" not in client.page(f"/berichten/{thread.reference}").text
    assert '<span class="count">' not in client.get("/start").text


def test_filters_go_along_into_a_thread_and_back(app: Flask, here: Talk) -> None:
    for number in range(3):
        here.open(subject=f"Uren {number}")
    here.open(subject="Attest", body="Iets anders.")
    client = _client(app, here.sofie)
    page = client.page("/berichten/?zoek=uren")
    assert "3 gesprekken" in page.text
    page = client.page(page.links()["Uren 1"])
    links = page.links()
    assert links["Vorig gesprek"].endswith("?zoek=uren")
    assert "Uren 0" in client.page(links["Volgend gesprek"]).text
    assert "Attest" not in client.page(links["Volgend gesprek"]).text


def test_a_too_long_text_is_told_at_the_field_and_kept_on_the_page(app: Flask, here: Talk) -> None:
    thread = here.open()
    client = _client(app, here.sofie)
    page = client.page(f"/berichten/{thread.reference}")
    page = client.submit(page, {"body": "x" * 20_001}, form="antwoord", button="Verzenden")
    assert "Hou het bericht korter dan" in page.text
    assert "x" * 20_001 in page.text


def test_all_that_a_first_message_lacks_is_told_at_once(app: Flask, here: Talk) -> None:
    client = _client(app, here.sofie)
    page = client.submit(client.page("/berichten/nieuw"), {"subject": " ", "body": " "}, form="nieuw", button="send")
    assert len(page.errors) == 2
    assert page.field_error("subject").endswith("Vul een onderwerp in.")
    assert page.field_error("body")
    assert reading.inbox(here.sofie).rows == ()
    page = client.submit(page, {"subject": "Uren", "body": ""}, form="nieuw", button="Concept bewaren")
    assert "Het concept is bewaard." in page.text


def test_two_colleagues_in_one_draft_see_both_texts(app: Flask, here: Talk) -> None:
    thread, noor = here.open(here.els), here.colleague()
    first, second = _client(app, here.sofie), _client(app, noor)
    page = first.submit(first.page(f"/berichten/{thread.reference}"), {"body": "Eerst"}, form="antwoord", button="save")
    stale = second.page(page.path)
    first.submit(page, {"body": "Van Sofie"}, form="antwoord", button="Concept bewaren")
    conflict = second.submit(stale, {"body": "Van Noor"}, form="antwoord", button="Verzenden")
    assert conflict.status == 409
    assert "Van Sofie" in conflict.text
    assert "Van Noor" in conflict.text
    assert "Eerst" not in conflict.text


def test_a_file_goes_along_and_is_given_out_so_that_nothing_runs(app: Flask, here: Talk) -> None:
    client = _client(app, here.sofie)
    page = client.page("/berichten/nieuw")
    page = client.submit(page, {"subject": "Uren", "body": TEXT}, form="nieuw", button="Bijlagen toevoegen")
    draft = db.session.scalars(select(Message)).one()
    content = files.pdf()
    assert _upload(client, draft, "uren.pdf", content).status_code == 201
    file = db.session.scalars(select(Attachment)).one()
    assert file.findings == "[]"  # who works for a facility is no secret for the department
    stranger = _client(app, person(actors.facility_user(organisations.facility(), Role.EL_PRIVACY, name="Vreemd")))
    assert stranger.get(f"/berichten/bijlagen/{file.reference}").status_code == 404
    client.submit(client.page(page.path), {"body": TEXT}, form="antwoord", button="Verzenden")
    answer = client.get(f"/berichten/bijlagen/{file.reference}")
    assert answer.data == content
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert stranger.get(f"/berichten/bijlagen/{file.reference}").status_code == 404
    sent = client.page(page.path)
    assert "uren.pdf" in sent.text
    assert client.open(f"/berichten/bijlagen/{file.reference}/verwijderen", method="POST").status_code in (302, 303)
    assert db.session.scalars(select(Attachment)).one()


def test_files_of_a_draft_come_and_go_by_a_form(app: Flask, here: Talk) -> None:
    draft = here.draft()
    client = _client(app, here.sofie)
    address = f"/berichten/{reading.reference_of(draft)}"
    data = {"file": (io.BytesIO(files.pdf()), "uren.pdf"), "terug": address}
    added = client.open(f"/berichten/bijlagen/bericht/{draft.reference}", method="POST", data=data)
    assert added.headers["Location"] == address
    page = client.page(address)
    assert "uren.pdf" in page.text
    file = db.session.scalars(select(Attachment)).one()
    page = client.submit(page, form=f"{file.reference}/verwijderen")
    assert "uren.pdf is verwijderd." in page.text
    assert db.session.scalars(select(Attachment)).all() == []


def test_without_script_the_text_goes_along_with_the_files(app: Flask, here: Talk) -> None:
    """Adding files keeps what was typed; when a colleague was first both texts are shown and no file is taken."""
    draft, noor = here.draft(), here.colleague()
    client, other = _client(app, here.sofie), _client(app, noor)
    stale = client.page(f"/berichten/{reading.reference_of(draft)}")
    others = other.page(stale.path)
    box = stale.find("//input[@type='file']")
    button = stale.find("//button[@value='upload']")
    assert (box.get("form"), button.get("form")) == ("antwoord", "antwoord")
    assert button.get("formenctype") == "multipart/form-data"

    def added(who: Client, page: Page, text: str, name: str) -> Page:
        address, _, data = page.filled({"body": text}, form="antwoord", button="upload")
        return Page(who.open(address, method="POST", data=data | {"file": (io.BytesIO(files.pdf()), name)}))

    assert added(client, stale, "Getypt", "uren.pdf").status == 302
    page = client.page(stale.path)
    assert "uren.pdf is toegevoegd." in page.text
    assert page.field("body").text.strip() == "Getypt"
    refused = added(other, others, "Van Noor", "andere.pdf")
    assert refused.status == 409
    assert "Van Noor" in refused.text
    assert "Getypt" in refused.text
    assert db.session.scalars(select(Attachment.name)).all() == ["uren.pdf"]
    nothing = client.submit(client.page(stale.path), {"body": "Zonder bestand"}, form="antwoord", button="upload")
    assert "Kies eerst een of meer bestanden." in nothing.text
    assert nothing.field("body").text.strip() == "Zonder bestand"


def test_without_a_scanner_a_file_waits_and_the_message_too(app: Flask, here: Talk) -> None:
    """Fail closed: nobody fetches, nobody sends; once scanned, both go."""
    draft = here.draft()
    client = _client(app, here.sofie)
    scanner = connections().scanner
    connections().scanner = Clamd(f"tcp://127.0.0.1:{free_port()}")
    try:
        assert _upload(client, draft, "uren.pdf", files.pdf()).status_code == 201
    finally:
        connections().scanner = scanner
    file = db.session.scalars(select(Attachment)).one()
    assert file.state is AttachmentState.RECEIVED
    assert client.get(f"/berichten/bijlagen/{file.reference}").status_code == 404
    page = client.page(f"/berichten/{reading.reference_of(draft)}")
    page = client.submit(page, {"body": TEXT}, form="antwoord", button="Verzenden")
    assert "nagekeken op virussen" in page.text
    assert page.status == 422
    change(file, state=AttachmentState.CLEAN, scanned_at=draft.made_at)
    page = client.submit(client.page(page.path), {"body": TEXT}, form="antwoord", button="Verzenden")
    assert "Het bericht is verzonden." in page.text
    thread = reading.reference_of(draft)
    db.session.expire_all()
    (seen,) = reading.thread(here.els, thread).messages
    assert [one.name for one in seen.attachments] == ["uren.pdf"]


def test_a_contractor_has_the_same_inbox_over_its_contracts(app: Flask, database: Any) -> None:
    contract, karim, dirk = make.public_contract(), make.user(), make.official()
    make.group(theme=GENERAL, level=Level.SEND, members=[karim], contracts=[contract])
    client = make.sign_in(app.test_client(), karim)
    assert "Er zijn nog geen berichten" in client.page("/berichten/").text
    choice = client.page("/berichten/nieuw?van=/econtracting/")
    address = next(href for text, href in choice.links().items() if text.startswith(contract.number))
    page = client.page(address)
    assert "Pagina: /econtracting/" in page.text
    client.submit(page, {"subject": "Opening", "body": "Wanneer?"}, form="nieuw", button="Verzenden")
    page = client.page(client.page("/berichten/").links()["Opening"])
    assert page.path.startswith("/berichten/")
    assert "Wanneer?" in page.text
    assert client.page(f"/berichten/nieuw?opdracht={contract.reference}").path.startswith("/econtracting/opdracht/")
    with transaction.unit_of_work():
        draft = writing.draft(dirk.actor, page.path.rsplit("/", 1)[1])
        writing.send(dirk.actor, draft.reference, "Maandag.", False, draft.version)
    assert 'class="count">1<' in client.get("/start").text
    assert reading.unread_count(karim.actor) == 1
    mila = make.user(name="Mila Jacobs")
    assert reading.unread_count(mila.actor) == 0
    assert reading.inbox(mila.actor).rows == ()


def test_e060_the_overview_shows_the_newest_threads(app: Flask, here: Talk, signed_in: SignedIn) -> None:
    for number in range(4):
        here.open(here.els, subject=f"Bericht {number}")
    client = signed_in(actor=here.sofie)
    text = client.page("/ecalcura/").text
    assert "Bericht 3" in text
    assert "Bericht 0" not in text
    assert "Alle berichten" in text
