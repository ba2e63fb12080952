"""The four reports of E-145, in the order they are shown."""

from __future__ import annotations

from domain.calendars import Quarter, quarters_of
from domain.errors import InvalidValue, NotFound
from services.ecalcura.reports.choices import CHOICES
from services.ecalcura.reports.equivalents import EQUIVALENTS
from services.ecalcura.reports.performances import PERFORMANCES
from services.ecalcura.reports.replacers import REPLACERS
from services.ecalcura.reports.table import Definition, PeriodKind

DEFINITIONS: dict[str, Definition] = {one.code: one for one in (PERFORMANCES, EQUIVALENTS, CHOICES, REPLACERS)}


def period_kind(period: str) -> PeriodKind:
    """Whether ``2024K1`` or ``2023-2024`` was asked; NotFound for anything else."""
    quarters_in(period)
    return PeriodKind.QUARTER if "K" in period else PeriodKind.REFERENCE_PERIOD


def quarters_in(period: str) -> tuple[Quarter, ...]:
    """The quarters a period is about, oldest first; NotFound when it is no period of this century."""
    if not period.startswith("20"):
        raise NotFound
    try:
        return (Quarter.parse(period),) if "K" in period else quarters_of(period)
    except InvalidValue:
        raise NotFound from None


def definition_of(code: str, period: str) -> Definition:
    """The report with this code, when it is about this kind of period; NotFound otherwise."""
    found = DEFINITIONS.get(code)
    if found is None or found.period_kind is not period_kind(period):
        raise NotFound
    return found


def offered(period: str) -> list[Definition]:
    """The reports about this kind of period."""
    kind = period_kind(period)
    return [one for one in DEFINITIONS.values() if one.period_kind is kind]
