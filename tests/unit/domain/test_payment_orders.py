"""When an order may be made and released, and what a transfer on a statement is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.ecalcura.bank_matching import OUTCOME_LABELS, OrderedLine, Outcome, Transfer, match
from domain.ecalcura.payment_orders import check_execution, check_release, is_other_person, proposed
from domain.ecalcura.payment_states import OrderState
from domain.errors import NotAllowedNow

TODAY = date(2025, 2, 3)
LINE = OrderedLine("regel", Decimal("100.00"), "BE71096123456769", True, date(2025, 1, 31), None)
TRANSFER = Transfer("regel", Decimal("100.00"), date(2025, 1, 31), "BE71096123456769")


@settings(deadline=None)  # the holidays of a year are looked up once
@given(
    today=st.dates(date(2024, 1, 1), date(2034, 12, 31)),
    planned=st.none() | st.dates(date(2020, 1, 1), date(2040, 1, 1)),
)
def test_the_proposed_day_is_always_one_that_may_be(today: date, planned: date | None) -> None:
    check_execution(proposed(planned, today), today)


def test_the_payment_date_is_proposed_when_it_is_near() -> None:
    assert proposed(date(2025, 1, 31), date(2025, 1, 20)) == date(2025, 1, 31)
    assert proposed(date(2025, 1, 31), date(2025, 2, 1)) == date(2025, 2, 3)
    assert proposed(date(2025, 7, 31), date(2025, 1, 20)) == date(2025, 1, 20)


@pytest.mark.parametrize(
    ("made_by", "by", "allowed"), [(1, 2, True), (1, 1, False), (1, None, False), (None, 2, False)]
)
def test_four_eyes_are_two_known_accounts(made_by: int | None, by: int | None, allowed: bool) -> None:
    assert is_other_person(made_by, by) is allowed
    if allowed:
        check_release(OrderState.DRAFT, made_by, by, TODAY, TODAY)
    else:
        with pytest.raises(NotAllowedNow, match="vier ogen"):
            check_release(OrderState.DRAFT, made_by, by, TODAY, TODAY)


@pytest.mark.parametrize(
    ("transfer", "line", "expected"),
    [
        (TRANSFER, LINE, Outcome.MATCHED),
        (replace(TRANSFER, amount=Decimal("100.01")), LINE, Outcome.AMOUNT_DIFFERS),
        (replace(TRANSFER, currency="USD"), LINE, Outcome.AMOUNT_DIFFERS),
        (replace(TRANSFER, iban="BE68539007547034"), LINE, Outcome.IBAN_DIFFERS),
        (replace(TRANSFER, iban=None), LINE, Outcome.IBAN_DIFFERS),
        (replace(TRANSFER, end_to_end="ander"), LINE, Outcome.UNKNOWN),
        (replace(TRANSFER, end_to_end=None), LINE, Outcome.UNKNOWN),
        (replace(TRANSFER, value_date=None), LINE, Outcome.UNKNOWN),
        (replace(TRANSFER, value_date=date(2025, 1, 30)), LINE, Outcome.UNKNOWN),
        (replace(TRANSFER, value_date=date(2025, 2, 4)), LINE, Outcome.UNKNOWN),
        (replace(TRANSFER, incoming=True), LINE, Outcome.UNKNOWN),
        (TRANSFER, replace(LINE, at_bank=False), Outcome.UNKNOWN),
        (TRANSFER, replace(LINE, value_date=date(2025, 1, 31)), Outcome.ALREADY_DATED),
    ],
)
def test_n10_only_what_fits_in_every_way_is_matched(transfer: Transfer, line: OrderedLine, expected: Outcome) -> None:
    (found,) = match([transfer], {line.reference: line}, TODAY)
    assert found.outcome is expected
    assert expected is not Outcome.UNKNOWN or found.detail, "what is not recognised says why"


def test_the_second_one_in_a_file_is_a_duplicate_even_when_the_first_one_did_not_fit() -> None:
    wrong = replace(TRANSFER, amount=Decimal("1.00"))
    found = match([wrong, TRANSFER, TRANSFER], {LINE.reference: LINE}, TODAY)
    assert [one.outcome for one in found] == [Outcome.AMOUNT_DIFFERS, Outcome.MATCHED, Outcome.DUPLICATE]


def test_every_outcome_has_a_dutch_label() -> None:
    assert set(OUTCOME_LABELS) == set(Outcome)
