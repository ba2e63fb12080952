"""The document store, in a folder and in an S3 bucket: the same promises."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from integrations.documents import DocumentDamaged, DocumentMissing, DocumentStore, DocumentStoreDown
from tests.support import s3

CONTENT = b"%PDF-1.7 een ontvangstbewijs"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
ADDRESS = f"{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}"


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("s3")
    with s3.s3_server(folder) as url:
        yield url, folder / s3.BUCKET / "dossierloket"


@pytest.fixture(params=["folder", "s3"])
def place(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], tuple[DocumentStore, Path]]:
    """A store, and the folder in which its files can be seen from outside."""
    if request.param == "folder":
        return lambda: (DocumentStore(str(tmp_path / "documents")), tmp_path / "documents")
    url, folder = request.getfixturevalue("bucket")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3.KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3.SECRET)
    return lambda: (DocumentStore(url), folder)


@pytest.fixture
def store(place: Callable[[], tuple[DocumentStore, Path]]) -> Iterator[DocumentStore]:
    store, _ = place()
    yield store
    store.remove(DIGEST)


def test_what_is_put_comes_back_under_its_digest(
    store: DocumentStore, place: Callable[[], tuple[DocumentStore, Path]]
) -> None:
    assert store.put(CONTENT) == DIGEST
    assert store.get(DIGEST) == CONTENT
    assert b"".join(store.stream(DIGEST)) == CONTENT
    assert (store.exists(DIGEST), store.size(DIGEST)) == (True, len(CONTENT))
    assert (place()[1] / ADDRESS).read_bytes() == CONTENT


def test_a_file_object_of_several_pieces_is_the_same_as_its_bytes(store: DocumentStore) -> None:
    content = os.urandom(5 * 1024 * 1024 + 7)
    digest = store.put(io.BytesIO(content))
    assert digest == hashlib.sha256(content).hexdigest()
    assert store.get(digest) == content
    assert len(list(store.stream(digest))) > 1
    store.remove(digest)


def test_nothing_at_all_is_a_document_too(store: DocumentStore) -> None:
    digest = store.put(b"")
    assert store.get(digest) == b""
    store.remove(digest)


def test_putting_twice_keeps_one(store: DocumentStore, place: Callable[[], tuple[DocumentStore, Path]]) -> None:
    assert store.put(CONTENT) == store.put(io.BytesIO(CONTENT)) == DIGEST
    files = [path for path in place()[1].rglob("*") if path.is_file()]
    assert files == [place()[1] / ADDRESS]


def test_a_damaged_file_is_not_given_but_mended_when_it_is_put_again(
    store: DocumentStore, place: Callable[[], tuple[DocumentStore, Path]]
) -> None:
    store.put(CONTENT)
    (place()[1] / ADDRESS).write_bytes(CONTENT.replace(b"1.7", b"1.8"))
    with pytest.raises(DocumentDamaged):
        store.get(DIGEST)
    assert store.digest_of(DIGEST) != DIGEST
    store.put(CONTENT)
    assert store.get(DIGEST) == CONTENT


def test_what_is_not_there_is_missing_and_removing_it_is_no_fault(store: DocumentStore) -> None:
    with pytest.raises(DocumentMissing):
        store.get(DIGEST)
    assert store.exists(DIGEST) is False
    store.remove(DIGEST)
    store.put(CONTENT)
    store.remove(DIGEST)
    assert store.exists(DIGEST) is False


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", DIGEST.upper(), DIGEST[:-1], DIGEST + "0", f"{DIGEST}\n"])
def test_an_address_that_is_no_digest_is_refused(store: DocumentStore, digest: str) -> None:
    for act in (store.get, store.exists, store.remove, store.size, store.digest_of):
        with pytest.raises(ValueError, match="digest"):
            act(digest)


def test_check_says_that_it_can_be_written(store: DocumentStore) -> None:
    store.check()


def test_a_wrong_secret_of_s3_is_a_store_that_is_down(
    bucket: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3.KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "fout")
    store = DocumentStore(bucket[0])
    for act in (store.check, lambda: store.put(CONTENT), lambda: store.get(DIGEST)):
        with pytest.raises(DocumentStoreDown):
            act()
    assert not (bucket[1] / ADDRESS).exists()


def test_an_unknown_option_stops_the_start() -> None:
    with pytest.raises(ValueError, match="regio"):
        DocumentStore("s3://documenten?regio=eu")


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is a clear answer, never half a file."""

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    store = DocumentStore(str(tmp_path))
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DocumentStoreDown):
        store.put(CONTENT)
    monkeypatch.undo()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert store.exists(DIGEST) is False


def test_a_file_is_synced_before_it_is_visible_and_its_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was acknowledged survives a crash: the content is on disk before the name, the name before the answer."""
    seen: list[tuple[str, bool]] = []
    original = os.fsync

    def watched(descriptor: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        seen.append((kind, (tmp_path / ADDRESS).exists()))
        original(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    DocumentStore(str(tmp_path)).put(CONTENT)
    assert seen[0] == ("file", False)
    assert set(seen[1:]) == {("folder", True)}
    assert len(seen) >= 4, "the file's folder and the folders made for it"


def test_what_a_crash_left_is_cleared_away_after_a_day(tmp_path: Path) -> None:
    incoming = tmp_path / ".incoming"
    incoming.mkdir()
    old, young = incoming / "old", incoming / "young"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    DocumentStore(str(tmp_path)).put(CONTENT)
    assert (old.exists(), young.exists()) == (False, True)


def test_two_stores_on_one_folder_may_put_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one comes in between: both say the same digest and the file is whole."""
    first, second = DocumentStore(str(tmp_path)), DocumentStore(str(tmp_path))
    original: Callable[..., Any] = Path.replace
    answers: list[str] = []

    def interrupted(self: Path, target: Path) -> Path:
        if not answers:
            answers.append("")
            answers[0] = second.put(CONTENT)
        moved: Path = original(self, target)
        return moved

    monkeypatch.setattr(Path, "replace", interrupted)
    assert first.put(CONTENT) == answers[0] == DIGEST
    assert first.get(DIGEST) == CONTENT
