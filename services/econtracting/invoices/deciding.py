"""What is done with a received invoice: rejected with a reason, or paid; and then the claim is closed (6.2)."""

from __future__ import annotations

from datetime import date, datetime, time

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.calendars import BRUSSELS, local_date
from domain.econtracting.actions import ActionType
from domain.econtracting.claims import ClaimEvent
from domain.econtracting.invoice_matching import InvoiceOutcome
from domain.econtracting.notifications import NotificationEvent
from domain.econtracting.terms import PAYERS
from domain.errors import N_, InvalidValue, NotAllowedNow
from models.base import db
from models.contract_follow_up import ReceivedInvoice
from models.gate import writing
from services import audit, clock
from services.econtracting import actions, claims, notifications, terms
from services.econtracting.invoices import rows

MAX_REASON = 500

REASON_NEEDED = N_("Geef de reden: de opdrachtnemer krijgt ze te lezen.")
REASON_LONG = N_("Hou de reden korter dan {max} tekens.")
REJECTED_ALREADY = N_("Deze factuur is al geweigerd.")
PAID_ALREADY = N_("Deze factuur is al betaald.")
NOT_THE_ONE = N_("Enkel een factuur die klopt met de aanvraag kan betaald worden.")
DAY_NEEDED = N_("Vul de datum van de betaling in.")
IN_THE_FUTURE = N_("De datum van de betaling ligt in de toekomst. Vul ze in zodra er betaald is.")
BEFORE_INVOICE = N_("De datum van de betaling ligt vóór de datum van de factuur.")
NOT_PAID = N_("Een schuldvordering wordt afgesloten nadat de factuur betaald is.")


def reject(actor: Actor, reference: str, reason: str) -> ReceivedInvoice:
    """Refuse an invoice with a reason; when something was asked, the contractor has to send another one.

    NotAllowedNow when it was rejected or paid before, InvalidValue without a reason, NotFound for a foreign one.
    """
    row = rows.own(actor, reference, lock=True)
    _require_open(row)
    text = reason.strip()
    if not text:
        raise InvalidValue(REASON_NEEDED, code="A-48", field="reason")
    if len(text) > MAX_REASON:
        raise InvalidValue(REASON_LONG, code="A-48", field="reason", max=MAX_REASON)
    at = clock.now()
    asked = None if row.request_id is None else rows.asked(row.request_id)
    with writing("invoices.reject"):
        row.rejected_at, row.rejection = at, text
    if asked is not None and row.outcome is not InvoiceOutcome.DUPLICATE:
        if row.outcome is InvoiceOutcome.MATCH:
            claims.apply(asked.claim, ClaimEvent.REJECT_INVOICE, at, actor)
            terms.invoice_rejected(asked.claim, at)
        actions.reopen(asked.contract, ActionType.SEND_INVOICE, asked.request, text, at=at)
        notifications.announce(
            NotificationEvent.ACTION_REOPENED,
            asked.contract,
            document=asked.request,
            event_key=f"invoice rejected {row.reference}",
            at=at,
        )
    _trace(actor, row, "reject", local_date(at), reason=text)
    return row


def pay(actor: Actor, reference: str, paid_on: date | None) -> ReceivedInvoice:
    """Register when an invoice was paid: its claim is paid (S9) and the term of the payer is met on that day.

    InvalidValue for an impossible day; NotAllowedNow for one that does not fit, was rejected or was paid before.
    """
    row = rows.own(actor, reference, lock=True)
    _require_open(row)
    if row.outcome is not InvoiceOutcome.MATCH or row.request_id is None:
        raise NotAllowedNow(NOT_THE_ONE, code="A-48")
    now = clock.now()
    if paid_on is None:
        raise InvalidValue(DAY_NEEDED, code="6.2", field="paid_on")
    if paid_on > local_date(now):
        raise InvalidValue(IN_THE_FUTURE, code="6.2", field="paid_on")
    if paid_on < row.issued_on:
        raise InvalidValue(BEFORE_INVOICE, code="6.2", field="paid_on")
    asked = rows.asked(row.request_id)
    with writing("invoices.pay"):
        row.paid_on = paid_on
    claims.apply(asked.claim, ClaimEvent.PAY, now, actor)
    met_at = _moment_of(paid_on, now)
    for kind in PAYERS:
        terms.meet(asked.claim, kind, met_at)
    _trace(actor, row, "pay", paid_on)
    return row


def close(actor: Actor, reference: str) -> ReceivedInvoice:
    """Close the claim of an invoice that was paid (S10): nothing more happens to it."""
    row = rows.own(actor, reference, lock=True)
    if row.paid_on is None or row.request_id is None:
        raise NotAllowedNow(NOT_PAID, code="6.2")
    asked = rows.asked(row.request_id)
    now = clock.now()
    claims.apply(asked.claim, ClaimEvent.CLOSE, now, actor)
    _trace(actor, row, "close", local_date(now))
    return row


def _require_open(row: ReceivedInvoice) -> None:
    if row.rejected_at is not None:
        raise NotAllowedNow(REJECTED_ALREADY, code="A-48")
    if row.paid_on is not None:
        raise NotAllowedNow(PAID_ALREADY, code="A-48")


def _moment_of(day: date, now: datetime) -> datetime:
    """The instant a payment of a day counts from: now when it is today, else the noon of that day."""
    return now if day == local_date(now) else datetime.combine(day, time(12), BRUSSELS)


def _trace(actor: Actor, row: ReceivedInvoice, act: str, on: date, reason: str | None = None) -> None:
    request = None if row.request_id is None else rows.asked(row.request_id).request.reference
    audit.record(
        actor,
        AuditEvent.INVOICE_DECIDED,
        "invoice",
        row.reference,
        data={"act": act, "request": request, "on": on.isoformat()},
        personal={} if reason is None else {"reason": reason},
    )
    db.session.flush()
