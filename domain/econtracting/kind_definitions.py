"""The canonical JSON of a kind, and what is different between two versions of it.

The same definition is always the same text; what it leaves out stands at its usual value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Mapping
from functools import lru_cache
from typing import Any

from domain.econtracting.actions import ActionType
from domain.econtracting.contracts import ContractType
from domain.econtracting.document_states import Direction
from domain.econtracting.kinds import Attachment, Field, FieldType, Kind
from domain.econtracting.terms import TermKind
from domain.folding import fold


def definition_of(kind: Kind) -> dict[str, Any]:
    """A kind as plain data: what ``kind_of`` reads. Its number is not part of it."""
    return {
        "code": kind.code,
        "name": kind.name,
        "theme": kind.theme,
        "directions": sorted(kind.directions),
        "fields": [_field(one) for one in kind.fields],
        "attachments": [_attachment(one) for one in kind.attachments],
        "answers": list(kind.answers),
        "opens": list(kind.opens),
        "closes": list(kind.closes),
        "starts": list(kind.starts),
        "active": kind.active,
    }


def kind_of(data: Mapping[str, Any], number: int = 1) -> Kind:
    """A kind from plain data. Raises KeyError or ValueError for what is no definition."""
    return Kind(
        code=data["code"],
        name=data["name"],
        theme=data["theme"],
        directions=frozenset(Direction(one) for one in data["directions"]),
        fields=tuple(_read_field(one) for one in data.get("fields", ())),
        attachments=tuple(
            Attachment(
                one["name"],
                one["label"],
                one.get("required", True),
                tuple(ContractType(type_) for type_ in one.get("required_for", ())),
            )
            for one in data.get("attachments", ())
        ),
        answers=tuple(data.get("answers", ())),
        opens=tuple(ActionType(one) for one in data.get("opens", ())),
        closes=tuple(ActionType(one) for one in data.get("closes", ())),
        starts=tuple(TermKind(one) for one in data.get("starts", ())),
        active=data.get("active", True),
        number=number,
    )


def write(kind: Kind) -> str:
    """The canonical JSON: sorted keys, no spaces, text as it is."""
    return json.dumps(definition_of(kind), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@lru_cache(maxsize=512)
def read(text: str, number: int = 1) -> Kind:
    """The kind of a stored text. A version never changes, so a text is read once."""
    return kind_of(json.loads(text), number)


def name_for(label: str, taken: Container[str]) -> str:
    """The name of a new field or attachment, made of what people read and different from those that are there."""
    words = re.sub(r"[^a-z0-9]+", "_", fold(label)).strip("_")
    name = (words if words[:1].isalpha() else f"v_{words}")[:36].strip("_")
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}_{number}"
    return found


def _field(field: Field) -> dict[str, Any]:
    found: dict[str, Any] = {"name": field.name, "label": field.label, "type": field.type.value}
    if not field.required:
        found["required"] = False
    if field.help:
        found["help"] = field.help
    if field.options:
        found["options"] = [list(one) for one in field.options]
    if field.negative:
        found["negative"] = True
    if field.after is not None:
        found["after"] = field.after
    return found


def _attachment(one: Attachment) -> dict[str, Any]:
    found: dict[str, Any] = {"name": one.name, "label": one.label}
    if not one.required:
        found["required"] = False
    if one.required_for:
        found["required_for"] = [type_.value for type_ in one.required_for]
    return found


def _read_field(data: Mapping[str, Any]) -> Field:
    return Field(
        name=data["name"],
        label=data["label"],
        type=FieldType(data["type"]),
        required=data.get("required", True),
        help=data.get("help", ""),
        options=tuple((value, label) for value, label in data.get("options", ())),
        negative=data.get("negative", False),
        after=data.get("after"),
    )
