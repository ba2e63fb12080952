"""A contract, or one document of it, as the place of a thread (C-014, CP-03, A-02)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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
from services.econtracting.notifications import announce
from services.econtracting.proof import chain
from services.locks import lock_contract
from services.messaging import files
from services.messaging.place import Place

CLOSED = N_("Deze opdracht is afgesloten: er kunnen geen berichten meer verzonden worden.")


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
