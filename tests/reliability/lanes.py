"""Two or more use cases at once, each on a thread and a connection of its own, made to meet at a chosen statement.

Nothing here waits for a time: a lane stops at a statement and goes on when told; whether it is waiting for a lock is
asked from the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Barrier, Event, Thread, local
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from models.all import db
from services import transaction
from tests.support.databases import PreparedDatabase

PATIENCE = 30.0
"""Seconds after which something that should happen at once counts as not happening."""
COMMIT = "COMMIT"
"""The place just before a commit."""

Value = TypeVar("Value")
_here = local()


@dataclass
class Lane:
    """A use case on its way. ``stop_at`` is the start of the statement before which it stops the first time."""

    work: Callable[[], Any]
    stop_at: str | None = None
    value: Any = None
    error: BaseException | None = None
    began: Event = field(default_factory=Event)
    stopped: Event = field(default_factory=Event)
    go_on: Event = field(default_factory=Event)
    ended: Event = field(default_factory=Event)
    backend: int | None = None

    def result(self) -> Any:
        """What the use case gave; raises what it raised."""
        if self.error is not None:
            raise self.error
        return self.value

    def pass_by(self, statement: str) -> None:
        """Stop here when this is the place."""
        if self.stop_at is None or not statement.startswith(self.stop_at) or self.stopped.is_set():
            return
        self.stopped.set()
        if not self.go_on.wait(PATIENCE):
            raise TimeoutError(f"nobody let {self.stop_at} go on")


def _lane() -> Lane | None:
    return getattr(_here, "lane", None)


@sa.event.listens_for(Engine, "before_cursor_execute")
def _statement(connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
    lane = _lane()
    if lane is None:
        return
    if connection.dialect.name == "postgresql":
        lane.backend = connection.connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]
    lane.began.set()
    lane.pass_by(statement)


@sa.event.listens_for(Engine, "commit")
def _commit(_connection: Connection) -> None:
    lane = _lane()
    if lane is not None:
        lane.pass_by(COMMIT)


def _start(database: PreparedDatabase, lane: Lane, barrier: Barrier | None = None) -> Thread:
    def run() -> None:
        _here.lane = lane
        try:
            with database.bare.app_context():
                if barrier is not None:
                    barrier.wait(PATIENCE)
                with transaction.unit_of_work():
                    lane.value = lane.work()
        except BaseException as error:
            lane.error = error
        finally:
            _here.lane = None
            lane.ended.set()

    thread = Thread(target=run, daemon=True)
    thread.start()
    return thread


def overlap(
    database: PreparedDatabase, first: Callable[[], Any], second: Callable[[], Any], *, before: str
) -> tuple[Lane, Lane]:
    """Run ``first`` until just before a statement, then ``second`` until it waits for ``first`` or is done, then both.

    Each is a unit of work. Gives both lanes when they have ended.
    """
    db.session.rollback()
    one, two = Lane(first, before), Lane(second)
    threads = [_start(database, one)]
    try:
        _reached(one)
        threads.append(_start(database, two))
        _waits_or_ends(two)
    finally:
        one.go_on.set()
        for thread in threads:
            thread.join(PATIENCE)
    assert one.ended.is_set()
    assert two.ended.is_set()
    return one, two


def _reached(lane: Lane) -> None:
    while not lane.stopped.wait(0.01):
        if lane.ended.is_set() and not lane.stopped.is_set():
            raise AssertionError(f"never came to {lane.stop_at}") from lane.error


def _waits_or_ends(lane: Lane) -> None:
    """Return when the lane waits for a lock, or has ended. On SQLite a writer waits from its BEGIN on."""
    assert lane.began.wait(PATIENCE)
    if lane.backend is None:
        return
    question = sa.text("SELECT wait_event_type FROM pg_stat_activity WHERE pid = :pid")
    for _ in range(3000):
        if lane.ended.wait(0.005):
            return
        with db.engine.connect() as connection:
            if connection.scalar(question, {"pid": lane.backend}) == "Lock":
                return
    raise AssertionError("neither waits nor ends")


def at_once(database: PreparedDatabase, works: Sequence[Callable[[], Any]]) -> list[Lane]:
    """Run use cases, each in a unit of work, all started at the same moment."""
    db.session.rollback()
    barrier = Barrier(len(works))
    lanes = [Lane(work) for work in works]
    threads = [_start(database, lane, barrier) for lane in lanes]
    for thread in threads:
        thread.join(2 * PATIENCE)
    assert all(lane.ended.is_set() for lane in lanes)
    return lanes


def threads_of(count: int, work: Callable[[int], Value]) -> list[Value | BaseException]:
    """Run ``work(number)`` on so many threads that start together; no application context, no transaction."""
    barrier = Barrier(count)
    results: list[Any] = [None] * count

    def run(number: int) -> None:
        try:
            barrier.wait(PATIENCE)
            results[number] = work(number)
        except BaseException as error:
            results[number] = error

    threads = [Thread(target=run, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    return results


@contextmanager
def holding(database: PreparedDatabase, *statements: str) -> Iterator[Connection]:
    """A transaction of somebody else that stays open: on SQLite it has the write lock, on PostgreSQL what it asks."""
    engine = sa.create_engine(database.settings.database_url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                for statement in statements:
                    connection.exec_driver_sql(statement)
            yield connection
    finally:
        engine.dispose()
