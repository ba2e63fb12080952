"""Read threads: lists, one thread, what is unread. Persons are named inside the own organisation only (A-12, C-046)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from domain.actor import Actor, Side
from domain.econtracting.rights import Verb
from domain.errors import DomainError, NotFound
from domain.messaging import Reading
from models.base import db
from models.file_document import Attachment, FileDocument
from models.gate import writing
from models.identity import Account
from models.message import Conversation, Message, MessageRead, MessageSide
from models.public_contract import PublicContract
from models.upserts import upsert
from services import clock
from services.econtracting import access
from services.messaging import files
from services.messaging.places import ContractPlace, Place, place_of
from services.messaging.writing import draft_of


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A thread in a list. ``awaiting`` is OURS or THEIRS when an answer is waited for."""

    reference: str
    subject: str
    theme: str
    contract: str
    contract_number: str
    document: str | None
    document_title: str | None
    last_at: datetime
    messages: int
    unread: int
    awaiting: str | None
    has_draft: bool


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message as one side reads it; ``person`` only when it is of the own organisation."""

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


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread with its messages, oldest first; ``may_draft`` and ``may_send`` say what the page offers.

    ``why_not`` is the message of what is missing to send. ``draft`` is the own side's.
    """

    reference: str
    subject: str
    place: ContractPlace
    messages: Sequence[MessageView]
    earlier: int
    draft: Message | None
    draft_files: Sequence[Attachment]
    awaiting: str | None
    may_draft: bool
    may_send: bool
    why_not: DomainError | None


SHOWN_AT_ONCE = 50


def threads(actor: Actor, contract: PublicContract, document: FileDocument | None = None) -> list[ThreadRow]:
    """The threads of a contract (or one document) that the actor reads, newest first; two statements."""
    standing = access.standing(actor, contract)
    statement = _rows(actor).where(Conversation.contract_id == contract.id)
    if document is not None:
        statement = statement.where(Conversation.document_id == document.id)
    rows = db.session.execute(statement.order_by(Conversation.last_at.desc(), Conversation.id.desc())).all()
    return [_row(actor, row) for row in rows if standing.reads(row.Conversation.theme)]


def inbox(actor: Actor, *, only: str = "", text: str = "", limit: int = 200) -> list[ThreadRow]:
    """Threads of every contract of an authority; ``only`` is UNREAD, OURS or THEIRS (an answer is waited for)."""
    if actor.side is not Side.AUTHORITY:
        raise NotFound
    statement = _rows(actor).where(Conversation.contract_id.in_(access.visible_contract_ids(actor)))
    if only in (_OURS, _THEIRS):
        side = MessageSide.OFFICE if only == _OURS else MessageSide.COUNTER
        statement = statement.where(Conversation.awaiting == side)
    if text.strip():
        wanted = f"%{text.strip().lower()}%"
        statement = statement.where(
            or_(
                func.lower(Conversation.subject).like(wanted),
                PublicContract.search_text.like(wanted),
                Conversation.search_text.like(wanted),
            )
        )
    rows = db.session.execute(statement.order_by(Conversation.last_at.desc(), Conversation.id.desc()).limit(limit))
    found = [_row(actor, row) for row in rows]
    return [row for row in found if row.unread] if only == _UNREAD else found


_UNREAD, _OURS, _THEIRS = "UNREAD", "OURS", "THEIRS"


def _own_side(actor: Actor) -> MessageSide:
    return MessageSide.COUNTER if actor.side is Side.CONTRACTOR else MessageSide.OFFICE


def _rows(actor: Actor) -> Select[tuple[Conversation, str, str, str | None, str | None, int, int, bool]]:
    """Threads with their counts. One that has nothing to show to this side is not there."""
    side = _own_side(actor)
    read, own = aliased(MessageRead), aliased(Message)
    shown = or_(Message.side == side, Message.consultable_at.is_not(None))
    counted = (
        select(func.count())
        .where(Message.conversation_id == Conversation.id, Message.sent_at.is_not(None), shown)
        .correlate(Conversation)
        .scalar_subquery()
    )
    unread = (
        select(func.count())
        .where(
            Message.conversation_id == Conversation.id,
            Message.side != side,
            Message.consultable_at.is_not(None),
            Message.id > func.coalesce(read.message_id, 0),
        )
        .correlate(Conversation, read)
        .scalar_subquery()
    )
    drafting = exists().where(own.conversation_id == Conversation.id, own.side == side, own.sent_at.is_(None))
    return (
        select(
            Conversation,
            PublicContract.reference.label("contract"),
            PublicContract.number.label("contract_number"),
            FileDocument.reference.label("document"),
            FileDocument.title.label("document_title"),
            counted.label("messages"),
            unread.label("unread"),
            drafting.label("drafting"),
        )
        .join(PublicContract, PublicContract.id == Conversation.contract_id)
        .outerjoin(FileDocument, FileDocument.id == Conversation.document_id)
        .outerjoin(read, and_(read.conversation_id == Conversation.id, read.account_id == actor.account_id))
        .where(or_(counted > 0, drafting))
    )


def _row(actor: Actor, row) -> ThreadRow:  # type: ignore[no-untyped-def]
    conversation: Conversation = row.Conversation
    return ThreadRow(
        reference=conversation.reference,
        subject=conversation.subject,
        theme=conversation.theme,
        contract=row.contract,
        contract_number=row.contract_number,
        document=row.document,
        document_title=row.document_title,
        last_at=conversation.last_at,
        messages=row.messages,
        unread=row.unread,
        awaiting=_awaiting(actor, conversation),
        has_draft=row.drafting,
    )


def _awaiting(actor: Actor, conversation: Conversation) -> str | None:
    if conversation.awaiting is None:
        return None
    return _OURS if conversation.awaiting is _own_side(actor) else _THEIRS


def thread(actor: Actor, reference: str, *, everything: bool = False) -> Thread:
    """One thread; the newest messages unless ``everything`` is asked. NotFound when it is not there for the actor."""
    conversation = _conversation(reference)
    place = place_of(conversation)
    place.require(actor, Verb.READ)
    side = place.side(actor)
    shown = select(Message).where(
        Message.conversation_id == conversation.id,
        Message.sent_at.is_not(None),
        or_(Message.side == side, Message.consultable_at.is_not(None)),
    )
    total = db.session.scalar(select(func.count()).select_from(shown.subquery())) or 0
    newest = shown.order_by(Message.id.desc()).limit(None if everything else SHOWN_AT_ONCE)
    messages = list(db.session.scalars(newest))[::-1]
    draft = draft_of(conversation, side)
    if not messages and draft is None:
        raise NotFound
    may_draft, refusal = _may(actor, place, Verb.DRAFT)
    may_send, why_not = _may(actor, place, Verb.SEND) if may_draft else (False, refusal)
    assert isinstance(place, ContractPlace)
    return Thread(
        reference=conversation.reference,
        subject=conversation.subject,
        place=place,
        messages=_views(messages, side),
        earlier=total - len(messages),
        draft=draft,
        draft_files=files.of(draft.id) if draft is not None else (),
        awaiting=_awaiting(actor, conversation),
        may_draft=may_draft,
        may_send=may_send,
        why_not=why_not,
    )


def _may(actor: Actor, place: Place, verb: Verb) -> tuple[bool, DomainError | None]:
    try:
        place.require(actor, verb)
    except DomainError as refused:
        return False, refused
    return True, None


def _views(messages: Sequence[Message], side: MessageSide) -> list[MessageView]:
    ids = [message.id for message in messages]
    by_message: dict[int, list[Attachment]] = {}
    for file in db.session.scalars(
        select(Attachment).where(Attachment.message_id.in_(ids)).order_by(Attachment.position, Attachment.id)
    ):
        by_message.setdefault(file.message_id or 0, []).append(file)
    own = {message.author_id for message in messages if message.side is side}
    accounts = db.session.scalars(select(Account).where(Account.id.in_(own))) if own else ()
    names = {account.id: f"{account.given_name} {account.family_name}".strip() for account in accounts}
    return [_view(message, side, names, by_message.get(message.id, [])) for message in messages]


def _view(message: Message, side: MessageSide, names: dict[int, str], attached: list[Attachment]) -> MessageView:
    assert message.sent_at is not None
    if message.consultable_at is None:
        standing = Reading.UNDERWAY
    else:
        standing = Reading.UNREAD if message.first_read_at is None else Reading.READ
    ours = message.side is side
    return MessageView(
        reference=message.reference,
        ours=ours,
        author=message.author_label,
        person=names.get(message.author_id or 0) if ours else None,
        body=message.body,
        awaits_reply=message.awaits_reply,
        sent_at=message.sent_at,
        consultable_at=message.consultable_at,
        read_at=message.first_read_at,
        standing=standing,
        attachments=attached,
    )


def may_send(actor: Actor, place: Place) -> bool:
    """Whether the page offers to send; asked again at the sending itself."""
    return _may(actor, place, Verb.SEND)[0]


def reference_of(message: Message) -> str:
    """The reference of the thread of a message."""
    return db.session.get_one(Conversation, message.conversation_id).reference


def mark_read(actor: Actor, reference: str) -> None:
    """Note that the actor has the thread open: unread for this person no more, and read for the other side (C-016).

    An event that is shown and starts nothing.
    """
    conversation = _conversation(reference)
    place = place_of(conversation)
    place.require(actor, Verb.READ)
    side, now = place.side(actor), clock.now()
    theirs = select(Message).where(
        Message.conversation_id == conversation.id, Message.side != side, Message.consultable_at.is_not(None)
    )
    last = db.session.scalar(select(func.max(theirs.subquery().c.id)))
    if last is None:
        return
    with writing("messaging.read"):
        row = {
            "conversation_id": conversation.id,
            "account_id": actor.account_id,
            "message_id": last,
            "read_at": now,
        }
        db.session.execute(
            upsert(MessageRead)
            .values(**row)
            .on_conflict_do_update(
                index_elements=["conversation_id", "account_id"], set_={"message_id": last, "read_at": now}
            )
        )
        for message in db.session.scalars(theirs.where(Message.first_read_at.is_(None))):
            message.first_read_at = now


def unread_count(actor: Actor) -> int:
    """How many messages of the other side the actor has not opened, in what the actor reads; for start pages."""
    if actor.side is Side.AUTHORITY:
        return sum(row.unread for row in inbox(actor, only=_UNREAD))
    if actor.side is not Side.CONTRACTOR:
        return 0
    rows = db.session.execute(
        _rows(actor).where(Conversation.contract_id.in_(access.visible_contract_ids(actor)))
    ).all()
    standings = {}
    count = 0
    for row in rows:
        if not row.unread:
            continue
        contract_id = row.Conversation.contract_id
        if contract_id not in standings:
            standings[contract_id] = access.standing(actor, db.session.get_one(PublicContract, contract_id))
        if standings[contract_id].reads(row.Conversation.theme):
            count += row.unread
    return count


def _conversation(reference: str) -> Conversation:
    row = db.session.scalar(select(Conversation).where(Conversation.reference == reference))
    if row is None:
        raise NotFound
    return row
