"""Payment orders: what is payable, the account (E-053), four eyes, the file, and two people at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import event, select, update

from domain.actor import Actor
from domain.ecalcura.payment_states import OrderState
from domain.errors import Forbidden, InvalidValue, NotAllowedNow, NotFound, Unavailable
from integrations.documents import DocumentStoreDown
from models.all import db
from models.gate import writing
from models.organisation import Facility
from models.payment import PaymentLine, PaymentOrder
from services import clock, connections, documents, transaction
from services.ecalcura import memo_dates, payment_orders
from services.locks import lock_facility
from tests.factories import actors, organisations
from tests.factories.database import change
from tests.factories.payments import booked, payable_day
from tests.integration.payments.traces import traced
from tests.reliability.lanes import at_once, overlap
from tests.support.databases import PreparedDatabase

ELS = actors.case_manager()
BART = replace(actors.case_manager("Bart Maes"), account_id=900_009)
SCHEMA = Path(__file__).parents[2] / "unit" / "integrations" / "pain_001_used.xsd"
NAMES = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
PAY_DAY = date(2025, 1, 31)


@pytest.fixture(autouse=True)
def january(database: PreparedDatabase, at: Any) -> None:
    """Just before the payment date of 2023-2024."""
    at("2025-01-28T10:00:00+01:00")


def facility_with_account(*fundings: str, **values: Any) -> Facility:
    one = organisations.facility(**values)
    organisations.bank_account(one, *fundings, is_default=True)
    return one


def make(who: Actor = ELS, day: date = PAY_DAY) -> PaymentOrder:
    with transaction.unit_of_work():
        reference = payment_orders.make(who, day).reference
    return order(reference)


def release(of: PaymentOrder, who: Actor = BART) -> PaymentOrder:
    reference = of.reference
    with transaction.unit_of_work():
        payment_orders.release(who, reference)
    return order(reference)


def order(reference: str) -> PaymentOrder:
    db.session.expire_all()
    return db.session.scalars(select(PaymentOrder).where(PaymentOrder.reference == reference)).one()


def line(reference: str) -> PaymentLine:
    db.session.expire_all()
    return db.session.scalars(select(PaymentLine).where(PaymentLine.reference == reference)).one()


def test_e053_each_line_freezes_the_account_of_ecalcura_else_the_default_one() -> None:
    own = organisations.facility(hco_number="71000001")
    organisations.bank_account(own, iban="BE68539007547034")
    chosen = organisations.bank_account(own, "ECALCURA_EINDELOOPBAAN", iban="BE71096123456769", holder="Fonds EL vzw")
    other = organisations.facility(hco_number="71000002")
    default = organisations.bank_account(other)
    organisations.bank_account(other, "INFRASTRUCTUUR")
    lines = [booked(own), booked(other)]
    made = make()
    assert (made.lines, made.total, made.state) == (2, Decimal("2000.00"), OrderState.DRAFT)
    found = [line(one.reference) for one in lines]
    assert [(one.iban, one.holder, one.bank_account_id) for one in found] == [
        ("BE71096123456769", "Fonds EL vzw", chosen.id),
        (default.iban, default.holder, default.id),
    ]
    assert traced("payment.ordered") == [{"act": "MADE", "lines": 2, "total": "2000.00", "file_digest": None}]


def test_a_facility_without_account_is_named_and_left_out() -> None:
    booked(facility_with_account(), total="10.00")
    without = organisations.facility(name="Zonder rekening")
    organisations.bank_account(without, valid_to=clock.now())
    waiting = booked(without, total="20.00")
    found = payment_orders.proposal(ELS, PAY_DAY)
    assert ([one.facility.name for one in found.left_out], found.total) == (["Zonder rekening"], Decimal("10.00"))
    assert make().lines == 1
    assert line(waiting.reference).order_id is None
    with pytest.raises(InvalidValue, match="niets te betalen"):
        make()


def test_only_what_is_payable_by_that_day_and_paid_nowhere_else() -> None:
    one = facility_with_account()
    due = booked(one, "VOORSCHOT_1", "500.00")
    nothing = booked(one, "DEFINITIEF", "400.00")
    later = booked(facility_with_account(), "VOORSCHOT_2", "70.00", "2024-2025")
    by_hand = booked(facility_with_account(), total="80.00")
    change(by_hand, value_date=date(2025, 1, 28))
    assert payable_day(later) > PAY_DAY
    assert nothing.paid == 0
    assert [found.line.reference for found in payment_orders.proposal(ELS, PAY_DAY).taken] == [due.reference]


@pytest.mark.parametrize(
    "day", [date(2025, 1, 27), date(2025, 2, 1), date(2025, 2, 2), date(2025, 4, 21), date(2026, 1, 30)]
)
def test_an_order_is_for_a_working_day_soon(day: date) -> None:
    booked(facility_with_account())
    with pytest.raises(InvalidValue) as refused:
        make(day=day)
    assert refused.value.field == "execute_on"
    assert db.session.scalars(select(PaymentOrder)).all() == []


def test_four_eyes_who_made_an_order_never_releases_it() -> None:
    booked(facility_with_account())
    made = make()
    for who in (ELS, replace(BART, account_id=None)):
        with pytest.raises(NotAllowedNow) as refused:
            release(made, who)
        assert refused.value.code == "FOUR_EYES"
    released = release(made)
    assert (released.state, released.released_by, released.released_by_id) == (
        OrderState.RELEASED,
        "Bart Maes",
        BART.account_id,
    )
    with pytest.raises(NotAllowedNow, match="intussen"):
        release(made)
    with pytest.raises(NotAllowedNow, match="intussen"), transaction.unit_of_work():
        payment_orders.cancel(ELS, made.reference)


def test_the_file_of_an_order_pays_what_was_booked() -> None:
    one = facility_with_account(hco_number="71000012", name="PVT De Brug")
    lines = [booked(one, "VOORSCHOT_1", "16000.00"), booked(one, "DEFINITIEF", "18229.59")]
    released = release(make())
    name, content = payment_orders.file_of(ELS, released.reference)
    assert name == f"betalingen-20250131-{released.reference}.xml"
    document = etree.fromstring(content)
    etree.XMLSchema(etree.parse(SCHEMA)).assertValid(document)
    found = [
        (
            one.findtext("p:PmtId/p:EndToEndId", None, NAMES),
            one.findtext("p:Amt/p:InstdAmt", None, NAMES),
            one.findtext("p:RmtInf/p:Ustrd", None, NAMES),
        )
        for one in document.iterfind(".//p:CdtTrfTxInf", NAMES)
    ]
    assert found == [
        (lines[0].reference, "16000.00", "eCalcura eindeloopbaan 2023-2024 Voorschot 1 HCO 71000012"),
        (lines[1].reference, "2229.59", "eCalcura eindeloopbaan 2023-2024 Eindafrekening HCO 71000012"),
    ]
    assert document.findtext(".//p:GrpHdr/p:CtrlSum", None, NAMES) == "18229.59" == str(released.total)
    assert documents.read(released.file_digest or "")[1] == content
    assert traced("payment.ordered")[-1] == {
        "act": "RELEASED",
        "lines": 2,
        "total": "18229.59",
        "file_digest": released.file_digest,
    }


def test_a_cancelled_order_gives_its_lines_back() -> None:
    one = booked(facility_with_account())
    made = make()
    with transaction.unit_of_work():
        payment_orders.cancel(BART, made.reference)
    back = line(one.reference)
    assert (back.order_id, back.iban, back.holder, back.bank_account_id) == (None, None, None, None)
    assert order(made.reference).state is OrderState.CANCELLED
    assert make().lines == 1
    with pytest.raises(NotAllowedNow):
        release(made)
    with pytest.raises(NotFound):
        payment_orders.file_of(ELS, made.reference)


def test_e053_an_account_that_changed_since_stops_the_release() -> None:
    one = organisations.facility(name="PVT De Brug")
    account = organisations.bank_account(one)
    booked(one)
    made = make()
    change(account, valid_to=clock.now(), is_default=False)
    with pytest.raises(NotAllowedNow, match="PVT De Brug"):
        release(made)
    organisations.bank_account(one)
    with pytest.raises(NotAllowedNow, match="PVT De Brug"):
        release(made)
    assert order(made.reference).state is OrderState.DRAFT


def test_an_order_whose_day_is_over_is_made_again(at: Any) -> None:
    booked(facility_with_account())
    made = make()
    at("2025-02-01T00:00:00+01:00")
    with pytest.raises(NotAllowedNow, match="voorbij"):
        release(made)


def test_without_an_account_to_pay_from_nothing_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    booked(facility_with_account())
    made = make()
    settings = connections.connections().settings
    for half in ({"payer_name": "Departement Zorg"}, {"payer_iban": "BE71096123456769"}):
        monkeypatch.setattr(connections.connections(), "settings", replace(settings, **half))
        with pytest.raises(NotAllowedNow, match="ELOKET_PAYER"):
            release(made)
    live = replace(settings, environment="production")
    monkeypatch.setattr(connections.connections(), "settings", live)
    with pytest.raises(NotAllowedNow, match="ELOKET_PAYER"):
        release(made)
    assert order(made.reference).file_digest is None
    own = replace(settings, payer_name="Administratie Zorg", payer_iban="BE71096123456769", payer_bic="GKCCBEBB")
    monkeypatch.setattr(connections.connections(), "settings", own)
    content = payment_orders.file_of(ELS, release(made).reference)[1].decode()
    assert all(one in content for one in ("Administratie Zorg", "BE71096123456769", "GKCCBEBB"))


def test_a_document_store_that_is_down_leaves_the_order_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    booked(facility_with_account())
    made = make()

    def down(*_: Any) -> str:
        raise DocumentStoreDown("gone")

    monkeypatch.setattr(connections.connections().documents, "put", down)
    with pytest.raises(Unavailable):
        release(made)
    assert order(made.reference).state is OrderState.DRAFT


@pytest.mark.parametrize("who", [actors.helpdesk(), actors.actor("EC_HELPDESK")])
def test_only_who_manages_payments_sees_or_does_anything(who: Actor) -> None:
    booked(facility_with_account())
    made = make()
    acts: list[Any] = [
        lambda: payment_orders.proposal(who, PAY_DAY),
        lambda: payment_orders.make(who, PAY_DAY),
        lambda: payment_orders.release(who, made.reference),
        lambda: payment_orders.cancel(who, made.reference),
        lambda: payment_orders.file_of(who, made.reference),
        lambda: memo_dates.enter(who, "x", None),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()


def test_two_orders_at_once_take_a_line_once(database: PreparedDatabase) -> None:
    for _ in range(3):
        booked(facility_with_account())
    lanes = overlap(
        database,
        lambda: payment_orders.make(ELS, PAY_DAY).lines,
        lambda: payment_orders.make(BART, PAY_DAY).lines,
        before="INSERT INTO payment_order",
    )
    assert lanes[0].result() == 3
    with pytest.raises(InvalidValue, match="niets te betalen"):
        lanes[1].result()
    many = at_once(database, [lambda: payment_orders.make(ELS, PAY_DAY).lines for _ in range(4)])
    assert all(isinstance(lane.error, InvalidValue) for lane in many)
    db.session.rollback()
    assert [one.lines for one in db.session.scalars(select(PaymentOrder))] == [3]


def test_a_release_and_a_cancel_at_once_are_one_decision(database: PreparedDatabase) -> None:
    booked(facility_with_account())
    reference = make().reference
    first, second = overlap(
        database,
        lambda: payment_orders.release(BART, reference),
        lambda: payment_orders.cancel(ELS, reference),
        before="UPDATE payment_order",
    )
    first.result()
    with pytest.raises(NotAllowedNow):
        second.result()
    db.session.rollback()
    assert order(reference).state is OrderState.RELEASED
    assert [one["act"] for one in traced("payment.ordered")] == ["MADE", "RELEASED"]


def test_no_account_changes_while_an_order_is_released(database: PreparedDatabase) -> None:
    """ADR 7: the accounts that were compared still hold at the commit; who changes one waits for the facility."""
    facility_id = booked(facility_with_account()).facility_id
    reference = make().reference

    def change_account() -> OrderState:
        lock_facility(facility_id)
        return db.session.scalars(select(PaymentOrder.state).where(PaymentOrder.reference == reference)).one()

    first, second = overlap(
        database, lambda: payment_orders.release(BART, reference), change_account, before="UPDATE payment_order"
    )
    first.result()
    assert second.result() is OrderState.RELEASED


def test_an_order_of_a_thousand_lines_takes_a_bounded_number_of_statements(database: PreparedDatabase) -> None:
    """Making and releasing cost the same number of statements for 10 and for 1,000 lines, but for the batches."""
    template = booked(facility_with_account())
    counts = {}
    for many in (10, 1000):
        _copies(template, many)
        made, counts["make", many] = _counted(lambda: payment_orders.make(ELS, PAY_DAY).reference)
        _, counts["release", many] = _counted(lambda made=made: payment_orders.release(BART, made))  # type: ignore[misc]
        assert order(made).lines in (many, many + 1)
    assert counts["make", 1000] <= counts["make", 10] + 6
    assert counts["release", 1000] <= counts["release", 10] + 6
    assert counts["make", 1000] < 30


def _copies(template: PaymentLine, many: int) -> None:
    """Facilities with an account and a payable line each, written in bulk."""
    from models.compensation import Calculation, CalculationRound
    from models.organisation import BankAccount

    def values(row: Any, **changed: Any) -> dict[str, Any]:
        plain = {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key != "id"}
        return plain | changed

    start = db.session.scalar(select(db.func.count()).select_from(Facility)) or 0
    facility = db.session.get_one(Facility, template.facility_id)
    account = db.session.scalars(select(BankAccount).where(BankAccount.facility_id == facility.id)).one()
    calculation = db.session.get_one(Calculation, template.calculation_id)
    round_ = db.session.get_one(CalculationRound, calculation.round_id)
    with transaction.unit_of_work(), writing("test"):
        db.session.refresh(facility)
        db.session.execute(
            Facility.__table__.insert(),  # type: ignore[attr-defined]
            [values(facility, hco_number=f"73{start:03d}{one:05d}") for one in range(many)],
        )
        ids = list(db.session.scalars(select(Facility.id).where(Facility.hco_number.like(f"73{start:03d}%"))))
        for model, row, changes in (
            (BankAccount, account, lambda key: {}),
            (Calculation, calculation, lambda key: {"round_id": round_.id}),
        ):
            db.session.execute(
                model.__table__.insert(),
                [values(row, facility_id=key, reference=f"{model.__name__[:3]}{key}", **changes(key)) for key in ids],
            )
        made = {
            row.facility_id: row.id
            for row in db.session.execute(
                select(Calculation.id, Calculation.facility_id).where(Calculation.facility_id.in_(ids))
            )
        }
        fresh = {"order_id": None, "iban": None, "holder": None, "bank_account_id": None, "value_date": None}
        db.session.execute(
            PaymentLine.__table__.insert(),  # type: ignore[attr-defined]
            [
                values(template, facility_id=key, calculation_id=made[key], reference=f"line{key}", **fresh)
                for key in ids
            ],
        )


def _counted(work: Any) -> tuple[Any, int]:
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        with transaction.unit_of_work():
            found = work()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return (getattr(found, "reference", found), len(statements))


def test_a_memo_date_by_hand_is_never_before_the_execution_and_can_be_corrected(at: Any) -> None:
    """N-10: Memodatum is the day on the account; Datum betaling stays what it is."""
    one = booked(facility_with_account())
    reference = one.reference
    made = make()

    def enter(day: date | None) -> PaymentLine:
        with transaction.unit_of_work():
            memo_dates.enter(ELS, reference, day)
        return line(reference)

    at("2025-02-03T10:00:00+01:00")
    with pytest.raises(NotAllowedNow, match="niet vrijgegeven"):
        enter(PAY_DAY)
    at("2025-01-30T10:00:00+01:00")
    release(made)
    at("2025-02-03T10:00:00+01:00")
    for wrong in (PAY_DAY - timedelta(days=1), date(2025, 2, 4)):
        with pytest.raises(InvalidValue) as refused:
            enter(wrong)
        assert refused.value.field == "value_date"
    assert (enter(PAY_DAY).value_date, line(reference).value_source) == (PAY_DAY, "HAND")
    enter(PAY_DAY)
    assert enter(date(2025, 2, 3)).value_date == date(2025, 2, 3)
    assert (enter(None).value_date, line(reference).value_source) == (None, None)
    assert line(reference).communicated_on == date(2025, 1, 28)
    assert [entry["value_date"] for entry in traced("payment.dated")] == ["2025-01-31", "2025-02-03", None]
    assert {entry["source"] for entry in traced("payment.dated")} == {"HAND"}


def test_a_line_that_pays_nothing_has_no_memo_date() -> None:
    one = facility_with_account()
    booked(one, "VOORSCHOT_1", "500.00")
    nothing = booked(one, "DEFINITIEF", "400.00")
    with pytest.raises(NotAllowedNow, match="niets betaald"), transaction.unit_of_work():
        memo_dates.enter(ELS, nothing.reference, clock.today())
    with pytest.raises(NotFound), transaction.unit_of_work():
        memo_dates.enter(ELS, "bestaatniet", clock.today())


def test_a_line_on_an_order_never_loses_its_frozen_account_when_the_facility_changes_it() -> None:
    one = organisations.facility()
    account = organisations.bank_account(one, iban="BE68539007547034")
    kept = booked(one)
    release(make())
    change(account, valid_to=clock.now(), is_default=False)
    organisations.bank_account(one, iban="BE71096123456769")
    assert line(kept.reference).iban == "BE68539007547034"
    with pytest.raises(Exception, match="outside a use case"), transaction.unit_of_work():
        db.session.execute(update(PaymentLine).values(iban=None))
