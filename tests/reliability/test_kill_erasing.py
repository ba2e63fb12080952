"""kill -9 of the worker while it erases: whole subjects or nothing of them, each once, and no file too many or too few.

Three facilities, each with a submitted quarter, a thread with a file and what the day leaves behind; ten years later
all of it goes, but for two files that a new thread has too.
"""

from __future__ import annotations

import io
import json
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from domain.audit_events import AuditEvent
from domain.retention import RetentionClass
from jobs import worker
from models.all import db
from models.audit import AuditEntry, OrganisationView
from models.declaration import DossierSnapshot, Performance, Submission
from models.document import StoredFile
from models.file_document import Attachment
from models.message import Message
from models.privacy import ErasureNotice, ErasureProof
from services import audit, clock, documents, evidence, transaction
from services.ecalcura import case_page
from services.econtracting import attachments
from services.econtracting.attachments import doors
from services.econtracting.attachments.doors import Of
from services.messaging import places
from services.messaging import writing as threads
from services.privacy import erasure_evidence, retention
from tests.factories.messages import person
from tests.reliability.killing import victim
from tests.reliability.scenes import Scene, count, scene
from tests.support.databases import PreparedDatabase

SEED = 20340701
TOLD, GONE = "2034-05-02T10:00:00+02:00", "2034-07-01T10:00:00+02:00"

#: Where it dies, one after the other, at the first passing. Until the commit the subject is tried again; then it is
#: the turn of the next one: staff and texts of each facility, in that order, behind what is of nobody in particular.
POINTS = (
    "INSERT INTO erasure_proof",
    "after INSERT INTO erasure_proof",
    "DELETE FROM organisation_view",
    "after DELETE FROM organisation_view",
    "UPDATE erasure_proof",
    "UPDATE erasure_notice",
    "INSERT INTO audit_entry",
    "UPDATE audit_head",
    "before commit",
    "DELETE FROM performance",
    "UPDATE dossier_snapshot",
    "after UPDATE dossier_snapshot",
    "UPDATE submission ",
    "UPDATE stored_file",
    "UPDATE submission_review",
    "before removal",  # the staff of the first facility is gone, its receipt not
    "DELETE FROM attachment",
    "UPDATE message SET",
    "after UPDATE conversation",
    "DELETE FROM stored_file",  # the texts of the first
    "after removal",  # the staff of the second
    "after DELETE FROM stored_file",  # the texts of the second
    "after commit",  # the staff of the third; its files stay
    "UPDATE conversation",
    "before removal",  # clearing away what the others left
    "after removal",
)


@dataclass
class House:
    """The three facilities, and the two files that somebody still needs in 2034."""

    scenes: list[Scene]
    needed: set[str]


@pytest.fixture
def house(database: PreparedDatabase, at: Any) -> House:
    found = [scene() for _ in range(3)]
    for one in found:
        key = one.review()
        with transaction.unit_of_work():
            one.submit(key)
        with transaction.unit_of_work():
            case_page.viewed(one.case_manager, one.number)
        _thread(one, f"De uren van {one.number}.".encode())
    at(TOLD)
    receipt = db.session.scalars(select(Submission.receipt_digest).order_by(Submission.id.desc())).first()
    assert receipt is not None
    content = documents.read(receipt)[1]
    shared = _thread(found[0], f"De uren van {found[2].number}.".encode())
    needed = {shared, _thread(found[1], content, "ontvangstbewijs.pdf")}
    assert receipt in needed
    retention.announce()
    at(GONE)
    return House(found, needed)


def _thread(of: Scene, content: bytes, name: str = "uren.txt") -> str:
    """Somebody of a facility sends a message with a file; gives the digest of the file."""
    who = person(of.user)
    with transaction.unit_of_work():
        draft = threads.start(who, places.facility_place(who), "Uren", "Zie de bijlage.")
    with transaction.unit_of_work():
        file = doors.add(who, Of.MESSAGE, draft.reference, attachments.take_in(name, io.BytesIO(content)))
    with transaction.unit_of_work():
        threads.send(who, draft.reference, "Zie de bijlage.", False, draft.version)
    return file.digest


def _expected() -> dict[tuple[str, str], int]:
    """How many rows of each table have to go, once."""
    old = Attachment.message_id.in_(select(Message.id).where(Message.sent_at < clock.now().replace(year=2030)))
    return {
        ("performance", "deleted"): count(Performance),
        ("organisation_view", "deleted"): count(OrganisationView),
        ("attachment", "deleted"): count(Attachment, old),
        ("dossier_snapshot", "emptied"): count(DossierSnapshot),
        ("stored_file", "emptied"): count(Submission) - 1,  # the receipt that was sent along stays
    }


def test_kill_9_while_erasing(database: PreparedDatabase, house: House) -> None:
    """Twenty-six deaths at known points, two at any moment; the worker that comes after finishes it all."""
    chance = random.Random(f"{SEED} {database.kind}")
    task = {"do": "erase", "now": clock.now().isoformat()}
    expected = _expected()
    assert min(expected.values()) > 1
    due = count(ErasureNotice)
    seen: Counter[str] = Counter()
    with victim(database) as process:
        for point in POINTS:
            before = count(ErasureProof)
            said, ended = process.run(**task, point=point, after=1)
            assert ended == -9, (point, said)
            seen["more" if _whole(point) > before else "nothing"] += 1
        for turn in range(2):
            process.run(**task, kill_after=chance.uniform(0.0, 0.05))
            _whole(f"{database.kind}, seed {SEED}, moment {turn}")
    _judge(database, house, expected, due)
    assert seen["nothing"] >= 10, seen
    assert seen["more"] >= 6, seen


def _whole(where: str) -> int:
    """Each subject is erased with its proof and its trace, or nothing of it is; gives how many are."""
    db.session.rollback()
    done = Counter(
        db.session.scalars(select(ErasureNotice.subject_key).where(ErasureNotice.erased_at.is_not(None))).all()
    )
    proofs = Counter(db.session.scalars(select(ErasureProof.subject_key)).all())
    assert done == proofs, where
    traces = db.session.scalars(select(AuditEntry.subject_key).where(AuditEntry.event == AuditEvent.ERASED)).all()
    assert sorted(traces) == sorted(db.session.scalars(select(ErasureProof.reference))), where
    assert audit.verify().broken is None, where
    assert erasure_evidence.check() == (proofs.total(), None), where
    staff = ErasureNotice.retention_class == RetentionClass.STAFF.value
    kept = count(ErasureNotice, staff, ErasureNotice.erased_at.is_(None))
    assert count(Performance) == count(DossierSnapshot, DossierSnapshot.content != "") == kept, where
    db.session.rollback()
    return proofs.total()


def _judge(database: PreparedDatabase, house: House, expected: dict[tuple[str, str], int], due: int) -> None:
    """The next worker: all is erased, once; every file that is there is needed, and every needed one is there."""
    retention._looked = None
    worker.sweep()
    db.session.rollback()
    assert count(ErasureProof) == count(ErasureNotice, ErasureNotice.erased_at.is_not(None)) == due
    erased: Counter[tuple[str, str]] = Counter()
    for rows in db.session.scalars(select(ErasureProof.rows)):
        erased.update({(row["table"], row["act"]): row["rows"] for row in json.loads(rows)})
    assert {table: erased[table] for table in expected} == expected
    assert count(Performance) == 0
    assert count(Message, Message.body != "") == 2
    named = set(db.session.scalars(select(StoredFile.digest).where(StoredFile.erased_in_id.is_(None))))
    assert named == house.needed
    assert _on_disk(database.settings.instance / "documents") == house.needed
    for digest in sorted(house.needed):
        assert documents.read(digest)[1]
    report = evidence.verify()
    assert report.broken == ()
    assert report.erasures == due


def _on_disk(folder: Path) -> set[str]:
    return {file.name for file in folder.glob("??/??/*")}
