"""A right that is taken away while somebody sends: the message goes first, or not at all (A-11, invariant 5)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from domain.econtracting.rights import Level
from domain.errors import NotFound
from models.base import db
from models.contract_rights import GroupMember
from models.gate import writing
from models.message import Message
from services import clock
from services.messaging import places
from services.messaging import writing as messages
from services.transaction import unit_of_work
from tests.factories import contracting as make
from tests.factories.contracting import GENERAL
from tests.reliability.lanes import COMMIT, overlap
from tests.support.databases import PreparedDatabase

BEFORE_PROOF = "INSERT INTO evidence_record"


class Ready:
    """A message that Karim can send. Plain values: a lane has a session of its own."""

    def __init__(self) -> None:
        contract, karim = make.public_contract(), make.user()
        make.group(theme=GENERAL, level=Level.SEND, members=[karim], contracts=[contract])
        with unit_of_work():
            place = places.contract_place(karim.actor, contract.reference)
            message = messages.start(karim.actor, place, "Opening", "Wanneer?")
        self.key, self.reference, self.version = message.id, message.reference, message.version
        self.karim, self.relation = karim.actor, karim.relation.id

    def send(self) -> None:
        messages.send(self.karim, self.reference, "Wanneer?", False, self.version)

    def take_right_away(self) -> None:
        with writing("test.end"):
            for row in db.session.scalars(select(GroupMember).where(GroupMember.relation_id == self.relation)):
                row.ends_at = clock.now()

    def sent(self) -> bool:
        db.session.rollback()
        db.session.expire_all()
        return db.session.get_one(Message, self.key).sent_at is not None


@pytest.fixture
def it(database: Any) -> Ready:
    return Ready()


def test_a_right_that_is_being_taken_away_first_stops_the_message(database: PreparedDatabase, it: Ready) -> None:
    taken, sends = overlap(database, it.take_right_away, it.send, before=COMMIT)
    taken.result()
    with pytest.raises(NotFound):
        sends.result()
    assert not it.sent()


def test_a_right_that_is_taken_away_meanwhile_waits_for_the_message(database: PreparedDatabase, it: Ready) -> None:
    sends, taken = overlap(database, it.send, it.take_right_away, before=BEFORE_PROOF)
    sends.result()
    taken.result()
    assert it.sent()
