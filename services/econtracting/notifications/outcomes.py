"""What came of a mail: kept with the contract (C-014), in its chain of proof, and shown at the address (A-40)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from domain.actor import SCHEDULER, Actor, Side
from domain.audit_events import AuditEvent
from domain.econtracting.evidence import EvidenceType
from domain.econtracting.notifications import EVENT_LABELS, NotificationEvent
from models.base import db
from models.gate import writing
from models.message import NotificationAddress
from models.outbox import DeliveryState, OutboxMessage
from models.public_contract import PublicContract
from services import audit, clock, locks
from services.econtracting import access
from services.econtracting.notifications.announcing import SUBJECT_TYPE
from services.econtracting.proof import chain

_EVENTS = {
    "contract_new": NotificationEvent.NEW_CONTRACT,
    "contract_document": NotificationEvent.NEW_DOCUMENT,
    "contract_message": NotificationEvent.NEW_MESSAGE,
    "contract_action_reopened": NotificationEvent.ACTION_REOPENED,
    "contract_from_contractor": NotificationEvent.FROM_CONTRACTOR,
}
#: What goes to the mailbox of the authority.
_TO_AUTHORITY = "contract_from_contractor"


def settled(message_id: int) -> None:
    """Note the outcome of a mail that is sent or has failed for good, in the transaction that settles it.

    A mail that is tried again leaves nothing yet; a mail about something else neither.
    """
    message = db.session.get(OutboxMessage, message_id)
    if message is None or message.state is DeliveryState.PENDING:
        return
    if message.subject_type == SUBJECT_TYPE:
        _prove(message, EvidenceType.MAIL_SENT if message.state is DeliveryState.SENT else EvidenceType.MAIL_FAILED)
    if message.state is DeliveryState.FAILED and message.template != _TO_AUTHORITY:
        _bounced(message, message.error or "")


def came_back(message_id: int) -> None:
    """Note that a mail that had left came back for good, and with it what was gathered in it."""
    message = db.session.get_one(OutboxMessage, message_id)
    gathered = db.session.scalars(select(OutboxMessage).where(OutboxMessage.gathered_in_id == message_id))
    about = [one for one in (message, *gathered) if one.subject_type == SUBJECT_TYPE]
    for one in sorted(about, key=lambda row: int(row.subject_key)):
        _prove(one, EvidenceType.MAIL_FAILED)
    if message.template != _TO_AUTHORITY:
        _bounced(message, message.bounce or "")


def _prove(message: OutboxMessage, what: EvidenceType) -> None:
    contract = locks.lock_contract(int(message.subject_key))
    if contract.erased_at is None:
        # not to whom: an address can be somebody's name (C-046)
        detail = {"event": _EVENTS[message.template].value, "to": _party(message.template)}
        chain.append(contract, what, clock.now(), detail=detail)


def _party(template: str) -> str:
    return Side.AUTHORITY.value if template == _TO_AUTHORITY else Side.CONTRACTOR.value


def _bounced(message: OutboxMessage, why: str) -> None:
    """Mail to the address came back: it is not used again until it is confirmed anew."""
    rows = db.session.scalars(
        select(NotificationAddress).where(
            func.lower(NotificationAddress.email) == message.recipient.lower(),
            NotificationAddress.removed_at.is_(None),
            NotificationAddress.bounced_at.is_(None),
        )
    ).all()
    with writing("notifications.bounced"):
        for row in rows:
            row.bounced_at, row.bounce = clock.now(), why[:300]
            audit.record(
                SCHEDULER,
                AuditEvent.ADDRESS_CHANGED,
                "notification_address",
                row.reference,
                data={"act": "bounced", "events": row.events.split(), "contract": row.contract_id},
                personal={"email": row.email},
            )


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail that was sent about a contract. ``recipient`` is None for whom it does not concern.

    ``outcome`` is PENDING, SENT or FAILED; ``document`` is the kind and number it was about, as told.
    """

    event: str
    document: str
    made_at: datetime
    sent_at: datetime | None
    outcome: DeliveryState
    recipient: str | None
    bounced_at: datetime | None = None


def mails(actor: Actor, contract: PublicContract) -> list[MailRow]:
    """Every mail about a contract, newest first (C-014). Each side reads its own addresses, never the other's."""
    access.contract_for(actor, contract.reference)
    rows = db.session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.subject_type == SUBJECT_TYPE, OutboxMessage.subject_key == str(contract.id))
        .order_by(OutboxMessage.id.desc())
        .limit(500)
    )
    return [
        MailRow(
            event=EVENT_LABELS[_EVENTS[row.template]],
            document=_told(row),
            made_at=row.made_at,
            sent_at=row.sent_at,
            outcome=row.state,
            recipient=row.recipient if _concerns(actor, row.template) else None,
            bounced_at=row.bounced_at,
        )
        for row in rows
    ]


def _concerns(actor: Actor, template: str) -> bool:
    return (actor.side is Side.AUTHORITY) == (template == _TO_AUTHORITY)


def _told(row: OutboxMessage) -> str:
    return str(json.loads(row.parameters).get("document", ""))
