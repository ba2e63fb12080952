"""Advances, settlements and the current account: 7.7, example 4 of 7.8, golden test 6, A-20 to A-23."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ecalcura.calculation_states import CalculationKind
from domain.ecalcura.payment_states import PaymentKind
from domain.ecalcura.payments import (
    Due,
    booked,
    chain,
    check_oldest_first,
    fixed,
    payment_kind,
    settlement,
    share_of,
)
from domain.errors import NotAllowedNow

ADVANCE_1, ADVANCE_2, FINAL, CORRECTION = PaymentKind
CENTS = st.integers(-(10**11), 10**11).map(lambda cents: Decimal(cents).scaleb(-2))
OWED = st.integers(0, 10**11).map(lambda cents: Decimal(cents).scaleb(-2))


def euro(text: str) -> Decimal:
    """``28,735.42`` as the specification prints it; the minus may be the typographic one."""
    return Decimal(text.replace(",", "").replace("−", "-"))


@pytest.mark.parametrize(
    ("base", "percentage", "expected"),
    [
        ("40,000.00", "40", "16,000.00"),
        ("28,735.42", "40", "11,494.17"),  # 11,494.168
        ("0.01", "50", "0.01"),  # half goes up
        ("33,210.07", "37.5", "12,453.78"),  # 12,453.77625
    ],
)
def test_a20_an_advance_is_a_percentage_of_the_last_definitive_total(base: str, percentage: str, expected: str) -> None:
    found = share_of(euro(base), Decimal(percentage), "2022-2023")
    assert found is not None
    assert (found.amount, found.base_amount, found.percentage, found.base_period) == (
        euro(expected),
        euro(base),
        Decimal(percentage),
        "2022-2023",
    )


@pytest.mark.parametrize(("base", "percentage"), [(None, "40"), ("0.00", "40"), ("100.00", "0"), ("0.01", "40")])
def test_a20_no_base_or_nothing_to_pay_is_no_advance(base: str | None, percentage: str) -> None:
    assert share_of(None if base is None else euro(base), Decimal(percentage), None) is None


def test_part_8_a_fixed_advance_has_no_base() -> None:
    found = fixed(Decimal("1500.00"))
    assert found is not None
    assert (found.amount, found.base_amount, found.percentage) == (Decimal("1500.00"), None, None)
    assert fixed(None) is None
    assert fixed(Decimal("0.00")) is None


def test_example_4_line_by_line() -> None:
    """7.8 example 4: both settlements and every advance, from the totals; berekend, RC voor, betaald, RC na."""
    first = share_of(euro("40,000.00"), Decimal(40), "2022-2023")
    assert first is not None
    closing = euro("28,735.42")
    next_advance = share_of(closing, Decimal(40), "2023-2024")
    assert next_advance is not None
    january, july = date(2025, 1, 31), date(2025, 7, 31)
    lines = [
        Due("2023-2024", ADVANCE_1, date(2024, 1, 31), first.amount),
        Due("2023-2024", ADVANCE_2, date(2024, 7, 31), first.amount),
        Due("2023-2024", FINAL, january, settlement(closing, [first.amount, first.amount])),
        Due("2024-2025", ADVANCE_1, january, next_advance.amount),
        Due("2024-2025", ADVANCE_2, july, next_advance.amount),
        Due("2024-2025", FINAL, date(2026, 1, 30), settlement(euro("33,210.07"), [next_advance.amount] * 2)),
    ]
    expected = [
        ("16,000.00", "0.00", "16,000.00", "0.00"),
        ("16,000.00", "0.00", "16,000.00", "0.00"),
        ("−3,264.58", "0.00", "0.00", "3,264.58"),
        ("11,494.17", "3,264.58", "8,229.59", "0.00"),
        ("11,494.17", "0.00", "11,494.17", "0.00"),
        ("10,221.73", "0.00", "10,221.73", "0.00"),
    ]
    found = [(one.due.calculated, one.balance_before, one.paid, one.balance_after) for one in chain(reversed(lines))]
    assert found == [tuple(euro(amount) for amount in line) for line in expected]


def test_a21_on_one_day_the_oldest_reference_period_goes_first_because_the_order_changes_rc() -> None:
    day = date(2025, 1, 31)
    final = Due("2023-2024", FINAL, day, euro("−3,264.58"))
    advance = Due("2024-2025", ADVANCE_1, day, euro("11,494.17"))
    right = chain([advance, final])
    assert [(one.due.period_code, one.paid, one.balance_after) for one in right] == [
        ("2023-2024", euro("0.00"), euro("3,264.58")),
        ("2024-2025", euro("8,229.59"), euro("0.00")),
    ]
    paid, after = booked(advance.calculated, Decimal("0.00"))
    wrong = booked(final.calculated, after)
    assert (paid, wrong) == (euro("11,494.17"), (euro("0.00"), euro("3,264.58"))), "the other order pays too much"


def test_golden_6_three_periods_with_a_negative_settlement_and_a_correction_after_d() -> None:
    """Part 12.6, A-23: the correction after D books on the same RC, or pays out."""
    day = date(2025, 1, 31)
    period_1 = [euro("16,000.00"), euro("16,000.00")]
    period_1.append(settlement(euro("28,735.42"), period_1))
    down = settlement(euro("27,000.00"), period_1)
    assert down == euro("−1,735.42")
    up = settlement(euro("29,500.00"), [*period_1, down])
    assert up == euro("2,500.00")
    lines = [
        Due("2023-2024", ADVANCE_1, date(2024, 1, 31), period_1[0]),
        Due("2023-2024", ADVANCE_2, date(2024, 7, 31), period_1[1]),
        Due("2023-2024", FINAL, day, period_1[2]),
        Due("2024-2025", ADVANCE_1, day, euro("11,494.17")),
        Due("2023-2024", CORRECTION, date(2025, 3, 3), down),
        Due("2024-2025", ADVANCE_2, date(2025, 7, 31), euro("11,494.17")),
        Due("2023-2024", CORRECTION, date(2025, 9, 1), up),
        Due("2024-2025", FINAL, date(2026, 1, 30), settlement(euro("20,000.00"), [euro("11,494.17")] * 2)),
        Due("2025-2026", ADVANCE_1, date(2026, 1, 30), euro("2,000.00")),
        Due("2025-2026", ADVANCE_2, date(2026, 7, 31), euro("2,000.00")),
    ]
    found = [(one.balance_before, one.paid, one.balance_after) for one in chain(lines)]
    assert found == [
        (euro("0.00"), euro("16,000.00"), euro("0.00")),
        (euro("0.00"), euro("16,000.00"), euro("0.00")),
        (euro("0.00"), euro("0.00"), euro("3,264.58")),
        (euro("3,264.58"), euro("8,229.59"), euro("0.00")),
        (euro("0.00"), euro("0.00"), euro("1,735.42")),
        (euro("1,735.42"), euro("9,758.75"), euro("0.00")),
        (euro("0.00"), euro("2,500.00"), euro("0.00")),
        (euro("0.00"), euro("0.00"), euro("2,988.34")),
        (euro("2,988.34"), euro("0.00"), euro("988.34")),
        (euro("988.34"), euro("1,011.66"), euro("0.00")),
    ]
    assert sum(one[1] for one in found) == sum(due.calculated for due in lines)


@given(calculated=CENTS, before=OWED)
def test_7_7_both_formulas_hold_also_for_a_negative_amount(calculated: Decimal, before: Decimal) -> None:
    paid, after = booked(calculated, before)
    assert paid == max(Decimal(0), calculated - before)
    assert after == max(Decimal(0), before - calculated)
    assert paid >= 0
    assert after >= 0
    assert not (paid and after), "somebody who still owes is paid nothing"
    assert paid - after == calculated - before, "no cent is lost"


@given(amounts=st.lists(st.tuples(CENTS, st.dates(), st.integers(2020, 2030), st.sampled_from(list(PaymentKind)))))
def test_a23_one_current_account_over_every_chain(amounts: list[tuple[Decimal, date, int, PaymentKind]]) -> None:
    found = chain(Due(f"{year}-{year + 1}", kind, day, amount) for amount, day, year, kind in amounts)
    before = Decimal("0.00")
    for one in found:
        assert one.balance_before == before
        assert one.paid >= 0
        assert one.balance_after >= 0
        before = one.balance_after
    assert sum(one.paid for one in found) == sum(amount for amount, *_ in amounts) + before
    order = [(one.due.payable_on, one.due.period_code) for one in found]
    assert order == sorted(order)


@given(total=OWED, advances=st.lists(OWED, max_size=2), corrected=st.lists(OWED, max_size=3))
def test_a22_a23_what_is_calculated_for_a_period_is_always_the_last_total(
    total: Decimal, advances: list[Decimal], corrected: list[Decimal]
) -> None:
    lines = [*advances, settlement(total, advances)]
    assert sum(lines) == total
    for again in corrected:
        lines.append(settlement(again, lines))
        assert sum(lines) == again


def test_a_balance_below_zero_is_a_bug() -> None:
    with pytest.raises(ValueError, match="below zero"):
        booked(Decimal(1), Decimal("-0.01"))


@pytest.mark.parametrize(
    ("kind", "before", "expected"),
    [
        (CalculationKind.ADVANCE_1, [], ADVANCE_1),
        (CalculationKind.ADVANCE_2, [ADVANCE_1], ADVANCE_2),
        (CalculationKind.ADVANCE_2, [], ADVANCE_2),
        (CalculationKind.DEFINITIVE, [ADVANCE_1, ADVANCE_2], FINAL),
        (CalculationKind.DEFINITIVE, [], FINAL),
        (CalculationKind.RECALCULATION, [FINAL], CORRECTION),
        (CalculationKind.CORRECTION, [ADVANCE_1, FINAL, CORRECTION], CORRECTION),
        (CalculationKind.DEFINITIVE, [FINAL], CORRECTION),
    ],
)
def test_a23_the_first_definitive_total_settles_and_each_later_one_corrects(
    kind: CalculationKind, before: list[PaymentKind], expected: PaymentKind
) -> None:
    assert payment_kind(kind, "2023-2024", before) is expected


@pytest.mark.parametrize(
    ("kind", "before"),
    [(CalculationKind.ADVANCE_1, [ADVANCE_1]), (CalculationKind.ADVANCE_2, [ADVANCE_1, FINAL])],
)
def test_a20_no_advance_twice_and_none_after_the_final_statement(
    kind: CalculationKind, before: list[PaymentKind]
) -> None:
    with pytest.raises(NotAllowedNow) as refused:
        payment_kind(kind, "2023-2024", before)
    assert refused.value.code == "A-20"
    assert "2023-2024" in str(refused.value)


def test_a35_a_provisional_calculation_is_never_paid() -> None:
    with pytest.raises(ValueError, match="provisional"):
        payment_kind(CalculationKind.PROVISIONAL, "2023-2024", [])


def test_a21_an_advance_waits_for_the_final_statement_of_the_same_day() -> None:
    day = date(2025, 1, 31)
    check_oldest_first(day, [("2022-2023", date(2024, 1, 31))])
    with pytest.raises(NotAllowedNow) as refused:
        check_oldest_first(day, [("2023-2024", day), ("2022-2023", date(2024, 1, 31))])
    assert refused.value.code == "A-21"
    assert "2023-2024" in str(refused.value)
