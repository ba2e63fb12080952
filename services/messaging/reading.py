"""Read a thread: its messages by pages, its draft, what was read. Persons are named inside the own organisation only.

(A-12, C-046.) Lists and counts are in ``lists``; their names are here too, because who reads asks for both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update

from domain import system_messages
from domain.actor import Actor
from domain.econtracting.rights import Verb
from domain.errors import DomainError, NotFound
from domain.messaging import Reading
from models.base import db
from models.file_document import Attachment
from models.gate import writing
from models.identity import Account
from models.message import Conversation, Message, MessageRead, MessageSide
from models.upserts import upsert
from services import clock
from services.messaging import files
from services.messaging.lists import (
    Criteria,
    ThreadRow,
    awaiting_count,
    awaiting_of,
    count,
    inbox,
    neighbours,
    newest,
    quarters,
    threads,
    unread_count,
)
from services.messaging.places import ContractPlace, FacilityPlace, Place, place_of
from services.messaging.writing import draft_of

SHOWN_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message as one side reads it; ``person`` only when it is of the own organisation.

    One of the system has an ``event`` with ``parameters`` (domain.system_messages); its ``body`` tells it in Dutch.
    """

    reference: str
    ours: bool
    author: str
    person: str | None
    body: str
    awaits_reply: bool
    sent_at: datetime
    consultable_at: datetime | None
    read_at: datetime | None
    standing: Reading
    attachments: Sequence[Attachment]
    event: str | None = None
    parameters: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread with some of its messages, oldest first; ``may_draft`` and ``may_send`` say what the page offers.

    ``earlier`` is how many stand before those, and ``before`` the place to go on from; ``later`` says that there are
    newer ones. ``why_not`` is the message of what is missing to send. ``draft`` is the own side's.
    """

    reference: str
    subject: str
    place: ContractPlace | FacilityPlace
    messages: Sequence[MessageView]
    earlier: int
    before: int | None
    later: bool
    draft: Message | None
    draft_files: Sequence[Attachment]
    awaiting: str | None
    may_draft: bool
    may_send: bool
    why_not: DomainError | None


def thread(actor: Actor, reference: str, *, before: int | None = None, everything: bool = False) -> Thread:
    """One thread: its newest messages, or those before a place. NotFound when it is not there for the actor.

    ``everything`` is for what has to hold it all (the package of a contract), never for a page.
    """
    conversation = _conversation(reference)
    place = place_of(conversation)
    place.require(actor, Verb.READ)
    assert isinstance(place, ContractPlace | FacilityPlace)
    side = place.side(actor)
    messages, later = _shown(conversation, side, before, everything)
    draft = draft_of(conversation, side)
    if not messages and draft is None:
        raise NotFound
    first = next((message.place for message in messages if message.place is not None), None)
    may_draft, refusal = _may(actor, place, Verb.DRAFT)
    may_send, why_not = _may(actor, place, Verb.SEND) if may_draft else (False, refusal)
    return Thread(
        reference=conversation.reference,
        subject=conversation.subject,
        place=place,
        messages=_views(messages, side),
        earlier=first - 1 if first is not None else 0,
        before=first if first is not None and first > 1 else None,
        later=later,
        draft=draft,
        draft_files=files.of(draft.id) if draft is not None else (),
        awaiting=awaiting_of(conversation, side),
        may_draft=may_draft,
        may_send=may_send,
        why_not=why_not,
    )


def _shown(
    conversation: Conversation, side: MessageSide, before: int | None, everything: bool
) -> tuple[list[Message], bool]:
    """Some messages in their order, and whether newer ones follow. What still has to wait stands behind the others."""
    if before is not None and not 1 < before <= conversation.messages:
        before = None
    placed = select(Message).where(Message.conversation_id == conversation.id, Message.place.is_not(None))
    if before is not None:
        placed = placed.where(Message.place < before)
    newest = placed.order_by(Message.place.desc()).limit(None if everything else SHOWN_AT_ONCE)
    found = list(db.session.scalars(newest))[::-1]
    if before is None:
        found += db.session.scalars(_underway(conversation, side))
    return found, before is not None


def _underway(conversation: Conversation, side: MessageSide) -> Select[Message]:
    """What the own side sent and the other one cannot read yet."""
    return (
        select(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.place.is_(None),
            Message.side == side,
            Message.sent_at.is_not(None),
        )
        .order_by(Message.sent_at, Message.id)
    )


def _may(actor: Actor, place: Place, verb: Verb) -> tuple[bool, DomainError | None]:
    try:
        place.require(actor, verb)
    except DomainError as refused:
        return False, refused
    return True, None


def _views(messages: Sequence[Message], side: MessageSide) -> list[MessageView]:
    by_message = _files_of(messages)
    own = {message.author_id for message in messages if message.side is side}
    accounts = db.session.scalars(select(Account).where(Account.id.in_(own))) if own else ()
    names = {account.id: f"{account.given_name} {account.family_name}".strip() for account in accounts}
    return [_view(message, side, names, by_message.get(message.id, [])) for message in messages]


def _files_of(messages: Sequence[Message]) -> dict[int, list[Attachment]]:
    found: dict[int, list[Attachment]] = {}
    for file in db.session.scalars(
        select(Attachment)
        .where(Attachment.message_id.in_([message.id for message in messages]))
        .order_by(Attachment.position, Attachment.id)
    ):
        found.setdefault(file.message_id or 0, []).append(file)
    return found


def _view(message: Message, side: MessageSide, names: dict[int, str], attached: list[Attachment]) -> MessageView:
    assert message.sent_at is not None
    if message.consultable_at is None:
        standing = Reading.UNDERWAY
    else:
        standing = Reading.UNREAD if message.first_read_at is None else Reading.READ
    ours, event = message.side is side, message.event
    return MessageView(
        reference=message.reference,
        ours=ours,
        author=message.author_label,
        person=names.get(message.author_id or 0) if ours else None,
        body=message.body if event is None else system_messages.told_in_dutch(event, message.parameters),
        awaits_reply=message.awaits_reply,
        sent_at=message.sent_at,
        consultable_at=message.consultable_at,
        read_at=message.first_read_at,
        standing=standing,
        attachments=attached,
        event=event,
        parameters=system_messages.read(message.parameters) if event is not None else None,
    )


def may_send(actor: Actor, place: Place) -> bool:
    """Whether the page offers to send; asked again at the sending itself."""
    return _may(actor, place, Verb.SEND)[0]


def reference_of(message: Message) -> str:
    """The reference of the thread of a message."""
    return db.session.get_one(Conversation, message.conversation_id).reference


def mark_read(actor: Actor, reference: str) -> None:
    """Note that the actor has the thread open: unread for this person no more, and read for the other side (C-016).

    An event that is shown and starts nothing. Writes only when there is something new; no message is loaded.
    """
    conversation = _conversation(reference)
    place = place_of(conversation)
    place.require(actor, Verb.READ)
    side, now = place.side(actor), clock.now()
    known = db.session.scalar(
        select(MessageRead.place).where(
            MessageRead.conversation_id == conversation.id, MessageRead.account_id == actor.account_id
        )
    )
    last = db.session.execute(
        select(Message.id, Message.place).where(
            Message.conversation_id == conversation.id, Message.place == conversation.messages
        )
    ).one_or_none()
    if last is None or last.place <= (known or 0):
        return
    row = {"message_id": last.id, "place": last.place, "read_at": now}
    with writing("messaging.read"):
        db.session.execute(
            upsert(MessageRead)
            .values(conversation_id=conversation.id, account_id=actor.account_id, **row)
            .on_conflict_do_update(index_elements=["conversation_id", "account_id"], set_=row)
        )
        db.session.execute(
            update(Message)
            .where(
                Message.conversation_id == conversation.id,
                Message.place > (known or 0),
                Message.place <= last.place,
                Message.side != side,
                Message.first_read_at.is_(None),
            )
            .values(first_read_at=now)
            .execution_options(synchronize_session=False)
        )


def _conversation(reference: str) -> Conversation:
    row = db.session.scalar(select(Conversation).where(Conversation.reference == reference))
    if row is None:
        raise NotFound
    return row


__all__ = [
    "Criteria",
    "MessageView",
    "Thread",
    "ThreadRow",
    "awaiting_count",
    "count",
    "inbox",
    "mark_read",
    "may_send",
    "neighbours",
    "newest",
    "quarters",
    "reference_of",
    "thread",
    "threads",
    "unread_count",
]
