"""Where a thread lives, and so who reads, drafts and sends in it: the one thing that differs between the themes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from domain.actor import Actor, Side
from domain.econtracting.contracts import ContractState
from domain.econtracting.document_states import consultable_at
from domain.econtracting.evidence import EvidenceType
from domain.econtracting.notifications import NotificationEvent
from domain.econtracting.rights import Verb
from domain.errors import N_, Forbidden, NotAllowedNow, NotFound
from domain.messaging import CONTRACT_THEME
from domain.permissions import Permission
from models.base import db
from models.file_document import FileDocument
from models.message import Conversation, Message, MessageSide
from models.public_contract import PartySettings, PublicContract
from services.econtracting import access, outages
from services.econtracting.documents import versions
from services.econtracting.notifications import announce
from services.econtracting.proof import chain
from services.locks import lock_contract
from services.messaging import files

CLOSED = N_("Deze opdracht is afgesloten: er kunnen geen berichten meer verzonden worden.")


class Place(ABC):
    """The room of a thread: who may be in it, and what follows when somebody sends."""

    @abstractmethod
    def side(self, actor: Actor) -> MessageSide:
        """On which side the actor sits here; NotFound for who has no business here."""

    @abstractmethod
    def require(self, actor: Actor, verb: Verb) -> None:
        """NotFound when the place is not there for the actor; NotAllowedNow or Forbidden with what is missing."""

    @abstractmethod
    def lock(self) -> None:
        """Take the first lock of whoever changes anything here."""

    @abstractmethod
    def conversation(self, subject: str, at: datetime) -> Conversation:
        """A new thread in this place."""

    @abstractmethod
    def label(self, actor: Actor) -> str:
        """Who the other side reads as the writer: never the person of a contractor (C-046)."""

    @abstractmethod
    def consultable_at(self, message: Message, sent_at: datetime) -> datetime | None:
        """When the other side can read it; None while it has to wait."""

    @abstractmethod
    def after_consultable(self, conversation: Conversation, message: Message, actor: Actor | None) -> None:
        """What follows once the other side can read it: proof and mail."""


@dataclass
class ContractPlace(Place):
    """A contract, or one document of it, whose theme the thread inherits (A-02)."""

    contract: PublicContract
    document: FileDocument | None = None
    locked: bool = False

    @property
    def theme(self) -> str:
        """The theme that decides who reads and sends."""
        return self.document.theme if self.document is not None else CONTRACT_THEME

    def side(self, actor: Actor) -> MessageSide:
        if actor.side is Side.CONTRACTOR:
            return MessageSide.COUNTER
        if actor.side is Side.AUTHORITY:
            return MessageSide.OFFICE
        raise NotFound

    def require(self, actor: Actor, verb: Verb) -> None:
        if actor.side is not Side.AUTHORITY:
            if verb is Verb.SEND and self.locked:
                access.hold_rights(actor, self.contract)
            access.require(actor, self.contract, verb, self.theme)
        elif access.own_organisation(actor).id != self.contract.authority_id:
            raise NotFound
        else:
            needed = Permission.AUTHORITY_DESK if verb is Verb.READ else Permission.AUTHORITY_MESSAGES
            if not actor.may(needed):
                raise Forbidden(needed)
        if verb is not Verb.READ and self.contract.state is not ContractState.ACTIVE:
            raise NotAllowedNow(CLOSED, code="C-004")

    def lock(self) -> None:
        self.contract = lock_contract(self.contract.id)
        self.locked = True

    def conversation(self, subject: str, at: datetime) -> Conversation:
        document_id = self.document.id if self.document is not None else None
        return Conversation(
            theme=self.theme,
            contract_id=self.contract.id,
            document_id=document_id,
            subject=subject,
            started_at=at,
            last_at=at,
        )

    def label(self, actor: Actor) -> str:
        if actor.side is Side.CONTRACTOR:
            return actor.organisation_name
        settings = db.session.get(PartySettings, self.contract.authority_id)
        unit = ", ".join(part for part in (actor.organisation_name, self.contract.unit) if part)
        shown = settings is not None and settings.shows_official
        return f"{unit} ({actor.name})"[:200] if shown else unit[:200]

    def consultable_at(self, message: Message, sent_at: datetime) -> datetime | None:
        if message.side is MessageSide.COUNTER:
            return sent_at  # C-011, C-050
        scanned = [file.scanned_at for file in files.of(message.id)]
        if any(moment is None for moment in scanned):
            return None
        last = max([moment for moment in scanned if moment is not None], default=sent_at)
        return consultable_at(sent_at, sent_at, last, self.contract.visible_since, outages.in_force())

    def after_consultable(self, conversation: Conversation, message: Message, actor: Actor | None) -> None:
        assert message.consultable_at is not None
        submitted = message.side is MessageSide.COUNTER
        chain.append(
            self.contract,
            EvidenceType.SUBMITTED if submitted else EvidenceType.CONSULTABLE,
            message.consultable_at,
            document=self.document,
            files=files.facts(message.id),
            detail={"message": message.reference, "content": chain.content_digest(message.body)},
            actor=actor,
        )
        announce(
            NotificationEvent.FROM_CONTRACTOR if submitted else NotificationEvent.NEW_MESSAGE,
            self.contract,
            document=self.document,
            theme=self.theme,
            event_key=f"message {message.reference}",
            at=message.consultable_at,
        )


def place_of(conversation: Conversation) -> Place:
    """The place of a thread; NotFound when it is of a theme without one."""
    if conversation.contract_id is None:
        raise NotFound
    contract = db.session.get_one(PublicContract, conversation.contract_id)
    if contract.erased_at is not None:
        raise NotFound
    document = None
    if conversation.document_id is not None:
        document = db.session.get_one(FileDocument, conversation.document_id)
    return ContractPlace(contract, document)


def contract_place(actor: Actor, contract: str, document: str | None = None) -> ContractPlace:
    """The place behind references, when the actor reads there; NotFound otherwise."""
    found = access.contract_for(actor, contract)
    row = None
    if document is not None:
        row = db.session.scalar(
            select(FileDocument).where(FileDocument.reference == document, FileDocument.contract_id == found.id)
        )
        if row is None or versions.counting(row) is None:
            raise NotFound  # what is not exchanged yet is known to one side only (T1)
    place = ContractPlace(found, row)
    place.require(actor, Verb.READ)
    return place
