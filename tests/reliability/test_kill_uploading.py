"""kill -9 of the server while files come in and one is removed: no row without its file, nothing half or twice."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import db
from models.document import StoredFile
from models.file_document import DocumentVersion
from services import clock, evidence
from services.econtracting import attachments
from tests.factories import contracting_documents as made
from tests.reliability.killing import victim
from tests.support.client import Client
from tests.support.databases import PreparedDatabase

NAMES = ["een.txt", "twee.txt"]
SEED = 20240916
#: Points on the way, and at which passing of it the process kills itself.
POINTS = (
    ("before file", 1),
    ("after file rename", 2),
    ("INSERT INTO stored_file", 2),
    ("INSERT INTO attachment", 1),
    ("INSERT INTO audit_entry", 2),
    ("before commit", 2),
    ("after commit", 1),
    ("before answer", 1),
    ("DELETE FROM attachment", 1),
    ("DELETE FROM stored_file", 1),
)


@pytest.fixture
def task(app: Flask) -> dict[str, Any]:
    it = made.scene()
    client = app.test_client()
    assert isinstance(client, Client)
    client.sign_in(it.mila.actor, it.mila.account)
    csrf = client.csrf_token()
    return {
        "do": "upload",
        "names": NAMES,
        "now": clock.now().isoformat(),
        "cookie": client.session_token(),
        "csrf": csrf,
        "maker": it,
    }


def _fresh(task: dict[str, Any]) -> tuple[DocumentVersion, dict[str, Any]]:
    it = task["maker"]
    version = made.draft(it.contract, it.mila)
    told = {name: value for name, value in task.items() if name != "maker"}
    return version, told | {"version": version.reference}


def _content(name: str, version: DocumentVersion) -> bytes:
    return f"{name} van {version.reference} ".encode() * 30_000


def _check(version: DocumentVersion, said: list[dict[str, Any]], folder: Path) -> None:
    db.session.rollback()
    rows = attachments.of_version(version.id)
    names = [row.name for row in rows]
    assert len(set(names)) == len(names), "nothing twice"
    begun = {one["begins"] for one in said if "begins" in one}
    received = {one["received"] for one in said if "received" in one}
    removed = {one["removed"] for one in said if "removed" in one}
    assert set(names) <= begun
    # the last act may have happened without an answer
    assert received - removed - set(names) <= ({NAMES[0]} if received == set(NAMES) else set())
    assert not removed & set(names)
    for row in rows:
        assert row.digest == hashlib.sha256(_content(row.name, version)).hexdigest()
        assert b"".join(attachments.open_content(row)) == _content(row.name, version)
    for row in db.session.scalars(select(StoredFile)):
        assert (folder / row.digest[:2] / row.digest[2:4] / row.digest).stat().st_size == row.size


def test_killed_at_every_point_of_the_way(task: dict[str, Any], database: PreparedDatabase) -> None:
    folder = database.settings.instance / "documents"
    died: set[str] = set()
    with victim(database) as process:
        for point, after in POINTS:
            version, told = _fresh(task)
            said, _ = process.run(**told, point=point, after=after)
            died |= {point for one in said if "died_at" in one}
            _check(version, said, folder)
    assert died == {point for point, _ in POINTS}
    assert evidence.verify().broken == ()


def test_killed_at_any_moment(task: dict[str, Any], database: PreparedDatabase) -> None:
    """And what a crash left is taken up by the next upload of the same file."""
    folder = database.settings.instance / "documents"
    moments = random.Random(SEED)
    with victim(database) as process:
        for _ in range(6):
            version, told = _fresh(task)
            said, _ = process.run(**told, kill_after=moments.random() * 0.15)
            _check(version, said, folder)
        version, told = _fresh(task)
        said, ended = process.run(**told)
    assert (ended, said[-1]) == (0, {"removed": NAMES[0]})
    _check(version, said, folder)
    assert [row.name for row in attachments.of_version(version.id)] == [NAMES[1]]
    assert evidence.verify().broken == ()
