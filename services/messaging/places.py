"""Where a thread lives, and so who reads, drafts and sends in it: the one thing that differs between the themes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from domain.actor import Actor, Side
from domain.calendars import Quarter
from domain.econtracting.rights import Verb
from domain.errors import N_, InvalidValue, NotFound
from models.base import db
from models.declaration import Dossier
from models.file_document import FileDocument
from models.message import Conversation, Desk
from models.organisation import Facility
from models.public_contract import PublicContract
from services import access as people
from services import clock
from services.econtracting import access
from services.econtracting.documents import versions
from services.messaging.contract_place import ContractPlace
from services.messaging.desks import desk_for
from services.messaging.facility_place import FacilityPlace
from services.messaging.place import Place

#: How the department is called on the side of the facilities.
DEPARTMENT = "Departement Zorg"
NO_SUCH_QUARTER = N_("Kies een kwartaal van {first} tot en met {last}.")


def place_of(conversation: Conversation) -> Place:
    """The place of a thread; NotFound when it is of a theme without one."""
    if conversation.facility_id is not None:
        return _facility_place_of(conversation)
    if conversation.contract_id is None:
        raise NotFound
    contract = db.session.get_one(PublicContract, conversation.contract_id)
    if contract.erased_at is not None:
        raise NotFound
    document = None
    if conversation.document_id is not None:
        document = db.session.get_one(FileDocument, conversation.document_id)
    return ContractPlace(contract, document)


def _facility_place_of(conversation: Conversation) -> FacilityPlace:
    return FacilityPlace(
        db.session.get_one(Facility, conversation.facility_id),
        Quarter.parse(conversation.quarter) if conversation.quarter else None,
        db.session.get(Desk, conversation.desk_id) if conversation.desk_id is not None else None,
    )


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


def facility_place(
    actor: Actor, hco_number: str | None = None, quarter: Quarter | None = None, *, to_desk: bool = True
) -> FacilityPlace:
    """A facility as the place of a new thread: the own one, or for the department the one of an HCO number.

    The thread comes to the desk of the facility, or without ``to_desk`` to every case manager. InvalidValue at
    ``quarter`` for one before the first that may be entered or after the next one; NotFound for another facility.
    """
    if actor.side is Side.FACILITY:
        facility = people.own_facility(actor)
        if hco_number not in (None, facility.hco_number):
            raise NotFound
    else:
        found = db.session.scalar(select(Facility).where(Facility.hco_number == (hco_number or "")))
        if found is None:
            raise NotFound
        facility = found
    place = FacilityPlace(facility, quarter)
    place.require(actor, Verb.READ)
    if quarter is not None:
        first, last = Quarter.parse(facility.entry_from), Quarter.of(clock.today()).next()
        if not first <= quarter <= last:
            raise InvalidValue(NO_SUCH_QUARTER, field="quarter", first=str(first), last=str(last))
    place.desk = desk_for(facility) if to_desk else None
    return place


@dataclass(frozen=True, slots=True)
class FacilityChoices:
    """What a facility can choose for a new thread: its quarters, newest first, and the name of its desk."""

    quarters: Sequence[Quarter]
    desk: str | None
    department: str = DEPARTMENT


def facility_choices(actor: Actor) -> FacilityChoices:
    """What the page of a new thread offers: the quarters that have a dossier, and the desk if there is one."""
    place = facility_place(actor)
    rows = db.session.execute(
        select(Dossier.year, Dossier.quarter_number).where(Dossier.facility_id == place.facility.id)
    )
    return FacilityChoices(
        sorted({Quarter(*row) for row in rows}, reverse=True),
        f"{DEPARTMENT}, {place.desk.name}" if place.desk is not None else None,
    )


__all__ = ["ContractPlace", "FacilityPlace", "Place", "contract_place", "facility_place", "place_of"]
