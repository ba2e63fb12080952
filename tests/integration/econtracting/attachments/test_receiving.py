"""Receiving files: what is kept, refused and scanned; what a draft asks for; cleaning, renaming, removing."""

from __future__ import annotations

import errno
import hashlib
import io
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, true

from domain.econtracting import attachments as words
from domain.econtracting.attachments import AttachmentState
from domain.econtracting.document_states import VersionState
from domain.econtracting.person_traces import Trace, from_json
from domain.errors import DomainError, InvalidValue, NotAllowedNow, NotFound, Unavailable
from integrations.scanner import Clamd, NoScanner, StandIn
from models.audit import AuditEntry
from models.base import db
from models.document import StoredFile
from models.file_document import Attachment, DocumentVersion
from models.letter import Letter
from services import documents, evidence
from services.connections import connections
from services.econtracting import attachments
from services.econtracting.attachments import doors
from services.econtracting.attachments.doors import Of
from services.transaction import unit_of_work
from tests.factories import contracting_documents as made
from tests.factories import files
from tests.factories.contracting_documents import Scene
from tests.factories.database import change
from tests.support.databases import PreparedDatabase
from tests.support.ports import free_port


@pytest.fixture
def it(database: PreparedDatabase) -> Scene:
    return made.scene()


@pytest.fixture
def version(it: Scene) -> DocumentVersion:
    return made.draft(it.contract, it.mila)


@pytest.fixture
def folder(database: PreparedDatabase) -> Path:
    return database.settings.instance / "documents"


def _kept(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def _receive(it: Scene, version: DocumentVersion, name: str, content: bytes, slot: str = "") -> Attachment:
    with unit_of_work():
        return attachments.receive(
            it.mila.actor, it.contract, version=version, slot=slot, name=name, stream=io.BytesIO(content)
        )


def _scanner_down() -> None:
    connections().scanner = Clamd(f"tcp://127.0.0.1:{free_port()}")


def _events(event: str) -> int:
    db.session.rollback()
    return len(db.session.scalars(select(AuditEntry.sequence).where(AuditEntry.event == event)).all())


def test_a_file_is_kept_with_its_digest_type_and_moments(it: Scene, version: DocumentVersion, folder: Path) -> None:
    content = files.pdf()
    row = _receive(it, version, "Vordering maart.pdf", content)
    digest = hashlib.sha256(content).hexdigest()
    assert (row.digest, row.size, row.media_type) == (digest, len(content), "application/pdf")
    assert (row.state, row.name, row.received_by_id) == (
        AttachmentState.CLEAN,
        "Vordering maart.pdf",
        it.mila.actor.account_id,
    )
    assert b"".join(attachments.open_content(row)) == content
    assert _kept(folder) == [digest]
    assert attachments.last_stored_and_scanned(version.id) == (row.received_at, row.scanned_at)
    assert [one.digest for one in attachments.facts(version.id)] == [digest]
    assert evidence.verify().broken == ()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("leeg.pdf", b"", words.EMPTY),
        ("plan.pdf", files.png(), words.MISLABELLED),
        ("slot.pdf", files.pdf(password="x"), words.LOCKED),
        ("virus.exe", b"MZ\x90\0" + b"\0" * 99, words.RUNS),
    ],
    ids=["empty", "mislabelled", "locked", "program"],
)
def test_what_is_refused_leaves_nothing(
    it: Scene, version: DocumentVersion, folder: Path, name: str, content: bytes, message: str
) -> None:
    with pytest.raises(InvalidValue) as refusal:
        _receive(it, version, name, content)
    assert (refusal.value.message, refusal.value.field) == (message, "file")
    assert _kept(folder) == []
    assert attachments.of_version(version.id) == []
    assert _events("attachment.received") == 0


def test_too_big_is_refused_while_it_comes(
    it: Scene, version: DocumentVersion, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a byte more than needed is read, and nothing stays."""
    monkeypatch.setattr(connections(), "settings", _with(connections().settings, attachment_bytes=3 * 1024 * 1024))
    endless = _Endless()
    with pytest.raises(InvalidValue) as refusal, unit_of_work():
        attachments.receive(it.mila.actor, it.contract, version=version, name="groot.txt", stream=endless)  # type: ignore[arg-type]
    assert "3 MB" in str(refusal.value)
    assert endless.given <= 5 * 1024 * 1024
    assert _kept(folder) == []


class _Endless:
    given = 0

    def read(self, size: int) -> bytes:
        self.given += size
        return b"a" * size


def _with(settings: Any, **values: Any) -> Any:
    return replace(settings, **values)


def test_no_more_files_than_agreed(
    it: Scene, version: DocumentVersion, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections(), "settings", _with(connections().settings, attachments_per_version=2))
    for number in range(2):
        _receive(it, version, f"{number}.txt", f"bestand {number}".encode())
    with pytest.raises(InvalidValue, match="hoogstens 2 bestanden"):
        _receive(it, version, "3.txt", b"te veel")


def test_the_same_file_twice_is_told_by_its_name(it: Scene, version: DocumentVersion) -> None:
    _receive(it, version, "een.txt", b"dezelfde inhoud")
    with pytest.raises(InvalidValue, match=r"onder de naam een\.txt"):
        _receive(it, version, "twee.txt", b"dezelfde inhoud")
    assert len(attachments.of_version(version.id)) == 1


def test_two_files_of_one_name_can_be_told_apart(it: Scene, version: DocumentVersion) -> None:
    names = [_receive(it, version, "Nota.txt", text.encode()).name for text in ("a", "b")]
    names.append(_receive(it, version, "../../nota.txt", b"c").name)
    assert names == ["Nota.txt", "Nota (2).txt", "nota (3).txt"]


def test_the_slot_is_one_that_the_kind_asks_for(it: Scene, version: DocumentVersion) -> None:
    assert [one.code for one in attachments.problems(version.id)] == ["BIJLAGE_ONTBREEKT"]
    with pytest.raises(InvalidValue):
        _receive(it, version, "a.txt", b"x", slot="bestaat-niet")
    _receive(it, version, "a.txt", b"x")
    assert len(attachments.problems(version.id)) == 1, "another attachment is not the one that is asked for"
    _receive(it, version, "staat.pdf", files.pdf(), slot="statement")
    assert attachments.problems(version.id) == []


def test_nothing_joins_what_was_sent(it: Scene) -> None:
    """T4: a file that was still coming when a colleague sent is not part of it."""
    version = made.complete(it.contract, it.mila)
    before = attachments.facts(version.id)
    arrived = attachments.take_in("laat.txt", io.BytesIO(b"te laat"))
    made.send(version, it.karim)
    for act in (
        lambda: attachments.receive(it.mila.actor, it.contract, version=version, stream=arrived),
        lambda: attachments.remove(it.mila.actor, attachments.of_version(version.id)[0]),
        lambda: attachments.rename(it.mila.actor, attachments.of_version(version.id)[0], "anders.pdf"),
        lambda: attachments.strip(it.mila.actor, attachments.of_version(version.id)[0]),
        lambda: doors.add(it.mila.actor, Of.VERSION, version.reference, arrived),
    ):
        with pytest.raises(NotAllowedNow), unit_of_work():
            act()
    assert attachments.facts(version.id) == before


@pytest.mark.parametrize("where", ["plain", "zip", "nested", "docx", "pdf"])
@pytest.mark.parametrize("scanner", ["stand-in", "clamd"])
def test_an_infected_file_is_never_kept(
    it: Scene, version: DocumentVersion, folder: Path, where: str, scanner: str, request: pytest.FixtureRequest
) -> None:
    connections().scanner = StandIn() if scanner == "stand-in" else Clamd(request.getfixturevalue("clamd_address"))
    row = _receive(it, version, f"factuur.{where if where in ('docx', 'pdf') else 'zip'}", files.eicar(where))
    assert row.state is AttachmentState.INFECTED
    assert _kept(folder) == []
    with pytest.raises(NotFound):
        attachments.open_content(row)
    with pytest.raises(NotFound):
        doors.fetch(it.mila.actor, row.reference)
    (problem, *_) = attachments.problems(version.id)
    assert "virus" in str(problem)
    assert attachments.facts(version.id) == ()
    assert _events("attachment.infected") == 1
    with unit_of_work():
        doors.remove(it.mila.actor, row.reference)
    assert attachments.of_version(version.id) == []


def test_t6_without_a_scanner_a_file_waits_and_cannot_be_fetched(
    it: Scene, version: DocumentVersion, at: Callable[[str], datetime]
) -> None:
    """Fail closed; D-14: the end of the scan is the moment that counts."""
    at("2025-04-14T23:58:00+02:00")
    _scanner_down()
    row = _receive(it, version, "staat.pdf", files.pdf(), slot="statement")
    assert (row.state, row.scanned_at) == (AttachmentState.RECEIVED, None)
    (problem,) = attachments.problems(version.id)
    assert "nagekeken op virussen" in str(problem)
    assert attachments.last_stored_and_scanned(version.id)[1] is None
    with pytest.raises(NotFound):
        doors.fetch(it.mila.actor, row.reference)
    with pytest.raises(DomainError):
        made.send(version, it.karim)
    assert attachments.scan_waiting() == 0, "still nobody there"
    connections().scanner = StandIn()
    later = at("2025-04-15T00:03:00+02:00")
    assert attachments.scan_waiting() == 1
    db.session.refresh(row)
    assert (row.state, row.scanned_at) == (AttachmentState.CLEAN, later)
    assert attachments.problems(version.id) == []
    assert doors.fetch(it.mila.actor, row.reference)


def test_what_turns_out_infected_later_leaves_the_store_at_once(
    it: Scene, version: DocumentVersion, folder: Path
) -> None:
    _scanner_down()
    row = _receive(it, version, "brief.zip", files.eicar("zip"))
    assert (row.state, len(_kept(folder))) == (AttachmentState.RECEIVED, 1)
    connections().scanner = StandIn()
    assert attachments.scan_waiting() == 1
    db.session.refresh(row)
    assert row.state is AttachmentState.INFECTED
    assert _kept(folder) == []
    assert db.session.get(StoredFile, row.digest) is None
    assert _events("attachment.infected") == 1
    assert evidence.verify().broken == ()


def test_a_clearing_away_that_was_interrupted_is_done_again(
    it: Scene, version: DocumentVersion, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _scanner_down()
    row = _receive(it, version, "brief.zip", files.eicar("zip"))
    connections().scanner = StandIn()
    with monkeypatch.context() as patch:
        patch.setattr(documents, "forget", lambda _digest: False)
        attachments.scan_waiting()
    assert len(_kept(folder)) == 1
    attachments.scan_waiting()
    assert _kept(folder) == []
    assert db.session.get(Attachment, row.id).state is AttachmentState.INFECTED  # type: ignore[union-attr]


def test_a_signature_that_came_later_reaches_every_draft_with_these_bytes(
    it: Scene, version: DocumentVersion, folder: Path
) -> None:
    other = made.draft(it.contract, it.mila)
    connections().scanner = NoScanner()
    first = _receive(it, version, "brief.zip", files.eicar("zip"))
    assert first.state is AttachmentState.CLEAN
    connections().scanner = StandIn()
    _receive(it, other, "brief.zip", files.eicar("zip"))
    db.session.refresh(first)
    assert first.state is AttachmentState.INFECTED
    assert _kept(folder) == []


def test_content_that_got_lost_before_the_scan_is_refused_in_words(
    it: Scene, version: DocumentVersion, folder: Path
) -> None:
    _scanner_down()
    row = _receive(it, version, "staat.pdf", files.pdf())
    (path,) = (path for path in folder.rglob("*") if path.is_file())
    path.unlink()
    connections().scanner = StandIn()
    attachments.scan_waiting()
    db.session.refresh(row)
    assert row.state is AttachmentState.REFUSED
    assert "opnieuw op" in " ".join(str(one) for one in attachments.problems(version.id))


def test_a_damaged_file_is_never_given_out_whole(it: Scene, version: DocumentVersion, folder: Path) -> None:
    content = os.urandom(50).hex().encode() * 40_000
    row = _receive(it, version, "groot.txt", content)
    (path,) = (path for path in folder.rglob("*") if path.is_file())
    path.write_bytes(content[:-1] + b"x")
    given: list[bytes] = []
    with pytest.raises(Unavailable):
        given.extend(attachments.open_content(row))
    assert len(b"".join(given)) < len(content)
    path.unlink()
    with pytest.raises(Unavailable):
        attachments.open_content(row)


def test_removing_clears_the_content_unless_something_else_needs_it(
    it: Scene, version: DocumentVersion, folder: Path
) -> None:
    other = made.draft(it.contract, it.mila)
    mine = _receive(it, version, "a.txt", b"in twee stukken")
    theirs = _receive(it, other, "a.txt", b"in twee stukken")
    with unit_of_work():
        doors.remove(it.mila.actor, mine.reference)
    assert len(_kept(folder)) == 1
    with unit_of_work():
        doors.remove(it.mila.actor, theirs.reference)
    assert _kept(folder) == []
    assert db.session.scalars(select(StoredFile)).all() == []
    assert _events("attachment.changed") == 2


def test_what_another_part_keeps_is_not_cleared_away(it: Scene, version: DocumentVersion, folder: Path) -> None:
    """A receipt that somebody uploads is still the receipt when the upload is removed."""
    content = files.pdf()
    row = _receive(it, version, "ontvangstbewijs.pdf", content)
    assert any(column.table is Letter.__table__ for column in documents._referring())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "_is_named", lambda _digest: true())
        with unit_of_work():
            doors.remove(it.mila.actor, row.reference)
    assert len(_kept(folder)) == 1
    assert documents.forget(row.digest)
    assert _kept(folder) == []


def test_an_undone_removal_keeps_everything(it: Scene, version: DocumentVersion, folder: Path) -> None:
    row = _receive(it, version, "a.txt", b"x")

    def removed_and_undone() -> None:
        with unit_of_work():
            doors.remove(it.mila.actor, row.reference)
            raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        removed_and_undone()
    with unit_of_work():
        pass
    assert len(_kept(folder)) == 1
    assert b"".join(attachments.open_content(attachments.of_version(version.id)[0])) == b"x"


def test_a21_a_name_of_a_colleague_in_the_file_name_is_told(it: Scene, version: DocumentVersion) -> None:
    """C-046: people of the own organisation, and what looks like a person."""
    for name, trace in (
        ("Vordering_Mila_Jacobs.txt", Trace.FILE_NAME),
        ("nota jacobs.txt", Trace.FILE_NAME),
        ("Jan_Janssens_vordering.txt", Trace.NAME_PATTERN),
        ("vorderingsstaat maart.txt", None),
    ):
        row = _receive(it, version, name, name.encode())
        assert [one.trace for one in from_json(row.findings)] == ([trace] if trace else []), name


def test_a21_renaming_takes_the_warning_away_and_keeps_the_extension(it: Scene, version: DocumentVersion) -> None:
    row = _receive(it, version, "Mila Jacobs.txt", b"x")
    _receive(it, version, "staat.txt", b"y")
    with unit_of_work():
        doors.rename(it.mila.actor, row.reference, "Staat.exe")
    assert (row.name, row.findings) == ("Staat.exe.txt", "[]")
    with unit_of_work():
        doors.rename(it.mila.actor, row.reference, "staat")
    assert row.name == "staat (2).txt"
    with pytest.raises(InvalidValue), unit_of_work():
        doors.rename(it.mila.actor, row.reference, "  ")


def test_a21_stripping_keeps_a_clean_copy_and_the_digest_before(
    it: Scene, version: DocumentVersion, folder: Path
) -> None:
    content = files.pdf(author="Mila Jacobs")
    row = _receive(it, version, "nota.pdf", content)
    assert Trace.AUTHOR in {one.trace for one in from_json(row.findings)}
    before = row.digest
    with unit_of_work():
        doors.strip(it.mila.actor, row.reference)
    kept = b"".join(attachments.open_content(row))
    assert (row.stripped_from, row.state, row.findings) == (before, AttachmentState.CLEAN, "[]")
    assert b"Mila" not in kept
    assert (row.digest, row.size) == (hashlib.sha256(kept).hexdigest(), len(kept))
    assert _kept(folder) == [row.digest], "the copy with the name is gone"
    with pytest.raises(NotAllowedNow), unit_of_work():
        doors.strip(it.mila.actor, row.reference)


def test_a21_a_signed_file_is_not_stripped_silently(it: Scene, version: DocumentVersion) -> None:
    row = _receive(it, version, "getekend.pdf", files.pdf(author="Mila Jacobs", signed=True))
    with pytest.raises(NotAllowedNow, match="handtekening breken"), unit_of_work():
        doors.strip(it.mila.actor, row.reference)
    assert row.stripped_from is None


def test_changing_files_makes_one_the_last_editor(it: Scene, version: DocumentVersion) -> None:
    """What the four eyes look at (T5): who changed a file changed the draft; a draft that was ready is not any more."""
    change(version, ready_at=version.changed_at)
    arrived = attachments.take_in("a.txt", io.BytesIO(b"x"))
    with unit_of_work():
        doors.add(it.karim.actor, Of.VERSION, version.reference, arrived)
    assert (version.changed_by_id, version.ready_at) == (it.karim.actor.account_id, None)


def test_who_may_not_draft_adds_and_changes_nothing(it: Scene, version: DocumentVersion) -> None:
    """The authority does not even know of the draft (T1); its own drafts are its own."""
    row = _receive(it, version, "a.txt", b"x")
    arrived = attachments.take_in("b.txt", io.BytesIO(b"y"))
    for act in (
        lambda: doors.add(it.dirk.actor, Of.VERSION, version.reference, arrived),
        lambda: doors.remove(it.dirk.actor, row.reference),
        lambda: doors.rename(it.dirk.actor, row.reference, "c"),
        lambda: doors.strip(it.dirk.actor, row.reference),
        lambda: doors.fetch(it.dirk.actor, row.reference),
    ):
        with pytest.raises(NotFound), unit_of_work():
            act()
    assert doors.fetch(it.karim.actor, row.reference).theirs is False


def test_the_other_party_fetches_what_was_sent_and_only_that(it: Scene) -> None:
    version = made.complete(it.contract, it.mila)
    (row,) = attachments.of_version(version.id)
    with pytest.raises(NotFound):
        doors.fetch(it.dirk.actor, row.reference)
    made.send(version, it.karim)
    assert doors.fetch(it.dirk.actor, row.reference).theirs
    assert db.session.get_one(DocumentVersion, version.id).state is VersionState.SENT
    with pytest.raises(NotFound):
        doors.fetch(made.make.user(made.make.competitor()).actor, row.reference)


FULL: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "full": lambda patch: patch.setattr(os, "fsync", _no_space),
    "read-only": lambda patch: patch.setattr(Path, "replace", _no_space),
}


def _no_space(*_words: object) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("fault", FULL)
def test_a_full_disk_is_a_clear_answer_and_nothing_half(
    it: Scene, version: DocumentVersion, folder: Path, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        FULL[fault](patch)
        with pytest.raises(Unavailable, match="niets gewijzigd"):
            _receive(it, version, "a.txt", b"x")
    assert _kept(folder) == []
    assert attachments.of_version(version.id) == []
    assert _receive(it, version, "a.txt", b"x").state is AttachmentState.CLEAN


def test_a_row_never_names_content_that_was_just_cleared_away(it: Scene, version: DocumentVersion) -> None:
    """Somebody removes the last row with the same bytes while this file comes in: bring it again, in words."""
    arrived = attachments.take_in("a.txt", io.BytesIO(b"x"))
    with unit_of_work():
        documents.store(b"x", "text/plain")
    assert documents.forget(arrived.digest)
    with pytest.raises(Unavailable), unit_of_work():
        attachments.receive(it.mila.actor, it.contract, version=version, stream=arrived)
    assert db.session.scalars(select(StoredFile)).all() == []
