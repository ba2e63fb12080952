"""The working time of a parameter set, as it stands beside the calendar in force."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from domain.ecalcura.performances import DEFAULT_PERFORMANCES
from domain.ecalcura.working_time import read_working_time, write_working_time
from domain.errors import Severity


def test_what_is_written_is_read() -> None:
    changed = replace(
        DEFAULT_PERFORMANCES,
        day_tolerance=Decimal("1.5"),
        hours_factor=Decimal("1.25"),
        incomplete_days_severity=Severity.BLOCKS_SUBMIT,
    )
    assert read_working_time(write_working_time(changed)) == changed
    assert write_working_time(changed) == write_working_time(read_working_time(write_working_time(changed)))


def test_without_a_released_set_the_defaults_hold() -> None:
    assert read_working_time(None) == DEFAULT_PERFORMANCES
