"""The worker: mail leaves once the change is committed, at least once, always under one Message-ID."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import select

from integrations.mail import mailer_of
from jobs import worker
from models.all import db
from models.identity import AcceptedAssertion, AuthnRequest, WebSession
from models.outbox import DeliveryState, OutboxMessage
from services import clock, outbox, tokens, transaction
from services.connections import connections
from services.identity import sessions
from services.outbox import letters, sending
from services.outbox.letters import Letter
from tests.factories.database import change, saved
from tests.support.databases import ROOT, PreparedDatabase
from tests.support.smtp import Inbox, mail_server


def enqueue(event: str = "e1", recipient: str = "sofie@linde.example.be") -> None:
    with transaction.unit_of_work():
        outbox.enqueue(
            "dossier_reopened",
            recipient,
            event_key=event,
            subject_type="dossier",
            subject_key="71000012-2024K1",
            parameters={"quarter": "2024K1", "period": "2023-2024"},
        )


def rows() -> list[OutboxMessage]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


@pytest.fixture
def inbox(database: PreparedDatabase) -> Iterator[Inbox]:
    """A mail server that the worker is connected to."""
    with mail_server() as server:
        connections().mailer = mailer_of(f"smtp://127.0.0.1:{server.port}", "loket@example.be")
        yield server


def test_mail_of_a_committed_change_leaves_and_is_marked(inbox: Inbox) -> None:
    enqueue()
    tally = worker.work(once=True)
    assert (tally.sent, tally.later, tally.failed) == (1, 0, 0)
    (row,) = rows()
    assert (row.state, row.sent_at, row.attempts, row.leased_until) == (DeliveryState.SENT, clock.now(), 1, None)
    (mail,) = inbox.messages
    assert (mail["To"], mail["From"], mail["Message-ID"]) == (
        "sofie@linde.example.be",
        "loket@example.be",
        row.message_id,
    )
    assert mail["Subject"] == "Uw dossier 2024K1 is heropend"
    assert (mail["Auto-Submitted"], mail["Content-Language"]) == ("auto-generated", "nl")
    text, page = mail.iter_parts()
    assert (mail.get_content_type(), text.get_content_type(), page.get_content_type()) == (
        "multipart/alternative",
        "text/plain",
        "text/html",
    )
    for part in (text, page):
        assert isinstance(part, EmailMessage)
        assert connections().settings.base_url in part.get_content()


def test_mail_of_a_change_that_was_undone_never_existed(inbox: Inbox) -> None:
    class Undone(Exception):
        pass

    def use_case() -> None:
        with transaction.unit_of_work():
            outbox.enqueue("new_message", "a@example.be", event_key="e", subject_type="t", subject_key="1")
            raise Undone

    with pytest.raises(Undone):
        use_case()
    worker.work(once=True)
    assert (rows(), inbox.messages) == ([], [])


def test_one_event_is_one_mail_to_each(inbox: Inbox) -> None:
    enqueue("e1")
    enqueue("e1")
    enqueue("e1", "ines@linde.example.be")
    enqueue("e1", "x" * 150 + "a@linde.example.be")
    enqueue("e1", "x" * 150 + "b@linde.example.be")
    assert len(rows()) == 4


def test_a_refusal_is_final_and_told(inbox: Inbox) -> None:
    inbox.recipient_answers = ["550 unknown"]
    enqueue()
    assert worker.work(once=True).failed == 1
    (row,) = rows()
    assert (row.state, row.error) == (DeliveryState.FAILED, "SMTP 550")
    assert worker.work(once=True).sent == 0


def test_what_cannot_be_taken_now_is_tried_again_ever_later(inbox: Inbox, at: Callable[[str], datetime]) -> None:
    inbox.answers = ["451 later"] * 3
    enqueue()
    waits = []
    for _ in range(3):
        assert worker.work(once=True).later == 1
        assert worker.work(once=True).later == 0, "not before its time"
        (row,) = rows()
        waits.append(row.next_attempt_at - clock.now())
        at(row.next_attempt_at.isoformat())
    assert waits == sorted(waits)
    assert len(set(waits)) == 3
    assert worker.work(once=True).sent == 1
    assert len(inbox.messages) == 1


def test_it_gives_up_after_the_last_attempt(
    inbox: Inbox, at: Callable[[str], datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "MAX_ATTEMPTS", 4)
    inbox.answers = ["451 later"] * 4
    enqueue()
    for _ in range(4):
        worker.work(once=True)
        at((clock.now() + timedelta(hours=2)).isoformat())
    assert rows()[0].state is DeliveryState.FAILED


def test_one_bad_mail_does_not_hold_the_others(inbox: Inbox) -> None:
    enqueue("e1")
    change(rows()[0], parameters="{}")
    enqueue("e2")
    tally = worker.work(once=True)
    assert (tally.sent, tally.failed) == (1, 1)
    assert [row.state for row in rows()] == [DeliveryState.FAILED, DeliveryState.SENT]


def test_a_bug_with_one_mail_does_not_end_the_worker(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    enqueue("e1")
    enqueue("e2")
    original = letters.message_of

    def faulty(letter: Letter) -> EmailMessage:
        if letter.id == rows()[0].id:
            raise TypeError("a bug")
        return original(letter)

    monkeypatch.setattr(letters, "message_of", faulty)
    tally = worker.work(once=True)
    assert (tally.sent, tally.later) == (1, 1)
    assert rows()[0].error == "TypeError"


def test_a_repeat_is_byte_for_byte_the_same_mail(inbox: Inbox, at: Callable[[str], datetime]) -> None:
    """Sent but not marked: the worker died in between. Whoever gets both can see that they are one."""
    enqueue()
    worker.work(once=True)
    change(rows()[0], state=DeliveryState.PENDING, sent_at=None)
    at((clock.now() + timedelta(minutes=3)).isoformat())
    worker.work(once=True)
    first, second = inbox.messages
    del first["X-Peer"], second["X-Peer"]
    assert first.as_bytes() == second.as_bytes()


def test_a_leased_mail_is_left_alone_until_the_lease_has_run_out(inbox: Inbox, at: Callable[[str], datetime]) -> None:
    enqueue()
    with transaction.unit_of_work():
        assert len(outbox.take()) == 1
    assert worker.work(once=True).sent == 0
    at((clock.now() + outbox.LEASE + timedelta(seconds=1)).isoformat())
    assert worker.work(once=True).sent == 1


def test_many_workers_send_each_mail_once(database: PreparedDatabase, inbox: Inbox) -> None:
    """Workers on any number of machines share one queue."""
    for number in range(24):
        enqueue(f"e{number}")
    failures: list[BaseException] = []

    def run() -> None:
        with database.bare.app_context():
            try:
                worker.work(once=True)
            except BaseException as error:
                failures.append(error)

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(mail["Message-ID"] for mail in inbox.messages) == sorted(row.message_id for row in rows())


def _worker_process(database: PreparedDatabase, now: datetime, mail_url: str, *words: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "ELOKET_ENV": "development",
        "INSTANCE": str(database.settings.instance),
        "DATABASE_URL": database.settings.database_url,
        "ELOKET_MAIL": mail_url,
        "ELOKET_NOW": now.isoformat(),
    }
    command = [sys.executable, "-m", "flask", "--app", "app", "jobs", "work", *words]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def test_kill_9_in_mid_job_loses_nothing_and_keeps_the_message_id(database: PreparedDatabase, tmp_path: Path) -> None:
    """The server has the mail, the worker is killed before it hears so: the mail leaves again under the same id."""
    taken, go_on = Event(), Event()
    with mail_server() as inbox:
        original = inbox.handle_DATA

        async def held(*words: Any) -> str:
            answer = await original(*words)
            taken.set()
            while not go_on.is_set():
                await asyncio.sleep(0.01)
            return answer

        inbox.handle_DATA = held  # type: ignore[method-assign]
        enqueue()
        killed = _worker_process(database, clock.now(), f"smtp://127.0.0.1:{inbox.port}")
        assert taken.wait(30)
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        go_on.set()
        (row,) = rows()
        assert (row.state, row.attempts) == (DeliveryState.PENDING, 1)
        later = clock.now() + outbox.LEASE + timedelta(seconds=1)
        again = _worker_process(database, later, f"smtp://127.0.0.1:{inbox.port}", "--once")
        output, _ = again.communicate(timeout=30)
        assert json.loads(output) == {"sent": 1, "later": 0, "failed": 0, "jobs": 0}
    assert [mail["Message-ID"] for mail in inbox.messages] == [row.message_id] * 2
    assert rows()[0].state is DeliveryState.SENT


@pytest.mark.one_database
def test_sigterm_ends_a_worker_that_waits(database: PreparedDatabase, tmp_path: Path) -> None:
    process = _worker_process(database, clock.now(), f"folder:{tmp_path / 'mail'}")
    heartbeat = database.settings.instance / worker.HEARTBEAT
    heartbeat.unlink(missing_ok=True)
    end = time.monotonic() + 30
    while not heartbeat.exists() and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=10)
    assert (process.returncode, json.loads(output)["sent"]) == (0, 0)
    assert json.loads(heartbeat.read_text())["pid"] == process.pid


def test_the_folder_gets_the_same_mail(database: PreparedDatabase) -> None:
    enqueue()
    worker.work(once=True)
    (file,) = (database.settings.instance / "mail").iterdir()
    assert message_from_bytes(file.read_bytes(), policy=policy.default)["Message-ID"] == rows()[0].message_id


def test_what_has_ended_is_cleared_away_and_the_rest_stays(
    database: PreparedDatabase, at: Callable[[str], datetime]
) -> None:
    """Sessions end on the program's clock; requests and assertions on the real one, a day after they expire."""
    for minutes in (1, 60 * 48):
        stored = sessions.StoredSession(tokens.new(), {"language": "nl"})
        sessions.save(stored, timedelta(minutes=minutes))
    real = datetime.now(UTC)
    for hours in (23, 25):
        expires = real - timedelta(hours=hours)
        saved(AcceptedAssertion(idp="acm", assertion_id=f"a{hours}", expires_at=expires))
        saved(AuthnRequest(id=f"r{hours}", idp="acm", browser_digest="b" * 64, made_at=expires, expires_at=expires))
    at((clock.now() + timedelta(hours=25)).isoformat())
    worker.sweep()
    db.session.rollback()
    assert len(list(db.session.scalars(select(WebSession)))) == 1
    assert list(db.session.scalars(select(AcceptedAssertion.assertion_id))) == ["a23"]
    assert list(db.session.scalars(select(AuthnRequest.id))) == ["r23"]


def test_a_fault_in_the_calendar_holds_no_mail(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is looked at every minute is tried again the next minute; mail and jobs go on."""
    enqueue()
    monkeypatch.setattr(worker.campaign, "look", lambda: int("no number"))
    assert worker.work(once=True).sent == 1
    (row,) = rows()
    assert row.state is DeliveryState.SENT
