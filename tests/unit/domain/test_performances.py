"""Norms (7.2), who needs performances (E-024), reading what was typed, and V-45 to V-51."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendars import Quarter, quarters_of
from domain.ecalcura.performances import (
    Kind,
    Line,
    PerformanceEntry,
    PerformanceParameters,
    Reason,
    check_line,
    contract_days,
    kind,
    line_of,
    needs_performance,
    parse_days,
    parse_hours,
    quarter_norm,
)
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts
from domain.errors import InvalidValue, Severity

K1 = Quarter(2024, 1)
NORM = quarter_norm(K1)
FULL = ContractFacts("c1", date(2020, 1, 1), None, "LOONTREKKENDE", "ZORGKUNDIGE", Decimal("38.00"), Decimal(0), True)
PART = replace(FULL, reference="c2", hours=Decimal(19))
PREMIUM = ChoiceFacts("k1", date(2020, 1, 1), date(2020, 1, 1), None, "55+", 6, 0)
EXEMPTION = replace(PREMIUM, premium_hours=0, exemption_hours=6)
B, W, INFO = Severity.BLOCKS, Severity.WARNING, Severity.INFORMATION


def days(paid: str | None, unpaid: str | None) -> PerformanceEntry:
    return PerformanceEntry(None if paid is None else Decimal(paid), None if unpaid is None else Decimal(unpaid), None)


def hours(text: str | None) -> PerformanceEntry:
    return PerformanceEntry(paid_hours=None if text is None else Decimal(text))


def line(contract: ContractFacts = FULL, choice: ChoiceFacts = PREMIUM) -> Line:
    found = line_of(contract, [choice], NORM)
    assert found is not None
    return found


def seen(entry: PerformanceEntry | None, one: Line | None = None, **kw: Any) -> list[tuple[str, Severity, str | None]]:
    findings = check_line(one or line(), entry, **kw)
    assert all(finding.subject == (one or line()).reference for finding in findings)
    return [(finding.code, finding.severity, finding.field) for finding in findings]


# --- norms -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "norms"),
    [
        ("2021-2022", ["66/501.6", "66/501.6", "64/486.4", "65/494.0"]),
        ("2022-2023", ["66/501.6", "65/494.0", "65/494.0", "65/494.0"]),
        ("2023-2024", ["65/494.0", "65/494.0", "65/494.0", "65/494.0"]),
        ("2024-2025", ["66/501.6", "66/501.6", "64/486.4", "65/494.0"]),
        ("2025-2026", ["66/501.6", "66/501.6", "64/486.4", "65/494.0"]),
        ("2026-2027", ["66/501.6", "66/501.6", "64/486.4", "65/494.0"]),
    ],
)
def test_golden_norms_of_7_2(period: str, norms: list[str]) -> None:
    found = [quarter_norm(quarter) for quarter in quarters_of(period)]
    assert [f"{norm.days}/{norm.hours}" for norm in found] == norms


def test_d_cq_counts_the_contract_inside_the_quarter_only() -> None:
    assert contract_days(FULL, NORM) == 65
    assert contract_days(replace(FULL, starts_on=date(2024, 1, 29), ends_on=date(2024, 2, 2)), NORM) == 5
    assert contract_days(replace(FULL, ends_on=date(2023, 12, 31)), NORM) == 0
    assert contract_days(replace(FULL, starts_on=date(2024, 4, 1)), NORM) == 0
    weekend = replace(FULL, starts_on=date(2024, 1, 6), ends_on=date(2024, 1, 7))
    assert contract_days(weekend, NORM) == 0


@given(st.dates(date(2023, 10, 1), date(2024, 6, 30)))
def test_d_cq_of_two_contracts_in_a_row_adds_up(day: date) -> None:
    first = replace(FULL, ends_on=day)
    second = replace(FULL, starts_on=date.fromordinal(day.toordinal() + 1))
    assert contract_days(first, NORM) + contract_days(second, NORM) == NORM.days


@pytest.mark.parametrize(
    ("weekly", "expected"), [("38", Kind.DAYS), ("38.00", Kind.DAYS), ("37.99", Kind.HOURS), ("19", Kind.HOURS)]
)
def test_l08_exactly_38_hours_is_in_days(weekly: str, expected: Kind) -> None:
    assert kind(replace(FULL, hours=Decimal(weekly))) is expected


# --- who needs performances ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contract", "choices", "reason"),
    [
        (FULL, [PREMIUM], Reason.PREMIUM),
        (FULL, [EXEMPTION], None),
        (FULL, [], None),
        (replace(FULL, replacement_hours=Decimal(2)), [], Reason.REPLACEMENT),
        (replace(FULL, replacement_hours=Decimal(2)), [EXEMPTION], Reason.REPLACEMENT),
        (replace(FULL, replacement_hours=Decimal(2)), [PREMIUM], Reason.BOTH),
        (replace(FULL, el_right=False), [PREMIUM], None),
        (FULL, [replace(PREMIUM, ends_on=date(2023, 12, 31))], None),
        (FULL, [replace(PREMIUM, ends_on=date(2024, 1, 1))], Reason.PREMIUM),
        (FULL, [replace(PREMIUM, begins_on=date(2024, 4, 1))], None),
        (FULL, [replace(PREMIUM, begins_on=date(2024, 3, 1)), EXEMPTION], Reason.PREMIUM),
        (replace(FULL, ends_on=date(2024, 1, 31)), [replace(PREMIUM, begins_on=date(2024, 2, 1))], None),
        (replace(FULL, ends_on=date(2023, 12, 31), replacement_hours=Decimal(2)), [], None),
        (replace(FULL, starts_on=date(2024, 3, 31), replacement_hours=Decimal(2)), [], Reason.REPLACEMENT),
    ],
)
def test_e024_only_premium_choosers_and_replacers(
    contract: ContractFacts, choices: list[ChoiceFacts], reason: Reason | None
) -> None:
    assert needs_performance(contract, choices, K1) is reason


def test_e111_a_contract_outside_the_quarter_has_no_line() -> None:
    assert line_of(replace(FULL, ends_on=date(2023, 12, 31)), [PREMIUM], NORM) is None
    assert line_of(replace(FULL, starts_on=date(2024, 4, 1)), [PREMIUM], NORM) is None
    assert line_of(replace(FULL, starts_on=date(2024, 3, 31)), [PREMIUM], NORM) is not None


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("60", "60"),
        ("60,5", "60.5"),
        ("60.5", "60.5"),
        (" 0 ", "0"),
        ("0,0", "0.0"),
        ("60,50", "60.5"),
        ("999,5", "999.5"),
    ],
)
def test_days_are_read_with_comma_and_point(typed: str, value: str) -> None:
    assert parse_days(typed) == Decimal(value)


@pytest.mark.parametrize("typed", ["", "   ", None, "\u00a0"])
def test_blank_is_none_and_not_zero(typed: str | None) -> None:
    assert parse_days(typed) is None
    assert parse_hours(typed) is None


@pytest.mark.parametrize(
    "typed",
    ["60,3", "60.25", "-1", "x", "1e2", "NaN", "Infinity", "1 000", "6٠", "1000", "5,", ",5", "1.000,5", "+5", "½"],
)
def test_v47_what_is_no_number_of_half_days_is_refused(typed: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_days(typed, field="unpaid_days")
    assert caught.value.code == "V-47"
    assert caught.value.field == "unpaid_days"
    assert str(caught.value) == "Vul een geldig aantal dagen in (per halve dag)."


@pytest.mark.parametrize(
    ("typed", "value"), [("246,25", "246.25"), ("246.2", "246.2"), ("9999,99", "9999.99"), ("0", "0")]
)
def test_hours_are_read_with_comma_and_point(typed: str, value: str) -> None:
    assert parse_hours(typed) == Decimal(value)


@pytest.mark.parametrize("typed", ["-1", "1,234", "10000", "9999.995", "1.250,50", "uur", "1e1", "NaN"])
def test_hours_out_of_range_or_too_precise_are_refused(typed: str) -> None:
    with pytest.raises(InvalidValue, match=r"van 0 tot 9999,99") as caught:
        parse_hours(typed)
    assert caught.value.field == "paid_hours"


@given(st.text(max_size=12))
def test_reading_any_text_gives_a_value_or_a_refusal(typed: str) -> None:
    for read, most in ((parse_days, Decimal("999.5")), (parse_hours, Decimal("9999.99"))):
        try:
            value = read(typed)
        except InvalidValue:
            continue
        assert value is None or 0 <= value <= most


@given(st.integers(0, 1999))
def test_every_half_day_is_read_back(halves: int) -> None:
    value = Decimal(halves) / 2
    assert parse_days(str(value)) == parse_days(str(value).replace(".", ",")) == value


# --- checks ----------------------------------------------------------------------------------------------------------


def test_a_complete_line_has_nothing_to_say() -> None:
    assert seen(days("60", "5")) == []
    assert seen(days("65", "0")) == []
    assert seen(hours("247"), line(PART)) == []


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (None, "paid_days"),
        (PerformanceEntry(), "paid_days"),
        (days(None, "5"), "paid_days"),
        (days("60", None), "unpaid_days"),
    ],
)
def test_v45_full_time_needs_both_fields_a14(entry: PerformanceEntry | None, field: str) -> None:
    assert seen(entry) == [("V-45", W, field)]
    strict = PerformanceParameters(incomplete_days_severity=Severity.BLOCKS_SUBMIT)
    assert seen(entry, parameters=strict) == [("V-45", Severity.BLOCKS_SUBMIT, field)]


def test_v46_part_time_needs_hours() -> None:
    assert seen(None, line(PART)) == [("V-46", W, "paid_hours")]
    assert seen(days("60", "5"), line(PART)) == [("V-46", W, "paid_hours")], "L-08: days are not used"
    assert seen(hours("0"), line(PART)) == []


@pytest.mark.parametrize("wrong", ["60.3", "-0.5", "NaN", "1000"])
def test_v47_also_for_values_that_did_not_come_from_a_form(wrong: str) -> None:
    assert seen(days(wrong, "0")) == [("V-47", B, "paid_days")]
    assert seen(days("0", wrong)) == [("V-47", B, "unpaid_days")]


def test_hours_that_did_not_come_from_a_form_are_checked() -> None:
    assert seen(hours("1.234"), line(PART)) == [("E-112", B, "paid_hours")]


def test_v48_more_days_than_the_quarter_has() -> None:
    assert seen(days("60", "5.5")) == [("V-48", W, "paid_days")]
    (finding,) = check_line(line(), days("60", "5.5"))
    assert str(finding) == "Het aantal dagen (65,5) is hoger dan het mogelijke aantal werkdagen (65) in dit kwartaal."
    assert seen(days("60", "5.5"), parameters=PerformanceParameters(day_tolerance=Decimal("0.5"))) == []
    one_week = line(replace(FULL, starts_on=date(2024, 1, 29), ends_on=date(2024, 2, 2)))
    assert seen(days("5", "0"), one_week) == []
    assert seen(days("5", "0.5"), one_week) == [("V-48", W, "paid_days")]


def test_v49_no_days_at_all() -> None:
    assert seen(days("0", "0")) == [("V-49", W, "paid_days")]
    assert seen(days("0", None)) == [("V-45", W, "unpaid_days"), ("V-49", W, "paid_days")]


def test_v50_more_hours_than_expected() -> None:
    # 65 days x 7.6 x 19/38 = 247 hours; ten per cent more is 271.7
    assert seen(hours("271.7"), line(PART)) == []
    assert seen(hours("271.71"), line(PART)) == [("V-50", W, "paid_hours")]
    assert seen(hours("271.7"), line(PART), parameters=PerformanceParameters(hours_factor=Decimal(1))) == [
        ("V-50", W, "paid_hours")
    ]


def test_v51_performance_of_a_pure_exemption_beneficiary() -> None:
    one = line(FULL, EXEMPTION)
    assert one.reason is None
    assert seen(days("60", "5"), one) == [("V-51", INFO, None)]
    assert seen(None, one) == []
    assert seen(PerformanceEntry(), one) == []
    # nobody's choice: the sentence about the exemption would be untrue
    neither = line(FULL, replace(EXEMPTION, ends_on=date(2023, 12, 31)))
    assert seen(days("60", "5"), neither) == [("E-024", INFO, None)]


@given(
    st.none() | st.decimals(-5, 1005, places=1),
    st.none() | st.decimals(-5, 1005, places=1),
)
def test_a_blocking_finding_means_half_days_are_wrong_and_nothing_else(
    paid: Decimal | None, unpaid: Decimal | None
) -> None:
    wrong = any(v is not None and (v < 0 or v > Decimal("999.5") or v * 2 != int(v * 2)) for v in (paid, unpaid))
    findings = check_line(line(), PerformanceEntry(paid, unpaid, None))
    assert any(finding.severity is B for finding in findings) is wrong


def test_two_thousand_lines_take_a_fraction_of_a_second() -> None:
    contracts = [replace(FULL if n % 2 else PART, reference=str(n)) for n in range(2000)]
    entry = PerformanceEntry(Decimal(60), Decimal(6), Decimal(400))
    start = perf_counter()
    findings = [f for c in contracts if (one := line_of(c, [PREMIUM], NORM)) for f in check_line(one, entry)]
    assert len(findings) == 2000
    assert perf_counter() - start < 1, "about 20 ms on an ordinary machine"
