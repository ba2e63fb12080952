"""Work that takes longer than a page may: asked for in a use case, done by the worker, watched with its progress.

The work itself is a generator of ``Progress``: at each ``yield`` everything so far is consistent, so the worker commits
there and stops there when somebody asked for that. It may be started again from the beginning after a crash, and then
skips what was done. Which kind of work is which generator stands in ``jobs.work_kinds``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, or_, select

from domain.actor import Actor, Side
from domain.errors import NotFound
from models.background_job import BackgroundJob, JobState
from models.base import db
from models.gate import writing
from services import clock

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 5


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


Work = Iterator[Progress]


def enqueue(actor: Actor, kind: str, parameters: Mapping[str, Any], *, total: int = 0) -> BackgroundJob:
    """Ask for work, in the running transaction. Who may ask is checked by the use case that does."""
    job = BackgroundJob(
        kind=kind,
        parameters=json.dumps(dict(parameters), ensure_ascii=False, sort_keys=True),
        facility_id=actor.facility_id,
        account_id=actor.account_id,
        requested_by=actor.name[:160],
        total=total,
        made_at=clock.now(),
    )
    with writing("background_jobs.enqueue"):
        db.session.add(job)
    return job


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
    job = find(actor, reference)
    with writing("background_jobs.request_stop"):
        job.stop_requested = True
        if job.state is JobState.QUEUED:
            job.state, job.finished_at = JobState.STOPPED, clock.now()


def take() -> BackgroundJob | None:
    """Lease the next job that is due: a queued one, or one whose worker is gone. The caller commits."""
    now = clock.now()
    gone = and_(BackgroundJob.state == JobState.RUNNING, BackgroundJob.leased_until < now)
    job = db.session.scalar(
        select(BackgroundJob)
        .where(or_(BackgroundJob.state == JobState.QUEUED, gone))
        .order_by(BackgroundJob.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if job is None:
        return None
    with writing("background_jobs.take"):
        job.state = JobState.RUNNING
        job.started_at = job.started_at or now
        job.leased_until = now + LEASE
        job.attempts += 1
        if job.attempts > MAX_ATTEMPTS:
            _end(job, JobState.FAILED, "given up")
    return None if job.state is JobState.FAILED else job


def note(job_id: int, progress: Progress) -> bool:
    """Keep the progress and stretch the lease; gives whether somebody asked to stop."""
    job = db.session.get_one(BackgroundJob, job_id, populate_existing=True)
    with writing("background_jobs.note"):
        job.done, job.total, job.step = progress.done, progress.total, progress.step[:160] or None
        job.leased_until = clock.now() + LEASE
        if progress.outcome is not None:
            job.outcome = json.dumps(dict(progress.outcome), ensure_ascii=False, sort_keys=True, default=str)
        if progress.file is not None:
            job.file_digest, job.file_name = progress.file
    return job.stop_requested


def end(job_id: int, state: JobState, error: str | None = None) -> None:
    """Close a job: DONE, STOPPED or FAILED with a short reason for the log."""
    job = db.session.get_one(BackgroundJob, job_id, populate_existing=True)
    with writing("background_jobs.end"):
        _end(job, state, error)


def _end(job: BackgroundJob, state: JobState, error: str | None) -> None:
    job.state, job.finished_at, job.leased_until = state, clock.now(), None
    job.error = error[:300] if error else None
