"""Kinds of file documents as data (3.1): their fields, attachments, what they answer, open, close and start.

The department changes kinds and adds new ones; a document keeps the version of the kind it was made with. What is typed
is read by ``read_values``: every wrong field is told at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from domain.econtracting.document_states import Direction
from domain.econtracting.terms import TermKind
from domain.errors import N_, Finding, Severity


class FieldType(StrEnum):
    """What can be typed in a field."""

    TEXT = "TEKST"
    LONG_TEXT = "LANGE_TEKST"
    WHOLE = "GEHEEL_GETAL"
    AMOUNT = "BEDRAG"
    DATE = "DATUM"
    YES_NO = "JA_NEE"
    CHOICE = "KEUZE"


FIELD_TYPE_LABELS: dict[FieldType, str] = {
    FieldType.TEXT: N_("Korte tekst"),
    FieldType.LONG_TEXT: N_("Lange tekst"),
    FieldType.WHOLE: N_("Geheel getal"),
    FieldType.AMOUNT: N_("Bedrag in euro"),
    FieldType.DATE: N_("Datum"),
    FieldType.YES_NO: N_("Ja of nee"),
    FieldType.CHOICE: N_("Keuze uit een lijst"),
}

MAX_TEXT = {FieldType.TEXT: 200, FieldType.LONG_TEXT: 20_000}
MAX_AMOUNT = Decimal("9999999999999.99")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,39}")
_AMOUNT = re.compile(r"-?[0-9]{1,13}(?:,[0-9]{1,2})?")
_WHOLE = re.compile(r"-?[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind. ``negative``: less than zero is possible; ``after``: the date it may not lie before."""

    name: str
    label: str
    type: FieldType
    required: bool = True
    help: str = ""
    options: tuple[tuple[str, str], ...] = ()
    negative: bool = False
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment a kind asks for, e.g. the progress statement of a claim."""

    name: str
    label: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Kind:
    """One version of a kind of document.

    ``answers``: the kinds it can be an answer to. ``opens`` and ``closes`` are types of actions; ``starts`` the terms
    that start when it counts.
    """

    code: str
    name: str
    theme: str
    directions: frozenset[Direction]
    fields: tuple[Field, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    answers: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    starts: tuple[TermKind, ...] = ()
    active: bool = True
    number: int = 1


BAD_CODE = N_("Gebruik hoofdletters, cijfers en liggende streepjes, beginnend met een letter.")
BAD_NAME = N_("Gebruik kleine letters, cijfers en liggende streepjes, beginnend met een letter.")
NO_LABEL = N_("Vul een naam in die mensen lezen.")
TWICE = N_("De naam {name} komt twee keer voor.")
NO_OPTIONS = N_("Een keuzelijst heeft minstens twee verschillende waarden.")
NO_SUCH_FIELD = N_("Er is geen eerder datumveld met de naam {name}.")
NO_DIRECTION = N_("Kies minstens één richting.")
NO_SUCH_THEME = N_("Kies een thema uit de lijst.")
NO_SUCH_KIND = N_("Er is geen soort met de code {code}.")


def check_kind(kind: Kind, themes: Iterable[str], kinds: Iterable[str]) -> list[Finding]:
    """What is wrong with a definition, each finding at its field; an empty list when it can be used."""
    found: list[Finding] = []

    def wrong(field: str, message: str, **params: str) -> None:
        found.append(Finding("A-07", Severity.BLOCKS, message, field, params=params))

    if not _CODE.fullmatch(kind.code):
        wrong("code", BAD_CODE)
    if not kind.name.strip():
        wrong("name", NO_LABEL)
    if kind.theme not in set(themes):
        wrong("theme", NO_SUCH_THEME)
    if not kind.directions:
        wrong("directions", NO_DIRECTION)
    for code in kind.answers:
        if code not in set(kinds):
            wrong("answers", NO_SUCH_KIND, code=code)
    names: list[str] = []
    dates: list[str] = []
    for field in kind.fields:
        place = f"fields.{field.name}"
        if not _NAME.fullmatch(field.name):
            wrong(place, BAD_NAME)
        if not field.label.strip():
            wrong(place, NO_LABEL)
        if field.name in names:
            wrong(place, TWICE, name=field.name)
        if field.type is FieldType.CHOICE and len({value for value, _ in field.options}) < 2:
            wrong(place, NO_OPTIONS)
        if field.after is not None and (field.type is not FieldType.DATE or field.after not in dates):
            wrong(place, NO_SUCH_FIELD, name=field.after)
        names.append(field.name)
        if field.type is FieldType.DATE:
            dates.append(field.name)
    attached = [one.name for one in kind.attachments]
    for name in {name for name in attached if attached.count(name) > 1}:
        wrong(f"attachments.{name}", TWICE, name=name)
    return found


REQUIRED = N_("Vul {label} in.")
TOO_LONG = N_("Hou {label} korter dan {max} tekens.")
NOT_WHOLE = N_("Vul bij {label} een geheel getal in.")
NOT_AMOUNT = N_("Vul bij {label} een bedrag in, met een komma voor de centen, bijvoorbeeld 1250,50.")
NOT_NEGATIVE = N_("{label} kan niet negatief zijn.")
NOT_DATE = N_("Vul bij {label} een geldige datum in.")
NOT_LISTED = N_("Kies bij {label} een waarde uit de lijst.")
TOO_EARLY = N_("{label} kan niet vóór {other} liggen.")


def read_values(kind: Kind, typed: Mapping[str, str | None]) -> tuple[dict[str, Any], list[Finding]]:
    """The values of a form, and what is wrong. Values: text, int, Decimal, date, bool or None; never more than asked.

    Dates come as ``2026-11-16``; amounts with a comma, spaces and points between thousands are taken off.
    """
    values: dict[str, Any] = {}
    found: list[Finding] = []
    for field in kind.fields:
        raw = (typed.get(field.name) or "").strip()
        value, message = (None, REQUIRED if field.required else None) if not raw else _read(field, raw)
        if field.type is FieldType.YES_NO:
            value, message = raw in ("ja", "true", "1", "on", "y"), None
        values[field.name] = value
        if message is not None:
            found.append(_finding(field, message, max=MAX_TEXT.get(field.type, 0)))
    labels = {field.name: field.label for field in kind.fields}
    for field in kind.fields:
        earlier = values.get(field.after) if field.after else None
        if isinstance(earlier, date) and isinstance(values[field.name], date) and values[field.name] < earlier:
            found.append(_finding(field, TOO_EARLY, other=labels[field.after or ""].lower()))
    return values, found


def _finding(field: Field, message: str, **params: Any) -> Finding:
    return Finding("KIND", Severity.BLOCKS, message, field.name, params={"label": field.label, **params})


def _read(field: Field, raw: str) -> tuple[Any, str | None]:
    match field.type:
        case FieldType.TEXT | FieldType.LONG_TEXT:
            return (raw, TOO_LONG) if len(raw) > MAX_TEXT[field.type] else (raw, None)
        case FieldType.WHOLE:
            return _number(field, int(raw)) if _WHOLE.fullmatch(raw) else (None, NOT_WHOLE)
        case FieldType.AMOUNT:
            plain = raw.replace(" ", "").replace("\u00a0", "").replace("€", "")
            if re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]{1,2})?", plain):
                plain = plain.replace(".", "")
            if not _AMOUNT.fullmatch(plain):
                return None, NOT_AMOUNT
            return _number(field, Decimal(plain.replace(",", ".")).quantize(Decimal("0.01")))
        case FieldType.DATE:
            try:
                return date.fromisoformat(raw), None
            except ValueError:
                return None, NOT_DATE
        case FieldType.CHOICE:
            return (raw, None) if raw in {value for value, _ in field.options} else (None, NOT_LISTED)
        case FieldType.YES_NO:
            return True, None


def _number(field: Field, value: Any) -> tuple[Any, str | None]:
    return (value, None) if field.negative or value >= 0 else (None, NOT_NEGATIVE)
