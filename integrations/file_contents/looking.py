"""The type of a file by its content, held against its name, and everything for which it is refused."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, cast

import magic

from domain.econtracting import attachments as words
from domain.econtracting.attachments import BY_EXTENSION, BY_MEDIA_TYPE, Family, FileType, safe_name, split_name
from domain.econtracting.person_traces import PersonName, Told, Trace
from domain.errors import Findings, InvalidValue
from integrations.file_contents import archives, images, office, pdf, texts
from integrations.file_contents.refusing import MAX_DEPTH, Room, inside, refused

_HEAD = 64 * 1024
_IN_MEMORY = 4 * 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OLD_OFFICE = {"doc": "docx", "dot": "docx", "xls": "xlsx", "xlt": "xlsx", "ppt": "pptx", "pps": "pptx"}
_WITH_MACROS = {
    "docm": "docx", "dotm": "docx", "xlsm": "xlsx", "xltm": "xlsx", "xlsb": "xlsx", "xlam": "xlsx", "pptm": "pptx",
    "potm": "pptx", "ppsm": "pptx", "ppam": "pptx",
}  # fmt: skip
_RUNNING_WORDS = """
apk app bat chm cmd com cpl dll exe gadget hta inf jar js jse lnk msc msi msp mst pif ps1 psm1 py reg scr sh sys url vb
vbe vbs wsf wsh
"""
_RUNNING_EXTENSIONS = frozenset(_RUNNING_WORDS.split())
_RUNNING = frozenset(
    {
        "application/x-dosexec",
        "application/x-executable",
        "application/x-pie-executable",
        "application/x-sharedlib",
        "application/x-object",
        "application/x-mach-binary",
        "application/java-archive",
        "application/x-msi",
        "application/vnd.microsoft.portable-executable",
        "application/javascript",
        "text/x-shellscript",
        "text/x-msdos-batch",
        "text/x-php",
        "text/x-perl",
        "text/x-ruby",
        "text/x-script.python",
    }
)
_RUNNING_HEADS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_MARKUP = ("text/html", "image/svg+xml")
#: What systems put in a ZIP file by themselves.
_DEBRIS = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file is: its type, its name (with the extension it should have) and what it tells about a person."""

    name: str
    type: FileType
    told: tuple[Told, ...] = ()


def inspect(
    file: IO[bytes],
    name: str,
    people: Collection[PersonName] = (),
    depth: int = MAX_DEPTH,
    room: Room | None = None,
) -> Contents:
    """Look into a whole file. Raises InvalidValue (Findings for a file in a file) with what to do about it."""
    file.seek(0)
    head = file.read(_HEAD)
    extension = split_name(name)[1]
    if extension in _RUNNING_EXTENSIONS:
        raise refused(words.RUNS, "RUNS")
    if extension in _WITH_MACROS:
        raise refused(words.MACROS, "MACROS", extension=_WITH_MACROS[extension])
    actual = _type_of(file, head, extension)
    kind, name = _held_against(actual, name, extension)
    return Contents(name, kind, tuple(_told(file, kind, people, depth, room or Room())))


def carried(file: IO[bytes]) -> Iterator[bytes]:
    """The contents of the files that a PDF carries along; nothing for anything else. Raises InvalidValue as inspect."""
    file.seek(0)
    if b"%PDF-" in file.read(1024):
        room = Room()
        with pdf.opened(file) as document:
            for _, content in pdf.embedded(document):
                room.take(len(content))
                yield content


def _type_of(file: IO[bytes], head: bytes, extension: str) -> FileType:
    """The type by the content alone; among texts the extension decides."""
    if not head:
        raise refused(words.EMPTY, "EMPTY")
    if head.startswith(_OLE):
        raise _old_office(file, extension)
    if head.startswith((b"PK\3\4", b"PK\5\6")):
        with archives.opened(file) as archive:
            return office.type_of(archive) or BY_EXTENSION["zip"]
    if texts.is_dxf(head):
        return BY_EXTENSION["dxf"]
    found = magic.from_buffer(head, mime=True)
    if found in _RUNNING or head.startswith(_RUNNING_HEADS):
        raise refused(words.RUNS, "RUNS")
    if found in _MARKUP:
        raise refused(words.UNKNOWN_TYPE, "TYPE")
    if found == "image/heif":
        found = "image/heic"
    known = BY_MEDIA_TYPE.get(found)
    if known is not None and known.family not in (Family.TEXT, Family.XML):
        return known
    if texts.is_text(head) and (found.startswith("text/") or found in _TEXTUAL):
        if texts.is_xml(head):
            return BY_EXTENSION["xml"]
        return BY_EXTENSION["csv" if extension == "csv" else "txt"]
    raise refused(words.UNKNOWN_TYPE, "TYPE")


_TEXTUAL = frozenset({"application/csv", "application/json", "application/x-ndjson", "application/octet-stream"})


def _old_office(file: IO[bytes], extension: str) -> InvalidValue:
    """An OLE file: Office with a password, old Office, or something else (an e-mail, an installer)."""
    file.seek(0)
    before = b""
    while chunk := file.read(1024 * 1024):
        if _ENCRYPTED in before[-len(_ENCRYPTED) :] + chunk:
            return refused(words.LOCKED, "LOCKED")
        before = chunk
    better = _OLD_OFFICE.get(extension)
    if better is not None:
        return refused(words.OLD_OFFICE, "OLD_OFFICE", extension=f".{better}")
    return refused(words.UNKNOWN_TYPE, "TYPE")


def _held_against(actual: FileType, name: str, extension: str) -> tuple[FileType, str]:
    """The type to go by and the name; InvalidValue when they contradict each other."""
    if not extension or extension.isdigit():
        return actual, safe_name(f"{name}.{actual.extensions[0]}")
    expected = BY_EXTENSION.get(extension)
    if expected is None:
        raise refused(words.UNKNOWN_TYPE, "TYPE")
    text_in_disguise = expected.family is Family.TEXT and actual.family in (Family.TEXT, Family.XML, Family.DXF)
    if expected is actual or text_in_disguise:
        return expected, name
    raise refused(words.MISLABELLED, "MISLABELLED", extension=extension, actual=actual.label)


def _told(file: IO[bytes], kind: FileType, people: Collection[PersonName], depth: int, room: Room) -> Iterator[Told]:
    match kind.family:
        case Family.PDF:
            with pdf.opened(file) as document:
                yield from pdf.told(document, people)
                for name, content in pdf.embedded(document):
                    yield from _in_pdf(name, content, people, depth, room)
        case Family.OOXML | Family.ODF:
            with archives.opened(file) as archive:
                room.take(sum(entry.file_size for entry in archive.infolist()))
                yield from office.told(archive, people)
        case Family.ZIP:
            if depth <= 0:
                raise refused(words.BOMB, "BOMB")
            with archives.opened(file) as archive:
                for entry in archive.infolist():
                    yield from _in_zip(archive, entry, people, depth, room)
        case Family.JPEG | Family.PNG | Family.TIFF | Family.HEIC:
            yield from images.told(file, kind.family)
        case Family.DXF:
            yield from texts.dxf_told(file)
        case Family.DWG:
            yield Told(Trace.UNSEEN)
        case Family.TEXT | Family.XML:
            return


def _in_zip(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, people: Collection[PersonName], depth: int, room: Room
) -> Iterator[Told]:
    if entry.is_dir() or not entry.file_size:
        return
    room.take(entry.file_size)
    name = safe_name(entry.filename)
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as unpacked:
        file = cast(IO[bytes], unpacked)
        archives.unpack(archive, entry, file)
        if entry.filename.startswith(_DEBRIS) or name in _DEBRIS:
            return
        try:
            contents = inspect(file, name, people, depth - 1, room)
        except (InvalidValue, Findings) as error:
            raise inside(name, error) from None
    for one in contents.told:
        yield replace(one, inside=name)


def _in_pdf(name: str, content: bytes, people: Collection[PersonName], depth: int, room: Room) -> Iterator[Told]:
    """Files in a PDF are usually its data: only what runs is refused, and the rest is looked into when it can be."""
    safe = safe_name(name)
    room.take(len(content))
    if depth <= 0 or not content:
        return
    try:
        contents = inspect(BytesIO(content), safe, people, depth - 1, room)
    except InvalidValue as error:
        if error.code in ("RUNS", "MACROS", "BOMB"):
            raise inside(safe, error) from None
        return
    for one in contents.told:
        yield replace(one, inside=safe)
