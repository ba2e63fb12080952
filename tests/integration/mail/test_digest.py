"""One overview a day: at seven in Brussels, of what was made before, once, whatever stops the worker in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.mail import mailer_of
from jobs import mail as mail_jobs
from jobs import worker
from models.outbox import DeliveryState
from services import clock, mail_addresses, outbox, transaction
from services.connections import connections
from services.outbox import digests
from tests.factories import actors
from tests.integration.mail.scene import SOFIE, ask, rows
from tests.reliability.lanes import COMMIT, overlap
from tests.support.databases import PreparedDatabase
from tests.support.smtp import Inbox, mail_server

At = Callable[[str], datetime]


@pytest.fixture
def inbox(database: PreparedDatabase, at: At) -> Iterator[Inbox]:
    at("2024-10-15T12:00:00+02:00")
    prefer(digest=True)
    with mail_server() as server:
        connections().mailer = mailer_of(f"smtp://127.0.0.1:{server.port}", "loket@example.be")
        yield server


def prefer(*, digest: bool, email: str = SOFIE, language: str = "nl") -> None:
    with transaction.unit_of_work():
        mail_addresses.choose(actors.case_manager(), email, language=language, digest=digest)


def text(mail: Any) -> str:
    return str(mail.get_body(("plain",)).get_content())


def test_what_happened_in_a_day_is_one_mail_at_seven(inbox: Inbox, at: At) -> None:
    ask("a")
    ask("b", template="dossier_closed", parameters={"quarter": "2024K2"})
    ask("other", recipient="ines@linde.example.be")
    assert worker.work(once=True).sent == 1, "Ines gets hers at once"
    assert worker.work(once=True).sent == 0
    at("2024-10-16T06:59:00+02:00")
    assert worker.work(once=True).sent == 0, "not before seven"
    at("2024-10-16T07:00:00+02:00")
    assert worker.work(once=True).sent == 1
    assert worker.work(once=True).sent == 0, "once a day"
    overview = inbox.messages[-1]
    assert (overview["To"], overview["Subject"]) == (SOFIE, "Overzicht: 2 meldingen uit het Dossierloket")
    assert "- Uw dossier 2024K1 is heropend" in text(overview)
    assert "- Uw dossier 2024K2 is afgesloten" in text(overview)
    first, second, _ines, made = rows()
    assert {row.state for row in rows()} == {DeliveryState.SENT}
    assert first.gathered_in_id == second.gathered_in_id == made.id
    assert overview["Message-ID"] == made.message_id


def test_a_day_without_anything_has_no_overview(inbox: Inbox, at: At) -> None:
    ask("a")
    at("2024-10-16T07:00:00+02:00")
    worker.work(once=True)
    at("2024-10-17T07:00:00+02:00")
    worker.work(once=True)
    assert len(inbox.messages) == 1


def test_what_came_after_seven_waits_for_the_next_day(inbox: Inbox, at: At) -> None:
    at("2024-10-16T07:00:01+02:00")
    ask("a")
    at("2024-10-16T23:00:00+02:00")
    assert worker.work(once=True).sent == 0
    at("2024-10-17T07:00:00+02:00")
    assert worker.work(once=True).sent == 1


def test_a_worker_that_slept_sends_one_overview_of_all_days(inbox: Inbox, at: At) -> None:
    ask("a")
    at("2024-10-16T12:00:00+02:00")
    ask("b")
    at("2024-10-18T03:00:00+02:00")
    assert worker.work(once=True).sent == 1
    assert "Overzicht: 2 meldingen" in inbox.messages[0]["Subject"]


@pytest.mark.parametrize(
    ("now", "seven"),
    [
        ("2024-10-27T06:30:00+01:00", "2024-10-26T05:00:00+00:00"),
        ("2024-10-27T07:00:00+01:00", "2024-10-27T06:00:00+00:00"),
        ("2025-03-30T07:00:00+02:00", "2025-03-30T05:00:00+00:00"),
        ("2025-03-30T06:59:59+02:00", "2025-03-29T06:00:00+00:00"),
    ],
)
@pytest.mark.one_database
def test_seven_in_brussels_also_when_the_clock_changes(database: Any, now: str, seven: str) -> None:
    assert digests.cutoff(datetime.fromisoformat(now)).astimezone(UTC).isoformat() == seven


def test_a_crash_at_any_step_makes_no_second_overview(inbox: Inbox, at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed after gathering, and after sending before what was gathered knew: one mail, and everything settled."""
    ask("a")
    ask("b")
    at("2024-10-16T07:00:00+02:00")
    assert mail_jobs.gather() == 1
    assert mail_jobs.gather() == 0, "gathering twice is once"
    with monkeypatch.context() as patched:
        patched.setattr(mail_jobs, "settle_gathered", lambda: 0)
        worker.work(once=True)
    assert [row.state for row in rows()] == [DeliveryState.PENDING, DeliveryState.PENDING, DeliveryState.SENT]
    worker.work(once=True)
    assert {row.state for row in rows()} == {DeliveryState.SENT}
    assert len(inbox.messages) == 1


def test_two_workers_that_gather_at_once_make_one(database: PreparedDatabase, at: At) -> None:
    at("2024-10-15T12:00:00+02:00")
    prefer(digest=True)
    ask("a")
    at("2024-10-16T07:00:00+02:00")
    first, second = overlap(database, lambda: digests.gather(SOFIE), lambda: digests.gather(SOFIE), before=COMMIT)
    first.result()
    second.result()
    assert [row.template for row in rows()] == ["dossier_reopened", "digest"]


def test_an_overview_that_is_refused_fails_what_was_in_it(inbox: Inbox, at: At) -> None:
    """And says so at each; each can be sent again on its own."""
    ask("a")
    at("2024-10-16T07:00:00+02:00")
    inbox.recipient_answers = ["550 unknown"]
    assert worker.work(once=True).failed == 1
    assert [(row.state, row.error) for row in rows()] == [(DeliveryState.FAILED, "SMTP 550")] * 2
    with transaction.unit_of_work():
        outbox.resend(actors.case_manager(), rows()[0].id)
    assert worker.work(once=True).sent == 1
    assert inbox.messages[0]["Message-ID"] == rows()[0].message_id


def test_a_repeat_of_an_overview_is_the_same_mail(inbox: Inbox, at: At) -> None:
    """What comes later is not in it."""
    ask("a")
    at("2024-10-16T07:00:00+02:00")
    worker.work(once=True)
    ask("late")
    with transaction.unit_of_work():
        outbox.resend(actors.case_manager(), rows()[1].id)
    assert worker.work(once=True).sent == 1
    first, second = inbox.messages
    del first["X-Peer"], second["X-Peer"]
    assert first.as_bytes() == second.as_bytes()


def test_who_wants_no_overview_any_more_gets_what_waits(inbox: Inbox, at: At) -> None:
    ask("a")
    assert worker.work(once=True).sent == 0
    prefer(digest=False)
    assert worker.work(once=True).sent == 1
    assert inbox.messages[0]["Subject"] == "Uw dossier 2024K1 is heropend"


def test_the_overview_is_in_the_language_of_the_address(inbox: Inbox, at: At) -> None:
    prefer(digest=True, language="en")
    ask("a")
    at("2024-10-16T07:00:00+02:00")
    worker.work(once=True)
    assert inbox.messages[0]["Subject"] == "Overview: 1 notification of the Dossierloket"
    assert "Your dossier 2024K1 has been reopened" in text(inbox.messages[0])


def test_an_overview_of_very_much_stays_readable(inbox: Inbox, at: At) -> None:
    for number in range(130):
        ask(f"e{number}")
    at("2024-10-16T07:00:00+02:00")
    worker.work(once=True)
    assert inbox.messages[0]["Subject"] == "Overzicht: 130 meldingen uit het Dossierloket"
    assert text(inbox.messages[0]).count("- Uw dossier") == 100
    assert "En nog 30 andere" in text(inbox.messages[0])
    assert clock.now() == rows()[-1].sent_at
