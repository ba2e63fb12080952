"""Reading requests to correct (E-153): lists and one request, for the facility and for the department asked along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.calendars import Quarter
from domain.ecalcura.dossier_states import DossierStatus
from domain.errors import Forbidden, NotFound
from domain.identifiers import format_national_number, mask_national_number
from domain.permissions import Permission
from domain.privacy import OPEN_STATES, Advice, CorrectionAct, CorrectionState, acts, advice
from models.base import db
from models.declaration import Dossier
from models.message import Conversation
from models.organisation import Facility
from models.personnel import StaffMember
from models.privacy import CorrectionRequest
from services import access, audit, listing
from services.listing import Order, Page, Position

_ORDER = Order((CorrectionRequest.id,), descending=True)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: the request, who it is about (empty when no longer listed), the facility, its thread."""

    request: CorrectionRequest
    name: str
    facility_name: str
    hco_number: str
    thread: str | None


@dataclass(frozen=True, slots=True)
class CorrectionPage(Row):
    """One request with what can be done now. ``staff`` is the reference of the person on the staff list, if any."""

    number: str
    staff: str | None
    advice: Advice
    quarter_status: DossierStatus | None
    acts: Sequence[CorrectionAct]

    @property
    def period(self) -> str | None:
        """The reference period of the quarter, to ask its reopening."""
        return Quarter.parse(self.request.quarter).reference_period if self.request.quarter else None


def corrections(actor: Actor, state: CorrectionState | None, position: Position) -> Page[Row]:
    """The requests of the own facility; for the department those it was asked along in. The newest first."""
    statement = _statement(actor)
    if state is not None:
        statement = statement.where(CorrectionRequest.state == state)
    name = f"corrections {actor.side} {actor.facility_id} {state}"
    page = listing.page_of(statement, _ORDER, position, name=name)
    return Page(tuple(_row(row) for row in page.rows), page.cursors, page.number, page.more)


def correction(actor: Actor, reference: str) -> CorrectionPage:
    """One request; NotFound for any other. At the department it leaves a trace, the caller commits."""
    found = db.session.execute(
        _statement(actor)
        .add_columns(StaffMember.reference.label("staff"))
        .where(CorrectionRequest.reference == reference)
    ).one_or_none()
    if found is None:
        raise NotFound
    request: CorrectionRequest = found.CorrectionRequest
    status = _status(request)
    if actor.side is not Side.FACILITY:
        audit.record(
            actor,
            AuditEvent.STAFF_VIEWED,
            "staff",
            found.staff or request.reference,
            data={"as": actor.side.value},
            concerns=(found.hco_number,),
        )
    row = _row(found)
    return CorrectionPage(
        request=request,
        name=row.name,
        facility_name=row.facility_name,
        hco_number=row.hco_number,
        thread=row.thread,
        number=_shown(actor, request.national_number) if request.national_number else "",
        staff=found.staff,
        advice=advice(request.field, status),
        quarter_status=status,
        acts=acts(request.state) if actor.side is Side.FACILITY else (),
    )


def _shown(actor: Actor, number: str) -> str:
    """In full for the facility; the department asks for it with a reason, with the person (E-154)."""
    return format_national_number(number) if actor.side is Side.FACILITY else mask_national_number(number)


def quarters(actor: Actor) -> list[str]:
    """The quarters of the own facility that have a dossier, newest first."""
    rows = db.session.execute(
        select(Dossier.year, Dossier.quarter_number).where(Dossier.facility_id == access.own_facility_id(actor))
    )
    return [str(one) for one in sorted((Quarter(*row) for row in rows), reverse=True)]


def open_count(actor: Actor) -> int:
    """How many requests of the own facility wait, for the start page; 0 for who may not see them. One statement."""
    if actor.side is not Side.FACILITY or not actor.may(Permission.PERSON_FILE):
        return 0
    waiting = select(func.count(CorrectionRequest.id)).where(
        CorrectionRequest.facility_id == actor.facility_id, CorrectionRequest.state.in_(OPEN_STATES)
    )
    return db.session.scalar(waiting) or 0


def _statement(actor: Actor) -> Any:
    statement: Any = (
        select(
            CorrectionRequest,
            StaffMember.last_name,
            StaffMember.first_name,
            Facility.name,
            Facility.hco_number,
            Conversation.reference.label("thread"),
        )
        .join(Facility, Facility.id == CorrectionRequest.facility_id)
        .outerjoin(
            StaffMember,
            (StaffMember.facility_id == CorrectionRequest.facility_id)
            & (StaffMember.national_number == CorrectionRequest.national_number),
        )
        .outerjoin(Conversation, Conversation.id == CorrectionRequest.conversation_id)
    )
    if actor.side is Side.FACILITY:
        access.require(actor, Permission.PERSON_FILE)
        return statement.where(CorrectionRequest.facility_id == access.own_facility_id(actor))
    if actor.side is not Side.DEPARTMENT or not actor.may(Permission.PERSON_FILE_REVIEW):
        raise Forbidden(Permission.PERSON_FILE_REVIEW)
    return statement.where(CorrectionRequest.conversation_id.is_not(None))


def _row(row: Any) -> Row:
    name = f"{row.first_name} {row.last_name}" if row.last_name else ""
    return Row(row.CorrectionRequest, name, row.name, row.hco_number, row.thread)


def _status(row: CorrectionRequest) -> DossierStatus | None:
    if not row.quarter:
        return None
    quarter = Quarter.parse(row.quarter)
    return db.session.scalar(
        select(Dossier.status).where(
            Dossier.facility_id == row.facility_id,
            Dossier.year == quarter.year,
            Dossier.quarter_number == quarter.number,
        )
    )
