"""Estimates and simulations: what is missing, how a year goes on, and what a change would do (E-002)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendars import Quarter
from domain.ecalcura import estimate, scenario
from domain.ecalcura.compensation import Case, Person, calculate
from domain.ecalcura.compensation_result import QuarterStatus
from domain.ecalcura.estimate import GapKind
from domain.ecalcura.performances import PerformanceEntry, contract_days, quarter_norm
from domain.ecalcura.scenario import ChoiceChange, ContractChange, EndOfContract, Hiring
from domain.errors import InvalidValue
from tests.unit.domain.compensation.cases import (
    AGREEMENT,
    ALL_CLOSED,
    CARER,
    END_OF_CAREER,
    K1,
    K2,
    K3,
    K4,
    NURSE,
    case,
    choice,
    contract,
    days,
    hours,
    person,
)
from tests.unit.domain.compensation.test_against_day_by_day import cases

D = Decimal
NURSE_A = person(contract("A"), choice("kA", premium=6), reference="A")
FULL = {"A": [days("65")] * 4}
OPEN = {K3: QuarterStatus.CLOSED, K4: QuarterStatus.OPEN, K1: QuarterStatus.OPEN, K2: QuarterStatus.NEVER_OPENED}


def entry_of(found: Case, quarter: Quarter, reference: str = "A") -> PerformanceEntry:
    return next(one for one in found.quarters if one.quarter == quarter).performances[reference]


def person_in(found: Case, quarter: Quarter, reference: str = "A") -> Person:
    basis = next(one for one in found.quarters if one.quarter == quarter)
    return next(one for one in basis.people if one.reference == reference)


def test_what_is_missing_is_told_by_quarter() -> None:
    """E-110, E-114, E-100: the dossier, the lines, the certificate; what has not begun is only that."""
    late = replace(END_OF_CAREER, start=date(2023, 10, 1))
    found = case(
        NURSE_A, performances={"A": [days("65"), None, None, None]}, statuses=OPEN, certificates=(AGREEMENT, late)
    )
    missing = estimate.gaps(found, {K4, K1}, {K3, K4, K1}, date(2024, 4, 2))
    assert [(gap.kind, gap.quarter, gap.count) for gap in missing] == [
        (GapKind.CERTIFICATE, K3, 0),
        (GapKind.NOT_SUBMITTED, K4, 0),
        (GapKind.PERFORMANCES, K4, 1),
        (GapKind.NOT_SUBMITTED, K1, 0),
        (GapKind.PERFORMANCES, K1, 1),
        (GapKind.NOT_OPENED, K2, 0),
    ]
    early = estimate.gaps(found, set(), {K3}, date(2023, 9, 30))
    assert [gap.kind for gap in early[1:]] == [GapKind.NOT_BEGUN] * 3


def test_the_rest_of_the_year_goes_on_as_the_last_quarter_that_was_entered() -> None:
    found = case(NURSE_A, performances={"A": [days("60", "5"), None, days("65"), None]}, statuses=OPEN)
    whole = estimate.continued(found, {K4, K1, K2})
    assert entry_of(whole, K4) == days("60", "5")
    assert entry_of(whole, K1) == days("65")
    assert entry_of(whole, K2) == days("65")
    assert all(one.status is QuarterStatus.CLOSED for one in whole.quarters)
    assert calculate(whole).total == D("2705.24") * 2 + D("2930.92") * 2


def test_who_never_had_an_entry_works_everything() -> None:
    part = person(contract("P", "19"), choice("kP", premium=2), reference="P")
    whole = estimate.continued(case(NURSE_A, part, statuses=dict.fromkeys(OPEN, QuarterStatus.OPEN)), set(OPEN))
    assert entry_of(whole, K3) == days("65")
    assert entry_of(whole, K3, "P") == hours("247.00")


def test_what_was_entered_is_never_touched() -> None:
    found = case(NURSE_A, performances={"A": [days("1", "64")] * 4}, statuses=dict.fromkeys(OPEN, QuarterStatus.OPEN))
    assert [entry_of(estimate.continued(found, set(OPEN)), quarter) for quarter in OPEN] == [days("1", "64")] * 4


def test_hours_and_days_become_each_other() -> None:
    """L-08: a contract of 38 hours counts days, any other hours; the same work stays the same share."""
    full, half = contract("A"), contract("A", "19")
    found = case(NURSE_A)
    assert estimate.for_hours(days("60", "5"), full, half, 65, found) == hours("228.00")
    assert estimate.for_hours(hours("228.00"), half, full, 65, found) == days("60", "5")
    assert estimate.for_hours(hours("100.00"), half, contract("A", "9.5"), 65, found) == hours("50.00")
    assert estimate.for_hours(PerformanceEntry(), full, half, 65, found).is_empty


CHANGES = [
    ContractChange("abc-_1", Quarter(2024, 1), D("19.50"), D("12.00")),
    ChoiceChange("p1", Quarter(2023, 4), 0, 6),
    EndOfContract("c1", date(2024, 3, 31)),
    Hiring(CARER, date(2023, 9, 1), None, D("38.00"), D("38.00")),
    Hiring(CARER, date(2023, 9, 1), date(2024, 1, 31), D("0.50"), D("0.50")),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_reads_back_from_its_code(change: scenario.Adjustment) -> None:
    assert scenario.read([change.code]) == (change,)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "x.1",
        "c.abc.2024K5.1900.1200",
        "c.abc.2024K1.1900.2000",
        "c.abc.2024K1.0.0",
        "c.abc.2024K1.9900.0",
        "e.abc.20240231",
        "n.ZORGKUNDIGE.20240201.20240101.1900.1900",
        "k.p1.2024K1.6",
        "c.../../etc.2024K1.1900.0",
    ],
)
def test_a_code_somebody_made_up_is_refused(code: str) -> None:
    with pytest.raises(InvalidValue):
        scenario.read([code])


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(InvalidValue):
        assert scenario.read([text])[0].code


def test_a_scenario_has_an_end() -> None:
    with pytest.raises(InvalidValue) as refused:
        scenario.read([CHANGES[0].code] * (scenario.MOST + 1))
    assert "20" in str(refused.value)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (replace(CHANGES[0], hours=D("38.01")), "hours"),
        (replace(CHANGES[0], replacement_hours=D("19.51")), "replacement_hours"),
        (replace(CHANGES[4], ends_on=date(2023, 8, 31)), "ends_on"),
    ],
)
def test_a_change_that_cannot_be_names_its_field(change: scenario.Adjustment, field: str) -> None:
    """E-072: replacement is part of the hours."""
    with pytest.raises(InvalidValue) as refused:
        scenario.check(change)
    assert refused.value.field == field


def test_other_hours_from_a_quarter_on() -> None:
    found = scenario.applied(case(NURSE_A, performances=FULL), [ContractChange("A", K1, D("19.00"), D(0))])
    assert [one.hours for one in person_in(found, K4).contracts] == [D(38)]
    assert [one.hours for one in person_in(found, K1).contracts] == [D(19)]
    assert entry_of(found, K1) == hours("247.00")
    assert calculate(found).premiums[2].effective_time == D("0.500")


def test_another_choice_replaces_the_one_before() -> None:
    found = scenario.applied(case(NURSE_A, performances=FULL), [ChoiceChange("A", K1, 2, 4)])
    lines = calculate(found)
    assert [line.premium_hours for line in lines.premiums] == [6, 6, 2, 2]
    assert [line.exemption_hours for line in lines.right_lines] == [4, 4]
    gone = scenario.applied(case(NURSE_A, performances=FULL), [ChoiceChange("A", K1, 0, 0)])
    assert [line.quarter for line in calculate(gone).premiums] == [K3, K4]


def test_two_choices_after_each_other() -> None:
    changes = [ChoiceChange("A", K4, 4, 0), ChoiceChange("A", K2, 2, 0), ChoiceChange("A", K2, 0, 6)]
    lines = calculate(scenario.applied(case(NURSE_A, performances=FULL), changes))
    assert [line.premium_hours for line in lines.premiums] == [6, 4, 4]
    assert [line.exemption_hours for line in lines.right_lines] == [6]


def test_a_first_premium_comes_with_full_performances() -> None:
    """E-024: nothing had to be declared before, so nothing is there."""
    found = scenario.applied(case(person(contract("A"), reference="A")), [ChoiceChange("A", K3, 6, 0)])
    assert calculate(found).total == D("2930.92") * 4


def test_a_contract_that_ends() -> None:
    found = scenario.applied(case(NURSE_A, performances=FULL), [EndOfContract("A", date(2023, 11, 30))])
    lines = calculate(found).premiums
    assert [(line.quarter, line.months) for line in lines] == [(K3, D("3.000")), (K4, D("2.000"))]
    assert entry_of(found, K4) == days("44")


def test_a_new_replacer_works_all_hours_while_the_contract_runs() -> None:
    people = person(contract("b", qualification=CARER), choice("k", exemption=6), reference="B")
    found = scenario.applied(case(people), [Hiring(CARER, date(2023, 10, 1), None, D("19.00"), D("19.00"))])
    (line,) = calculate(found).replacements
    assert (line.person, list(line.quarters.values())) == ("nieuw-1", [D("0.000"), *[D("0.500")] * 3])
    norm = quarter_norm(K4)
    hired = person_in(found, K4, "nieuw-1").contracts[0]
    assert contract_days(hired, norm) == norm.days


def test_only_quarters_that_take_part_change() -> None:
    found = case(NURSE_A, performances=FULL, statuses={**ALL_CLOSED, K1: QuarterStatus.OPEN})
    changed = scenario.applied(found, [ContractChange("A", K3, D("19.00"), D(0))])
    assert person_in(changed, K1).contracts[0].hours == 38


def test_a_change_about_nobody_changes_nothing() -> None:
    found = case(NURSE_A, performances=FULL)
    nobody = [ContractChange("x", K3, D(19), D(0)), ChoiceChange("x", K3, 2, 0), EndOfContract("x", date(2023, 8, 1))]
    assert calculate(scenario.applied(found, nobody)) == calculate(found)


@settings(max_examples=150, deadline=None)
@given(cases(), st.data())
def test_any_change_of_any_facility_can_be_computed(found: Case, data: st.DataObject) -> None:
    """No simulation ends in an error: whatever is changed, on whatever data."""
    people = [one for basis in found.quarters for one in basis.people]
    contracts = [one.reference for person in people for one in person.contracts]
    quarter = data.draw(st.sampled_from([basis.quarter for basis in found.quarters]))
    day = data.draw(st.dates(quarter.start, quarter.end))
    changes = data.draw(
        st.lists(
            st.sampled_from(
                [
                    ContractChange(contracts[0], quarter, D("19.00"), D("12.00")),
                    ContractChange(contracts[-1], quarter, D("38.00"), D(0)),
                    ChoiceChange(people[0].reference, quarter, 6, 2),
                    EndOfContract(contracts[0], day),
                    Hiring(NURSE, day, None, D("38.00"), D("20.00")),
                ]
            ),
            max_size=4,
        )
    )
    live = {basis.quarter for basis in found.quarters if not basis.status.takes_part}
    changed = scenario.applied(estimate.continued(found, live), changes)
    assert calculate(changed).total >= 0
