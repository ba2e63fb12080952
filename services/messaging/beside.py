"""What a case manager sees beside a thread: the facility, its dossier, its other threads, the request, the desks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from domain.actor import Actor
from domain.ecalcura.declaration import DossierStatus
from domain.errors import NotFound
from domain.organisation import SECTOR_LABELS
from domain.permissions import Permission
from models.base import db
from models.declaration import Dossier
from models.message import Desk
from models.organisation import Facility
from services import access
from services.ecalcura import dossiers, reopening_threads
from services.ecalcura.reopening_threads import ThreadRequest
from services.listing import Position
from services.messaging import assigning, canned_texts, desks, lists
from services.messaging.assigning import Move
from services.messaging.canned_texts import Proposal
from services.messaging.lists import Criteria, ThreadRow
from services.messaging.places import FacilityPlace
from services.messaging.reading import Thread

#: Other threads of the facility that are shown.
OTHERS = 5


@dataclass(frozen=True, slots=True)
class Beside:
    """The facts of one thread. ``dossier`` is its number; ``status`` None when it was never opened.

    ``others`` are the newest other threads of the facility, ``moves`` the last times it went to another desk.
    """

    facility: Facility
    sector: str
    dossier: str | None
    status: DossierStatus | None
    others: Sequence[ThreadRow]
    request: ThreadRequest | None
    desk: Desk | None
    desks: Sequence[Desk]
    moves: Sequence[Move]
    texts: Sequence[Proposal]
    may_answer: bool


def of_thread(actor: Actor, thread: Thread) -> Beside:
    """Everything beside a thread of a facility the actor has open; NotFound for one of a contract."""
    access.require(actor, Permission.MESSAGES_OFFICE)
    place = thread.place
    if not isinstance(place, FacilityPlace):
        raise NotFound
    facility, quarter = place.facility, place.quarter
    number = dossiers.number_of(facility.hco_number, quarter) if quarter is not None else None
    status = db.session.scalar(select(Dossier.status).where(Dossier.number == number)) if number else None
    page = lists.inbox(actor, Criteria(facility=facility.hco_number), Position())
    others = [row for row in page.rows if row.reference != thread.reference][:OTHERS]
    may_answer = actor.may(Permission.MESSAGES_ANSWER)
    return Beside(
        facility=facility,
        sector=SECTOR_LABELS[facility.sector],
        dossier=number,
        status=status,
        others=others,
        request=reopening_threads.request_of(actor, thread.reference),
        desk=place.desk,
        desks=desks.in_use(actor),
        moves=assigning.moves_of(actor, thread.reference) if may_answer else (),
        texts=canned_texts.proposals(actor, facility, quarter, place.desk) if may_answer else (),
        may_answer=may_answer,
    )
