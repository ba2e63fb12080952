"""Kinds of file documents as data (3.1): their fields, attachments, what they answer, open, close and start.

The department changes kinds and adds new ones; a document keeps the version of the kind it was made with. What is typed
is read by ``read_values``: every wrong field is told at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from domain.dutch import euro, long_date
from domain.econtracting.actions import ActionType
from domain.econtracting.contracts import ContractType
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
_AMOUNT = re.compile(r"-?[0-9]{1,13}(?:,[0-9]{1,2})?")
_DAY = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_WHOLE = re.compile(r"-?[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme: the grouping of kinds that groups are made for (C-034, A-02)."""

    code: str
    name: str


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
    """An attachment a kind asks for, e.g. the progress statement of a claim.

    ``required_for``: the types of contract that oblige it; empty with ``required`` is all of them.
    """

    name: str
    label: str
    required: bool = True
    required_for: tuple[ContractType, ...] = ()

    def obliged(self, type_of_contract: ContractType) -> bool:
        """Whether a document of a contract of this type cannot be sent without it."""
        return self.required and (not self.required_for or type_of_contract in self.required_for)


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
    opens: tuple[ActionType, ...] = ()
    closes: tuple[ActionType, ...] = ()
    starts: tuple[TermKind, ...] = ()
    active: bool = True
    number: int = 1


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
            plain = raw.replace(" ", "").replace("\u00a0", "").replace("€", "").replace("\N{MINUS SIGN}", "-")
            if re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]{1,2})?", plain):
                plain = plain.replace(".", "")
            if not _AMOUNT.fullmatch(plain):
                return None, NOT_AMOUNT
            return _number(field, Decimal(plain.replace(",", ".")).quantize(Decimal("0.01")))
        case FieldType.DATE:
            try:
                day = date.fromisoformat(raw) if _DAY.fullmatch(raw) else None
            except ValueError:
                day = None
            return (day, None) if day is not None else (None, NOT_DATE)
        case FieldType.CHOICE:
            return (raw, None) if raw in {value for value, _ in field.options} else (None, NOT_LISTED)
        case FieldType.YES_NO:
            return True, None


def _number(field: Field, value: Any) -> tuple[Any, str | None]:
    return (value, None) if field.negative or value >= 0 else (None, NOT_NEGATIVE)


YES = N_("Ja")
NO = N_("Nee")


def shown_value(field: Field, value: Any) -> str | None:
    """A value as people read it, of a field as it was read or as canonical JSON kept it; None when it is empty.

    Dates come as ``date`` or ISO text, amounts as ``Decimal`` or text with a point. What cannot be read stays as it is.
    """
    if value is None or value == "":
        return None
    match field.type:
        case FieldType.AMOUNT:
            with suppress(InvalidOperation):
                return euro(Decimal(str(value)))
        case FieldType.DATE:
            with suppress(ValueError):
                return long_date(value if isinstance(value, date) else date.fromisoformat(str(value)))
        case FieldType.YES_NO:
            return YES if value in (True, "ja", "true", "1") else NO
        case FieldType.CHOICE:
            return dict(field.options).get(str(value), str(value))
        case _:
            pass
    return str(value)


def shown_values(kind: Kind, values: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """Every field of a kind with its value as people read it: (label, text or None), in the order of the form."""
    return [(field.label, shown_value(field, values.get(field.name))) for field in kind.fields]
