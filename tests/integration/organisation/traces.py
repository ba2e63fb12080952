"""What a use case left behind: traces of the audit chain and mail that is to leave."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from models.all import db
from models.audit import AuditEntry, AuditPersonalValue
from models.outbox import OutboxMessage


def trace() -> tuple[str, str, dict[str, Any]]:
    """Event, subject and data of the last trace; the digests of personal values left out."""
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(1)).one()
    data = json.loads(entry.data)
    data.pop("personal", None)
    return entry.event, entry.subject_key, data


def personal(name: str) -> Any:
    """An erasable value of the last trace."""
    last = select(AuditEntry.sequence).order_by(AuditEntry.sequence.desc()).limit(1).scalar_subquery()
    value = db.session.scalars(
        select(AuditPersonalValue.value).where(AuditPersonalValue.sequence == last, AuditPersonalValue.name == name)
    ).one()
    assert value is not None
    return json.loads(value)


def traces() -> int:
    """How many traces there are."""
    return len(db.session.scalars(select(AuditEntry.sequence)).all())


def mails(template: str) -> list[OutboxMessage]:
    """The mails of a template that wait, oldest first."""
    return list(
        db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == template).order_by(OutboxMessage.id))
    )
