"""What a new version of a calculation changed, line by line (E-151): every line that came, went or has other values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from domain.calendars import Quarter
from domain.ecalcura.compensation_result import Compensation
from domain.errors import N_


class LineKind(StrEnum):
    """What a line is."""

    PREMIUM = "PREMIE"
    REPLACEMENT = "VERVANGING"
    RIGHT = "RECHT"


LINE_LABELS: Mapping[LineKind, str] = {
    LineKind.PREMIUM: N_("Premie"),
    LineKind.REPLACEMENT: N_("Vervanger"),
    LineKind.RIGHT: N_("Recht van de voorziening"),
}
VALUE_LABELS: Mapping[str, str] = {
    "effective_time": N_("effectieve arbeidstijd"),
    "months": N_("maanden"),
    "premium_hours": N_("uren premie"),
    "rates": N_("jaarbedrag"),
    "average_fte": N_("voltijdse equivalenten"),
    "rate": N_("jaarbedrag"),
    "hours": N_("uren recht"),
    "fte": N_("voltijdse equivalenten"),
    "covered_days": N_("dagen met certificaat"),
    "replaced": N_("vervangen"),
}


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """One value of a line that is not the same; ``name`` is a key of VALUE_LABELS."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line that differs. An amount is None where the line did not exist, and for a right, which has no amount.

    ``reference`` is that of the choice or the contract; ``person`` is empty for a right.
    """

    kind: LineKind
    person: str
    reference: str
    quarter: Quarter | None
    before: Decimal | None
    after: Decimal | None
    values: tuple[ChangedValue, ...]

    @property
    def difference(self) -> Decimal:
        """By how many euro the line moved."""
        return (self.after or Decimal(0)) - (self.before or Decimal(0))


_Key = tuple[LineKind, str, str, Quarter | None]
_Line = tuple[Decimal | None, dict[str, str]]


def changed_lines(before: Compensation, after: Compensation) -> list[ChangedLine]:
    """The lines of which something differs, the largest difference first; rights last."""
    old, new = dict(_lines(before)), dict(_lines(after))
    found = []
    for key in {**old, **new}:
        was, became = old.get(key), new.get(key)
        if was == became:
            continue
        kind, person, reference, quarter = key
        values = _values(was[1] if was else {}, became[1] if became else {})
        found.append(
            ChangedLine(
                kind, person, reference, quarter, was[0] if was else None, became[0] if became else None, values
            )
        )
    return sorted(found, key=lambda line: (line.kind is LineKind.RIGHT, -abs(line.difference)))


def _values(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[ChangedValue, ...]:
    return tuple(
        ChangedValue(name, before.get(name), after.get(name))
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    )


def _lines(outcome: Compensation) -> Iterable[tuple[_Key, _Line]]:
    for line in outcome.premiums:
        shown = _shown(
            effective_time=line.effective_time,
            months=line.months,
            premium_hours=line.premium_hours,
            rates=", ".join(str(rate) for rate in line.rates.values()),
        )
        yield (LineKind.PREMIUM, line.person, line.choice, line.quarter), (line.amount, shown)
    for one in outcome.replacements:
        key = LineKind.REPLACEMENT, one.person, f"{one.contract} {one.qualification}", None
        yield key, (one.amount, _shown(average_fte=one.average_fte, rate=one.rate))
    for right in outcome.rights:
        shown = _shown(hours=right.hours, covered_days=right.covered_days, fte=right.fte, replaced=right.replaced)
        yield (LineKind.RIGHT, "", str(right.quarter), right.quarter), (None, shown)


def _shown(**values: Any) -> dict[str, str]:
    return {name: str(value) for name, value in values.items() if value is not None}
