"""Receiving an invoice: from an XML file, or registered by hand from the claim. The outcome is told before and kept."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.calendars import local_date
from domain.dutch import moment
from domain.econtracting.actions import ActionType
from domain.econtracting.claims import ClaimEvent
from domain.econtracting.invoice_matching import InvoiceFacts, InvoiceOutcome, InvoiceParty, Matched
from domain.errors import N_, Finding, Findings, InvalidValue, NotAllowedNow, NotFound, Severity
from integrations import ubl
from models.base import db
from models.contract_follow_up import ReceivedInvoice
from models.gate import writing
from models.organisation import Organisation
from services import audit, clock, documents
from services.connections import connections
from services.econtracting import actions, claims, terms
from services.econtracting.desk import lookup
from services.econtracting.documents import versions
from services.econtracting.invoices import rows
from services.econtracting.invoices.rows import Asked

MAX_NUMBER = 100
MAX_AMOUNT = Decimal("9999999999999.99")

IN_THE_FUTURE = N_("Het moment van ontvangst ligt in de toekomst.")
BEFORE_REQUEST = N_("De factuur kan niet ontvangen zijn vóór ze gevraagd werd: {moment}.")
ISSUED_LATER = N_("De factuurdatum ligt na de ontvangst.")
NUMBER_NEEDED = N_("Vul het nummer van de factuur in, hoogstens {max} tekens.")
AMOUNT_NEEDED = N_("Vul het bedrag in, met hoogstens twee cijfers na de komma.")
NOT_ASKED = N_("Voor deze schuldvordering is er geen factuur gevraagd, of ze is er al.")
MOVED = N_("De stand van deze aanvraag is intussen gewijzigd. Bekijk de factuur opnieuw voor u ze bewaart.")


@dataclass(frozen=True, slots=True)
class Preview:
    """What was read and how it fits, before anything is kept. ``asked`` is the request it is about."""

    facts: InvoiceFacts
    matched: Matched
    asked: Asked | None


def preview(actor: Actor, source: bytes | IO[bytes]) -> Preview:
    """Read an XML invoice and say how it fits; nothing is kept. InvalidValue for what cannot be read."""
    authority = rows.authority_of(actor)
    return _preview(authority, _facts(source))


def content_of(source: IO[bytes]) -> bytes:
    """The bytes of an uploaded file; InvalidValue for too many or none."""
    return _read(source)


def mark(actor: Actor, digest: str) -> str:
    """What a page gives along with the digest of a file that was brought: nobody else's file is read by its digest."""
    key = connections().settings.secret_key.encode()
    return hmac.new(key, f"invoice:{actor.organisation_key}:{digest}".encode(), hashlib.sha256).hexdigest()


def brought(actor: Actor, digest: str, given: str) -> bytes:
    """The file that the own authority brought to look at; NotFound for any other that happens to be in the store."""
    rows.authority_of(actor)
    if not hmac.compare_digest(mark(actor, digest).encode(), given.encode()):
        raise NotFound
    return documents.read(digest)[1]


def receive(
    actor: Actor,
    source: bytes | IO[bytes],
    received_at: datetime | None = None,
    expected: InvoiceOutcome | None = None,
) -> ReceivedInvoice:
    """Keep an XML invoice, its bytes unchanged, and do what its outcome asks.

    ``received_at`` is when it reached the access point of the authority, now by default: it counts for the terms.
    ``expected`` is the outcome somebody saw: another one by now is NotAllowedNow. InvalidValue for what cannot be read
    or an impossible moment.
    """
    authority = rows.authority_of(actor)
    content = _read(source)
    facts = _facts(content)
    digest = documents.store(content, "application/xml").digest
    return _keep(actor, authority, facts, received_at, digest, expected)


def register(
    actor: Actor,
    claim_reference: str,
    number: str,
    issued_on: date,
    amount: Decimal,
    payable: Decimal,
    received_at: datetime | None = None,
) -> ReceivedInvoice:
    """Register by hand the invoice of a claim that waits for one; amounts in euro, ``amount`` excl. VAT.

    NotFound for a foreign claim, NotAllowedNow when no invoice is waited for, Findings for what is wrong.
    """
    authority = rows.authority_of(actor)
    asked = waiting_request(actor, claim_reference)
    wrong: list[Finding] = []
    text = " ".join(number.split())
    if not text or len(text) > MAX_NUMBER:
        wrong.append(Finding("A-48", Severity.BLOCKS, NUMBER_NEEDED, "number", params={"max": MAX_NUMBER}))
    for field, value in (("amount", amount), ("payable", payable)):
        if abs(value) > MAX_AMOUNT or value != value.quantize(Decimal("0.01")):
            wrong.append(Finding("A-48", Severity.BLOCKS, AMOUNT_NEEDED, field))
    if wrong:
        raise Findings(wrong)
    contractor = db.session.get_one(Organisation, asked.contract.contractor_id)
    facts = InvoiceFacts(
        number=text,
        issued_on=issued_on,
        credit_note=amount < 0,
        seller=InvoiceParty(contractor.name, (contractor.key,)),
        buyer=InvoiceParty(authority.name, (authority.key,)),
        orders=(asked.request.order_number or "",),
        contract_number=asked.contract.number,
        amount=amount,
        payable=payable,
    )
    return _keep(actor, authority, facts, received_at, None, None)


def waiting_request(actor: Actor, claim_reference: str) -> Asked:
    """The request of a claim that waits for its invoice; NotAllowedNow when none does, NotFound for a foreign claim."""
    authority = rows.authority_of(actor)
    opened = lookup.document(actor, claim_reference)
    seller = db.session.get_one(Organisation, opened.contract.contractor_id).key
    for one in rows.requests_of(authority, seller):
        if one.waits:
            asked = rows.asked(one.key)
            if asked.claim.id == opened.document.id:
                return asked
    raise NotAllowedNow(NOT_ASKED, code="A-48")


def _read(source: bytes | IO[bytes]) -> bytes:
    try:
        return ubl.read(source)
    except ubl.InvoiceRefused as refused:
        raise InvalidValue(refused.message, code="A-48", field="file", **refused.params) from None


def _facts(source: bytes | IO[bytes]) -> InvoiceFacts:
    try:
        return ubl.parse(ubl.read(source))
    except ubl.InvoiceRefused as refused:
        raise InvalidValue(refused.message, code="A-48", field="file", **refused.params) from None


def _preview(authority: Organisation, facts: InvoiceFacts) -> Preview:
    found = rows.matched(authority, facts)
    return Preview(facts, found, None if found.request is None else rows.asked(found.request))


def _keep(
    actor: Actor,
    authority: Organisation,
    facts: InvoiceFacts,
    received_at: datetime | None,
    digest: str | None,
    expected: InvoiceOutcome | None,
) -> ReceivedInvoice:
    """Write the invoice. What it is about is locked first and everything is laid beside each other anew."""
    first = rows.matched(authority, facts)
    asked = None if first.request is None else rows.asked(first.request, lock=True)
    found = rows.matched(authority, facts)
    if (found.outcome, found.request) != (first.outcome, first.request):
        raise NotAllowedNow(MOVED, code="A-48")
    if expected is not None and found.outcome is not expected:
        raise NotAllowedNow(MOVED, code="A-48")
    now = clock.now()
    at = received_at or now
    _check_moment(at, now, facts, asked if found.outcome is InvoiceOutcome.MATCH else None)
    with writing("invoices.receive"):
        row = ReceivedInvoice(
            authority_id=authority.id,
            outcome=found.outcome,
            request_id=found.request,
            seller_key=facts.seller.key,
            seller_name=facts.seller.name[:200],
            number=facts.number[:MAX_NUMBER],
            issued_on=facts.issued_on,
            order_number=facts.order_number[:100],
            contract_number=facts.contract_number[:100],
            credit_note=facts.credit_note,
            amount=facts.amount,
            payable=facts.payable,
            received_at=at,
            registered_by_id=actor.account_id,
            digest=digest,
        )
        db.session.add(row)
    data = {
        "outcome": found.outcome.value,
        "request": None if asked is None else asked.request.reference,
        "amount": str(facts.amount),
        "digest": digest,
    }
    audit.record(actor, AuditEvent.INVOICE_RECEIVED, "invoice", row.reference, data=data)
    if asked is not None and found.outcome is InvoiceOutcome.MATCH:
        claims.apply(asked.claim, ClaimEvent.RECEIVE_INVOICE, at, actor)
        actions.done(asked.contract, ActionType.SEND_INVOICE, asked.request, at=at)
        terms.invoice_received(asked.claim, at)
    return row


def _check_moment(at: datetime, now: datetime, facts: InvoiceFacts, asked: Asked | None) -> None:
    if at > now:
        raise InvalidValue(IN_THE_FUTURE, code="A-48", field="received_on")
    if facts.issued_on > local_date(at):
        raise InvalidValue(ISSUED_LATER, code="A-48", field="received_on")
    if asked is None:
        return
    counting = versions.counting(asked.request)
    since = counting.consultable_at if counting is not None else None
    if since is not None and at < since:
        raise InvalidValue(BEFORE_REQUEST, code="A-48", field="received_on", moment=moment(since))
