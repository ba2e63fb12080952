"""Work that takes longer than a page may: asked for in a use case, done by the worker, watched with its progress.

The work itself is a generator of ``Progress``: at each ``yield`` everything so far is consistent, so the worker commits
there and stops there when somebody asked for that (``Stopped`` is thrown in, so that the work can note it). It may be
started again from the beginning after a crash, and then skips what was done. Which kind of work is which generator
stands in ``jobs.work_kinds``; it never holds rows locked across a ``yield``.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select

from domain.actor import Actor, Side
from domain.errors import N_, NotAllowedNow, NotFound
from models.background_job import BackgroundJob, JobState
from models.base import db
from models.gate import writing
from services import clock

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 5
FIRST_DELAY = timedelta(minutes=5)
"""How long a job waits after an outside part was down; twice as long after each time that follows."""
NOT_RESUMED = N_("Dit werk loopt nog, of het is al klaar.")


@dataclass(frozen=True, slots=True)
class Progress:
    """A safe point of the work. ``step`` is a Dutch sentence; the last one may carry the outcome and a stored file.

    ``file``: digest of a stored file and the name to download it under.
    """

    done: int
    total: int
    step: str = ""
    outcome: Mapping[str, Any] | None = None
    file: tuple[str, str] | None = None


Work = Generator[Progress, None, None]


class Stopped(Exception):
    """Thrown into the work at its ``yield`` when somebody asked it to stop. It may write a last note; not more."""


class LeaseLost(Exception):
    """Another worker has taken the job since: what this one did after its last safe point is undone."""


@dataclass(slots=True)
class Taken:
    """A job this worker holds; ``attempts`` and ``until`` are how it is told apart from a worker that was too slow."""

    id: int
    reference: str
    kind: str
    parameters: dict[str, Any]
    attempts: int
    until: datetime


def enqueue(actor: Actor, kind: str, parameters: Mapping[str, Any], *, total: int = 0) -> BackgroundJob:
    """Ask for work, in the running transaction. Who may ask is checked by the use case that does."""
    job = BackgroundJob(
        kind=kind,
        parameters=_written(parameters),
        facility_id=actor.facility_id,
        account_id=actor.account_id,
        requested_by=actor.name[:160],
        total=total,
        made_at=clock.now(),
    )
    with writing("background_jobs.enqueue"):
        db.session.add(job)
    return job


def asked_before(kind: str, parameters: Mapping[str, Any]) -> bool:
    """Whether the same work was asked for, done or not. Two requests at one moment do not see each other."""
    same = select(BackgroundJob.id).where(BackgroundJob.kind == kind, BackgroundJob.parameters == _written(parameters))
    return db.session.scalar(same.limit(1)) is not None


def find(actor: Actor, reference: str) -> BackgroundJob:
    """A job by its reference; NotFound for that of another facility, or of the department for a facility."""
    job = db.session.scalar(select(BackgroundJob).where(BackgroundJob.reference == reference))
    if job is None or (actor.side is Side.FACILITY and job.facility_id != actor.facility_id):
        raise NotFound
    if actor.side is not Side.FACILITY and not actor.is_case_manager:
        raise NotFound
    return job


def request_stop(actor: Actor, reference: str) -> None:
    """Ask a job to stop at its next safe point; a queued one stops at once."""
    job = _locked(find(actor, reference).id)
    with writing("background_jobs.request_stop"):
        job.stop_requested = True
        if job.state is JobState.QUEUED:
            job.state, job.finished_at = JobState.STOPPED, clock.now()


def resume(actor: Actor, reference: str) -> None:
    """Put a job that was stopped or failed back in line; what it did is skipped. NotAllowedNow for any other."""
    job = _locked(find(actor, reference).id)
    if job.state not in (JobState.STOPPED, JobState.FAILED):
        raise NotAllowedNow(NOT_RESUMED)
    with writing("background_jobs.resume"):
        _requeue(job)


def jobs(actor: Actor, kinds: Sequence[str], *, limit: int = 20) -> list[BackgroundJob]:
    """The last jobs of these kinds, newest first: those of the own facility, or all of them for a case manager."""
    statement = select(BackgroundJob).where(BackgroundJob.kind.in_(kinds))
    if actor.side is Side.FACILITY:
        statement = statement.where(BackgroundJob.facility_id == actor.facility_id)
    elif not actor.is_case_manager:
        return []
    return list(db.session.scalars(statement.order_by(BackgroundJob.id.desc()).limit(limit)))


def alive(kind: str) -> list[BackgroundJob]:
    """The jobs of a kind that wait or run."""
    states = (JobState.QUEUED, JobState.RUNNING)
    return list(
        db.session.scalars(
            select(BackgroundJob)
            .where(BackgroundJob.state.in_(states), BackgroundJob.kind == kind)
            .order_by(BackgroundJob.id)
        )
    )


def take_up_failed(kind: str, wait: timedelta) -> int:
    """Put the failed jobs of a kind back in line, so long after they failed; gives how many. For work nobody steers."""
    old = select(BackgroundJob).where(
        BackgroundJob.state == JobState.FAILED,
        BackgroundJob.kind == kind,
        BackgroundJob.finished_at <= clock.now() - wait,
    )
    found = db.session.scalars(old.with_for_update(skip_locked=True)).all()
    with writing("background_jobs.take_up_failed"):
        for job in found:
            _requeue(job)
    return len(found)


def count_failed(kind: str) -> int:
    """How many jobs of a kind have failed and were not put back."""
    failed = select(func.count()).where(BackgroundJob.state == JobState.FAILED, BackgroundJob.kind == kind)
    return db.session.scalar(failed) or 0


def take(reference: str | None = None) -> Taken | None:
    """Lease the next job that is due (or the one named): queued, or with a worker that is gone. The caller commits.

    A queued job with a moment in ``leased_until`` was postponed and waits for it.

    A job whose workers were gone too often has failed and is passed over.
    """
    now = clock.now()
    gone = and_(BackgroundJob.state == JobState.RUNNING, BackgroundJob.leased_until < now)
    free = or_(BackgroundJob.leased_until.is_(None), BackgroundJob.leased_until <= now)
    due = select(BackgroundJob).where(or_(and_(BackgroundJob.state == JobState.QUEUED, free), gone))
    if reference is not None:
        due = due.where(BackgroundJob.reference == reference)
    due = due.order_by(BackgroundJob.id).limit(1).with_for_update(skip_locked=True)
    while (job := db.session.scalar(due.execution_options(populate_existing=True))) is not None:
        with writing("background_jobs.take"):
            job.state = JobState.RUNNING
            job.started_at = job.started_at or now
            job.attempts += 1
            if job.attempts > MAX_ATTEMPTS:
                _end(job, JobState.FAILED, "given up")
                continue
            job.leased_until = now + LEASE
        return Taken(job.id, job.reference, job.kind, json.loads(job.parameters), job.attempts, job.leased_until)
    return None


def note(taken: Taken, progress: Progress) -> bool:
    """Keep the progress and stretch the lease; gives whether somebody asked to stop. LeaseLost: see there."""
    job = _held(taken)
    with writing("background_jobs.note"):
        job.done, job.total, job.step = progress.done, progress.total, progress.step[:160] or None
        job.leased_until = taken.until = clock.now() + LEASE
        if progress.outcome is not None:
            job.outcome = json.dumps(dict(progress.outcome), ensure_ascii=False, sort_keys=True, default=str)
        if progress.file is not None:
            job.file_digest, job.file_name = progress.file
    return job.stop_requested


def end(taken: Taken, state: JobState, error: str | None = None) -> None:
    """Close a job: DONE, STOPPED or FAILED with a short reason for the log."""
    job = _held(taken)
    with writing("background_jobs.end"):
        _end(job, state, error)


def put_back(taken: Taken) -> None:
    """Let go of a job that is not done, because the worker ends or the database was away: the next one takes it up."""
    job = _held(taken)
    with writing("background_jobs.put_back"):
        job.state, job.leased_until = JobState.QUEUED, None
        job.attempts -= 1


def postpone(taken: Taken, error: str) -> JobState:
    """Try a job again later, because an outside part is down; FAILED with the reason when it was tried often enough.

    What was done up to the last safe point is kept, and skipped the next time. Gives the state of the job.
    """
    job = _held(taken)
    with writing("background_jobs.postpone"):
        if job.attempts >= MAX_ATTEMPTS:
            _end(job, JobState.FAILED, error)
        else:
            job.state = JobState.QUEUED
            job.leased_until = clock.now() + FIRST_DELAY * 2 ** (job.attempts - 1)
    return job.state


def _held(taken: Taken) -> BackgroundJob:
    job = _locked(taken.id)
    if (job.state, job.attempts, job.leased_until) != (JobState.RUNNING, taken.attempts, taken.until):
        raise LeaseLost(taken.reference)
    return job


def _locked(job_id: int) -> BackgroundJob:
    return db.session.get_one(BackgroundJob, job_id, with_for_update=True, populate_existing=True)


def _requeue(job: BackgroundJob) -> None:
    job.state, job.stop_requested, job.attempts = JobState.QUEUED, False, 0
    job.finished_at = job.error = job.leased_until = None


def _written(parameters: Mapping[str, Any]) -> str:
    return json.dumps(dict(parameters), ensure_ascii=False, sort_keys=True)


def _end(job: BackgroundJob, state: JobState, error: str | None) -> None:
    job.state, job.finished_at, job.leased_until = state, clock.now(), None
    job.error = error[:300] if error else None
