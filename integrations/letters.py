"""Letters as PDF (PDF/A-2a and PDF/UA-1), laid out by typst. The same data always makes the same bytes.

The layout is a file in ``templates/letters``; texts and data go in as JSON, never read as markup. Fonts are those
that come with typst, so that a letter looks the same everywhere.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from domain.calendars import BRUSSELS
from domain.dutch import long_date
from domain.ecalcura.letter_detail import Section, Table

LAYOUTS = Path(__file__).resolve().parent.parent / "templates" / "letters"
_FONTS = typst.Fonts(include_system_fonts=False)


#: The fonts have all of these; what lies beyond is tried before it is printed.
_SURELY_PRINTED = 0x0180
_UNPRINTED = "\N{WHITE SQUARE}"
_LABELS = ("Gegeven", "Waarde")


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter of the campaign says. ``facts``: name and value, one line each; ``made``: instant with offset."""

    sender: str
    addressee: Sequence[str]
    reference: str
    subject: str
    facts: Sequence[tuple[str, str]]
    paragraphs: Sequence[str]
    sections: Sequence[Section]
    made: datetime


class LetterRefused(RuntimeError):
    """The layout or the archive format refuses a letter; the others can still be made."""


def letter_pdf(letter: Letter) -> bytes:
    """A letter of the campaign (E-142). Nothing in it is read as markup; what no font has becomes a square.

    ValueError for an instant without offset, LetterRefused when the layout cannot take what it says.
    """
    if letter.made.tzinfo is None:
        raise ValueError("an instant needs an offset")
    data = {
        "title": printable(letter.subject),
        "sender": printable(letter.sender),
        "footer": letter.reference,
        "addressee": [printable(line) for line in letter.addressee],
        "subject": printable(letter.subject),
        "labels": _LABELS,
        "facts": [[label, printable(value)] for label, value in letter.facts],
        "paragraphs": [printable(text) for text in letter.paragraphs],
        "sections": [_section(section) for section in letter.sections],
    }
    try:
        return laid_out("letter.typ", letter.made, data)
    except typst.TypstError as refusal:
        raise LetterRefused(str(refusal)) from None


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "parts": [
            {
                "title": part.title,
                "paragraphs": [printable(text) for text in part.paragraphs],
                "table": None if part.table is None else _table(part.table),
            }
            for part in section.parts
        ],
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "columns": [{"label": one.label, "width": one.width, "number": one.number} for one in table.columns],
        "rows": [printable(row) if isinstance(row, str) else [printable(cell) for cell in row] for row in table.rows],
        "total": [printable(cell) for cell in table.total],
        "compact": table.compact,
    }


def receipt_pdf(data: Mapping[str, Any]) -> bytes:
    """The receipt (ontvangstbewijs) of a submission.

    Keys of ``data``: ``reference``, ``facility`` (name), ``hco_number``, ``quarter`` (``2024K1``), ``reference_period``
    (``2023-2024``), ``submitted_at`` (instant with offset), ``submitted_by`` (name), ``digest`` (SHA-256 of the
    snapshot, hex), ``counts`` (label to number, in the order shown). A missing key is a KeyError, an instant without
    offset a ValueError.
    """
    at: datetime = data["submitted_at"]
    if at.tzinfo is None:
        raise ValueError("an instant needs an offset")
    facts = [
        ("Referentie", data["reference"]),
        ("Voorziening", data["facility"]),
        ("HCO-nummer", data["hco_number"]),
        ("Kwartaal", data["quarter"]),
        ("Referentieperiode", data["reference_period"]),
        ("Ingediend op", _moment(at)),
        ("Ingediend door", data["submitted_by"]),
    ]
    return laid_out(
        "receipt.typ",
        at,
        {
            "title": "Ontvangstbewijs",
            "sender": "Dossierloket",
            "reference": data["reference"],
            "columns": ["Gegeven", "Waarde"],
            "introduction": "Wij hebben uw aangifte ontvangen. Dit is wat u indiende en wanneer.",
            "facts": [[label, printable(value)] for label, value in facts],
            "counts_title": "Inhoud van de aangifte",
            "counts": [[printable(label), printable(value)] for label, value in data["counts"].items()],
            "proof_title": "Controlegetal",
            "proof": "Dit controlegetal (SHA-256) hoort bij precies de inhoud die u indiende. Zodra er één teken "
            "verandert, is het anders.",
            "digest": data["digest"],
            "check": "Bewaar dit document. De inhoud van de aangifte leest u na het aanmelden in het dossier.",
        },
    )


def printable(value: Any) -> str:
    """A value on one line, without signs that steer instead of being read, such as those that turn the direction."""
    return _cleaned(str(value))


@lru_cache(maxsize=8192)
def _cleaned(text: str) -> str:
    """The same for a text; a letter says most of its texts many times."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    # an amount stays on one line with its sign
    words = " ".join(unicodedata.normalize("NFC", text).split()).replace("€ ", "€\N{NO-BREAK SPACE}")
    return "".join(sign if _is_plain(sign) else _printed(sign) for sign in words)


def _is_plain(sign: str) -> bool:
    return ord(sign) < _SURELY_PRINTED and (sign.isprintable() or sign == "\N{NO-BREAK SPACE}")


@lru_cache(maxsize=4096)
def _printed(sign: str) -> str:
    """The sign itself when a font has it, nothing for one that steers, else a square: a name never stops a letter."""
    if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co", "Cn"}:
        return ""
    try:
        # every page of the archive must hold a glyph for each sign, so the compiler refuses one without
        typst.compile(
            b'#set document(title: "?")\n#set text(font: "Libertinus Serif")\n#sys.inputs.sign',
            font_paths=_FONTS,
            sys_inputs={"sign": f"a{sign}"},
            pdf_standards=["a-2a"],
            timestamp=0,
        )
    except typst.TypstError:
        return _UNPRINTED
    return sign


def _moment(at: datetime) -> str:
    """To the second, in Brussels time with its offset: ``16 november 2024 om 10:42:07 (UTC+01:00)``."""
    local = at.astimezone(BRUSSELS)
    return f"{long_date(local.date())} om {local:%H:%M:%S} (UTC{local.isoformat(timespec='seconds')[-6:]})"


def laid_out(layout: str, made: datetime, given: Mapping[str, Any]) -> bytes:
    """The data in a layout of ``templates/letters``, as PDF. typst.TypstError when the layout cannot take it."""
    utc = made.astimezone(UTC)
    values = {**given, "made": [utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second]}
    pdf = typst.compile(
        str(LAYOUTS / layout),
        root=str(LAYOUTS),
        font_paths=_FONTS,
        sys_inputs={"data": json.dumps(values, ensure_ascii=False)},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=int(utc.timestamp()),
    )
    assert isinstance(pdf, bytes)
    return pdf
