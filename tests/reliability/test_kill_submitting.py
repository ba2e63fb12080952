"""kill -9 of the server while a quarter is submitted, a hundred times: what was acknowledged is whole and there, what
was not is absent or whole, and nothing is there twice."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from domain.actor import Actor
from domain.ecalcura.declaration import DossierStatus, Event
from models.all import db
from models.audit import AuditEntry
from models.declaration import Dossier, DossierEvent, DossierSnapshot, Submission, SubmissionReview
from models.document import StoredFile
from models.organisation import Facility
from services import clock, documents, evidence, locks, transaction
from services.ecalcura import declarations as steps
from services.ecalcura import submission
from tests.factories import actors, declarations, organisations, personnel
from tests.reliability.killing import victim
from tests.reliability.scenes import assert_whole, count, status
from tests.support.databases import PreparedDatabase
from tests.support.sign_in import SignedIn

QUARTERS = ["2023K3", "2023K4", "2024K1", "2024K2"]
SEED = 20240916

#: Points on the way of one submission at which the process kills itself, each at its first and its second passing.
POINTS = (
    "before file",
    "after file rename",
    "INSERT INTO dossier_snapshot",
    "after INSERT INTO stored_file",
    "INSERT INTO submission ",
    "UPDATE dossier SET",
    "INSERT INTO dossier_event",
    "INSERT INTO audit_entry",
    "UPDATE audit_head",
    "before commit",
    "after commit",
    "before answer",
)


@dataclass
class House:
    """A facility with four quarters, and the browser of somebody of it."""

    facility: Facility
    user: Actor
    cookie: str
    csrf: str

    def number(self, quarter: str) -> str:
        return f"{self.facility.hco_number}-{quarter}"


def _house(signed_in: SignedIn) -> House:
    facility = organisations.facility()
    organisations.contact_person(facility)
    organisations.bank_account(facility)
    contract = personnel.contract(personnel.staff_member(facility))
    for quarter in QUARTERS:
        declarations.performance(declarations.dossier(facility, quarter), contract)
    client = signed_in("EL_PRIVACY", "EL_FINANCIEEL", facility=facility)
    csrf = client.csrf_token()
    assert client.actor is not None
    return House(facility, client.actor, client.session_token(), csrf)


@pytest.fixture
def houses(app: Flask, signed_in: SignedIn) -> list[House]:
    return [_house(signed_in) for _ in range(3)]


def _task(house: House) -> dict[str, Any]:
    return {
        "do": "submit",
        "now": clock.now().isoformat(),
        "cookie": house.cookie,
        "csrf": house.csrf,
        "quarters": QUARTERS,
    }


def _deaths(chance: random.Random) -> list[dict[str, Any]]:
    """Fifty ways to die: at each point twice, at any write, and at any moment."""
    deaths: list[dict[str, Any]] = [
        {"point": point, "after": time, "only_submitting": True} for point in POINTS for time in (1, 2)
    ]
    deaths += [{"point": "", "after": chance.randint(1, 120)} for _ in range(14)]
    deaths += [{"kill_after": chance.uniform(0.0, 0.15)} for _ in range(50 - len(deaths))]
    chance.shuffle(deaths)
    return deaths


def test_kill_9_while_submitting(database: PreparedDatabase, houses: list[House]) -> None:
    """Fifty times on each database; the seed says which moments."""
    chance = random.Random(f"{SEED} {database.kind}")
    seen: Counter[str] = Counter()
    with victim(database) as process:
        process.run(warm=True, **_task(houses[0]))
        _open_again(houses[0])
        for turn, death in enumerate(_deaths(chance)):
            house = houses[turn % len(houses)]
            said, ended = process.run(**_task(house), **death)
            where = f"seed {SEED}, turn {turn}, {death}, said {said}"
            assert ended == -9 or (ended == 0 and "kill_after" in death), where
            seen[_judge(house, said, where)] += 1
            _open_again(house)
    print(f"seed {SEED}, {database.kind}: {dict(seen)}")
    assert seen["absent"] >= 10, seen
    assert seen["there, not acknowledged"] >= 4, seen
    report = evidence.verify()
    assert report.broken == ()
    assert report.files == report.snapshots == count(Submission) == count(StoredFile)


def _judge(house: House, said: list[dict[str, Any]], where: str) -> str:
    """Look at what the dead process left behind, then do again what it was doing."""
    acknowledged: list[tuple[str, str, str]] = []
    pending: tuple[str, str] | None = None
    for word in said:
        if "key" in word:
            pending = (word["quarter"], word["key"])
        elif "receipt" in word:
            assert pending is not None
            acknowledged.append((*pending, word["receipt"]))
            pending = None
    _wait_for_the_database(house)
    _nothing_half(where)
    for quarter, key, reference in acknowledged:
        _is_there(house, quarter, key, reference)
        assert _again(house, quarter, key) == reference, where
    found = "reviewing"
    if pending is not None:
        quarter, key = pending
        before = _reference_of(key)
        if before is None:
            found = "absent"
            assert status(house.number(quarter)) is DossierStatus.OPEN, where
        else:
            found = "there, not acknowledged"
            _is_there(house, quarter, key, before)
        after = _again(house, quarter, key)
        assert before in (None, after), where
        _is_there(house, quarter, key, after)
        assert _again(house, quarter, key) == after, where
    _nothing_half(where)
    return found


def _wait_for_the_database(house: House) -> None:
    """PostgreSQL may still be busy with the last word of the dead: its locks say when it is not."""
    with transaction.unit_of_work():
        locks.lock_facility(house.facility.id)


def _nothing_half(where: str) -> None:
    """As many submissions as copies, receipts, steps and traces."""
    submissions = count(Submission)
    assert count(DossierSnapshot) == submissions, where
    assert count(StoredFile) == submissions, where
    assert count(DossierEvent, DossierEvent.event == "SUBMIT") == submissions, where
    assert count(SubmissionReview, SubmissionReview.submission_id.is_not(None)) == submissions, where
    texts = db.session.scalars(select(AuditEntry.data).where(AuditEntry.event == "dossier.state"))
    assert sum(json.loads(text)["event"] == "SUBMIT" for text in texts) == submissions, where
    db.session.rollback()


def _is_there(house: House, quarter: str, key: str, reference: str) -> None:
    assert_whole(house.number(quarter), key, reference)
    assert status(house.number(quarter)) is DossierStatus.CLOSED
    row = db.session.scalars(select(Submission).where(Submission.reference == reference)).one()
    assert documents.read(row.receipt_digest)[1].startswith(b"%PDF")
    db.session.rollback()


def _reference_of(key: str) -> str | None:
    db.session.rollback()
    return db.session.scalar(select(Submission.reference).where(Submission.review_key == key))


def _again(house: House, quarter: str, key: str) -> str:
    with transaction.unit_of_work():
        return submission.submit(house.user, house.number(quarter), key).reference


def _open_again(house: House) -> None:
    """The case manager reopens what was submitted, for the next turn (T-04)."""
    db.session.rollback()
    closed = db.session.scalars(
        select(Dossier.number).where(Dossier.facility_id == house.facility.id, Dossier.status == DossierStatus.CLOSED)
    )
    numbers = list(closed)
    with transaction.unit_of_work():
        for number in numbers:
            steps.fire(actors.case_manager(), number, Event.REOPEN, "Nog eens")
