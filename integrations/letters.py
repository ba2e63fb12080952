"""Letters as PDF (PDF/A-2a and PDF/UA-1), laid out by typst. The same data always makes the same bytes.

The layout is a file in ``templates/letters``; texts and data go in as JSON, never read as markup. Fonts are those
that come with typst, so that a letter looks the same everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from domain.calendars import BRUSSELS
from domain.dutch import long_date

LAYOUTS = Path(__file__).resolve().parent.parent / "templates" / "letters"
_FONTS = typst.Fonts(include_system_fonts=False)


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
    return _letter(
        "receipt.typ",
        at,
        {
            "title": "Ontvangstbewijs",
            "sender": "Dossierloket",
            "reference": data["reference"],
            "columns": ["Gegeven", "Waarde"],
            "introduction": "Wij hebben uw aangifte ontvangen. Dit is wat u indiende en wanneer.",
            "facts": [[label, _line(value)] for label, value in facts],
            "counts_title": "Inhoud van de aangifte",
            "counts": [[_line(label), _line(value)] for label, value in data["counts"].items()],
            "proof_title": "Controlegetal",
            "proof": "Dit controlegetal (SHA-256) hoort bij precies de inhoud die u indiende. Zodra er één teken "
            "verandert, is het anders.",
            "digest": data["digest"],
            "check": "Bewaar dit document. De inhoud van de aangifte leest u na het aanmelden in het dossier.",
        },
    )


def _line(value: Any) -> str:
    """A value on one line."""
    return " ".join(str(value).split())


def _moment(at: datetime) -> str:
    """To the second, in Brussels time with its offset: ``16 november 2024 om 10:42:07 (UTC+01:00)``."""
    local = at.astimezone(BRUSSELS)
    return f"{long_date(local.date())} om {local:%H:%M:%S} (UTC{local.isoformat(timespec='seconds')[-6:]})"


def _letter(layout: str, made: datetime, given: Mapping[str, Any]) -> bytes:
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
