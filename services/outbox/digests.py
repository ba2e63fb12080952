"""One mail a day for addresses that want it so: at seven in the morning, listing what there is.

Rows are gathered in the transaction that makes the overview, so that it lists the same however often it leaves; they
are settled after it, one by one, and what a crash leaves is settled by the next sweep.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from hashlib import sha256
from secrets import token_hex
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import aliased

from domain.calendars import BRUSSELS
from models.base import db
from models.gate import writing
from models.outbox import DeliveryState, MailAddress, OutboxMessage
from models.upserts import upsert
from services import clock
from services.outbox.letters import DIGEST

HOUR = time(7)
"""When overviews are made, Brussels time."""
SUBJECT, HIDDEN_SUBJECT = "digest", "hidden_digest"
"""What an overview is about; the second when one of ``HIDDEN`` is in it."""
_SUBJECTS = (SUBJECT, HIDDEN_SUBJECT)
HIDDEN = frozenset({"public_contract", "notification_address", "subscription", "ticket", HIDDEN_SUBJECT})
"""Subjects of which the address can be that of a person of a contractor: the back office never reads it (C-046)."""
_AT_ONCE = 500


def cutoff(now: datetime) -> datetime:
    """The last seven o'clock in Brussels: what was made before it is gathered."""
    local = now.astimezone(BRUSSELS)
    day = local.date() if local.time() >= HOUR else local.date() - timedelta(days=1)
    return datetime.combine(day, HOUR, BRUSSELS)


def due() -> list[str]:
    """The addresses (folded) with something to gather; not those whose mail comes back, nor those who got theirs."""
    before = cutoff(clock.now())
    email, made = func.lower(OutboxMessage.recipient), aliased(OutboxMessage)
    got = exists().where(
        made.subject_type.in_(_SUBJECTS),
        made.subject_key == before.date().isoformat(),
        func.lower(made.recipient) == email,
    )
    statement = (
        select(email)
        .outerjoin(MailAddress, MailAddress.email == email)
        .where(*_waiting(before), MailAddress.bounced_at.is_(None), ~got)
        .distinct()
        .order_by(email)
        .limit(_AT_ONCE)
    )
    return list(db.session.scalars(statement))


def gather(email: str) -> bool:
    """Make the overview of an address, in the running transaction; gives whether there is one.

    One a day: whoever comes second, or what was committed late, waits for the next day.
    """
    now = clock.now()
    before = cutoff(now)
    day = before.date().isoformat()
    mine = (*_waiting(before), func.lower(OutboxMessage.recipient) == email)
    key = sha256(f"{DIGEST}\n{day}\n{email}".encode()).hexdigest()
    with writing("outbox.gather"):
        rows = db.session.execute(
            select(OutboxMessage.id, OutboxMessage.recipient, OutboxMessage.language, OutboxMessage.subject_type)
            .where(*mine)
            .order_by(OutboxMessage.id)
            .with_for_update()
        ).all()
        if not rows:
            return False
        made = db.session.scalar(
            upsert(OutboxMessage)
            .values(
                dedupe_key=key,
                message_id=f"<{token_hex(16)}@dossierloket>",
                recipient=rows[-1].recipient,
                language=rows[-1].language,
                template=DIGEST,
                parameters="{}",
                subject_type=HIDDEN_SUBJECT if HIDDEN & {row.subject_type for row in rows} else SUBJECT,
                subject_key=day,
                state=DeliveryState.PENDING,
                made_at=now,
                next_attempt_at=now,
                digest=False,
            )
            .on_conflict_do_nothing(index_elements=["dedupe_key"])
            .returning(OutboxMessage.id)
        )
        if made is None:
            return False
        ids = [row.id for row in rows]
        db.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id.in_(ids))
            .values(gathered_in_id=made)
            .execution_options(synchronize_session="fetch")
        )
    return True


def unsettled(limit: int = 100) -> list[int]:
    """Mails whose overview has left or failed, and who do not know yet."""
    overview = aliased(OutboxMessage)
    statement = (
        select(OutboxMessage.id)
        .join(overview, overview.id == OutboxMessage.gathered_in_id)
        .where(
            OutboxMessage.state == DeliveryState.PENDING,
            OutboxMessage.digest.is_(True),
            overview.state != DeliveryState.PENDING,
        )
        .order_by(OutboxMessage.id)
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def outcome_of(message_id: int) -> tuple[bool, str | None]:
    """How the overview that a mail is in ended: (failed for good, with which error)."""
    overview = aliased(OutboxMessage)
    row = db.session.execute(
        select(overview.state, overview.error)
        .join(OutboxMessage, OutboxMessage.gathered_in_id == overview.id)
        .where(OutboxMessage.id == message_id)
    ).one()
    return row.state is DeliveryState.FAILED, row.error


def _waiting(before: datetime) -> tuple[Any, ...]:
    return (
        OutboxMessage.state == DeliveryState.PENDING,
        OutboxMessage.digest.is_(True),
        OutboxMessage.gathered_in_id.is_(None),
        OutboxMessage.made_at < before,
    )
