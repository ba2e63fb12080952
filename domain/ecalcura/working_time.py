"""The parameters of the performance screen as a short text, kept with the calendar in force of a reference period."""

from __future__ import annotations

import json
from dataclasses import fields
from decimal import Decimal
from functools import lru_cache

from domain.ecalcura.performances import DEFAULT_PERFORMANCES, PerformanceParameters
from domain.errors import Severity


def write_working_time(parameters: PerformanceParameters) -> str:
    """JSON with one text per parameter; the same parameters are the same text."""
    return json.dumps(
        {one.name: str(getattr(parameters, one.name)) for one in fields(PerformanceParameters)}, sort_keys=True
    )


@lru_cache(maxsize=64)
def read_working_time(text: str | None) -> PerformanceParameters:
    """The parameters of a text; the defaults when there is none, because nothing was released yet."""
    if text is None:
        return DEFAULT_PERFORMANCES
    held = json.loads(text)
    return PerformanceParameters(
        full_time_hours=Decimal(held["full_time_hours"]),
        hours_per_day=Decimal(held["hours_per_day"]),
        day_tolerance=Decimal(held["day_tolerance"]),
        hours_factor=Decimal(held["hours_factor"]),
        incomplete_days_severity=Severity(held["incomplete_days_severity"]),
    )
