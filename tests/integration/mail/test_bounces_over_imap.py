"""Mail that came back, read from a real IMAP server (Dovecot): counted once, whatever happens in between."""

from __future__ import annotations

import time
from collections.abc import Callable, MutableMapping
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from integrations import mailboxes
from integrations.mailboxes import AT_ONCE, LARGEST, ImapMailbox
from jobs import checkup, worker
from jobs import mail as mail_jobs
from models.all import db
from models.outbox import MailBounce
from services import mail_addresses, outbox, transaction
from services.connections import connect, connections
from services.outbox import bounces
from tests.factories import actors
from tests.integration.mail.scene import SOFIE, ask, report, rows
from tests.support.databases import PreparedDatabase
from tests.support.dovecot import PASSWORD, USER, Dovecot

READ, ASIDE = {"\\Seen"}, {"\\Seen", "\\Flagged"}
STRANGER = "<ffffffffffffffffffffffffffffffff@dossierloket>"


@pytest.fixture
def read(database: PreparedDatabase, imap: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Connect as ELOKET_BOUNCES says, to the running server unless said otherwise. No rest after a fault."""
    monkeypatch.setattr(mailboxes, "REST", 0)

    def connected(url: str = "") -> None:
        connect(replace(database.settings, bounces=url or imap.url()))

    connected()
    return connected


def counted() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(MailBounce)) or 0


def sent(number: int) -> list[str]:
    """The Message-IDs of mails to as many addresses."""
    with transaction.unit_of_work():
        for one in range(number):
            outbox.enqueue(
                "dossier_reopened",
                f"{one}@linde.example.be",
                event_key=f"e{one}",
                subject_type="dossier",
                subject_key="71000012-2024K1",
                parameters={"quarter": "2024K1"},
            )
    return [row.message_id for row in rows()]


def problems(logs: list[MutableMapping[str, Any]]) -> list[Any]:
    """What the log says of a mailbox that cannot be read; never who signs in, and where."""
    text = str(logs)
    assert not any(secret in text for secret in (USER, PASSWORD, "127.0.0.1"))
    return [line["why"] for line in logs if line["event"] == "mailbox of bounces cannot be read"]


def test_a_report_marks_the_mail_and_its_address_and_is_marked_as_read(
    read: Callable[..., None], imap: Dovecot
) -> None:
    ask()
    worker.work(once=True)
    imap.deliver(report(rows()[0].message_id))
    with capture_logs() as logs:
        worker.sweep()
    assert [line["bounces"] for line in logs if line["event"] == "swept"] == [1]
    assert rows()[0].bounce == "5.1.1"
    assert mail_addresses.is_bouncing(SOFIE)
    assert not mail_addresses.is_bouncing("somebody@else.example")
    assert imap.flags() == [READ]
    (finding,) = [one for one in checkup.examine() if one.part == "bounces"]
    assert (finding.ok, finding.says) == (True, "a mailbox is read")


def test_what_is_read_twice_counts_once(read: Callable[..., None], imap: Dovecot) -> None:
    """Told twice, put back to unread by a person, or read by two workers at the same time."""
    (message_id,) = sent(1)
    imap.deliver(report(message_id), report(message_id))
    other = mailboxes.mailbox_of(imap.url())
    assert other is not None
    at_the_same_time = other.unread()
    next(at_the_same_time)
    assert mail_jobs.read_bounces() == 1
    connections().bounces = _Opened(other, at_the_same_time)
    assert mail_jobs.read_bounces() == 0
    read()
    with imap.signed_in() as person:
        person.select("INBOX")
        person.store("1:*", "-FLAGS", "\\Seen")
    assert mail_jobs.read_bounces() == 0
    assert counted() == 1
    assert imap.flags() == [READ, READ]


class _Opened:
    """A mailbox that is being read: the first mail was fetched before somebody else marked it."""

    def __init__(self, box: Any, unread: Any) -> None:
        self.unread = lambda: unread
        self.mark = box.mark
        self.check = box.check


def _hostile() -> dict[str, bytes]:
    of_daemon = b"From: MAILER-DAEMON@mx\r\n"
    box = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
    status = of_daemon + b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\n'
    return {
        "not ours": report(STRANGER),
        "of somebody else": report("<1@elsewhere.example>"),
        "an absence": b"From: an@example.be\r\nAuto-Submitted: auto-replied\r\n\r\nIk ben met verlof.\r\n",
        "huge": report("<1@elsewhere.example>") + b"x" * LARGEST,
        "nested": b"".join(box % (one, one) for one in range(999)),
        "mails in mails": status + b"Content-Type: message/rfc822\r\n\r\n" * 20_000,
        "parts without end": status + b"--b\r\n\r\n" * 120_000,
        "status without end": status + b"Content-Type: message/delivery-status\r\n\r\n" + b"\r\n" * 400_000,
        "parameters without end": of_daemon + b"Content-Type: multipart/mixed" + b";" * 900_000 + b"\r\n\r\nx\r\n",
        "no header": b"\r\n\r\n",
        "no charset": b"Content-Type: text/plain; charset=none\r\n" + of_daemon + b"\r\n550 5.1.1 \xff\xfe\x80\r\n",
        "cut": report("<1@elsewhere.example>")[:300],
    }


def test_what_is_foreign_or_hostile_is_put_aside_and_stops_nothing(read: Callable[..., None], imap: Dovecot) -> None:
    (message_id,) = sent(1)
    hostile = _hostile()
    imap.deliver(*hostile.values(), report(message_id))
    began = time.process_time()
    assert mail_jobs.read_bounces() == 1
    assert time.process_time() - began < 10, "one of these alone took 40 seconds"
    assert dict(zip([*hostile, "ours"], imap.flags(), strict=True)) == dict.fromkeys(hostile, ASIDE) | {"ours": READ}
    assert counted() == 1
    assert mail_jobs.read_bounces() == 0


def test_a_bug_with_one_report_holds_no_other(
    read: Callable[..., None], imap: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = sent(2)
    imap.deliver(report(first), report(second))
    record = bounces.record

    def faulty(message_id: str, *words: Any) -> bool:
        if message_id == first:
            raise ZeroDivisionError
        return record(message_id, *words)

    monkeypatch.setattr(bounces, "record", faulty)
    assert mail_jobs.read_bounces() == 1
    assert imap.flags() == [ASIDE, READ]
    assert [row.bounce for row in rows()] == [None, "5.1.1"]


@pytest.mark.parametrize("moment", ["while it is noted", "after it is marked"])
def test_a_connection_that_is_cut_loses_nothing_and_counts_nothing_twice(
    read: Callable[..., None], imap: Dovecot, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """The server is killed in the middle of a look, at the third of six."""
    ids = sent(6)
    imap.deliver(*(report(one) for one in ids))
    record, mark, calls = bounces.record, ImapMailbox.mark, {"record": 0, "mark": 0}

    def recorded(*words: Any) -> bool:
        calls["record"] += 1
        if (calls["record"], moment) == (3, "while it is noted"):
            imap.kill()
        return record(*words)

    def marked(box: ImapMailbox, key: str, *, understood: bool) -> None:
        mark(box, key, understood=understood)
        calls["mark"] += 1
        if (calls["mark"], moment) == (3, "after it is marked"):
            imap.kill()

    with monkeypatch.context() as patched, capture_logs() as logs:
        patched.setattr(bounces, "record", recorded)
        patched.setattr(ImapMailbox, "mark", marked)
        assert mail_jobs.read_bounces() == 3
    assert problems(logs) == ["the connection was lost"]
    imap.start()
    assert imap.flags().count(READ) == (3 if moment == "after it is marked" else 2)
    assert mail_jobs.read_bounces() == 3
    assert imap.flags() == [READ] * 6
    assert counted() == 6
    assert [row.bounce for row in rows()] == ["5.1.1"] * 6


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("password", "it does not accept user and password"),
        ("down", "nobody listens at that address"),
        ("folder", "it has no such folder, or not for this user"),
        ("certificate", "its certificate is refused: self-signed certificate"),
    ],
)
def test_a_mailbox_that_cannot_be_read_is_one_line_and_mail_still_leaves(
    read: Callable[..., None], imap: Dovecot, fault: str, why: str
) -> None:
    """The doctor says it too; what came back meanwhile is read when the fault is gone."""
    ask()
    imap.deliver(report(rows()[0].message_id))
    match fault:
        case "password":
            read(imap.url(password="wrong"))
        case "down":
            imap.kill()
        case "folder":
            read(imap.url("Elders"))
        case "certificate":
            read(imap.url(trusted=False))
    with capture_logs() as logs:
        assert worker.work(once=True).sent == 1
    assert problems(logs) == [why]
    (finding,) = [one for one in checkup.examine() if one.part == "bounces"]
    assert not finding.ok
    assert finding.says == f"the mailbox cannot be read ({why}): check ELOKET_BOUNCES"
    if fault == "down":
        imap.start()
    read()
    assert mail_jobs.read_bounces() == 1


def test_after_a_fault_the_server_is_left_alone_for_a_while(
    read: Callable[..., None], imap: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line in the log per try, and an account that is not closed for trying."""
    monkeypatch.setattr(mailboxes, "REST", 300)
    read(imap.url(password="wrong"))
    with capture_logs() as logs:
        assert [mail_jobs.read_bounces() for _ in range(3)] == [0, 0, 0]
    assert problems(logs) == ["it does not accept user and password"]


@pytest.mark.one_database
def test_a_thousand_reports_are_worked_off_over_several_looks(read: Callable[..., None], imap: Dovecot) -> None:
    ids = sent(1000)
    imap.deliver(*(report(one) for one in ids))
    looks = []
    while found := mail_jobs.read_bounces():
        looks.append(found)
    assert sum(looks) == counted() == 1000
    assert max(looks) <= AT_ONCE
    assert imap.flags() == [READ] * 1000
    assert all(mail_addresses.is_bouncing(f"{one}@linde.example.be") for one in (0, 500, 999))


def test_a_look_that_lasts_leaves_the_rest_for_the_next(
    read: Callable[..., None], imap: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mail must leave in between."""
    ids = sent(3)
    imap.deliver(*(report(one) for one in ids))
    monkeypatch.setattr(mail_jobs, "LOOK", 0)
    with capture_logs() as logs:
        assert [mail_jobs.read_bounces() for _ in range(4)] == [1, 1, 1, 0]
    assert problems(logs) == []


def test_a_mail_that_is_sent_again_to_a_mended_address_comes_back_again(
    read: Callable[..., None], imap: Dovecot, at: Callable[[str], Any]
) -> None:
    ask()
    worker.work(once=True)
    message_id = rows()[0].message_id
    imap.deliver(report(message_id))
    assert mail_jobs.read_bounces() == 1
    at("2030-01-01T10:00:00+01:00")
    with transaction.unit_of_work():
        outbox.resend(actors.case_manager(), rows()[0].id)
    worker.work(once=True)
    imap.deliver(report(message_id))
    assert mail_jobs.read_bounces() == 1
    assert counted() == 2
