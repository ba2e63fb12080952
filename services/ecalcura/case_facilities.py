"""Facilities as case managers look at them: the list, and one facility with what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.ecalcura.campaign import Situation
from domain.errors import NotFound
from domain.folding import words_of
from domain.permissions import Permission
from models.base import db
from models.declaration import Dossier, ReopeningRequest
from models.organisation import BankAccount, Certificate, ContactPerson, Facility, Sector
from models.personnel import StaffMember
from services import access, audit, listing
from services.ecalcura import dossiers
from services.ecalcura.case_selection import exact_facility
from services.listing import Order, Page, Position


@dataclass(frozen=True, slots=True)
class FacilityPage:
    """One facility with everything of it. ``dossiers`` are the newest quarters first."""

    facility: Facility
    contacts: Sequence[ContactPerson]
    accounts: Sequence[BankAccount]
    certificates: Sequence[Certificate]
    dossiers: Sequence[Dossier]
    situations: dict[str, Situation]
    requests: Sequence[ReopeningRequest]
    staff: int


def facility_list(actor: Actor, search: str, sector: Sector | None, position: Position) -> Page[Row[Any]]:
    """Facilities by name; a number goes to its index first, words to the folded text."""
    access.require(actor, Permission.FACILITIES_READ)
    statement: Any = select(
        Facility.id,
        Facility.hco_number,
        Facility.name,
        Facility.sector,
        Facility.city,
        Facility.enterprise_number,
        Facility.phone,
        Facility.email,
    )
    if sector is not None:
        statement = statement.where(Facility.sector == sector)
    order = Order((Facility.name, Facility.id))
    exact = exact_facility(search) if search else None
    name = f"facilities {search} {sector}"
    if exact is not None:
        found = listing.page_of(statement.where(exact), order, Position(), name=name)
        if found.rows:
            return found
    for word in words_of(search):
        statement = statement.where(listing.like(Facility.search_text, word))
    return listing.page_of(statement, order, position, name=name)


def facility_page(actor: Actor, hco_number: str) -> FacilityPage:
    """One facility; leaves a trace, the caller commits. NotFound when no facility has the number."""
    access.require(actor, Permission.FACILITIES_READ)
    facility = db.session.scalar(select(Facility).where(Facility.hco_number == hco_number))
    if facility is None:
        raise NotFound
    found = list(
        db.session.scalars(
            select(Dossier)
            .where(Dossier.facility_id == facility.id)
            .order_by(Dossier.year.desc(), Dossier.quarter_number.desc())
            .limit(40)
        )
    )
    periods = sorted({row.period_code for row in found}, reverse=True)
    audit.record(
        actor,
        AuditEvent.FACILITY_VIEWED,
        "facility",
        facility.hco_number,
        data={"as": actor.side.value},
        concerns=(facility.hco_number,),
    )
    return FacilityPage(
        facility=facility,
        contacts=_of(facility, ContactPerson, ContactPerson.last_name),
        accounts=[row for row in _of(facility, BankAccount, BankAccount.valid_from) if row.valid_to is None],
        certificates=[row for row in _of(facility, Certificate, Certificate.starts_on) if row.withdrawn_at is None],
        dossiers=found,
        situations=dossiers.situations(facility, periods),
        requests=_of(facility, ReopeningRequest, ReopeningRequest.received_at.desc()),
        staff=db.session.scalar(select(func.count(StaffMember.id)).where(StaffMember.facility_id == facility.id)) or 0,
    )


def _of(facility: Facility, kind: Any, order: Any) -> list[Any]:
    return list(db.session.scalars(select(kind).where(kind.facility_id == facility.id).order_by(order).limit(100)))
