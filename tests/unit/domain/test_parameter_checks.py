"""What cannot be in a parameter set (part 8): each refusal at its own field, and nothing said about the examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from domain.ecalcura.calculation_states import ParameterSetStatus
from domain.ecalcura.campaign import PeriodCalendar
from domain.ecalcura.parameter_checks import check, require_draft, require_second_person, stops
from domain.ecalcura.parameter_list import content_of, values
from domain.ecalcura.parameter_sets import AdvanceBase, ParameterContent, Texts, months_of_period
from domain.ecalcura.personnel import CategoryRule, QualificationFacts
from domain.errors import NotAllowedNow, Severity

NURSE, OTHER, GONE = "VERPLEEGKUNDIGE_BACHELOR", "ZORGKUNDIGE", "OUD"
QUALIFICATIONS = (
    QualificationFacts(NURSE, True, True),
    QualificationFacts("VERPLEEGKUNDIGE_GEGRADUEERDE", True, True),
    QualificationFacts(OTHER, False, True),
    QualificationFacts(GONE, False, False, date(1950, 1, 1), date(2023, 6, 30)),
)
TYPES = ("INTERIM", "ZELFSTANDIGE", "SOCIALE_MARIBEL", "STUDENT")
AMOUNTS = MappingProxyType({one.code: Decimal(60000) for one in QUALIFICATIONS[:3]})
_DEFAULT = ParameterContent.default("2023-2024")
GOOD = replace(
    _DEFAULT,
    compensation=replace(_DEFAULT.compensation, y1=AMOUNTS, y2=AMOUNTS),
    texts=Texts("Departement Zorg", "ecalcura@example.be", "Besluit van de Vlaamse Regering"),
)


def found(changed: Mapping[str, Any], *others: PeriodCalendar) -> dict[str | None, Severity]:
    """Field to severity of everything said about the good set with these values."""
    content = content_of("2023-2024", values(GOOD) | changed)
    findings = check(content, QUALIFICATIONS, contract_types=TYPES, others=others)
    for finding in findings:
        assert "{" not in str(finding)
    return {finding.field: finding.severity for finding in findings}


_NEIGHBOURS = tuple(PeriodCalendar.default(f"{year}-{year + 1}") for year in range(2015, 2035))


def test_nothing_is_said_of_a_good_set() -> None:
    excluded = {"excluded_replacers": MappingProxyType({"STUDENT": date(2019, 7, 1)})}
    assert found(excluded, *_NEIGHBOURS) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("full_time_hours", Decimal(39)),
        ("full_time_hours", Decimal(0)),
        ("hours_per_day", Decimal(0)),
        ("hours_per_day", Decimal(13)),
        ("hours_per_day", Decimal("7.605")),
        ("cap", Decimal(0)),
        ("cap", Decimal("1.1")),
        ("day_tolerance", Decimal(-1)),
        ("hours_factor", Decimal("0.9")),
        ("hours_factor", Decimal(11)),
        ("fte_digits", 0),
        ("fte_digits", 4),
        ("euro_digits", 3),
        ("window_days", 0),
        ("window_days", 400),
        ("window_offset_days", -1),
        ("reopenings_allowed", -1),
        ("floor_hours", Decimal(-1)),
        ("floor_hours", Decimal("38.5")),
        ("floor_sectors", frozenset({"ZIEKENHUIS"})),
        ("rehire_months", 99),
        ("selectable_hours", frozenset({2, 4, 6})),
        ("selectable_hours", frozenset({0, 2, 4})),
        ("selectable_hours", frozenset({0, 2, 4, 6, 40})),
        ("nurse_qualifications", frozenset({"ARTS"})),
        ("advance_1_percentage", Decimal(101)),
        ("advance_2_percentage", Decimal(-1)),
        ("advance_1_percentage", Decimal("33.333")),
        ("advance_1_fixed_amount", Decimal(-1)),
        ("advance_1_pay_on", date(2023, 6, 30)),
        ("advance_2_pay_on", date(2025, 2, 1)),
        ("advance_2_pay_on", date(2024, 1, 31)),
        ("mailbox", "geen adres"),
        ("administration", "x" * 161),
    ],
)
def test_an_impossible_value_is_refused_at_its_field(name: str, value: Any) -> None:
    assert found({name: value})[name] is Severity.BLOCKS


@pytest.mark.parametrize(
    ("name", "part", "value"),
    [
        ("y1", NURSE, Decimal(-1)),
        ("y1", NURSE, Decimal(0)),
        ("y2", OTHER, Decimal("0.001")),
        ("y2", OTHER, Decimal(1000000)),
        ("y2", "ARTS", Decimal(60000)),
        ("base_y1", OTHER, Decimal(-5)),
        ("excluded_replacers", "VRIJWILLIGER", date(2019, 7, 1)),
        ("excluded_replacers", "STUDENT", date(2119, 7, 1)),
        ("categories", "50+", CategoryRule(50, 0)),
        ("categories", "50+", CategoryRule(500, 4)),
    ],
)
def test_an_impossible_entry_is_refused_at_its_own_field(name: str, part: str, value: Any) -> None:
    table = MappingProxyType({**values(GOOD)[name], part: value})
    assert found({name: table})[f"{name}.{part}"] is Severity.BLOCKS


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"letter_on": date(2024, 9, 30)}, "letter_on"),
        ({"postponed_until": date(2024, 9, 29)}, "postponed_until"),
        ({"blocking_on": date(2024, 10, 15)}, "blocking_on"),
        ({"definitive_until": date(2024, 11, 24)}, "definitive_until"),
        ({"payment_on": date(2024, 12, 10)}, "payment_on"),
        ({"payment_on": date(2042, 1, 31)}, "payment_on"),
        ({"statutory_deadline": date(2024, 6, 30)}, "statutory_deadline"),
    ],
)
def test_a02_a_calendar_out_of_order_is_refused(changed: dict[str, Any], field: str) -> None:
    assert found(changed)[field] is Severity.BLOCKS


def test_a02_two_campaigns_do_not_overlap() -> None:
    """The next campaign starts on 30 September 2025: the final statement of this one comes before."""
    late = {"payment_on": date(2025, 9, 30)}
    assert found(late, PeriodCalendar.default("2024-2025")) == {"payment_on": Severity.BLOCKS}
    assert found({"payment_on": date(2025, 9, 29)}, PeriodCalendar.default("2024-2025")) == {}
    before = replace(PeriodCalendar.default("2022-2023"), payment_on=date(2024, 10, 1))
    assert found({}, before) == {"statutory_deadline": Severity.BLOCKS}


def test_missing_amounts_stop_the_release_only() -> None:
    """L-04: Y1 of the nurses and Y2 of everybody who can be employed in the period; a draft may wait for them."""
    none: Mapping[str, Decimal] = MappingProxyType({})
    seen = found({"y1": none, "y2": none})
    missing = {field for field, severity in seen.items() if severity is Severity.BLOCKS_SUBMIT}
    nurses = {NURSE, "VERPLEEGKUNDIGE_GEGRADUEERDE"}
    assert missing == {*(f"y1.{code}" for code in nurses), *(f"y2.{code}" for code in (*nurses, OTHER))}
    assert seen["y1"] is Severity.WARNING  # only an exception needs the others
    findings = check(replace(GOOD, texts=Texts()), QUALIFICATIONS)
    assert stops(findings) == []
    assert {one.field for one in stops(findings, release=True)} == {"mailbox", "legal_basis"}


def test_a34_coefficients_are_twelve_with_a_base_amount() -> None:
    months = {month: Decimal("1.02") for month in months_of_period("2023-2024")}
    base = {"base_y1": MappingProxyType({NURSE: Decimal(70000)})}
    assert found({"index_months": MappingProxyType(months), **base}) == {}
    assert found(base) == {"index_months": Severity.WARNING}
    assert found({"index_months": MappingProxyType(months)}) == {"index_months": Severity.BLOCKS}
    months.pop("2024-02")
    assert found({"index_months": MappingProxyType(months), **base}) == {"index_months": Severity.BLOCKS}


def test_a20_a_fixed_advance_needs_its_amount() -> None:
    fixed = {"advance_1_base": AdvanceBase.FIXED_AMOUNT}
    assert found(fixed) == {"advance_1_fixed_amount": Severity.BLOCKS}
    assert found({**fixed, "advance_1_active": False}) == {}
    assert found({**fixed, "advance_1_fixed_amount": Decimal(5000)}) == {}


def test_what_is_odd_is_a_warning() -> None:
    assert found({"advance_1_percentage": Decimal(80)}) == {"advance_2_percentage": Severity.WARNING}
    assert found({"advance_1_pay_on": date(2024, 1, 27)}) == {"advance_1_pay_on": Severity.WARNING}
    assert found({"payment_on": date(2025, 1, 1)}) == {"payment_on": Severity.WARNING}
    assert found({"window_days": 60}) == {"window_days": Severity.WARNING}
    assert found({"hours_per_day": Decimal(8)}) == {"hours_per_day": Severity.WARNING}


def test_a_choice_outside_its_list_is_refused() -> None:
    assert found({"excluded_replacer_severity": Severity.INFORMATION}) == {
        "excluded_replacer_severity": Severity.BLOCKS
    }


def test_only_a_draft_changes() -> None:
    require_draft(ParameterSetStatus.DRAFT)
    for status in (ParameterSetStatus.RELEASED, ParameterSetStatus.USED):
        with pytest.raises(NotAllowedNow):
            require_draft(status)


@pytest.mark.parametrize(("changed_by", "releasing"), [(7, 7), (None, None), (7, None)])
def test_four_eyes(changed_by: int | None, releasing: int | None) -> None:
    require_second_person(7, 8)
    require_second_person(None, 8)
    with pytest.raises(NotAllowedNow) as refused:
        require_second_person(changed_by, releasing)
    assert refused.value.code == "FOUR_EYES"
