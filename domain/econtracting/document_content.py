"""What a version of a document says: as it was typed while it is a draft, as values once it was sent.

A content is canonical JSON, ``{"typed": {name: text}, "lines": [...]}`` of a draft, so that nothing typed is lost
however wrong it is, and ``{"values": {name: value}, "lines": [...]}`` afterwards. ``seen`` is what somebody had before
the eyes on the page where it is checked; its fingerprint goes along with the sending.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from domain.econtracting.evidence import FileFacts, canonical
from domain.econtracting.kinds import Field, FieldType, Kind, read_values, shown_value
from domain.errors import N_

LINES, FILES, TITLE = N_("Vorderingsstaat"), N_("Bijlagen"), N_("Titel")

_MAX_TITLE = 200

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """One field with its value in words: what both parties read."""

    name: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two contents differ; an empty text is nothing."""

    label: str
    before: str
    after: str


def draft_content(typed: Mapping[str, str], lines: Sequence[Line] = ()) -> str:
    """The content of a draft: exactly what was typed, and the lines of the claim."""
    kept = {name: text.replace("\r\n", "\n") for name, text in typed.items() if text}
    return canonical({"typed": kept, "lines": [dict(line) for line in lines]})


def sent_content(kind: Kind, content: str) -> str:
    """The content of a draft as values, for good: dates as 2026-11-16, amounts as 1250.50."""
    values, _ = read_values(kind, typed_of(kind, content))
    plain = {name: _plain(value) for name, value in values.items()}
    return canonical({"values": plain, "lines": lines_of(content)})


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return f"{value:.2f}"
        case date():
            return value.isoformat()
    raise TypeError(f"no plain form of {type(value).__name__}")


def lines_of(content: str) -> list[dict[str, Any]]:
    """The lines of the progress statement, as they were read."""
    return list(json.loads(content).get("lines", []))


def values_of(kind: Kind, content: str) -> dict[str, Any]:
    """The values of a content: text, int, Decimal, date, bool or None for each field of the kind."""
    stored = json.loads(content)
    if "values" not in stored:
        return read_values(kind, stored.get("typed", {}))[0]
    return {field.name: _value(field, stored["values"].get(field.name)) for field in kind.fields}


def _value(field: Field, stored: Any) -> Any:
    if stored is None:
        return None
    match field.type:
        case FieldType.AMOUNT:
            return Decimal(stored)
        case FieldType.DATE:
            return date.fromisoformat(stored)
    return stored


def typed_of(kind: Kind, content: str) -> dict[str, str]:
    """What would be typed to get a content, for a form or a new version."""
    stored = json.loads(content)
    if "values" not in stored:
        return {name: str(text) for name, text in stored.get("typed", {}).items()}
    return {field.name: _typed(stored["values"].get(field.name)) for field in kind.fields}


def _typed(value: Any) -> str:
    match value:
        case None | False:
            return ""
        case True:
            return "ja"
    text = str(value)
    return text.replace(".", ",") if _is_amount(text) else text


def _is_amount(text: str) -> bool:
    whole, _, cents = text.lstrip("-").partition(".")
    return whole.isdigit() and cents.isdigit() and len(cents) == 2


def shown(kind: Kind, content: str) -> tuple[Shown, ...]:
    """All fields of a kind with their values in words. Of a draft, what could not be read is shown as it was typed."""
    values, typed = values_of(kind, content), typed_of(kind, content)
    return tuple(
        Shown(field.name, field.label, shown_value(field, values[field.name]) or typed.get(field.name, ""))
        for field in kind.fields
    )


def title_of(kind: Kind, number: int, values: Mapping[str, Any]) -> str:
    """What a document is called: its own title, else its kind and number, with its subject when it has one."""
    if values.get("title"):
        return str(values["title"])[:_MAX_TITLE]
    subject = f": {values['subject']}" if values.get("subject") else ""
    return f"{kind.name} {number}{subject}".replace("\n", " ")[:_MAX_TITLE]


def seen(
    kind: Kind, contract: str, title: str, content: str, files: Iterable[FileFacts], total: str = ""
) -> dict[str, Any]:
    """What the page of the check shows of a version, in the form ``fingerprint`` and ``differences`` take."""
    stored = json.loads(content)
    return {
        "contract": contract,
        "kind": kind.code,
        "definition": kind.number,
        "title": title,
        "fields": {one.name: [one.label, one.text] for one in shown(kind, content)},
        "lines": stored.get("lines", []),
        "total": total,
        "files": [[one.name, one.size, one.digest] for one in files],
    }


def fingerprint(seen: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(dict(seen)).encode()).hexdigest()


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Where two of ``seen`` differ: fields in the order of the kind, then the lines and the files."""
    found: list[Difference] = []
    earlier, later = before["fields"], after["fields"]
    for name in dict.fromkeys([*earlier, *later]):
        label = (later.get(name) or earlier.get(name))[0]
        was, became = (fields.get(name, ["", ""])[1] for fields in (earlier, later))
        if was != became:
            found.append(Difference(label, was, became))
    if before["lines"] != after["lines"]:
        found.append(Difference(LINES, _count(before["lines"]), _count(after["lines"])))
    was, became = (", ".join(name for name, *_ in one["files"]) for one in (before, after))
    if before["files"] != after["files"]:
        found.append(Difference(FILES, was, became))
    if not found and before["title"] != after["title"]:
        found.append(Difference(TITLE, before["title"], after["title"]))
    return found


def _count(lines: Sequence[Any]) -> str:
    return str(len(lines))


def compared(old_kind: Kind, old: str, kind: Kind, new: str) -> list[Difference]:
    """What changed between two versions of a document, by field."""
    before = {one.name: one for one in shown(old_kind, old)}
    found = []
    for one in shown(kind, new):
        was = before.pop(one.name, None)
        if (was.text if was else "") != one.text:
            found.append(Difference(one.label, was.text if was else "", one.text))
    found += [Difference(gone.label, gone.text, "") for gone in before.values() if gone.text]
    if lines_of(old) != lines_of(new):
        found.append(Difference(LINES, _count(lines_of(old)), _count(lines_of(new))))
    return found
