"""Background jobs: done step by step, each step kept; stopped, failed, killed and taken up again without loss."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import TimeoutError as NoConnection

from domain.errors import InvalidValue, NotAllowedNow, NotFound, Unavailable
from jobs import background, work_kinds, worker
from models.all import db
from models.background_job import BackgroundJob, JobState
from models.reference import Funding
from services import background_jobs, clock, outbox, transaction
from services.background_jobs import Progress, Stopped, Work
from tests.factories import actors, organisations
from tests.support.databases import ROOT, PreparedDatabase


def rows() -> list[str]:
    """What the counting work has kept."""
    db.session.rollback()
    return list(db.session.scalars(select(Funding.code).where(Funding.code.like("T-%")).order_by(Funding.code)))


def counting(parameters: Mapping[str, Any]) -> Work:
    """Adds a row per step and skips those that are there; ``fails_at`` a step it raises, having written its row."""
    total = parameters["total"]
    for number in range(1, total + 1):
        code = f"T-{number:02}"
        if db.session.get(Funding, code) is None:
            db.session.add(Funding(code=code, name=code))
            db.session.flush()
            if number == parameters.get("fails_at"):
                raise InvalidValue("Dit kan niet.")
        yield Progress(number, total, f"Stap {number}", outcome={"added": number})


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Mapping[str, Any]], Work]], None]:
    """Teach the worker the kind ``test``; ``counting`` unless another work is given."""

    def teach(work: Callable[[Mapping[str, Any]], Work] = counting) -> None:
        monkeypatch.setitem(work_kinds.KINDS, "test", work)

    teach()
    return teach


def ask(**parameters: Any) -> str:
    with transaction.unit_of_work():
        return background_jobs.enqueue(actors.case_manager(), "test", {"total": 3} | parameters).reference


def job(reference: str) -> BackgroundJob:
    db.session.rollback()
    return db.session.scalars(
        select(BackgroundJob).where(BackgroundJob.reference == reference).execution_options(populate_existing=True)
    ).one()


def test_a_job_is_done_to_its_end_with_its_outcome(database: PreparedDatabase, kinds: Any) -> None:
    reference = ask()
    assert worker.work(once=True).jobs == 1
    done = job(reference)
    assert (done.state, done.done, done.total, done.step, done.attempts) == (JobState.DONE, 3, 3, "Stap 3", 1)
    assert (json.loads(done.outcome or ""), done.finished_at, done.leased_until) == ({"added": 3}, clock.now(), None)
    assert rows() == ["T-01", "T-02", "T-03"]
    assert worker.work(once=True).jobs == 0


def test_every_step_is_kept_and_seen_by_others_at_once(database: PreparedDatabase, kinds: Any) -> None:
    reference = ask()
    seen: list[tuple[int, JobState, int]] = []

    def look() -> None:
        db.session.rollback()
        with db.engine.connect() as other:
            (row,) = other.execute(select(BackgroundJob.done, BackgroundJob.state)).all()
            seen.append((row.done, row.state, len(other.execute(select(Funding.code)).all())))

    taken = background.take()
    assert taken is not None
    assert taken.reference == reference
    assert background.perform(taken, meanwhile=look) is JobState.DONE
    assert seen == [(1, JobState.RUNNING, 1), (2, JobState.RUNNING, 2), (3, JobState.RUNNING, 3)]


def test_a_failure_keeps_the_steps_before_it_and_never_holds_the_others(database: PreparedDatabase, kinds: Any) -> None:
    bad, good = ask(fails_at=2), ask(total=1)
    assert worker.work(once=True).jobs == 2
    failed = job(bad)
    assert (failed.state, failed.done, failed.error) == (JobState.FAILED, 1, "Dit kan niet.")
    assert rows() == ["T-01"], "the row of the step that failed is gone"
    assert job(good).state is JobState.DONE
    assert worker.work(once=True).jobs == 0, "a failed job is not tried again by itself"


def test_a_bug_shows_no_more_than_its_kind(database: PreparedDatabase, kinds: Any) -> None:
    def faulty(_parameters: Mapping[str, Any]) -> Work:
        yield Progress(0, 1)
        raise RuntimeError("85.07.30-033.28 Sofie Maes")

    kinds(faulty)
    reference = ask()
    worker.work(once=True)
    assert (job(reference).state, job(reference).error) == (JobState.FAILED, "RuntimeError")
    with transaction.unit_of_work():
        unknown = background_jobs.enqueue(actors.case_manager(), "no such kind", {}).reference
    worker.work(once=True)
    assert job(unknown).state is JobState.FAILED


def test_a_queued_job_is_stopped_at_once_and_can_be_put_back(database: PreparedDatabase, kinds: Any) -> None:
    reference, who = ask(), actors.case_manager()
    with transaction.unit_of_work():
        background_jobs.request_stop(who, reference)
    assert (job(reference).state, worker.work(once=True).jobs) == (JobState.STOPPED, 0)
    with transaction.unit_of_work():
        background_jobs.resume(who, reference)
    assert worker.work(once=True).jobs == 1
    assert (job(reference).state, job(reference).stop_requested, rows()) == (
        JobState.DONE,
        False,
        ["T-01", "T-02", "T-03"],
    )
    with pytest.raises(NotAllowedNow):
        background_jobs.resume(who, reference)


def test_a_running_job_stops_at_its_next_safe_point_and_may_note_it(database: PreparedDatabase, kinds: Any) -> None:
    noted: list[str] = []

    def stoppable(parameters: Mapping[str, Any]) -> Work:
        try:
            yield from counting(parameters)
        except Stopped:
            noted.append("stopped")
            db.session.add(Funding(code="T-99", name="noted"))

    kinds(stoppable)
    reference, who = ask(), actors.case_manager()

    def stop() -> None:
        if job(reference).done == 1:
            with transaction.unit_of_work():
                background_jobs.request_stop(who, reference)

    taken = background.take()
    assert taken is not None
    assert background.perform(taken, meanwhile=stop) is JobState.STOPPED
    assert (noted, rows()) == (["stopped"], ["T-01", "T-02", "T-99"])
    assert (job(reference).state, job(reference).done) == (JobState.STOPPED, 2)


def test_a_worker_that_ends_puts_its_job_back_and_another_goes_on(database: PreparedDatabase, kinds: Any) -> None:
    reference, ends = ask(), Event()
    taken = background.take()
    assert taken is not None
    assert background.perform(taken, ends=ends, meanwhile=ends.set) is None
    assert (job(reference).state, job(reference).attempts, rows()) == (JobState.QUEUED, 0, ["T-01", "T-02"])
    assert worker.work(once=True).jobs == 1
    assert job(reference).state is JobState.DONE


def test_a_worker_that_was_too_slow_cannot_spoil_what_the_next_one_does(
    database: PreparedDatabase, kinds: Any, at: Callable[[str], datetime]
) -> None:
    reference = ask()
    slow = background.take()
    assert slow is not None
    assert background.take() is None, "leased"
    at((clock.now() + background_jobs.LEASE + timedelta(seconds=1)).isoformat())
    assert worker.work(once=True).jobs == 1
    assert background.perform(slow) is None
    assert (job(reference).state, job(reference).attempts) == (JobState.DONE, 2)


def test_a_job_that_kills_its_workers_is_given_up_and_the_others_go_on(
    database: PreparedDatabase, kinds: Any, at: Callable[[str], datetime]
) -> None:
    reference = ask()
    for _ in range(background_jobs.MAX_ATTEMPTS):
        assert background.take(reference) is not None
        at((clock.now() + background_jobs.LEASE + timedelta(seconds=1)).isoformat())
    after = ask()
    assert worker.work(once=True).jobs == 1
    assert (job(reference).state, job(reference).error) == (JobState.FAILED, "given up")
    assert job(after).state is JobState.DONE


def test_a_database_that_is_away_is_no_failure_of_the_work(database: PreparedDatabase, kinds: Any) -> None:
    away = [True]

    def interrupted(parameters: Mapping[str, Any]) -> Work:
        for progress in counting(parameters):
            yield progress
            if away.pop() if away else False:
                raise NoConnection

    kinds(interrupted)
    reference = ask()
    with pytest.raises(NoConnection):
        worker.work(once=True)
    assert (job(reference).state, job(reference).attempts, rows()) == (JobState.QUEUED, 0, ["T-01"])
    assert worker.work(once=True).jobs == 1
    assert (job(reference).state, rows()) == (JobState.DONE, ["T-01", "T-02", "T-03"])


def test_a_document_store_that_is_down_postpones_the_job_and_it_goes_on_by_itself(
    database: PreparedDatabase, kinds: Any, at: Callable[[str], datetime]
) -> None:
    down = [True]

    def storing(parameters: Mapping[str, Any]) -> Work:
        for progress in counting(parameters):
            if progress.done == 2 and down:
                raise Unavailable("Het document kan nu niet bewaard worden.")
            yield progress

    kinds(storing)
    reference, other = ask(), ask(total=1)
    assert worker.work(once=True).jobs == 1, "it does not hold the other, and is not tried again at once"
    waiting = job(reference)
    assert (waiting.state, waiting.attempts, waiting.finished_at, rows()) == (JobState.QUEUED, 1, None, ["T-01"])
    assert job(other).state is JobState.DONE
    down.clear()
    assert worker.work(once=True).jobs == 0, "its delay still runs"
    at((clock.now() + background_jobs.FIRST_DELAY).isoformat())
    assert worker.work(once=True).jobs == 1
    assert (job(reference).state, job(reference).leased_until, rows()) == (
        JobState.DONE,
        None,
        ["T-01", "T-02", "T-03"],
    )


def test_a_store_that_stays_down_fails_the_job_in_the_end_and_it_can_be_resumed(
    database: PreparedDatabase, kinds: Any, at: Callable[[str], datetime]
) -> None:
    def storing(_parameters: Mapping[str, Any]) -> Work:
        yield Progress(0, 1)
        raise Unavailable("Het document kan nu niet bewaard worden.")

    kinds(storing)
    reference, delays = ask(), []
    for _ in range(background_jobs.MAX_ATTEMPTS - 1):
        assert worker.work(once=True).jobs == 0
        until = job(reference).leased_until
        assert until is not None
        delays.append((until - clock.now()) / background_jobs.FIRST_DELAY)
        at(until.isoformat())
    assert worker.work(once=True).jobs == 1
    failed = job(reference)
    assert (failed.state, failed.error) == (JobState.FAILED, "Het document kan nu niet bewaard worden.")
    assert delays == [1, 2, 4, 8]
    kinds()
    with transaction.unit_of_work():
        background_jobs.resume(actors.case_manager(), reference)
    assert worker.work(once=True).jobs == 1
    assert job(reference).state is JobState.DONE


def test_mail_leaves_between_the_steps_of_a_long_job(
    database: PreparedDatabase, kinds: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "IDLE", 0.0)
    left: list[bool] = []
    folder = database.settings.instance / "mail"

    def long(_parameters: Mapping[str, Any]) -> Work:
        outbox.enqueue("new_message", "a@example.be", event_key="e", subject_type="t", subject_key="1")
        yield Progress(1, 2)
        left.append(folder.exists() and any(folder.iterdir()))
        yield Progress(2, 2)

    kinds(long)
    ask()
    assert worker.work(once=True).sent == 1
    assert left == [True]


def test_who_may_see_a_job(database: PreparedDatabase, kinds: Any) -> None:
    mine, other = organisations.facility(), organisations.facility()
    clerk, stranger = actors.facility_user(mine), actors.facility_user(other)
    of_department = ask()
    with transaction.unit_of_work():
        own = background_jobs.enqueue(clerk, "test", {"total": 1}).reference
    assert background_jobs.find(clerk, own).reference == own
    for who, reference in ((stranger, own), (clerk, of_department), (actors.helpdesk(), own)):
        with pytest.raises(NotFound):
            background_jobs.find(who, reference)
        with pytest.raises(NotFound):
            background_jobs.request_stop(who, reference)
    assert [one.reference for one in background_jobs.jobs(clerk, ["test"])] == [own]
    assert [one.reference for one in background_jobs.jobs(actors.case_manager(), ["test"])] == [own, of_department]
    assert background_jobs.jobs(actors.helpdesk(), ["test"]) == []


_VICTIM = """
import sys, time
from datetime import datetime
from app import create_app
from jobs import work_kinds, worker
from services.background_jobs import Progress
from tests.integration.house.test_background_jobs import counting

def slow(parameters):
    for progress in counting(parameters):
        yield progress
        if progress.done == 2:
            print("two", flush=True)
            time.sleep(60)

work_kinds.KINDS["test"] = slow
with create_app().app_context():
    worker.run()
"""


@pytest.fixture
def victim(database: PreparedDatabase) -> Iterator[subprocess.Popen[str]]:
    """A worker process that hangs in the third step of a job, having said ``two``."""
    environment = {
        **os.environ,
        "ELOKET_ENV": "development",
        "INSTANCE": str(database.settings.instance),
        "DATABASE_URL": database.settings.database_url,
        "ELOKET_NOW": clock.now().isoformat(),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", _VICTIM],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def test_kill_9_in_mid_job_loses_no_step_and_the_next_worker_ends_it(
    database: PreparedDatabase, kinds: Any, victim: subprocess.Popen[str], at: Callable[[str], datetime]
) -> None:
    reference = ask()
    assert victim.stdout is not None
    while victim.stdout.readline() not in ("two\n", ""):
        pass
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    assert (job(reference).state, job(reference).done, rows()) == (JobState.RUNNING, 2, ["T-01", "T-02"])
    assert worker.work(once=True).jobs == 0, "its lease still runs"
    at((clock.now() + background_jobs.LEASE + timedelta(seconds=1)).isoformat())
    assert worker.work(once=True).jobs == 1
    assert (job(reference).state, job(reference).attempts, rows()) == (JobState.DONE, 2, ["T-01", "T-02", "T-03"])
