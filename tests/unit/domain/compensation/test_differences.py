"""Why two calculations differ: each cause on its own, several together, over two years; always to the cent (E-002)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendars import quarters_of
from domain.ecalcura.compensation import Case, calculate
from domain.ecalcura.compensation_parameters import CompensationParameters
from domain.ecalcura.compensation_result import Compensation, QuarterStatus
from domain.ecalcura.differences import CAUSE_LABELS, Cause, CauseKind, Effect, compare
from tests.unit.domain.compensation.cases import (
    AGREEMENT,
    ALL_CLOSED,
    AMOUNTS,
    CARER,
    END_OF_CAREER,
    K3,
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
YEAR = {"A": [days("65")] * 4}


def calculated(found: Case) -> tuple[Case, Compensation]:
    return found, calculate(found)


def causes(before: Case, after: Case) -> Mapping[CauseKind, Cause]:
    old, new = calculated(before), calculated(after)
    found = compare(old, new)
    assert sum((one.amount for one in found), D("0.00")) == new[1].total - old[1].total
    return {one.kind: one for one in found}


def euros(before: Case, after: Case) -> dict[CauseKind, Decimal]:
    return {kind: one.amount for kind, one in causes(before, after).items()}


def test_the_same_twice_has_no_cause() -> None:
    assert causes(case(NURSE_A, performances=YEAR), case(NURSE_A, performances=YEAR)) == {}


def test_performances() -> None:
    sick = {"A": [days("65"), days("60", "5"), days("65"), days("65")]}
    found = causes(case(NURSE_A, performances=YEAR), case(NURSE_A, performances=sick))
    (one,) = found.values()
    assert (one.kind, one.amount, one.effects) == (
        CauseKind.PERFORMANCE,
        D("-225.68"),
        (Effect("A", D("-225.68")),),
    )
    assert [(change.person, str(change)) for change in one.changes] == [
        ("A", "2023K4: betaalde en niet-betaalde dagen 65 + 0 → 60 + 5")
    ]


def test_a_quarter_that_starts_to_take_part_brings_all_of_it() -> None:
    """A-37: the quarter was open, with other data than were submitted later."""
    open_k3 = case(
        NURSE_A,
        performances={"A": [None, *[days("65")] * 3]},
        statuses={**ALL_CLOSED, K3: QuarterStatus.OPEN},
    )
    found = causes(open_k3, case(NURSE_A, performances=YEAR))
    assert {kind: one.amount for kind, one in found.items()} == {CauseKind.QUARTERS: D("2930.92")}
    assert str(found[CauseKind.QUARTERS].changes[0]) == "2023K3: Open → Afgesloten"


def test_certificates() -> None:
    """E-101: the certificate came later; the change says how many days count."""
    late = case(NURSE_A, performances=YEAR, certificates=(AGREEMENT, replace(END_OF_CAREER, start=date(2023, 10, 1))))
    found = causes(late, case(NURSE_A, performances=YEAR))
    assert {kind: one.amount for kind, one in found.items()} == {CauseKind.CERTIFICATE: D("2930.92")}
    (change,) = found[CauseKind.CERTIFICATE].changes
    assert str(change) == "2023K3: beide certificaten gelden op 92 van de 92 dagen (was 0)"


def test_a_new_colleague_is_staff_with_the_own_choice_and_performances() -> None:
    second = person(contract("B"), choice("kB", premium=2), reference="B")
    after = case(NURSE_A, second, performances={**YEAR, "B": [days("65")] * 4})
    found = causes(case(NURSE_A, performances=YEAR), after)
    (one,) = found.values()
    assert (one.kind, one.effects) == (CauseKind.STAFF, (Effect("B", D("3907.88")),))
    assert str(one.changes[0]) == "2023K3: nieuw in dit kwartaal"


def test_a_colleague_who_left() -> None:
    second = person(contract("B"), choice("kB", premium=2), reference="B")
    before = case(NURSE_A, second, performances={**YEAR, "B": [days("65")] * 4})
    assert euros(before, case(NURSE_A, performances=YEAR)) == {CauseKind.STAFF: D("-3907.88")}


def test_another_qualification_is_staff() -> None:
    """E-090: no longer a nurse, so no premium."""
    other = person(contract("A", qualification=CARER), choice("kA", premium=6), reference="A")
    assert euros(case(NURSE_A, performances=YEAR), case(other, performances=YEAR)) == {CauseKind.STAFF: D("-11723.68")}


def test_more_hours_of_right() -> None:
    fewer = person(contract("A"), choice("kA", premium=4), reference="A")
    found = causes(case(fewer, performances=YEAR), case(NURSE_A, performances=YEAR))
    assert list(found) == [CauseKind.RIGHT]
    assert str(found[CauseKind.RIGHT].changes[0]) == "2023K3: keuze van 4 uur premie → 6 uur premie"


def test_a_first_choice_brings_the_performances_it_needs() -> None:
    """E-024: without a choice nothing had to be declared, so the entries are no cause of their own."""
    nobody = person(contract("A"), reference="A")
    found = euros(case(nobody), case(NURSE_A, performances=YEAR))
    assert found == {CauseKind.RIGHT: D("11723.68")}


def test_from_full_time_to_part_time_brings_the_hours() -> None:
    """L-08: days become hours; the change of the contract is the cause, not the entry."""
    half = person(contract("A", "19"), choice("kA", premium=6), reference="A")
    after = case(half, performances={"A": [hours("247.00")] * 4})
    assert euros(case(NURSE_A, performances=YEAR), after) == {CauseKind.RIGHT: D("-5861.84")}


def replaced_by(hours_replaced: str) -> Case:
    return case(
        person(contract("b", qualification=CARER), choice("k", exemption=6), reference="B"),
        person(contract("r", "19", qualification=CARER, replaces=hours_replaced, right=False), reference="R"),
        performances={"r": [hours("247.00")] * 4} if hours_replaced != "0" else {},
    )


def test_replacement_hours() -> None:
    found = causes(replaced_by("2"), replaced_by("4"))
    (one,) = found.values()
    assert (one.kind, [effect.person for effect in one.effects]) == (CauseKind.REPLACEMENT, ["R"])
    assert str(one.changes[0]) == "2023K3: uren vervanging EL 2 → 4"


def test_first_replacement_brings_the_performances_it_needs() -> None:
    assert set(euros(replaced_by("0"), replaced_by("4"))) == {CauseKind.REPLACEMENT}


def test_a_choice_falls_on_the_replacer() -> None:
    """What changed and where the euro fell are two people: the right limits the replacement (7.6 step 6)."""
    before = replaced_by("8")
    people = (person(contract("b", qualification=CARER), choice("k", exemption=2), reference="B"),)
    fewer = replace(
        before, quarters=tuple(replace(one, people=people + tuple(one.people[1:])) for one in before.quarters)
    )
    (one,) = causes(before, fewer).values()
    assert one.kind is CauseKind.RIGHT
    assert {change.person for change in one.changes} == {"B"}
    assert [effect.person for effect in one.effects] == ["R"]
    assert one.amount < 0


def test_parameters_tell_the_rates_that_were_used() -> None:
    before, after = case(NURSE_A, performances=YEAR), case(NURSE_A, performances=YEAR)
    rates = {code: rate * 2 for code, rate in AMOUNTS.y1.items()}
    found = causes(before, replace(after, parameters=replace(AMOUNTS, y1=rates)))
    (one,) = found.values()
    assert (one.kind, one.amount) == (CauseKind.PARAMETER, D("11723.68"))
    assert [(change.qualification, str(change)) for change in one.changes] == [
        (NURSE, "Jaarbedrag premie (Y1): € 74.250,00 → € 148.500,00")
    ]


def test_a_rate_only_one_side_knows_is_lent() -> None:
    """L-04: between two good calculations no missing parameter may appear."""
    carer = person(contract("A", qualification=CARER), choice("kA", premium=6, exception=True), reference="A")
    poor, other = CompensationParameters(y1={NURSE: D("100.00")}), CompensationParameters(y1={CARER: D("50.00")})
    before = replace(case(NURSE_A, performances=YEAR), parameters=poor)
    after = replace(case(carer, performances=YEAR), parameters=other)
    assert set(euros(before, after)) == {CauseKind.STAFF, CauseKind.RIGHT}


def test_several_at_once_each_with_its_own_euro() -> None:
    before = case(NURSE_A, performances={"A": [days("65")] * 3 + [days("40", "25")]})
    fewer = person(contract("A"), choice("kA", premium=4), reference="A")
    rates = {code: rate + D("1000.00") for code, rate in AMOUNTS.y1.items()}
    after = case(fewer, performances=YEAR, y1=rates)
    assert list(euros(before, after)) == [CauseKind.RIGHT, CauseKind.PERFORMANCE, CauseKind.PARAMETER]


def test_two_years_are_compared_by_person_and_contract() -> None:
    """The same staff works on; 65 of 65 days and 66 of 66 are the same working time, so nothing differs."""
    after = case(
        NURSE_A,
        performances={"A": [days("66"), days("66"), days("64"), days("65")]},
        period="2024-2025",
        statuses=dict.fromkeys(quarters_of("2024-2025"), QuarterStatus.CLOSED),
    )
    found = causes(case(NURSE_A, performances=YEAR), after)
    assert {kind: one.amount for kind, one in found.items()} == {CauseKind.PERFORMANCE: D("0.00")}


def test_somebody_who_started_last_year_works_all_of_this_year() -> None:
    started = person(contract("A", start="2024-01-01"), choice("kA", premium=6), reference="A")
    before = case(started, performances={"A": [None, None, days("65"), days("65")]})
    after = case(
        started,
        performances={"A": [days("66"), days("66"), days("64"), days("65")]},
        period="2024-2025",
        statuses=dict.fromkeys(quarters_of("2024-2025"), QuarterStatus.CLOSED),
    )
    assert causes(before, after)[CauseKind.STAFF].amount == D("5861.84")


def test_every_kind_has_a_name() -> None:
    assert set(CAUSE_LABELS) == set(CauseKind)


@settings(max_examples=250, deadline=None)
@given(cases(), cases())
def test_causes_add_up_to_the_cent_whatever_differs(before: Case, after: Case) -> None:
    """Any two facilities, years and parameter sets: strangers included, both for the total and for each cause."""
    old, new = calculated(before), calculated(after)
    found = compare(old, new)
    assert sum((one.amount for one in found), D(0)) == new[1].total - old[1].total
    assert [one.kind for one in found] == [kind for kind in CauseKind if kind in {one.kind for one in found}]
    for one in found:
        assert sum((effect.amount for effect in one.effects), D(0)) == one.amount
        assert all(str(change) for change in one.changes)


@settings(max_examples=150, deadline=None)
@given(cases(), st.data())
def test_one_group_differs_then_only_that_cause_has_euro(found: Case, data: st.DataObject) -> None:
    group = data.draw(st.sampled_from(["performances", "status", "certificates", "y1"]))
    if group == "performances":
        quarters = tuple(replace(one, performances={}) for one in found.quarters)
        after, kind = replace(found, quarters=quarters), CauseKind.PERFORMANCE
    elif group == "status":
        quarters = tuple(replace(one, status=QuarterStatus.OPEN) for one in found.quarters)
        after, kind = replace(found, quarters=quarters), CauseKind.QUARTERS
    elif group == "certificates":
        after, kind = replace(found, certificates=()), CauseKind.CERTIFICATE
    else:
        rates = {code: rate + 1000 for code, rate in found.parameters.y1.items()}
        after, kind = replace(found, parameters=replace(found.parameters, y1=rates)), CauseKind.PARAMETER
    assert {one.kind for one in compare(calculated(found), calculated(after)) if one.amount} <= {kind}
