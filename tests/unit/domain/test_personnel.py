"""Contracts (V-10 to V-17, V-20, A-36), choices (V-06, V-21, V-30 to V-40) and persons (V-07)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ecalcura.choice_rules import check_choice
from domain.ecalcura.contract_rules import check_contract
from domain.ecalcura.personnel import (
    ChoiceFacts,
    ContractFacts,
    ContractTypeFacts,
    PersonFacts,
    QualificationFacts,
    RightsParameters,
    automatic_right,
    check_delete_person,
)
from domain.errors import Finding, Severity

NURSE = QualificationFacts("VERPLEEGKUNDIGE_BACHELOR", is_nurse=True, automatic_right=True)
CARER = QualificationFacts("ZORGKUNDIGE", is_nurse=False, automatic_right=True)
OTHER = QualificationFacts("ANDERE_A1", is_nurse=False, automatic_right=False)
OLD = QualificationFacts("OUD", is_nurse=False, automatic_right=False, valid_to=date(2019, 12, 31))
QUALIFICATIONS = {one.code: one for one in (NURSE, CARER, OTHER, OLD)}
EMPLOYEE = ContractTypeFacts("LOONTREKKENDE", right_possible=True)
INTERIM = ContractTypeFacts("INTERIM", right_possible=False, replacer_excluded_from=date(2019, 7, 1))
LATER = ContractTypeFacts("LATER", right_possible=True, valid_from=date(2024, 2, 1))
TYPES = {one.code: one for one in (EMPLOYEE, INTERIM, LATER)}


def contract(reference: str = "c1", **changes: Any) -> ContractFacts:
    plain = ContractFacts(
        reference=reference,
        starts_on=date(2020, 1, 1),
        ends_on=None,
        contract_type="LOONTREKKENDE",
        qualification="VERPLEEGKUNDIGE_BACHELOR",
        hours=Decimal("38.00"),
        replacement_hours=Decimal(0),
        el_right=True,
    )
    return replace(plain, **{key: Decimal(value) if "hours" in key else value for key, value in changes.items()})


def choice(reference: str = "k1", **changes: Any) -> ChoiceFacts:
    plain = ChoiceFacts(
        reference=reference,
        decided_on=date(2024, 1, 1),
        begins_on=date(2024, 1, 1),
        ends_on=None,
        age_category="45+",
        premium_hours=0,
        exemption_hours=2,
    )
    return replace(plain, **changes)


def on_contract(draft: ContractFacts, *others: ContractFacts, choices: tuple[ChoiceFacts, ...] = (), **kw: Any) -> Any:
    return check_contract(draft, others, choices, TYPES, QUALIFICATIONS, **kw)


PERSON = PersonFacts(birth_date=date(1965, 11, 20))


def on_choice(
    draft: ChoiceFacts,
    *others: ChoiceFacts,
    contracts: tuple[ContractFacts, ...] = (contract(),),
    person: PersonFacts = PERSON,
    **kw: Any,
) -> list[Finding]:
    return check_choice(draft, others, contracts, person, QUALIFICATIONS, **kw)


def seen(findings: list[Finding]) -> list[tuple[str, Severity, str | None]]:
    return [(finding.code, finding.severity, finding.field) for finding in findings]


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def text(findings: list[Finding], code: str) -> str:
    return next(str(finding) for finding in findings if finding.code == code)


B, W, INFO = Severity.BLOCKS, Severity.WARNING, Severity.INFORMATION

# --- contracts -------------------------------------------------------------------------------------------------------


def test_an_ordinary_contract_has_nothing_to_say() -> None:
    assert on_contract(contract()) == []


def test_v10_end_before_start() -> None:
    findings = on_contract(contract(ends_on=date(2019, 12, 31)))
    assert seen(findings) == [("V-10", B, "ends_on")]
    assert str(findings[0]) == "De einddatum kan niet vóór de startdatum liggen."
    assert findings[0].subject == "c1"
    assert on_contract(contract(ends_on=date(2020, 1, 1))) == []


@pytest.mark.parametrize(
    ("hours", "wrong"), [("0", True), ("-1", True), ("0.01", False), ("38", False), ("38.01", True)]
)
def test_v11_weekly_hours(hours: str, wrong: bool) -> None:
    findings = on_contract(contract(hours=hours))
    assert ("V-11" in codes(findings)) is wrong
    if wrong:
        assert text(findings, "V-11") == "Vul een wekelijkse arbeidsduur in tussen 0 en 38 uur."


@pytest.mark.parametrize(("replacement", "wrong"), [("-0.01", True), ("0", False), ("19", False), ("19.01", True)])
def test_v12_replacement_hours(replacement: str, wrong: bool) -> None:
    findings = on_contract(contract(hours="19", replacement_hours=replacement))
    assert seen(findings) == ([("V-12", B, "replacement_hours")] if wrong else [])


@pytest.mark.parametrize(
    ("replacement", "exemption", "wrong"), [("36", 2, False), ("36.01", 2, True), ("32.01", 6, True), ("38", 0, False)]
)
def test_v13_full_timer_with_own_exemption_replaces_the_rest_at_most_e074(
    replacement: str, exemption: int, wrong: bool
) -> None:
    own = choice(exemption_hours=exemption, premium_hours=2)
    findings = on_contract(contract(replacement_hours=replacement), choices=(own,))
    assert ("V-13" in codes(findings)) is wrong
    if wrong:
        assert text(findings, "V-13") == (
            f"Een voltijdse medewerker met {exemption} uur vrijstelling kan hoogstens {38 - exemption} uur "
            "als vervanger worden ingezet."
        )


def test_v13_only_while_both_run_and_only_for_a_full_timer() -> None:
    own = choice(begins_on=date(2024, 1, 1))
    assert on_contract(contract(replacement_hours="38", ends_on=date(2023, 12, 31)), choices=(own,)) == []
    assert on_contract(contract(hours="37", replacement_hours="37"), choices=(own,)) == []


def test_v13_also_when_the_choice_comes_after_the_replacement_hours() -> None:
    findings = on_choice(choice(), contracts=(contract(replacement_hours="38"),))
    assert seen(findings) == [("V-13", B, "exemption_hours")]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"qualification": "ONBEKEND"}, "qualification"),
        ({"qualification": ""}, "qualification"),
        ({"qualification": "OUD", "el_right": False}, "qualification"),
        ({"contract_type": "ONBEKEND"}, "contract_type"),
        ({"contract_type": "LATER", "starts_on": date(2024, 1, 31)}, "contract_type"),
    ],
)
def test_v14_codes_exist_and_are_active_on_the_start_date(changes: dict[str, Any], field: str) -> None:
    findings = on_contract(contract(**changes))
    assert seen(findings) == [("V-14", B, field)]
    assert str(findings[0]) == "Kies een geldige kwalificatie en een geldig contracttype."


def test_v14_active_on_the_very_day() -> None:
    assert on_contract(contract(contract_type="LATER", starts_on=date(2024, 2, 1))) == []
    old = contract(qualification="OUD", starts_on=date(2019, 12, 31), el_right=False)
    assert on_contract(old) == []


def test_v15_overlapping_contracts_above_38_hours() -> None:
    draft = contract(hours="19")
    assert on_contract(draft, contract("c2", hours="19")) == []
    assert seen(on_contract(draft, contract("c2", hours="19.5"))) == [("V-15", W, "hours")]
    # two others that never run on the same day do not add up
    first, second = contract("c2", hours="19", ends_on=date(2021, 12, 31)), contract("c3", hours="19")
    assert on_contract(draft, first, replace(second, starts_on=date(2022, 1, 1))) == []
    assert codes(on_contract(draft, first, replace(second, starts_on=date(2021, 12, 31)))) == ["V-15"]
    # its own stored version does not count
    assert on_contract(contract(), contract()) == []


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 30), st.integers(1, 38)).map(
            lambda t: (date.fromordinal(738000 + t[0]), date.fromordinal(738000 + t[0] + t[1]), t[2])
        ),
        min_size=1,
        max_size=5,
    )
)
def test_v15_equals_adding_up_every_day(rows: list[tuple[date, date, int]]) -> None:
    lines = [contract(f"c{i}", starts_on=s, ends_on=e, hours=str(h)) for i, (s, e, h) in enumerate(rows)]
    draft, *others = lines
    days = (date.fromordinal(738000 + offset) for offset in range(100))
    too_much = any(draft.covers(d) and sum(c.hours for c in lines if c.covers(d)) > 38 for d in days)
    assert ("V-15" in codes(on_contract(draft, *others))) is too_much


@pytest.mark.parametrize(
    ("changes", "excluded"),
    [
        ({"replacement_hours": "2"}, True),
        ({"replacement_hours": "0"}, False),
        ({"replacement_hours": "2", "starts_on": date(2018, 1, 1), "ends_on": date(2019, 6, 30)}, False),
        ({"replacement_hours": "2", "starts_on": date(2018, 1, 1), "ends_on": date(2019, 7, 1)}, True),
    ],
)
def test_v16_contract_type_excluded_as_replacer(changes: dict[str, Any], excluded: bool) -> None:
    draft = contract(contract_type="INTERIM", el_right=False, **changes)
    assert seen(on_contract(draft)) == ([("V-16", B, "replacement_hours")] if excluded else [])


def test_v16_severity_is_a_parameter() -> None:
    draft = contract(contract_type="INTERIM", el_right=False, replacement_hours="2")
    findings = on_contract(draft, parameters=RightsParameters(excluded_replacer_severity=W))
    assert seen(findings) == [("V-16", W, "replacement_hours")]


def test_v17_and_e075_right_without_an_automatic_one() -> None:
    assert automatic_right(EMPLOYEE, NURSE)
    assert not automatic_right(EMPLOYEE, OTHER)
    assert not automatic_right(INTERIM, NURSE)
    assert seen(on_contract(contract(qualification="ANDERE_A1"))) == [("V-17", INFO, "el_right")]
    assert on_contract(contract(qualification="ANDERE_A1", el_right=False)) == []


def test_v20_contract_ended_while_the_choice_goes_on() -> None:
    ended = contract(ends_on=date(2024, 6, 30))
    assert seen(on_contract(ended, choices=(choice(),))) == [("V-20", W, "ends_on")]
    assert on_contract(ended, choices=(choice(ends_on=date(2024, 6, 30)),)) == []
    assert codes(on_contract(ended, choices=(choice(ends_on=date(2024, 7, 1)),))) == ["V-20"]
    assert on_contract(contract(), choices=(choice(),)) == []
    # split contract: another one with the right carries the choice
    assert on_contract(ended, contract("c2", starts_on=date(2024, 7, 1)), choices=(choice(),)) == []
    without = contract("c2", starts_on=date(2024, 7, 1), el_right=False)
    assert codes(on_contract(ended, without, choices=(choice(),))) == ["V-20"]


@pytest.mark.parametrize(
    ("start", "hours", "noted"),
    [
        (date(2024, 2, 29), "10.01", False),  # the last day of three months after 30 November
        (date(2024, 3, 1), "12", True),  # a day too late
        (date(2023, 12, 1), "10", True),  # no increase
        (date(2023, 12, 1), "12", False),
    ],
)
def test_a36_e078_taking_a_replacer_on_again(start: date, hours: str, noted: bool) -> None:
    previous = contract("c0", starts_on=date(2023, 1, 1), ends_on=date(2023, 11, 30), replacement_hours="10")
    findings = on_contract(contract(starts_on=start, replacement_hours=hours), previous)
    assert seen(findings) == ([("E-078", INFO, "starts_on")] if noted else [])
    if noted:
        assert "30 november 2023" in str(findings[0])


def test_a36_before_2019_and_what_is_no_rehire() -> None:
    early = contract("c0", starts_on=date(2018, 1, 1), ends_on=date(2018, 11, 30), replacement_hours="10")
    assert codes(on_contract(contract(starts_on=date(2018, 12, 31), replacement_hours="12"), early)) == ["E-078"]
    assert on_contract(contract(starts_on=date(2019, 1, 1), replacement_hours="12"), early) == []
    assert on_contract(contract(starts_on=date(2019, 9, 1)), early) == [], "no replacer this time"
    never = replace(early, replacement_hours=Decimal(0))
    assert on_contract(contract(starts_on=date(2020, 1, 1), replacement_hours="12"), never) == []


# --- persons ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("contracts", "choices"), [(True, False), (False, True), (True, True)])
def test_v07_a_person_with_data_stays(contracts: bool, choices: bool) -> None:
    findings = check_delete_person(has_contracts=contracts, has_choices=choices)
    assert seen(findings) == [("V-07", B, None)]
    assert check_delete_person(has_contracts=False, has_choices=False) == []


# --- choices ---------------------------------------------------------------------------------------------------------

FULL_CHOICE = choice(age_category="55+", premium_hours=6, exemption_hours=0)


def test_an_ordinary_choice_has_nothing_to_say() -> None:
    assert on_choice(FULL_CHOICE) == []
    assert on_choice(choice()) == []


def test_v30_begin_on_the_first_of_a_month() -> None:
    findings = on_choice(replace(FULL_CHOICE, begins_on=date(2024, 1, 2)))
    assert seen(findings) == [("V-30", B, "begins_on")]


@pytest.mark.parametrize(
    ("born", "begin", "reached"),
    [
        (date(1979, 3, 31), date(2024, 3, 1), True),  # 45 on the last day of the month
        (date(1979, 4, 1), date(2024, 3, 1), False),
        (date(1979, 3, 1), date(2024, 3, 1), True),
        (date(1980, 2, 29), date(2025, 2, 1), True),  # no 29 February that year
        (date(1980, 2, 29), date(2025, 1, 1), False),
        (date(1979, 12, 31), date(2024, 12, 1), True),
        (date(1980, 1, 1), date(2024, 12, 1), False),
    ],
)
def test_v31_age_on_the_last_day_of_the_month(born: date, begin: date, reached: bool) -> None:
    draft = choice(begins_on=begin, decided_on=begin)
    findings = on_choice(draft, person=PersonFacts(birth_date=born))
    assert codes(findings) == ([] if reached else ["V-31"])


def test_v31_names_category_and_month() -> None:
    findings = on_choice(
        replace(FULL_CHOICE, begins_on=date(2019, 11, 1)),
        contracts=(contract(starts_on=date(2010, 1, 1)),),
        person=PersonFacts(birth_date=date(1964, 12, 1)),
    )
    assert text(findings, "V-31") == "Deze medewerker bereikt de leeftijdscategorie 55+ nog niet in november 2019."


@pytest.mark.parametrize(
    ("person", "code"),
    [
        (PersonFacts(1978, 45, 9), []),  # BIS, month 45 = May
        (PersonFacts(1982, 23, 11), ["V-31"]),  # BIS, month 23 = March; 41 in January 2024
        (PersonFacts(1979, 21, 31), ["V-31"]),  # BIS, January 1979: turns 45 in January 2024 only
        (PersonFacts(1965, 0, 0), ["V-06"]),
        (PersonFacts(1965, 5, 0), ["V-06"]),
        (PersonFacts(1965, 40, 1), ["V-06"]),
        (PersonFacts(), ["V-06"]),
        (PersonFacts(2000, 0, 0), ["V-06"]),  # unknown never refuses
    ],
)
def test_v31_v06_with_the_parts_of_a_national_number(person: PersonFacts, code: list[str]) -> None:
    begin = date(2023, 12, 1)
    assert codes(on_choice(choice(begins_on=begin, decided_on=begin), person=person)) == code


@given(st.dates(date(1940, 1, 1), date(2000, 12, 31)), st.integers(2019, 2040), st.integers(1, 12))
def test_age_does_not_depend_on_how_the_birth_date_is_known(born: date, year: int, month: int) -> None:
    day = date(year, month, 1)
    age = PersonFacts(birth_date=born).age_at_end_of_month(day)
    for shift in (0, 20, 40):
        assert PersonFacts(born.year, born.month + shift, born.day).age_at_end_of_month(day) == age
    assert age is not None
    before = PersonFacts(birth_date=born).age_at_end_of_month(date(year - 1, month, 1))
    assert before == age - 1


@pytest.mark.parametrize(
    ("premium", "exemption", "expected"),
    [
        (None, 2, [("V-32", B, "premium_hours")]),
        (2, None, [("V-32", B, "exemption_hours")]),
        (None, None, [("V-32", B, "premium_hours"), ("V-32", B, "exemption_hours")]),
        (0, 0, [("V-33", B, "premium_hours")]),
        (2, 0, []),
        (0, 2, []),
        (4, 0, [("V-34", B, "premium_hours")]),
        (0, 4, [("V-34", B, "exemption_hours")]),
        (2, 2, [("V-34", B, "premium_hours")]),
        (1, 0, [("E-086", B, "premium_hours")]),
        (0, 8, [("E-086", B, "exemption_hours")]),
    ],
)
def test_v32_to_v34_hours_of_the_category(premium: int | None, exemption: int | None, expected: list[Any]) -> None:
    assert seen(on_choice(choice(premium_hours=premium, exemption_hours=exemption))) == expected


def test_v34_and_v35_name_the_category() -> None:
    findings = on_choice(choice(premium_hours=2, exemption_hours=2))
    assert str(findings[0]) == "Voor de categorie 45+ zijn samen hoogstens 2 uren mogelijk."
    fewer = on_choice(choice(age_category="55+", premium_hours=2, exemption_hours=2))
    assert seen(fewer) == [("V-35", W, "premium_hours")]
    assert str(fewer[0]) == "Er zijn minder uren gekozen dan de categorie 55+ toelaat."


@given(st.sampled_from([("45+", 2), ("50+", 4), ("55+", 6)]), *[st.sampled_from([0, 2, 4, 6])] * 2)
def test_v33_to_v35_agree_with_the_sum(category: tuple[str, int], premium: int, exemption: int) -> None:
    name, hours = category
    found = codes(on_choice(choice(age_category=name, premium_hours=premium, exemption_hours=exemption)))
    total = premium + exemption
    assert found == (["V-33"] if total == 0 else ["V-34"] if total > hours else ["V-35"] if total < hours else [])


def test_part_8_combination_can_be_switched_off() -> None:
    both = choice(age_category="50+", premium_hours=2, exemption_hours=2)
    assert on_choice(both) == []
    assert codes(on_choice(both, parameters=RightsParameters(combination_allowed=False))) == ["E-086"]


def test_an_unknown_age_category_is_refused() -> None:
    assert seen(on_choice(choice(age_category="60+"))) == [("E-085", B, "age_category")]


def test_v36_only_nurses_choose_the_premium_e090() -> None:
    carer = (contract(qualification="ZORGKUNDIGE"),)
    assert seen(on_choice(FULL_CHOICE, contracts=carer)) == [("V-36", B, "premium_hours")]
    assert on_choice(replace(FULL_CHOICE, premium_hours=0, exemption_hours=6), contracts=carer) == []
    # a nurse contract counts only with the right, and only when it runs on the first day
    assert "V-36" in codes(on_choice(FULL_CHOICE, contracts=(*carer, contract("c2", el_right=False))))
    assert "V-36" in codes(on_choice(FULL_CHOICE, contracts=(*carer, contract("c2", starts_on=date(2024, 1, 2)))))
    assert on_choice(FULL_CHOICE, contracts=(*carer, contract("c2", starts_on=date(2024, 1, 1)))) == []


def test_e091_the_premium_exception_is_granted_by_a_case_manager() -> None:
    carer = (contract(qualification="ZORGKUNDIGE"),)
    draft = replace(FULL_CHOICE, premium_exception=True)
    assert on_choice(draft, contracts=carer, by_case_manager=True) == []
    assert on_choice(draft, contracts=carer, before=draft) == [], "the facility may keep it"
    assert seen(on_choice(draft, contracts=carer)) == [("E-091", B, "premium_exception")]
    assert seen(on_choice(draft, contracts=carer, before=FULL_CHOICE)) == [("E-091", B, "premium_exception")]


def test_v37_end_before_begin() -> None:
    findings = on_choice(replace(FULL_CHOICE, decided_on=date(2023, 11, 1), ends_on=date(2023, 12, 31)))
    assert seen(findings) == [("V-37", B, "ends_on")]


def test_v38_overlap_with_another_choice() -> None:
    earlier = choice("k0", begins_on=date(2023, 1, 1))
    assert seen(on_choice(FULL_CHOICE, earlier)) == [("V-38", B, "begins_on")]
    assert codes(on_choice(FULL_CHOICE, replace(earlier, ends_on=date(2024, 1, 1)))) == ["V-38"]
    assert on_choice(FULL_CHOICE, replace(earlier, ends_on=date(2023, 12, 31))) == []
    assert on_choice(FULL_CHOICE, FULL_CHOICE) == [], "its own stored version does not count"


def test_v39_a_contract_with_the_right_covers_the_first_day() -> None:
    without = (contract(el_right=False),)
    findings = on_choice(choice(), contracts=without)
    assert seen(findings) == [("V-39", B, "begins_on")]
    assert str(findings[0]) == "Er is geen contract met recht op eindeloopbaan op 1 januari 2024."
    assert codes(on_choice(choice(), contracts=(contract(ends_on=date(2023, 12, 31)),))) == ["V-39"]
    assert codes(on_choice(choice(), contracts=())) == ["V-39"]


def test_v40_date_of_the_choice() -> None:
    ended = replace(FULL_CHOICE, ends_on=date(2024, 6, 30))
    one = (contract(ends_on=date(2024, 6, 30)),)
    assert seen(on_choice(replace(ended, decided_on=date(2024, 7, 1)), contracts=one)) == [("V-40", B, "decided_on")]
    assert on_choice(replace(ended, decided_on=date(2024, 6, 30)), contracts=one) == []
    assert seen(on_choice(choice(decided_on=date(2023, 12, 31)))) == [("V-40", W, "decided_on")]
    assert on_choice(replace(FULL_CHOICE, decided_on=date(2023, 12, 31))) == [], "only for exemption alone"


def test_v21_choice_ended_by_departure_while_the_contract_runs() -> None:
    ended = replace(FULL_CHOICE, ends_on=date(2024, 6, 30))
    assert seen(on_choice(ended)) == [("V-21", W, "ends_on")]
    assert on_choice(ended, contracts=(contract(ends_on=date(2024, 6, 30)),)) == []
    # ended because another choice follows (E-084)
    assert on_choice(ended, choice("k2", begins_on=date(2024, 7, 1), decided_on=date(2024, 7, 1))) == []
