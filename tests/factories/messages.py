"""Threads of a facility: its people, the department, and threads that are there already, however long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from domain.actor import Actor
from domain.calendars import Quarter
from domain.permissions import Role
from models.all import db
from models.gate import writing
from models.message import Conversation, Desk, Message, MessageSide
from models.organisation import Facility
from models.public_contract import PublicContract
from services import clock, transaction
from services.messaging import places, reading
from services.messaging import writing as messages
from tests.factories import actors, organisations
from tests.factories.database import saved

TEXT = "Kunnen we de uren van een vervanger nog verbeteren?"


def person(who: Actor) -> Actor:
    """Somebody with an account."""
    return actors.known(who)


@dataclass
class Talk:
    """A facility with Sofie (privacy), Piet (financial only), and Els of the department."""

    facility: Facility
    sofie: Actor
    piet: Actor
    els: Actor

    def colleague(self, name: str = "Noor Claes") -> Actor:
        """Somebody else of the facility who reads messages."""
        return person(actors.facility_user(self.facility, Role.EL_PRIVACY, name=name))

    def place(self, who: Actor | None = None, quarter: str | None = None) -> places.FacilityPlace:
        """The place of a new thread."""
        who = who or self.sofie
        number = None if who.facility_id else self.facility.hco_number
        return places.facility_place(who, number, Quarter.parse(quarter) if quarter else None)

    def draft(self, who: Actor | None = None, body: str = TEXT, *, subject: str = "Uren", **values: Any) -> Message:
        """A thread with a draft."""
        quarter = values.pop("quarter", None)
        with transaction.unit_of_work():
            return messages.start(who or self.sofie, self.place(who, quarter), subject, body, **values)

    def open(self, who: Actor | None = None, body: str = TEXT, *, subject: str = "Uren", **values: Any) -> Conversation:
        """A thread with a first message that is sent."""
        quarter = values.pop("quarter", None)
        with transaction.unit_of_work():
            place = self.place(who, quarter)
            awaits = values.pop("awaits_reply", False)
            return messages.open_thread(place, subject, body, who or self.sofie, awaits_reply=awaits)

    def answer(self, who: Actor, thread: Conversation, body: str = "Ja.", *, awaits_reply: bool = False) -> Message:
        """One more message in a thread."""
        with transaction.unit_of_work():
            draft = messages.draft(who, thread.reference)
            return messages.send(who, draft.reference, body, awaits_reply, draft.version)

    def read(self, who: Actor, thread: Conversation) -> None:
        """Somebody opens the thread."""
        with transaction.unit_of_work():
            reading.mark_read(who, thread.reference)


def talk() -> Talk:
    """A facility with a contact person of the theme, and who talks."""
    facility = organisations.facility()
    organisations.contact_person(facility)
    return Talk(
        facility,
        person(actors.facility_user(facility, Role.EL_PRIVACY)),
        person(actors.facility_user(facility, Role.EL_FINANCIEEL, name="Piet Janssens")),
        person(actors.case_manager()),
    )


def desk(name: str = "Bureau PVT", **values: Any) -> Desk:
    """A desk of the department for the sector PVT."""
    defaults: dict[str, Any] = {"mailbox": "pvt@zorg.example.be", "sectors": "PVT", "changed_at": clock.now()}
    return saved(Desk(name=name, **(defaults | values)))


def many_messages(thread: Conversation, how_many: int, author: Actor, side: MessageSide = MessageSide.OFFICE) -> None:
    """Messages behind those of a thread, in one statement: as if they had been sent one by one."""
    at = clock.now()
    with transaction.unit_of_work(), writing("test"):
        row = db.session.get_one(Conversation, thread.id)
        db.session.execute(
            insert(Message),
            [_message(row, author, side, at + timedelta(seconds=number), number) for number in range(1, how_many + 1)],
        )
        row.messages += how_many
        row.last_at = at + timedelta(seconds=how_many)


def _message(row: Conversation, author: Actor, side: MessageSide, at: datetime, number: int) -> dict[str, Any]:
    return {
        "conversation_id": row.id,
        "side": side,
        "author_id": author.account_id,
        "author_label": author.organisation_name,
        "body": f"Bericht {number}",
        "parameters": "{}",
        "awaits_reply": False,
        "made_at": at,
        "changed_at": at,
        "sent_at": at,
        "consultable_at": at,
        "place": row.messages + number,
    }


def many_threads(facility: Facility, how_many: int, author: Actor) -> None:
    """Threads of the department with one message each."""
    at = clock.now() - timedelta(days=how_many // 100 + 1)
    with transaction.unit_of_work(), writing("test"):
        keys = db.session.scalars(
            insert(Conversation).returning(Conversation.id),
            [
                {
                    "theme": "ECALCURA",
                    "facility_id": facility.id,
                    "quarter": None if number % 2 else "2024K1",
                    "subject": f"Gesprek {number}",
                    "started_at": at + timedelta(minutes=number),
                    "last_at": at + timedelta(minutes=number),
                    "messages": 1,
                    "search_text": f"gesprek {number} uren",
                }
                for number in range(how_many)
            ],
        ).all()
        rows = []
        for key in keys:
            rows.append(_message(Conversation(id=key, messages=0), author, MessageSide.OFFICE, at, 1))
        db.session.execute(insert(Message), rows)


def contract_threads(
    contracts: list[PublicContract], subject: str, author: Actor, theme: str = "ALGEMEEN"
) -> list[Conversation]:
    """A thread of the authority about each contract with one message, in two statements; the last is the newest."""
    at = clock.now()
    with transaction.unit_of_work(), writing("test"):
        rows = db.session.scalars(
            insert(Conversation).returning(Conversation),
            [
                {
                    "theme": theme,
                    "contract_id": contract.id,
                    "subject": subject,
                    "started_at": at,
                    "last_at": at + timedelta(seconds=number),
                    "messages": 1,
                    "search_text": subject.lower(),
                }
                for number, contract in enumerate(contracts)
            ],
        ).all()
        empty = [Conversation(id=row.id, messages=0) for row in rows]
        db.session.execute(insert(Message), [_message(row, author, MessageSide.OFFICE, at, 1) for row in empty])
    return list(rows)
