"""Requests to correct what is held (E-153): registered and decided by the facility, the department asked along.

``correction_reading`` shows them. Traces hold the state and the kind of field; what should stand there is a personal
value beside the chain.
"""

from __future__ import annotations

from sqlalchemy import select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.calendars import Quarter
from domain.errors import N_, Conflict, InvalidValue, NotAllowedNow, NotFound
from domain.identifiers import parse_national_number
from domain.permissions import Permission
from domain.privacy import (
    ALREADY_INVOLVED,
    OPEN_STATES,
    WANTED_MISSING,
    CorrectionAct,
    CorrectionField,
    CorrectionState,
    after,
)
from domain.system_messages import SystemEvent
from models.base import db, new_reference
from models.gate import writing
from models.message import Conversation
from models.personnel import StaffMember
from models.privacy import CorrectionRequest
from services import access, audit, clock
from services.form_keys import is_form_key
from services.locks import lock_facility
from services.messaging import places
from services.messaging import writing as threads
from services.privacy import correction_reading

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
    if quarter and quarter not in correction_reading.quarters(actor):
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
