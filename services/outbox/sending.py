"""The queue as the worker sees it: lease what is due, note what came of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from domain.errors import NotFound
from models.base import db
from models.gate import writing
from models.outbox import DeliveryState, OutboxMessage
from services import clock, mail_addresses
from services.outbox.letters import without_secrets

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 130
"""About five days, the last of them an hour apart: longer than a mail server is down over a long weekend."""


def take(limit: int = 20) -> list[OutboxMessage]:
    """Lease the messages that are due. The caller commits before sending; a crash lets the lease run out."""
    now = clock.now()
    due = (
        select(OutboxMessage)
        .where(
            OutboxMessage.state == DeliveryState.PENDING,
            OutboxMessage.digest.is_(False),
            OutboxMessage.next_attempt_at <= now,
            or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until < now),
        )
        .order_by(OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    messages = list(db.session.scalars(due))
    with writing("outbox.take"):
        for message in messages:
            message.leased_until = now + LEASE
            message.attempts += 1
    return messages


def settle(message_id: int, *, error: str | None = None, permanent: bool = False) -> None:
    """Note the outcome of one attempt: sent, to be tried again with back-off, or failed for good.

    A way in (a link that confirms or unsubscribes) is forgotten with it.
    """
    now = clock.now()
    message = db.session.get(OutboxMessage, message_id)
    if message is None:
        raise NotFound
    if error is not None and message.state is DeliveryState.SENT:
        return  # another worker was faster, after our lease had run out
    with writing("outbox.settle"):
        message.leased_until = None
        message.error = error[:300] if error else None
        if error is None:
            message.state = DeliveryState.SENT
            message.sent_at = now
        elif permanent or message.attempts >= MAX_ATTEMPTS:
            message.state = DeliveryState.FAILED
        else:
            message.next_attempt_at = _next_attempt(now, message.attempts)
        if message.state is not DeliveryState.PENDING:
            sent = message.state is DeliveryState.SENT
            message.parameters = without_secrets(message.template, message.parameters, sent=sent)
            if message.gathered_in_id is None:
                mail_addresses.answered(message.recipient, message.error)


def _next_attempt(now: datetime, attempts: int) -> datetime:
    return now + timedelta(seconds=min(15 * 2**attempts, 3600))


def backlog() -> int:
    """How many messages wait for the mail server; those of an overview wait for their day."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(OutboxMessage)
            .where(OutboxMessage.state == DeliveryState.PENDING, OutboxMessage.digest.is_(False))
        )
        or 0
    )
