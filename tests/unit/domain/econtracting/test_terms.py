"""Terms and interest: the worked examples D-1 to D-14 and I-1 to I-4, and the readings L-20 to L-25."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendars import BRUSSELS
from domain.econtracting.interest import Interest, Rate
from domain.econtracting.interest import interest as interest_at
from domain.econtracting.term_case import answer as answer_with
from domain.econtracting.terms import Regime, TermKind, payment_term, regime_of, term
from domain.errors import InvalidValue
from services.econtracting.calendar_data import shipped_rates

D = Decimal
RATES = shipped_rates()


def interest(principal: Decimal, due: date, paid: date) -> Interest:
    """With the rates an installation starts with."""
    return interest_at(principal, due, paid, RATES)


def answer(case: Any) -> dict[str, Any]:
    """With the rates an installation starts with."""
    return answer_with(case, RATES)


def at(text: str) -> datetime:
    """An instant; without an offset it is Brussels time."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=BRUSSELS)


@pytest.mark.parametrize(
    ("example", "start", "days", "nominal", "rolled"),
    [
        ("D-1", "2025-03-24T16:40", 30, "2025-04-23", "2025-04-23"),
        ("D-2", "2025-03-22T09:00", 30, "2025-04-21", "2025-04-22"),
        ("D-3", "2025-04-01T12:00", 30, "2025-05-01", "2025-05-02"),
        ("D-4", "2025-04-03T12:00", 30, "2025-05-03", "2025-05-05"),
        ("D-5", "2025-03-24T16:40", 60, "2025-05-23", "2025-05-23"),
        ("D-11", "2025-03-31T23:59:58", 30, "2025-04-30", "2025-04-30"),
        ("D-11, the trap", "2025-03-31T22:30:00+00:00", 30, "2025-05-01", "2025-05-02"),
        ("D-12", "2025-12-02T12:00", 30, "2026-01-01", "2026-01-02"),
        ("D-13", "2025-11-25T12:00", 30, "2025-12-25", "2025-12-26"),
    ],
)
def test_the_processing_term(example: str, start: str, days: int, nominal: str, rolled: str) -> None:
    found = term(TermKind.PROCESSING, Regime.KB2024, at(start), days=days, roll=True)
    assert (found.nominal_end, found.effective_end) == (date.fromisoformat(nominal), date.fromisoformat(rolled))
    plain = term(TermKind.PROCESSING, Regime.KB2024, at(start), days=days)
    assert plain.effective_end == plain.nominal_end, "L-23: not rolled unless asked"


@pytest.mark.parametrize(
    ("example", "start", "nominal", "effective"),
    [
        ("D-6", "2025-04-15T17:30", "2025-04-20", "2025-04-22"),
        ("D-7", "2025-04-16T17:30", "2025-04-21", "2025-04-22"),
        ("D-14", "2025-04-15T00:03", "2025-04-20", "2025-04-22"),
        ("D-10, first half", "2024-06-24T15:02", "2024-06-29", "2024-07-01"),
    ],
)
def test_the_invoice_in_five_days(example: str, start: str, nominal: str, effective: str) -> None:
    for regime in Regime:
        found = term(TermKind.INVOICE, regime, at(start))
        assert (found.nominal_end, found.effective_end) == (date.fromisoformat(nominal), date.fromisoformat(effective))


@pytest.mark.parametrize(
    ("example", "review", "end", "left"),
    [("D-8", "2024-06-24T15:02", "2024-07-24", "30"), ("D-9", "2024-07-10T09:00", "2024-08-02", "23")],
)
def test_the_payment_under_kb2013(example: str, review: str, end: str, left: str) -> None:
    """L-21: the days a review is late are taken off the payment, so that the total stays 60."""
    found = payment_term(at("2024-06-03T10:00"), at(review))
    assert found.effective_end == date.fromisoformat(end)
    assert any(left in str(step) for step in found.steps)


@given(st.integers(0, 120), st.integers(1, 60))
def test_l21_both_forms_of_the_rule_are_the_same(after: int, days: int) -> None:
    begun, reviewed = date(2024, 6, 3), date.fromordinal(date(2024, 6, 3).toordinal() + after)
    found = payment_term(at(f"{begun}T12:00"), at(f"{reviewed}T12:00"), days=days)
    assert (found.nominal_end - begun).days == min(after + days, 30 + days)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)), st.integers(1, 90))
def test_a_term_never_ends_before_its_days_are_over(start: datetime, days: int) -> None:
    """DST nights change nothing; the roll only ever moves a last day forward, to a working day."""
    found = term(TermKind.INVOICE, Regime.KB2024, start.replace(tzinfo=BRUSSELS), days=days)
    assert (found.nominal_end - found.start_date).days == days
    assert found.effective_end >= found.nominal_end
    assert found.effective_end.weekday() < 5
    assert found.expires_at.astimezone(BRUSSELS).date() > found.effective_end


def test_l22_closing_days_of_the_department_do_not_roll() -> None:
    """A-31: 11 July is a Friday in 2025, 26 December too."""
    for start, end in (("2025-07-06T12:00", "2025-07-11"), ("2025-12-21T12:00", "2025-12-26")):
        assert term(TermKind.INVOICE, Regime.KB2024, at(start)).effective_end == date.fromisoformat(end)


def test_the_regime_follows_the_publication() -> None:
    assert (regime_of(date(2024, 12, 31)), regime_of(date(2025, 1, 1))) == (Regime.KB2013, Regime.KB2024)


@pytest.mark.parametrize(
    ("kind", "regime"),
    [
        (TermKind.PROCESSING, Regime.KB2013),
        (TermKind.VERIFICATION, Regime.KB2024),
        (TermKind.PAYMENT, Regime.KB2024),
    ],
)
def test_l23_a_regime_knows_its_own_terms(kind: TermKind, regime: Regime) -> None:
    with pytest.raises(InvalidValue, match=regime.value):
        term(kind, regime, at("2025-03-24T16:40"))


@pytest.mark.parametrize(
    ("example", "principal", "due", "paid", "days", "amount"),
    [
        ("I-1", "100000.00", "2014-01-01", "2014-01-31", 30, "698.63"),
        ("I-2", "100000.00", "2025-06-13", "2025-07-15", 32, "967.12"),
        ("I-3", "84250.40", "2025-05-02", "2025-06-02", 31, "822.88"),
        ("I-4", "125000.00", "2025-12-22", "2026-01-20", 29, "1042.81"),
    ],
)
def test_interest(example: str, principal: str, due: str, paid: str, days: int, amount: str) -> None:
    found = interest(D(principal), date.fromisoformat(due), date.fromisoformat(paid))
    assert (found.days, found.interest, found.flat) == (days, D(amount), D("40.00"))


def test_l24_the_rate_of_the_half_year_of_each_day() -> None:
    found = interest(D("1000.00"), date(2023, 6, 29), date(2024, 1, 1))
    assert [(one.half_year, one.days, one.rate) for one in found.segments] == [
        ("2023H1", 1, Rate(D("10.5"))),
        ("2023H2", 184, Rate(D("12.0"), derived=True)),
        ("2024H1", 1, Rate(D("12.5"))),
    ]


def test_l24_every_half_year_from_2013_to_2026_has_a_rate() -> None:
    halves = {f"{year}H{half}" for year in range(2013, 2026) for half in (1, 2)} | {"2026H1"}
    assert set(RATES) == halves
    assert {half for half, rate in RATES.items() if rate.derived} == {"2021H2", "2022H1", "2022H2", "2023H2"}


def test_l24_a_day_without_a_known_rate() -> None:
    with pytest.raises(InvalidValue, match="2026H2"):
        interest(D("1000.00"), date(2026, 6, 30), date(2026, 7, 1))


@pytest.mark.parametrize("paid", [date(2025, 6, 13), date(2025, 6, 1)])
def test_l25_paid_in_time_owes_nothing(paid: date) -> None:
    found = interest(D("100000.00"), date(2025, 6, 13), paid)
    assert (found.days, str(found.interest), str(found.flat), found.segments) == (0, "0.00", "0.00", ())


TERM: dict[str, Any] = {"kind": "PROCESSING", "regime": "KB2024", "start": "2025-03-22T09:00:00+01:00"}
PAYMENT: dict[str, Any] = {
    "kind": "PAYMENT",
    "regime": "KB2013",
    "verification_start": "2024-06-03T10:00:00+02:00",
    "review_at": "2024-07-10T09:00:00+02:00",
}
INTEREST: dict[str, Any] = {"kind": "INTEREST", "principal": "100000.00", "due": "2025-06-13", "paid": "2025-07-15"}


def test_a_term_as_json() -> None:
    assert answer(TERM | {"days": 30, "roll": True}) == {
        "start_date": "2025-03-22",
        "nominal_end": "2025-04-21",
        "effective_end": "2025-04-22",
        "trace": ["30 days after 2025-03-22", "nominal end 2025-04-21", "effective end 2025-04-22"],
    }


def test_a_payment_as_json() -> None:
    assert answer(PAYMENT)["trace"] == [
        "verification until 2024-07-03",
        "review 2024-07-10, 7 days late",
        "23 days of payment",
        "nominal end 2024-08-02",
        "effective end 2024-08-02",
    ]


def test_interest_as_json() -> None:
    assert answer(INTEREST)["segments"][1] == {"half_year": "2025H2", "days": 15, "rate": "10.5", "derived": False}


@pytest.mark.parametrize(
    "case",
    [
        None,
        {},
        TERM | {"kind": "REVIEW"},
        TERM | {"kind": "VERIFICATION"},
        TERM | {"regime": "KB2025"},
        TERM | {"start": "2025-03-22T09:00:00"},
        TERM | {"start": "2025-03-22"},
        TERM | {"start": 3},
        TERM | {"start": "9999-12-31T00:00:00Z"},
        TERM | {"days": 0},
        TERM | {"days": "30"},
        TERM | {"days": True},
        TERM | {"roll": "ja"},
        TERM | {"review_at": "2024-07-10T09:00:00+02:00"},
        PAYMENT | {"review_at": None},
        PAYMENT | {"start": "2024-07-10T09:00:00+02:00"},
        INTEREST | {"principal": 100000},
        INTEREST | {"principal": "-1.00"},
        INTEREST | {"principal": "1.005"},
        INTEREST | {"due": "13/06/2025"},
        INTEREST | {"paid": "2030-01-01"},
        INTEREST | {"days": 3},
    ],
)
def test_l04_bad_input_is_refused(case: Any) -> None:
    with pytest.raises(InvalidValue) as refused:
        answer(case)
    assert str(refused.value)
