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
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile, SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

if TYPE_CHECKING:
    from obstore.store import S3Config

CHUNK = 1024 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")
_INCOMING = ".incoming"


class DocumentMissing(Exception):
    """There is no file with this digest."""


class DocumentDamaged(Exception):
    """The file is there, but its content is not what its digest says."""


class DocumentStoreDown(Exception):
    """The store cannot be reached, is full or refuses; nothing was stored or removed."""


class _Place(Protocol):
    """Where files are: five acts on a checked address. OSError and obstore's BaseError say that it failed."""

    def write(self, address: str, source: IO[bytes]) -> None: ...
    def read(self, address: str) -> Iterator[bytes]: ...
    def size(self, address: str) -> int | None: ...
    def remove(self, address: str) -> None: ...
    def check(self) -> None: ...


class DocumentStore:
    """Content-addressed files. ``url`` is a folder, or ``s3://bucket/prefix?endpoint=https://…&region=…``.

    The credentials of S3 come from the usual environment variables (``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``).
    """

    def __init__(self, url: str) -> None:
        self._place: _Place = _Bucket(url) if url.startswith("s3://") else _Folder(Path(url))

    def put(self, content: bytes | IO[bytes]) -> str:
        """Store the content (bytes, or a binary file read to its end) and return its digest.

        Storing twice is storing once. Raises DocumentStoreDown.
        """
        source = io.BytesIO(content) if isinstance(content, bytes) else content
        with SpooledTemporaryFile(max_size=4 * CHUNK) as copy:
            sha = hashlib.sha256()
            while chunk := source.read(CHUNK):
                sha.update(chunk)
                try:
                    copy.write(chunk)
                except OSError as error:  # a big file goes through a temporary one
                    raise DocumentStoreDown(type(error).__name__) from error
            digest, size = sha.hexdigest(), copy.tell()
            if self._holds(digest, size):
                return digest
            copy.seek(0)
            try:
                self._place.write(_address(digest), copy)
            except (OSError, BaseError) as error:
                raise DocumentStoreDown(type(error).__name__) from error
        return digest

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

    def delete(self, digest: str) -> None:
        """Remove a file; one that is not there is already removed. Raises DocumentStoreDown."""
        try:
            self._place.remove(_address(digest))
        except (FileNotFoundError, NotFoundError):
            return
        except (OSError, BaseError) as error:
            raise DocumentStoreDown(type(error).__name__) from error

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

    def write(self, address: str, source: IO[bytes]) -> None:
        target = self.root / address
        incoming = self.root / _INCOMING
        incoming.mkdir(parents=True, exist_ok=True)
        self._forget_old(incoming)
        new_folders = [folder for folder in target.parents if not folder.exists()]
        target.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=incoming, delete=False) as file:
            try:
                while chunk := source.read(CHUNK):
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(target)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        for folder in {target.parent, *(folder.parent for folder in new_folders)}:
            _sync_folder(folder)

    @staticmethod
    def _forget_old(incoming: Path) -> None:
        """What a crash left half written is never read again."""
        limit = time.time() - timedelta(days=1).total_seconds()
        for left in incoming.iterdir():
            if left.stat().st_mtime < limit:
                left.unlink(missing_ok=True)

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

    def write(self, address: str, source: IO[bytes]) -> None:
        obstore.put(self._store, address, source)

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
