"""Files of plain text: whether they are, and what a drawing in text tells."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import IO

from domain.econtracting.person_traces import Told, Trace
from integrations.file_contents import xml_text

_DXF = re.compile(rb"\A(?:\s*999[ \t]*\r?\n[^\r\n]*\r?\n)*\s*0[ \t]*\r?\n\s*SECTION\b")
_DXF_BINARY = b"AutoCAD Binary DXF\r\n\x1a\0"
_SAVED_BY = re.compile(rb"(\$LASTSAVEDBY[ \t]*\r?\n[ \t]*1[ \t]*\r?\n)([^\r\n]*)")
#: Control characters that no text has.
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_HEAD = 1024 * 1024
_CHUNK = 1024 * 1024


def is_text(head: bytes) -> bool:
    """Whether bytes are text in UTF-8, UTF-16 or a Western code page."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            codecs.getincrementaldecoder("utf-16")().decode(head)
        except UnicodeDecodeError:
            return False
        return True
    return _CONTROL.search(head) is None


def is_xml(head: bytes) -> bool:
    """Whether text is XML by what it begins with."""
    return xml_text.utf8(head).removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<?xml")


def is_dxf(head: bytes) -> bool:
    """Whether it is a drawing in DXF, as text or binary."""
    return head.startswith(_DXF_BINARY) or _DXF.match(head) is not None


def dxf_told(file: IO[bytes]) -> Iterator[Told]:
    """Who saved a drawing last; a binary one is not looked into."""
    file.seek(0)
    head = file.read(_HEAD)
    if head.startswith(_DXF_BINARY):
        yield Told(Trace.UNSEEN)
    for match in _SAVED_BY.finditer(head):
        value = match[2].decode("utf-8", "replace").strip()
        if xml_text.is_somebody(value):
            yield Told(Trace.LAST_EDITOR, value)


def clean_dxf(file: IO[bytes], target: IO[bytes]) -> None:
    """The same drawing without who saved it last."""
    file.seek(0)
    target.write(_SAVED_BY.sub(rb"\1", file.read(_HEAD)))
    while chunk := file.read(_CHUNK):
        target.write(chunk)
