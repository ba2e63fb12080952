"""The life of a quarter declaration: opening it, declaring nothing, every step of the case manager and the scheduler.

One table decides (``domain.ecalcura.dossier_states``); ``fire`` is the only place where a status changes, besides
opening here and submitting in ``submission``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from domain.actor import Actor, Side
from domain.calendars import Quarter
from domain.dutch import moment
from domain.ecalcura.basis import basis_when_blocking
from domain.ecalcura.declaration import (
    EVENT_LABELS,
    REASON_REQUIRED,
    STATUS_LABELS,
    DossierFacts,
    DossierStatus,
    Event,
    events_for,
    read_only_reason,
    reopened_after,
    transition,
)
from domain.ecalcura.review import CONTRADICTION
from domain.errors import N_, Conflict, InvalidValue, NotAllowedNow, NotFound
from models.base import db
from models.declaration import Dossier, DossierEvent, ReopeningRequest
from models.gate import writing
from models.organisation import Facility
from models.reference import FacilityPeriod
from services import access, clock
from services.ecalcura import case_risks, closing_copies, dossiers, events, snapshots
from services.ecalcura.dossiers import Found
from services.ecalcura.lines import lines
from services.locks import lock_facility

REASON_NEEDED = N_("Vul een reden in.")
REASON_TOO_LONG = N_("Hou de reden korter dan {max} tekens.")
OVERTAKEN = N_("Intussen door {who}: {action}, op {moment}. Het dossier is nu {status}. Kijk het eerst opnieuw na.")
CHOOSE_QUARTERS = N_("Kies minstens één kwartaal om te heropenen.")
NOT_THIS_PERIOD = N_("Kies enkel kwartalen van de referentieperiode {period}.")
EXISTS = N_("Voor dit kwartaal bestaat al een dossier. Blokkeer dat dossier zelf.")
MAX_REASON = 2000


def open_new(actor: Actor, quarter: Quarter, facility_id: int | None = None) -> Dossier:
    """Make the dossier of a quarter (T-01); NotAllowedNow when it exists or the calendar says no (A-08, E-019).

    A case manager names the facility; somebody of a facility always opens the own one.
    """
    dossiers.require(actor, dossiers.WRITE, facility_id)
    facility = lock_facility(access.own_facility_id(actor) if actor.side is Side.FACILITY else facility_id)
    existing = _dossier_of(facility.id, quarter)
    facts = DossierFacts(quarter) if existing is None else dossiers.facts_of(existing)
    situation = dossiers.situation_of(facility, quarter.reference_period)
    target = transition(facts, Event.OPEN_NEW, dossiers.kind_of(actor), situation)
    return _make(actor, facility, quarter, target, Event.OPEN_NEW)


def block_never_opened(actor: Actor, facility_id: int, quarter: Quarter, reason: str | None = None) -> Dossier:
    """Make the empty stub of a quarter that was never opened (T-05, A-09); its calculation finds nothing."""
    reason = _reason(Event.BLOCK, reason)
    dossiers.require(actor, dossiers.WRITE)
    facility = lock_facility(facility_id)
    existing = _dossier_of(facility.id, quarter)
    if existing is not None:
        raise NotAllowedNow(EXISTS, code="T-05")
    facts = DossierFacts(quarter)
    situation = dossiers.situation_of(facility, quarter.reference_period)
    target = transition(facts, Event.BLOCK, dossiers.kind_of(actor), situation)
    basis = basis_when_blocking(facts).used.value
    return _make(actor, facility, quarter, target, Event.BLOCK, basis=basis, reason=reason)


def declare_nothing(actor: Actor, number: str, confirmed: bool) -> Dossier:
    """Confirm, or withdraw, that there is nothing to declare in a quarter (E-023); not the same as leaving it empty.

    NotAllowedNow when the quarter cannot be changed now, or amounts contradict the answer (E-129).
    """
    found = dossiers.find(actor, number, dossiers.WRITE, lock=True)
    refused = read_only_reason(found.facts, found.who, found.situation)
    if refused is not None:
        raise refused
    dossier = found.dossier
    if dossier.nothing_to_declare == confirmed:
        return dossier
    if confirmed and any(line.entry.has_amount for line in lines(dossier, found.parameters)):
        raise NotAllowedNow(CONTRADICTION, code="E-129")
    with writing("declarations.declare_nothing"):
        dossier.nothing_to_declare = confirmed
        dossier.changed_at = clock.now()
        event = events.NOTHING_DECLARED if confirmed else events.NOTHING_WITHDRAWN
        events.record(actor, dossier, event, dossier.status)
    return dossier


def fire(
    actor: Actor,
    number: str,
    event: Event,
    reason: str | None = None,
    *,
    version: int | None = None,
    request_id: int | None = None,
    request_on: date | None = None,
) -> Dossier:
    """One step of a case manager or the scheduler (T-04 to T-13), with its snapshot, trace and mail.

    ``version`` is that of the dossier on the page that asked: when somebody else was first, Conflict says who did what
    and when. ``request_id`` and ``request_on`` name the reopening request that is granted. Raises NotAllowedNow when
    status or calendar refuse, InvalidValue for a missing reason, ValueError for opening, saving and submitting (a bug).
    """
    if event in (Event.OPEN_NEW, Event.SAVE, Event.SUBMIT):
        raise ValueError(f"{event} has a use case of its own")
    if event is Event.REOPEN_ONCE:
        found = dossiers.find(actor, number, dossiers.WRITE)
        versions = None if version is None else {number: version}
        return reopen_once(
            actor,
            found.facility.id,
            found.dossier.period_code,
            [found.dossier.quarter],
            reason,
            versions=versions,
            request_id=request_id,
            request_on=request_on,
        )[0]
    reason = _reason(event, reason)
    found = dossiers.find(actor, number, dossiers.WRITE, lock=True)
    _same_version(found.dossier, version, event)
    target = transition(found.facts, event, found.who, found.situation, request_on=request_on)
    with writing(f"declarations.{event.value.lower()}"):
        _apply(actor, found, event, target, reason, request_id)
    return found.dossier


def reopen_once(
    actor: Actor,
    facility_id: int,
    period_code: str,
    quarters: Sequence[Quarter],
    reason: str | None,
    *,
    versions: dict[str, int] | None = None,
    request_id: int | None = None,
    request_on: date | None = None,
) -> list[Dossier]:
    """Reopen the requested quarters after the provisional calculation, in one act (T-06, A-10): once per period (V-65).

    ``versions`` holds the version of each dossier number as shown. All of them are reopened, or none.
    """
    dossiers.require(actor, dossiers.WRITE, facility_id)
    reason = _reason(Event.REOPEN_ONCE, reason)
    if not quarters:
        raise InvalidValue(CHOOSE_QUARTERS, field="quarters")
    if any(quarter.reference_period != period_code for quarter in quarters):
        raise InvalidValue(NOT_THIS_PERIOD, field="quarters", period=period_code)
    facility = lock_facility(facility_id)
    own = db.session.scalar(
        select(FacilityPeriod)
        .where(FacilityPeriod.facility_id == facility.id, FacilityPeriod.period_code == period_code)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    chosen = [
        dossiers.find(actor, dossiers.number_of(facility.hco_number, quarter), dossiers.WRITE, lock=True)
        for quarter in sorted(set(quarters))
    ]
    for found in chosen:
        _same_version(found.dossier, (versions or {}).get(found.dossier.number), Event.REOPEN_ONCE)
    targets = [
        transition(found.facts, Event.REOPEN_ONCE, found.who, found.situation, request_on=request_on)
        for found in chosen
    ]
    if own is None:
        raise NotFound
    with writing("declarations.reopen_once"):
        own.reopenings_used += 1
        for found, target in zip(chosen, targets, strict=True):
            _apply(actor, found, Event.REOPEN_ONCE, target, reason, request_id)
    return [found.dossier for found in chosen]


def _apply(
    actor: Actor, found: Found, event: Event, target: DossierStatus, reason: str | None, request_id: int | None
) -> None:
    """Carry out an accepted event: snapshot, status, timeline, mail."""
    dossier, facts = found.dossier, found.facts
    before = dossier.status
    earlier = snapshots.counting(dossier)
    snapshot = closing_copies.choose(actor, found, event, facts)
    changes = snapshots.changes_text(earlier, snapshot) if snapshot else None
    dossier.reopened = reopened_after(facts, event, found.situation)
    dossier.previous_status = before if target is DossierStatus.AUDIT else None
    dossier.status = target
    dossier.changed_at = clock.now()
    if event is Event.CLOSE_FROM_AUDIT:
        dossier.submitted_at = dossier.changed_at
        dossier.submitted_by = actor.organisation_name[:120]
    if snapshot is not None:
        case_risks.assess(
            found, lines(dossier, found.parameters), snapshots.certificates_in(found.facility.id, dossier.quarter)
        )
    _decide_request(request_id, found, reason)
    step = events.record(
        actor, dossier, event, before, reason=reason, detail=changes, snapshot=snapshot, request_id=request_id
    )
    if request_id is None:  # a request is answered by one letter for all its quarters
        events.tell_contacts(dossier, step)


def _decide_request(request_id: int | None, found: Found, reason: str | None) -> None:
    if request_id is None:
        return
    request = db.session.get(ReopeningRequest, request_id)
    if request is None or request.facility_id != found.facility.id or request.period_code != found.dossier.period_code:
        raise NotFound
    request.decision, request.decided_at, request.reason = "GRANTED", clock.now(), reason


def _make(
    actor: Actor,
    facility: Facility,
    quarter: Quarter,
    status: DossierStatus,
    event: Event,
    *,
    basis: str | None = None,
    reason: str | None = None,
) -> Dossier:
    now = clock.now()
    with writing(f"declarations.{event.value.lower()}"):
        dossiers.ensure_period(quarter.reference_period)
        dossier = Dossier(
            number=dossiers.number_of(facility.hco_number, quarter),
            facility_id=facility.id,
            year=quarter.year,
            quarter_number=quarter.number,
            period_code=quarter.reference_period,
            status=status,
            opened_at=now,
            changed_at=now,
            basis=basis,
        )
        db.session.add(dossier)
        db.session.flush()
        events.record(actor, dossier, event, None, reason=reason)
    return dossier


def _dossier_of(facility_id: int, quarter: Quarter) -> Dossier | None:
    return db.session.scalar(
        select(Dossier).where(
            Dossier.facility_id == facility_id,
            Dossier.year == quarter.year,
            Dossier.quarter_number == quarter.number,
        )
    )


def _reason(event: Event, reason: str | None) -> str | None:
    text = (reason or "").strip()
    if REASON_REQUIRED[event] and not text:
        raise InvalidValue(REASON_NEEDED, field="reason")
    if len(text) > MAX_REASON:
        raise InvalidValue(REASON_TOO_LONG, field="reason", max=MAX_REASON)
    return text or None


def _same_version(dossier: Dossier, version: int | None, event: Event) -> None:
    """Two case managers at once: the second is told what the first did."""
    if version is None or version == dossier.version:
        return
    last = db.session.scalar(
        select(DossierEvent).where(DossierEvent.dossier_id == dossier.id).order_by(DossierEvent.id.desc()).limit(1)
    )
    assert last is not None  # a dossier is made with its first event
    label = events.label(last.event)
    at, status = moment(last.at), STATUS_LABELS[dossier.status]
    raise Conflict(
        OVERTAKEN,
        code="CONFLICT",
        theirs={N_("Actie"): label, N_("Door"): last.actor_name, N_("Op"): at},
        yours={N_("Actie"): EVENT_LABELS[event]},
        who=last.actor_name,
        action=label,
        moment=at,
        status=status,
    )


def allowed_events(actor: Actor, number: str) -> list[Event]:
    """What this actor may do with a dossier now: the buttons to show."""
    found = dossiers.find(actor, number)
    return events_for(found.facts, found.who, found.situation)
