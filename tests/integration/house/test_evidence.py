"""``evidence verify`` finds what was altered or is missing, and says where."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from domain.audit_events import AuditEvent
from models.all import db
from models.declaration import DossierSnapshot
from services import audit, clock, documents, evidence, transaction
from tests.factories import actors, declarations, organisations
from tests.factories.database import saved
from tests.support.databases import PreparedDatabase

CONTENT = '{"quarter":"2024K1"}'


@pytest.fixture
def kept(database: PreparedDatabase) -> Path:
    """An audit chain of five entries with personal values, a snapshot and two files; gives the folder of the files."""
    dossier = declarations.dossier(organisations.facility())
    saved(
        DossierSnapshot(
            dossier_id=dossier.id,
            sequence=1,
            event="SUBMIT",
            taken_at=clock.now(),
            taken_by="Sofie Maes",
            digest=hashlib.sha256(CONTENT.encode()).hexdigest(),
            content=CONTENT,
        )
    )
    for number in range(5):
        with transaction.unit_of_work():
            audit.record(
                actors.case_manager(),
                AuditEvent.BLOCKED,
                "block",
                number,
                data={"kind": "PERSON"},
                personal={"key": "7", "reason": f"reden {number}"},
            )
            documents.store(f"bestand {number % 2}".encode(), "text/plain")
    assert evidence.verify().broken == ()
    return database.settings.instance / "documents"


def alter(statement: str) -> None:
    """Somebody with access to the database itself, going round every rule."""
    with db.engine.begin() as connection:
        connection.execute(sa.text(statement))
    db.session.rollback()


def test_everything_is_counted(kept: Path) -> None:
    report = evidence.verify()
    assert (report.audit_entries, report.snapshots, report.files, report.bytes) == (5, 1, 2, 18)
    assert len(report.audit_head) == 64


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE audit_entry SET organisation_key = 'X' WHERE sequence = 3", "audit entry 3: changed"),
        ("UPDATE audit_entry SET data = '{}' WHERE sequence = 3", "audit entry 3: changed"),
        ("UPDATE audit_entry SET actor_id = 99 WHERE sequence = 1", "audit entry 1: changed"),
        (
            "UPDATE audit_personal_value SET value = 'anders' WHERE sequence = 2 AND name = 'reason'",
            "audit entry 2: personal value reason changed",
        ),
        (
            "UPDATE audit_personal_value SET value = NULL WHERE sequence = 2 AND name = 'reason'",
            "audit entry 2: personal value reason changed",
        ),
        (
            "DELETE FROM audit_personal_value WHERE sequence = 2 AND name = 'reason'",
            "audit entry 2: personal value reason missing",
        ),
        ("UPDATE audit_head SET digest = 'x'", "audit head: changed"),
        ("DELETE FROM audit_head", "audit head: missing"),
        ("UPDATE dossier_snapshot SET content = '{}'", "snapshot"),
        ("UPDATE stored_file SET size = size + 1", "changed"),
    ],
)
def test_an_alteration_is_found(kept: Path, statement: str, place: str) -> None:
    alter(statement)
    (broken,) = evidence.verify().broken
    assert place in broken


def test_what_is_appended_while_reading_is_no_fault(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = audit._problem_of

    def slowly(*words: Any) -> str | None:
        with db.engine.begin() as connection:
            connection.execute(sa.text("UPDATE audit_head SET sequence = 6, digest = 'next'"))
        return original(*words)

    monkeypatch.setattr(audit, "_problem_of", slowly)
    assert evidence.verify().broken == ()


@pytest.mark.parametrize("sequence", [1, 3, 5])
def test_a_removed_entry_is_missing(kept: Path, sequence: int) -> None:
    alter(f"DELETE FROM audit_personal_value WHERE sequence = {sequence}")
    alter(f"DELETE FROM audit_entry WHERE sequence = {sequence}")
    (broken,) = evidence.verify().broken
    assert broken.startswith(f"audit entry {sequence}: missing")


def test_an_erased_personal_value_breaks_nothing(kept: Path) -> None:
    """The values stand beside the chain, so that a person's can be erased."""
    alter("UPDATE audit_personal_value SET value = NULL, erased_at = '2024-09-16 08:00:00' WHERE sequence = 2")
    assert evidence.verify().broken == ()


def test_a_changed_a_missing_and_a_swapped_file_are_found(kept: Path) -> None:
    first, second = sorted(path for path in kept.rglob("*") if path.is_file())
    first.write_bytes(second.read_bytes())
    assert evidence.verify().broken == (f"file {first.name}: changed",)
    first.unlink()
    assert evidence.verify().broken == (f"file {first.name}: missing",)


def test_the_first_place_of_each_kind_is_told(kept: Path) -> None:
    alter("UPDATE audit_entry SET event = 'x' WHERE sequence >= 2")
    alter("UPDATE dossier_snapshot SET digest = 'x'")
    for file in kept.rglob("*"):
        if file.is_file():
            file.unlink()
    assert [place.split()[0] for place in evidence.verify().broken] == ["audit", "snapshot", "file"]
