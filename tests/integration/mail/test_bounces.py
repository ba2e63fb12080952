"""Mail that came back: from the mailbox and from the mail server itself; forged and repeated reports change nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from blueprints import mail_bounces
from domain.econtracting.evidence import EvidenceType
from domain.econtracting.notifications import DEFAULTS, NotificationEvent
from integrations.mailboxes import FolderMailbox, MailboxDown
from jobs import checkup, worker
from jobs import mail as mail_jobs
from models.all import db
from models.audit import AuditEntry
from models.contract_evidence import EvidenceRecord
from models.outbox import MailBounce
from services import clock, mail_addresses, mail_preferences, outbox, transaction
from services.connections import connections
from services.econtracting.notifications import addresses, announce
from services.econtracting.notifications.addresses import AddressEntry
from services.organisations import contacts
from services.outbox import bounces
from services.outbox.bounces import Channel
from tests.factories import actors, organisations
from tests.factories import contracting as make
from tests.integration.mail.scene import SOFIE, ask, report, rows
from tests.support.databases import PreparedDatabase

TOKEN = "a-long-secret-of-this-mail-server-0123456789"


@pytest.fixture
def box(database: PreparedDatabase, tmp_path: Path) -> Path:
    """A mailbox that the worker reads, and one mail that has left."""
    folder = tmp_path / "bounces"
    folder.mkdir()
    connections().bounces = FolderMailbox(folder)
    ask()
    worker.work(once=True)
    return folder


def bounced(status: str = "5.1.1") -> bool:
    with transaction.unit_of_work():
        return bounces.record(rows()[0].message_id, status, Channel.MAILBOX)


def count(table: Any = MailBounce) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_a_report_in_the_mailbox_marks_the_mail_and_its_address(box: Path) -> None:
    """By the Message-ID alone: whoever the report says it was for."""
    (box / "1.eml").write_bytes(report(rows()[0].message_id))
    worker.sweep()
    (row,) = rows()
    assert (row.bounced_at, row.bounce) == (clock.now(), "5.1.1")
    assert mail_addresses.is_bouncing(SOFIE.upper())
    assert not mail_addresses.is_bouncing("somebody@else.example")
    assert [path.name for path in (box / "read").iterdir()] == ["1.eml"]
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "outbox.bounced")).one()
    assert json.loads(entry.data)["status"] == "5.1.1"


def test_one_sending_comes_back_once_however_often_it_is_told(box: Path) -> None:
    for number in range(3):
        (box / f"{number}.eml").write_bytes(report(rows()[0].message_id))
    worker.sweep()
    assert bounced() is False
    assert count() == 1
    with transaction.unit_of_work():
        outbox.resend(actors.case_manager(), rows()[0].id)
    assert rows()[0].bounced_at is None
    worker.work(once=True)


def test_sent_again_it_can_come_back_again(box: Path, at: Callable[[str], datetime]) -> None:
    assert bounced()
    with transaction.unit_of_work():
        outbox.resend(actors.case_manager(), rows()[0].id)
    at("2030-01-01T10:00:00+01:00")
    worker.work(once=True)
    assert bounced()
    assert count() == 2


def test_what_is_only_late_is_kept_and_marks_nothing(box: Path) -> None:
    assert bounced("4.2.2")
    assert rows()[0].bounced_at is None
    assert not mail_addresses.is_bouncing(SOFIE)
    assert count() == 1


@pytest.mark.parametrize(
    "forged", ["<ffffffffffffffffffffffffffffffff@dossierloket>", "", "<x@y>", "%", "\0", "<" + "a" * 5000]
)
def test_a_forged_report_changes_nothing(box: Path, forged: str) -> None:
    with transaction.unit_of_work():
        assert bounces.record(forged, "5.1.1", Channel.WEBHOOK) is False
    (box / "x.eml").write_bytes(report(forged))
    worker.sweep()
    assert count() == 0
    assert rows()[0].bounced_at is None


def test_a_crash_after_noting_reads_it_again_and_counts_it_once(box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (box / "1.eml").write_bytes(report(rows()[0].message_id))

    def crash(*_words: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(FolderMailbox, "mark", crash)
        with pytest.raises(KeyboardInterrupt):
            mail_jobs.read_bounces()
    assert mail_jobs.read_bounces() == 0
    assert count() == 1


def test_a_mailbox_that_is_down_stops_nothing(box: Path) -> None:
    """Doctor and the log say so; mail still leaves."""

    class Down:
        def unread(self) -> Iterator[Any]:
            raise MailboxDown("TimeoutError")

        def check(self) -> None:
            raise MailboxDown("TimeoutError")

        def mark(self, key: str, *, understood: bool) -> None: ...

    connections().bounces = Down()
    ask("more")
    assert worker.work(once=True).sent == 1
    (finding,) = [one for one in checkup.examine() if one.part == "bounces"]
    assert not finding.ok
    assert "ELOKET_BOUNCES" in finding.says


def test_a_mail_server_that_knows_no_such_mailbox_marks_the_address_until_it_takes_mail(
    database: PreparedDatabase,
) -> None:
    with transaction.unit_of_work():
        mail_addresses.answered(SOFIE, "SMTP 550")
    assert mail_addresses.is_bouncing(SOFIE)
    ask()
    assert worker.work(once=True).sent == 1, "work is still tried"
    assert not mail_addresses.is_bouncing(SOFIE)


def test_an_overview_that_comes_back_marks_what_was_in_it(database: Any, at: Callable[[str], datetime]) -> None:
    """And the next one waits until somebody mends the address."""
    at("2024-10-15T12:00:00+02:00")
    facility = organisations.facility()
    person = organisations.contact_person(facility, email=SOFIE)
    sofie = actors.facility_user(facility)
    with transaction.unit_of_work():
        mail_addresses.choose(sofie, SOFIE, language="nl", digest=True)
    ask("a")
    at("2024-10-16T07:00:00+02:00")
    worker.work(once=True)
    with transaction.unit_of_work():
        assert bounces.record(rows()[-1].message_id, "5.2.2", Channel.MAILBOX)
    assert [row.bounce for row in rows()] == ["5.2.2", "5.2.2"]
    ask("b")
    at("2024-10-17T07:00:00+02:00")
    assert worker.work(once=True).sent == 0
    assert [row.email for row in mail_preferences.bouncing(sofie)] == [SOFIE]
    with transaction.unit_of_work():
        mail_preferences.try_again(sofie, person.reference)
    assert mail_preferences.bouncing(sofie) == []
    assert worker.work(once=True).sent == 1


def test_e045_a_contact_person_that_is_changed_starts_anew(database: Any) -> None:
    facility = organisations.facility()
    person = organisations.contact_person(facility, email="old@linde.example.be")
    sofie = actors.facility_user(facility)
    with transaction.unit_of_work():
        mail_addresses.came_back(SOFIE, "5.1.1")
    form = contacts.ContactEntry(
        contacts.ContactPersonFacts("Maes", "Sofie", SOFIE, "", frozenset({"ECALCURA"})), "Directeur"
    )
    with transaction.unit_of_work():
        contacts.change_contact(sofie, person.reference, form, person.version)
    assert not mail_addresses.is_bouncing(SOFIE)


def test_a40_a_bounce_stands_at_the_address_of_the_company_and_in_the_proof(database: Any) -> None:
    an, contract = make.manager(), make.public_contract()
    with transaction.unit_of_work():
        addresses.add(an.actor, AddressEntry(SOFIE, DEFAULTS))
    token = str(json.loads(rows()[-1].parameters)["path"]).rpartition("/")[2]
    with transaction.unit_of_work():
        addresses.confirm(token)
    with transaction.unit_of_work():
        announce(NotificationEvent.NEW_CONTRACT, contract, event_key="a", at=clock.now())
    worker.work(once=True)
    with transaction.unit_of_work():
        assert bounces.record(rows()[-1].message_id, "5.1.1", Channel.WEBHOOK)
    assert [row.status for row in addresses.listed(an.actor)] == ["BOUNCED"]
    kinds = list(db.session.scalars(sa.select(EvidenceRecord.type).order_by(EvidenceRecord.sequence)))
    assert kinds[-2:] == [EvidenceType.MAIL_SENT, EvidenceType.MAIL_FAILED]
    assert [row.email for row in mail_preferences.bouncing(an.actor)] == [SOFIE]


# --- what the mail server tells


@pytest.fixture
def tell(app: Flask, box: Path) -> Callable[..., Any]:
    """Post bounces with the token of this installation, unless said otherwise."""
    settings = app.extensions["settings"]
    object.__setattr__(settings, "bounce_token", TOKEN)
    mail_bounces._taken.clear()
    client = app.test_client()

    def post(body: Any, token: str | None = TOKEN, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return client.post(
            "/mail/bounces", data=data, headers=headers, content_type="application/json", csrf=False, **more
        )

    yield post
    object.__setattr__(settings, "bounce_token", "")


def test_the_mail_server_tells_what_came_back(tell: Callable[..., Any]) -> None:
    one = {"message_id": rows()[0].message_id.strip("<>"), "recipient": "x", "status": "550 5.1.1 unknown"}
    assert tell(one).json == {"taken": 1, "news": 1}
    assert tell([one, one]).json == {"taken": 2, "news": 0}
    assert rows()[0].bounce == "5.1.1"


@pytest.mark.parametrize("token", [None, "", "x", TOKEN + "x", TOKEN[:-1], "ünïcode"])
def test_without_the_token_nothing_is_taken(tell: Callable[..., Any], token: str | None) -> None:
    assert tell({"message_id": rows()[0].message_id, "status": "5.1.1"}, token=token).status_code == 403
    assert count() == 0


def test_without_a_token_in_the_settings_there_is_no_such_page(app: Flask) -> None:
    assert app.test_client().post("/mail/bounces", json={}, csrf=False).status_code == 404
    assert app.test_client().get("/mail/bounces").status_code == 405


@pytest.mark.parametrize(
    "body",
    [
        "",
        "nonsense",
        "null",
        "[1]",
        {"message_id": 1, "status": "5"},
        {"message_id": "x"},
        [{"message_id": "x", "status": "5.1.1"}] * 101,
        {"message_id": "x" * 2000, "status": "5.1.1"},
        "[" * 10_000,
    ],
    ids=range(9),
)
def test_anything_else_is_malformed(tell: Callable[..., Any], body: Any) -> None:
    assert tell(body).status_code in (400, 422)


def test_a_call_has_a_size_and_a_minute_a_number(tell: Callable[..., Any]) -> None:
    assert tell(b" " * (mail_bounces.LARGEST + 1)).status_code == 413
    unknown = {"message_id": "x", "status": "5.1.1"}
    answers = [tell(unknown).status_code for _ in range(mail_bounces.A_MINUTE + 1)]
    assert answers[0] == 200
    assert answers[-1] == 429
