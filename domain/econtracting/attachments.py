"""Files that are uploaded: which kinds are taken, how they are called, and where one stands until it may be fetched."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from domain.errors import N_


class AttachmentState(StrEnum):
    """Where an uploaded file stands. Only a CLEAN one can be fetched or sent."""

    RECEIVED = "ONTVANGEN"
    CLEAN = "IN_ORDE"
    INFECTED = "BESMET"
    REFUSED = "GEWEIGERD"


ATTACHMENT_STATE_LABELS: dict[AttachmentState, str] = {
    AttachmentState.RECEIVED: N_("Wordt nagekeken op virussen"),
    AttachmentState.CLEAN: N_("Nagekeken"),
    AttachmentState.INFECTED: N_("Besmet: verwijderd"),
    AttachmentState.REFUSED: N_("Geweigerd"),
}


class Family(StrEnum):
    """How a file is looked into."""

    PDF = "PDF"
    OOXML = "OOXML"
    ODF = "ODF"
    JPEG = "JPEG"
    PNG = "PNG"
    TIFF = "TIFF"
    HEIC = "HEIC"
    TEXT = "TEXT"
    XML = "XML"
    ZIP = "ZIP"
    DWG = "DWG"
    DXF = "DXF"


@dataclass(frozen=True, slots=True)
class FileType:
    """A type of file that is taken: its name for people, media type and extensions (the first is the usual one)."""

    label: str
    media_type: str
    extensions: tuple[str, ...]
    family: Family


#: The whole list. Not on it, on purpose: Office files with macros, the old Office formats (which can hide macros),
#: SVG and HTML (scripts), e-mail files (they name persons), and everything that runs.
FILE_TYPES: tuple[FileType, ...] = (
    FileType("PDF", "application/pdf", ("pdf",), Family.PDF),
    FileType(
        "Word",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ("docx",),
        Family.OOXML,
    ),
    FileType("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",), Family.OOXML),
    FileType(
        "PowerPoint",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ("pptx",),
        Family.OOXML,
    ),
    FileType("OpenDocument-tekst", "application/vnd.oasis.opendocument.text", ("odt",), Family.ODF),
    FileType("OpenDocument-rekenblad", "application/vnd.oasis.opendocument.spreadsheet", ("ods",), Family.ODF),
    FileType("OpenDocument-presentatie", "application/vnd.oasis.opendocument.presentation", ("odp",), Family.ODF),
    FileType("JPEG", "image/jpeg", ("jpg", "jpeg"), Family.JPEG),
    FileType("PNG", "image/png", ("png",), Family.PNG),
    FileType("TIFF", "image/tiff", ("tif", "tiff"), Family.TIFF),
    FileType("HEIC", "image/heic", ("heic", "heif"), Family.HEIC),
    FileType("tekst", "text/plain", ("txt",), Family.TEXT),
    FileType("CSV", "text/csv", ("csv",), Family.TEXT),
    FileType("XML", "application/xml", ("xml",), Family.XML),
    FileType("ZIP", "application/zip", ("zip",), Family.ZIP),
    FileType("DWG", "image/vnd.dwg", ("dwg",), Family.DWG),
    FileType("DXF", "image/vnd.dxf", ("dxf",), Family.DXF),
)
BY_EXTENSION: dict[str, FileType] = {extension: one for one in FILE_TYPES for extension in one.extensions}
BY_MEDIA_TYPE: dict[str, FileType] = {one.media_type: one for one in FILE_TYPES}

MAX_NAME = 150
"""The longest name of a file, in characters."""
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
#: Names that mean a device on Windows.
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
NAMELESS = "bestand"


def safe_name(typed: str) -> str:
    """The name both parties see: without a path, without what a file system or a screen can be fooled with.

    Composed (NFC), at most ``MAX_NAME`` characters, the extension kept; never empty.
    """
    name = unicodedata.normalize("NFC", typed).replace("\\", "/").rpartition("/")[2]
    name = "".join(" " if letter in "\t\r\n" else letter for letter in name)
    # control and format characters (also those that turn the direction of reading), surrogates, private use
    name = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C")
    name = " ".join(_FORBIDDEN.sub("_", name).split())
    if re.fullmatch(r"\.[A-Za-z0-9]{1,10}", name):
        name = NAMELESS + name
    name = name.strip(". ")
    if _DEVICES.fullmatch(name):
        name = f"_{name}"
    stem, extension = split_name(name)
    if not stem:
        stem = NAMELESS
    return _joined(stem[: MAX_NAME - len(extension) - 1].rstrip(". "), extension)


def split_name(name: str) -> tuple[str, str]:
    """The name without its extension, and the extension in lower case without its dot; empty when it has none."""
    stem, dot, extension = name.rpartition(".")
    if not dot or not re.fullmatch(r"[A-Za-z0-9]{1,10}", extension):
        return name, ""
    return stem, extension.lower()


def _joined(stem: str, extension: str) -> str:
    return f"{stem}.{extension}" if extension else stem


def distinguished(name: str, taken: Collection[str]) -> str:
    """The name, or with ``(2)`` and on behind it when another file has it already, whatever the capitals."""
    held = {one.casefold() for one in taken}
    if name.casefold() not in held:
        return name
    stem, extension = split_name(name)
    for number in range(2, len(held) + 3):
        behind = f" ({number})"
        candidate = _joined(stem[: MAX_NAME - len(extension) - 1 - len(behind)] + behind, extension)
        if candidate.casefold() not in held:
            return candidate
    raise AssertionError("there are more numbers than names")


EMPTY = N_("Dit bestand is leeg. Kies een bestand met inhoud.")
TOO_BIG = N_("Dit bestand is groter dan {limit} MB. Splits het op of maak het kleiner.")
TOO_MANY = N_("Een stuk kan hoogstens {limit} bestanden hebben. Verwijder er een, of bundel ze in één ZIP-bestand.")
TWICE = N_("Dit bestand zit er al bij, onder de naam {name}. Het werd niet nog eens toegevoegd.")
UNKNOWN_TYPE = N_(
    "Dit soort bestand wordt niet aanvaard. Aanvaard worden: PDF, Word, Excel, PowerPoint, OpenDocument, JPEG, PNG, "
    "TIFF, HEIC, TXT, CSV, XML, DWG, DXF en ZIP met daarin zulke bestanden."
)
RUNS = N_("Dit is een programma of script. Zulke bestanden worden niet aanvaard, ook niet in een ZIP-bestand.")
OLD_OFFICE = N_("Dit is een bestand van een oude versie van Office. Bewaar het als {extension} en laad het opnieuw op.")
MISLABELLED = N_(
    "De naam eindigt op .{extension}, maar de inhoud is {actual}. Geef het bestand de juiste extensie of kies het "
    "juiste bestand."
)
LOCKED = N_("Dit bestand is beveiligd met een wachtwoord. Bewaar het zonder wachtwoord en laad het opnieuw op.")
MACROS = N_(
    "Dit bestand bevat macro's. Bewaar het zonder macro's, bijvoorbeeld als .{extension}, en laad het opnieuw op."
)
BROKEN = N_("Dit bestand is beschadigd of onvolledig. Open het, bewaar het opnieuw en laad het dan op.")
BOMB = N_(
    "Dit ZIP-bestand is uitgepakt te groot, bevat te veel bestanden of zit te diep in elkaar. Splits het op in "
    "kleinere bestanden."
)
INSIDE = N_("In dit bestand zit {name}, dat niet aanvaard wordt:")
INFECTED_TEXT = N_(
    "Er zit een virus in {name}. Het bestand werd meteen verwijderd en niemand kan het openen. Verwijder het uit de "
    "lijst, kijk uw toestel na met een virusscanner en laad een propere versie op."
)
NOT_SCANNED = N_("{name} wordt nog nagekeken op virussen. Dat gebeurt vanzelf; u kunt verzenden zodra het klaar is.")
REFUSED_TEXT = N_("{name} werd geweigerd: {reason} Verwijder het uit de lijst.")
BEYOND_SCAN = N_("De virusscanner kan dit bestand niet helemaal nakijken. Splits het op in kleinere bestanden.")
GONE = N_("Het bestand ging verloren voor het nagekeken was. Laad het opnieuw op.")
MISSING_SLOT = N_("Voeg een bestand toe bij {label}.")
NO_SUCH_SLOT = N_("Deze soort stuk vraagt zo'n bijlage niet.")
