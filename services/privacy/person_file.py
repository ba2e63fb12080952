"""Everything that is held about one national number, for who may ask (E-153): the facility, or the department.

The facility sees its own only, whatever others hold; the department sees all facilities, for a reason that is traced.
A number nobody used and one that only another facility used give the same empty file, by the same statements.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.errors import Forbidden, InvalidValue, NotFound
from domain.identifiers import format_national_number, parse_national_number
from domain.permissions import Permission
from domain.person_file import REASON_MISSING, PersonFile, as_json
from models.base import db
from models.organisation import Facility
from models.personnel import RegisterLookup, StaffMember
from models.privacy import CorrectionRequest
from services import access, audit, clock
from services.ecalcura.register_lookups import number_digest
from services.privacy import person_held, person_kept, person_messages, person_printed

#: How the subject of a trace names a person: the start of the keyed digest.
KEY_LENGTH = 32


@dataclass(frozen=True, slots=True)
class File:
    """A file to give out. The name holds nothing personal."""

    name: str
    media_type: str
    content: bytes


def of_number(actor: Actor, typed: str, reason: str = "") -> PersonFile:
    """Everything about a typed number; leaves a trace, the caller commits.

    InvalidValue (V-01 to V-03) when it is no number, or without a reason at the department.
    """
    require(actor)
    if actor.side is not Side.FACILITY and not reason.strip():
        raise InvalidValue(REASON_MISSING, field="reason")
    return _gather(actor, _digits(typed), "page", reason)


def of_staff_member(actor: Actor, reference: str) -> PersonFile:
    """The same for somebody of the own staff; NotFound for any other."""
    return _gather(actor, number_of(actor, reference), "page", "")


def number_of(actor: Actor, reference: str) -> str:
    """The national number of somebody of the own staff; NotFound for any other."""
    access.require(actor, Permission.PERSON_FILE)
    found = db.session.scalar(
        select(StaffMember.national_number).where(
            StaffMember.facility_id == access.own_facility_id(actor), StaffMember.reference == reference
        )
    )
    if found is None:
        raise NotFound
    return found


def exported(actor: Actor, typed: str, kind: str, reason: str = "") -> File:
    """The file of a number as ``pdf`` or ``json``; leaves a trace, the caller commits. NotFound for another kind."""
    require(actor)
    if kind not in ("pdf", "json"):
        raise NotFound
    if actor.side is not Side.FACILITY and not reason.strip():
        raise InvalidValue(REASON_MISSING, field="reason")
    made = _gather(actor, _digits(typed), kind, reason)
    stamp = f"{made.made_at:%Y%m%d-%H%M%S}"
    if kind == "pdf":
        return File(f"persoonsdossier-{stamp}.pdf", "application/pdf", person_printed.pdf(made))
    text = json.dumps(as_json(made), ensure_ascii=False, indent=2)
    return File(f"persoonsdossier-{stamp}.json", "application/json", text.encode())


def require(actor: Actor) -> None:
    """Forbidden for whoever may ask for no person file at all."""
    if actor.side is Side.FACILITY:
        access.require(actor, Permission.PERSON_FILE)
    elif actor.side is not Side.DEPARTMENT or not actor.may(Permission.PERSON_FILE_REVIEW):
        raise Forbidden(Permission.PERSON_FILE_REVIEW)


def _digits(typed: str) -> str:
    """The digits of a typed number; a refusal (V-01 to V-03) is about ``number``, as the field is named here."""
    try:
        return parse_national_number(typed, issued_only=False).digits
    except InvalidValue as refused:
        refused.field = "number"
        raise


def _gather(actor: Actor, number: str, kind: str, reason: str) -> PersonFile:
    digest = number_digest(number)
    named = person_messages.naming(actor, number)
    facilities = _facilities(actor, number, digest, named.facilities)
    held = person_held.held(number, digest, facilities)
    everywhere = actor.side is not Side.FACILITY
    sections = person_kept.sections(number, digest, facilities, held, named.section, everywhere=everywhere)
    made = PersonFile(
        national_number=format_national_number(number),
        made_at=clock.now(),
        made_for=actor.organisation_name,
        facilities=[(row.hco_number, row.name) for row in facilities] if any(one.rows for one in sections) else [],
        sections=sections,
    )
    audit.record(
        actor,
        AuditEvent.PERSON_FILE_VIEWED,
        "person_file",
        digest[:KEY_LENGTH],
        data={"as": kind, "facilities": len(made.facilities), "number_digest": digest},
        personal={"reason": reason.strip()} if reason.strip() else None,
        concerns=[hco_number for hco_number, _ in made.facilities],
    )
    return made


def _facilities(actor: Actor, number: str, digest: str, named: Collection[int]) -> Sequence[Facility]:
    """Where to look: the own facility, or for the department every one that has or had to do with the number.

    ``named``: those in whose messages it stands.
    """
    if actor.side is Side.FACILITY:
        return [access.own_facility(actor)]
    staff = select(StaffMember.facility_id).where(StaffMember.national_number == number)
    asked = select(CorrectionRequest.facility_id).where(CorrectionRequest.national_number == number)
    looked_up = select(RegisterLookup.organisation_key).where(RegisterLookup.number_digest == digest)
    found = or_(
        Facility.id.in_(named), Facility.id.in_(staff), Facility.id.in_(asked), Facility.hco_number.in_(looked_up)
    )
    return list(db.session.scalars(select(Facility).where(found).order_by(Facility.name, Facility.id)))
