"""Every parameter of a reference period, and the way between that list and the content.

The back office shows and edits exactly this list; a value that is not in it cannot be changed by anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.calendars import quarters_of
from domain.ecalcura.campaign import PeriodCalendar
from domain.ecalcura.compensation_parameters import CompensationParameters
from domain.ecalcura.parameter_amounts import AMOUNT_PARAMETERS
from domain.ecalcura.parameter_content import Advance, Indexation, ParameterContent, Texts
from domain.ecalcura.parameter_dates import CALENDAR_PARAMETERS, MONEY_PARAMETERS
from domain.ecalcura.parameter_words import GROUP_LABELS, Group, Parameter
from domain.ecalcura.performances import PerformanceParameters
from domain.ecalcura.personnel import RightsParameters

__all__ = ["BY_NAME", "GROUP_LABELS", "PARAMETERS", "Group", "Parameter", "content_of", "values"]

PARAMETERS: tuple[Parameter, ...] = (*CALENDAR_PARAMETERS, *AMOUNT_PARAMETERS, *MONEY_PARAMETERS)
BY_NAME: Mapping[str, Parameter] = {one.name: one for one in PARAMETERS}


def values(content: ParameterContent) -> dict[str, Any]:
    """Every parameter by name, as its kind holds it."""
    return {one.name: _held(content, one.paths[0]) for one in PARAMETERS}


def content_of(reference_period: str, held: Mapping[str, Any]) -> ParameterContent:
    """The content of a period from its values by name, all of them; InvalidValue on a malformed period."""
    quarters = quarters_of(reference_period)
    parts: dict[str, dict[str, Any]] = {}
    for parameter in PARAMETERS:
        for path in parameter.paths:
            part, attribute = path.rsplit(".", 1)
            parts.setdefault(part, {})[attribute] = held[parameter.name]
    return ParameterContent(
        calendar=PeriodCalendar(
            reference_period=reference_period,
            starts_on=quarters[0].start,
            ends_on=quarters[3].end,
            **parts["calendar"],
        ),
        compensation=CompensationParameters(**parts["compensation"]),
        performances=PerformanceParameters(**parts["performances"]),
        rights=RightsParameters(**parts["rights"]),
        advances=(Advance(**parts["advances.0"]), Advance(**parts["advances.1"])),
        index=Indexation(**parts["index"]),
        texts=Texts(**parts["texts"]),
    )


def _held(content: ParameterContent, path: str) -> Any:
    found: Any = content
    for step in path.split("."):
        found = found[int(step)] if step.isdigit() else getattr(found, step)
    return found
