"""Mail that came back: noted once, at the mail, at its address and for who can mend it.

A report counts by the Message-ID of a mail that left from here; its word on who it was for does not.
"""

from __future__ import annotations

import re
from enum import StrEnum
from hashlib import sha256

import structlog
from sqlalchemy import select, update

from domain.actor import SCHEDULER
from domain.audit_events import AuditEvent
from integrations.bounces import status_of as status_of
from models.base import db
from models.gate import writing
from models.outbox import MailBounce, OutboxMessage
from models.upserts import upsert
from services import audit, clock, mail_addresses
from services.econtracting.notifications import outcomes
from services.outbox.letters import DIGEST

log = structlog.get_logger("outbox")

_STATUS = re.compile(r"[45]\.\d{1,3}\.\d{1,3}")
_ID = re.compile(r"[0-9a-f]{32}@dossierloket")


class Channel(StrEnum):
    """How we heard of it."""

    MAILBOX = "MAILBOX"
    WEBHOOK = "WEBHOOK"


def is_ours(message_id: str) -> bool:
    """Whether a mail with this Message-ID left from here."""
    return db.session.scalar(select(OutboxMessage.id).where(OutboxMessage.message_id == message_id)) is not None


def record(message_id: str, status: str | None, channel: Channel) -> bool:
    """Note that a mail came back, in the running transaction; gives whether that was news.

    ``status`` 5.x.x is for good: the address is marked and warned about; 4.x.x is kept and nothing else. An id that is
    not of a mail of ours, a report that was read before and a status of another form change nothing.
    """
    if status is None or not _STATUS.fullmatch(status):
        return False
    bare = message_id.strip().strip("<>")
    known = select(OutboxMessage).where(OutboxMessage.message_id == f"<{bare}>").with_for_update()
    message = db.session.scalar(known) if _ID.fullmatch(bare) else None
    if message is None:
        log.warning("bounce of an unknown mail", channel=channel.value)
        return False
    now, permanent = clock.now(), status.startswith("5")
    # one sending comes back once; sent again, it may come back again
    key = sha256(f"{message.message_id}\n{status}\n{message.sent_at}".encode()).hexdigest()
    with writing("outbox.bounce"):
        made = db.session.scalar(
            upsert(MailBounce)
            .values(
                dedupe_key=key,
                outbox_id=message.id,
                recipient=message.recipient,
                status=status,
                permanent=permanent,
                channel=channel.value,
                received_at=now,
            )
            .on_conflict_do_nothing(index_elements=["dedupe_key"])
            .returning(MailBounce.id)
        )
        if made is None:
            return False
        if permanent:
            message.bounced_at, message.bounce = now, status
            if message.template == DIGEST:
                db.session.execute(
                    update(OutboxMessage)
                    .where(OutboxMessage.gathered_in_id == message.id)
                    .values(bounced_at=now, bounce=status)
                )
    if permanent:
        mail_addresses.came_back(message.recipient, status)
        outcomes.came_back(message.id)
    audit.record(
        SCHEDULER,
        AuditEvent.MAIL_BOUNCED,
        "mail",
        message.id,
        data={"message": message.id, "status": status, "permanent": permanent, "channel": channel.value},
    )
    log.info("bounce", message=message.id, status=status, channel=channel.value)
    return True
