"""Files through the pages of both doors: who may fetch which, and who may change those of a draft.

What may not be seen, and what is not clean, does not exist: NotFound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from domain.actor import Actor
from domain.econtracting import kinds as kind_rules
from domain.econtracting.attachments import AttachmentState
from domain.econtracting.document_states import Direction
from domain.econtracting.rights import Verb
from domain.errors import NotAllowedNow, NotFound
from models.base import db
from models.file_document import Attachment, DocumentVersion
from models.gate import writing
from models.message import Conversation, Message
from models.public_contract import PublicContract
from services.econtracting import access
from services.econtracting.attachments import changing, reading, receiving
from services.econtracting.attachments.receiving import Arrived
from services.econtracting.documents import drafts, versions
from services.econtracting.documents.versions import OWN_DIRECTION
from services.messaging.places import ContractPlace, place_of


class Of(StrEnum):
    """What a file belongs to."""

    VERSION = "version"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Target:
    """A draft that files are added to."""

    contract: PublicContract | None
    version: DocumentVersion | None = None
    message: Message | None = None
    slots: Sequence[kind_rules.Attachment] = ()

    @property
    def files(self) -> list[Attachment]:
        """Its files, in their order."""
        if self.version is not None:
            return reading.of_version(self.version.id)
        return reading.of_message(self.message.id if self.message is not None else 0)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that may be given out. ``document`` is the reference of the document it belongs to, None for a message.

    ``theirs``: the other party made it.
    """

    attachment: Attachment
    document: str | None
    theirs: bool


def target(actor: Actor, of: Of, reference: str, *, lock: bool = True) -> Target:
    """A draft of the own side that the actor may change; NotFound, NotAllowedNow or Forbidden otherwise."""
    if of is Of.VERSION:
        opened = drafts.editable(actor, reference, lock=lock)
        return Target(opened.contract, version=opened.version, slots=opened.kind.attachments)
    message = db.session.scalar(select(Message).where(Message.reference == reference))
    if message is None:
        raise NotFound
    place = place_of(db.session.get_one(Conversation, message.conversation_id))
    place.require(actor, Verb.READ)
    if message.side is not place.side(actor):
        raise NotFound
    if lock:
        place.lock()
        db.session.refresh(message)
    place.require(actor, Verb.DRAFT)
    if message.sent_at is not None:
        raise NotAllowedNow(changing.SENT)
    return Target(place.contract if isinstance(place, ContractPlace) else None, message=message)


def check_room(actor: Actor, of: Of, reference: str, slot: str = "") -> None:
    """Whether a file would be taken now: asked before it is read, so that nobody uploads in vain."""
    found = target(actor, of, reference, lock=False)
    receiving.check_room(found.version, found.message, slot)


def add(actor: Actor, of: Of, reference: str, arrived: Arrived, slot: str = "") -> Attachment:
    """Add what arrived to a draft. Raises as ``target`` and ``receive`` do."""
    found = target(actor, of, reference)
    row = receiving.receive(
        actor, found.contract, version=found.version, message=found.message, slot=slot, stream=arrived
    )
    _touch(actor, found)
    return row


def remove(actor: Actor, reference: str) -> str:
    """Take a file off a draft; gives its name."""
    row, found = _own(actor, reference)
    name = row.name
    changing.remove(actor, row)
    _touch(actor, found)
    return name


def rename(actor: Actor, reference: str, name: str) -> Attachment:
    """Give a file of a draft another name."""
    row, found = _own(actor, reference)
    changing.rename(actor, row, name)
    _touch(actor, found)
    return row


def strip(actor: Actor, reference: str) -> Attachment:
    """Replace a file of a draft by a copy that tells nothing about a person."""
    row, found = _own(actor, reference)
    changing.strip(actor, row)
    _touch(actor, found)
    return row


def _touch(actor: Actor, found: Target) -> None:
    if found.version is not None:
        with writing("attachments.touch"):
            drafts.touched(actor, found.version)


def place(reference: str) -> tuple[Of, str]:
    """What a file of a draft belongs to: the kind and the reference."""
    row = _row(reference)
    if row.version_id is not None:
        return Of.VERSION, db.session.get_one(DocumentVersion, row.version_id).reference
    return Of.MESSAGE, db.session.get_one(Message, row.message_id).reference


def only_of_message(reference: str) -> str:
    """The reference itself when it is a file of a message; NotFound otherwise: documents have a door of their own."""
    if _row(reference).message_id is None:
        raise NotFound
    return reference


def _own(actor: Actor, reference: str) -> tuple[Attachment, Target]:
    found = target(actor, *place(reference))
    row = db.session.scalar(
        select(Attachment).where(Attachment.reference == reference).execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row, found


def _row(reference: str) -> Attachment:
    row = db.session.scalar(select(Attachment).where(Attachment.reference == reference))
    if row is None:
        raise NotFound
    return row


def fetch(actor: Actor, reference: str) -> Fetched:
    """A clean file that the actor reads: of the own side, or of the other party once it counts. NotFound otherwise."""
    row = _row(reference)
    if row.state is not AttachmentState.CLEAN:
        raise NotFound
    return _of_version(actor, row) if row.version_id is not None else _of_message(actor, row)


def _of_version(actor: Actor, row: Attachment) -> Fetched:
    reference = db.session.get_one(DocumentVersion, row.version_id).reference
    opened = versions.open_version(actor, reference)
    if not access.standing(actor, opened.contract).reads(opened.document.theme):
        raise NotFound
    return Fetched(row, opened.document.reference, theirs=_theirs(actor, opened.document.direction))


def _theirs(actor: Actor, direction: Direction) -> bool:
    return OWN_DIRECTION.get(actor.side) is not direction


def _of_message(actor: Actor, row: Attachment) -> Fetched:
    message = db.session.get_one(Message, row.message_id)
    conversation = db.session.get_one(Conversation, message.conversation_id)
    found = place_of(conversation)
    try:
        found.require(actor, Verb.READ)
    except NotAllowedNow:
        raise NotFound from None
    theirs = message.side is not found.side(actor)
    if theirs and message.consultable_at is None:
        raise NotFound
    return Fetched(row, None, theirs)
