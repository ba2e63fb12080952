"""How a quarter is called on a page."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext

from domain.calendars import Quarter
from domain.errors import N_

_ORDINALS = {1: N_("1ste kwartaal"), 2: N_("2de kwartaal"), 3: N_("3de kwartaal"), 4: N_("4de kwartaal")}


def quarter_name(quarter: Quarter) -> str:
    """``3de kwartaal 2026``."""
    return f"{gettext(_ORDINALS[quarter.number])} {quarter.year}"


def quarter_ranges(quarters: Iterable[Quarter]) -> list[str]:
    """Quarters in words, those that follow each other as one: ``3de kwartaal 2023 tot en met 1ste kwartaal 2024``."""
    ranges: list[tuple[Quarter, Quarter]] = []
    for quarter in sorted(quarters):
        if ranges and ranges[-1][1].next() == quarter:
            ranges[-1] = (ranges[-1][0], quarter)
        else:
            ranges.append((quarter, quarter))
    return [
        quarter_name(first)
        if first == last
        else gettext("%(first)s tot en met %(last)s", first=quarter_name(first), last=quarter_name(last))
        for first, last in ranges
    ]
