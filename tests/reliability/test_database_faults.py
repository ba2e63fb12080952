"""The database locked, restarted, out of reach or full: a page that says so, nothing half saved, and the next request
works as if nothing had happened."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from contextvars import Context
from functools import partial
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from models.all import db
from models.audit import AuditEntry
from models.organisation import Certificate
from models.outbox import OutboxMessage
from services import audit
from services.database_faults import Fault, classify
from tests.factories import organisations
from tests.reliability.broken_database import failing, listening, out_of_reach
from tests.reliability.lanes import holding
from tests.reliability.scenes import QUARTER, Scene, assert_whole, count, scene, status
from tests.support.client import Client
from tests.support.databases import PreparedDatabase
from tests.support.sign_in import SignedIn

FORM = {"kind": "ATTEST_SOCIAAL_AKKOORD", "start": "01/01/2024", "end": ""}
ADD = "/ecalcura/certificaten/toevoegen"
READ = "/ecalcura/certificaten/"


@pytest.fixture
def it(app: Flask) -> Scene:
    return scene()


@pytest.fixture
def client(it: Scene, signed_in: SignedIn) -> Client:
    """Somebody of the facility, with a session that exists already."""
    client = signed_in(actor=it.user)
    assert client.get(READ).status_code == 200
    client.csrf_token()
    return client


@pytest.fixture
def impatient(app: Flask) -> Iterator[None]:
    """Nobody waits longer than a tenth of a second for a lock."""

    def hurry(connection: Any, *_rest: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA busy_timeout=100")
        else:
            connection.execute("SET lock_timeout = '100ms'")
            connection.commit()

    with listening(db.engine, "checkout", hurry):
        yield


def _says_try_later(response: TestResponse, code: int = 503) -> None:
    assert response.status_code == code, response.text[:2000]
    assert "Traceback" not in response.text
    assert "psycopg" not in response.text
    assert "sqlite" not in response.text.lower()
    assert "opnieuw" in response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]


def _nothing_saved() -> None:
    assert count(Certificate) == 1, "the one of the scene"
    assert count(OutboxMessage) == 0
    assert count(AuditEntry) == 0
    assert audit.verify().broken is None
    db.session.rollback()


def _works_again(client: Client) -> None:
    assert client.post(ADD, data=FORM).status_code == 302
    assert count(Certificate) == 2
    assert count(OutboxMessage) == 1
    assert client.get(READ).status_code == 200


def test_locked_while_somebody_else_writes(
    database: PreparedDatabase, it: Scene, client: Client, impatient: None
) -> None:
    """Who waits too long for a lock is told to try again; reading goes on all the time."""
    with holding(database, f"SELECT 1 FROM facility WHERE id = {it.facility.id} FOR UPDATE"):
        _says_try_later(client.post(ADD, data=FORM))
        assert client.get(READ).status_code == 200
        _nothing_saved()
    _works_again(client)


def test_the_audit_head_is_held(database: PreparedDatabase, it: Scene, client: Client, impatient: None) -> None:
    """Everything was written but the trace: then nothing was."""
    with holding(database, "SELECT 1 FROM audit_head FOR UPDATE"):
        _says_try_later(client.post(ADD, data=FORM))
        _nothing_saved()
    _works_again(client)


def test_a_page_waits_for_no_writer_after_a_post(
    database: PreparedDatabase, app: Flask, it: Scene, client: Client, impatient: None
) -> None:
    """Threads of the server are used again: that the last request wrote says nothing about this one."""
    again = app.test_client()
    again.set_cookie(app.config["SESSION_COOKIE_NAME"], client.session_token())
    headers = {"X-CSRFToken": client.csrf_token()}
    thread, here = Context(), super(Client, again)
    assert thread.run(partial(here.open, ADD, method="POST", data=FORM, headers=headers)).status_code == 302
    with holding(database, "LOCK TABLE web_session IN ROW EXCLUSIVE MODE"):
        assert thread.run(partial(here.open, READ)).status_code == 200


def test_a_page_is_read_while_its_session_cannot_be_written(
    database: PreparedDatabase, it: Scene, client: Client, impatient: None, at: Callable[[str], Any]
) -> None:
    """When somebody was last seen is no reason to refuse a page."""
    at("2024-09-16T10:05:00+02:00")
    with holding(database, "SELECT 1 FROM web_session FOR UPDATE"):
        assert client.get(READ).status_code == 200


def test_what_was_saved_is_told_although_the_session_cannot_be_written(
    database: PreparedDatabase, it: Scene, client: Client, impatient: None
) -> None:
    """The change is committed; only the words 'is bewaard' on the next page get lost."""
    token = client.csrf_token()
    with failing("UPDATE web_session", _locked(database)):
        assert client.post(ADD, data=FORM, csrf=False, headers={"X-CSRFToken": token}).status_code == 302
    assert count(Certificate) == 2


def test_nobody_is_told_to_be_signed_out_who_is_not(
    database: PreparedDatabase, it: Scene, client: Client, impatient: None
) -> None:
    """Signing out that could not be written is no signing out."""
    token = client.csrf_token()
    with failing("DELETE FROM web_session", _locked(database)):
        _says_try_later(client.post("/logout", csrf=False, headers={"X-CSRFToken": token}))
    assert client.get(READ).status_code == 200


def _locked(database: PreparedDatabase) -> Exception:
    """What the driver says when a lock is not given in time."""
    if database.kind == "postgresql":
        return psycopg.errors.LockNotAvailable("canceling statement due to lock timeout")
    return sqlite3.OperationalError("database is locked")


def test_a_wait_for_a_lock_ends(database: PreparedDatabase, app: Flask) -> None:
    """Fifteen seconds on both, so that nothing hangs for good."""
    db.session.rollback()
    with db.engine.connect() as connection:
        if database.kind == "postgresql":
            assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "15s"
            assert connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar() == "5min"
        else:
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 15000


class _Terminator:
    """Ends the backend of a connection from outside, when it is about to send a certain statement."""

    def __init__(self, database: PreparedDatabase, before: str) -> None:
        self.address = database.settings.database_url
        self.before = before
        self.done = False

    def __call__(self, connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if self.done or not statement.startswith(self.before):
            return
        self.done = True
        pid = connection.connection.dbapi_connection.info.backend_pid
        with psycopg.connect(self.address, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


@pytest.mark.parametrize(
    "before",
    [
        "SELECT facility.",
        "INSERT INTO certificate",
        "INSERT INTO outbox_message",
        "UPDATE audit_head",
        "INSERT INTO audit",
    ],
)
def test_the_database_is_restarted_in_the_middle_of_a_request(
    database: PreparedDatabase, it: Scene, client: Client, before: str
) -> None:
    """PostgreSQL ends every connection; SQLite has no server, so there the file cannot be read for a moment."""
    if database.kind == "postgresql":
        end = _Terminator(database, before)
        with listening(db.engine, "before_cursor_execute", end):
            _says_try_later(client.post(ADD, data=FORM))
        assert end.done
    else:
        with failing(before, sqlite3.OperationalError("disk I/O error")):
            _says_try_later(client.post(ADD, data=FORM))
    _nothing_saved()
    _works_again(client)


def test_terminated_before_the_commit(database: PreparedDatabase, it: Scene, client: Client) -> None:
    """The last word did not arrive: not acknowledged, not there."""
    if database.kind == "postgresql":

        def end(connection: Any) -> None:
            pid = connection.connection.dbapi_connection.info.backend_pid
            with psycopg.connect(database.settings.database_url, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    else:

        def end(_connection: Any) -> None:
            raise DBAPIError.instance("COMMIT", None, sqlite3.OperationalError("disk I/O error"), sqlite3.Error)

    with listening(db.engine, "commit", end):
        _says_try_later(client.post(ADD, data=FORM))
    _nothing_saved()
    _works_again(client)


def test_e117_the_answer_to_a_commit_gets_lost(database: PreparedDatabase, it: Scene, client: Client) -> None:
    """It was kept, but nobody heard so. The page does not claim the contrary, and the same key gives the receipt."""
    assert client.actor is not None
    it.user = client.actor
    key = it.review()
    address = f"/ecalcura/aangifte/{QUARTER}/indienen/{key}"

    def lose(connection: Any) -> None:
        driver = connection.connection.dbapi_connection
        if database.kind == "postgresql":
            driver.commit()
            raise DBAPIError.instance("COMMIT", None, psycopg.OperationalError("server closed"), psycopg.Error)
        driver.execute("COMMIT")
        raise DBAPIError.instance("COMMIT", None, sqlite3.OperationalError("disk I/O error"), sqlite3.Error)

    with listening(db.engine, "commit", lose):
        response = client.post(address)
    assert response.status_code == 503
    assert "niets gewijzigd" not in response.text
    assert "Kijk na of ze er staat" in response.text
    assert status(it.number) == "CLOSED"
    done = client.post(address)
    assert done.status_code == 303
    assert_whole(it.number, key, done.location.rpartition("/")[2])


@pytest.mark.parametrize("script", [False, True], ids=["page", "script"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_out_of_reach(database: PreparedDatabase, it: Scene, client: Client, method: str, script: bool) -> None:
    """Not even the session can be read: a page all the same, for everybody, and nobody is signed out by it."""
    headers = {"Accept": "application/json"} if script else {}
    token = client.csrf_token()
    cookies = [client.get_cookie(client.application.config["SESSION_COOKIE_NAME"])]
    with out_of_reach(database):
        response = client.open(
            READ if method == "GET" else ADD, method=method, headers=headers | {"X-CSRFToken": token}, csrf=False
        )
        assert response.status_code == 503
        assert (response.mimetype == "application/json") == script
        if not script:
            _says_try_later(response)
        assert client.get("/healthz").status_code == 200
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json["database"] if ready.json else None) == (503, "down")
    assert [client.get_cookie(client.application.config["SESSION_COOKIE_NAME"])] == cookies
    _nothing_saved()
    _works_again(client)


def test_all_connections_are_busy(database: PreparedDatabase, it: Scene, client: Client) -> None:
    """A crowd: who finds no connection in time is told to try again, and no bug is reported."""
    db.session.rollback()
    engine = db.engine
    pool: Any = engine.pool
    patience, pool._timeout = pool._timeout, 0.05
    taken = []
    try:
        while pool.checkedout() < pool.size() + pool._max_overflow:
            taken.append(engine.connect())
        _says_try_later(client.post(ADD, data=FORM, csrf=False, headers={"X-CSRFToken": "x"}))
        _says_try_later(client.get(READ))
    finally:
        pool._timeout = patience
        for connection in taken:
            connection.close()
    _nothing_saved()
    _works_again(client)


def test_full(database: PreparedDatabase, it: Scene, client: Client) -> None:
    """507: what was there is still there, and what was typed is not half kept."""
    if database.kind == "postgresql":
        message = 'could not extend file "base/16384/16412": No space left on device'
        with failing("INSERT INTO certificate", psycopg.errors.DiskFull(message)):
            _says_try_later(client.post(ADD, data=FORM), 507)
        _nothing_saved()
    else:
        _says_try_later(_fill_sqlite(client), 507)
        assert audit.verify().broken is None
        assert count(AuditEntry) == count(OutboxMessage) == count(Certificate) - 1
    assert client.get(READ).status_code == 200
    organisations.certificate(it.facility)
    assert status(it.number) == "OPEN"


def _fill_sqlite(client: Client) -> TestResponse:
    """Forbid the file to grow, and write until there is no room: real SQLITE_FULL."""

    def no_more_pages(connection: Any, *_rest: Any) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages}")

    db.session.rollback()
    with closing(sqlite3.connect(str(db.engine.url.database))) as file:
        file.execute("VACUUM")  # what earlier tests left free would be room
    with listening(db.engine, "checkout", no_more_pages):
        for month in range(1, 400):
            day = f"01/{month % 12 + 1:02d}/{2024 + month // 12}"
            response = client.post(ADD, data=FORM | {"start": day, "end": day})
            if response.status_code != 302:
                return response
    raise AssertionError("there was always room")


def _really(statement: str) -> sqlite3.Error:
    """What the driver really says about a statement."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(statement)
    except sqlite3.Error as error:
        return error
    finally:
        connection.close()
    raise AssertionError(statement)


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (psycopg.errors.DeadlockDetected("deadlock detected"), Fault.UNAVAILABLE),
        (psycopg.errors.SerializationFailure("could not serialize access"), Fault.UNAVAILABLE),
        (psycopg.errors.LockNotAvailable("canceling statement due to lock timeout"), Fault.UNAVAILABLE),
        (psycopg.errors.AdminShutdown("terminating connection"), Fault.UNAVAILABLE),
        (psycopg.errors.CannotConnectNow("the database system is starting up"), Fault.UNAVAILABLE),
        (psycopg.errors.TooManyConnections("sorry, too many clients already"), Fault.UNAVAILABLE),
        (psycopg.errors.ReadOnlySqlTransaction("cannot execute INSERT in a read-only transaction"), Fault.UNAVAILABLE),
        (psycopg.errors.IdleInTransactionSessionTimeout("terminating connection"), Fault.UNAVAILABLE),
        (psycopg.OperationalError("the connection is closed"), Fault.UNAVAILABLE),
        (psycopg.InterfaceError("the connection is closed"), Fault.UNAVAILABLE),
        (psycopg.errors.DiskFull("No space left on device"), Fault.FULL),
        (sqlite3.OperationalError("database is locked"), Fault.UNAVAILABLE),
        (sqlite3.OperationalError("disk I/O error"), Fault.UNAVAILABLE),
        (sqlite3.OperationalError("unable to open database file"), Fault.UNAVAILABLE),
        (sqlite3.OperationalError("database or disk is full"), Fault.FULL),
        (_really("SELECT 1 FROM nowhere"), Fault.BUG),
        (_really("SELEC 1"), Fault.BUG),
        (psycopg.errors.UndefinedTable("relation does not exist"), Fault.BUG),
        (psycopg.errors.UniqueViolation("duplicate key"), Fault.BUG),
        (sqlite3.IntegrityError("UNIQUE constraint failed"), Fault.BUG),
    ],
    ids=lambda value: f"{type(value).__name__}: {value}"[:50],
)
def test_what_a_drivers_error_means(error: Exception, fault: Fault) -> None:
    base = sqlite3.Error if isinstance(error, sqlite3.Error) else psycopg.Error
    assert classify(DBAPIError.instance("SELECT 1", None, error, base)) is fault
