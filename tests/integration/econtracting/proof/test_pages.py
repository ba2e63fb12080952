"""The proof of a contract through both doors, and the page where anybody checks (part 9, C-046)."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from domain.audit_events import AuditEvent
from domain.econtracting.evidence import EvidenceType, shown_code
from jobs import proof
from models.audit import AuditEntry
from models.base import db
from models.contract_evidence import EvidenceRecord
from models.gate import writing
from models.public_contract import PublicContract
from services.econtracting.archive import ordering
from services.transaction import unit_of_work
from tests.factories import contracting as make
from tests.factories import contracting_proof
from tests.factories.contracting import Somebody
from tests.factories.contracting_proof import Sent
from tests.integration.declaration.scene import statements
from tests.support.client import Client
from tests.support.packages import run_verifier

pytestmark = pytest.mark.one_database


@dataclass
class Scene:
    """A claim that was sent, and who may look at it."""

    app: Flask
    contract: PublicContract
    an: Somebody
    karim: Somebody
    dirk: Somebody
    sent: Sent

    def client(self, who: Somebody) -> Client:
        """A browser of somebody."""
        client: Client = make.sign_in(self.app.test_client(), who)
        return client

    @property
    def own(self) -> str:
        """The page of the contractor."""
        return f"/econtracting/opdracht/{self.contract.reference}/bewijs"

    @property
    def office(self) -> str:
        """The page of the authority."""
        return f"/beheer/opdrachten/{self.contract.reference}/bewijs"

    def code(self, sequence: int = 1) -> str:
        """The short code of a record, as people type it."""
        record = db.session.scalars(
            select(EvidenceRecord).where(
                EvidenceRecord.contract_id == self.contract.id, EvidenceRecord.sequence == sequence
            )
        ).one()
        return shown_code(record.code)


@pytest.fixture
def scene(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """One claim with a file."""
    monkeypatch.setattr(proof, "_ask_again", 0.0)
    contract = make.public_contract()
    karim, an, dirk = make.user(), make.manager(), make.official()
    make.group(members=[karim], contracts=[contract])
    sent = contracting_proof.sent(contract, karim, b"%PDF-1.7 een")
    return Scene(app, contract, an, karim, dirk, sent)


def break_it(scene: Scene) -> None:
    """Change a record behind the back of every use case."""
    with unit_of_work(), writing("tamper"):
        of = update(EvidenceRecord).where(EvidenceRecord.sequence == 2)
        db.session.execute(of.values(seal="AAAA").execution_options(synchronize_session=False))
    db.session.expire_all()


def test_both_doors_show_the_chain_in_words(scene: Scene) -> None:
    for who, path in ((scene.karim, scene.own), (scene.dirk, scene.office)):
        page = scene.client(who).page(path)
        for words in ("Ingediend", "Raadpleegbaar", scene.sent.version.title, scene.code(), "Ontvangstbewijs"):
            assert words in page.text
    assert "Karim" not in scene.client(scene.dirk).page(scene.office).text


def test_an_empty_contract_says_what_comes(scene: Scene) -> None:
    empty = make.public_contract()
    page = scene.client(scene.dirk).page(f"/beheer/opdrachten/{empty.reference}/bewijs")
    assert "Er is nog geen bewijs" in page.text


def test_checking_now_says_that_all_holds_or_what_does_not(scene: Scene) -> None:
    client = scene.client(scene.karim)
    done = client.post(f"{scene.own}/nakijken")
    assert "Alles klopt" in done.text
    break_it(scene)
    for who, path in ((scene.karim, scene.own), (scene.dirk, scene.office)):
        assert "Het zegel van bewijs 2 klopt niet." in scene.client(who).post(f"{path}/nakijken").text
    proof.check()
    assert "Het zegel van bewijs 2 klopt niet." in client.page(scene.own).text
    assert "Bij 1 opdracht klopt er iets niet" in scene.client(scene.dirk).page("/beheer/bewaring/").text
    assert "Opdrachten waarvan het bewijs niet klopt" in scene.client(scene.dirk).page("/beheer/").text


def test_receipts_through_both_doors(scene: Scene) -> None:
    reference = scene.sent.version.reference
    for who, base in ((scene.karim, "/econtracting/bewijs"), (scene.dirk, "/beheer/opdrachten/bewijs")):
        pdf = scene.client(who).get(f"{base}/{reference}/ontvangstbewijs.pdf")
        assert (pdf.status_code, pdf.data[:5], pdf.mimetype) == (200, b"%PDF-", "application/pdf")
        assert "attachment" in pdf.headers["Content-Disposition"]
        said = scene.client(who).get(f"{base}/{reference}/ontvangstbewijs.json")
        assert json.loads(said.data)["code"] == scene.code()
        assert scene.client(who).get(f"{base}/{reference}/ontvangstbewijs.exe").status_code == 404


def test_the_package_through_both_doors_leaves_a_trace(scene: Scene, tmp_path: Path) -> None:
    for who, path in ((scene.an, scene.own), (scene.dirk, scene.office)):
        package = scene.client(who).post(f"{path}/pakket")
        assert package.mimetype == "application/zip"
        assert run_verifier(package.data, tmp_path)[0] == 0
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.event == AuditEvent.EVIDENCE_EXPORTED)).all()
    assert len(entries) == 2


def test_a_big_package_is_fetched_later(scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from jobs import background

    monkeypatch.setattr(ordering, "AT_ONCE", 0)
    client = scene.client(scene.dirk)
    asked = client.post(f"{scene.office}/pakket", follow_redirects=True)
    assert "Het pakket wordt gemaakt" in asked.text
    taken = background.take()
    assert taken is not None
    background.perform(taken)
    page = client.page(scene.office)
    assert "is klaar" in page.text
    fetched = client.post(f"/beheer/opdrachten/bewijs/pakket/{taken.reference}")
    assert run_verifier(fetched.data, tmp_path)[0] == 0
    assert scene.client(scene.an).post(f"/econtracting/bewijs/pakket/{taken.reference}").status_code == 404


def test_other_themes_stay_closed(scene: Scene) -> None:
    """A member of another theme sees that something was proven, not what; and gets no package (A-15)."""
    els = make.user(name="Els Anders")
    make.group(theme=make.EXECUTION, members=[els], contracts=[scene.contract])
    client = scene.client(els)
    page = client.page(scene.own)
    assert "Ingediend" in page.text
    assert scene.sent.version.title not in page.text
    assert "Download het pakket" not in page.text
    refused = client.post(f"{scene.own}/pakket", follow_redirects=True)
    assert "u leest ze niet allemaal" in refused.text


def test_strangers_get_nothing(scene: Scene) -> None:
    nora, tom = make.manager(make.competitor(), name="Nora"), make.user(name="Tom")
    for who in (nora, tom):
        client = scene.client(who)
        assert client.get(scene.own).status_code == 404
        assert client.post(f"{scene.own}/pakket").status_code == 404
        assert client.post(f"{scene.own}/nakijken").status_code == 404
    elsewhere = scene.client(make.official(make.other_authority()))
    assert elsewhere.get(scene.office).status_code == 404
    assert elsewhere.post(f"{scene.office}/pakket").status_code == 404


def test_a12_the_beheerder_asks_who_it_was_with_a_reason(scene: Scene) -> None:
    path = f"/econtracting/bewijs/{scene.code()}/wie"
    client = scene.client(scene.an)
    page = client.page(path)
    assert "Karim" not in page.text
    assert client.post(path, data={"reason": " "}).status_code == 422
    told = client.post(path, data={"reason": "Betwisting met de aanbesteder"})
    assert "Karim El Amrani" in told.text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event == AuditEvent.PERSON_DISCLOSED)).one()
    assert json.loads(entry.data)["record"] == f"{scene.contract.number} 1"
    assert scene.client(scene.karim).get(path).status_code in (403, 404)
    nora = scene.client(make.manager(make.competitor(), name="Nora"))
    assert nora.get(path).status_code == 404
    assert client.get(f"/econtracting/bewijs/{scene.code(2)}/wie").status_code == 404, "nobody: the system did it"


def test_c046_the_authority_cannot_ask(scene: Scene) -> None:
    page = scene.client(scene.dirk).page(scene.office)
    assert "Wie was het?" not in page.text
    assert scene.client(scene.dirk).get(f"/econtracting/bewijs/{scene.code()}/wie").status_code in (403, 404)


def test_anybody_checks_a_code_and_learns_not_whose(scene: Scene, client: Client) -> None:
    proof.stamp()
    answer = client.post("/bewijs", data={"code": scene.code().lower()})
    assert "Echt" in answer.text
    assert "Schuldvordering" in answer.text
    for private in (
        scene.contract.number,
        scene.contract.description,
        scene.sent.version.title,
        "Wegenbouw",
        "MOW",
        "vorderingsstaat",
        "Karim",
    ):
        assert private not in answer.text, private
    assert "Onbekend" in client.post("/bewijs", data={"code": "00000-00000"}).text
    assert "Echt" in client.get(f"/bewijs?code={scene.code()}").text


def test_anybody_checks_a_file(scene: Scene, client: Client) -> None:
    digest = scene.sent.files[0].digest
    spaced = f"SHA256: {digest[:32].upper()} {digest[32:]}"
    assert "Precies dit bestand werd bezorgd" in client.post("/bewijs", data={"hash": spaced}).text
    assert "Onbekend" in client.post("/bewijs", data={"hash": "ab" * 32}).text
    same = client.post("/bewijs", data={"file": (io.BytesIO(b"%PDF-1.7 een"), "x.pdf")})
    assert "Precies dit bestand werd bezorgd" in same.text
    other = client.post("/bewijs", data={"file": (io.BytesIO(b"%PDF-1.7 Een"), "x.pdf")})
    assert "Onbekend" in other.text


def test_a_code_with_a_file_says_altered(scene: Scene, client: Client) -> None:
    right = client.post("/bewijs", data={"code": scene.code(), "hash": scene.sent.files[0].digest})
    assert "Het bestand is precies wat bij dit bewijs hoort" in right.text
    wrong = client.post("/bewijs", data={"code": scene.code(), "hash": "ab" * 32})
    assert "Gewijzigd" in wrong.text
    assert "Echt" not in wrong.text


def test_a_draft_is_not_known(scene: Scene, client: Client) -> None:
    from tests.factories.database import change

    draft = contracting_proof.sent(scene.contract, scene.karim, b"%PDF-1.7 concept", prove=False)
    change(draft.version, consultable_at=None, sent_at=None)
    assert "Onbekend" in client.post("/bewijs", data={"hash": draft.files[0].digest}).text


def test_a_broken_record_is_not_called_genuine(scene: Scene, client: Client) -> None:
    code = scene.code(2)
    break_it(scene)
    answer = client.post("/bewijs", data={"code": code})
    assert "Klopt niet" in answer.text
    assert "Echt" not in answer.text


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "Typ een code, kies een bestand"),
        ({"code": "te kort"}, "tien tekens"),
        ({"hash": "geen"}, "geen controlegetal"),
        ({"code": "7" * 41}, "tien tekens"),
    ],
)
def test_what_cannot_be_checked_is_told(client: Client, data: dict[str, Any], says: str) -> None:
    answer = client.post("/bewijs", data=data)
    assert answer.status_code == 422
    assert says in answer.text


def test_who_sees_the_contract_gets_a_link(scene: Scene) -> None:
    digest = scene.sent.files[0].digest
    assert scene.own in scene.client(scene.karim).post("/bewijs", data={"hash": digest}).text
    assert scene.office in scene.client(scene.dirk).post("/bewijs", data={"hash": digest}).text
    tom = scene.client(make.user(name="Tom")).post("/bewijs", data={"hash": digest})
    assert "Naar de opdracht" not in tom.text


def test_keys_and_verifier_are_public(scene: Scene, client: Client) -> None:
    proof.stamp()
    assert "BEGIN PUBLIC KEY" in client.get("/bewijs/sleutels.pem").text
    assert "BEGIN CERTIFICATE" in client.get("/bewijs/tijdstempels.pem").text
    assert b"def main" in client.get("/static/verify/dossierloket_verify.py").data


def test_erasing_through_the_office(scene: Scene, at: Any) -> None:
    from datetime import date

    from domain.econtracting.contracts import ContractState
    from tests.factories.database import change

    change(scene.contract, state=ContractState.CLOSED, accepted_on=date(2024, 9, 1))
    at("2034-09-02T09:00:00+02:00")
    client = scene.client(scene.dirk)
    assert "Opdrachten waarvan de bewaartermijn voorbij is" in client.page("/beheer/").text
    page = client.page("/beheer/bewaring/")
    assert "Inhoud verwijderen" in page.text
    path = f"/beheer/bewaring/{scene.contract.reference}/verwijderen"
    assert client.post(path, data={"number": "anders"}).status_code == 422
    done = client.post(path, data={"number": scene.contract.number}, follow_redirects=True)
    assert "is verwijderd" in done.text
    assert client.get(scene.office).status_code == 404


def test_a_long_chain_is_read_in_pages_with_as_many_statements(scene: Scene) -> None:
    client = scene.client(scene.karim)
    client.page(scene.own)
    with statements() as one:
        client.page(scene.own)
    for _ in range(60):
        contracting_proof.append(scene.contract, EvidenceType.MAIL_SENT)
    with statements() as many:
        page = client.page(f"{scene.own}?pagina=2")
    assert "Ingediend" in page.text
    assert len(many) <= len(one) <= 25
