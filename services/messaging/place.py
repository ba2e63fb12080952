"""What every place of a thread answers: who may be in it, and what follows when somebody sends."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from domain.actor import Actor
from domain.econtracting.rights import Verb
from models.message import Conversation, Message, MessageSide


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
        """Who the other side reads as the writer: never the person of a contractor or a facility (C-046)."""

    @abstractmethod
    def consultable_at(self, message: Message, sent_at: datetime) -> datetime | None:
        """When the other side can read it; None while it has to wait."""

    @abstractmethod
    def after_consultable(self, conversation: Conversation, message: Message, actor: Actor | None) -> None:
        """What follows once the other side can read it: proof and mail."""
