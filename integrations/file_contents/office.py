"""Office files (OOXML and OpenDocument): what they are, macros and passwords, and the persons they tell of."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Iterator
from typing import IO

from domain.econtracting import person_traces
from domain.econtracting.attachments import BY_MEDIA_TYPE, LOCKED, MACROS, FileType
from domain.econtracting.person_traces import PersonName, Told, Trace
from integrations.file_contents import archives, xml_text
from integrations.file_contents.refusing import refused

_MAIN = {
    b"wordprocessingml.document.main": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"spreadsheetml.sheet.main": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"presentationml.presentation.main": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_CORE, _APP, _CUSTOM = "docProps/core.xml", "docProps/app.xml", "docProps/custom.xml"

#: Where authors of comments and changes stand: the parts, and the attributes that name somebody.
_NAMED_IN_ATTRIBUTES: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (re.compile(r"word/[^/]+\.xml"), frozenset({"author", "initials", "userId"})),
    (re.compile(r"ppt/(commentAuthors|authors)\.xml"), frozenset({"name", "initials", "userId"})),
    (re.compile(r"xl/(persons|revisions)/[^/]+\.xml"), frozenset({"displayName", "userName", "userId"})),
    (re.compile(r"xl/workbook\.xml"), frozenset({"userName"})),
)
_NAMED_IN_ELEMENTS: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (re.compile(r"xl/comments[^/]*\.xml|xl/comments/[^/]+\.xml"), frozenset({"author"})),
    (re.compile(r"(content|styles)\.xml"), frozenset({"creator", "creator-initials", "sender-initials"})),
)
_META = frozenset({"initial-creator", "creator", "printed-by"})


def type_of(archive: zipfile.ZipFile) -> FileType | None:
    """The Office type of a ZIP file; None when it is no Office file. Raises InvalidValue for macros and passwords."""
    names = set(archive.namelist())
    if "[Content_Types].xml" in names:
        types = xml_text.utf8(archives.part(archive, "[Content_Types].xml"))
        for word, media_type in _MAIN.items():
            if word in types:
                kind = BY_MEDIA_TYPE[media_type]
                hidden = any(name.casefold().endswith("vbaproject.bin") or "/macrosheets/" in name for name in names)
                if hidden or b"macroEnabled" in types:
                    raise refused(MACROS, "MACROS", extension=kind.extensions[0])
                return kind
        if b"macroEnabled" in types:
            raise refused(MACROS, "MACROS", extension="docx / .xlsx / .pptx")
        return None
    if "mimetype" in names:
        found = BY_MEDIA_TYPE.get(archives.part(archive, "mimetype").decode("ascii", "replace").strip())
        if found is not None:
            if b"encryption-data" in archives.part(archive, "META-INF/manifest.xml"):
                raise refused(LOCKED, "LOCKED")
            if any(re.match(r"(Basic/[^/]+/(?!script-l[bc]\.xml)|Scripts/.)", name) for name in names):
                raise refused(MACROS, "MACROS", extension=found.extensions[0])
        return found
    return None


def told(archive: zipfile.ZipFile, people: Collection[PersonName]) -> Iterator[Told]:
    """What an Office file tells about persons."""
    names = archive.namelist()
    if any(name.startswith("_xmlsignatures/") or name == "META-INF/documentsignatures.xml" for name in names):
        yield Told(Trace.SIGNED)
    yield from _in_elements(archive, _CORE, {"creator"}, Trace.AUTHOR)
    yield from _in_elements(archive, _CORE, {"lastModifiedBy"}, Trace.LAST_EDITOR)
    yield from _in_elements(archive, _APP, {"Manager"}, Trace.MANAGER)
    yield from _in_elements(archive, "meta.xml", {"initial-creator"}, Trace.AUTHOR)
    yield from _in_elements(archive, "meta.xml", {"creator", "printed-by"}, Trace.LAST_EDITOR)
    for value in xml_text.elements(_xml(archive, _CUSTOM), {"lpwstr", "lpstr", "bstr"}):
        if person_traces.in_text(value, people):
            yield Told(Trace.PROPERTY, value)
    for name in names:
        for pattern, attributes in _NAMED_IN_ATTRIBUTES:
            if pattern.fullmatch(name):
                for value in xml_text.attributes(_xml(archive, name), attributes - {"initials", "userId"}):
                    if xml_text.is_somebody(value):
                        yield Told(Trace.COMMENTS, value)
        for pattern, elements in _NAMED_IN_ELEMENTS:
            if pattern.fullmatch(name):
                yield from _in_elements(
                    archive, name, elements - {"creator-initials", "sender-initials"}, Trace.COMMENTS
                )


def _xml(archive: zipfile.ZipFile, name: str) -> bytes:
    return xml_text.utf8(archives.part(archive, name))


def _in_elements(archive: zipfile.ZipFile, name: str, elements: Collection[str], trace: Trace) -> Iterator[Told]:
    for value in xml_text.elements(_xml(archive, name), elements):
        if xml_text.is_somebody(value):
            yield Told(trace, value)


def clean(archive: zipfile.ZipFile, target: IO[bytes], people: Collection[PersonName]) -> None:
    """Write the same file without the persons it tells of: values emptied or replaced, nothing else touched."""

    def change(entry: zipfile.ZipInfo, packed: IO[bytes]) -> bool:
        cleaned = _cleaned(archive, entry.filename, people)
        if cleaned is None:
            return False
        packed.write(cleaned)
        return True

    archives.rewritten(archive, target, change)


def _cleaned(archive: zipfile.ZipFile, name: str, people: Collection[PersonName]) -> bytes | None:
    """The content of a part without persons; None when there is nothing to change."""
    if name == _CORE:
        return xml_text.with_elements(_xml(archive, name), {"creator", "lastModifiedBy"})
    if name == _APP:
        return xml_text.with_elements(_xml(archive, name), {"Manager"})
    if name == "meta.xml":
        return xml_text.with_elements(_xml(archive, name), _META)
    if name == _CUSTOM:
        data = _xml(archive, name)
        named = [value for value in xml_text.elements(data, {"lpwstr"}) if person_traces.in_text(value, people)]
        return xml_text.with_elements(data, {"lpwstr", "lpstr", "bstr"}) if named else None
    for pattern, attributes in _NAMED_IN_ATTRIBUTES:
        if pattern.fullmatch(name):
            data = xml_text.with_attributes(_xml(archive, name), attributes - {"initials"})
            return xml_text.with_attributes(data, {"initials"}, "A")
    for pattern, elements in _NAMED_IN_ELEMENTS:
        if pattern.fullmatch(name):
            return xml_text.with_elements(_xml(archive, name), elements, xml_text.NEUTRAL)
    return None
