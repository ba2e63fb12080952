"""Which messages name a number, in threads the actor may read (E-008, E-153).

Where they stand, not what they say: a message may name others too, and an export is handed to one person.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select

from domain.actor import Actor, Side
from domain.identifiers import names_national_number, national_number_groups
from domain.person_file import MOST, Section, SectionCode
from models.base import db
from models.message import Conversation, Message, MessageSide
from models.organisation import Facility
from services.messaging import scope
from services.privacy.person_kept import SIDES

#: Who wrote, as the file says it.
_BY: dict[MessageSide, str] = {
    MessageSide.COUNTER: SIDES[Side.FACILITY],
    MessageSide.OFFICE: SIDES[Side.DEPARTMENT],
    MessageSide.SYSTEM: SIDES[Side.SYSTEM],
}


@dataclass(frozen=True, slots=True)
class Named:
    """The messages that name a number, the newest first, and the keys of the facilities they are of."""

    section: Section
    facilities: frozenset[int]


def naming(actor: Actor, number: str) -> Named:
    """The messages of the actor's threads that name a number however it is written; none without the role. One
    statement, which reads every message of those threads: a person file is rarely asked for.
    """
    if actor.side not in (Side.FACILITY, Side.DEPARTMENT) or not scope.reads_messages(actor):
        return Named(Section(SectionCode.MESSAGES, []), frozenset())
    found: list[Any] = []
    statement = _may_name(scope.scope_of(actor), number).execution_options(yield_per=100)
    with closing(db.session.execute(statement)) as rows:
        for row in rows:
            said = f"{row.subject}\n{row.body}" if row.place == 1 else row.body
            if names_national_number(said, number):
                found.append(row)
            if len(found) > MOST:
                break
    section = Section(SectionCode.MESSAGES, [_row(row) for row in found[:MOST]], len(found) > MOST)
    return Named(section, frozenset(row.facility_id for row in found))


def _may_name(within: scope.Scope, number: str) -> Any:
    """Messages with the groups of digits in their order; what stands between them is looked at after reading."""
    pattern = "%" + "%".join(national_number_groups(number)) + "%"
    readable = or_(Message.place.is_not(None), Message.side == within.side)
    return (
        select(
            Conversation.reference,
            Conversation.subject,
            Conversation.quarter,
            Conversation.facility_id,
            Facility.name,
            Message.place,
            Message.side,
            Message.sent_at,
            Message.body,
        )
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Facility, Facility.id == Conversation.facility_id)
        .where(
            within.condition,
            readable,
            or_(Message.body.like(pattern), and_(Conversation.subject.like(pattern), Message.place == 1)),
        )
        .order_by(Message.id.desc())
    )


def _row(row: Any) -> dict[str, Any]:
    return {
        "facility": row.name,
        "quarter": row.quarter,
        "subject": row.subject,
        "by": _BY[row.side],
        "sent_at": row.sent_at,
        "thread": row.reference,
    }
