"""A facility that writes, a case manager who answers, and the desk between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask

from domain.actor import Actor
from domain.calendars import Quarter
from domain.permissions import Role
from models.base import db
from models.message import Conversation
from models.organisation import Facility
from services import transaction
from services.messaging import places, reading, writing
from tests.factories import actors, contracting, desks, organisations
from tests.factories.contracting import Somebody
from tests.support.client import Client

QUESTION = "Wanneer moeten we het attest bezorgen?"


@dataclass
class Scene:
    """A facility with its clerk, and Els of the department."""

    facility: Facility
    clerk: Actor
    els: Somebody

    def asks(
        self, subject: str = "Attest", body: str = QUESTION, quarter: str | None = None, **values: Any
    ) -> Conversation:
        """A thread the facility began; an answer is waited for unless said otherwise."""
        with transaction.unit_of_work():
            place = places.facility_place(self.clerk, quarter=Quarter.parse(quarter) if quarter else None)
            awaits = values.pop("awaits_reply", True)
            return writing.open_thread(place, subject, body, self.clerk, awaits_reply=awaits)

    def answers(self, thread: Conversation, body: str = "Voor 1 november.", **values: Any) -> None:
        """Els answers in a thread."""
        with transaction.unit_of_work():
            draft = writing.draft(self.els.actor, thread.reference)
            writing.send(self.els.actor, draft.reference, body, values.pop("awaits_reply", False), draft.version)

    def reads(self, thread: Conversation) -> str:
        """Everything the facility reads in a thread."""
        db.session.rollback()
        return "\n".join(f"{one.author}: {one.body}" for one in reading.thread(self.clerk, thread.reference).messages)

    def office(self, app: Flask) -> Client:
        """The browser of Els."""
        return contracting.sign_in(app.test_client(), self.els)


def scene(**facility: Any) -> Scene:
    """A facility of sector PVT with a clerk, and a case manager."""
    of = organisations.facility(**facility)
    organisations.contact_person(of)
    clerk = actors.facility_user(of, Role.EL_PRIVACY)
    clerk = actors.known(clerk)
    return Scene(of, clerk, desks.manager())


def another(first: Scene, **facility: Any) -> Scene:
    """Another facility with the same case manager."""
    made = scene(**facility)
    return Scene(made.facility, made.clerk, first.els)
