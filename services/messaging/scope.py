"""Which threads are there for somebody, as a condition in SQL, and on which side of them the person sits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from domain.actor import Actor, Side
from domain.errors import Forbidden, NotFound
from domain.messaging import MANY
from domain.organisation import THEME_ECALCURA
from domain.permissions import Permission
from models.message import Conversation, Message, MessageRead, MessageSide
from models.organisation import Organisation
from models.public_contract import PublicContract
from services import access
from services.econtracting.readable import readable_at_once

#: What lets somebody of a side read messages at all (E-008).
NEEDED: dict[Side, Permission] = {
    Side.FACILITY: Permission.MESSAGES,
    Side.CONTRACTOR: Permission.MESSAGES,
    Side.DEPARTMENT: Permission.MESSAGES_OFFICE,
    Side.AUTHORITY: Permission.AUTHORITY_DESK,
}
#: How the actor read a thread; joined by ``joined``.
READ = aliased(MessageRead)


@dataclass(frozen=True)
class Scope:
    """The threads of somebody: the side, and the condition on Conversation and PublicContract (outer joined)."""

    side: MessageSide
    condition: ColumnElement[bool]


def reads_messages(actor: Actor) -> bool:
    """Whether the roles of the actor let read messages at all."""
    return actor.side in NEEDED and actor.may(NEEDED[actor.side])


def scope_of(actor: Actor) -> Scope:
    """The threads that are there for the actor; NotFound for a side without messages, Forbidden without the role."""
    if actor.side not in NEEDED:
        raise NotFound
    if not reads_messages(actor):
        raise Forbidden(NEEDED[actor.side])
    return Scope(own_side(actor), _condition(actor))


def own_side(actor: Actor) -> MessageSide:
    """Where the actor sits in every thread."""
    return MessageSide.COUNTER if actor.side in (Side.FACILITY, Side.CONTRACTOR) else MessageSide.OFFICE


def _condition(actor: Actor) -> ColumnElement[bool]:
    if actor.side is Side.FACILITY:
        return Conversation.facility_id == access.own_facility_id(actor)
    if actor.side is Side.CONTRACTOR:
        return readable_at_once(actor, Conversation.theme)
    if actor.side is Side.DEPARTMENT:
        return and_(Conversation.theme == THEME_ECALCURA, Conversation.facility_id.is_not(None))
    own = select(Organisation.id).where(Organisation.key == actor.organisation_key).scalar_subquery()
    return and_(PublicContract.authority_id == own, PublicContract.erased_at.is_(None))


def joined(statement: Select[Any], actor: Actor) -> Select[Any]:
    """A statement on Conversation with the contract, and with how far the actor has read."""
    return statement.outerjoin(PublicContract, PublicContract.id == Conversation.contract_id).outerjoin(
        READ, and_(READ.conversation_id == Conversation.id, READ.account_id == actor.account_id)
    )


def something_unread() -> ColumnElement[bool]:
    """That more can be read than the actor has: a first look, which needs no message."""
    return Conversation.messages > func.coalesce(READ.place, 0)


def unread(side: MessageSide, account_id: int | None) -> ColumnElement[bool]:
    """The condition on Message for what the actor has not read, of the newest of a thread: so that it stays quick.

    What the system tells of an act of the actor is no news.
    """
    newest = Conversation.messages - MANY - 1
    from_place = case((READ.place > newest, READ.place), else_=newest)
    return and_(
        Message.conversation_id == Conversation.id,
        Message.side != side,
        Message.author_id.is_distinct_from(account_id),
        Message.place > from_place,
    )


def own_unsent(side: MessageSide, *, sent: bool | None = None) -> ColumnElement[bool]:
    """That the own side has a message which the other one cannot read: a draft, or one that is sent and waits."""
    own = aliased(Message)
    found = exists().where(own.conversation_id == Conversation.id, own.place.is_(None), own.side == side)
    if sent is None:
        return found
    return found.where(own.sent_at.is_not(None) if sent else own.sent_at.is_(None))


def shown(side: MessageSide) -> ColumnElement[bool]:
    """That a thread has something to show to a side."""
    return or_(Conversation.messages > 0, own_unsent(side))
