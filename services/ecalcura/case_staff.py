"""Staff as case managers look at them: national numbers are masked until somebody says why the whole is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.errors import N_, InvalidValue, NotFound
from domain.folding import words_of
from domain.identifiers import format_national_number, mask_national_number, parse_national_number
from domain.permissions import Permission
from models.base import db
from models.organisation import Facility
from models.personnel import Contract, EndOfCareerChoice, StaffMember
from services import access, audit, listing
from services.ecalcura.case_selection import exact_facility
from services.ecalcura.register_lookups import number_digest
from services.helpdesk import text_digest
from services.listing import Order, Page, Position


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One line of the list; the number is masked."""

    reference: str
    name: str
    masked_number: str
    facility_name: str
    hco_number: str


@dataclass(frozen=True, slots=True)
class StaffPage:
    """One staff member with contracts and end-of-career choices; the number is masked."""

    reference: str
    name: str
    masked_number: str
    source: str
    facility: Facility
    contracts: Sequence[Contract]
    choices: Sequence[EndOfCareerChoice]


def staff_list(actor: Actor, search: str, facility: str, position: Position) -> Page[StaffRow]:
    """Staff, last added first; words of the name, and an HCO number or words for the facility."""
    access.require(actor, Permission.STAFF_REVIEW)
    statement: Any = select(
        StaffMember.id,
        StaffMember.reference,
        StaffMember.last_name,
        StaffMember.first_name,
        StaffMember.national_number,
        Facility.name,
        Facility.hco_number,
    ).join(Facility, Facility.id == StaffMember.facility_id)
    for word in words_of(search):
        statement = statement.where(listing.like(StaffMember.search_name, word))
    if facility:
        statement = statement.where(StaffMember.facility_id.in_(_facilities(facility)))
    order = Order((StaffMember.id,), descending=True)
    page = listing.page_of(statement, order, position, name=f"staff {search} {facility}")
    return Page(tuple(_row(row) for row in page.rows), page.cursors, page.number, page.more)


def searched(actor: Actor, words: str, rows: Sequence[StaffRow]) -> None:
    """Leave the trace that staff was searched by words; the facilities that were found can read it."""
    data = {"kind": "words", "hits": len(rows), "query_digest": text_digest(words)}
    concerns = {row.hco_number for row in rows}
    audit.record(actor, AuditEvent.LOOKED_UP, "staff", "words", data=data, concerns=concerns)


def _facilities(text: str) -> Any:
    exact = exact_facility(text)
    if exact is not None:
        return select(Facility.id).where(exact)
    return select(Facility.id).where(*(listing.like(Facility.search_text, word) for word in words_of(text)))


def _row(row: Any) -> StaffRow:
    return StaffRow(
        reference=row.reference,
        name=f"{row.last_name} {row.first_name}",
        masked_number=mask_national_number(row.national_number),
        facility_name=row.name,
        hco_number=row.hco_number,
    )


def with_number(actor: Actor, typed: str) -> list[StaffRow]:
    """Everybody with a national number, over all facilities; leaves a trace, the caller commits.

    InvalidValue (V-01 to V-03) when it is none.
    """
    access.require(actor, Permission.STAFF_REVIEW)
    number = parse_national_number(typed, issued_only=False)
    rows = db.session.execute(
        select(
            StaffMember.reference,
            StaffMember.last_name,
            StaffMember.first_name,
            StaffMember.national_number,
            Facility.name,
            Facility.hco_number,
        )
        .join(Facility, Facility.id == StaffMember.facility_id)
        .where(StaffMember.national_number == number.digits)
        .order_by(StaffMember.id)
    )
    found = [_row(row) for row in rows]
    data = {"kind": "national_number", "hits": len(found), "query_digest": number_digest(number.digits)}
    concerns = {row.hco_number for row in found}
    audit.record(actor, AuditEvent.LOOKED_UP, "staff", "national_number", data=data, concerns=concerns)
    return found


def staff_page(actor: Actor, reference: str) -> StaffPage:
    """One staff member by the random reference; leaves a trace, the caller commits. NotFound otherwise."""
    access.require(actor, Permission.STAFF_REVIEW)
    person, facility = _person(reference)
    data = {"as": actor.side.value}
    audit.record(actor, AuditEvent.STAFF_VIEWED, "staff", person.reference, data=data, concerns=(facility.hco_number,))
    return StaffPage(
        reference=person.reference,
        name=f"{person.last_name} {person.first_name}",
        masked_number=mask_national_number(person.national_number),
        source=person.source.value,
        facility=facility,
        contracts=_of(person, Contract, Contract.starts_on.desc()),
        choices=_of(person, EndOfCareerChoice, EndOfCareerChoice.begins_on.desc()),
    )


def _person(reference: str) -> tuple[StaffMember, Facility]:
    row = db.session.execute(
        select(StaffMember, Facility)
        .join(Facility, Facility.id == StaffMember.facility_id)
        .where(StaffMember.reference == reference)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def _of(person: StaffMember, kind: Any, order: Any) -> list[Any]:
    return list(db.session.scalars(select(kind).where(kind.staff_member_id == person.id).order_by(order)))


def reveal(actor: Actor, reference: str, reason: str) -> str:
    """The whole national number, once, for a reason that is kept in the audit log. InvalidValue without a reason."""
    access.require(actor, Permission.NATIONAL_NUMBER_REVEAL)
    if not reason.strip():
        raise InvalidValue(N_("Vul in waarom u het volledige nummer nodig hebt."), field="reason")
    person, facility = _person(reference)
    audit.record(
        actor,
        AuditEvent.NATIONAL_NUMBER_REVEALED,
        "staff",
        person.reference,
        personal={"reason": reason.strip()},
        concerns=(facility.hco_number,),
    )
    return format_national_number(person.national_number)
