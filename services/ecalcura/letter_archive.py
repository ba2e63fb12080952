"""Reading the letters that were made: one as a file, those of a facility, those of a round, and finding one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, or_, select

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.ecalcura.letter_kinds import WITH_STAFF, LetterKind
from domain.errors import Forbidden, NotFound
from domain.folding import words_of
from domain.permissions import Permission
from models.base import db
from models.compensation import Calculation, CalculationRound
from models.letter import Letter
from models.organisation import Facility
from services import access, audit, documents, listing
from services.ecalcura.case_selection import exact_facility
from services.ecalcura.letters import no_address
from services.listing import Order, Page, Position


@dataclass(frozen=True, slots=True)
class MadeFor:
    """A calculation of a round with its facility and its letter, None while that is not made."""

    hco_number: str
    facility_name: str
    calculation: str
    letter: Letter | None
    told: bool


def file(actor: Actor, reference: str) -> tuple[str, bytes]:
    """File name and content of a letter. NotFound for any other facility's; the name holds nothing personal.

    A letter with a line for each member of the staff is for who may see the staff (Forbidden). At another desk
    it leaves a trace; the caller commits.
    """
    row = db.session.execute(
        select(Letter, Facility.hco_number)
        .join(Facility, Facility.id == Letter.facility_id)
        .where(Letter.reference == reference)
    ).one_or_none()
    if actor.side is Side.FACILITY:
        access.require(actor, Permission.HISTORY_READ)
        if row is None or row.Letter.facility_id != actor.facility_id:
            raise NotFound
        if not may_open(actor, row.Letter):
            raise Forbidden(Permission.COMPENSATION_READ)
    else:
        access.require(actor, Permission.LETTERS_MANAGE)
        if row is None:
            raise NotFound
    letter = row.Letter
    if actor.side is not Side.FACILITY:
        audit.record(
            actor,
            AuditEvent.LETTER_VIEWED,
            "letter",
            letter.reference,
            data={"kind": letter.kind.value, "as": actor.side.value},
            concerns=(row.hco_number,),
        )
    _, content = documents.read(letter.file_digest)
    kind = letter.kind.value.lower().replace("_", "-")
    return f"brief-{kind}-{row.hco_number}-{letter.period_code}-{reference}.pdf", content


def may_open(actor: Actor, letter: Letter) -> bool:
    """Whether somebody of a facility may open a letter to it; the department and the helpdesk have their own rules."""
    return actor.side is not Side.FACILITY or letter.kind not in WITH_STAFF or actor.may(Permission.COMPENSATION_READ)


def of_facility(
    actor: Actor, facility_id: int, *, since: datetime | None = None, limit: int | None = None
) -> list[Letter]:
    """Every letter to a facility, the newest first; of those made since an instant, and so many, when asked."""
    if actor.side is Side.FACILITY:
        access.require(actor, Permission.HISTORY_READ, facility_id)
    elif not (actor.may(Permission.LETTERS_MANAGE) or actor.may(Permission.AMOUNTS_LOOK_UP)):
        raise Forbidden(Permission.LETTERS_MANAGE)
    statement = select(Letter).where(Letter.facility_id == facility_id)
    if since is not None:
        statement = statement.where(Letter.made_at >= since)
    return list(db.session.scalars(statement.order_by(Letter.id.desc()).limit(limit)))


def of_round(actor: Actor, round_reference: str) -> tuple[CalculationRound, list[MadeFor]]:
    """The calculations of a round that was released, by facility, each with its letter; NotFound."""
    access.require(actor, Permission.LETTERS_MANAGE)
    held = db.session.scalar(select(CalculationRound).where(CalculationRound.reference == round_reference))
    if held is None:
        raise NotFound
    rows = db.session.execute(
        select(Facility.id, Facility.hco_number, Facility.name, Calculation.reference, Letter)
        .join(Calculation, Calculation.facility_id == Facility.id)
        .outerjoin(Letter, Letter.calculation_id == Calculation.id)
        .where(Calculation.round_id == held.id, Calculation.communicated_at.is_not(None))
        .order_by(Facility.name, Facility.id)
    ).all()
    silent = set(no_address(row.id for row in rows))
    return held, [MadeFor(row.hco_number, row.name, row.reference, row.Letter, row.id not in silent) for row in rows]


def find(actor: Actor, search: str, kind: LetterKind | None, period_code: str, position: Position) -> Page[Row[Any]]:
    """Letters by facility (number or name) or their own reference, the newest first."""
    access.require(actor, Permission.LETTERS_MANAGE)
    statement: Any = select(
        Letter.id,
        Letter.reference,
        Letter.kind,
        Letter.period_code,
        Letter.subject,
        Letter.made_at,
        Facility.hco_number,
        Facility.name,
    ).join(Facility, Facility.id == Letter.facility_id)
    if kind is not None:
        statement = statement.where(Letter.kind == kind)
    if period_code:
        statement = statement.where(Letter.period_code == period_code)
    if search:
        chosen = [Letter.reference == search.strip()]
        exact = exact_facility(search)
        if exact is not None:
            chosen.append(exact)
        if words := words_of(search):
            chosen.append(and_(*(listing.like(Facility.search_text, word) for word in words)))
        statement = statement.where(or_(*chosen))
    return listing.page_of(
        statement, Order((Letter.id,), descending=True), position, name=f"letters {search} {kind} {period_code}"
    )
