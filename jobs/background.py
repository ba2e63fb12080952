"""Doing one background job: a commit at every safe point, progress, stopping, and a short reason when it fails."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Event

import structlog

from domain.errors import DomainError, Unavailable
from jobs.work_kinds import KINDS
from models.background_job import JobState
from services import background_jobs, transaction
from services.background_jobs import LeaseLost, Stopped, Taken, Work
from services.database_faults import DatabaseFault, Fault, classify

log = structlog.get_logger("jobs")


def take(reference: str | None = None) -> Taken | None:
    """Lease the next job, or the one named, and commit that: a worker that is killed leaves a lease that runs out."""
    with transaction.unit_of_work():
        return background_jobs.take(reference)


def perform(taken: Taken, *, ends: Event | None = None, meanwhile: Callable[[], None] | None = None) -> JobState | None:
    """Do a job that was taken; gives its state afterwards, None when it was let go of for another worker.

    ``ends``: set when this process ends; the job goes back in line at its next safe point. ``meanwhile`` is called at
    every safe point, outside any transaction. A database that is away is raised, after an attempt to put the job back;
    another outside part that is down (the document store) postpones the job, some times; anything else the work raises
    is its failure and nobody else's.
    """
    log.info("job", job=taken.reference, kind=taken.kind, attempt=taken.attempts)
    try:
        state = _iterate(taken, KINDS[taken.kind](taken.parameters), ends or Event(), meanwhile)
    except LeaseLost:
        log.warning("job lost", job=taken.reference, kind=taken.kind)
        return None
    except Exception as problem:
        if _is_outside(problem):
            _let_go(taken)
            raise
        if isinstance(problem, Unavailable):
            return _postpone(taken, problem)
        log.error("job failed", job=taken.reference, kind=taken.kind, exc_info=problem)
        with suppress(LeaseLost), transaction.unit_of_work():
            background_jobs.end(taken, JobState.FAILED, _reason(problem))
        state = JobState.FAILED
    log.info("job ended", job=taken.reference, kind=taken.kind, state=state or "let go")
    return state


def _iterate(taken: Taken, work: Work, ends: Event, meanwhile: Callable[[], None] | None) -> JobState | None:
    while True:
        with transaction.unit_of_work():
            progress = next(work, None)
            if progress is None:
                background_jobs.end(taken, JobState.DONE)
                return JobState.DONE
            stop_requested = background_jobs.note(taken, progress)
        if stop_requested:
            with transaction.unit_of_work():
                with suppress(Stopped, StopIteration):
                    background_jobs.note(taken, work.throw(Stopped()))
                background_jobs.end(taken, JobState.STOPPED)
            return JobState.STOPPED
        if ends.is_set():
            work.close()
            with transaction.unit_of_work():
                background_jobs.put_back(taken)
            return None
        if meanwhile is not None:
            meanwhile()


def _is_outside(problem: Exception) -> bool:
    """Whether the database is away or busy: nothing the work can help."""
    if isinstance(problem, transaction.OutcomeUnknown):
        return True
    return isinstance(problem, DatabaseFault) and classify(problem) is not Fault.BUG


def _let_go(taken: Taken) -> None:
    """Best effort: when the database stays away, the lease runs out by itself."""
    try:
        with transaction.unit_of_work():
            background_jobs.put_back(taken)
    except (*DatabaseFault, transaction.OutcomeUnknown, LeaseLost):
        transaction.rollback()


def _postpone(taken: Taken, problem: Unavailable) -> JobState | None:
    """Back in line with a delay, or failed after the last attempt; what the work wrote since a safe point is undone."""
    state: JobState | None = None
    with suppress(LeaseLost), transaction.unit_of_work():
        state = background_jobs.postpone(taken, _reason(problem))
    log.warning("job postponed", job=taken.reference, kind=taken.kind, attempt=taken.attempts, state=state or "lost")
    return JobState.FAILED if state is JobState.FAILED else None


def _reason(problem: Exception) -> str:
    """What the list of jobs says. Of a bug no more than its kind: the log has the rest, and no personal data leaks."""
    return str(problem) if isinstance(problem, DomainError) else type(problem).__name__
