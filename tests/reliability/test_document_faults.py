"""The document store full, gone, damaged or far away: a page that says so, no rows; the same key works afterwards."""

from __future__ import annotations

import errno
import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from domain.ecalcura.declaration import DossierStatus
from domain.errors import Unavailable
from integrations.documents import DocumentStore
from models.audit import AuditEntry
from models.declaration import DossierEvent, DossierSnapshot, Submission
from models.document import StoredFile
from services import documents, evidence, transaction
from services.connections import connections
from tests.reliability.scenes import QUARTER, Scene, assert_whole, count, scene, status
from tests.support.client import Client
from tests.support.databases import PreparedDatabase
from tests.support.ports import free_port
from tests.support.sign_in import SignedIn

Fault = Callable[[Path], AbstractContextManager[None]]


def _no_space(*_words: object, **_more: object) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


@contextmanager
def _full(_folder: Path) -> Iterator[None]:
    """The file is there, but what was written cannot be kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", _no_space)
        yield


@contextmanager
def _read_only(_folder: Path) -> Iterator[None]:
    def refuse(*_words: object) -> Any:
        raise OSError(errno.EROFS, "Read-only file system")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        yield


@contextmanager
def _gone(folder: Path) -> Iterator[None]:
    """Not mounted: something else stands where the folder was."""
    aside = folder.with_name("aside")
    folder.mkdir(parents=True, exist_ok=True)
    folder.rename(aside)
    folder.write_text("not a folder")
    try:
        yield
    finally:
        folder.unlink()
        aside.rename(folder)


@contextmanager
def _far_away(_folder: Path) -> Iterator[None]:
    """A bucket that does not answer: the connection is refused."""
    before = connections().documents
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "somebody")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        connections().documents = DocumentStore(f"s3://bucket/documents?endpoint=http://127.0.0.1:{free_port()}")
        try:
            yield
        finally:
            connections().documents = before


FAULTS: dict[str, Fault] = {"full": _full, "read-only": _read_only, "gone": _gone, "far away": _far_away}


@pytest.fixture
def it(app: Flask) -> Scene:
    return scene()


@pytest.fixture
def client(it: Scene, signed_in: SignedIn) -> Client:
    client = signed_in(actor=it.user)
    assert client.actor is not None
    it.user = client.actor
    return client


@pytest.fixture
def folder(database: PreparedDatabase) -> Path:
    return database.settings.instance / "documents"


def _nothing_submitted(it: Scene) -> None:
    for kind in (Submission, DossierSnapshot, StoredFile, DossierEvent, AuditEntry):
        assert count(kind) == 0, kind
    assert status(it.number) is DossierStatus.OPEN


@pytest.mark.parametrize("name", FAULTS)
def test_e117_submitting_without_a_store(it: Scene, client: Client, folder: Path, name: str) -> None:
    """The page says that nothing changed; reading goes on; the same key submits once the store is back."""
    key = it.review()
    address = f"/ecalcura/aangifte/{QUARTER}/indienen/{key}"
    with FAULTS[name](folder):
        response = client.post(address)
        assert response.status_code == 503
        assert "Er is niets gewijzigd" in response.text
        assert client.page(f"/ecalcura/aangifte/{QUARTER}").heading
        _nothing_submitted(it)
    if folder.exists():
        assert [path for path in folder.rglob("*") if path.is_file()] == [], "nothing half written is left"
    done = client.post(address)
    assert done.status_code == 303
    assert_whole(it.number, key, done.location.rpartition("/")[2])
    assert evidence.verify().broken == ()


@pytest.mark.parametrize("name", ["gone", "far away"])
def test_readiness_names_the_store(app: Flask, client: Client, folder: Path, name: str) -> None:
    with FAULTS[name](folder):
        answer = client.get("/readyz")
        assert (answer.status_code, answer.get_json()["store"], answer.get_json()["database"]) == (503, "down", "ok")
        assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


def _spoil(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"%PDF", b"%XXX"))


SPOILT: dict[str, Callable[[Path], object]] = {
    "damaged": _spoil,
    "missing": Path.unlink,
    "folder gone": lambda path: shutil.rmtree(path.parents[1]),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_receipt_that_is_not_what_was_kept_is_not_given(it: Scene, client: Client, folder: Path, how: str) -> None:
    """Never another file than the one that was kept; the page of the receipt still tells moment and digest."""
    reference = it.submitted()
    address = f"/ecalcura/aangifte/{QUARTER}/ontvangstbewijs/{reference}"
    assert client.get(f"{address}/pdf").data.startswith(b"%PDF")
    (path,) = (path for path in folder.rglob("*") if path.is_file())
    SPOILT[how](path)
    response = client.get(f"{address}/pdf")
    assert (response.status_code, response.mimetype) == (503, "text/html")
    assert "verwittig de helpdesk" in response.text
    assert client.page(address).heading
    assert len(evidence.verify().broken) == 1


def test_no_room_for_the_copy_that_is_made_first(
    database: PreparedDatabase, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes to a bucket waits on this machine first: that disk can be full as well."""
    monkeypatch.setattr("integrations.documents.TemporaryFile", _no_space)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    connections().documents = DocumentStore(f"s3://bucket/documents?endpoint=http://127.0.0.1:{free_port()}")
    big = io.BytesIO(b"x" * (5 * 1024 * 1024))
    with pytest.raises(Unavailable), transaction.unit_of_work():
        documents.store(big, "application/octet-stream")
    assert count(StoredFile) == 0


def test_a_file_without_a_row_does_no_harm(database: PreparedDatabase, it: Scene, folder: Path) -> None:
    """What a crash between file and commit leaves: the next submission of the same content takes it as it is."""

    def store_and_crash() -> None:
        with transaction.unit_of_work():
            documents.store(b"%PDF dezelfde", "application/pdf")
            raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        store_and_crash()
    assert count(StoredFile) == 0
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1
    assert evidence.verify().broken == ()
    with transaction.unit_of_work():
        digest = documents.store(b"%PDF dezelfde", "application/pdf").digest
    assert documents.read(digest)[1] == b"%PDF dezelfde"
