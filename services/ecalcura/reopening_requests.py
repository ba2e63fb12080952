"""Requests of a facility to reopen quarters (E-126, E-127): registered with their moment of receipt, then decided once.

All quarters of a request are reopened in one act (A-10), or none: ordinarily until the end of the postponement (T-04),
once per reference period after the provisional calculation (T-06).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.calendars import Quarter, local_date, quarters_of
from domain.dutch import moment
from domain.ecalcura import reopening
from domain.ecalcura.campaign import Situation
from domain.ecalcura.declaration import DossierStatus, Event
from domain.errors import N_, Conflict, InvalidValue, NotAllowedNow, NotFound
from domain.permissions import Permission
from models.base import db
from models.declaration import Dossier, ReopeningRequest
from models.gate import writing
from models.message import Conversation
from models.organisation import Facility
from services import access, audit, clock
from services.ecalcura import declarations, dossiers, letters, reopening_threads
from services.locks import lock_facility

IN_FUTURE = N_("De ontvangst kan niet in de toekomst liggen. Kijk datum en uur na.")
CHOOSE = N_("Kies minstens één kwartaal.")
NOT_THIS_PERIOD = N_("Kies enkel kwartalen van de referentieperiode {period}.")
GIVE_REASON = N_("Vul een reden in: de voorziening krijgt ze te lezen.")
DECIDED = N_("Over deze aanvraag werd intussen al beslist ({moment}).")
NEVER_OPENED = N_("Kwartaal {quarter} werd nooit geopend. Er is niets te heropenen.")


class Outcome(StrEnum):
    """What was decided about a request; LATER leaves it open."""

    GRANTED = "GRANTED"
    REFUSED = "REFUSED"
    LATER = "LATER"


@dataclass(frozen=True, slots=True)
class QuarterState:
    """A quarter of the period, with its dossier if it was ever opened."""

    quarter: Quarter
    number: str
    status: DossierStatus | None
    version: int | None


@dataclass(frozen=True, slots=True)
class PeriodState:
    """What a reopening in one period of one facility can be about."""

    facility: Facility
    period: str
    situation: Situation
    quarters: Sequence[QuarterState]

    @property
    def last_day(self) -> date | None:
        """The last day on which the quarters can be reopened and submitted again, if a term runs."""
        kind = reopening.kind_now(self.situation)
        return None if kind is None else reopening.last_day_of(self.situation, kind)


def period_state(actor: Actor, hco_number: str, period: str) -> PeriodState:
    """The quarters of a period of a facility, for the form; NotFound for an unknown facility or period."""
    access.require(actor, Permission.DOSSIER_DECIDE)
    facility = db.session.scalar(select(Facility).where(Facility.hco_number == hco_number))
    if facility is None:
        raise NotFound
    try:
        quarters = quarters_of(period)
    except InvalidValue:
        raise NotFound from None
    rows = db.session.scalars(select(Dossier).where(Dossier.facility_id == facility.id, Dossier.period_code == period))
    known = {row.quarter: row for row in rows}
    situation = dossiers.situation_of(facility, period)
    states = []
    for quarter in quarters:
        row = known.get(quarter)
        states.append(
            QuarterState(
                quarter,
                dossiers.number_of(hco_number, quarter),
                None if row is None else row.status,
                None if row is None else row.version,
            )
        )
    return PeriodState(facility, period, situation, states)


def register(
    actor: Actor,
    hco_number: str,
    period: str,
    quarters: Sequence[Quarter],
    received_at: datetime,
    *,
    channel: str = "EMAIL",
) -> ReopeningRequest:
    """Register a request that came in by e-mail, with the moment of its receipt, and begin its thread.

    Twice the same is one request.

    Raises InvalidValue at ``received_on`` for a moment to come, at ``quarters`` for none or a foreign one.
    """
    access.require(actor, Permission.DOSSIER_DECIDE)
    facility = db.session.scalar(select(Facility).where(Facility.hco_number == hco_number))
    if facility is None:
        raise NotFound
    if received_at > clock.now():
        raise InvalidValue(IN_FUTURE, field="received_on")
    if not quarters:
        raise InvalidValue(CHOOSE, field="quarters")
    if any(quarter.reference_period != period for quarter in quarters):
        raise InvalidValue(NOT_THIS_PERIOD, field="quarters", period=period)
    lock_facility(facility.id)
    asked = {
        "facility_id": facility.id,
        "period_code": period,
        "channel": channel,
        "received_at": received_at,
        "quarters": " ".join(str(quarter) for quarter in sorted(set(quarters))),
    }
    kind = reopening.kind_received(dossiers.situation_of(facility, period), local_date(received_at))
    known = db.session.scalars(select(ReopeningRequest).filter_by(**asked)).first()
    if known is not None:
        return known
    with writing("reopening.register"):
        dossiers.ensure_period(period)
    conversation = reopening_threads.registered_in(actor, facility, kind, period, sorted(set(quarters)), received_at)
    with writing("reopening.register"):
        request = ReopeningRequest(**asked, kind=kind.value if kind else None, conversation_id=conversation.id)
        db.session.add(request)
    trace(actor, facility, request, None, None)
    return request


@dataclass(frozen=True, slots=True)
class Shown:
    """One request for who decides: whose, which quarters, where it stands, how long there is, and its thread."""

    request: ReopeningRequest
    facility: Facility
    situation: Situation
    quarters: Sequence[Quarter]
    kind: reopening.RequestKind | None
    state: reopening.RequestState
    last_day: date | None
    days_left: int | None
    proposed_reason: str
    thread: str | None


def get(actor: Actor, request_id: int) -> Shown:
    """A request with its facility and term; NotFound when it does not exist."""
    access.require(actor, Permission.DOSSIER_REVIEW)
    row = db.session.execute(
        select(ReopeningRequest, Facility, Conversation.reference)
        .join(Facility, Facility.id == ReopeningRequest.facility_id)
        .outerjoin(Conversation, Conversation.id == ReopeningRequest.conversation_id)
        .where(ReopeningRequest.id == request_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    request, facility, thread = row
    situation = dossiers.situation_of(facility, request.period_code)
    kind = reopening.RequestKind(request.kind) if request.kind else None
    last = reopening.last_day_of(situation, kind)
    return Shown(
        request,
        facility,
        situation,
        quarters_asked(request),
        kind,
        reopening.state_of(request.decision, last, situation.today),
        last,
        None if last is None else (last - situation.today).days,
        proposed_reason(request),
        thread,
    )


def quarters_asked(request: ReopeningRequest) -> list[Quarter]:
    """The quarters of a request, oldest first."""
    return [Quarter.parse(text) for text in request.quarters.split()]


def proposed_reason(request: ReopeningRequest) -> str:
    """The reason to reopen that a request itself gives, to grant it with one click."""
    return request.explanation or reopening.GRANTED_ON_REQUEST


def grant(actor: Actor, request_id: int, reason: str) -> list[Dossier]:
    """Reopen every quarter of a request in one act, T-04 or T-06 as the calendar says, and send the letter about it.

    NotAllowedNow when one of them cannot be reopened now, Conflict when somebody decided already. Nothing happens then.
    """
    request, facility = _undecided(actor, request_id)
    if not reason.strip():
        raise InvalidValue(GIVE_REASON, field="reason")
    state = period_state(actor, facility.hco_number, request.period_code)
    chosen = quarters_asked(request)
    by_quarter = {item.quarter: item for item in state.quarters}
    for quarter in chosen:
        if by_quarter[quarter].status is None:
            raise NotAllowedNow(NEVER_OPENED, code="T-06", quarter=str(quarter))
    received_on = local_date(request.received_at)
    versions = {item.number: item.version for item in state.quarters if item.version is not None}
    if reopening.kind_now(state.situation) is reopening.RequestKind.AFTER_PROVISIONAL:
        opened = declarations.reopen_once(
            actor,
            facility.id,
            request.period_code,
            chosen,
            reason,
            versions=versions,
            request_id=request.id,
            request_on=received_on,
        )
    else:
        opened = [
            declarations.fire(
                actor, by_quarter[quarter].number, Event.REOPEN, reason, request_id=request.id, request_on=received_on
            )
            for quarter in chosen
        ]
    reopening_threads.tell(actor, request, reopening.RequestState.GRANTED)
    trace(actor, facility, request, Outcome.GRANTED, reason.strip())
    letters.for_reopening(actor, request, granted=True)
    return opened


def refuse(actor: Actor, request_id: int, reason: str) -> ReopeningRequest:
    """Refuse a request, with the reason; the facility gets a letter that says so."""
    request, facility = _undecided(actor, request_id)
    if not reason.strip():
        raise InvalidValue(GIVE_REASON, field="reason")
    with writing("reopening.refuse"):
        request.decision, request.decided_at, request.reason = Outcome.REFUSED.value, clock.now(), reason.strip()
    reopening_threads.tell(actor, request, reopening.RequestState.REFUSED)
    trace(actor, facility, request, Outcome.REFUSED, reason.strip())
    letters.for_reopening(actor, request, granted=False)
    return request


def _undecided(actor: Actor, request_id: int) -> tuple[ReopeningRequest, Facility]:
    access.require(actor, Permission.DOSSIER_DECIDE)
    facility = lock_facility(
        db.session.scalar(select(ReopeningRequest.facility_id).where(ReopeningRequest.id == request_id))
    )
    request = db.session.scalar(
        select(ReopeningRequest)
        .where(ReopeningRequest.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if request is None:
        raise NotFound
    if request.decision is not None:
        assert request.decided_at is not None
        raise Conflict(DECIDED, code="CONFLICT", moment=moment(request.decided_at))
    return request, facility


def trace(
    actor: Actor, facility: Facility, request: ReopeningRequest, decision: StrEnum | None, reason: str | None
) -> None:
    """Leave the trace of a request or of what was decided about it; ``reason`` is what somebody typed."""
    audit.record(
        actor,
        AuditEvent.REOPENING_REQUEST,
        "facility",
        facility.hco_number,
        data={
            "channel": request.channel,
            "period": request.period_code,
            "quarters": request.quarters.split(),
            "received": request.received_at.isoformat(),
            "decision": decision.value if decision else None,
        },
        personal={"reason": reason} if reason else None,
    )
