"""Any change to proof, contents or files is found and located (invariant 9)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import delete, insert, select, update

from domain.econtracting.evidence import EvidenceType, Fault, digest_of
from jobs import proof
from models.base import db
from models.contract_evidence import ConfidentialAnnex, EvidenceHead, EvidenceRecord, TimeStamp
from models.file_document import Attachment, DocumentVersion
from models.gate import writing
from models.public_contract import PublicContract
from services import clock
from services.connections import connections
from services.econtracting.proof.verification import verify_all, verify_contract, verify_named
from services.evidence import verify
from services.transaction import unit_of_work
from tests.factories import contracting, contracting_proof
from tests.support.databases import PreparedDatabase


@pytest.fixture(autouse=True)
def _asks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an earlier test waited for."""
    monkeypatch.setattr(proof, "_ask_again", 0.0)


@pytest.fixture
def contract(database: object) -> PublicContract:
    """A contract with five records: two documents, and a mail that was sent."""
    made = contracting.public_contract()
    karim = contracting.user()
    contracting_proof.sent(made, karim, b"%PDF-1.7 een", b"%PDF-1.7 twee")
    contracting_proof.append(made, EvidenceType.MAIL_SENT)
    contracting_proof.sent(made, karim, b"%PDF-1.7 drie")
    return made


def tamper(statement: Any, values: Any = None) -> None:
    """Change a row behind the back of every use case."""
    with unit_of_work(), writing("tamper"):
        db.session.execute(statement.execution_options(synchronize_session=False), values)
    db.session.expire_all()


def record(contract: PublicContract, sequence: int) -> EvidenceRecord:
    """One record as it is now."""
    found = db.session.scalars(
        select(EvidenceRecord)
        .where(EvidenceRecord.contract_id == contract.id, EvidenceRecord.sequence == sequence)
        .execution_options(populate_existing=True)
    ).one()
    db.session.expunge(found)
    return found


def change(contract: PublicContract, place: int, **values: Any) -> None:
    """Change columns of one record."""
    tamper(update(EvidenceRecord).where(EvidenceRecord.id == record(contract, place).id).values(**values))


def found(contract: PublicContract) -> tuple[int, Fault] | None:
    """The place and the fault, or None when all holds."""
    broken = verify_contract(contract.id).broken
    return None if broken is None else (broken.position, broken.fault)


def file_of(database: PreparedDatabase, digest: str) -> Path:
    """Where the bytes of a file are."""
    return Path(database.settings.document_store) / digest[:2] / digest[2:4] / digest


def test_everything_holds_with_and_without_time_stamps(contract: PublicContract) -> None:
    before = verify_contract(contract.id)
    assert (before.whole, before.records, before.files, before.waiting) == (True, 5, 3, 5)
    assert before.bytes == sum(len(one) for one in (b"%PDF-1.7 een", b"%PDF-1.7 twee", b"%PDF-1.7 drie"))
    proof.stamp()
    after = verify_contract(contract.id)
    assert (after.whole, after.stamped, after.waiting, after.unchecked_stamps) == (True, 5, 0, 0)


@pytest.mark.parametrize("sequence", [1, 3, 5])
def test_a_changed_record_is_found_at_its_place(contract: PublicContract, sequence: int) -> None:
    text = record(contract, sequence).text
    change(contract, sequence, text=text.replace('"format":1', '"format":2'))
    assert found(contract) == (sequence, Fault.CHANGED)


def test_a_record_that_was_written_anew_does_not_fit_the_next(contract: PublicContract) -> None:
    text = record(contract, 3).text.replace("NOTIFICATIE_VERZONDEN", "NOTIFICATIE_MISLUKT")
    digest, seals = digest_of(text), connections().seals
    change(contract, 3, text=text, digest=digest, type=EvidenceType.MAIL_FAILED, seal=seals.seal(digest))
    assert found(contract) == (4, Fault.NOT_LINKED)


def test_the_last_record_written_anew_does_not_fit_the_head(contract: PublicContract) -> None:
    text = record(contract, 5).text.replace('"format":1', '"format":2')
    digest = digest_of(text)
    change(contract, 5, text=text, digest=digest, seal=connections().seals.seal(digest))
    assert found(contract) == (5, Fault.NOT_LINKED)


def test_even_with_the_head_a_whole_rewrite_lacks_the_seal(contract: PublicContract) -> None:
    text = record(contract, 5).text.replace('"format":1', '"format":2')
    change(contract, 5, text=text, digest=digest_of(text))
    tamper(update(EvidenceHead).where(EvidenceHead.contract_id == contract.id).values(digest=digest_of(text)))
    assert found(contract) == (5, Fault.SEAL)


@pytest.mark.parametrize(("sequence", "place"), [(1, 1), (3, 3), (5, 4)])
def test_a_removed_record_is_found(contract: PublicContract, sequence: int, place: int) -> None:
    gone = record(contract, sequence).id
    tamper(delete(ConfidentialAnnex).where(ConfidentialAnnex.record_id == gone))
    tamper(delete(EvidenceRecord).where(EvidenceRecord.id == gone))
    broken = found(contract)
    assert broken is not None
    assert broken[0] == place
    assert broken[1] in (Fault.NOT_LINKED, Fault.CUT_OFF)


def test_an_inserted_record_is_found(contract: PublicContract) -> None:
    last = record(contract, 5)
    columns = {one.key: getattr(last, one.key) for one in EvidenceRecord.__mapper__.column_attrs}
    tamper(insert(EvidenceRecord).values(columns | {"id": last.id + 100, "sequence": 6, "code": "0000000000"}))
    assert found(contract) == (6, Fault.NOT_LINKED)


def test_records_that_changed_places_are_found(contract: PublicContract) -> None:
    for sequence, to in ((3, 99), (4, 3), (99, 4)):
        change(contract, sequence, sequence=to)
    assert found(contract) == (3, Fault.NOT_LINKED)


def test_a_lost_head_is_found(contract: PublicContract) -> None:
    tamper(delete(EvidenceHead).where(EvidenceHead.contract_id == contract.id))
    assert found(contract) is not None


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"type": EvidenceType.REOPENED}, Fault.ROW),
        ({"version_id": None}, Fault.ROW),
        ({"seal": "AAAA"}, Fault.SEAL),
        ({"key_id": "0" * 64}, Fault.SEAL),
    ],
)
def test_what_stands_beside_a_record_is_held_against_it(
    contract: PublicContract, values: dict[str, Any], fault: Fault
) -> None:
    change(contract, 4, **values)
    assert found(contract) == (4, fault)


def test_a_moved_moment_beside_a_record_is_found(contract: PublicContract) -> None:
    change(contract, 4, at=clock.now() + timedelta(days=1))
    assert found(contract) == (4, Fault.ROW)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (lambda one: update(DocumentVersion).where(DocumentVersion.id == one.id).values(content="{}"), Fault.CONTENT),
        (lambda one: update(DocumentVersion).where(DocumentVersion.id == one.id).values(title="X"), Fault.CONTENT),
        (
            lambda one: (
                update(DocumentVersion)
                .where(DocumentVersion.id == one.id)
                .values(sent_at=one.sent_at - timedelta(days=1))
            ),
            Fault.MOMENT,
        ),
        (lambda one: update(Attachment).where(Attachment.version_id == one.id).values(name="x.pdf"), Fault.FILE_ADDED),
        (lambda one: delete(Attachment).where(Attachment.version_id == one.id), Fault.FILE_ADDED),
    ],
)
def test_a_changed_document_is_found(
    contract: PublicContract, statement: Callable[[DocumentVersion], Any], fault: Fault
) -> None:
    version = db.session.get_one(DocumentVersion, record(contract, 4).version_id)
    tamper(statement(version))
    assert found(contract) == (4, fault)


def test_every_byte_of_a_file_counts(database: PreparedDatabase, contract: PublicContract) -> None:
    attachment = db.session.scalars(
        select(Attachment).where(Attachment.version_id == record(contract, 4).version_id)
    ).one()
    path = file_of(database, attachment.digest)
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert found(contract) == (4, Fault.FILE_CHANGED)
    path.write_bytes(whole + b" ")
    assert found(contract) == (4, Fault.FILE_CHANGED)
    path.unlink()
    broken = verify_contract(contract.id).broken
    assert broken is not None
    assert str(broken) == f"Het bestand {attachment.name} van bewijs 4 ontbreekt."
    assert verify_contract(contract.id, files=False).broken == broken
    path.write_bytes(whole)
    assert found(contract) is None


def test_a_sent_version_without_proof_is_found(contract: PublicContract) -> None:
    bare = contracting_proof.sent(contract, None, b"%PDF-1.7 vier", prove=False)
    broken = verify_contract(contract.id).broken
    assert broken is not None
    assert (broken.fault, broken.params["document"]) == (Fault.UNPROVEN, str(bare.document.number))


@pytest.mark.parametrize("values", [{"person": "Iemand Anders"}, {"salt": "00" * 32}, {"salt": None}, {"salt": "zz"}])
def test_a_changed_annex_is_found_and_an_erased_one_says_so(contract: PublicContract, values: dict[str, Any]) -> None:
    annex = update(ConfidentialAnnex).where(ConfidentialAnnex.record_id == record(contract, 4).id)
    tamper(annex.values(**values))
    assert found(contract) == (4, Fault.ANNEX)
    tamper(annex.values(salt=None, person=None, erased_at=clock.now()))
    assert found(contract) is None


@pytest.mark.parametrize(
    "statement",
    [
        lambda: update(TimeStamp).values(root="00" * 32),
        lambda: update(TimeStamp).values(token=b"none"),
        lambda: update(TimeStamp).values(leaves=4),
        lambda: update(EvidenceRecord).where(EvidenceRecord.sequence == 1).values(leaf=1),
        lambda: update(EvidenceRecord).where(EvidenceRecord.sequence == 1).values(leaf=None),
    ],
)
def test_a_changed_time_stamp_is_found(contract: PublicContract, statement: Callable[[], Any]) -> None:
    proof.stamp()
    tamper(statement())
    assert found(contract) == (1, Fault.TIME_STAMP)


def test_one_command_checks_every_contract(contract: PublicContract) -> None:
    other = contracting.public_contract()
    contracting_proof.append(other, EvidenceType.MAIL_SENT)
    report = verify()
    assert (report.contracts, report.records, report.broken) == (2, 6, ())
    change(other, 1, text="{}")
    assert verify().broken == (f"contract {other.number}: record 1: unreadable",)
    assert verify_all().broken == [f"contract {other.number}: record 1: unreadable"]
    assert verify_named(contract.number).broken == []
    assert verify_named(other.reference).broken
    assert verify_named("none").contracts == 0


@pytest.mark.one_database
def test_the_command_checks_one_contract(app: Flask) -> None:
    contract = contracting.public_contract()
    contracting_proof.sent(contract)

    def run() -> Result:
        result = app.test_cli_runner().invoke(args=["evidence", "verify", "--contract", contract.number])
        db.session.rollback()
        return result

    assert (run().exit_code, json.loads(run().stdout)["records"]) == (0, 2)
    change(contract, 2, seal="AAAA")
    broken = run()
    assert broken.exit_code == 1
    assert f"contract {contract.number}: record 2: seal" in broken.stderr
