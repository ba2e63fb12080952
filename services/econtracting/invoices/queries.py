"""Received invoices to read: the list of the authority, one with what can be done, and those of a claim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from domain.actor import Actor
from domain.econtracting.claims import CLAIM_LABELS, INVOICED, ClaimState
from domain.econtracting.invoice_matching import OUTCOME_LABELS, InvoiceOutcome
from domain.folding import fold
from models.base import db
from models.contract_follow_up import ReceivedInvoice
from models.file_document import FileDocument
from models.public_contract import PublicContract
from services.econtracting.invoices import rows

PAGE = 50


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """A received invoice as both parties read it; no person is named. Amounts in euro, negative when credited."""

    reference: str
    number: str
    outcome: InvoiceOutcome
    outcome_label: str
    seller_key: str
    seller_name: str
    issued_on: date
    received_at: datetime
    order_number: str
    contract_number: str
    credit_note: bool
    amount: Decimal
    payable: Decimal
    by_hand: bool
    digest: str | None
    rejected_at: datetime | None
    rejection: str
    paid_on: date | None
    contract: str | None
    contract_title: str | None
    claim: str | None
    claim_title: str | None
    claim_state: str | None
    asked: Decimal | None
    may_reject: bool
    may_pay: bool
    may_close: bool


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """One page of the list, and how many there are in all."""

    rows: tuple[InvoiceView, ...]
    page: int
    pages: int
    total: int


_request, _claim = aliased(FileDocument), aliased(FileDocument)


def _query() -> Any:
    return (
        select(ReceivedInvoice, _request, _claim, PublicContract)
        .outerjoin(_request, _request.id == ReceivedInvoice.request_id)
        .outerjoin(_claim, _claim.id == _request.parent_id)
        .outerjoin(PublicContract, PublicContract.id == _request.contract_id)
    )


def overview(
    actor: Actor, *, outcome: InvoiceOutcome | None = None, unpaid: bool = False, search: str = "", page: int = 1
) -> InvoicePage:
    """The invoices of the actor's authority, the newest first. Two queries."""
    authority = rows.authority_of(actor)
    wanted = [ReceivedInvoice.authority_id == authority.id]
    if outcome is not None:
        wanted.append(ReceivedInvoice.outcome == outcome)
    if unpaid:
        wanted.append(ReceivedInvoice.outcome == InvoiceOutcome.MATCH)
        wanted.append(ReceivedInvoice.paid_on.is_(None))
        wanted.append(ReceivedInvoice.rejected_at.is_(None))
    if search.strip():
        like = "%" + fold(search)[:60].replace("\\", "").replace("%", "").replace("_", "\\_") + "%"
        columns = (ReceivedInvoice.number, ReceivedInvoice.seller_name, ReceivedInvoice.order_number)
        found = [func.lower(column).like(like, escape="\\") for column in (*columns, ReceivedInvoice.seller_key)]
        wanted.append(or_(*found))
    total = db.session.scalar(select(func.count()).select_from(ReceivedInvoice).where(*wanted)) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    found_rows = db.session.execute(
        _query().where(*wanted).order_by(ReceivedInvoice.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    )
    return InvoicePage(tuple(_view(*row) for row in found_rows), page, pages, total)


def view(actor: Actor, reference: str) -> InvoiceView:
    """One invoice of the actor's authority; NotFound for a foreign one."""
    row = rows.own(actor, reference)
    return _view(*db.session.execute(_query().where(ReceivedInvoice.id == row.id)).one())


def of_claim(claim: FileDocument) -> list[InvoiceView]:
    """The invoices that came for a claim, the newest first. Who may read the claim is for the caller."""
    if claim.claim_state not in INVOICED:
        return []
    found = db.session.execute(_query().where(_request.parent_id == claim.id).order_by(ReceivedInvoice.id.desc()))
    return [_view(*row) for row in found]


def _view(
    row: ReceivedInvoice, request: FileDocument | None, claim: FileDocument | None, contract: PublicContract | None
) -> InvoiceView:
    state = claim.claim_state if claim is not None else None
    open_ = row.rejected_at is None and row.paid_on is None
    matches = row.outcome is InvoiceOutcome.MATCH
    return InvoiceView(
        reference=row.reference,
        number=row.number,
        outcome=row.outcome,
        outcome_label=OUTCOME_LABELS[row.outcome],
        seller_key=row.seller_key,
        seller_name=row.seller_name,
        issued_on=row.issued_on,
        received_at=row.received_at,
        order_number=row.order_number,
        contract_number=row.contract_number,
        credit_note=row.credit_note,
        amount=row.amount,
        payable=row.payable,
        by_hand=row.digest is None,
        digest=row.digest,
        rejected_at=row.rejected_at,
        rejection=row.rejection,
        paid_on=row.paid_on,
        contract=contract.reference if contract is not None else None,
        contract_title=f"{contract.number}: {contract.description}" if contract is not None else None,
        claim=claim.reference if claim is not None else None,
        claim_title=claim.title if claim is not None else None,
        claim_state=CLAIM_LABELS[state] if state is not None else None,
        asked=request.accepted if request is not None else None,
        may_reject=open_,
        may_pay=open_ and matches and state is ClaimState.INVOICE_RECEIVED,
        may_close=row.paid_on is not None and state is ClaimState.PAID,
    )
