"""Statements of the bank: each outcome, the same file twice, nothing half done, two people at once (N-10)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from domain.ecalcura.bank_matching import NO_LINE, NOT_RELEASED, RETURNED, TOO_EARLY, Outcome
from domain.errors import Forbidden, InvalidValue, NotFound
from models.all import db
from models.payment import BankStatement, BankStatementEntry, PaymentLine
from services import transaction
from services.ecalcura import bank_statements, payment_lists, payment_orders
from services.listing import Position
from tests.factories import actors
from tests.factories.payments import booked
from tests.integration.payments.test_orders import BART, ELS, PAY_DAY, facility_with_account, line, make, release
from tests.integration.payments.traces import traced
from tests.reliability.lanes import at_once
from tests.support.databases import PreparedDatabase
from tests.unit.integrations.test_statement_files import HOSTILE, camt, entry


@pytest.fixture(autouse=True)
def payments_at_the_bank(database: PreparedDatabase, at: Any) -> None:
    """A little after the payment date of 2023-2024."""
    at("2025-01-28T10:00:00+01:00")


def released(count: int = 1) -> list[PaymentLine]:
    """So many lines on a released order."""
    lines = [booked(facility_with_account(), total=f"{100 + place}.00") for place in range(count)]
    release(make())
    return [line(one.reference) for one in lines]


def said(one: PaymentLine, **other: str) -> str:
    """The entry by which the bank reports the payment of a line."""
    return entry(other.pop("reference", one.reference), **({"amount": str(one.paid), "iban": one.iban or ""} | other))  # type: ignore[arg-type]


def take(data: bytes) -> BankStatement:
    with transaction.unit_of_work():
        digest = bank_statements.keep(ELS, data).digest
    with transaction.unit_of_work():
        return db.session.merge(bank_statements.take_over(ELS, digest, "afschrift.xml"))


def february(at: Any) -> None:
    at("2025-02-03T10:00:00+01:00")


def test_n10_a_matched_payment_gets_the_value_date_of_the_bank(at: Any) -> None:
    (one,) = released()
    february(at)
    found = bank_statements.preview(ELS, camt(said(one)))
    assert (found.counts, found.already) == ({Outcome.MATCHED: 1}, None)
    assert line(one.reference).value_date is None, "a preview changes nothing"
    take(camt(said(one)))
    dated = line(one.reference)
    assert (dated.value_date, dated.value_source) == (PAY_DAY, "camt.053")
    assert dated.communicated_on == date(2025, 1, 28)
    assert traced("payment.dated") == [{"value_date": "2025-01-31", "source": "camt.053"}]
    (imported,) = traced("payment.statement_imported")
    assert (imported["format"], imported["entries"], imported["matched"]) == ("camt.053", 1, 1)


def test_each_outcome_and_only_a_match_dates(at: Any) -> None:
    lines = released(6)
    matched, amount, account, dated, early, back = lines
    waiting = booked(facility_with_account(), total="55.00")
    february(at)
    take(camt(said(dated)))
    statement = take(
        camt(
            said(matched)
            + said(amount, amount="1.00")
            + said(amount, currency="USD")
            + said(account, iban="BE68539007547034")
            + said(dated)
            + said(matched)
            + entry("bestaatniet")
            + entry("x" * 300)
            + said(early, day="<ValDt><Dt>2025-01-30</Dt></ValDt>")
            + said(back, direction="CRDT")
            + said(waiting)
        )
    )
    rows = db.session.scalars(
        select(BankStatementEntry)
        .where(BankStatementEntry.statement_id == statement.id)
        .order_by(BankStatementEntry.position)
    ).all()
    assert [(row.outcome, row.detail) for row in rows if row.outcome != "AMOUNT_DIFFERS"] == [
        ("MATCHED", None),
        ("IBAN_DIFFERS", None),
        ("ALREADY_DATED", None),
        ("DUPLICATE", None),
        ("UNKNOWN", NO_LINE),
        ("UNKNOWN", NO_LINE),
        ("UNKNOWN", TOO_EARLY),
        ("UNKNOWN", RETURNED),
        ("UNKNOWN", NOT_RELEASED),
    ]
    assert [row.outcome for row in rows].count("AMOUNT_DIFFERS") == 2
    assert {row.iban for row in rows if row.payment_line_id is None} == {None}, "somebody else's account is not kept"
    assert (statement.entries, statement.matched) == (11, 1)
    dated_now = {one.reference for one in lines if line(one.reference).value_date}
    assert dated_now == {matched.reference, dated.reference}
    assert payment_lists.outcome_counts(ELS, statement.id)["UNKNOWN"] == 5
    page = payment_lists.entry_page(ELS, statement.id, "IBAN_DIFFERS", Position())
    assert [row.Facility.id for row in page.rows] == [account.facility_id]


def test_the_same_file_twice_takes_nothing(at: Any) -> None:
    (one,) = released()
    february(at)
    first = take(camt(said(one)))
    assert bank_statements.preview(ELS, camt(said(one))).already is not None
    again = take(camt(said(one)))
    assert again.id == first.id
    assert len(traced("payment.dated")) == 1
    assert len(traced("payment.statement_imported")) == 1


def test_a_csv_of_the_bank_dates_too(at: Any) -> None:
    (one,) = released()
    february(at)
    text = f"referentie;bedrag;valutadatum;iban\n{one.reference};-100,00;31/01/2025;{one.iban}\n"
    statement = take(text.encode())
    assert (statement.format, statement.matched) == ("CSV", 1)
    assert line(one.reference).value_source == "CSV"


def test_a_value_date_in_the_future_dates_nothing() -> None:
    (one,) = released()
    assert bank_statements.preview(ELS, camt(said(one))).matched == 0


@pytest.mark.one_database
@pytest.mark.parametrize("what", HOSTILE)
def test_a_broken_or_hostile_file_changes_nothing_and_is_not_kept(what: str) -> None:
    with pytest.raises(InvalidValue) as refused, transaction.unit_of_work():
        bank_statements.keep(ELS, HOSTILE[what])
    assert refused.value.field == "file"
    assert db.session.scalar(select(func.count()).select_from(BankStatement)) == 0


def test_nothing_is_half_done_when_it_fails_at_the_end(at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = released(3)
    february(at)
    data = camt("".join(said(one) for one in lines))
    with transaction.unit_of_work():
        digest = bank_statements.keep(ELS, data).digest

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("the last trace cannot be written")

    monkeypatch.setattr("services.ecalcura.bank_statements.audit.record", broken)
    with pytest.raises(RuntimeError), transaction.unit_of_work():
        bank_statements.take_over(ELS, digest, "a.xml")
    assert [line(one.reference).value_date for one in lines] == [None] * 3
    assert db.session.scalar(select(func.count()).select_from(BankStatement)) == 0


def test_two_people_with_the_same_file_take_it_over_once(database: PreparedDatabase, at: Any) -> None:
    lines = released(3)
    february(at)
    for data in (camt("".join(said(one) for one in lines)), camt(entry("niets"))):
        with transaction.unit_of_work():
            digest = bank_statements.keep(ELS, data).digest
        lanes = at_once(
            database,
            [lambda who=who: bank_statements.take_over(who, digest, "a.xml").reference for who in (ELS, BART) * 2],  # type: ignore[misc]  # noqa: B023
        )
        assert len({lane.result() for lane in lanes}) == 1
    db.session.rollback()
    assert len(traced("payment.dated")) == 3
    assert len(traced("payment.statement_imported")) == 2


def test_only_who_manages_payments_reads_statements() -> None:
    for who in (actors.helpdesk(), actors.actor("EC_HELPDESK")):
        with pytest.raises(Forbidden):
            bank_statements.keep(who, camt(entry()))
        with pytest.raises(Forbidden):
            bank_statements.take_over(who, "0" * 64, "a.xml")
        with pytest.raises(Forbidden):
            payment_lists.overview(who)
    with pytest.raises(NotFound):
        bank_statements.take_over(ELS, "0" * 64, "a.xml")
    with pytest.raises(NotFound):
        bank_statements.find(ELS, "x")


def test_the_overview_counts_what_there_is_to_do(at: Any) -> None:
    lines = released(2)
    owing = facility_with_account()
    booked(owing, "VOORSCHOT_1", "500.00")
    booked(owing, "DEFINITIEF", "420.00")
    found = payment_lists.overview(ELS)
    (group,) = found.payable
    assert (group.payable_on, group.kind.value, group.count) == (date(2025, 1, 28), "VOORSCHOT_1", 1)
    assert str(group.total) == "500.00"
    assert (found.undated, str(found.undated_total)) == (2, "201.00")
    assert (found.owing, str(found.owed)) == (1, "80.00")
    assert (len(found.drafts), len(found.released)) == (0, 1)
    february(at)
    take(camt(said(lines[0])))
    assert payment_lists.overview(ELS).undated == 1
    with transaction.unit_of_work():
        payment_orders.make(ELS, date(2025, 2, 4))
    after = payment_lists.overview(ELS)
    assert (after.payable, len(after.drafts)) == ((), 1)
    for waiting, count in (
        ("te-betalen", 0),
        ("op-opdracht", 1),
        ("wacht-op-memodatum", 1),
        ("betaald", 1),
        ("alle", 4),
    ):
        page = payment_lists.line_page(ELS, payment_lists.Waiting(waiting), "", Position())
        assert len(page.rows) == count, waiting
    assert len(payment_lists.owing_page(ELS, "", Position()).rows) == 1
    assert payment_lists.owing_page(ELS, "onvindbaar", Position()).rows == ()
