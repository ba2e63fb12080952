"""Files through the routes of both doors: uploading, what is given out and how, and what nobody can fetch."""

from __future__ import annotations

import io
import json
from contextvars import Context
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from domain.econtracting.attachments import AttachmentState
from domain.permissions import Role
from integrations.scanner import Clamd
from models.base import db
from models.file_document import Attachment, DocumentVersion
from models.message import Message
from models.public_contract import PublicContract
from services import transaction
from services.connections import connections
from services.econtracting import attachments
from services.messaging import places, writing
from tests.factories import contracting as make
from tests.factories import contracting_documents as made
from tests.factories import files
from tests.factories.contracting import Somebody
from tests.factories.contracting_documents import Scene
from tests.support.client import Client
from tests.support.databases import PreparedDatabase
from tests.support.ports import free_port

COUNTER, OFFICE = "/econtracting/bijlagen", "/beheer/bijlagen"


@pytest.fixture
def it(app: Flask) -> Scene:
    return made.scene()


@pytest.fixture
def version(it: Scene) -> DocumentVersion:
    return made.draft(it.contract, it.mila)


def _as(app: Flask, who: Somebody) -> Client:
    client = app.test_client()
    assert isinstance(client, Client)
    client.sign_in(who.actor, who.account)
    return client


def _put(client: Client, version: DocumentVersion, name: str, content: bytes, door: str = COUNTER) -> TestResponse:
    return client.put(
        f"{door}/stuk/{version.reference}",
        query_string={"naam": name},
        data=content,
        headers={"Accept": "application/json", "Content-Type": "application/octet-stream"},
    )


def _draft_of_authority(it: Scene) -> DocumentVersion:
    claim = made.sent(it.contract, it.karim)
    return made.draft(it.contract, it.dirk, "NAZICHT", {"result": "AANVAARD", "accepted": "1"}, claim)


def test_a_raw_body_becomes_a_file(app: Flask, it: Scene, version: DocumentVersion) -> None:
    client = _as(app, it.mila)
    answer = _put(client, version, "Vordering één.pdf", files.pdf())
    assert answer.status_code == 201, answer.text
    (row,) = attachments.of_version(version.id)
    assert answer.get_json() == {"reference": row.reference, "name": row.name, "state": "IN_ORDE", "message": ""}
    listed = client.get(f"{COUNTER}/stuk/{version.reference}", headers={"Accept": "application/json"}).get_json()
    assert "Vordering één.pdf" in listed["html"]


def test_a_form_without_script_takes_several_and_tells_each_refusal(
    app: Flask, it: Scene, version: DocumentVersion
) -> None:
    client = _as(app, it.mila)
    back = f"/econtracting/concept/{version.reference}/bijlagen"
    parts = [
        (io.BytesIO(files.pdf()), "goed.pdf"),
        (io.BytesIO(files.png()), "fout.pdf"),
        (io.BytesIO(b""), "leeg.txt"),
        (io.BytesIO(b"ook goed"), "nota.txt"),
    ]
    page = client.page(back)
    answer = client.post(
        f"{COUNTER}/stuk/{version.reference}",
        data={"file": parts, "terug": back, "slot": "statement"},
        content_type="multipart/form-data",
    )
    assert (answer.status_code, answer.location) == (303, back)
    shown = client.get(back).text
    assert [one.name for one in attachments.of_version(version.id)] == ["goed.pdf", "nota.txt"]
    assert {one.slot for one in attachments.of_version(version.id)} == {"statement"}
    for text in (
        "goed.pdf is toegevoegd",
        "fout.pdf: De naam eindigt op .pdf, maar de inhoud is PNG",
        "leeg.txt: Dit bestand is leeg",
    ):
        assert text in shown
    assert page.heading


def test_a_form_goes_back_to_an_address_of_our_own_only(app: Flask, it: Scene, version: DocumentVersion) -> None:
    client = _as(app, it.mila)
    data = {"terug": "https://elders.example/", "file": (io.BytesIO(b"x"), "a.txt")}
    answer = client.post(f"{COUNTER}/stuk/{version.reference}", data=data, content_type="multipart/form-data")
    assert answer.location == "/"


@pytest.mark.parametrize("content", [b"", files.png()])
def test_a_refusal_of_a_raw_body_says_what_to_do(
    app: Flask, it: Scene, version: DocumentVersion, content: bytes
) -> None:
    answer = _put(_as(app, it.mila), version, "a.pdf", content)
    assert answer.status_code == 422
    assert "bestand" in answer.get_json()["message"]
    assert attachments.of_version(version.id) == []


def test_what_is_too_big_for_a_file_is_refused_and_bigger_than_a_page_is_not(
    app: Flask, it: Scene, version: DocumentVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = _as(app, it.mila)
    assert _put(client, version, "groter-dan-een-formulier.txt", b"a" * (12 * 1024 * 1024)).status_code == 201
    monkeypatch.setattr(connections(), "settings", replace(connections().settings, attachment_bytes=1024 * 1024))
    answer = _put(client, version, "te-groot.txt", b"a" * (1024 * 1024 + 1))
    assert (answer.status_code, "1 MB" in answer.get_json()["message"]) == (422, True)
    monkeypatch.setattr(connections(), "settings", replace(connections().settings, attachment_bytes=100_000))
    monkeypatch.setattr("blueprints.file_uploads._ROOM", 0)
    form = {"file": (io.BytesIO(b"a" * 400_000), "te-groot.txt")}
    assert client.post(f"{COUNTER}/stuk/{version.reference}", data=form).status_code == 413


def test_uploading_asks_the_token_of_the_session(app: Flask, it: Scene, version: DocumentVersion) -> None:
    client = _as(app, it.mila)
    answer = client.open(f"{COUNTER}/stuk/{version.reference}", method="PUT", data=b"x", csrf=False)
    assert answer.status_code == 400
    assert attachments.of_version(version.id) == []


def test_a_download_runs_nowhere_and_carries_its_name(app: Flask, it: Scene, version: DocumentVersion) -> None:
    client = _as(app, it.mila)
    reference = _put(client, version, 'Één "plan".pdf', content := files.pdf()).get_json()["reference"]
    answer = client.get(f"{COUNTER}/{reference}")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, content, "application/pdf")
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"__n _plan_.pdf\"; filename*=UTF-8''%C3%89%C3%A9n%20_plan_.pdf"
    )
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert int(answer.headers["Content-Length"]) == len(content)


def _everybody(it: Scene) -> dict[str, Somebody]:
    return {
        "colleague": it.karim,
        "authority": it.dirk,
        "other contractor": make.user(make.competitor()),
        "other authority": make.official(make.other_authority()),
        "colleague without a group": make.user(name="Tom Zonder"),
    }


def test_a_draft_is_for_the_own_side_only(app: Flask, it: Scene, version: DocumentVersion) -> None:
    """T1: everybody else gets the page of what does not exist, at every address."""
    row = made.attach(version, it.mila)
    for name, who in _everybody(it).items():
        client, door = _as(app, who), OFFICE if who.actor.side == "authority" else COUNTER
        status = 200 if name == "colleague" else 404
        assert client.get(f"{door}/{row.reference}").status_code == status, name
        if name == "colleague":
            continue
        for address in ("verwijderen", "opschonen", "hernoemen"):
            assert client.post(f"{door}/{row.reference}/{address}", data={"name": "x"}).status_code == 404, name
        assert client.get(f"{door}/stuk/{version.reference}").status_code == 404
        assert _put(client, version, "a.txt", b"x", door).status_code == 404
    assert len(attachments.of_version(version.id)) == 1


def test_what_was_sent_is_fetched_by_both_and_by_nobody_else(app: Flask, it: Scene) -> None:
    version = made.send(made.complete(it.contract, it.mila), it.karim)
    (row,) = attachments.of_version(version.id)
    for name, who in _everybody(it).items():
        door = OFFICE if who.actor.side == "authority" else COUNTER
        status = 200 if name in ("colleague", "authority") else 404
        assert _as(app, who).get(f"{door}/{row.reference}").status_code == status, name


def test_the_first_look_at_a_file_of_the_other_party_is_the_first_consultation(app: Flask, it: Scene) -> None:
    version = made.send(made.complete(it.contract, it.mila), it.karim)
    (row,) = attachments.of_version(version.id)
    _as(app, it.karim).get(f"{COUNTER}/{row.reference}")
    db.session.refresh(version)
    assert version.first_consulted_at is None
    _as(app, it.dirk).get(f"{OFFICE}/{row.reference}")
    db.session.refresh(version)
    assert version.first_consulted_at is not None


def test_the_authority_has_the_same_for_its_own_drafts(app: Flask, it: Scene) -> None:
    """And the contractor knows nothing of them before they can be consulted (T6)."""
    version = _draft_of_authority(it)
    office, counter = _as(app, it.dirk), _as(app, it.karim)
    answer = _put(office, version, "Nazicht Dirk Lemmens.pdf", files.pdf(author="Dirk Lemmens"), OFFICE)
    assert answer.status_code == 201, answer.text
    reference = answer.get_json()["reference"]
    assert office.get(f"{OFFICE}/{reference}").status_code == 200
    assert counter.get(f"{COUNTER}/{reference}").status_code == 404
    assert _put(counter, version, "a.txt", b"x").status_code == 404
    listed = office.get(f"{OFFICE}/stuk/{version.reference}", headers={"Accept": "application/json"}).get_json()["html"]
    assert "Verwijder deze gegevens" in listed
    assert office.post(f"{OFFICE}/{reference}/opschonen").status_code == 303
    office.post(f"{OFFICE}/{reference}/hernoemen", data={"name": "Nazicht"})
    (row,) = attachments.of_version(version.id)
    assert (row.name, row.findings, row.stripped_from is not None) == ("Nazicht.pdf", "[]", True)


def test_who_may_only_read_at_the_authority_adds_nothing(app: Flask, it: Scene) -> None:
    version = _draft_of_authority(it)
    releaser = make.official(make.authority(), Role.EC_AB_VRIJGEVER, name="Rita Vrijgever")
    client = _as(app, releaser)
    assert _put(client, version, "a.txt", b"x", OFFICE).status_code == 403
    assert attachments.of_version(version.id) == []


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("scanner", "where"),
    [("stand-in", "zip"), ("stand-in", "pdf"), ("clamd", "docx"), ("clamd", "plain"), ("down", "pdf")],
)
def test_an_infected_file_is_fetched_through_no_route_by_either_side(
    app: Flask,
    it: Scene,
    version: DocumentVersion,
    where: str,
    scanner: str,
    request: pytest.FixtureRequest,
    database: PreparedDatabase,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Uploaded and listed: nowhere do its bytes come out."""
    monkeypatch.setattr("tests.support.client.check_page", lambda _response: None)  # other tests look at the pages
    if scanner == "clamd":
        connections().scanner = Clamd(request.getfixturevalue("clamd_address"))
    elif scanner == "down":
        connections().scanner = Clamd(f"tcp://127.0.0.1:{free_port()}")
    content = files.eicar(where)
    extension = where if where in ("docx", "pdf", "zip") else "txt"
    mila, dirk = _as(app, it.mila), _as(app, it.dirk)
    answer = _put(mila, version, f"brief.{extension}", content)
    assert answer.status_code == 201
    assert answer.get_json()["message"], "the person is told"
    (row,) = attachments.of_version(version.id)
    assert row.state is (AttachmentState.RECEIVED if scanner == "down" else AttachmentState.INFECTED)
    _nowhere(app, it, row, content, (mila, dirk))
    folder = database.settings.instance / "documents"
    assert len(_files(folder)) == (1 if scanner == "down" else 0)
    if scanner == "down":
        connections().scanner = Clamd(request.getfixturevalue("clamd_address"))
        attachments.scan_waiting()
        db.session.refresh(row)
        assert row.state is AttachmentState.INFECTED
        _nowhere(app, it, row, content, (mila, dirk))
        assert _files(folder) == []


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


_ROOMS = ("/econtracting", "/beheer/bijlagen", "/beheer/stukken", "/beheer/concepten", "/beheer/berichten", "/bewijs")


def _nowhere(app: Flask, it: Scene, row: Attachment, content: bytes, clients: tuple[Client, ...]) -> None:
    """Every route with a reference, with that of the file and of all it belongs to."""
    version = db.session.get_one(DocumentVersion, row.version_id)
    contract = db.session.get_one(PublicContract, it.contract.id)
    references = [row.reference, version.reference, contract.reference, row.digest]
    rules = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.arguments == {"reference"} and "GET" in (rule.methods or ()) and rule.rule.startswith(_ROOMS)
    ]
    addresses = [rule.replace("<reference>", one) for rule in rules for one in references]
    assert len(addresses) > 40
    for client in clients:
        for address in addresses:
            answer = client.get(address)
            assert content not in answer.data, address
            if address.endswith(f"bijlagen/{row.reference}"):
                assert answer.status_code in (403, 404)


def test_c046_what_a_file_tells_is_not_shown_to_the_other_party(app: Flask, it: Scene) -> None:
    """The warnings name the person: the authority gets none of them, with the document nor in its list of files."""
    version = made.draft(it.contract, it.mila)
    made.attach(version, it.mila, content=files.pdf(author="Mila Jacobs"))
    page = _as(app, it.mila).get(f"/econtracting/concept/{version.reference}/bijlagen").text
    assert "Mila Jacobs" in page
    assert "Verwijder deze gegevens" in page
    version = made.send(version, it.karim)
    document = db.session.get_one(made.FileDocument, version.document_id)
    shown = _as(app, it.dirk).get(f"/beheer/stukken/{document.reference}").text
    assert "statement.pdf" in shown
    assert "Mila" not in shown


def test_the_store_away_is_a_page_that_says_so(
    app: Flask, it: Scene, version: DocumentVersion, database: PreparedDatabase
) -> None:
    client = _as(app, it.mila)
    reference = _put(client, version, "a.txt", b"x").get_json()["reference"]
    folder = database.settings.instance / "documents"
    aside = folder.with_name("aside")
    folder.rename(aside)
    folder.write_text("not a folder")
    try:
        assert client.get(f"{COUNTER}/{reference}").status_code == 503
        answer = _put(client, version, "b.txt", b"y")
        assert (answer.status_code, "niets gewijzigd" in answer.get_json()["message"]) == (503, True)
    finally:
        folder.unlink()
        aside.rename(folder)
    assert client.get(f"{COUNTER}/{reference}").data == b"x"
    assert len(attachments.of_version(version.id)) == 1


def test_a_slow_upload_holds_no_lock(app: Flask, it: Scene, version: DocumentVersion) -> None:
    """While a file comes in, somebody else works in the same contract."""
    client = _as(app, it.mila)
    token, seen = client.csrf_token(), list[str]()
    actor, contract_id, version_id = it.karim.actor, it.contract.id, version.id

    class Slow(io.RawIOBase):
        left, place = 3, 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            if not self.left:
                return 0
            self.left -= 1
            if self.left == 1:
                Context().run(self._work)
            buffer[:4] = b"abc\n"
            return 4

        def tell(self) -> int:
            return self.place

        def seek(self, _place: int, how: int = 0) -> int:
            self.place = 12 if how == 2 else 0
            return self.place

        def _work(self) -> None:
            with app.app_context(), transaction.unit_of_work():
                contract = db.session.get_one(PublicContract, contract_id)
                draft = db.session.get_one(DocumentVersion, version_id)
                content = io.BytesIO(b"intussen")
                row = attachments.receive(actor, contract, version=draft, name="intussen.txt", stream=content)
                seen.append(row.name)

    answer = client.put(
        f"{COUNTER}/stuk/{version.reference}?naam=traag.txt",
        input_stream=Slow(),
        headers={"Content-Length": "12", "X-CSRFToken": token, "Accept": "application/json"},
    )
    assert answer.status_code == 201, answer.text
    assert seen == ["intussen.txt"]
    assert json.loads(answer.text)["name"] == "traag.txt"


def test_a_message_carries_files_that_the_other_side_fetches_once_it_was_sent(app: Flask, it: Scene) -> None:
    """C-014: a draft message is of the own side; its files come along when it can be consulted."""
    make.group(theme=make.GENERAL, members=[it.karim], contracts=[it.contract])
    with transaction.unit_of_work():
        message = writing.start(
            it.karim.actor, places.contract_place(it.karim.actor, it.contract.reference), "Planning"
        )
        reference = message.reference
    counter, office = _as(app, it.karim), _as(app, it.dirk)
    answer = counter.put(
        f"{COUNTER}/bericht/{reference}?naam=planning.txt", data=b"planning", headers={"Accept": "application/json"}
    )
    assert answer.status_code == 201, answer.text
    file = answer.get_json()["reference"]
    assert counter.get(f"{COUNTER}/{file}").data == b"planning"
    assert office.get(f"{OFFICE}/{file}").status_code == 404
    assert office.put(f"{OFFICE}/bericht/{reference}?naam=x.txt", data=b"x").status_code == 404
    with transaction.unit_of_work():
        draft = db.session.get_one(Message, message.id)
        writing.send(it.karim.actor, reference, "Hierbij de planning.", False, draft.version)
    assert office.get(f"{OFFICE}/{file}").data == b"planning"
    late = counter.put(f"{COUNTER}/bericht/{reference}?naam=x.txt", data=b"x", headers={"Accept": "application/json"})
    assert late.status_code == 409
    assert _as(app, make.user(make.competitor())).get(f"{COUNTER}/{file}").status_code == 404
