"""A facility asks to reopen quarters, follows its request and may withdraw it (E-126, E-127)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from domain.actor import Actor
from domain.calendars import Quarter, quarters_of
from domain.dutch import moment
from domain.ecalcura import reopening, reopening_words
from domain.ecalcura.campaign import Situation
from domain.ecalcura.declaration import DossierFacts, DossierStatus
from domain.ecalcura.reopening import Possibilities, RequestState
from domain.errors import Conflict, InvalidValue, NotAllowedNow, NotFound
from domain.permissions import Permission
from models.base import db, new_reference
from models.declaration import Dossier, ReopeningRequest
from models.gate import writing
from models.message import Conversation
from models.organisation import Facility
from services import access, clock
from services.ecalcura import dossiers, reopening_threads
from services.ecalcura.reopening_requests import DECIDED, quarters_asked, trace
from services.form_keys import is_form_key
from services.locks import lock_facility

#: Most requests of one facility that are looked at.
MOST = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with where it stands today; ``last_day`` is the last one on which it can be granted, if known.

    ``thread`` is the reference of the thread it was asked in; None for one of before there were threads.
    """

    request: ReopeningRequest
    quarters: Sequence[Quarter]
    state: RequestState
    last_day: date | None
    days_left: int | None
    thread: str | None = None

    @property
    def waits(self) -> bool:
        """Whether it still waits for a decision that can be given."""
        return self.state is RequestState.WAITING

    @property
    def may_be_withdrawn(self) -> bool:
        """Whether nothing was decided yet."""
        return self.state in (RequestState.WAITING, RequestState.LAPSED)


@dataclass(frozen=True, slots=True)
class ReopeningPage:
    """What a facility may ask for one reference period, the status of each quarter and its requests, newest first."""

    period: str
    situation: Situation
    possible: Possibilities
    statuses: dict[Quarter, DossierStatus | None]
    requests: Sequence[Asked]

    @property
    def waiting(self) -> Asked | None:
        """The request that waits for a decision, if there is one."""
        return next((one for one in self.requests if one.waits), None)


def page(actor: Actor, period: str) -> ReopeningPage:
    """What the actor's facility may ask now; NotFound for what is no reference period."""
    access.require(actor, Permission.REOPENING_REQUEST)
    return _page(access.own_facility(actor), period)


def requests_of(actor: Actor, periods: Iterable[tuple[str, Situation]]) -> dict[str, list[Asked]]:
    """The requests of the actor's facility per reference period, newest first; one statement."""
    access.require(actor, Permission.REOPENING_REQUEST)
    situations = dict(periods)
    found: dict[str, list[Asked]] = {}
    for row, thread in _rows(access.own_facility_id(actor), situations):
        found.setdefault(row.period_code, []).append(asked(row, situations[row.period_code], thread))
    return found


def ask(actor: Actor, period: str, quarters: Sequence[Quarter], explanation: str, key: str = "") -> ReopeningRequest:
    """Send a request as the message of its template; it is received now, to the second, and has a thread (10.5).

    The same form sent twice is one request.

    ``key`` is the one of the form. Raises NotAllowedNow when the calendar, a quarter or a request that waits says no,
    InvalidValue at ``quarters`` or ``explanation``.
    """
    access.require(actor, Permission.REOPENING_REQUEST)
    facility = lock_facility(access.own_facility_id(actor))
    made = _own(facility.id, key) if is_form_key(key) else None
    if made is not None:
        return made
    known = _page(facility, period)
    if known.waiting is not None:
        sent_at = moment(known.waiting.request.received_at)
        raise NotAllowedNow(reopening.ONE_WAITS, code="E-127", moment=sent_at)
    chosen = sorted(set(quarters))
    text = reopening.check_request(known.possible, chosen, explanation)
    assert known.possible.kind is not None  # check_request refuses otherwise
    conversation = reopening_threads.asked_in(actor, facility, known.possible.kind, period, chosen, text)
    with writing("reopening.ask"):
        request = ReopeningRequest(
            reference=key if is_form_key(key) and not _taken(key) else new_reference(),
            facility_id=facility.id,
            period_code=period,
            channel="MESSAGE",
            received_at=known.situation.now.replace(microsecond=0),
            quarters=" ".join(str(quarter) for quarter in chosen),
            kind=known.possible.kind.value,
            explanation=text,
            requested_by=actor.name[:160],
            conversation_id=conversation.id,
        )
        db.session.add(request)
    trace(actor, facility, request, None, text)
    return request


def template(actor: Actor, period: str, quarters: Sequence[Quarter], explanation: str) -> tuple[str, str]:
    """Subject and text of the message that ``ask`` would send now; refused as it is, but not for an empty text."""
    access.require(actor, Permission.REOPENING_REQUEST)
    facility = access.own_facility(actor)
    possible = _page(facility, period).possible
    text = reopening.check_request(possible, sorted(set(quarters)), explanation or "…")
    assert possible.kind is not None  # check_request refuses otherwise
    body = reopening_words.body(possible.kind, facility.name, facility.hco_number, period, sorted(set(quarters)), text)
    return reopening_words.subject(possible.kind, period), body


def thread_of(request: ReopeningRequest) -> str | None:
    """The reference of the thread of a request."""
    return db.session.scalar(select(Conversation.reference).where(Conversation.id == request.conversation_id))


def withdraw(actor: Actor, reference: str) -> ReopeningRequest:
    """Take a request back before it is decided; twice is fine. Conflict when somebody decided first."""
    access.require(actor, Permission.REOPENING_REQUEST)
    facility = lock_facility(access.own_facility_id(actor))
    request = _own(facility.id, reference)
    if request is None:
        raise NotFound
    if request.decision == RequestState.WITHDRAWN:
        return request
    if request.decision is not None:
        assert request.decided_at is not None
        raise Conflict(DECIDED, code="CONFLICT", moment=moment(request.decided_at))
    with writing("reopening.withdraw"):
        request.decision, request.decided_at = RequestState.WITHDRAWN.value, clock.now()
    reopening_threads.tell(actor, request, RequestState.WITHDRAWN)
    trace(actor, facility, request, RequestState.WITHDRAWN, None)
    return request


def asked(row: ReopeningRequest, situation: Situation, thread: str | None = None) -> Asked:
    """A request with where it stands in a situation; ``thread`` is the reference of its thread."""
    kind = reopening.RequestKind(row.kind) if row.kind else None
    last_day = reopening.last_day_of(situation, kind)
    left = None if last_day is None else (last_day - situation.today).days
    state = reopening.state_of(row.decision, last_day, situation.today)
    return Asked(row, quarters_asked(row), state, last_day, left, thread)


def _page(facility: Facility, period: str) -> ReopeningPage:
    try:
        quarters = quarters_of(period)
    except InvalidValue:
        raise NotFound from None
    situation = dossiers.situation_of(facility, period)
    rows = db.session.scalars(
        select(Dossier)
        .where(Dossier.facility_id == facility.id, Dossier.period_code == period)
        .execution_options(populate_existing=True)
    )
    known = {row.quarter: row for row in rows}
    first = situation.facility_from
    facts = [
        dossiers.facts_of(known[quarter]) if quarter in known else DossierFacts(quarter)
        for quarter in quarters
        if quarter in known or first is None or quarter >= first
    ]
    return ReopeningPage(
        period,
        situation,
        reopening.possibilities(situation, facts),
        {one.quarter: one.status for one in facts},
        [asked(row, situation, thread) for row, thread in _rows(facility.id, [period])],
    )


def _rows(facility_id: int, periods: Iterable[str]) -> list[tuple[ReopeningRequest, str | None]]:
    """Requests with the reference of their thread, newest first."""
    rows = db.session.execute(
        select(ReopeningRequest, Conversation.reference)
        .outerjoin(Conversation, Conversation.id == ReopeningRequest.conversation_id)
        .where(ReopeningRequest.facility_id == facility_id, ReopeningRequest.period_code.in_(list(periods)))
        .order_by(ReopeningRequest.received_at.desc(), ReopeningRequest.id.desc())
        .limit(MOST)
        .execution_options(populate_existing=True)
    )
    return [(request, thread) for request, thread in rows]


def _own(facility_id: int, reference: str) -> ReopeningRequest | None:
    return db.session.scalar(
        select(ReopeningRequest)
        .where(ReopeningRequest.reference == reference, ReopeningRequest.facility_id == facility_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _taken(reference: str) -> bool:
    return db.session.scalar(select(ReopeningRequest.id).where(ReopeningRequest.reference == reference)) is not None
