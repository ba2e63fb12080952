"""The story of the mail: an address that wants one overview a day, in English, and one whose mailbox is full."""

from __future__ import annotations

from sqlalchemy import func, select

from domain.actor import SCHEDULER
from models.base import db
from models.outbox import DeliveryState, OutboxMessage
from services import mail_addresses
from services.outbox import bounces

DAILY, FULL = "greet.hendrickx@terlinden.example.be", "bram.goossens@pvtdebrug.example.be"


def tell() -> None:
    """In the running transaction, once the mail of the past has left."""
    mail_addresses.choose(SCHEDULER, DAILY, language="en", digest=True)
    last = db.session.scalar(
        select(OutboxMessage.message_id)
        .where(func.lower(OutboxMessage.recipient) == FULL, OutboxMessage.state == DeliveryState.SENT)
        .order_by(OutboxMessage.id.desc())
        .limit(1)
    )
    if last is not None:
        bounces.record(last, "5.2.2", bounces.Channel.MAILBOX)
