"""The calendar as a use case: starting a run, doing what is due facility by facility, and keeping what came of it.

What is due is decided by the calendar at an instant (``campaign_plan``); doing it is left to the same use cases the
back office has, one facility at a time under its lock, so a run that is stopped, killed or repeated never does a thing
twice. Every act bears the real time at which it was done and names the date of the calendar that is its ground.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from domain.actor import SCHEDULER, Actor, Side
from domain.audit_events import AuditEvent
from domain.ecalcura.campaign_acts import STEPS, Act, ActKind, ground
from domain.errors import N_, DomainError, InvalidValue, NotFound
from domain.permissions import Permission
from models.background_job import BackgroundJob, JobState
from models.base import db
from models.campaign import CampaignAct, CampaignRun
from models.declaration import Dossier
from models.gate import writing
from models.organisation import Facility
from models.upserts import upsert
from services import access, audit, background_jobs, clock
from services.background_jobs import Progress, Stopped, Work
from services.connections import connections
from services.database_faults import DatabaseFault, Fault, classify
from services.ecalcura import declarations, events, letters
from services.ecalcura.campaign_plan import COUNTS, Plan, PlannedAct, acts_of, counted, due, is_anything_due
from services.ecalcura.dossiers import number_of
from services.locks import lock_facility
from services.transaction import undone_alone

__all__ = ["KIND", "Plan", "due", "outcome_of", "resume", "start", "start_due", "stop", "work"]

KIND = "campaign"
RETRY_AFTER = timedelta(hours=1)
"""How long the calendar waits by itself after a run in which something failed. A person may start at any time."""
IN_THE_FUTURE = N_("Kies een tijdstip dat al voorbij is: de kalender loopt niet vooruit.")
_PROBLEMS_KEPT = 200


def start(actor: Actor, at: datetime | None = None) -> BackgroundJob | None:
    """Ask for a run of everything due at an instant, by default now; None when nothing is, and then nothing is written.

    InvalidValue (``at``) for an instant that is still to come on an installation that real terms depend on.
    """
    access.require(actor, Permission.CAMPAIGN_RUN)
    now = clock.now()
    at = at or now
    if at > now and connections().settings.production:
        raise InvalidValue(IN_THE_FUTURE, field="at")
    if not is_anything_due(at):
        return None
    run = CampaignRun(at=at, started_at=now, started_by=actor.name[:160])
    with writing("campaign.start"):
        db.session.add(run)
    if actor.side is not Side.SYSTEM:
        data = {"at": at.isoformat()}
        audit.record(actor, AuditEvent.CAMPAIGN_STARTED, "campaign_run", run.reference, data=data)
    return background_jobs.enqueue(actor, KIND, _parameters(run))


def stop(actor: Actor, reference: str) -> None:
    """Ask a run to stop after the facility it is at; NotFound. Nothing happens to one that has ended."""
    job = _steered(actor, reference)
    if job is None or job.state not in (JobState.QUEUED, JobState.RUNNING):
        return
    background_jobs.request_stop(actor, job.reference)
    audit.record(actor, AuditEvent.CAMPAIGN_STOPPED, "campaign_run", reference)


def resume(actor: Actor, reference: str) -> None:
    """Let a run that was stopped or failed go on where it was; NotFound, NotAllowedNow for any other."""
    job = _steered(actor, reference)
    if job is None:
        return
    background_jobs.resume(actor, job.reference)
    audit.record(actor, AuditEvent.CAMPAIGN_RESUMED, "campaign_run", reference)


def _steered(actor: Actor, reference: str) -> BackgroundJob | None:
    access.require(actor, Permission.CAMPAIGN_RUN)
    run = db.session.scalar(select(CampaignRun).where(CampaignRun.reference == reference))
    if run is None:
        raise NotFound
    return job_of(run)


def start_due() -> BackgroundJob | None:
    """What the worker asks every minute: a run when something is due, unless one is under way or was stopped.

    A run that a person stopped holds the calendar until a person starts it again; after a run with problems it waits an
    hour before it tries by itself.
    """
    if background_jobs.alive(KIND):
        return None
    last = db.session.scalar(select(CampaignRun).order_by(CampaignRun.id.desc()).limit(1))
    if last is not None and _holds(last):
        return None
    return start(SCHEDULER)


def is_held() -> bool:
    """Whether the calendar waits for a person, because a run was stopped."""
    last = db.session.scalar(select(CampaignRun).order_by(CampaignRun.id.desc()).limit(1))
    return last is not None and state_of(last) is JobState.STOPPED


def _holds(last: CampaignRun) -> bool:
    state = state_of(last)
    if state is JobState.STOPPED:
        return True
    failed = state is JobState.FAILED or bool(outcome_of(last)["problems"])
    return failed and clock.now() < (last.ended_at or last.started_at) + RETRY_AFTER


def work(parameters: Mapping[str, Any]) -> Work:
    """The acts of one run, each in a commit of its own (background job ``campaign``). Started again it goes on.

    A facility that fails is kept as a problem of the run and does not hold the others.
    """
    run = db.session.scalar(select(CampaignRun).where(CampaignRun.reference == parameters["run"]))
    if run is None:
        raise NotFound
    if run.state == JobState.DONE:
        return
    with writing("campaign.begin"):
        run.state, run.ended_at = JobState.RUNNING.value, None
    plan = due(run.at)
    outcome, total = outcome_of(run), len(plan.acts)
    outcome["problems"] = []
    try:
        yield Progress(0, total)
        for number, planned in enumerate(plan.acts, start=1):
            _attempt(run, planned, outcome)
            _keep(run, outcome)
            yield Progress(number, total, f"{planned.facility_name}: {planned.period_code}", outcome)
    except Stopped:
        _close(run, JobState.STOPPED, outcome)
        return
    _close(run, JobState.DONE, outcome)
    yield Progress(total, total, outcome=outcome)


def outcome_of(run: CampaignRun) -> dict[str, Any]:
    """What a run did: its counts, ``without_address`` (HCO numbers) and ``problems`` (HCO number and message)."""
    empty: dict[str, Any] = {**dict.fromkeys(COUNTS, 0), "without_address": [], "problems": []}
    return empty | (json.loads(run.outcome) if run.outcome else {})


def state_of(run: CampaignRun) -> JobState:
    """How a run stands. One that ended without a word ended as its job did."""
    if run.state != JobState.RUNNING:
        return JobState(run.state)
    job = job_of(run)
    return JobState.FAILED if job is None else job.state


def job_of(run: CampaignRun) -> BackgroundJob | None:
    """The background job that does a run."""
    parameters = json.dumps(_parameters(run), ensure_ascii=False, sort_keys=True)
    return db.session.scalar(
        select(BackgroundJob).where(BackgroundJob.kind == KIND, BackgroundJob.parameters == parameters)
    )


def run_reference(job: BackgroundJob) -> str:
    """The reference of the run a job does."""
    return str(json.loads(job.parameters)["run"])


def _parameters(run: CampaignRun) -> dict[str, str]:
    return {"run": run.reference}


def _attempt(run: CampaignRun, planned: PlannedAct, outcome: dict[str, Any]) -> None:
    """Do one act and count it; what it raises is kept as a problem, but for a database that is away."""
    try:
        with undone_alone(), _standing(run.at):
            act = _carry_out(run, planned)
    except Exception as problem:
        if isinstance(problem, DatabaseFault) and classify(problem) is not Fault.BUG:
            raise
        if len(outcome["problems"]) < _PROBLEMS_KEPT:
            message = str(problem) if isinstance(problem, DomainError) else type(problem).__name__
            outcome["problems"].append({"hco": planned.hco_number, "act": planned.act.kind.value, "message": message})
        return
    if act is None:
        return
    for name, number in counted(act, planned.mails).items():
        outcome[name] += number
    if act.kind is ActKind.LETTER and planned.without_address:
        outcome["without_address"].append(planned.hco_number)


@contextmanager
def _standing(at: datetime) -> Iterator[None]:
    """An instant to come is played as if it were now (never in production); one that is past leaves the clock alone."""
    if at <= clock.now():
        yield
        return
    with clock.standing_at(at):
        yield


def _carry_out(run: CampaignRun, planned: PlannedAct) -> Act | None:
    """One act, as it is due now that the facility is locked; None when it is not any more."""
    facility = lock_facility(planned.facility_id)
    fresh = [act for act in acts_of(facility, planned.period_code, run.at) if act.kind is planned.act.kind]
    if not fresh:
        return None
    (act,) = fresh
    if act.kind is ActKind.LETTER:
        letters.for_not_submitted(SCHEDULER, facility, planned.period_code, act.quarters)
        _remember_letter(facility, act, planned.period_code)
    else:
        _block(facility, act, planned.period_code)
    _trace(run, facility, planned.period_code, act)
    return act


def _remember_letter(facility: Facility, act: Act, period_code: str) -> None:
    """A line on the timeline of each quarter the letter is about, as far as it was opened."""
    found = db.session.scalars(
        select(Dossier)
        .where(Dossier.facility_id == facility.id, Dossier.period_code == period_code)
        .order_by(Dossier.id)
        .execution_options(populate_existing=True)
    )
    with writing("campaign.letter"):
        for dossier in found:
            if dossier.quarter in act.quarters:
                reason = ground(act, period_code, dossier.quarter)
                events.record(SCHEDULER, dossier, events.LETTER_SENT, dossier.status, reason=reason)


def _block(facility: Facility, act: Act, period_code: str) -> None:
    for quarter in act.quarters:
        reason = ground(act, period_code, quarter)
        if quarter in act.never_opened:
            declarations.block_never_opened(SCHEDULER, facility.id, quarter, reason)
        else:
            number = number_of(facility.hco_number, quarter)
            declarations.fire(SCHEDULER, number, STEPS[act.kind], reason)


def _trace(run: CampaignRun, facility: Facility, period_code: str, act: Act) -> None:
    detail = {
        "due": act.due_at.isoformat(),
        "quarters": [str(quarter) for quarter in act.quarters],
        "never_opened": [str(quarter) for quarter in act.never_opened],
    }
    with writing("campaign.act"):
        db.session.execute(
            upsert(CampaignAct)
            .values(
                run_id=run.id,
                period_code=period_code,
                facility_id=facility.id,
                kind=act.kind.value,
                done_at=clock.now(),
                detail=json.dumps(detail, sort_keys=True),
            )
            .on_conflict_do_nothing()
        )
    data = {"period": period_code, "kind": act.kind.value}
    audit.record(SCHEDULER, AuditEvent.CAMPAIGN_ACT, "facility", facility.hco_number, data=data)


def _keep(run: CampaignRun, outcome: Mapping[str, Any]) -> None:
    with writing("campaign.progress"):
        run.outcome = json.dumps(outcome, ensure_ascii=False, sort_keys=True)


def _close(run: CampaignRun, state: JobState, outcome: Mapping[str, Any]) -> None:
    with writing("campaign.close"):
        run.state, run.ended_at = state.value, clock.now()
        run.outcome = json.dumps(outcome, ensure_ascii=False, sort_keys=True)
    counts = {name: outcome[name] for name in COUNTS} | {"problems": len(outcome["problems"])}
    data = {"at": run.at.isoformat(), "counts": counts}
    audit.record(SCHEDULER, AuditEvent.CAMPAIGN_RUN, "campaign_run", run.reference, data=data)
