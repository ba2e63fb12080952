"""Pictures: what their metadata tells about a person, and the same picture without; pixels are never made again."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import IO

from domain.econtracting.attachments import BROKEN, Family
from domain.econtracting.person_traces import Told, Trace
from integrations.file_contents import xml_text
from integrations.file_contents.refusing import refused
from integrations.file_contents.tiff_tags import GPS, NAMES, NotTiff, Tags

_EXIF_HEAD, _XMP_HEAD = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_METADATA = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"})
_CHUNK = 1024 * 1024
_MAX_SEARCHED = 16 * 1024 * 1024
"""In how much of a HEIC file metadata is looked for: it stands before the picture."""
_MAX_PIECES = 200
"""How many pieces of metadata are looked into: a picture has a few, and many only keep the program busy."""


def told(file: IO[bytes], family: Family) -> Iterator[Told]:
    """What a picture tells about a person."""
    match family:
        case Family.JPEG:
            for number, (marker, data) in enumerate(_segments(file)):
                if number > _MAX_PIECES:
                    yield Told(Trace.UNSEEN)
                    return
                yield from _told_by_segment(marker, data)
        case Family.PNG:
            for number, (kind, data) in enumerate(_chunks(file)):
                if number > _MAX_PIECES:
                    yield Told(Trace.UNSEEN)
                    return
                yield from _told_by_chunk(kind, data)
        case Family.TIFF:
            yield from _told_by_tags(file)
        case _:
            file.seek(0)
            head = io.BytesIO(file.read(_MAX_SEARCHED))
            for base in _exif_places(head.getvalue())[: _MAX_PIECES // 10]:
                yield from _told_by_tags(head, base)
            yield from _told_by_xmp(head.getvalue())


def clean(file: IO[bytes], target: IO[bytes], family: Family) -> None:
    """Write the same picture without metadata; how it is to be turned, and its colours, are kept."""
    match family:
        case Family.JPEG:
            _clean_jpeg(file, target)
        case Family.PNG:
            _clean_png(file, target)
        case Family.TIFF:
            _copy(file, target)
            try:
                Tags(target).make_empty()
            except NotTiff:
                raise refused(BROKEN, "BROKEN") from None
        case _:
            _copy(file, target)
            _clean_heic(target)


def _copy(file: IO[bytes], target: IO[bytes]) -> None:
    file.seek(0)
    while chunk := file.read(_CHUNK):
        target.write(chunk)


def _told_by_tags(file: IO[bytes], base: int = 0) -> Iterator[Told]:
    try:
        tags = Tags(file, base)
        for tag in tags.all():
            if tag.number in NAMES and xml_text.is_somebody(text := tags.text(tag)):
                yield Told(Trace.OWNER, text)
            elif tag.number == GPS and tags.has_place(tag):
                yield Told(Trace.PLACE)
            elif tag.number == 0x02BC:
                yield from _told_by_xmp(tags.value(tag))
            elif tag.number == 0x83BB:
                yield from _told_by_iptc(tags.value(tag))
    except NotTiff:
        yield Told(Trace.UNSEEN)


def _told_by_xmp(data: bytes) -> Iterator[Told]:
    for value in xml_text.elements(data, {"creator", "OwnerName"}) + xml_text.attributes(data, {"OwnerName"}):
        if xml_text.is_somebody(value):
            yield Told(Trace.OWNER, value)
    if b"GPSLatitude" in data:
        yield Told(Trace.PLACE)


def _told_by_iptc(data: bytes) -> Iterator[Told]:
    """By-line (2:80) and writer (2:122) of IPTC."""
    for code in (b"\x1c\x02\x50", b"\x1c\x02\x7a"):
        place = data.find(code)
        if place >= 0 and len(data) >= place + 5:
            size = struct.unpack(">H", data[place + 3 : place + 5])[0]
            yield Told(Trace.OWNER, data[place + 5 : place + 5 + size].decode("utf-8", "replace"))


def _segments(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """The segments of a JPEG before its picture: marker and data. The file then stands where the picture begins."""
    file.seek(0)
    if file.read(2) != b"\xff\xd8":
        raise refused(BROKEN, "BROKEN")
    while True:
        start = file.tell()
        head = file.read(2)
        while head == b"\xff\xff":
            head = head[1:] + file.read(1)
        if len(head) < 2 or head[0] != 0xFF:
            raise refused(BROKEN, "BROKEN")
        if head[1] in (0xDA, 0xD9):
            file.seek(start)
            return
        length = file.read(2)
        size = struct.unpack(">H", length)[0] if len(length) == 2 else 0
        data = file.read(max(0, size - 2))
        if size < 2 or len(data) != size - 2:
            raise refused(BROKEN, "BROKEN")
        yield head[1], data


def _told_by_segment(marker: int, data: bytes) -> Iterator[Told]:
    if marker == 0xE1 and data.startswith(_EXIF_HEAD):
        yield from _told_by_tags(io.BytesIO(data), len(_EXIF_HEAD))
    elif marker == 0xE1 and data.startswith(_XMP_HEAD):
        yield from _told_by_xmp(data)
    elif marker == 0xED:
        yield from _told_by_iptc(data)


def _clean_jpeg(file: IO[bytes], target: IO[bytes]) -> None:
    """Without EXIF, XMP, IPTC and comments; what decides on colours stays."""
    target.write(b"\xff\xd8")
    turned = 1
    kept: list[tuple[int, bytes]] = []
    for marker, data in _segments(file):
        if marker == 0xE1 and data.startswith(_EXIF_HEAD):
            turned = _orientation(data)
        elif marker in (0xE0, 0xE2, 0xEE) or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            kept.append((marker, data))
    if 1 < turned <= 8:
        kept.insert(0, (0xE1, _EXIF_HEAD + struct.pack("<2sHLHHHLHHL", b"II", 42, 8, 1, 0x0112, 3, 1, turned, 0, 0)))
    for marker, data in kept:
        target.write(struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data)
    while chunk := file.read(_CHUNK):
        target.write(chunk)


def _orientation(data: bytes) -> int:
    try:
        return Tags(io.BytesIO(data), len(_EXIF_HEAD)).orientation()
    except NotTiff:
        return 1


def _chunks(file: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The metadata chunks of a PNG; others are passed over."""
    file.seek(0)
    if file.read(8) != _PNG:
        raise refused(BROKEN, "BROKEN")
    while head := file.read(8):
        if len(head) < 8:
            raise refused(BROKEN, "BROKEN")
        size, kind = struct.unpack(">L4s", head)
        if kind in _PNG_METADATA and size <= _MAX_SEARCHED:
            data = file.read(size)
            file.seek(4, 1)
            yield kind, data
        else:
            file.seek(size + 4, 1)
        if kind == b"IEND":
            return


def _told_by_chunk(kind: bytes, data: bytes) -> Iterator[Told]:
    if kind == b"eXIf":
        yield from _told_by_tags(io.BytesIO(data))
        return
    keyword, _, rest = data.partition(b"\0")
    text = rest
    if kind == b"zTXt":
        text = _inflated(rest[1:])
    elif kind == b"iTXt":
        packed, text = rest[:1] == b"\1", rest[2:].partition(b"\0")[2].partition(b"\0")[2]
        text = _inflated(text) if packed else text
    if keyword in (b"Author", b"Artist", b"Copyright"):
        yield Told(Trace.OWNER, text.decode("utf-8", "replace"))
    elif keyword.startswith(b"XML:com.adobe.xmp"):
        yield from _told_by_xmp(text)


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, _CHUNK)
    except zlib.error:
        return b""


def _clean_png(file: IO[bytes], target: IO[bytes]) -> None:
    file.seek(0)
    target.write(file.read(8))
    while len(head := file.read(8)) == 8:
        size, kind = struct.unpack(">L4s", head)
        left = size + 4
        if kind in _PNG_METADATA:
            file.seek(left, 1)
            continue
        target.write(head)
        while left and (chunk := file.read(min(left, _CHUNK))):
            target.write(chunk)
            left -= len(chunk)
        if kind == b"IEND":
            return


def _exif_places(data: bytes) -> list[int]:
    """Where TIFF structures begin that EXIF is kept in."""
    found, start = [], 0
    while (place := data.find(_EXIF_HEAD, start)) >= 0:
        start = place + 1
        if data[place + 6 : place + 10] in (b"II*\0", b"MM\0*"):
            found.append(place + 6)
    return found


def _clean_heic(target: IO[bytes]) -> None:
    """Nothing moves, so that the places the file names stay right: what tells is overwritten."""
    target.seek(0)
    head = target.read(_MAX_SEARCHED)
    for base in _exif_places(head):
        try:
            Tags(target, base).make_empty()
        except NotTiff:
            continue
    start = 0
    while (start := head.find(b"<x:xmpmeta", start)) >= 0:
        end = head.find(b"</x:xmpmeta>", start)
        if end < 0:
            break
        target.seek(start)
        target.write(b" " * (end + 12 - start))
        start = end
