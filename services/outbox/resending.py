"""Sending a mail again, under the same Message-ID."""

from __future__ import annotations

from collections.abc import Iterable

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.errors import N_, NotAllowedNow, NotFound, TooMany
from domain.permissions import Permission
from models.base import db
from models.gate import writing
from models.outbox import DeliveryState, OutboxMessage
from services import access, audit, clock
from services.outbox.enqueueing import NO_ADDRESS
from services.outbox.letters import FORGOTTEN

AT_ONCE = 100
"""How many mails one selection sends again at most."""

WAITS = N_("Deze e-mail wacht al op verzending.")
GONE = N_(
    "De link in deze e-mail werkte één keer en is niet bewaard. Vraag aan wie hem nodig heeft om een nieuwe te vragen."
)
NO_MAILBOX = N_("Dit is geen e-mailadres. Verbeter het adres waar het staat; daarna vertrekken nieuwe e-mails wel.")
TOO_MANY = N_("U koos {chosen} e-mails. Kies er hoogstens {most} tegelijk.")


def resend(actor: Actor, message_id: int) -> OutboxMessage:
    """Put a failed or sent message back in line, with the same Message-ID. NotAllowedNow for what cannot leave again.

    One that waited for an overview, or was part of one, leaves on its own.
    """
    access.require(actor, Permission.OUTBOX_READ)
    message = db.session.get(OutboxMessage, message_id, with_for_update=True, populate_existing=True)
    if message is None:
        raise NotFound
    refusal = why_not(message)
    if refusal is not None:
        raise NotAllowedNow(refusal)
    with writing("outbox.resend"):
        message.state = DeliveryState.PENDING
        message.digest = False
        message.attempts = 0
        message.next_attempt_at = clock.now()
        message.leased_until = None
        message.error = None
        message.bounced_at, message.bounce = None, None
    audit.record(actor, AuditEvent.MAIL_RESENT, "mail", message.id, data={"message": message.id})
    return message


def why_not(message: OutboxMessage) -> str | None:
    """Why a mail cannot be sent again, or None."""
    if message.state is DeliveryState.PENDING and not message.digest:
        return WAITS
    if message.error == NO_ADDRESS:
        return NO_MAILBOX
    return GONE if f'"{FORGOTTEN}"' in message.parameters else None


def resend_some(actor: Actor, ids: Iterable[int]) -> tuple[int, int]:
    """Send a selection again; gives how many, and how many of them could not. Raises TooMany."""
    access.require(actor, Permission.OUTBOX_READ)
    chosen = sorted(set(ids))
    if len(chosen) > AT_ONCE:
        raise TooMany(TOO_MANY, chosen=len(chosen), most=AT_ONCE)
    refused = 0
    for one in chosen:
        try:
            resend(actor, one)
        except (NotAllowedNow, NotFound):
            refused += 1
    return len(chosen) - refused, refused
