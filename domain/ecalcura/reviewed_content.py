"""What was on the screen when somebody reviewed a quarter: its fingerprint, and what a colleague changed since.

You submit exactly what you saw: the confirmation carries the fingerprint, and the service compares it with the content
of that moment. A content is ``{"header": {field: value}, "rows": {reference: {"label": text, field: value}}}``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from domain.calendars import Quarter
from domain.ecalcura.performances import EMPTY, PerformanceEntry
from domain.errors import N_

FIELD_LABELS: dict[str, str] = {
    "status": N_("Status"),
    "nothing_to_declare": N_("Niets aan te geven"),
    "hours": N_("Uren"),
    "replacement_hours": N_("Uren vervanging EL"),
    "paid_days": N_("Betaalde dagen"),
    "unpaid_days": N_("Niet-betaalde dagen"),
    "paid_hours": N_("Betaalde uren"),
}

LABEL = "label"


@dataclass(frozen=True, slots=True)
class ContentRow:
    """One contract line: ``label`` names the person, ``values`` are further fields that were shown."""

    reference: str
    label: str
    entry: PerformanceEntry | None
    values: Mapping[str, Any]


def content(quarter: Quarter, rows: Iterable[ContentRow], *, nothing_to_declare: bool, **header: Any) -> dict[str, Any]:
    """The content of a quarter in the form `fingerprint` and `difference` take."""
    return {
        "header": {"quarter": str(quarter), "nothing_to_declare": nothing_to_declare, **header},
        "rows": {
            row.reference: {
                LABEL: row.label,
                **row.values,
                "paid_days": (row.entry or EMPTY).paid_days,
                "unpaid_days": (row.entry or EMPTY).unpaid_days,
                "paid_hours": (row.entry or EMPTY).paid_hours,
            }
            for row in rows
        },
    }


def canonical(content: Mapping[str, Any]) -> str:
    """Canonical JSON: sorted keys, no spaces; equal numbers are equal text (65 and 65.0). TypeError on other types."""
    return json.dumps(_plain(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def fingerprint(content: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return _plain(value.value)
        case None | bool() | str() | int():
            return value
        case Decimal():
            if not value.is_finite():
                raise TypeError(f"no canonical form for {value}")
            text = format(value, "f")
            text = text.rstrip("0").rstrip(".") if "." in text else text
            return "0" if text == "-0" else text
        case datetime():
            raise TypeError("an instant is not part of what was reviewed")
        case date():
            return value.isoformat()
        case Quarter():
            return str(value)
        case Mapping():
            if not all(isinstance(key, str) for key in value):
                raise TypeError("keys are texts")
            return {key: _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    raise TypeError(f"no canonical form for {type(value).__name__}")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs: ``row`` is the label of the line ("" for the dossier itself), values in canonical form.

    A line that came or went differs in each of its filled fields, with ``None`` on the other side.
    """

    row: str
    field: str
    before: Any
    after: Any

    @property
    def field_label(self) -> str:
        """Dutch name of the field, or the field itself when it has none."""
        return FIELD_LABELS.get(self.field, self.field)


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What changed between two contents, the dossier first, then the lines in the order of their label.

    Both may have been stored as JSON in between: values are compared in canonical form.
    """
    old, new = _plain(before), _plain(after)
    changes = _fields("", old.get("header", {}), new.get("header", {}))
    old_rows, new_rows = old.get("rows", {}), new.get("rows", {})
    found = []
    for reference in old_rows.keys() | new_rows.keys():
        old_row, new_row = old_rows.get(reference), new_rows.get(reference)
        label = str((new_row or old_row or {}).get(LABEL, reference))
        row_changes = _fields(label, old_row or {}, new_row or {})
        if not row_changes and (old_row is None or new_row is None):
            row_changes = [Difference(label, LABEL, old_row and label, new_row and label)]
        found.append((label, reference, row_changes))
    return changes + [change for *_, row_changes in sorted(found, key=lambda row: row[:2]) for change in row_changes]


def _fields(label: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    names = [*old, *(name for name in new if name not in old)]
    return [
        Difference(label, name, old.get(name), new.get(name))
        for name in names
        if name != LABEL and old.get(name) != new.get(name)
    ]
