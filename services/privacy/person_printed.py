"""The person file on paper: PDF made by typst, as the letters are; nothing in it is read as markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from domain.dutch import long_date, moment, number
from domain.ecalcura.letter_detail import Column, Part, Table
from domain.ecalcura.letter_detail import Section as Printed
from domain.person_file import NOT_SEARCHED, NOTHING, PersonFile, Section, Value
from integrations import letters
from services.connections import connections

_WIDE = frozenset({"contracts", "choices", "performances", "values", "wanted", "text", "answer", "subject"})
_NUMBERS = frozenset({"hours", "replacement_hours", "premium_hours", "exemption_hours", "paid_days", "unpaid_days"})


def pdf(made: PersonFile) -> bytes:
    """The file as PDF, in Dutch. LetterRefused when the layout cannot take it."""
    facts = [
        ("Rijksregisternummer", made.national_number),
        ("Gemaakt voor", made.made_for),
        ("Gemaakt op", moment(made.made_at)),
        ("Voorzieningen", ", ".join(f"{name} ({hco})" for hco, name in made.facilities) or "–"),
    ]
    opening = ["Dit is alles wat in dit loket over deze persoon bewaard wordt, voor zover de aanvrager het mag zien."]
    if made.empty:
        opening = [NOTHING]
    return letters.letter_pdf(
        letters.Letter(
            sender=connections().settings.extra.get("ELOKET_SENDER") or "Dossierloket",
            addressee=[made.made_for],
            reference=f"Inzage van {long_date(made.made_at.date())}",
            subject="Persoonsdossier",
            facts=facts,
            paragraphs=[*opening, NOT_SEARCHED],
            sections=[_section(one) for one in made.sections if one.rows],
            made=made.made_at,
        )
    )


def _section(section: Section) -> Printed:
    about = section.description
    term, counted_from = section.kept
    told = [f"Bron: {about.source} Waarom: {about.purpose} Bewaard: {term} na {counted_from}."]
    if section.more:
        told.append("Er zijn meer rijen dan hier staan; vraag het bestand in JSON of per periode.")
    codes = [code for code in about.fields if any(row.get(code) not in (None, "") for row in section.rows)]
    if len(codes) > 6 or any(code in _WIDE for code in codes):
        return Printed(about.title, [Part(paragraphs=told), *(_card(section, row, codes) for row in section.rows)])
    columns = [Column(about.fields[code], 1, code in _NUMBERS) for code in codes]
    rows = [[shown(row.get(code)) for code in codes] for row in section.rows]
    return Printed(about.title, [Part(paragraphs=told, table=Table(columns, rows))])


def _card(section: Section, row: Mapping[str, Value], codes: Sequence[str]) -> Part:
    """A row with long texts: its fields under each other."""
    labels = section.description.fields
    lines = [[labels[code], shown(row.get(code))] for code in codes if row.get(code) not in (None, "")]
    return Part(table=Table([Column("Gegeven", 1), Column("Waarde", 3)], lines))


def shown(value: Value) -> str:
    """A value as people read it in Dutch."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return long_date(value)
    return number(value) if isinstance(value, (Decimal, int)) else value
