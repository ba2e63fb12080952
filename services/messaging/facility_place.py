"""A facility as the place of a thread of eCalcura, perhaps about a quarter (A-38, E-008, E-047)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.actor import Actor, Side
from domain.calendars import Quarter
from domain.econtracting.attachments import AttachmentState
from domain.econtracting.rights import Verb
from domain.errors import Forbidden, NotFound
from domain.organisation import THEME_ECALCURA
from domain.permissions import Permission
from models.message import Conversation, Desk, Message, MessageSide
from models.organisation import Facility
from services.locks import lock_facility
from services.messaging import alerts, files
from services.messaging.place import Place


@dataclass
class FacilityPlace(Place):
    """A facility and the department. ``quarter`` is that of the dossier it is about; ``desk`` None is everybody's."""

    facility: Facility
    quarter: Quarter | None = None
    desk: Desk | None = None

    @property
    def theme(self) -> str:
        """The theme of every thread of a facility."""
        return THEME_ECALCURA

    def side(self, actor: Actor) -> MessageSide:
        if actor.side is Side.FACILITY and actor.facility_id == self.facility.id:
            return MessageSide.COUNTER
        if actor.side is Side.DEPARTMENT:
            return MessageSide.OFFICE
        raise NotFound

    def require(self, actor: Actor, verb: Verb) -> None:
        if self.side(actor) is MessageSide.COUNTER:
            needed = Permission.MESSAGES  # E-008: of who manages privacy-sensitive data only
        else:
            needed = Permission.MESSAGES_OFFICE if verb is Verb.READ else Permission.MESSAGES_ANSWER
        if not actor.may(needed):
            raise Forbidden(needed)

    def lock(self) -> None:
        self.facility = lock_facility(self.facility.id)

    def conversation(self, subject: str, at: datetime) -> Conversation:
        return Conversation(
            theme=self.theme,
            facility_id=self.facility.id,
            quarter=str(self.quarter) if self.quarter is not None else None,
            desk_id=self.desk.id if self.desk is not None else None,
            subject=subject,
            started_at=at,
            last_at=at,
        )

    def label(self, actor: Actor) -> str:
        if actor.side is Side.FACILITY:
            return self.facility.name[:200]
        desk = self.desk.name if self.desk is not None else ""
        return ", ".join(part for part in (actor.organisation_name, desk) if part)[:200]

    def consultable_at(self, message: Message, sent_at: datetime) -> datetime | None:
        if any(file.state is not AttachmentState.CLEAN for file in files.of(message.id)):
            return None  # fail closed: what nobody looked at is not given on
        return sent_at

    def after_consultable(self, conversation: Conversation, message: Message, actor: Actor | None) -> None:
        alerts.of_message(self.facility, conversation, message)
