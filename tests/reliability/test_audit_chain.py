"""The audit chain under many writers, and beside what it proves (its own alterations: integration/house)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from domain.audit_events import AuditEvent
from domain.ecalcura.declaration import Event
from models.all import db
from models.audit import AuditEntry, AuditHead, AuditPersonalValue
from services import audit, clock, evidence, transaction
from services.ecalcura import declarations
from tests.factories import actors
from tests.factories.database import change
from tests.reliability.lanes import COMMIT, overlap, threads_of
from tests.reliability.scenes import Scene, count, scene
from tests.support.databases import PreparedDatabase

THREADS, COMMITS = 4, 10


def _trace(subject: str, times: int = 1) -> None:
    for number in range(times):
        audit.record(
            actors.case_manager(),
            AuditEvent.BLOCKED,
            "block",
            subject,
            data={"kind": "PERSON"},
            personal={"key": subject, "reason": f"reden {number}"},
        )


def test_many_writers_make_one_chain_without_gap_or_fork(database: PreparedDatabase) -> None:
    """Four at once, ten commits each, one or two entries in each commit, every fifth undone."""

    def work(number: int) -> None:
        with database.bare.app_context():
            for turn in range(COMMITS):
                try:
                    with transaction.unit_of_work():
                        _trace(f"{number}-{turn}", 1 + turn % 2)
                        if turn % 5 == 4:
                            raise KeyboardInterrupt
                except KeyboardInterrupt:
                    continue

    db.session.rollback()
    assert threads_of(THREADS, work) == [None] * THREADS
    kept = [(number, turn) for number in range(THREADS) for turn in range(COMMITS) if turn % 5 != 4]
    entries = sum(1 + turn % 2 for _, turn in kept)
    report = audit.verify()
    assert (report.broken, report.entries) == (None, entries)
    rows = db.session.execute(select(AuditEntry.sequence, AuditEntry.subject_key).order_by(AuditEntry.sequence)).all()
    assert [row.sequence for row in rows] == list(range(1, entries + 1))
    assert {row.subject_key for row in rows} == {f"{number}-{turn}" for number, turn in kept}
    assert db.session.scalars(select(AuditHead.sequence)).one() == entries
    assert count(AuditPersonalValue) == 2 * entries


def test_two_commits_that_meet_at_the_head_queue(database: PreparedDatabase) -> None:
    first, second = overlap(database, lambda: _trace("een"), lambda: _trace("twee"), before=COMMIT)
    first.result()
    second.result()
    subjects = db.session.scalars(select(AuditEntry.subject_key).order_by(AuditEntry.sequence)).all()
    assert subjects == ["een", "twee"]
    assert audit.verify().broken is None


def test_a_trace_that_cannot_be_written_undoes_the_change(
    database: PreparedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No change without its trace."""
    it = scene()

    def broken(*_words: object) -> str:
        raise OSError

    monkeypatch.setattr(audit, "link", broken)
    with pytest.raises(OSError), transaction.unit_of_work():
        declarations.fire(it.case_manager, it.number, Event.TAKE_INTO_AUDIT, "Steekproef")
    monkeypatch.undo()
    assert it.dossier.status == "OPEN"
    assert count(AuditEntry) == 0
    with transaction.unit_of_work():
        declarations.fire(it.case_manager, it.number, Event.TAKE_INTO_AUDIT, "Steekproef")
    assert audit.verify() == audit.ChainReport(1, audit.verify().head, None)


@pytest.fixture
def proven(database: PreparedDatabase) -> Scene:
    """A submitted quarter with everything that proves it."""
    it = scene()
    it.submitted()
    assert evidence.verify().broken == ()
    return it


def _alter(*statements: str) -> None:
    """Somebody with access to the database itself, going round every rule."""
    with db.engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    db.session.rollback()


def _erase() -> None:
    for value in db.session.scalars(select(AuditPersonalValue)).all():
        change(value, value=None, erased_at=clock.now())


def _files(database: PreparedDatabase) -> list[Path]:
    folder = database.settings.instance / "documents"
    return [path for path in folder.rglob("*") if path.is_file() and ".incoming" not in path.parts]


def test_a_changed_snapshot_is_found_even_with_its_own_digest(proven: Scene) -> None:
    """The chain names the digest of every snapshot: who changes both is found all the same."""
    digest = hashlib.sha256(b"{}").hexdigest()
    _alter(f"UPDATE dossier_snapshot SET content = '{{}}', digest = '{digest}'")
    (broken,) = evidence.verify().broken
    assert broken.startswith("snapshot of audit entry")


def test_a_removed_snapshot_is_found(proven: Scene) -> None:
    """With everything that refers to it."""
    _alter(
        "UPDATE dossier SET snapshot_id = NULL",
        "UPDATE submission_review SET submission_id = NULL",
        "UPDATE dossier_event SET snapshot_id = NULL",
        "DELETE FROM submission",
        "DELETE FROM dossier_snapshot",
    )
    (broken,) = evidence.verify().broken
    assert broken.startswith("snapshot of audit entry")


@pytest.mark.parametrize(
    ("name", "spoil", "kind"),
    [
        ("changed", lambda path: path.write_bytes(path.read_bytes() + b" "), "changed"),
        ("cut short", lambda path: path.write_bytes(path.read_bytes()[:-1]), "changed"),
        ("emptied", lambda path: path.write_bytes(b""), "changed"),
        ("gone", lambda path: path.unlink(), "missing"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_spoilt_receipt_is_found(
    database: PreparedDatabase, proven: Scene, name: str, spoil: Callable[[Path], object], kind: str
) -> None:
    (path,) = _files(database)
    spoil(path)
    assert evidence.verify().broken == (f"file {path.name}: {kind}",)


def test_personal_values_can_be_erased_in_the_middle_of_a_chain(proven: Scene) -> None:
    """What a person's reason was can go; that there was one, and everything after it, stays proven."""
    for event in (Event.REOPEN, Event.TAKE_INTO_AUDIT, Event.RESTORE):
        with transaction.unit_of_work():
            declarations.fire(proven.case_manager, proven.number, event, "Omdat ik dat zo wil")
    assert count(AuditPersonalValue) >= 2
    before = audit.verify()
    _erase()
    assert audit.verify() == before
    with transaction.unit_of_work():
        _trace("later")
    assert audit.verify().broken is None
    assert "Omdat" not in " ".join(db.session.scalars(select(AuditEntry.data)))
