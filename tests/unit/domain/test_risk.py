"""What a case manager should look at first: points with their reasons, and a rough amount."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain.calendars import Quarter
from domain.ecalcura.compensation_parameters import CompensationParameters
from domain.ecalcura.performances import PerformanceEntry, line_of, quarter_norm
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts
from domain.ecalcura.risk import (
    RiskFacts,
    RiskKind,
    RiskLevel,
    RiskReason,
    StakeLine,
    level_of,
    risk_of,
    stake_of,
)

D = Decimal
NORM = quarter_norm(Quarter(2024, 1))
AMOUNTS = CompensationParameters(y1={"VERPLEEGKUNDIGE_BACHELOR": D("74250.00")}, y2={"ZORGKUNDIGE": D("57600.00")})


def kinds(facts: RiskFacts) -> dict[RiskKind, int]:
    return {one.kind: one.points for one in risk_of(facts).reasons}


def test_nothing_to_say_is_no_risk() -> None:
    assert risk_of(RiskFacts()).score == 0
    assert risk_of(RiskFacts(estimate=D(100), usual=D(110))).reasons == []


def test_each_reason_has_its_points_and_its_most() -> None:
    assert kinds(RiskFacts(unexplained=2)) == {RiskKind.UNEXPLAINED: 30}
    assert kinds(RiskFacts(unexplained=9, unusual=9)) == {RiskKind.UNEXPLAINED: 45, RiskKind.UNUSUAL: 24}
    assert kinds(RiskFacts(missing=10, expected=20)) == {RiskKind.MISSING: 15}
    assert kinds(RiskFacts(missing=1, expected=500)) == {RiskKind.MISSING: 1}
    assert kinds(RiskFacts(covered_days=0, days=92)) == {RiskKind.CERTIFICATES: 25}
    assert kinds(RiskFacts(exceptions=1, first=True)) == {RiskKind.FIRST: 15, RiskKind.EXCEPTION: 8}


def test_a_big_swing_of_the_estimate() -> None:
    assert kinds(RiskFacts(estimate=D(1200), usual=D(1000))) == {}
    assert kinds(RiskFacts(estimate=D(1500), usual=D(1000))) == {RiskKind.SWING: 15}
    assert kinds(RiskFacts(estimate=D(9000), usual=D(1000))) == {RiskKind.SWING: 30}
    reason = risk_of(RiskFacts(estimate=D("500.00"), usual=D("1000.00"))).reasons[0]
    assert str(reason.words) == "raming € 500,00 tegenover € 1.000,00 per kwartaal in de vorige berekening (-50 %)"


def test_the_score_stays_within_a_hundred_and_the_heaviest_reason_comes_first() -> None:
    risk = risk_of(RiskFacts(9, 9, 20, 20, 0, 92, exceptions=9, first=True, estimate=D(9000), usual=D(1000)))
    assert risk.score == 100
    assert [one.points for one in risk.reasons] == sorted((one.points for one in risk.reasons), reverse=True)


@pytest.mark.parametrize(
    ("score", "level"),
    [(0, RiskLevel.LOW), (19, RiskLevel.LOW), (20, RiskLevel.MEDIUM), (49, RiskLevel.MEDIUM), (50, RiskLevel.HIGH)],
)
def test_the_level_of_a_score(score: int, level: RiskLevel) -> None:
    assert level_of(score) is level


def test_a_reason_is_kept_and_read_again() -> None:
    reason = risk_of(RiskFacts(missing=3, expected=9)).reasons[0]
    assert RiskReason.read(reason.plain()) == reason
    assert str(reason.words) == "3 van de 9 contractlijnen niet ingevuld"


def test_the_rough_amount_of_a_quarter() -> None:
    """Six premium hours: 74.250 x 6/38 x 3/12; a half-time replacer of 12 hours: 57.600 x 0,5 x 12/19 / 4."""
    nurse = ContractFacts("n", date(2019, 1, 1), None, "LOONTREKKENDE", "VERPLEEGKUNDIGE_BACHELOR", D(38), D(0), True)
    carer = ContractFacts("c", date(2019, 1, 1), None, "LOONTREKKENDE", "ZORGKUNDIGE", D(19), D(12), False)
    choice = ChoiceFacts("k", date(2021, 6, 1), date(2021, 6, 1), None, "55+", 6, 0, False)
    senior = ContractFacts("s", date(2019, 1, 1), None, "STATUTAIR", "ZORGKUNDIGE", D(38), D(0), True)
    exempted = ChoiceFacts("x", date(2021, 6, 1), date(2021, 6, 1), None, "55+", 0, 6, False)
    rows = []
    for person, (contract, choices, entry) in enumerate(
        (
            (nurse, (choice,), PerformanceEntry(D(65), D(0))),
            (carer, (), PerformanceEntry(paid_hours=D("247.00"))),
            (senior, (exempted,), PerformanceEntry()),
        )
    ):
        line = line_of(contract, choices, NORM)
        assert line is not None
        rows.append(StakeLine(person, contract, choices, line, entry))
    assert stake_of(rows[:1], NORM, (91, 91), AMOUNTS) == D("2930.92")
    assert stake_of(rows[1:2], NORM, (91, 91), AMOUNTS) == D("0.00"), "nobody is exempted: nothing to replace"
    assert stake_of(rows[1:], NORM, (91, 91), AMOUNTS) == D("2273.68"), "six hours of right: 6/38 of 57.600 / 4"
    assert stake_of(rows[1:2], NORM, (91, 91), AMOUNTS, "MBE") == D("4547.37"), "the floor of thirteen hours"
    assert stake_of(rows, NORM, (0, 91), AMOUNTS) == D("0.00")
    assert stake_of(rows, NORM, (91, 91), CompensationParameters()) == D("0.00")
