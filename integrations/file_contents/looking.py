"""The type of a file by its content, held against its name, and everything for which it is refused."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import IO

import magic

from domain.econtracting.attachments import (
    BY_EXTENSION,
    BY_MEDIA_TYPE,
    MISLABELLED,
    UNKNOWN_TYPE,
    FileType,
    split_name,
)
from domain.econtracting.person_traces import PersonName, Told
from domain.errors import InvalidValue

HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file is: its type, its name (with the extension it should have) and what it tells about a person."""

    name: str
    type: FileType
    told: tuple[Told, ...] = ()


def inspect(file: IO[bytes], name: str, people: Collection[PersonName] = ()) -> Contents:
    """Look into a whole file. Raises InvalidValue for what is not taken, with what to do about it."""
    file.seek(0)
    found = magic.from_buffer(file.read(HEAD), mime=True)
    expected = BY_EXTENSION.get(split_name(name)[1])
    if expected is None:
        raise InvalidValue(UNKNOWN_TYPE, code="TYPE", field="file")
    actual = BY_MEDIA_TYPE.get(found)
    if actual is not None and actual.family is not expected.family and actual.family not in ("TEXT", "ZIP"):
        params = {"extension": split_name(name)[1], "actual": actual.label}
        raise InvalidValue(MISLABELLED, code="MISLABELLED", field="file", **params)
    return Contents(name, expected)
