"""When a calculation may be made (5.1, E-123, E-127, E-128, E-151, T-13), and what a new version changed, by line."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from domain.calendars import BRUSSELS
from domain.ecalcura.calculation_states import CalculationKind
from domain.ecalcura.campaign import PeriodCalendar
from domain.ecalcura.changed_lines import LineKind, changed_lines
from domain.ecalcura.compensation import calculate
from domain.ecalcura.compensation_result import QuarterStatus
from domain.ecalcura.rounds import Remark, Standing, refusal, remarks_of
from tests.unit.domain.compensation.cases import (
    ALL_CLOSED,
    BOTH,
    CARER,
    K1,
    K2,
    K3,
    K4,
    PERIOD,
    case,
    choice,
    contract,
    days,
    hours,
    person,
)

CALENDAR = PeriodCalendar.default(PERIOD)
P = date(2024, 10, 16)
PROVISIONAL = Standing(provisional_on=P)
DEFINITIVE = Standing(provisional_on=P, definitive_on=date(2024, 11, 25))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS)


@pytest.mark.parametrize(
    ("kind", "standing", "at", "code"),
    [
        (CalculationKind.PROVISIONAL, Standing(), "2024-10-15T23:59:59", "E-123"),
        (CalculationKind.PROVISIONAL, Standing(), "2024-10-16T00:00:00", None),
        (CalculationKind.PROVISIONAL, Standing(open_quarters=(K1,)), "2024-10-16T00:00:00", "T-13"),
        (CalculationKind.PROVISIONAL, PROVISIONAL, "2024-11-20T12:00:00", None),
        (CalculationKind.PROVISIONAL, DEFINITIVE, "2024-12-20T12:00:00", "E-151"),
        (CalculationKind.DEFINITIVE, Standing(), "2024-11-25T12:00:00", "E-128"),
        (CalculationKind.DEFINITIVE, PROVISIONAL, "2024-11-16T23:59:59", "E-128"),
        (CalculationKind.DEFINITIVE, PROVISIONAL, "2024-11-17T00:00:00", None),
        (CalculationKind.DEFINITIVE, Standing(P, None, (K1, K2)), "2024-11-17T00:00:00", "T-13"),
        (CalculationKind.DEFINITIVE, DEFINITIVE, "2024-12-20T12:00:00", "E-151"),
        (CalculationKind.RECALCULATION, PROVISIONAL, "2024-12-20T12:00:00", "E-151"),
        (CalculationKind.RECALCULATION, DEFINITIVE, "2024-12-20T12:00:00", None),
        (CalculationKind.CORRECTION, DEFINITIVE, "2024-12-20T12:00:00", None),
        (CalculationKind.CORRECTION, Standing(P, P, (K1,)), "2024-12-20T12:00:00", "T-13"),
        (CalculationKind.ADVANCE_1, Standing(open_quarters=(K1,)), "2024-01-31T12:00:00", None),
    ],
)
def test_when_a_calculation_may_be_made(kind, standing, at, code):
    """E-123, E-127, E-128, E-151; the window of P = 16 October ends on 16 November (N-2); nothing over an open one."""
    refused = refusal(kind, standing, CALENDAR, _moment(at))
    assert (refused and refused.code) == code


def test_the_refusal_names_the_days_and_the_quarters():
    """A message says what to do and until when."""
    window = refusal(CalculationKind.DEFINITIVE, PROVISIONAL, CALENDAR, _moment("2024-11-01T00:00:00"))
    assert "16 november 2024" in str(window)
    assert "17 november 2024" in str(window)
    opened = refusal(CalculationKind.PROVISIONAL, Standing(P, None, (K1, K2)), CALENDAR, _moment("2024-11-01T00:00:00"))
    assert str(opened).startswith("2024K1, 2024K2")


def _household(entries=("65", "65", "65", "65"), statuses=ALL_CLOSED, certificates=BOTH, hours_of=("247",) * 4):
    return case(
        person(contract("nurse"), choice("premium", premium=6)),
        person(contract("senior", qualification=CARER), choice("right", exemption=6)),
        person(contract("carer", "19", replaces="12", qualification=CARER, right=False)),
        performances={"nurse": [days(one) for one in entries], "carer": [hours(one) for one in hours_of]},
        statuses=statuses,
        certificates=certificates,
    )


def test_remarks_of_a_calculation():
    """A-37 (audit), E-129 (does not count) and E-101 (certificate), per quarter."""
    statuses = ALL_CLOSED | {K4: QuarterStatus.AUDIT, K2: QuarterStatus.NEVER_OPENED}
    outcome = calculate(_household(statuses=statuses, certificates=BOTH[:1]))
    missing = [Remark("E-101", quarter) for quarter in (K3, K4, K1, K2)]
    assert remarks_of(outcome) == [
        missing[0],
        Remark("A-37", K4),
        missing[1],
        missing[2],
        Remark("E-129", K2),
        missing[3],
    ]
    assert remarks_of(calculate(_household())) == []


def test_changed_lines_of_a_new_version():
    """E-151: one quarter with fewer days changes that premium only; the largest difference stands first."""
    before, after = calculate(_household()), calculate(_household(entries=("65", "60", "65", "65")))
    assert changed_lines(before, before) == []
    (line,) = changed_lines(before, calculate(_household(entries=("65", None, "65", "65"))))
    assert (line.kind, line.reference, line.quarter, line.after) == (LineKind.PREMIUM, "premium", K4, Decimal("0.00"))
    assert changed_lines(before, after) == []  # 60 of 60 declared days is still full time (L-09)


def test_changed_lines_add_up_to_the_difference_and_name_the_values():
    """Lines that came or went have an amount on one side only; a right has none."""
    before = calculate(_household())
    after = calculate(_household(hours_of=("247", "0", "0", "0")))
    found = changed_lines(before, after)
    assert sum(line.difference for line in found) == after.total - before.total != 0
    replacement = next(line for line in found if line.kind is LineKind.REPLACEMENT)
    assert [value.name for value in replacement.values] == ["average_fte"]
    right = found[-1]
    assert (right.kind, right.before, right.quarter) == (LineKind.RIGHT, None, K2)
    gone = changed_lines(before, calculate(_household(statuses={K3: QuarterStatus.CLOSED})))
    premiums = [line for line in gone if line.kind is LineKind.PREMIUM]
    assert [line.after for line in premiums] == [None, None, None]
