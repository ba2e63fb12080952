"""The text of a parameter set (part 8): canonical JSON, decimals as strings. The same content is the same text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.ecalcura.parameter_content import (
    ADVANCE_BASE_LABELS,
    Advance,
    AdvanceBase,
    Indexation,
    ParameterContent,
    Texts,
    indexed,
    months_of_period,
    next_year,
)
from domain.ecalcura.parameter_list import PARAMETERS, Parameter, content_of, values
from domain.errors import N_, DomainError, InvalidValue

__all__ = [
    "ADVANCE_BASE_LABELS",
    "EXPLANATIONS",
    "Advance",
    "AdvanceBase",
    "Difference",
    "Indexation",
    "ParameterContent",
    "Texts",
    "differences",
    "indexed",
    "months_of_period",
    "next_year",
    "read",
    "write",
]

FORMAT = 1
WRONG = N_("{place}: {value} is hier geen geldige waarde.")
MISSING = N_("De parameter {name} ontbreekt.")
UNKNOWN = N_("De parameter {name} is niet gekend.")

#: What each parameter does, by name: a Dutch sentence.
EXPLANATIONS: Mapping[str, str] = {one.name: one.explanation for one in PARAMETERS}


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is not the same in two sets. ``part`` is the qualification, contract type, month … of a table.

    ``before`` and ``after`` are values as the parameter's kind holds them; None where one of the tables has no entry.
    """

    parameter: Parameter
    part: str | None
    before: Any
    after: Any

    @property
    def name(self) -> str:
        """The name, with the part: ``y1.ZORGKUNDIGE``."""
        return self.parameter.name if self.part is None else f"{self.parameter.name}.{self.part}"


def differences(before: ParameterContent, after: ParameterContent) -> list[Difference]:
    """What is not the same, in the order of the list; a table is compared entry by entry."""
    old, new = values(before), values(after)
    found = []
    for one in PARAMETERS:
        left, right = old[one.name], new[one.name]
        if left == right:
            continue
        if not isinstance(left, Mapping):
            found.append(Difference(one, None, left, right))
            continue
        found += [
            Difference(one, part, left.get(part), right.get(part))
            for part in sorted(left.keys() | right.keys())
            if left.get(part) != right.get(part)
        ]
    return found


def write(content: ParameterContent) -> str:
    """The canonical JSON text; ``read`` gives the same content back."""
    held = values(content)
    written = {one.name: one.kind.write(held[one.name]) for one in PARAMETERS}
    return json.dumps(
        {"format": FORMAT, "period": content.reference_period, "values": written},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )


def read(text: str) -> ParameterContent:
    """The content of a text. InvalidValue names what is missing, unknown or of a wrong shape; nothing is guessed."""
    try:
        raw = json.loads(text)
    except ValueError:
        raise InvalidValue(WRONG, place="JSON", value=text[:60]) from None
    if not isinstance(raw, dict) or raw.keys() != {"format", "period", "values"} or str(raw["format"]) != str(FORMAT):
        raise InvalidValue(WRONG, place="JSON", value=text[:60])
    given: dict[str, Any] = raw["values"] if isinstance(raw["values"], dict) else {}
    known = {one.name for one in PARAMETERS}
    for name in sorted(given.keys() - known):
        raise InvalidValue(UNKNOWN, field=name, name=name)
    for name in sorted(known - given.keys()):
        raise InvalidValue(MISSING, field=name, name=name)
    held = {}
    for one in PARAMETERS:
        try:
            held[one.name] = one.kind.read(given[one.name])
        except (ValueError, TypeError, ArithmeticError, KeyError, AttributeError, DomainError):
            shown = json.dumps(given[one.name], ensure_ascii=False)[:60]
            raise InvalidValue(WRONG, field=one.name, place=one.name, value=shown) from None
    if not isinstance(raw["period"], str):
        raise InvalidValue(WRONG, place="period", value=str(raw["period"])[:60])
    return content_of(raw["period"], held)
