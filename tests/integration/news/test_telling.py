"""Telling every subscriber: kept with the event, written by the worker in parts, nobody forgotten or told twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from domain.news import Topic
from jobs import background, checkup, worker
from models.background_job import BackgroundJob, JobState
from models.base import db, new_reference
from models.gate import writing
from models.news import Subscription
from models.outbox import OutboxMessage
from services import background_jobs, clock, outbox, tokens
from services.news import issues, subscriptions, telling
from services.secret_links import Purpose, token_of
from services.transaction import unit_of_work
from tests.factories.news import draft, issue, leave_token, subscribed, writer, written
from tests.integration.declaration.scene import statements
from tests.support.databases import PreparedDatabase

At = Callable[[str], datetime]
MANY = 7


@pytest.fixture(autouse=True)
def _small_parts(database: PreparedDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three mails in a commit, so that seven subscribers take three."""
    monkeypatch.setattr(telling, "BATCH", 3)


def crowd(size: int = MANY, *, first: int = 0) -> None:
    """So many confirmed subscribers of the newsletter."""
    now = clock.now()
    with unit_of_work(), writing("test"):
        for number in range(first, first + size):
            reference = new_reference()
            db.session.add(
                Subscription(
                    reference=reference,
                    email=f"lezer{number}@voorbeeld.be",
                    topic=Topic.NEWS,
                    asked_at=now,
                    confirmed_at=now,
                    leave_digest=tokens.digest(token_of(Purpose.LEAVE, reference)),
                )
            )


def told() -> Counter[str]:
    """How many mails each address has."""
    db.session.rollback()
    return Counter(db.session.scalars(select(OutboxMessage.recipient)))


def jobs() -> list[JobState]:
    """Where the work stands."""
    db.session.rollback()
    return list(db.session.scalars(select(BackgroundJob.state)))


def everybody(size: int = MANY) -> Counter[str]:
    """One mail for each of the crowd."""
    return Counter(f"lezer{number}@voorbeeld.be" for number in range(size))


def test_the_request_that_publishes_asks_as_much_of_the_database_for_many_as_for_one() -> None:
    def statements_of(key: str) -> int:
        with statements() as seen, unit_of_work():
            telling.tell(Topic.NEWS, "news_issue", {"number": 1, "path": "/nieuws/1"}, event_key=key)
        return len(seen)

    crowd(1)
    few = statements_of("een")
    crowd(60, first=1)
    assert statements_of("twee") == few <= 5
    assert told() == Counter(), "the worker writes them"


def test_the_worker_writes_them_in_parts_each_with_its_own_commit() -> None:
    crowd()
    issue()
    assert (jobs(), told()) == ([JobState.QUEUED], Counter())
    seen: list[int] = []
    taken = background.take()
    assert taken is not None
    counted = select(func.count()).select_from(OutboxMessage)
    background.perform(taken, meanwhile=lambda: seen.append(db.session.scalar(counted) or 0))
    assert seen == [3, 6, 7]
    assert told() == everybody()


def test_a_worker_that_is_killed_halfway_leaves_nobody_out_and_tells_nobody_twice(at: At) -> None:
    at("2026-10-05T10:00:00+02:00")
    crowd()
    issue()
    taken = background.take()
    assert taken is not None
    steps = telling.work(taken.parameters)
    for _ in range(2):
        with unit_of_work():
            next(steps)
    steps.close()  # the process is gone: its lease runs out
    assert sum(told().values()) == 6
    assert background.take() is None, "nobody else has it yet"
    at((clock.now() + background_jobs.LEASE + timedelta(seconds=1)).isoformat())
    written()
    assert told() == everybody()
    assert jobs() == [JobState.DONE]


def test_a_publication_that_is_undone_tells_nobody() -> None:
    crowd(1)
    row = draft()
    issues.publish(writer(), row.reference, row.version)
    db.session.rollback()
    written()
    assert (jobs(), told()) == ([], Counter())


def test_an_event_is_asked_for_once_and_asked_for_at_one_moment_still_makes_one_mail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    crowd(2)

    def ask() -> None:
        with unit_of_work():
            telling.tell(Topic.NEWS, "news_issue", {"number": 1, "path": "/nieuws/1"}, event_key="een")

    ask()
    ask()
    assert jobs() == [JobState.QUEUED]
    monkeypatch.setattr(background_jobs, "asked_before", lambda *_: False)
    ask()
    written()
    ask()
    written()
    assert told() == everybody(2)


def test_who_leaves_before_the_mail_is_written_gets_none_and_who_comes_before_it_gets_one(at: At) -> None:
    at("2026-10-05T10:00:00+02:00")
    leaver = subscribed("weg@voorbeeld.be", Topic.NEWS)[0]
    subscribed("weer@voorbeeld.be", Topic.NEWS)
    issue()
    with unit_of_work():
        subscriptions.leave(leave_token(leaver))
    at("2026-10-05T12:00:00+02:00")
    subscribed("later@voorbeeld.be", Topic.NEWS)
    written()
    assert mails("news_issue") == ["weer@voorbeeld.be", "later@voorbeeld.be"]


def mails(template: str) -> list[str]:
    """Who gets a template."""
    db.session.rollback()
    chosen = select(OutboxMessage.recipient).where(OutboxMessage.template == template).order_by(OutboxMessage.id)
    return list(db.session.scalars(chosen))


def test_a_text_that_cannot_be_written_is_refused_with_the_event_and_not_in_the_worker() -> None:
    with pytest.raises(KeyError), unit_of_work():
        telling.tell(Topic.NEWS, "news_issue", {"path": "/nieuws/1"}, event_key="een")
    assert jobs() == []


def test_work_that_failed_is_told_by_the_checkup_and_taken_up_by_the_sweep(
    at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    at("2026-10-05T10:00:00+02:00")
    crowd()
    issue()
    with monkeypatch.context() as broken:

        def wrong(*_: object, **__: object) -> None:
            raise RuntimeError

        broken.setattr(outbox, "enqueue", wrong)
        taken = background.take()
        assert taken is not None
        assert background.perform(taken) is JobState.FAILED
    found = {finding.part: finding for finding in checkup.examine()}
    assert not found["mail queue"].ok
    worker.sweep()
    assert jobs() == [JobState.FAILED], "not at once"
    at("2026-10-05T11:00:01+02:00")
    worker.sweep()
    written()
    assert told() == everybody()
    assert {finding.part: finding for finding in checkup.examine()}["mail queue"].ok
