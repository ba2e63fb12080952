"""Payment orders: what is payable goes to the bank in one file, made by one person and released by another.

Making an order freezes the account of each line (E-053); a facility without an account is named and left out. Until the
release an order can be cancelled; then its lines are payable again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select, update

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.ecalcura.payment_orders import ACCOUNTS_CHANGED, NOTHING, check_execution, check_release, check_waiting
from domain.ecalcura.payment_states import PAYMENT_LABELS, OrderState
from domain.ecalcura.payments import ZERO
from domain.errors import N_, DomainError, InvalidValue, NotAllowedNow, NotFound
from domain.identifiers import parse_iban
from domain.organisation import FUNDING_ECALCURA, account_for
from domain.permissions import Permission
from integrations import payment_files
from integrations.payment_files import CreditTransfer, Payer
from models.base import db
from models.gate import writing
from models.organisation import BankAccount, Facility
from models.payment import PaymentLine, PaymentOrder
from services import access, audit, clock, documents
from services.connections import connections
from services.organisations.bank_reading import facts

NO_PAYER = N_(
    "De rekening waarvan betaald wordt, is niet ingesteld. Vraag de beheerder van de toepassing om ELOKET_PAYER_NAME "
    "en ELOKET_PAYER_IBAN in te stellen."
)
#: The account of an installation that pays nobody: an example number.
_EXAMPLE_PAYER = Payer("Departement Zorg", "BE68539007547034")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A payable line with the account it would be paid on; None when the facility has none."""

    line: PaymentLine
    facility: Facility
    account: BankAccount | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an order for a day would hold, and what is left out for want of an account."""

    taken: tuple[Candidate, ...]
    left_out: tuple[Candidate, ...]

    @property
    def total(self) -> Decimal:
        """The sum that would be paid, in euro."""
        return sum((one.line.paid for one in self.taken), ZERO)


def account_of(facility_id: int) -> BankAccount | None:
    """The account a facility is paid on today: that of eCalcura/eindeloopbaan, else the default one (E-053)."""
    return _accounts([facility_id]).get(facility_id)


def proposal(actor: Actor, execute_on: date) -> Proposal:
    """What an order for this day would hold; writes nothing. Raises InvalidValue (``execute_on``)."""
    access.require(actor, Permission.PAYMENTS_MANAGE)
    check_execution(execute_on, clock.today())
    return _proposal(db.session.execute(_payable(execute_on)))


def make(actor: Actor, execute_on: date) -> PaymentOrder:
    """Put what is payable on a day on a new order and freeze the accounts. A line is on one order only.

    Raises InvalidValue (``execute_on``) for a day that cannot be, or on which there is nothing to pay.
    """
    access.require(actor, Permission.PAYMENTS_MANAGE)
    check_execution(execute_on, clock.today())
    _lock_facilities(execute_on)
    found = _proposal(
        db.session.execute(
            _payable(execute_on).with_for_update(of=PaymentLine).execution_options(populate_existing=True)
        )
    )
    if not found.taken:
        raise InvalidValue(NOTHING, field="execute_on")
    with writing("payment_orders.make"):
        order = PaymentOrder(
            execute_on=execute_on,
            lines=len(found.taken),
            total=found.total,
            made_at=clock.now(),
            made_by=actor.name[:160],
            made_by_id=actor.account_id,
        )
        db.session.add(order)
        db.session.flush()
        for one in found.taken:
            assert one.account is not None
            one.line.order_id = order.id
            one.line.bank_account_id = one.account.id
            one.line.iban = one.account.iban
            one.line.holder = one.account.holder
    _trace(actor, order, "MADE")
    return order


def release(actor: Actor, reference: str) -> PaymentOrder:
    """Send an order to the bank: write its file to the document store. Another account than the one that made it.

    Raises NotAllowedNow when the order does not wait, the same person releases, the day is over, an account changed
    since, or no account to pay from is configured; NotFound, Unavailable when the document store does not take it.
    """
    access.require(actor, Permission.PAYMENTS_MANAGE)
    order = _locked(reference)
    check_release(order.state, order.made_by_id, actor.account_id, order.execute_on, clock.today())
    payer = _payer()
    lines = _lines_of(order)
    changed = changed_accounts(lines)
    if changed:
        raise NotAllowedNow(ACCOUNTS_CHANGED, code="E-053", facilities=", ".join(changed))
    now = clock.now()
    content = payment_files.write(
        message=order.reference,
        made_at=now,
        execute_on=order.execute_on,
        payer=payer,
        transfers=[_transfer(line, facility) for line, facility in lines],
    )
    stored = documents.store(content, payment_files.MEDIA_TYPE)
    with writing("payment_orders.release"):
        order.state = OrderState.RELEASED
        order.released_at, order.released_by, order.released_by_id = now, actor.name[:160], actor.account_id
        order.file_digest = stored.digest
    _trace(actor, order, "RELEASED")
    return order


def cancel(actor: Actor, reference: str) -> PaymentOrder:
    """Undo an order that was not released: its lines are payable again. Raises NotAllowedNow, NotFound."""
    access.require(actor, Permission.PAYMENTS_MANAGE)
    order = _locked(reference)
    check_waiting(order.state)
    with writing("payment_orders.cancel"):
        order.state = OrderState.CANCELLED
        db.session.execute(
            update(PaymentLine)
            .where(PaymentLine.order_id == order.id)
            .values(order_id=None, bank_account_id=None, iban=None, holder=None)
        )
    _trace(actor, order, "CANCELLED")
    return order


def file_of(actor: Actor, reference: str) -> tuple[str, bytes]:
    """The name and the content of the file of a released order, checked against its digest."""
    access.require(actor, Permission.PAYMENTS_MANAGE)
    order = find(actor, reference)
    if order.file_digest is None:
        raise NotFound
    return f"betalingen-{order.execute_on:%Y%m%d}-{order.reference}.xml", documents.read(order.file_digest)[1]


def find(actor: Actor, reference: str) -> PaymentOrder:
    """An order by its reference; NotFound otherwise."""
    access.require(actor, Permission.PAYMENTS_MANAGE)
    order = db.session.scalar(select(PaymentOrder).where(PaymentOrder.reference == reference))
    if order is None:
        raise NotFound
    return order


def changed_accounts(lines: Iterable[tuple[PaymentLine, Facility]]) -> list[str]:
    """The facilities, by name, that would no longer be paid on the account frozen on their line."""
    rows = list(lines)
    today = _accounts({facility.id for _, facility in rows})
    return sorted(
        {
            facility.name
            for line, facility in rows
            if (account := today.get(facility.id)) is None or account.iban != line.iban
        }
    )


def lines_with_facilities(order: PaymentOrder) -> list[tuple[PaymentLine, Facility]]:
    """The lines of an order in the order of its file."""
    return _lines_of(order)


def _payable(execute_on: date) -> Select[PaymentLine, Facility]:
    """Lines with something to pay by a day, on no order and without a memo date (paid another way)."""
    return (
        select(PaymentLine, Facility)
        .join(Facility, Facility.id == PaymentLine.facility_id)
        .where(
            PaymentLine.paid > ZERO,
            PaymentLine.order_id.is_(None),
            PaymentLine.value_date.is_(None),
            PaymentLine.payable_on <= execute_on,
        )
        .order_by(Facility.hco_number, PaymentLine.sequence)
    )


def _lock_facilities(execute_on: date) -> None:
    """The rows of all facilities of an order, always in the same order: their accounts stand still until the commit."""
    wanted = _payable(execute_on).with_only_columns(PaymentLine.facility_id).order_by(None)
    db.session.execute(
        select(Facility.id).where(Facility.id.in_(wanted)).order_by(Facility.id).with_for_update(key_share=True)
    ).all()


def _proposal(rows: Any) -> Proposal:
    pairs = [(row.PaymentLine, row.Facility) for row in rows]
    accounts = _accounts({facility.id for _, facility in pairs})
    all_of_them = [Candidate(line, facility, accounts.get(facility.id)) for line, facility in pairs]
    return Proposal(
        tuple(one for one in all_of_them if one.account is not None),
        tuple(one for one in all_of_them if one.account is None),
    )


#: How many keys go in one statement.
_BATCH = 500


def _accounts(facility_ids: Iterable[int]) -> dict[int, BankAccount]:
    """The account each facility is paid on now (E-053); a facility without one is not in it."""
    wanted = sorted(facility_ids)
    found: dict[int, list[BankAccount]] = {}
    for start in range(0, len(wanted), _BATCH):
        rows = db.session.scalars(
            select(BankAccount)
            .where(BankAccount.facility_id.in_(wanted[start : start + _BATCH]), BankAccount.valid_to.is_(None))
            .order_by(BankAccount.id)
            .execution_options(populate_existing=True)
        )
        for row in rows:
            found.setdefault(row.facility_id, []).append(row)
    chosen = {}
    for facility_id, rows_of in found.items():
        by_key = {row.reference: row for row in rows_of}
        account = account_for(FUNDING_ECALCURA, [facts(row) for row in rows_of])
        if account is not None:
            chosen[facility_id] = by_key[account.key]
    return chosen


def _locked(reference: str) -> PaymentOrder:
    order = db.session.scalar(
        select(PaymentOrder)
        .where(PaymentOrder.reference == reference)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if order is None:
        raise NotFound
    return order


def _lines_of(order: PaymentOrder) -> list[tuple[PaymentLine, Facility]]:
    rows = db.session.execute(
        select(PaymentLine, Facility)
        .join(Facility, Facility.id == PaymentLine.facility_id)
        .where(PaymentLine.order_id == order.id)
        .order_by(Facility.hco_number, PaymentLine.sequence)
    )
    return [(row.PaymentLine, row.Facility) for row in rows]


def _transfer(line: PaymentLine, facility: Facility) -> CreditTransfer:
    assert line.iban is not None
    text = f"eCalcura eindeloopbaan {line.period_code} {PAYMENT_LABELS[line.kind]} HCO {facility.hco_number}"
    return CreditTransfer(line.reference, line.paid, line.holder or facility.name, line.iban, text)


def _payer() -> Payer:
    """The account of the department as configured; outside production an example."""
    settings = connections().settings
    name, iban = settings.extra.get("ELOKET_PAYER_NAME", ""), settings.extra.get("ELOKET_PAYER_IBAN", "")
    if not name and not iban and not settings.production:
        return _EXAMPLE_PAYER
    try:
        return Payer(name, parse_iban(iban), settings.extra.get("ELOKET_PAYER_BIC", "")) if name else _missing()
    except DomainError:
        raise NotAllowedNow(NO_PAYER, code="PAYER") from None


def _missing() -> Payer:
    raise NotAllowedNow(NO_PAYER, code="PAYER")


def _trace(actor: Actor, order: PaymentOrder, act: str) -> None:
    audit.record(
        actor,
        AuditEvent.PAYMENT_ORDERED,
        "payment_order",
        order.reference,
        data={"act": act, "lines": order.lines, "total": str(order.total), "file_digest": order.file_digest},
    )
