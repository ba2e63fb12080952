"""Rounds of calculations: asked for, computed as drafts by the worker, released by a second person, or rolled back.

A round is its own dry run: nothing is told to anybody before it is released. ``round_work`` computes, ``round_release``
releases, ``round_queries`` reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, update

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.calendars import Quarter, quarters_of
from domain.ecalcura.calculation_states import CalculationKind, CalculationStatus, RoundState
from domain.ecalcura.rounds import ADVANCES, AFTERWARDS, RUNNING, UNFINISHED, Standing, refusal
from domain.errors import N_, DomainError, InvalidValue, NotAllowedNow, NotFound
from domain.permissions import Permission
from models.background_job import BackgroundJob, JobState
from models.base import db
from models.compensation import Calculation, CalculationDerivation, CalculationRound
from models.gate import writing
from models.organisation import Facility
from models.reference import FacilityPeriod, ReferencePeriod
from services import access, audit, background_jobs, clock
from services.ecalcura import dossiers, parameter_sets
from services.ecalcura.round_release import ChangedSince, release
from services.ecalcura.round_standings import open_quarters
from services.ecalcura.round_work import JOB, work

__all__ = [
    "ChangedSince",
    "Plan",
    "Refused",
    "find",
    "plan",
    "recalculate",
    "release",
    "resume",
    "roll_back",
    "start",
    "stop",
    "work",
]

REASON = N_("Vul een reden in.")
TOO_MANY_HCO = N_(
    "U gaf {count} HCO-nummers. Geef er hoogstens {most} tegelijk, of kies alle voorzieningen waarvoor het kan."
)
NO_HCO = N_("Dit is geen HCO-nummer: {text}. Plak enkel de HCO-nummers.")
UNKNOWN_HCO = N_("Niet gekend als HCO-nummer: {numbers}")
NOBODY = N_("Er is geen enkele voorziening waarvoor dit nu kan.")
SOME_REFUSED = N_(
    "Voor {count} voorzieningen kan dit nu niet, bijvoorbeeld {example}. Kijk de lijst na, of start met de andere."
)
ONE_REFUSED = N_("{name}: {why}")
UNFINISHED_ROUND = N_("Er is al een ronde van deze soort bezig voor {period}. Geef die eerst vrij of draai ze terug.")
NO_ADVANCE = N_("Dit voorschot staat uit in de parameters van {period}.")
NOT_RUNNING = N_("Deze ronde wordt niet meer berekend.")
NOT_TO_ROLL_BACK = N_("Enkel een berekende ronde die nog niet vrijgegeven is, kan teruggedraaid worden.")
NOT_READY = N_("Enkel een ronde die klaar is om na te kijken, kan opnieuw berekend worden.")

#: A list that is pasted: how many different numbers it may hold, and how long one may be.
MOST_NUMBERS, LONGEST_NUMBER = 5000, 20


@dataclass(frozen=True, slots=True)
class Refused:
    """A facility for which it cannot be done now, and why."""

    hco_number: str
    name: str
    why: DomainError


@dataclass(frozen=True, slots=True)
class Plan:
    """What a round would do: the facilities it can be started for, and those that are refused with the reason."""

    ready: tuple[str, ...]
    refused: tuple[Refused, ...]


def plan(actor: Actor, period_code: str, kind: CalculationKind, hco_numbers: Iterable[str] | None) -> Plan:
    """Which facilities a round can be made for now; ``None`` means all that take part in the period.

    Of all of them, those whose definitive calculation was communicated are left out of a round that comes before it,
    and the others of a recalculation. InvalidValue (``facilities``) for a number nobody knows, or a list that is too
    long.
    """
    access.require(actor, Permission.CALCULATIONS_RUN)
    calendar = dossiers.calendar_of(period_code, db.session.get(ReferencePeriod, period_code))
    wanted = None if hco_numbers is None else _cleaned(hco_numbers)
    statement = (
        select(
            Facility.id,
            Facility.hco_number,
            Facility.name,
            Facility.entry_from,
            FacilityPeriod.provisional_on,
            FacilityPeriod.definitive_on,
        )
        .outerjoin(
            FacilityPeriod,
            (FacilityPeriod.facility_id == Facility.id) & (FacilityPeriod.period_code == period_code),
        )
        .order_by(Facility.hco_number)
    )
    if wanted is not None:
        statement = statement.where(Facility.hco_number.in_(wanted))
    rows = db.session.execute(statement).all()
    unknown = [] if wanted is None else sorted(set(wanted) - {row.hco_number for row in rows})
    if unknown:
        raise InvalidValue(UNKNOWN_HCO, field="facilities", numbers=", ".join(unknown[:10]))
    opened = open_quarters(period_code)
    ready, refused = [], []
    for row in rows:
        if wanted is None and not _takes_part(kind, period_code, row.entry_from, row.definitive_on is not None):
            continue
        standing = Standing(row.provisional_on, row.definitive_on, tuple(opened.get(row.id, ())))
        why = refusal(kind, standing, calendar, clock.now())
        if why is None:
            ready.append(row.hco_number)
        else:
            refused.append(Refused(row.hco_number, row.name, why))
    return Plan(tuple(ready), tuple(refused))


def _cleaned(numbers: Iterable[str]) -> list[str]:
    """Each number once, in their order; InvalidValue before anything too long or unreadable reaches the database."""
    found = list(dict.fromkeys(number.strip() for number in numbers if number.strip()))
    for number in found:
        if len(number) > LONGEST_NUMBER or not number.isprintable():
            shown = "".join(sign for sign in number[:LONGEST_NUMBER] if sign.isprintable())
            raise InvalidValue(NO_HCO, field="facilities", text=f"{shown}…")
    if len(found) > MOST_NUMBERS:
        raise InvalidValue(TOO_MANY_HCO, field="facilities", count=len(found), most=MOST_NUMBERS)
    return found


def _takes_part(kind: CalculationKind, period_code: str, entry_from: str, definitive: bool) -> bool:
    if Quarter.parse(entry_from) > quarters_of(period_code)[-1]:
        return False
    return kind in ADVANCES or definitive is (kind in AFTERWARDS)


def start(
    actor: Actor,
    period_code: str,
    kind: CalculationKind,
    hco_numbers: Iterable[str] | None,
    reason: str | None = None,
    *,
    only_ready: bool = False,
) -> CalculationRound:
    """Ask for a round; the worker computes it. ``only_ready`` leaves out the facilities that are refused now.

    Raises InvalidValue (reason, numbers), NotAllowedNow without released parameters, while a round of the kind is
    unfinished for the period, when a facility is refused (E-123, E-128, E-151, T-13), or when nobody is left.
    """
    access.require(actor, Permission.CALCULATIONS_RUN)
    reason = (reason or "").strip() or None
    if kind in AFTERWARDS and reason is None:
        raise InvalidValue(REASON, field="reason")
    _lock_period(period_code)
    parameters = parameter_sets.in_force(period_code)
    if kind in ADVANCES and not parameters.content.advances[kind is CalculationKind.ADVANCE_2].active:
        raise NotAllowedNow(NO_ADVANCE, code="A-20", period=period_code)
    _refuse_second(period_code, kind)
    numbers = None if hco_numbers is None else _cleaned(hco_numbers)
    planned = plan(actor, period_code, kind, numbers)
    if planned.refused and not only_ready:
        raise _refused(planned.refused)
    if not planned.ready:
        raise NotAllowedNow(NOBODY, code="ROUND")
    chosen = list(planned.ready)
    now = clock.now()
    row = CalculationRound(
        period_code=period_code,
        kind=kind,
        parameter_set_id=parameters.set_id,
        facilities=json.dumps(chosen),
        reason=reason,
        started_at=now,
        started_by=actor.name[:160],
        started_by_id=actor.account_id,
    )
    with writing("rounds.start"):
        db.session.add(row)
    background_jobs.enqueue(actor, JOB, {"round": row.reference}, total=len(chosen))
    audit.record(
        actor,
        AuditEvent.ROUND_STARTED,
        "calculation_round",
        row.reference,
        data={
            "period": period_code,
            "kind": kind.value,
            "facilities": len(chosen),
            "parameters": parameters.digest,
        },
        personal={"reason": reason} if reason else None,
    )
    return row


def _lock_period(period_code: str) -> None:
    """Two people who start a round for the same period do so one after the other."""
    statement = select(ReferencePeriod.code).where(ReferencePeriod.code == period_code)
    if db.session.scalar(statement.with_for_update(key_share=True)) is None:
        raise NotFound


def _refuse_second(period_code: str, kind: CalculationKind) -> None:
    unfinished = select(CalculationRound.id).where(
        CalculationRound.period_code == period_code,
        CalculationRound.kind == kind,
        CalculationRound.state.in_(UNFINISHED),
    )
    if db.session.scalar(unfinished.limit(1)) is not None:
        raise NotAllowedNow(UNFINISHED_ROUND, code="ROUND", period=period_code)


def _refused(refused: Sequence[Refused]) -> NotAllowedNow:
    first = refused[0]
    if len(refused) == 1:
        return NotAllowedNow(ONE_REFUSED, code=first.why.code, name=first.name, why=str(first.why))
    example = f"{first.name} ({first.why})"
    return NotAllowedNow(SOME_REFUSED, code=first.why.code, count=len(refused), example=example)


def find(actor: Actor, reference: str, *, lock: bool = False) -> CalculationRound:
    """A round by its reference; NotFound. ``lock`` keeps the worker and other people away until the commit."""
    access.require(actor, Permission.CALCULATIONS_READ)
    statement = select(CalculationRound).where(CalculationRound.reference == reference)
    if lock:
        statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    row = db.session.scalar(statement)
    if row is None:
        raise NotFound
    return row


def stop(actor: Actor, reference: str) -> None:
    """Stop a round that is being computed; what was computed lapses. NotAllowedNow when it is not running."""
    access.require(actor, Permission.CALCULATIONS_RUN)
    row = find(actor, reference, lock=True)
    if row.state not in RUNNING:
        raise NotAllowedNow(NOT_RUNNING, code="ROUND")
    with writing("rounds.stop"):
        _end(actor, row, RoundState.STOPPED, None)
        for job in _jobs(reference):
            job.stop_requested = True
            if job.state is JobState.QUEUED:
                job.state, job.finished_at = JobState.STOPPED, clock.now()


def roll_back(actor: Actor, reference: str, reason: str | None) -> None:
    """Undo a computed round before anybody was told (NotAllowedNow after that); its drafts lapse and are kept."""
    access.require(actor, Permission.CALCULATIONS_RUN)
    reason = (reason or "").strip()
    if not reason:
        raise InvalidValue(REASON, field="reason")
    row = find(actor, reference, lock=True)
    if row.state is not RoundState.READY:
        raise NotAllowedNow(NOT_TO_ROLL_BACK, code="ROUND")
    with writing("rounds.roll_back"):
        _end(actor, row, RoundState.ROLLED_BACK, reason)


def _end(actor: Actor, row: CalculationRound, state: RoundState, reason: str | None) -> None:
    row.state, row.ended_at, row.ended_by = state, clock.now(), actor.name[:160]
    db.session.execute(
        update(Calculation).where(Calculation.round_id == row.id).values(status=CalculationStatus.LAPSED)
    )
    audit.record(
        actor,
        AuditEvent.ROUND_ENDED,
        "calculation_round",
        row.reference,
        data={"outcome": state.value},
        personal={"reason": reason} if reason else None,
    )


def recalculate(actor: Actor, reference: str, hco_numbers: Iterable[str]) -> None:
    """Compute some facilities of a round again, for instance because a quarter changed since; it is not ready then.

    NotAllowedNow when the round is not waiting to be released, or when the facility cannot be calculated now.
    """
    access.require(actor, Permission.CALCULATIONS_RUN)
    row = find(actor, reference, lock=True)
    if row.state is not RoundState.READY:
        raise NotAllowedNow(NOT_READY, code="ROUND")
    numbers = _cleaned(hco_numbers)
    planned = plan(actor, row.period_code, row.kind, numbers)
    if planned.refused:
        raise _refused(planned.refused)
    drafts = (
        select(Calculation.id)
        .join(Facility, Facility.id == Calculation.facility_id)
        .where(Calculation.round_id == row.id, Facility.hco_number.in_(numbers))
    )
    ids = db.session.scalars(drafts).all()
    if not ids:
        raise NotFound
    with writing("rounds.recalculate"):
        db.session.execute(delete(CalculationDerivation).where(CalculationDerivation.calculation_id.in_(ids)))
        db.session.execute(delete(Calculation).where(Calculation.id.in_(ids)))
        row.state, row.summary, row.calculated_at = RoundState.QUEUED, None, None
    background_jobs.enqueue(actor, JOB, {"round": reference}, total=len(ids))
    audit.record(actor, AuditEvent.ROUND_RECALCULATED, "calculation_round", reference, data={"facilities": len(ids)})


def resume(actor: Actor, reference: str) -> None:
    """Let a round whose work failed go on; what was computed is skipped. NotAllowedNow when it has ended."""
    access.require(actor, Permission.CALCULATIONS_RUN)
    row = find(actor, reference, lock=True)
    if row.state not in RUNNING:
        raise NotAllowedNow(NOT_RUNNING, code="ROUND")
    if not _jobs(reference):
        background_jobs.enqueue(actor, JOB, {"round": reference}, total=len(json.loads(row.facilities or "[]")))
        audit.record(actor, AuditEvent.ROUND_RESUMED, "calculation_round", reference)


def _jobs(reference: str) -> Sequence[BackgroundJob]:
    return db.session.scalars(
        select(BackgroundJob).where(
            BackgroundJob.kind == JOB,
            BackgroundJob.parameters == json.dumps({"round": reference}),
            BackgroundJob.state.in_((JobState.QUEUED, JobState.RUNNING)),
        )
    ).all()
