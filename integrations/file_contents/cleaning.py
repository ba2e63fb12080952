"""A copy of a file without what it tells about a person."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import IO, cast

from domain.econtracting.attachments import BY_EXTENSION, Family, FileType, split_name
from domain.econtracting.person_traces import PersonName
from integrations.file_contents import archives, images, office, pdf, texts

_IN_MEMORY = 4 * 1024 * 1024


@contextmanager
def cleaned(source: IO[bytes], kind: FileType, people: Collection[PersonName] = ()) -> Iterator[IO[bytes]]:
    """A copy to read from its beginning; the source as it is where nothing can be taken out.

    Raises InvalidValue when the source cannot be read.
    """
    with TemporaryFile() as copy:
        target = cast(IO[bytes], copy)
        if write_cleaned(source, kind, target, people):
            target.seek(0)
            yield target
            return
    source.seek(0)
    yield source


def write_cleaned(source: IO[bytes], kind: FileType, target: IO[bytes], people: Collection[PersonName]) -> bool:
    """Write a cleaned copy; says whether there was anything of this type to write."""
    match kind.family:
        case Family.PDF:
            with pdf.opened(source) as document:
                pdf.clean(document, target, people)
        case Family.OOXML | Family.ODF:
            with archives.opened(source) as archive:
                office.clean(archive, target, people)
        case Family.JPEG | Family.PNG | Family.TIFF | Family.HEIC:
            images.clean(source, target, kind.family)
        case Family.DXF:
            texts.clean_dxf(source, target)
        case Family.ZIP:
            with archives.opened(source) as archive:
                _clean_zip(archive, target, people)
        case _:
            return False
    return True


def _clean_zip(archive: zipfile.ZipFile, target: IO[bytes], people: Collection[PersonName]) -> None:
    """Every file in it cleaned by its own type."""

    def change(entry: zipfile.ZipInfo, packed: IO[bytes]) -> bool:
        kind = BY_EXTENSION.get(split_name(entry.filename)[1])
        if kind is None or not entry.file_size:
            return False
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as unpacked, SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
            source, result = cast(IO[bytes], unpacked), cast(IO[bytes], copy)
            archives.unpack(archive, entry, source)
            if not write_cleaned(source, kind, result, people):
                return False
            result.seek(0)
            shutil.copyfileobj(result, packed)
        return True

    archives.rewritten(archive, target, change)
