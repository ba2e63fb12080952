"""The tags of a TIFF structure (also EXIF in JPEG, PNG and HEIC): read, and made empty where they stand."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
ORIENTATION, GPS, _EXIF = 0x0112, 0x8825, 0x8769
#: Artist, host computer, copyright, XP author, owner of the camera.
NAMES = frozenset({0x013B, 0x013C, 0x8298, 0x9C9D, 0xA430})
#: XMP, IPTC, and the notes of the maker, which may hold an owner too.
BLOCKS = frozenset({0x02BC, 0x83BB, 0x8649, 0x927C})
_MAX_ENTRIES, _MAX_LISTS, _MAX_VALUE = 2000, 5000, 64 * 1024
_MAX_TAGS = 20_000
"""Of all lists together: lists may lie over each other, so a small file can hold very many."""


class NotTiff(Exception):
    """There is no TIFF structure here, or a broken one."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag: its number, where its entry and its value stand (from ``base``), the value's size in bytes and type."""

    number: int
    entry: int
    offset: int
    size: int
    type: int


class Tags:
    """The tags of a structure that begins at ``base`` in a file."""

    def __init__(self, file: IO[bytes], base: int = 0) -> None:
        self._file, self._base = file, base
        head = self._read(0, 8)
        self._order = {b"II*\0": "<", b"MM\0*": ">"}.get(head[:4], "")
        if not self._order or len(head) < 8:
            raise NotTiff
        self._first = self._unpack("L", head[4:8])

    def _read(self, offset: int, size: int) -> bytes:
        self._file.seek(self._base + offset)
        return self._file.read(size)

    def _unpack(self, kind: str, data: bytes) -> int:
        try:
            return int(struct.unpack(self._order + kind, data)[0])
        except struct.error:
            raise NotTiff from None

    def all(self) -> Iterator[Tag]:
        """Every tag of every list, those of the EXIF list included; GPS is given as its one tag. Raises NotTiff."""
        left, seen, number = [self._first], set[int](), 0
        while left:
            place = left.pop()
            if not place or place in seen:
                continue
            seen.add(place)
            if len(seen) > _MAX_LISTS:
                raise NotTiff
            tags, following = self._list(place)
            number += len(tags)
            if number > _MAX_TAGS:
                raise NotTiff
            left.append(following)
            for tag in tags:
                if tag.number == _EXIF:
                    left.append(self._pointer(tag))
                yield tag

    def _list(self, place: int) -> tuple[list[Tag], int]:
        number = self._unpack("H", self._read(place, 2))
        if number > _MAX_ENTRIES:
            raise NotTiff
        data = self._read(place + 2, 12 * number + 4)
        if len(data) < 12 * number:
            raise NotTiff
        tags = []
        for row in range(number):
            entry = data[12 * row : 12 * row + 12]
            code, kind = self._unpack("H", entry[:2]), self._unpack("H", entry[2:4])
            size = self._unpack("L", entry[4:8]) * _SIZES.get(kind, 1)
            at = place + 2 + 12 * row
            offset = at + 8 if size <= 4 else self._unpack("L", entry[8:12])
            tags.append(Tag(code, at, offset, size, kind))
        rest = data[12 * number : 12 * number + 4]
        return tags, self._unpack("L", rest) if len(rest) == 4 else 0

    def _pointer(self, tag: Tag) -> int:
        return self._unpack("L", self._read(tag.entry + 8, 4))

    def value(self, tag: Tag) -> bytes:
        """The bytes of a value, at most 64 KiB of them."""
        return self._read(tag.offset, min(tag.size, _MAX_VALUE))

    def text(self, tag: Tag) -> str:
        """A value as text; XP author is UTF-16."""
        data = self.value(tag)
        if tag.number == 0x9C9D:
            return data.decode("utf-16-le", "replace").strip("\0 ")
        return data.split(b"\0")[0].decode("utf-8", "replace").strip()

    def has_place(self, tag: Tag) -> bool:
        """Whether the GPS list says where it was: its latitude stands there."""
        try:
            tags, _ = self._list(self._pointer(tag))
        except NotTiff:
            return False
        return any(one.number == 2 and any(self.value(one)) for one in tags)

    def orientation(self) -> int:
        """How the picture is to be turned, 1 to 8; 1 when nothing is said."""
        for tag in self.all():
            if tag.number == ORIENTATION and tag.type == 3:
                return self._unpack("H", self.value(tag)[:2])
        return 1

    def make_empty(self) -> None:
        """Overwrite names, blocks and place with spaces or zeros; pixels and everything else stay as they are."""
        for tag in list(self.all()):
            if tag.number in NAMES or tag.number in BLOCKS:
                # XMP is text: spaces keep it valid
                self._write(tag.offset, (b" " if tag.number == 0x02BC else b"\0") * tag.size)
            elif tag.number == GPS:
                place = self._pointer(tag)
                tags, _ = self._list(place)
                for one in tags:
                    self._write(one.offset, b"\0" * one.size)
                self._write(place, b"\0" * (2 + 12 * len(tags)))

    def _write(self, offset: int, data: bytes) -> None:
        """Overwrite what is there; never beyond the end of the file."""
        self._file.seek(0, 2)
        end = self._file.tell()
        self._file.seek(self._base + offset)
        self._file.write(data[: max(0, end - self._base - offset)])
