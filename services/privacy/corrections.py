"""Requests to correct what is held (E-153): registered and decided by the facility, the department asked along.

Traces hold the state and the kind of field; what should stand there is a personal value beside the chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.calendars import Quarter
from domain.ecalcura.dossier_states import DossierStatus
from domain.errors import N_, Conflict, Forbidden, InvalidValue, NotAllowedNow, NotFound
from domain.identifiers import format_national_number, mask_national_number, parse_national_number
from domain.permissions import Permission
from domain.privacy import (
    ALREADY_INVOLVED,
    FIELD_LABELS,
    OPEN_STATES,
    WANTED_MISSING,
    Advice,
    CorrectionAct,
    CorrectionField,
    CorrectionState,
    acts,
    advice,
    after,
)
from domain.system_messages import SystemEvent
from models.base import db, new_reference
from models.declaration import Dossier
from models.gate import writing
from models.message import Conversation
from models.organisation import Facility
from models.personnel import StaffMember
from models.privacy import CorrectionRequest
from services import access, audit, clock, listing
from services.form_keys import is_form_key
from services.listing import Order, Page, Position
from services.locks import lock_facility
from services.messaging import places
from services.messaging import writing as threads

NOT_LISTED = N_("Dit rijksregisternummer staat niet op uw personeelslijst.")
NO_SUCH_QUARTER = N_("Kies een kwartaal van uw voorziening.")
CHANGED = N_("Een collega wijzigde dit verzoek intussen.")
SUBJECT = N_("Verzoek tot verbetering")

_TOLD = {
    CorrectionState.TAKEN: SystemEvent.CORRECTION_TAKEN_UP,
    CorrectionState.CORRECTED: SystemEvent.CORRECTION_DONE,
    CorrectionState.REFUSED: SystemEvent.CORRECTION_REFUSED,
    CorrectionState.WITHDRAWN: SystemEvent.CORRECTION_WITHDRAWN,
}
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


def register(
    actor: Actor, typed: str, field: str, quarter: str | None, wanted: str, key: str = ""
) -> CorrectionRequest:
    """Register a request of somebody of the own staff; the same form sent twice is one request.

    InvalidValue at ``number``, ``quarter`` or ``wanted``.
    """
    access.require(actor, Permission.PERSON_FILE)
    facility = lock_facility(access.own_facility_id(actor))
    made = _by_key(facility.id, key)
    if made is not None:
        return made
    number = parse_national_number(typed, issued_only=False).digits
    listed = select(StaffMember.id).where(StaffMember.facility_id == facility.id, StaffMember.national_number == number)
    if db.session.scalar(listed) is None:
        raise InvalidValue(NOT_LISTED, field="number")
    if not wanted.strip():
        raise InvalidValue(WANTED_MISSING, field="wanted")
    if quarter and quarter not in quarters(actor):
        raise InvalidValue(NO_SUCH_QUARTER, field="quarter")
    with writing("privacy.register_correction"):
        row = CorrectionRequest(
            reference=key if is_form_key(key) and not _taken(key) else new_reference(),
            facility_id=facility.id,
            national_number=number,
            field=CorrectionField(field).value,
            quarter=quarter or None,
            wanted=wanted.strip(),
            received_at=clock.now(),
            registered_by=actor.name[:160],
        )
        db.session.add(row)
        db.session.flush()
    _trace(actor, row, None, row.wanted)
    return row


def act(actor: Actor, reference: str, which: CorrectionAct, answer: str, version: int) -> CorrectionRequest:
    """Take up, decide or withdraw a request by the table of transitions.

    NotAllowedNow when it is decided, InvalidValue without a reason to refuse, Conflict on an older version.
    """
    row = _own_locked(actor, reference)
    target = after(row.state, which, answer)
    _same(row, version, answer)
    before = row.state
    with writing("privacy.correction_state"):
        row.state = target
        if answer.strip():
            row.answer = answer.strip()
        if target not in OPEN_STATES:
            row.decided_at, row.decided_by = clock.now(), actor.name[:160]
    _trace(actor, row, before, answer.strip())
    if row.conversation_id is not None:
        threads.say(db.session.get_one(Conversation, row.conversation_id), _TOLD[target], {}, by=actor)
    return row


def involve(actor: Actor, reference: str, body: str, version: int) -> Conversation:
    """Open a thread about a request with the department (on complaint, E-153); it is taken up with that.

    Raises NotAllowedNow when it is decided or the department knows already, and what sending a message raises.
    """
    row = _own_locked(actor, reference)
    if row.conversation_id is not None:
        raise NotAllowedNow(ALREADY_INVOLVED)
    if row.state is CorrectionState.ASKED:
        target = after(row.state, CorrectionAct.TAKE, "")
    else:
        after(row.state, CorrectionAct.WITHDRAW, "")  # decided ones have no step left
        target = row.state
    _same(row, version, body)
    quarter = Quarter.parse(row.quarter) if row.quarter else None
    conversation = threads.open_thread(
        places.facility_place(actor, quarter=quarter), SUBJECT, body, actor, awaits_reply=True
    )
    before = row.state
    with writing("privacy.involve"):
        row.conversation_id = conversation.id
        row.state = target
    threads.say(conversation, SystemEvent.CORRECTION_ASKED, {}, by=actor)
    _trace(actor, row, before, "")
    return conversation


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


def _own_locked(actor: Actor, reference: str) -> CorrectionRequest:
    access.require(actor, Permission.PERSON_FILE)
    facility = lock_facility(access.own_facility_id(actor))
    row = db.session.scalar(
        select(CorrectionRequest)
        .where(CorrectionRequest.facility_id == facility.id, CorrectionRequest.reference == reference)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


def _by_key(facility_id: int, key: str) -> CorrectionRequest | None:
    if not is_form_key(key):
        return None
    own = select(CorrectionRequest).where(
        CorrectionRequest.reference == key, CorrectionRequest.facility_id == facility_id
    )
    return db.session.scalar(own)


def _taken(key: str) -> bool:
    taken = select(CorrectionRequest.id).where(CorrectionRequest.reference == key)
    return db.session.scalar(taken) is not None


def _same(row: CorrectionRequest, version: int, yours: str) -> None:
    if row.version != version:
        raise Conflict(CHANGED, theirs={N_("Antwoord"): row.answer}, yours={N_("Antwoord"): yours})


def _trace(actor: Actor, row: CorrectionRequest, before: CorrectionState | None, text: str) -> None:
    audit.record(
        actor,
        AuditEvent.CORRECTION_REQUEST,
        "correction_request",
        row.reference,
        data={"from": before.value if before else None, "to": row.state.value, "field": row.field},
        personal={"text": text} if text else None,
    )


__all__ = ["FIELD_LABELS", "act", "correction", "corrections", "involve", "open_count", "quarters", "register"]
