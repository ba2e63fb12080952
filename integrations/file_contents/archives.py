"""ZIP files and what is made of them: opened within limits, read part by part, and written again part by part."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from domain.econtracting.attachments import BOMB, BROKEN, LOCKED
from integrations.file_contents.refusing import MAX_ENTRIES, MAX_PART, MAX_UNPACKED, refused

#: Everything zipfile raises for what is damaged, cut off or packed in a way it does not know.
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError)
_PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA})
CHUNK = 1024 * 1024


@contextmanager
def opened(file: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """A ZIP file whose directory is within limits. Raises InvalidValue when it is locked, broken or unpacks too big."""
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)
    except UNREADABLE:
        raise refused(BROKEN, "BROKEN") from None
    with archive:
        entries = archive.infolist()
        if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
            raise refused(BOMB, "BOMB")
        if not all(entry.filename for entry in entries):  # zipfile takes the last letter of each
            raise refused(BROKEN, "BROKEN")
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise refused(LOCKED, "LOCKED")
        yield archive


def part(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part in full; empty when it is not there. Raises InvalidValue when it is broken or too big to look into."""
    try:
        entry = archive.getinfo(name)
    except KeyError:
        return b""
    if entry.file_size > MAX_PART:
        raise refused(BOMB, "BOMB")
    try:
        return archive.read(entry)
    except UNREADABLE:
        raise refused(BROKEN, "BROKEN") from None


def unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, into: IO[bytes]) -> None:
    """Write one entry to a file. Raises InvalidValue when it is broken."""
    try:
        with archive.open(entry) as packed:
            while chunk := packed.read(CHUNK):
                into.write(chunk)
    except UNREADABLE:
        raise refused(BROKEN, "BROKEN") from None


def rewritten(source: zipfile.ZipFile, target: IO[bytes], change: Callable[[zipfile.ZipInfo, IO[bytes]], bool]) -> None:
    """The same ZIP again, entries in their order; ``change`` writes another content of one, or says that it did not.

    Raises InvalidValue when an entry is broken, or packed in a way that cannot be written.
    """
    with zipfile.ZipFile(target, "w") as archive:
        for entry in source.infolist():
            if entry.compress_type not in _PACKED:
                raise refused(BROKEN, "BROKEN")
            copy = zipfile.ZipInfo(entry.filename, entry.date_time)
            copy.compress_type = entry.compress_type
            copy.external_attr = entry.external_attr
            copy.file_size = entry.file_size
            if entry.is_dir():
                archive.writestr(copy, b"")
                continue
            with archive.open(copy, "w", force_zip64=entry.file_size > MAX_UNPACKED) as packed:
                if not change(entry, packed):
                    unpack(source, entry, packed)
