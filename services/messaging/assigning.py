"""Lay a thread of a facility on another desk: traced, and said to nobody outside the department."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.econtracting.rights import Verb
from domain.errors import NotFound
from domain.permissions import Permission
from models.audit import AuditEntry
from models.base import db
from models.gate import writing
from models.identity import Account
from models.message import Conversation, Desk
from services import access, audit
from services.messaging import desks
from services.messaging.places import place_of

#: Most threads that are laid on a desk at once, and most moves that are told.
MOST, MOVES_SHOWN = 200, 5


@dataclass(frozen=True, slots=True)
class Move:
    """A thread went from a desk to another; None is everybody's."""

    at: datetime
    who: str
    before: str | None
    after: str | None


def move(actor: Actor, reference: str, desk_reference: str) -> Conversation:
    """Lay a thread on a desk, or on none (empty); where it lies already nothing changes.

    Raises NotFound for a thread that is not there, InvalidValue at ``desk`` for a desk that is not in use.
    """
    access.require(actor, Permission.MESSAGES_ANSWER)
    conversation = db.session.scalar(select(Conversation).where(Conversation.reference == reference))
    if conversation is None or actor.side is not Side.DEPARTMENT:
        raise NotFound
    place = place_of(conversation)
    place.require(actor, Verb.READ)
    desk = desks.chosen(actor, desk_reference)
    place.lock()
    db.session.refresh(conversation)
    before = db.session.get(Desk, conversation.desk_id) if conversation.desk_id is not None else None
    if before is desk:
        return conversation
    with writing("messaging.move"):
        conversation.desk_id = desk.id if desk is not None else None
    audit.record(
        actor,
        AuditEvent.THREAD_MOVED,
        "conversation",
        conversation.reference,
        data={"from": before.name if before is not None else None, "to": desk.name if desk is not None else None},
    )
    return conversation


def moves_of(actor: Actor, reference: str) -> Sequence[Move]:
    """The last moves of a thread, the newest first: who and when is for the department only."""
    access.require(actor, Permission.MESSAGES_ANSWER)
    rows = db.session.execute(
        select(AuditEntry.at, AuditEntry.data, Account.given_name, Account.family_name)
        .outerjoin(Account, Account.id == AuditEntry.actor_id)
        .where(
            AuditEntry.subject_type == "conversation",
            AuditEntry.subject_key == reference,
            AuditEntry.event == AuditEvent.THREAD_MOVED,
        )
        .order_by(AuditEntry.sequence.desc())
        .limit(MOVES_SHOWN)
    )
    return [
        Move(at, f"{given or ''} {family or ''}".strip(), told["from"], told["to"])
        for at, data, given, family in rows
        for told in (json.loads(data),)
    ]
