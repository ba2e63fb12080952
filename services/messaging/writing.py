"""Write in a thread: a draft that colleagues share, kept while typing; then one sending, never changed after.

Each side has at most one draft in a thread. Sending a message needs the right to send (A-11): right 2 drafts only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from domain import messaging, system_messages
from domain.actor import SCHEDULER, Actor
from domain.audit_events import AuditEvent
from domain.econtracting.rights import Verb
from domain.errors import N_, Conflict, Finding, Findings, NotAllowedNow, NotFound
from domain.system_messages import Parameter, SystemEvent
from models.base import db
from models.gate import writing
from models.message import Conversation, Message, MessageSide
from services import audit, clock
from services.econtracting import attachments
from services.messaging import files
from services.messaging.places import Place, place_of

SENT = N_("Dit bericht is al verzonden.")
CHANGED = N_("Een collega heeft dit concept intussen gewijzigd. Uw wijziging is niet bewaard.")
OTHER = {MessageSide.COUNTER: MessageSide.OFFICE, MessageSide.OFFICE: MessageSide.COUNTER}


def start(
    actor: Actor, place: Place, subject: str, body: str = "", *, awaits_reply: bool = False, sending: bool = False
) -> Message:
    """Begin a thread with a draft of its first message; until that is sent only the own side knows of it.

    ``sending``: it is sent at once hereafter, so that what is missing for that is told with the rest.
    """
    place.require(actor, Verb.DRAFT)
    body = messaging.clean(body)
    _refuse(messaging.check_subject(subject) + messaging.check_body(body, complete=sending))
    place.lock()
    now = clock.now()
    with writing("messaging.start"):
        conversation = place.conversation(subject.strip(), now)
        conversation.search_text = messaging.found_by("", subject)
        db.session.add(conversation)
        db.session.flush()
    return _new_draft(actor, place, conversation, body, awaits_reply, now)


def open_thread(place: Place, subject: str, body: str, actor: Actor, *, awaits_reply: bool) -> Conversation:
    """Begin a thread and send its first message at once. Raises as ``start`` and ``send`` do."""
    message = start(actor, place, subject, body, awaits_reply=awaits_reply, sending=True)
    send(actor, message.reference, message.body, message.awaits_reply, message.version)
    return db.session.get_one(Conversation, message.conversation_id)


def say(
    conversation: Conversation,
    event: SystemEvent,
    parameters: Mapping[str, Parameter],
    at: datetime | None = None,
    *,
    by: Actor = SCHEDULER,
) -> Message:
    """Tell in a thread what happened beside it: unread for both sides, never changed, without a mail of its own.

    ``by`` is who made it happen: for that person it is not unread, and nobody reads who it was. ``parameters`` hold no
    person and no amount (E-154); KeyError when the text of the event needs one that is missing.
    """
    kept = system_messages.checked(event, parameters)
    place_of(conversation).lock()
    db.session.refresh(conversation)
    at = at or clock.now()
    with writing("messaging.say"):
        message = Message(
            conversation_id=conversation.id,
            side=MessageSide.SYSTEM,
            author_id=by.account_id,
            author_label="Dossierloket",
            body="",
            event=event.value,
            parameters=kept,
            made_at=at,
            changed_at=at,
            sent_at=at,
        )
        db.session.add(message)
        db.session.flush()
        _make_consultable(conversation, message, at)
    return message


def draft(actor: Actor, conversation_reference: str) -> Message:
    """The draft of the own side in a thread, made when there is none."""
    conversation = _conversation(conversation_reference)
    place = place_of(conversation)
    place.require(actor, Verb.READ)
    place.require(actor, Verb.DRAFT)
    place.lock()
    found = draft_of(conversation, place.side(actor))
    return found or _new_draft(actor, place, conversation, "", False, clock.now())


def draft_of(conversation: Conversation, side: MessageSide) -> Message | None:
    """What a side has not sent yet in a thread."""
    return db.session.scalar(
        select(Message).where(
            Message.conversation_id == conversation.id, Message.side == side, Message.sent_at.is_(None)
        )
    )


def save(actor: Actor, message_reference: str, body: str, awaits_reply: bool, version: int) -> Message:
    """Keep what was typed; Conflict with both texts when a colleague was first."""
    message, _, place = _own_draft(actor, message_reference, Verb.DRAFT)
    body = messaging.clean(body)
    _refuse(messaging.check_body(body, complete=False))
    if (message.body, message.awaits_reply) == (body, awaits_reply):
        return message
    _same(message, body, version)
    with writing("messaging.save"):
        message.body, message.awaits_reply = body, awaits_reply
        message.author_id, message.author_label = actor.account_id, place.label(actor)
        message.changed_at = clock.now()
    return message


def remove(actor: Actor, message_reference: str) -> None:
    """Throw a draft away; a thread in which nothing was ever sent goes with it."""
    message, conversation, _ = _own_draft(actor, message_reference, Verb.DRAFT)
    for file in files.of(message.id):
        attachments.remove(actor, file)
    with writing("messaging.remove"):
        db.session.delete(message)
        db.session.flush()
        if not db.session.scalar(select(Message.id).where(Message.conversation_id == conversation.id).limit(1)):
            db.session.delete(conversation)


def send(actor: Actor, message_reference: str, body: str, awaits_reply: bool, version: int) -> Message:
    """Send what stands on the page. It counts from now; whether the other side reads it has no effect (C-050, C-051).

    Raises Findings when it is not complete or a file is not in order, NotAllowedNow without the right to send, Conflict
    when a colleague changed the draft in between. Sending twice sends once.
    """
    sent = _sent_already(actor, message_reference)
    if sent is not None:
        return sent
    message, conversation, place = _own_draft(actor, message_reference, Verb.SEND)
    body = messaging.clean(body)
    _same(message, body, version)
    _refuse(messaging.check_body(body, complete=True) + files.problems(message.id))
    now = clock.now()
    with writing("messaging.send"):
        message.body, message.awaits_reply = body, awaits_reply
        message.author_id, message.author_label = actor.account_id, place.label(actor)
        message.changed_at = message.sent_at = now
        db.session.flush()
        conversation.last_at = now
        conversation.awaiting = _awaiting(conversation, message)
        instant = place.consultable_at(message, now)
        if instant is not None:
            _make_consultable(conversation, message, instant)
    audit.record(
        actor,
        AuditEvent.MESSAGE_SENT,
        "message",
        message.reference,
        data={"conversation": conversation.reference, "side": message.side.value, "theme": conversation.theme},
    )
    if message.consultable_at is not None:
        place.after_consultable(conversation, message, actor)
    return message


def publish_due() -> int:
    """Make consultable what was sent and had to wait; gives how many. For the worker."""
    count = 0
    waiting = select(Message.id).where(Message.sent_at.is_not(None), Message.consultable_at.is_(None))
    for message_id in db.session.scalars(waiting.order_by(Message.id)).all():
        count += _publish(message_id)
    return count


def _publish(message_id: int) -> bool:
    message = db.session.get_one(Message, message_id)
    conversation = db.session.get_one(Conversation, message.conversation_id)
    try:
        place = place_of(conversation)
    except NotFound:
        return False  # its contract was erased
    place.lock()
    db.session.refresh(message)
    if message.consultable_at is not None or message.sent_at is None:
        return False
    instant = place.consultable_at(message, message.sent_at)
    if instant is None or instant > clock.now():
        return False
    db.session.refresh(conversation)
    with writing("messaging.publish"):
        _make_consultable(conversation, message, instant)
    place.after_consultable(conversation, message, SCHEDULER)
    return True


def _make_consultable(conversation: Conversation, message: Message, instant: datetime) -> None:
    """Give a message its place in the thread; the lock of the place is held, so that no two get the same one."""
    conversation.messages += 1
    message.consultable_at, message.place = instant, conversation.messages
    conversation.last_at = max(conversation.last_at, instant)
    conversation.search_text = messaging.found_by(conversation.search_text, message.body)


def _awaiting(conversation: Conversation, message: Message) -> MessageSide | None:
    """Whose answer is waited for: the other side's when it is asked; an answer ends the waiting for one's own."""
    if message.awaits_reply:
        return OTHER[message.side]
    return None if conversation.awaiting is message.side else conversation.awaiting


def _new_draft(
    actor: Actor, place: Place, conversation: Conversation, body: str, awaits_reply: bool, now: datetime
) -> Message:
    with writing("messaging.draft"):
        message = Message(
            conversation_id=conversation.id,
            side=place.side(actor),
            author_id=actor.account_id,
            author_label=place.label(actor),
            body=body,
            awaits_reply=awaits_reply,
            made_at=now,
            changed_at=now,
        )
        db.session.add(message)
        db.session.flush()
    return message


def _conversation(reference: str) -> Conversation:
    row = db.session.scalar(select(Conversation).where(Conversation.reference == reference))
    if row is None:
        raise NotFound
    return row


def _own_draft(actor: Actor, reference: str, verb: Verb) -> tuple[Message, Conversation, Place]:
    """A draft of the own side, under the lock of its place; NotFound for the other side's and for what is gone."""
    message = db.session.scalar(select(Message).where(Message.reference == reference))
    if message is None:
        raise NotFound
    conversation = db.session.get_one(Conversation, message.conversation_id)
    place = place_of(conversation)
    place.require(actor, Verb.READ)
    if message.side is not place.side(actor):
        raise NotFound
    place.lock()
    place.require(actor, verb)
    db.session.refresh(message)
    db.session.refresh(conversation)
    if message.sent_at is not None:
        raise NotAllowedNow(SENT, code="A-25")
    return message, conversation, place


def _sent_already(actor: Actor, reference: str) -> Message | None:
    """The message when it was sent by the own side before: a second click is the same sending."""
    message = db.session.scalar(select(Message).where(Message.reference == reference, Message.sent_at.is_not(None)))
    if message is None:
        return None
    place = place_of(db.session.get_one(Conversation, message.conversation_id))
    place.require(actor, Verb.READ)
    return message if message.side is place.side(actor) else None


def _same(message: Message, body: str, version: int) -> None:
    if message.version != version:
        raise Conflict(CHANGED, theirs={N_("Bericht"): message.body}, yours={N_("Bericht"): body})


def _refuse(found: list[Finding]) -> None:
    if found:
        raise Findings(found)
