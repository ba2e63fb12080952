"""What a closed quarter forbids on the staff screens: A-13, V-18, V-19, V-41 (golden case 12.9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendars import Quarter
from domain.ecalcura.frozen_quarters import check_change, check_delete_choice, check_delete_contract
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts

K1, K2, K3 = Quarter(2024, 1), Quarter(2024, 2), Quarter(2024, 3)
CONTRACT = ContractFacts("c1", date(2020, 1, 1), None, "LOONTREKKENDE", "ZORGKUNDIGE", Decimal(38), Decimal(0), True)
CHOICE = ChoiceFacts("k1", date(2020, 1, 1), date(2020, 1, 1), None, "45+", 0, 2)
LINES = pytest.mark.parametrize(("line", "code"), [(CONTRACT, "V-18"), (CHOICE, "V-41")])
Line = ContractFacts | ChoiceFacts


def codes(*args: object, **kwargs: object) -> list[str]:
    return [finding.code for finding in check_change(*args, **kwargs)]  # type: ignore[arg-type]


def ending(line: Line, day: date | None) -> Line:
    return replace(line, ends_on=day)


@LINES
def test_a13_change_of_a_line_that_touches_a_closed_quarter_is_refused(line: Line, code: str) -> None:
    changed = replace(CONTRACT, hours=Decimal(19)) if line is CONTRACT else replace(CHOICE, exemption_hours=4)
    assert codes(line, changed, [K1]) == [code]
    assert codes(line, changed, []) == []
    assert codes(ending(line, date(2023, 12, 31)), ending(changed, date(2023, 12, 31)), [K1]) == []
    assert codes(ending(line, date(2024, 1, 1)), ending(changed, date(2024, 1, 1)), [K1]) == [code]
    assert codes(line, line, [K1]) == [], "nothing changes"


@LINES
def test_a13_a_line_cannot_be_added_to_or_removed_from_a_closed_quarter(line: Line, code: str) -> None:
    assert codes(None, line, [K1]) == [code]
    assert codes(line, None, [K1]) == [code]
    assert codes(None, ending(line, date(2023, 12, 31)), [K1]) == []
    findings = check_change(None, line, [K1, K2])
    assert "ten vroegste beginnen op 1 juli 2024" in str(findings[0])


@LINES
@pytest.mark.parametrize(
    ("end", "allowed"),
    [
        (date(2024, 3, 30), False),
        (date(2024, 3, 31), False),
        (date(2024, 4, 1), True),
        (date(2025, 1, 1), True),
    ],
)
def test_golden_a13a_end_date_after_the_last_closed_quarter_is_accepted(
    line: Line, code: str, end: date, allowed: bool
) -> None:
    assert codes(line, ending(line, end), [Quarter(2023, 4), K1]) == ([] if allowed else [code])


@LINES
def test_a13a_a_later_closed_quarter_counts_for_an_open_line(line: Line, code: str) -> None:
    assert codes(line, ending(line, date(2024, 5, 1)), [K1, K3]) == [code]
    # but not for a line that never reached it
    until_may = ending(line, date(2024, 5, 1))
    assert codes(until_may, ending(line, date(2024, 6, 30)), [K1, K3]) == []
    assert codes(until_may, ending(line, date(2024, 7, 1)), [K1, K3]) == [code]
    assert codes(ending(line, date(2024, 3, 1)), ending(line, date(2024, 5, 1)), [K1]) == [code], "old end inside"


def test_a13a_nothing_else_may_change_with_the_end_date() -> None:
    changed = replace(CONTRACT, ends_on=date(2024, 5, 1), hours=Decimal(19))
    assert codes(CONTRACT, changed, [K1]) == ["V-18"]


@LINES
def test_a13b_a_case_manager_during_an_audit(line: Line, code: str) -> None:
    closed = [Quarter(2023, 4), K1]
    assert codes(line, None, closed, audit_quarters=[K1], by_case_manager=True) == []
    assert codes(line, None, closed, audit_quarters=[K1], by_case_manager=False) == [code]
    assert codes(line, None, closed, audit_quarters=[], by_case_manager=True) == [code]
    assert codes(line, None, closed, audit_quarters=[K2], by_case_manager=True) == [code], "not a quarter it touches"


def test_messages_are_those_of_part_6() -> None:
    contract_message = "Dit contract valt (deels) in een ingediend kwartaal en kan niet gewijzigd of verwijderd worden."
    choice_message = "Deze keuze valt (deels) in een ingediend kwartaal en kan niet gewijzigd of verwijderd worden."
    assert [str(f) for f in check_delete_contract(CONTRACT, [K1], has_performance=False)] == [contract_message]
    assert [str(f) for f in check_delete_choice(CHOICE, [K1])] == [choice_message]


def test_v19_e076_a_contract_with_performance_stays() -> None:
    findings = check_delete_contract(CONTRACT, [], has_performance=True)
    assert [f.code for f in findings] == ["V-19"]
    assert str(findings[0]) == "Dit contract kan niet verwijderd worden: er zijn al prestaties geregistreerd."
    assert [f.code for f in check_delete_contract(CONTRACT, [K1], has_performance=True)] == ["V-18", "V-19"]
    assert check_delete_contract(CONTRACT, [], has_performance=False) == []


def test_e089_a_choice_entirely_in_open_quarters_can_go() -> None:
    later = replace(CHOICE, begins_on=date(2024, 4, 1))
    assert check_delete_choice(later, [K1]) == []
    assert check_delete_choice(replace(later, begins_on=date(2024, 3, 1)), [K1]) != []


DAYS = st.dates(date(2023, 1, 1), date(2025, 12, 31))
QUARTERS = st.sets(st.sampled_from([Quarter(y, n) for y in (2023, 2024, 2025) for n in (1, 2, 3, 4)]))


@given(start=DAYS, old_end=st.none() | DAYS, new_end=st.none() | DAYS, closed=QUARTERS)
def test_a13_an_accepted_change_of_end_date_leaves_every_closed_quarter_as_it_was(
    start: date, old_end: date | None, new_end: date | None, closed: set[Quarter]
) -> None:
    old, new = (replace(CONTRACT, starts_on=start, ends_on=end) for end in (old_end, new_end))
    if check_change(old, new, closed):
        return
    for quarter in closed:
        day = quarter.start
        while day <= quarter.end:
            assert old.covers(day) == new.covers(day)
            day += timedelta(days=1)
