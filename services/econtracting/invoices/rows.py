"""What an invoice is laid beside: the requests and the earlier invoices of one authority and one seller."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import aliased

from domain.actor import Actor, Side
from domain.econtracting.claims import ClaimState
from domain.econtracting.contracts import ContractState
from domain.econtracting.document_states import VersionState
from domain.econtracting.invoice_matching import Earlier, InvoiceFacts, InvoiceOutcome, Matched, Request, match
from domain.econtracting.kind_checks import INVOICE_REQUEST
from domain.errors import NotFound
from domain.permissions import Permission
from models.base import db
from models.contract_follow_up import ReceivedInvoice
from models.file_document import DocumentVersion, FileDocument
from models.organisation import Organisation
from models.public_contract import PublicContract
from services import access as permissions
from services import locks
from services.econtracting import access, claims

#: A request counts from when the contractor can read it.
_COUNTS = (VersionState.CONSULTABLE, VersionState.HANDLED)


_claim = aliased(FileDocument)


@dataclass(frozen=True, slots=True)
class Asked:
    """An invoice request with its contract and the claim it is about."""

    contract: PublicContract
    request: FileDocument
    claim: FileDocument


def authority_of(actor: Actor) -> Organisation:
    """The authority whose invoices the actor handles; Forbidden without the permission, NotFound on another side."""
    permissions.require(actor, Permission.AUTHORITY_INVOICES)
    if actor.side is not Side.AUTHORITY:
        raise NotFound
    return access.own_organisation(actor)


def keys_of(authority: Organisation) -> frozenset[str]:
    """What a buyer can be called on an invoice: the OVO code and the enterprise number."""
    return frozenset(key for key in (authority.key, authority.enterprise_number) if key)


def matched(authority: Organisation, invoice: InvoiceFacts) -> Matched:
    """The outcome of an invoice as things stand now. Two queries."""
    seller = invoice.seller.key
    return match(invoice, keys_of(authority), requests_of(authority, seller), earlier_of(authority, seller))


def requests_of(authority: Organisation, seller: str) -> list[Request]:
    """What was asked of a seller and can be read by it, the oldest first. One query."""
    rows = db.session.execute(
        select(
            FileDocument.id,
            FileDocument.order_number,
            FileDocument.accepted,
            PublicContract.number,
            _claim.claim_state,
        )
        .join(_claim, _claim.id == FileDocument.parent_id)
        .join(PublicContract, PublicContract.id == FileDocument.contract_id)
        .join(Organisation, Organisation.id == PublicContract.contractor_id)
        .join(DocumentVersion, DocumentVersion.document_id == FileDocument.id)
        .where(
            PublicContract.authority_id == authority.id,
            PublicContract.state != ContractState.ARCHIVED,
            Organisation.key == seller,
            FileDocument.kind_code == INVOICE_REQUEST,
            FileDocument.order_number.is_not(None),
            FileDocument.accepted.is_not(None),
            DocumentVersion.latest,
            DocumentVersion.state.in_(_COUNTS),
        )
        .order_by(FileDocument.id)
    )
    return [
        Request(key, seller, order, contract, amount, state is ClaimState.INVOICE_ASKED)
        for key, order, amount, contract, state in rows
        if order is not None and amount is not None
    ]


def earlier_of(authority: Organisation, seller: str) -> list[Earlier]:
    """What came from a seller before and was not rejected."""
    rows = db.session.scalars(
        select(ReceivedInvoice).where(
            ReceivedInvoice.authority_id == authority.id,
            ReceivedInvoice.seller_key == seller,
            ReceivedInvoice.rejected_at.is_(None),
            ReceivedInvoice.outcome != InvoiceOutcome.DUPLICATE,
        )
    )
    return [Earlier(row.number, row.seller_key, row.credit_note, _answered(row)) for row in rows]


def _answered(row: ReceivedInvoice) -> int | None:
    """The request an invoice was the right one for."""
    return row.request_id if row.outcome is InvoiceOutcome.MATCH else None


def asked(request_id: int, *, lock: bool = False) -> Asked:
    """A request with its contract, which is locked first when something is going to change, and its claim."""
    contract_id = db.session.scalar(select(FileDocument.contract_id).where(FileDocument.id == request_id))
    contract = locks.lock_contract(contract_id) if lock else db.session.get_one(PublicContract, contract_id)
    request = db.session.get_one(FileDocument, request_id, populate_existing=True)
    claim = claims.claim_of(request)
    if claim is None:
        raise NotFound
    if lock:
        db.session.refresh(claim)
    return Asked(contract, request, claim)


def own(actor: Actor, reference: str, *, lock: bool = False) -> ReceivedInvoice:
    """An invoice of the actor's authority; NotFound for a foreign one."""
    authority = authority_of(actor)
    row = db.session.scalar(
        select(ReceivedInvoice).where(
            ReceivedInvoice.reference == reference, ReceivedInvoice.authority_id == authority.id
        )
    )
    if row is None:
        raise NotFound
    if lock:
        if row.request_id is not None:
            asked(row.request_id, lock=True)
        db.session.refresh(row, with_for_update=True)
    return row
