"""Golden test 4: the worked examples of part 7.8, to the cent, with every figure their tables show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from domain.ecalcura.compensation import Case, calculate
from domain.ecalcura.compensation_result import Compensation, QuarterStatus
from tests.unit.domain.compensation.cases import (
    AGREEMENT,
    ALL_CLOSED,
    CARER,
    END_OF_CAREER,
    K1,
    K2,
    K3,
    K4,
    PHYSIO,
    case,
    choice,
    contract,
    days,
    hours,
    person,
)

D = Decimal


def two_premiums() -> Case:
    return case(
        person(contract("A"), choice("kA", premium=6)),
        person(contract("B", "28.5"), choice("kB", premium=2, start="2024-02-01")),
        performances={
            "A": [days("65"), days("60", "5"), days("65"), days("40", "25")],
            "B": [None, None, hours("370.50"), hours("355.00")],
        },
    )


def replacement_above_the_right() -> Case:
    return case(
        person(contract("b1", qualification="MAATSCHAPPELIJK_ASSISTENT"), choice("k1", exemption=6)),
        person(contract("b2", "19", qualification="ERGOTHERAPEUT"), choice("k2", exemption=4)),
        person(contract("nurse", replaces="5"), choice("k3", exemption=2, start="2023-11-01")),
        person(contract("carer", "19", replaces="12", qualification=CARER)),
        performances={
            "carer": [hours("247.00"), hours("240.00"), hours("247.00"), hours("247.00")],
            "nurse": [days("65"), days("65"), days("50", "15"), days("65")],
        },
    )


def thirteen_hours(**changes: object) -> Case:
    found = case(
        person(contract("b1", qualification=PHYSIO), choice("k1", exemption=4)),
        person(contract("r1", "13", replaces="13", start="2023-09-01", qualification=PHYSIO)),
        performances={"r1": [hours("54.60"), hours("169.00"), hours("169.00"), hours("150.80")]},
        sector="REVALIDATIE",
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def test_example_1_two_premiums() -> None:
    outcome = calculate(two_premiums())
    assert [
        (line.choice, line.quarter, line.effective_time, line.months, line.amount) for line in outcome.premiums
    ] == [
        ("kA", K3, D("1.000"), D("3.000"), D("2930.92")),
        ("kA", K4, D("0.923"), D("3.000"), D("2705.24")),
        ("kA", K1, D("1.000"), D("3.000"), D("2930.92")),
        ("kA", K2, D("0.615"), D("3.000"), D("1802.52")),
        ("kB", K1, D("0.750"), D("2.000"), D("488.49")),
        ("kB", K2, D("0.719"), D("3.000"), D("702.44")),
    ]
    assert (outcome.premium_total, outcome.replacement_total, outcome.total) == (
        D("11560.53"),
        D("0.00"),
        D("11560.53"),
    )


def test_example_2_replacement_above_the_right_is_limited() -> None:
    outcome = calculate(replacement_above_the_right())
    assert [right.hours for right in outcome.rights] == [D("8.000"), D("9.333"), D("10.000"), D("10.000")]
    assert [right.fte for right in outcome.rights] == [D("0.211"), D("0.246"), D("0.263"), D("0.263")]
    nurse, carer = outcome.replacements
    assert list(carer.quarters.values()) == [D("0.316"), D("0.307"), D("0.316"), D("0.316")]
    assert list(nurse.quarters.values()) == [D("0.132"), D("0.132"), D("0.101"), D("0.132")]
    assert (carer.average_fte, nurse.average_fte) == (D("0.314"), D("0.124"))
    assert (outcome.right_fte, outcome.replacement_fte) == (D("0.246"), D("0.438"))
    assert outcome.limit_factor == D("0.561643835616")
    assert (carer.amount, nurse.amount, outcome.total) == (D("10158.12"), D("5171.05"), D("15329.17"))


def test_example_2_without_a_limit() -> None:
    from domain.ecalcura.compensation_parameters import LimitLevel

    found = replacement_above_the_right()
    free = replace(found, parameters=replace(found.parameters, limit_level=LimitLevel.NONE))
    assert [line.amount for line in calculate(free).replacements] == [D("9207.00"), D("18086.40")]


def test_example_3_the_floor_of_thirteen_hours() -> None:
    outcome = calculate(thirteen_hours())
    assert all(right.floor_applied and right.fte == D("0.342") for right in outcome.rights)
    assert outcome.replacements[0].average_fte == D("0.275")
    assert (outcome.right_fte, outcome.limit_factor, outcome.total) == (D("0.342"), 1, D("19635.00"))


def test_example_3_without_the_floor() -> None:
    outcome = calculate(thirteen_hours(sector="PVT"))
    assert (outcome.right_fte, outcome.total) == (D("0.105"), D("7497.00"))


def test_example_3b_a_certificate_from_october() -> None:
    """Golden test 5: the floor is there in each quarter, the certificate takes the first one away."""
    late = replace(END_OF_CAREER, start=date(2023, 10, 1))
    outcome = calculate(thirteen_hours(certificates=(AGREEMENT, late)))
    assert [right.certificate_share for right in outcome.rights] == [D("0.000000"), 1, 1, 1]
    assert (outcome.right_fte, outcome.replacement_fte) == (D("0.257"), D("0.247"))
    assert outcome.total == D("17635.80")


def test_example_3c_without_the_social_agreement_nothing() -> None:
    """Golden test 5; E-100 to E-102."""
    assert calculate(thirteen_hours(certificates=(END_OF_CAREER,))).total == D("0.00")


def test_example_5_a_quarter_is_never_prorated_twice() -> None:
    found = case(
        person(contract("A", start="2024-02-12"), choice("kA", premium=2)),
        performances={"A": [None, None, days("30", "5"), None]},
        statuses={**ALL_CLOSED, K2: QuarterStatus.NEVER_OPENED},
    )
    outcome = calculate(found)
    (line,) = outcome.premiums
    worked = next(one for one in outcome.worked if one.quarter == K1)
    assert (worked.possible_days, worked.norm_days, worked.density, worked.fte) == (35, 65, D("0.857"), D("0.462"))
    assert (line.effective_time, line.months, line.amount) == (D("0.857"), D("1.621"), D("452.40"))


def test_example_6_a_split_contract() -> None:
    """E-077: the hours under the other function add nothing."""
    found = case(
        person(
            contract("nurse", "19"),
            contract("other", "19", qualification="ANDERE_A1", right=False),
            choice("k", premium=4),
        ),
        performances={"nurse": [hours("247.00"), None, None, None], "other": [hours("247.00"), None, None, None]},
        statuses={K3: QuarterStatus.CLOSED},
    )
    assert calculate(found).total == D("976.97")


@pytest.mark.parametrize("make", [two_premiums, replacement_above_the_right, thirteen_hours])
def test_the_total_is_the_sum_of_its_lines(make: object) -> None:
    outcome: Compensation = calculate(make())  # type: ignore[operator]
    assert outcome.premium_total == sum((line.amount for line in outcome.premiums), D(0))
    assert outcome.replacement_total == sum((line.amount for line in outcome.replacements), D(0))
    assert outcome.total == outcome.premium_total + outcome.replacement_total


def test_older_parameters_give_the_older_amount_again() -> None:
    """Golden test 4: recomputation with an old version gives the old result."""
    old, found = calculate(two_premiums()), two_premiums()
    indexed = replace(found.parameters, y1={code: rate * 2 for code, rate in found.parameters.y1.items()})
    assert calculate(replace(found, parameters=indexed)).total != old.total
    assert calculate(replace(found, parameters=found.parameters)) == old
