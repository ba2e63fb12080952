"""The document store: files by the SHA-256 of their content, in a folder or in an S3 bucket.

A file is complete and synced before it can be seen under its address, so a row that names it never names half a file.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from threading import Thread
from typing import IO, TYPE_CHECKING, Protocol, cast
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

if TYPE_CHECKING:
    from obstore.store import S3Config

CHUNK = 1024 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")
_INCOMING = ".incoming"
_PARTS_AT_ONCE = 2
"""Parts of 5 MB of a big file that are on their way to a bucket together."""


class DocumentMissing(Exception):
    """There is no file with this digest."""


class DocumentDamaged(Exception):
    """The file is there, but its content is not what its digest says."""


class DocumentStoreDown(Exception):
    """The store cannot be reached, is full or refuses; nothing was stored or removed."""


class DocumentTooBig(Exception):
    """More came than was agreed; nothing of it was kept. The argument is the limit in bytes."""


class _Place(Protocol):
    """Where files are: acts on a checked address. OSError and obstore's BaseError say that it failed."""

    def begin(self) -> IO[bytes]: ...
    def sync(self, file: IO[bytes]) -> None: ...
    def keep(self, file: IO[bytes], address: str) -> None: ...
    def drop(self, file: IO[bytes]) -> None: ...
    def open(self, address: str) -> IO[bytes]: ...
    def read(self, address: str) -> Iterator[bytes]: ...
    def size(self, address: str) -> int | None: ...
    def remove(self, address: str) -> None: ...
    def check(self) -> None: ...


class _Syncing(Thread):
    """Brings a whole file to disk while somebody looks into it."""

    def __init__(self, place: _Place, file: IO[bytes]) -> None:
        super().__init__(name="sync", daemon=True)
        self._place, self._file = place, file
        self._error: Exception | None = None
        self.start()

    def run(self) -> None:
        """Sync; what went wrong is for ``finish``."""
        try:
            self._place.sync(self._file)
        except Exception as error:
            self._error = error

    def finish(self) -> None:
        """Wait until it is on disk; raises what went wrong."""
        self.join()
        if self._error is not None:
            raise self._error


class Incoming:
    """A file on its way in: written once and hashed while it comes. What is not kept is gone (``incoming``).

    ``size`` in bytes so far.
    """

    def __init__(self, place: _Place, file: IO[bytes], limit: int | None) -> None:
        self._place, self._file, self._limit = place, file, limit
        self._sha = hashlib.sha256()
        self._syncing: _Syncing | None = None
        self.size = 0
        self.kept = False

    @property
    def digest(self) -> str:
        """SHA-256 in hex of what came so far."""
        return self._sha.hexdigest()

    def write(self, chunk: bytes | memoryview) -> None:
        """Take the next piece. Raises DocumentTooBig beyond the limit, DocumentStoreDown when it cannot be written."""
        self.size += len(chunk)
        if self._limit is not None and self.size > self._limit:
            raise DocumentTooBig(self._limit)
        self._sha.update(chunk)
        try:
            self._file.write(chunk)
        except OSError as error:
            raise DocumentStoreDown(type(error).__name__) from error

    def take(self, source: IO[bytes]) -> None:
        """Take a binary file to its end; raises as ``write`` does, and what reading the source raises."""
        read_into = getattr(source, "readinto", None)
        if read_into is None:
            while chunk := source.read(CHUNK):
                self.write(chunk)
            return
        with memoryview(bytearray(CHUNK)) as buffer:  # one for all pieces: a new one for each costs more than its hash
            while count := read_into(buffer):
                self.write(buffer[:count])

    def reading(self) -> IO[bytes]:
        """What came, from its beginning, to look at before it is kept. Not to be closed, nor written to.

        Meanwhile it goes to disk: looking and syncing take about as long.
        """
        try:
            self._file.flush()
            self._file.seek(0)
            if self._syncing is None:
                self._syncing = _Syncing(self._place, self._file)
        except OSError as error:
            raise DocumentStoreDown(type(error).__name__) from error
        return self._file

    def keep(self) -> str:
        """Put the whole file under its address, safe from a crash; gives the digest. Raises DocumentStoreDown."""
        digest = self.digest
        try:
            if self._syncing is None:
                self._place.sync(self._file)
            else:
                self._syncing.finish()
            self._place.keep(self._file, _address(digest))
        except (OSError, BaseError) as error:
            raise DocumentStoreDown(type(error).__name__) from error
        self.kept = True
        return digest

    def close(self) -> None:
        """Let go of the file, and leave nothing of what was not kept."""
        if self._syncing is not None:
            self._syncing.join()  # never close what is being synced
        with suppress(OSError):  # what could not be written cannot be flushed either
            self._file.close()
        if not self.kept:
            with suppress(OSError):
                self._place.drop(self._file)


class DocumentStore:
    """Content-addressed files. ``url`` is a folder, or ``s3://bucket/prefix?endpoint=https://…&region=…``.

    The credentials of S3 come from the usual environment variables (``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``).
    """

    def __init__(self, url: str) -> None:
        self._place: _Place = _Bucket(url) if url.startswith("s3://") else _Folder(Path(url))

    @contextmanager
    def incoming(self, limit: int | None = None) -> Iterator[Incoming]:
        """A file to write piece by piece, of at most ``limit`` bytes; without ``keep`` nothing is left of it.

        In a folder it is written where it stays; for a bucket it waits on this machine, and goes there when it is kept.
        Raises DocumentStoreDown.
        """
        try:
            file = self._place.begin()
        except OSError as error:
            raise DocumentStoreDown(type(error).__name__) from error
        arriving = Incoming(self._place, file, limit)
        try:
            yield arriving
        finally:
            arriving.close()

    def put(self, content: bytes | IO[bytes]) -> str:
        """Store the content (bytes, or a binary file read to its end) and return its digest.

        Storing twice is storing once; a damaged file is mended. Raises DocumentStoreDown.
        """
        if isinstance(content, bytes):
            digest = hashlib.sha256(content).hexdigest()
            if self._holds(digest, len(content)):
                return digest
            content = io.BytesIO(content)
        with self.incoming() as file:
            file.take(content)
            return file.keep()

    def _holds(self, digest: str, size: int) -> bool:
        """Whether the whole, undamaged content is already there."""
        if self.size(digest) != size:
            return False
        return self.digest_of(digest) == digest

    def get(self, digest: str) -> bytes:
        """The content. Raises DocumentMissing, DocumentDamaged, DocumentStoreDown; ValueError for what is no digest."""
        content = b"".join(self.stream(digest))
        if hashlib.sha256(content).hexdigest() != digest:
            raise DocumentDamaged(digest)
        return content

    def stream(self, digest: str) -> Iterator[bytes]:
        """The content in pieces, as it is there (``get`` and ``digest_of`` check it). Raises as ``get`` does."""
        try:
            yield from self._place.read(_address(digest))
        except (FileNotFoundError, NotFoundError) as error:
            raise DocumentMissing(digest) from error
        except (OSError, BaseError) as error:
            raise DocumentStoreDown(type(error).__name__) from error

    @contextmanager
    def opened(self, digest: str) -> Iterator[IO[bytes]]:
        """The content as a file to look into, checked first; not to be written to. Raises as ``get`` does.

        In a folder it is the file itself; from a bucket it is brought here.
        """
        with ExitStack() as stack:
            try:
                file = self._place.open(_address(digest))
                stack.enter_context(file)
                sha = hashlib.sha256()
                while chunk := file.read(CHUNK):
                    sha.update(chunk)
                file.seek(0)
            except (FileNotFoundError, NotFoundError) as error:
                raise DocumentMissing(digest) from error
            except (OSError, BaseError) as error:
                raise DocumentStoreDown(type(error).__name__) from error
            if sha.hexdigest() != digest:
                raise DocumentDamaged(digest)
            yield file

    def digest_of(self, digest: str) -> str:
        """The digest of what is really kept under an address: another one than asked means damage."""
        sha = hashlib.sha256()
        for chunk in self.stream(digest):
            sha.update(chunk)
        return sha.hexdigest()

    def remove(self, digest: str) -> None:
        """Remove a file that no row names any more; one that is not there is removed. Raises DocumentStoreDown."""
        try:
            self._place.remove(_address(digest))
        except (FileNotFoundError, NotFoundError):
            return
        except (OSError, BaseError) as error:
            raise DocumentStoreDown(type(error).__name__) from error

    def size(self, digest: str) -> int | None:
        """The number of bytes under an address; None when there is nothing. Raises DocumentStoreDown."""
        try:
            return self._place.size(_address(digest))
        except (OSError, BaseError) as error:
            raise DocumentStoreDown(type(error).__name__) from error

    def exists(self, digest: str) -> bool:
        """Whether there is a file with this digest. Raises DocumentStoreDown."""
        return self.size(digest) is not None

    def check(self) -> None:
        """Return when the store can be reached and written to; raises DocumentStoreDown."""
        try:
            self._place.check()
        except (OSError, BaseError) as error:
            raise DocumentStoreDown(type(error).__name__) from error


def _address(digest: str) -> str:
    if not _DIGEST.fullmatch(digest):
        raise ValueError("not a SHA-256 digest in lower-case hex")
    return f"{digest[:2]}/{digest[2:4]}/{digest}"


class _Folder:
    """A folder on this machine: written aside, synced, then renamed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def begin(self) -> IO[bytes]:
        incoming = self.root / _INCOMING
        incoming.mkdir(parents=True, exist_ok=True)
        self._forget_old(incoming)
        return cast(IO[bytes], NamedTemporaryFile(dir=incoming, delete=False))

    def sync(self, file: IO[bytes]) -> None:
        file.flush()
        os.fsync(file.fileno())

    def keep(self, file: IO[bytes], address: str) -> None:
        target = self.root / address
        new_folders = [folder for folder in target.parents if not folder.exists()]
        target.parent.mkdir(parents=True, exist_ok=True)
        Path(file.name).replace(target)
        for folder in {target.parent, *(folder.parent for folder in new_folders)}:
            _sync_folder(folder)

    def drop(self, file: IO[bytes]) -> None:
        Path(file.name).unlink(missing_ok=True)

    @staticmethod
    def _forget_old(incoming: Path) -> None:
        """What a crash left half written is never read again."""
        limit = time.time() - timedelta(days=1).total_seconds()
        for left in os.scandir(incoming):
            with suppress(FileNotFoundError):  # whoever writes it has just kept it
                if left.stat().st_mtime < limit:
                    Path(left).unlink(missing_ok=True)

    def open(self, address: str) -> IO[bytes]:
        return (self.root / address).open("rb")

    def read(self, address: str) -> Iterator[bytes]:
        with (self.root / address).open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk

    def size(self, address: str) -> int | None:
        try:
            return (self.root / address).stat().st_size
        except FileNotFoundError:
            return None

    def remove(self, address: str) -> None:
        path = self.root / address
        path.unlink()
        _sync_folder(path.parent)

    def check(self) -> None:
        incoming = self.root / _INCOMING
        incoming.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=incoming) as file:
            file.write(b"?")
            file.flush()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Bucket:
    """An S3 bucket; an object appears whole or not at all."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        config: S3Config = {"region": options.pop("region", "us-east-1")}
        if endpoint := options.pop("endpoint", None):
            config["endpoint"] = endpoint
        if options:
            raise ValueError(f"unknown options of the document store: {', '.join(sorted(options))}")
        self._store = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            config=config,
            client_options={"allow_http": str(config.get("endpoint", "")).startswith("http://"), "timeout": "20s"},
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=10)},
        )

    def begin(self) -> IO[bytes]:
        return cast(IO[bytes], TemporaryFile())

    def sync(self, file: IO[bytes]) -> None:
        pass  # it only waits here until it goes to the bucket

    def keep(self, file: IO[bytes], address: str) -> None:
        file.seek(0)
        obstore.put(self._store, address, file, max_concurrency=_PARTS_AT_ONCE)

    def drop(self, file: IO[bytes]) -> None:
        pass  # it has no name: closing it was enough

    def open(self, address: str) -> IO[bytes]:
        file = cast(IO[bytes], TemporaryFile())  # noqa: SIM115
        try:
            for chunk in self.read(address):
                file.write(chunk)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def read(self, address: str) -> Iterator[bytes]:
        for chunk in obstore.get(self._store, address).stream(min_chunk_size=CHUNK):
            yield bytes(chunk)

    def size(self, address: str) -> int | None:
        try:
            return int(obstore.head(self._store, address)["size"])
        except (FileNotFoundError, NotFoundError):
            return None

    def remove(self, address: str) -> None:
        obstore.delete(self._store, address)

    def check(self) -> None:
        address = f"{_INCOMING}/check"
        obstore.put(self._store, address, b"?")
        obstore.delete(self._store, address)
