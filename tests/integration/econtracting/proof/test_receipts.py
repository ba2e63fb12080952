"""The receipt of a version: for both parties the same, with both moments, and without a person (part 9, C-046)."""

from __future__ import annotations

import io
import json

import pikepdf
import pytest
from pypdf import PdfReader

from domain.econtracting.evidence import digest_of, shown_code
from domain.errors import NotFound
from jobs import proof
from models.base import db
from models.contract_evidence import EvidenceRecord
from services.connections import connections
from services.econtracting.proof import receipts
from tests.factories import contracting, contracting_proof
from tests.factories.contracting import Somebody
from tests.factories.contracting_proof import Sent


@pytest.fixture(autouse=True)
def _asks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an earlier test waited for."""
    monkeypatch.setattr(proof, "_ask_again", 0.0)


@pytest.fixture
def karim(database: object) -> Somebody:
    """Who sends."""
    return contracting.user()


@pytest.fixture
def sent(karim: Somebody) -> Sent:
    """A claim that was sent in a contract where Karim may."""
    contract = contracting.public_contract()
    contracting.group(members=[karim], contracts=[contract])
    return contracting_proof.sent(contract, karim, b"%PDF-1.7 een", b"%PDF-1.7 twee")


def text_of(content: bytes) -> str:
    """The text of a PDF, on one line."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_both_parties_get_the_same_receipt(karim: Somebody, sent: Sent) -> None:
    dirk = contracting.official()
    for make in (receipts.pdf, receipts.json):
        assert make(karim.actor, sent.version.reference) == make(dirk.actor, sent.version.reference)


def test_the_receipt_in_words(karim: Somebody, sent: Sent) -> None:
    name, content = receipts.pdf(karim.actor, sent.version.reference)
    record = db.session.query(EvidenceRecord).filter_by(sequence=1).one()
    said = text_of(content)
    assert name == f"ontvangstbewijs-schuldvordering-{sent.document.number}-versie-1.pdf"
    for part in (
        "Ontvangstbewijs",
        "Departement MOW (test) (OVO009902), Afdeling Wegenbouw",
        "Wegenbouw Voorbeeld NV (0999000129)",
        f"Schuldvordering {sent.document.number}, versie 1",
        "16 september 2024 om 10:00:00,000 (UTC+02:00)",
        "2024-09-16T08:00:00.000Z",
        "vorderingsstaat-2.pdf",
        shown_code(record.code),
        "/bewijs",
    ):
        assert part in said, part
    assert record.digest in said.replace(" ", "")
    assert sent.files[0].digest in said.replace(" ", "")


def test_the_receipt_for_programs_can_be_checked_alone(karim: Somebody, sent: Sent) -> None:
    _, content = receipts.json(karim.actor, sent.version.reference)
    said = json.loads(content)
    assert digest_of(said["record"]) == said["digest"]
    assert connections().seals.holds(said["digest"], said["seal"]["value"], said["seal"]["key"])
    assert said["sent_at"] == said["consultable_at"]
    assert said["sent_at"] == {"local": "2024-09-16T10:00:00.000+02:00", "utc": "2024-09-16T08:00:00.000Z"}
    assert [one["sha256"] for one in said["files"]] == [one.digest for one in sent.files]
    assert said["time_stamp"] == {"at": None, "authority": None}
    proof.stamp()
    db.session.expire_all()
    later = json.loads(receipts.json(karim.actor, sent.version.reference)[1])
    assert later["time_stamp"]["authority"]
    assert later["digest"] == said["digest"]


def test_c046_no_person_in_the_receipt_nor_in_its_metadata(karim: Somebody, sent: Sent) -> None:
    dirk = contracting.official()
    _, content = receipts.pdf(dirk.actor, sent.version.reference)
    with pikepdf.open(io.BytesIO(content)) as document:
        parts = [bytes(document.Root.Metadata.read_bytes()), str(document.docinfo).encode()]
        for one in document.objects:
            if isinstance(one, pikepdf.Stream):
                parts.append(one.read_bytes())
    whole = b"\n".join(parts).decode("latin-1") + text_of(content)
    for personal in ("Karim", "El Amrani", karim.account.account_key):
        assert personal not in whole
    assert "Dossierloket" in whole


def test_nobody_else_gets_it(karim: Somebody, sent: Sent) -> None:
    tom, nora = contracting.user(name="Tom Zonder"), contracting.manager(contracting.competitor(), name="Nora")
    elsewhere = contracting.official(contracting.other_authority())
    for who in (tom, nora, elsewhere):
        with pytest.raises(NotFound):
            receipts.pdf(who.actor, sent.version.reference)
    with pytest.raises(NotFound):
        receipts.pdf(karim.actor, "none")


def test_no_receipt_before_there_is_proof(karim: Somebody) -> None:
    contract = contracting.public_contract()
    contracting.group(members=[karim], contracts=[contract])
    bare = contracting_proof.sent(contract, karim, prove=False)
    with pytest.raises(NotFound):
        receipts.json(karim.actor, bare.version.reference)
