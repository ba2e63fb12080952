"""Why this amount: formulas recomputed from what is printed, sums from their parts, every reason told (E-002)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from domain.ecalcura.certificates import CertificateFacts
from domain.ecalcura.compensation import Case, calculate
from domain.ecalcura.compensation_parameters import FullTimeMethod, LimitLevel, MonthMethod
from domain.ecalcura.compensation_result import Compensation, QuarterStatus
from domain.ecalcura.explained_steps import Mark, Names, Step, Unit
from domain.ecalcura.explanation import explain
from tests.unit.domain.compensation import printed_formulas
from tests.unit.domain.compensation.cases import (
    AGREEMENT,
    ALL_CLOSED,
    CARER,
    END_OF_CAREER,
    K1,
    K2,
    K3,
    NURSE,
    PHYSIO,
    case,
    choice,
    contract,
    days,
    hours,
    person,
)
from tests.unit.domain.compensation.test_against_day_by_day import cases
from tests.unit.domain.compensation.test_worked_examples import (
    replacement_above_the_right,
    thirteen_hours,
    two_premiums,
)

D = Decimal
FULL = [days("65")] * 4


def explained(found: Case, names: Names | None = None) -> Step:
    return explain(calculate(found), found, names or Names())


def sentences(step: Step) -> list[str]:
    return [str(one.sentence) for one in step.walk()]


def at(step: Step, key: str) -> Step:
    found = step.find(key)
    assert found is not None, [one.key for one in step.walk()]
    return found


def verify(root: Step, outcome: Compensation) -> None:
    """What must hold for any tree."""
    assert [key for key, times in Counter(step.key for step in root.walk()).items() if times > 1] == []
    for step in root.walk():
        assert all((str(step.title), str(step.sentence), step.rule)), step.key
        assert "{" not in str(step.sentence)
        if step.formula is not None:
            printed_formulas.check(step.formula.text)
            if step.value is not None and step.unit is not Unit.SHARE:
                assert printed_formulas.amount(step.formula.outcome) == step.value, step.key
        if step.adds_up:
            parts = [one.value for one in step.children if one.unit is step.unit and one.value is not None]
            assert sum(parts, D(0)) == step.value, step.key
    assert root.value == outcome.total
    assert at(root, "premies").value == outcome.premium_total
    assert at(root, "vervangers").value == outcome.replacement_total
    for line in outcome.premiums:
        step = at(root, f"premies.{line.person}.{line.choice}.{line.quarter}".replace(" ", "_"))
        assert step.value == line.amount
        assert (step.formula is None) == (not line.rates)
    for replaced in outcome.replacements:
        key = f"vervangers.{replaced.person}.{replaced.contract}.{replaced.qualification}".replace(" ", "_")
        step = at(root, key)
        assert step.value == replaced.amount
        assert (step.formula is None) == (replaced.rate is None)
        assert at(root, f"{key}.gemiddelde").formula is not None
    if outcome.replacements or outcome.right_lines:
        assert at(root, "recht").value == outcome.right_fte
        for right in outcome.rights:
            assert at(root, f"recht.{right.quarter}").value == (right.fte if right.status.takes_part else None)
    for hours_line in outcome.right_lines:
        step = at(root, f"recht.{hours_line.quarter}.uren.{hours_line.choice}")
        assert (step.value, step.formula is not None) == (hours_line.hours, True)


EXAMPLES: dict[str, Any] = {
    "1": two_premiums,
    "2": replacement_above_the_right,
    "2 not limited": lambda: _with(replacement_above_the_right(), limit_level=LimitLevel.NONE),
    "2 per quarter": lambda: _with(replacement_above_the_right(), limit_level=LimitLevel.QUARTER),
    "3": thirteen_hours,
    "3 without the floor": lambda: thirteen_hours(sector="PVT"),
    "3b": lambda: thirteen_hours(certificates=(AGREEMENT, replace(END_OF_CAREER, start=date(2023, 10, 1)))),
    "3c": lambda: thirteen_hours(certificates=(END_OF_CAREER,)),
    "5": lambda: case(
        person(contract("A", start="2024-02-12"), choice("kA", premium=2)),
        performances={"A": [None, None, days("30", "5"), None]},
        statuses={**ALL_CLOSED, K2: QuarterStatus.NEVER_OPENED},
    ),
    "6": lambda: case(
        person(
            contract("nurse", "19"),
            contract("other", "19", qualification="ANDERE_A1", right=False),
            choice("k", premium=4),
        ),
        performances={"nurse": [hours("247.00"), None, None, None]},
        statuses={K3: QuarterStatus.CLOSED},
    ),
}


def _with(found: Case, **parameters: Any) -> Case:
    return replace(found, parameters=replace(found.parameters, **parameters))


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_formula_of_the_worked_examples_gives_what_is_printed(name: str) -> None:
    found = EXAMPLES[name]()
    verify(explained(found), calculate(found))


@settings(max_examples=300, deadline=None)
@given(cases())
def test_every_formula_of_any_facility_gives_what_is_printed(found: Case) -> None:
    outcome = calculate(found)
    verify(explain(outcome, found), outcome)


def test_example_1_as_the_clerk_reads_it() -> None:
    names = Names({"person of A": "Peeters An"}, {NURSE: "Verpleegkundige bachelor (niveau 6)"})
    root = explained(two_premiums(), names)
    assert str(root.sentence) == "€ 11.560,53 premies en € 0,00 voor vervangers geven samen € 11.560,53."
    nurse = at(root, "premies.person_of_A")
    assert (str(nurse.title), str(nurse.sentence)) == ("Peeters An", "Premie in 4 kwartalen, samen € 10.369,60.")
    line = at(nurse, "premies.person_of_A.kA.2023K4")
    assert line.formula is not None
    assert line.formula.text == "74.250,00 × 6/38 × 0,923 × 3,000/12 = 2.705,24013… → € 2.705,24"
    assert sentences(line)[1:] == [
        (
            "Voor Verpleegkundige bachelor (niveau 6) is het jaarbedrag van de premie € 74.250,00 in de parameters "
            "van 2023-2024."
        ),
        "De keuze 55+ die begint op 1 januari 2020 geeft 6 uur premie per week bij een voltijdse betrekking.",
        "60 betaalde dagen op 65 aangegeven dagen geeft een effectieve arbeidstijd van 0,923.",
        "Het recht geldt heel het 2023K4: 3,000 maanden.",
        "2.705,24013… wordt afgerond op de cent, vanaf een halve cent naar boven: € 2.705,24.",
    ]


def test_a_right_that_begins_later_tells_which_days_count() -> None:
    line = at(explained(two_premiums()), "premies.person_of_B.kB.2024K1")
    assert "In het 2024K1 telt februari 29 van 29 dagen en maart 31 van 31 dagen: samen 2,000 maanden." in sentences(
        line
    )
    assert "De keuze begint op 1 februari 2024." in sentences(line)


def test_limited_by_the_right() -> None:
    """7.6 step 6: f with its numbers, and on each replacer."""
    root = explained(replacement_above_the_right())
    limit = at(root, "aftopping")
    assert limit.mark is Mark.LIMITED
    assert str(limit.sentence) == (
        "Het recht (0,246) is kleiner dan de vervanging (0,438): van elke vervanger telt 56,16 %."
    )
    assert limit.formula is not None
    assert limit.formula.text == "0,246/0,438 = 0,56164…"
    carer = at(root, f"vervangers.person_of_carer.carer.{CARER}")
    assert carer.formula is not None
    assert carer.formula.text == "57.600,00 × 0,314 × 0,246/0,438 = 10.158,11506… → € 10.158,12"
    assert carer.mark is Mark.LIMITED


def test_a_right_above_the_replacement_says_so() -> None:
    limit = at(explained(thirteen_hours()), "aftopping")
    assert (str(limit.sentence), limit.mark) == (
        "Het recht (0,342) dekt de vervanging (0,275) volledig: er wordt niets afgetopt.",
        None,
    )


def test_the_floor_of_thirteen_hours() -> None:
    """E-092, E-093."""
    floor = at(explained(thirteen_hours()), "recht.2023K3.ondergrens")
    assert (floor.mark, floor.rule) == (Mark.FLOOR, "E-093")
    assert str(floor.sentence) == (
        "De 4,000 uren liggen onder de ondergrens van 13 uur voor deze sector: er wordt met 13 uur gerekend."
    )


def test_a_certificate_that_came_later() -> None:
    """E-101: which one, from when, and what it does to the quarter."""
    root = explained(EXAMPLES["3b"]())
    told = sentences(at(root, "certificaten"))
    assert told[0] == "De certificaten gelden niet op elke dag: dat verlaagt het bedrag."
    assert "Beide certificaten gelden samen op 0 van de 92 dagen van het 2023K3." in told
    assert "Attest eindeloopbaan: telt vanaf 1 oktober 2023." in told
    assert at(root, "recht.2023K3").mark is Mark.NOTHING


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (EXAMPLES["3c"](), "Het Attest sociaal akkoord ontbreekt."),
        (
            thirteen_hours(certificates=()),
            "Er is geen enkel certificaat aangegeven.",
        ),
        (
            case(person(contract("A"), choice("k", premium=6)), statuses={}),
            "Geen enkel kwartaal telt mee, omdat er geen ingediend of afgesloten is.",
        ),
        (
            case(person(contract("A"))),
            "Er zijn geen keuzes met uren premie en geen contracten met uren vervanging EL.",
        ),
        (
            case(person(contract("A"), choice("k", premium=6))),
            "Voor de contracten die meetellen zijn geen prestaties aangegeven.",
        ),
        (
            case(person(contract("A", qualification=CARER), choice("k", premium=6)), performances={"A": FULL}),
            "Bekijk hieronder per onderdeel waarom.",
        ),
    ],
)
def test_zero_says_why(found: Case, reason: str) -> None:
    """E-100 to E-102, E-129."""
    root = explained(found)
    assert (root.value, root.mark) == (D("0.00"), Mark.NOTHING)
    assert str(root.sentence) == f"De tegemoetkoming is € 0,00. {reason}"


def _premium(found: Case) -> Step:
    return at(explained(found), "premies.person_of_A.k.2023K3")


def test_no_premium_because_the_quarter_takes_no_part() -> None:
    """A-37, E-129: in the person's own list and among the quarters."""
    found = case(
        person(contract("A"), choice("k", premium=6)),
        performances={"A": FULL},
        statuses={**ALL_CLOSED, K3: QuarterStatus.OPEN},
    )
    root = explained(found)
    step = at(root, "premies.person_of_A.2023K3")
    assert (step.mark, str(step.sentence)) == (
        Mark.LEFT_OUT,
        "Het 2023K3 telt niet mee: het dossier staat op 'Open'.",
    )
    assert str(at(root, "kwartalen").sentence) == "3 van de vier kwartalen van 2023-2024 tellen mee."


def test_a_quarter_in_audit_counts_with_a_warning() -> None:
    """A-37."""
    step = at(explained(case(statuses={**ALL_CLOSED, K1: QuarterStatus.AUDIT})), "kwartalen.2024K1")
    assert (step.mark, str(step.sentence)) == (
        Mark.ATTENTION,
        "Het 2024K1 is in audit: de laatste kopie van het dossier telt mee.",
    )


@pytest.mark.parametrize(
    ("found", "sentence", "rule"),
    [
        (
            case(person(contract("A", qualification=CARER), choice("k", premium=6)), performances={"A": FULL}),
            (
                "Enkel verpleegkundigen hebben recht op een premie; het contract is van een Zorgkundige en er is "
                "geen uitzondering."
            ),
            "E-090",
        ),
        (
            case(person(contract("A", right=False), choice("k", premium=6)), performances={"A": FULL}),
            "Geen enkel contract met 'Recht eindeloopbaan' loopt in het 2023K3 samen met de keuze.",
            "L-12",
        ),
        (
            case(
                person(contract("A"), choice("k", premium=6)),
                performances={"A": FULL},
                certificates=(AGREEMENT, replace(END_OF_CAREER, start=date(2023, 10, 1))),
            ),
            "Op geen enkele dag van de keuze in het 2023K3 gelden beide certificaten.",
            "E-100",
        ),
        (
            case(
                person(contract("A"), choice("k", premium=6, start="2023-09-02")),
                performances={"A": FULL},
                month_method=MonthMethod.WHOLE_MONTHS,
            ),
            "Geen enkele maand van het 2023K3 telt volledig.",
            "L-11",
        ),
    ],
)
def test_no_premium_says_why(found: Case, sentence: str, rule: str) -> None:
    step = _premium(found)
    assert (str(step.sentence), step.rule, step.mark) == (sentence, rule, Mark.LEFT_OUT)


@pytest.mark.parametrize(
    ("weekly", "entry", "sentence"),
    [
        ("38", None, "Voor dit contract zijn in het 2023K3 geen prestaties ingevuld: het telt voor 0."),
        (
            "38",
            days("0", "65"),
            "Voor dit contract zijn in het 2023K3 geen betaalde dagen aangegeven: het telt voor 0.",
        ),
        ("19", hours("0"), "Voor dit contract zijn in het 2023K3 geen betaalde uren aangegeven: het telt voor 0."),
        ("38", hours("100"), "Voor dit contract zijn in het 2023K3 geen betaalde dagen aangegeven: het telt voor 0."),
    ],
)
def test_no_performance_gives_a_line_of_zero(weekly: str, entry: Any, sentence: str) -> None:
    """L-08, L-09, E-124."""
    found = case(person(contract("A", weekly), choice("k", premium=6)), performances={"A": [entry] * 4})
    step = _premium(found)
    assert (step.value, step.mark) == (D("0.00"), Mark.NOTHING)
    assert str(step.sentence) == "De effectieve arbeidstijd is 0, dus is er geen premie."
    assert sentence in sentences(step)


def test_more_than_a_full_job_is_capped() -> None:
    found = case(person(contract("A", "19"), choice("k", premium=6)), performances={"A": [hours("520")] * 4})
    step = _premium(found)
    assert "Er is meer aangegeven dan een voltijdse betrekking: er wordt met 1,000 gerekend." in sentences(step)
    assert "min(1; 520,00/(65 × 7,6)) = 1,000" in [one.formula.text for one in step.walk() if one.formula]


def test_paid_of_norm_days() -> None:
    found = _with(
        case(person(contract("A"), choice("k", premium=6)), performances={"A": [days("60", "0")] * 4}),
        full_time_method=FullTimeMethod.PAID_OF_NORM,
    )
    told = "60 betaalde dagen op 65 mogelijke werkdagen geeft een effectieve arbeidstijd van 0,923."
    assert told in sentences(_premium(found))


def test_two_qualifications_each_with_its_own_amount() -> None:
    """7.5: Y1 × e averaged; scaled down together above a full job."""
    other = contract("b", "19", qualification="VERPLEEGKUNDIGE_GEGRADUEERDE")
    found = case(
        person(contract("a", "28.5"), other, choice("k", premium=6), reference="person of A"),
        performances={"a": [hours("370.50")] * 4, "b": [hours("247.00")] * 4},
    )
    step = _premium(found)
    assert step.formula is not None
    assert step.formula.left == "(74.250,00 × 0,750 + 70.100,00 × 0,500)/(0,750 + 0,500) × 6/38 × 3,000/12"
    assert "Samen komen de contracten boven een voltijdse betrekking: er wordt met 1 gerekend." in sentences(step)
    verify(explained(found), calculate(found))


def test_contracts_after_each_other_are_averaged_over_days() -> None:
    found = case(
        person(
            contract("a", "19", end="2023-07-31"),
            contract("b", start="2023-08-01"),
            choice("k", premium=6, exemption=2),
            reference="person of A",
        ),
        performances={"a": [hours("79.80"), None, None, None], "b": [days("44")] * 4},
    )
    root = explained(found)
    step = _premium(found)
    assert step.formula is not None
    assert step.formula.left == "74.250,00 × 6/38 × (31 × 0,500 + 61 × 1,000)/92 × 3,000/12"
    week = at(root, "recht.2023K3.uren.k.contracturen")
    assert week.formula is not None
    assert week.formula.left == "(31 × 19 + 61 × 38)/92"
    verify(root, calculate(found))


@pytest.mark.parametrize(
    ("found", "sentence", "rule"),
    [
        (
            case(
                person(contract("A", "19", replaces="10", qualification=CARER, kind="INTERIM")),
                performances={"A": [hours("247")] * 4},
            ),
            "Een contract van het type Interim geeft sinds 1 juli 2019 geen recht op vergoeding als vervanger.",
            "L-18",
        ),
        (
            case(
                person(contract("A", "19", start="2023-10-01", replaces="10", qualification=CARER)),
                performances={"A": [hours("247")] * 4},
            ),
            "Het contract loopt niet in het 2023K3.",
            "L-03",
        ),
        (
            case(
                person(contract("A", "19", replaces="10", qualification=CARER)),
                statuses={**ALL_CLOSED, K3: QuarterStatus.NEVER_OPENED},
            ),
            "Het 2023K3 telt niet mee: het dossier staat op 'Nooit geopend'.",
            "E-129",
        ),
    ],
)
def test_no_replacement_says_why(found: Case, sentence: str, rule: str) -> None:
    step = at(explained(found), f"vervangers.person_of_A.A.{CARER}.gemiddelde.2023K3")
    assert (str(step.sentence), step.rule, step.mark) == (sentence, rule, Mark.LEFT_OUT)


def test_a_right_nobody_fills() -> None:
    found = case(person(contract("b", qualification=PHYSIO), choice("k", exemption=6)))
    assert str(at(explained(found), "vervangers").sentence) == (
        "De voorziening heeft recht op 0,158 voltijds equivalent vervanging, maar er zijn geen contracten met uren "
        "vervanging EL."
    )


def test_replacers_without_a_right() -> None:
    found = case(
        person(contract("A", "19", replaces="10", qualification=CARER)), performances={"A": [hours("247")] * 4}
    )
    root = explained(found)
    assert str(at(root, "vervangers").sentence) == (
        "De voorziening heeft geen recht op vervanging, dus telt geen enkele vervanger."
    )
    assert str(at(root, f"vervangers.person_of_A.A.{CARER}").sentence) == (
        "De voorziening heeft geen recht (0,000), dus is er geen bedrag."
    )


def test_only_some_people() -> None:
    """The search box: of the steps about somebody, those of who was found; what holds for all stays beside them."""
    root = explained(replacement_above_the_right())
    kept = root.only(frozenset({"person of carer"}))
    assert kept is not None
    assert {step.person for step in kept.walk() if step.person} == {"person of carer"}
    assert kept.find("aftopping") is not None
    assert kept.find("recht") is None
    assert kept.value == root.value
    assert root.only(frozenset()) is None


def test_a_certificate_that_ended_tells_its_last_day() -> None:
    ended = CertificateFacts(END_OF_CAREER.type, date(2023, 7, 1), date(2023, 7, 31), date(2023, 7, 1))
    found = thirteen_hours(certificates=(AGREEMENT, ended))
    told = sentences(at(explained(found), "certificaten"))
    assert "Attest eindeloopbaan: telt van 1 juli 2023 tot en met 31 juli 2023." in told


def test_a_hundred_people_are_explained_fast_enough() -> None:
    """A page of a large facility; generous, for a busy machine."""
    from time import perf_counter

    people = [person(contract(f"c{one}"), choice(f"k{one}", premium=2, exemption=4)) for one in range(100)]
    found = case(*people, performances={f"c{one}": FULL for one in range(100)})
    outcome = calculate(found)
    started = perf_counter()
    explain(outcome, found)
    assert perf_counter() - started < 2
