"""What a case manager may change on the staff screens (5.4, E-063, E-091)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from domain.calendars import Quarter
from domain.ecalcura.case_manager_changes import check_case_manager, check_exception_note
from domain.ecalcura.choice_rules import contracts_going_on
from domain.ecalcura.contract_rules import choices_going_on
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts

CONTRACT = ContractFacts(
    "c",
    date(2024, 1, 1),
    date(2024, 6, 30),
    "LOONTREKKENDE",
    "VERPLEEGKUNDIGE_BACHELOR",
    Decimal(38),
    Decimal(0),
    True,
)
CHOICE = ChoiceFacts("k", date(2024, 1, 1), date(2024, 1, 1), None, "55+", 6, 0)
AUDIT = frozenset({Quarter(2024, 2)})


@pytest.mark.parametrize("line", [CONTRACT, CHOICE])
def test_e063_a_line_that_touches_a_quarter_in_audit_may_change(line: ContractFacts | ChoiceFacts) -> None:
    assert check_case_manager(None, line, AUDIT) == []
    assert check_case_manager(line, None, AUDIT) == []


def test_e063_before_or_after_is_enough() -> None:
    before = replace(CONTRACT, ends_on=date(2024, 3, 31))
    assert check_case_manager(before, CONTRACT, AUDIT) == []
    assert check_case_manager(CONTRACT, before, AUDIT) == []


@pytest.mark.parametrize("line", [CONTRACT, CHOICE])
def test_e063_outside_an_audit_nothing(line: ContractFacts | ChoiceFacts) -> None:
    assert [finding.code for finding in check_case_manager(None, line, ())] == ["E-063"]
    assert [finding.code for finding in check_case_manager(line, None, ())] == ["E-063"]


def test_e091_the_premium_exception_needs_no_audit() -> None:
    granted = replace(CHOICE, premium_exception=True)
    assert check_case_manager(None, granted, ()) == []
    assert check_case_manager(CHOICE, granted, ()) == []
    assert check_case_manager(granted, CHOICE, ()) == []
    assert check_case_manager(CHOICE, replace(granted, premium_hours=4), ())


def test_e091_granting_names_the_message() -> None:
    granted = replace(CHOICE, premium_exception=True)
    assert [finding.field for finding in check_exception_note(CHOICE, granted, " ")] == ["exception_note"]
    assert check_exception_note(CHOICE, granted, "bericht 12") == []
    assert check_exception_note(granted, granted, "") == []
    assert check_exception_note(None, CHOICE, "") == []


def test_e070_the_choices_that_go_on_after_a_contract() -> None:
    ended = replace(CHOICE, reference="e", ends_on=date(2024, 6, 30))
    later = replace(CHOICE, reference="l", begins_on=date(2024, 7, 1))
    assert choices_going_on(CONTRACT, [CHOICE, ended, later]) == [CHOICE]
    assert choices_going_on(replace(CONTRACT, ends_on=None), [CHOICE]) == []


def test_e084_the_contracts_that_go_on_after_a_choice() -> None:
    choice = replace(CHOICE, ends_on=date(2024, 5, 31))
    without_right = replace(CONTRACT, reference="w", el_right=False)
    assert contracts_going_on(choice, [CONTRACT, without_right]) == [CONTRACT]
    assert contracts_going_on(CHOICE, [CONTRACT]) == []
