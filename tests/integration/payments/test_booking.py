"""Booking communicated calculations: the current account of a facility (7.7, A-20 to A-23, example 4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select

from domain.actor import SCHEDULER
from domain.ecalcura.calculation_states import CalculationStatus
from domain.ecalcura.parameter_sets import AdvanceBase, ParameterContent
from domain.ecalcura.payments import AdvanceAmount
from domain.errors import Forbidden, NotAllowedNow, NotFound
from models.all import db
from models.compensation import Calculation
from models.organisation import Facility
from models.payment import PaymentLine
from services import transaction
from services.ecalcura import advances, payments
from tests.factories import actors, organisations, reference
from tests.factories.payments import booked, calculation
from tests.integration.payments.traces import traced
from tests.reliability.lanes import at_once
from tests.support.databases import PreparedDatabase

At = Callable[[str], datetime]
ELS = actors.case_manager()


def content(period: str, **first: Any) -> ParameterContent:
    standard = ParameterContent.default(period)
    return replace(standard, advances=(replace(standard.advances[0], **first), standard.advances[1]))


def advance(of: Facility, period: str, which: int = 0, **first: Any) -> AdvanceAmount | None:
    return advances.amount(of.id, period, which, content(period, **first))


def amounts(line: PaymentLine) -> tuple[str, ...]:
    return tuple(str(value) for value in (line.calculated, line.balance_before, line.paid, line.balance_after))


def test_example_4_is_booked_line_by_line(database: PreparedDatabase, at: At) -> None:
    """7.8 example 4, golden test 6: advances from the last definitive total, negative settlement, correction."""
    brug = organisations.facility()
    at("2023-11-28T10:00:00+01:00")
    calculation(brug, "DEFINITIEF", "40000.00", "2022-2023")
    at("2024-01-10T10:00:00+01:00")
    first = advance(brug, "2023-2024")
    assert first == AdvanceAmount(Decimal("16000.00"), Decimal("40000.00"), Decimal(40), "2022-2023")
    found = [booked(brug, "VOORSCHOT_1", str(first.amount))]
    at("2024-07-10T10:00:00+02:00")
    found.append(booked(brug, "VOORSCHOT_2", "16000.00"))
    at("2024-11-28T10:00:00+01:00")
    found.append(booked(brug, "DEFINITIEF", "28735.42"))
    at("2025-01-10T10:00:00+01:00")
    following = advance(brug, "2024-2025")
    assert following == AdvanceAmount(Decimal("11494.17"), Decimal("28735.42"), Decimal(40), "2023-2024")
    found.append(booked(brug, "VOORSCHOT_1", "11494.17", "2024-2025", following))
    found.append(booked(brug, "VOORSCHOT_2", "11494.17", "2024-2025"))
    found.append(booked(brug, "DEFINITIEF", "33210.07", "2024-2025"))
    assert [amounts(line) for line in found] == [
        ("16000.00", "0.00", "16000.00", "0.00"),
        ("16000.00", "0.00", "16000.00", "0.00"),
        ("-3264.58", "0.00", "0.00", "3264.58"),
        ("11494.17", "3264.58", "8229.59", "0.00"),
        ("11494.17", "0.00", "11494.17", "0.00"),
        ("10221.73", "0.00", "10221.73", "0.00"),
    ]
    assert [line.sequence for line in found] == [1, 2, 3, 4, 5, 6]
    final = found[2]
    assert (final.entitlement, final.advances) == (Decimal("28735.42"), Decimal("32000.00")), "A-22"
    assert (final.calculated_on, final.communicated_on, final.value_date) == (date(2024, 11, 28),) * 2 + (None,)
    assert [line.payable_on for line in found[:4]] == [
        date(2024, 1, 31),
        date(2024, 7, 31),
        date(2025, 1, 31),
        date(2025, 1, 31),
    ]
    assert (found[3].base_amount, found[3].percentage) == (Decimal("28735.42"), Decimal("40.00"))
    assert payments.balance(brug.id) == 0


def test_a23_a_correction_after_d_books_on_the_same_rc_or_pays_out(database: PreparedDatabase, at: At) -> None:
    brug = organisations.facility()
    booked(brug, "VOORSCHOT_1", "16000.00")
    booked(brug, "DEFINITIEF", "20000.00")
    down = booked(brug, "CORRECTIE", "18500.00")
    assert (down.kind.name, amounts(down)) == ("CORRECTION", ("-1500.00", "0.00", "0.00", "1500.00"))
    assert payments.balance(brug.id) == Decimal("1500.00")
    up = booked(brug, "HERBEREKENING", "21000.00")
    assert (up.kind.name, amounts(up)) == ("CORRECTION", ("2500.00", "1500.00", "1000.00", "0.00"))
    assert (up.entitlement, up.advances) == (Decimal("21000.00"), Decimal("18500.00"))
    at("2025-06-02T10:00:00+02:00")
    late = booked(brug, "CORRECTIE", "22000.00")
    assert late.payable_on == date(2025, 6, 2), "the payment date is over: it is payable at once"


def test_a_calculation_is_booked_once_and_traced_once(database: PreparedDatabase) -> None:
    brug = organisations.facility()
    one = calculation(brug, "DEFINITIEF", "1000.00")
    for _ in range(2):
        with transaction.unit_of_work():
            payments.book(ELS, db.session.get_one(Calculation, one.id))
    assert len(db.session.scalars(select(PaymentLine)).all()) == 1
    (data,) = traced("payment.booked")
    assert (data["calculated"], data["paid"], data["after"]) == ("1000.00", "1000.00", "0.00")


def test_booking_at_once_gives_one_chain_without_a_hole(database: PreparedDatabase) -> None:
    """A-23: six releases at once, each calculation twice: one line each, every balance on the one before."""
    brug = organisations.facility()
    booked(brug, "DEFINITIEF", "5000.00")
    made = [calculation(brug, "CORRECTIE", f"{total}.00") for total in (4000, 4500, 3000)]
    ids = [one.id for one in made] * 2

    def book(key: int) -> int:
        return payments.book(ELS, db.session.get_one(Calculation, key)).id

    lanes = at_once(database, [lambda key=key: book(key) for key in ids])  # type: ignore[misc]
    keys = [lane.result() for lane in lanes]
    assert keys[:3] == keys[3:]
    db.session.rollback()
    lines = db.session.scalars(select(PaymentLine).order_by(PaymentLine.sequence)).all()
    assert [line.sequence for line in lines] == [1, 2, 3, 4]
    for before, after in pairwise(lines):
        assert after.balance_before == before.balance_after
        assert after.advances == sum(line.calculated for line in lines[: after.sequence - 1])


def test_a20_no_advance_for_who_has_no_definitive_total(database: PreparedDatabase) -> None:
    brug = organisations.facility()
    calculation(brug, "VOORLOPIG", "40000.00", "2022-2023")
    calculation(brug, "DEFINITIEF", "99999.00", "2023-2024")
    calculation(brug, "DEFINITIEF", "99999.00", "2022-2023", status=CalculationStatus.LAPSED)
    calculation(organisations.facility(), "DEFINITIEF", "99999.00", "2022-2023")
    assert advance(brug, "2023-2024") is None
    fixed = advance(brug, "2023-2024", base=AdvanceBase.FIXED_AMOUNT, fixed_amount=Decimal("1500.00"))
    assert fixed == AdvanceAmount(Decimal("1500.00"))


def test_a20_the_base_is_the_last_definitive_total_in_force(database: PreparedDatabase) -> None:
    brug = organisations.facility()
    calculation(brug, "DEFINITIEF", "1000.00", "2020-2021")
    calculation(brug, "DEFINITIEF", "2000.00", "2021-2022", status=CalculationStatus.LAPSED)
    calculation(brug, "CORRECTIE", "3000.00", "2021-2022")
    found = advance(brug, "2023-2024")
    assert found == AdvanceAmount(Decimal("1200.00"), Decimal("3000.00"), Decimal(40), "2021-2022")
    assert advance(brug, "2023-2024", active=False) is None
    half = advance(brug, "2023-2024", percentage=Decimal("12.5"))
    assert half is not None
    assert half.amount == Decimal("375.00")


def test_a20_an_advance_is_booked_once_and_never_after_the_final_statement(database: PreparedDatabase) -> None:
    brug = organisations.facility()
    calculation(brug, "DEFINITIEF", "40000.00", "2022-2023")
    booked(brug, "VOORSCHOT_1", "16000.00")
    assert advance(brug, "2023-2024") is None
    with pytest.raises(NotAllowedNow, match="Voorschot 1"):
        booked(brug, "VOORSCHOT_1", "16000.00")
    booked(brug, "DEFINITIEF", "30000.00")
    assert advance(brug, "2023-2024", 1) is None
    with pytest.raises(NotAllowedNow, match="eindafrekening"):
        booked(brug, "VOORSCHOT_2", "16000.00")
    assert payments.balance(brug.id) == 0


def test_a21_the_oldest_period_goes_first_on_the_day_both_are_paid(database: PreparedDatabase, at: At) -> None:
    brug = organisations.facility()
    at("2024-01-10T10:00:00+01:00")
    calculation(brug, "DEFINITIEF", "40000.00", "2022-2023")
    booked(brug, "VOORSCHOT_1", "16000.00")
    at("2025-01-10T10:00:00+01:00")
    reference.reference_period("2024-2025")
    with pytest.raises(NotAllowedNow) as refused:
        advance(brug, "2024-2025")
    assert refused.value.code == "A-21"
    with pytest.raises(NotAllowedNow):
        booked(brug, "VOORSCHOT_1", "16000.00", "2024-2025")
    assert advance(brug, "2024-2025", pay_on=date(2025, 2, 28)) is not None, "another day"
    assert advance(brug, "2024-2025", 1) is not None, "July"
    booked(brug, "DEFINITIEF", "10000.00")
    after = booked(brug, "VOORSCHOT_1", "4000.00", "2024-2025")
    assert amounts(after) == ("4000.00", "6000.00", "0.00", "2000.00")


def test_a21_a_period_that_was_only_calculated_waits_too_but_not_one_of_another_facility(
    database: PreparedDatabase,
) -> None:
    brug, linde = organisations.facility(), organisations.facility()
    for one in (brug, linde):
        calculation(one, "DEFINITIEF", "40000.00", "2022-2023")
    reference.facility_period(brug, "2023-2024", provisional_on=date(2024, 10, 16))
    reference.reference_period("2024-2025")
    with pytest.raises(NotAllowedNow):
        advance(brug, "2024-2025")
    assert advance(linde, "2024-2025") is not None


def test_a35_a_provisional_calculation_or_one_without_a_total_is_never_booked(database: PreparedDatabase) -> None:
    brug = organisations.facility()
    for kind, total in (("VOORLOPIG", "1.00"), ("DEFINITIEF", None)):
        made = calculation(brug, kind, total)
        with pytest.raises(ValueError, match="not paid"), transaction.unit_of_work():
            payments.book(SCHEDULER, db.session.get_one(Calculation, made.id))
    assert db.session.scalars(select(PaymentLine)).all() == []


def test_10_1_history_is_for_the_facility_itself_the_department_and_the_helpdesk(database: PreparedDatabase) -> None:
    brug, linde = organisations.facility(), organisations.facility()
    booked(brug, "VOORSCHOT_1", "100.00")
    booked(brug, "DEFINITIEF", "60.00")
    for reader in (actors.facility_user(brug), ELS, actors.helpdesk()):
        found = payments.lines(reader, brug.id)
        assert [(one.label, one.sequence, one.iban) for one in found] == [
            ("Eindafrekening", 2, None),
            ("Voorschot 1", 1, None),
        ]
    assert payments.lines(actors.facility_user(linde), linde.id) == []
    with pytest.raises(NotFound):
        payments.lines(actors.facility_user(linde), brug.id)
    with pytest.raises(Forbidden):
        payments.lines(actors.actor("EC_HELPDESK"), brug.id)
    assert payments.balance(brug.id) == Decimal("40.00")


def test_part_8_a_fixed_advance_shows_no_base(database: PreparedDatabase) -> None:
    line = booked(organisations.facility(), "VOORSCHOT_1", "1500.00", advance=AdvanceAmount(Decimal("1500.00")))
    assert (line.base_amount, line.percentage, line.paid) == (None, None, Decimal("1500.00"))
