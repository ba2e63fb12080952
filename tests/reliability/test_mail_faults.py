"""The mail server down, silent, rude or cut off: pages notice nothing and every mail leaves.

A mail that leaves twice carries one Message-ID.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from integrations import mail
from integrations.mail import mailer_of
from jobs import worker
from models.all import db
from models.organisation import Certificate
from models.outbox import DeliveryState, OutboxMessage
from services import clock, outbox, transaction
from services.connections import connections
from tests.reliability.broken_database import out_of_reach
from tests.reliability.lanes import COMMIT, overlap
from tests.reliability.scenes import Scene, count, scene
from tests.support.client import Client
from tests.support.databases import PreparedDatabase
from tests.support.ports import free_port
from tests.support.sign_in import SignedIn
from tests.support.smtp import mail_server


def _enqueue(number: int, kind: str = "wanted") -> None:
    outbox.enqueue(
        "dossier_reopened",
        f"{kind}-{number}@linde.example.be",
        event_key=f"{kind}-{number}",
        subject_type="dossier",
        subject_key=f"71000012-{number}",
        parameters={"quarter": "2024K1", "period": "2023-2024"},
    )


def _rows() -> list[OutboxMessage]:
    db.session.rollback()
    statement = select(OutboxMessage).order_by(OutboxMessage.id).execution_options(populate_existing=True)
    return list(db.session.scalars(statement))


def test_one_event_that_is_enqueued_twice_at_once_is_one_mail(database: PreparedDatabase) -> None:
    first, second = overlap(database, lambda: _enqueue(1), lambda: _enqueue(1), before=COMMIT)
    first.result()
    second.result()
    assert [row.state for row in _rows()] == [DeliveryState.PENDING]


@pytest.fixture
def it(app: Flask) -> Scene:
    return scene()


@pytest.fixture
def client(it: Scene, signed_in: SignedIn) -> Client:
    return signed_in(actor=it.user)


def _notify(client: Client) -> None:
    """A page that causes a mail (E-103)."""
    form = {"kind": "ATTEST_SOCIAAL_AKKOORD", "start": "01/01/2024", "end": ""}
    assert client.post("/ecalcura/certificaten/toevoegen", data=form).status_code == 302


def _closed_port() -> str:
    return f"smtp://127.0.0.1:{free_port()}"


def test_a_page_notices_nothing_of_a_server_that_is_down(
    database: PreparedDatabase, client: Client, at: Callable[[str], datetime]
) -> None:
    """The change is saved at once; the mail leaves when the server is back, with the id it was given first."""
    connections().mailer = mailer_of(_closed_port(), "loket@example.be")
    _notify(client)
    assert count(Certificate) == 2
    (row,) = _rows()
    assert worker.work(once=True).later == 1
    (row,) = _rows()
    assert (row.state, row.error) == (DeliveryState.PENDING, "ConnectionRefusedError")
    assert client.get("/readyz").status_code == 200, "who has no mail can still work"
    with mail_server() as inbox:
        connections().mailer = mailer_of(f"smtp://127.0.0.1:{inbox.port}", "loket@example.be")
        at(row.next_attempt_at.isoformat())
        assert worker.work(once=True).sent == 1
    assert [mail["Message-ID"] for mail in inbox.messages] == [row.message_id]


def test_a_server_that_is_down_for_a_long_weekend(
    database: PreparedDatabase, client: Client, at: Callable[[str], datetime]
) -> None:
    """Four days: nothing is given up, and it leaves within an hour of the server's return."""
    connections().mailer = mailer_of(_closed_port(), "loket@example.be")
    _notify(client)
    end = clock.now() + timedelta(days=4)
    for _ in range(200):
        assert worker.work(once=True).later == 1
        (row,) = _rows()
        assert row.state is DeliveryState.PENDING
        assert row.next_attempt_at - clock.now() <= timedelta(hours=1)
        if row.next_attempt_at > end:
            break
        at(row.next_attempt_at.isoformat())
    else:
        pytest.fail("never came to the end of the weekend")


class _Silent:
    """A port that takes connections and never says a word."""

    def __enter__(self) -> str:
        self._listener = socket.create_server(("127.0.0.1", 0))
        return f"smtp://127.0.0.1:{self._listener.getsockname()[1]}"

    def __exit__(self, *_error: object) -> None:
        self._listener.close()


def test_a_server_that_never_answers(
    database: PreparedDatabase, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT", 0.2)
    with _Silent() as address:
        connections().mailer = mailer_of(address, "loket@example.be")
        _notify(client)
        assert worker.work(once=True).later == 1
    (row,) = _rows()
    assert (row.state, row.attempts) == (DeliveryState.PENDING, 1)


def test_no_transaction_is_open_while_mail_is_sent(database: PreparedDatabase) -> None:
    """However slow the server: others write meanwhile, on SQLite too."""
    with transaction.unit_of_work():
        _enqueue(1)

    class Slow:
        sender = "loket@example.be"

        def send(self, _message: Any) -> None:
            assert not db.session().in_transaction()
            with transaction.unit_of_work():
                _enqueue(2, "meanwhile")

        def check(self) -> None: ...

    connections().mailer = Slow()
    assert worker.work(once=True).sent == 2
    assert [row.state for row in _rows()] == [DeliveryState.SENT] * 2


def test_a_worker_waits_for_a_database_that_is_away(
    database: PreparedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not stop; when the database is back, so is the worker."""
    with transaction.unit_of_work():
        _enqueue(1)
    away, sent, stop = Event(), Event(), Event()

    class Mailer:
        sender = "loket@example.be"

        def send(self, _message: Any) -> None:
            sent.set()

        def check(self) -> None: ...

    class Log:
        def error(self, *_words: object, **_more: object) -> None:
            away.set()

        info = warning = lambda *_words, **_more: None

    connections().mailer = Mailer()
    monkeypatch.setattr(worker, "IDLE", 0.01)
    monkeypatch.setattr(worker, "log", Log())

    def work() -> int:
        with database.bare.app_context():
            return worker.work(stop=stop).sent

    with ThreadPoolExecutor(1) as pool:
        try:
            with out_of_reach(database):
                working = pool.submit(work)
                assert away.wait(30), "it noticed nothing"
            assert sent.wait(30), "it did not come back"
        finally:
            stop.set()
        assert working.result(30) == 1
    assert [row.state for row in _rows()] == [DeliveryState.SENT]


def test_who_comes_late_does_not_undo_who_was_faster(database: PreparedDatabase, at: Callable[[str], datetime]) -> None:
    """A lease ran out while its worker hung; another one has sent the mail; the first one's failure counts no more."""
    with transaction.unit_of_work():
        _enqueue(1)
    with transaction.unit_of_work():
        (slow,) = (row.id for row in outbox.take())
    at((clock.now() + outbox.LEASE + timedelta(seconds=1)).isoformat())
    with mail_server() as inbox:
        connections().mailer = mailer_of(f"smtp://127.0.0.1:{inbox.port}", "loket@example.be")
        assert worker.work(once=True).sent == 1
    with transaction.unit_of_work():
        outbox.settle(slow, error="SMTP 550", permanent=True)
    (row,) = _rows()
    assert (row.state, row.error) == (DeliveryState.SENT, None)
