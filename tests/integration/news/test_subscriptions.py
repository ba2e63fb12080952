"""Who gets mails: double opt-in, no flooding, one click to stop, nothing told of an address (C-074, A-45, RFC 8058)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

import pytest
from sqlalchemy import select

from domain.audit_events import AuditEvent
from domain.errors import Forbidden, InvalidValue, NotAllowedNow, TooMany
from domain.news import ASKED_BY_CLIENT, Topic
from models.audit import AuditEntry
from models.base import db
from models.gate import writing
from models.outbox import MailAddress, OutboxMessage
from services import clock
from services.listing import Position
from services.news import office, subscriptions, telling
from services.news.office import Criteria, State
from services.outbox import letters
from services.transaction import unit_of_work
from tests.factories import actors
from tests.factories.news import asked, confirm_token, leave_token, rows, subscribed, writer, written
from tests.support.databases import PreparedDatabase

At = Callable[[str], datetime]
NEWS, OUTAGES = Topic.NEWS, Topic.OUTAGES


@pytest.fixture(autouse=True)
def _database(database: PreparedDatabase) -> None:
    """Every test has one."""


def mails(template: str | None = None) -> list[OutboxMessage]:
    """What is in the outbox."""
    found = select(OutboxMessage).order_by(OutboxMessage.id)
    return list(db.session.scalars(found if template is None else found.where(OutboxMessage.template == template)))


def tell(topic: Topic = NEWS, key: str = "gebeurtenis") -> int:
    """One event for everybody who gets a topic."""
    with unit_of_work():
        count = telling.tell(topic, "news_issue", {"number": 1, "path": "/nieuws/1"}, event_key=key)
    written()
    return count


def test_one_mail_asks_to_confirm_both_topics_and_nothing_else_goes_there_before() -> None:
    made = asked()
    assert [(row.topic, row.confirmed_at) for row in made] == [(NEWS, None), (OUTAGES, None)]
    assert [mail.template for mail in mails()] == ["subscription_confirmation"]
    assert tell() == 0
    with unit_of_work():
        subscriptions.confirm(confirm_token(made[0]))
    assert all(row.confirmed_at for row in rows())
    assert tell() == 1


def test_no_token_stands_in_the_database() -> None:
    row = subscribed()[0]
    tell()
    kept = "".join(mail.parameters for mail in mails())
    for token in (confirm_token(row), leave_token(row)):
        assert len(token) == 43, "256 bits"
        assert token not in kept
    assert row.leave_digest == sha256(leave_token(row).encode()).hexdigest()


def test_a_link_to_confirm_works_once_and_for_seven_days(at: At) -> None:
    at("2026-10-05T10:00:00+02:00")
    first = asked("een@voorbeeld.be")[0]
    second = asked("twee@voorbeeld.be")[0]
    with unit_of_work():
        subscriptions.confirm(confirm_token(first))
    with pytest.raises(NotAllowedNow):
        subscriptions.confirm(confirm_token(first))
    at("2026-10-12T10:00:00+02:00")
    with pytest.raises(NotAllowedNow):
        subscriptions.waiting(confirm_token(second))


def test_an_address_is_asked_at_most_once_an_hour(at: At) -> None:
    at("2026-10-05T10:00:00+02:00")
    asked()
    asked()
    asked("lezer@voorbeeld.be", OUTAGES)
    assert len(mails()) == 1
    at("2026-10-05T11:00:00+02:00")
    asked()
    assert len(mails()) == 2


def test_two_requests_at_one_instant_make_one_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither saw the other's row: the key of the mail holds the hour."""
    monkeypatch.setattr(subscriptions, "may_ask", lambda *_: True)
    asked()
    asked()
    assert len(mails()) == 1


def test_one_client_asks_for_so_many_addresses_and_no_more(at: At) -> None:
    at("2026-10-05T10:00:00+02:00")
    with unit_of_work():
        for number in range(ASKED_BY_CLIENT):
            subscriptions.ask(f"a{number}@voorbeeld.be", [NEWS], "nl", client="203.0.113.5")
    with pytest.raises(TooMany):
        subscriptions.ask("nog@voorbeeld.be", [NEWS], "nl", client="203.0.113.5")
    subscriptions.ask("nog@voorbeeld.be", [NEWS], "nl", client="203.0.113.6")
    at("2026-10-05T11:00:00+02:00")
    subscriptions.ask("weer@voorbeeld.be", [NEWS], "nl", client="203.0.113.5")
    db.session.rollback()


def test_how_soon_a_client_is_refused_tells_nothing_of_an_address(at: At) -> None:
    """A-45: one that is subscribed, or was asked just now, counts as much as one that nobody knows."""
    at("2026-10-05T10:00:00+02:00")
    subscribed("bekend@voorbeeld.be")
    subscribed("half@voorbeeld.be", NEWS)
    at("2026-10-05T12:00:00+02:00")
    asked("net@voorbeeld.be")
    for number, address in enumerate(
        ("bekend@voorbeeld.be", "half@voorbeeld.be", "net@voorbeeld.be", "x@voorbeeld.be")
    ):
        client = f"203.0.113.{number}"
        with unit_of_work():
            subscriptions.ask(address, [NEWS, OUTAGES], "nl", client=client)
            for more in range(ASKED_BY_CLIENT - 2):
                subscriptions.ask(f"{number}-{more}@voorbeeld.be", [NEWS], "nl", client=client)
        with pytest.raises(TooMany):
            subscriptions.ask("nog@voorbeeld.be", [NEWS], "nl", client=client)
    assert all(row.email for row in office.listed(writer(), Criteria(), Position()).rows)
    at("2026-10-06T12:00:01+02:00")
    with unit_of_work():
        subscriptions.forget_unconfirmed()
    assert rows("") == [], "what only counts is gone after a day"


def test_all_clients_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "ASKED_IN_ALL", 3)
    for number in range(3):
        asked(f"a{number}@voorbeeld.be", NEWS)
    with pytest.raises(TooMany):
        asked("nog@voorbeeld.be", NEWS)


def test_from_where_it_was_asked_is_a_digest_that_is_forgotten(at: At) -> None:
    at("2026-10-05T10:00:00+02:00")
    assert len(asked()[0].client_digest) == 64
    at("2026-10-06T10:00:01+02:00")
    with unit_of_work():
        subscriptions.forget_unconfirmed()
    assert rows()[0].client_digest == ""


def test_what_nobody_confirmed_is_removed(at: At) -> None:
    at("2026-10-05T10:00:00+02:00")
    asked("weg@voorbeeld.be")
    subscribed("blijft@voorbeeld.be")
    at("2026-10-13T10:00:01+02:00")
    with unit_of_work():
        assert subscriptions.forget_unconfirmed() == 2
    assert rows("weg@voorbeeld.be") == []
    assert len(rows("blijft@voorbeeld.be")) == 2


def test_who_is_subscribed_already_is_told_so_by_mail_once_a_day(at: At) -> None:
    at("2026-10-05T10:00:00+02:00")
    subscribed()
    at("2026-10-05T12:00:00+02:00")
    asked()
    asked()
    assert len(rows()) == 2, "no new rows"
    assert [mail.template for mail in mails()] == ["subscription_confirmation", "subscription_known"]


def test_a_missing_topic_is_asked_for_without_the_one_that_runs(at: At) -> None:
    at("2026-10-05T10:00:00+02:00")
    subscribed("lezer@voorbeeld.be", NEWS)
    at("2026-10-05T12:00:00+02:00")
    asked()
    assert [row.topic for row in rows()] == [NEWS, OUTAGES]


def test_an_event_is_told_once_in_the_language_of_each() -> None:
    subscribed("een@voorbeeld.be", NEWS)
    subscribed("two@example.be", NEWS, language="en")
    subscribed("drie@voorbeeld.be", OUTAGES)
    assert tell() == 2
    tell()
    assert [(mail.recipient, mail.language) for mail in mails("news_issue")] == [
        ("een@voorbeeld.be", "nl"),
        ("two@example.be", "en"),
    ]


def test_an_address_whose_mail_comes_back_is_left_alone() -> None:
    subscribed("terug@voorbeeld.be", NEWS)
    with unit_of_work(), writing("test"):
        db.session.add(MailAddress(email="terug@voorbeeld.be", bounced_at=clock.now(), changed_at=clock.now()))
    assert tell() == 0
    counts = office.counts(writer())[NEWS]
    assert (counts.active, counts.waiting, counts.bounced) == (0, 0, 1)


def test_one_click_ends_one_topic_and_only_that() -> None:
    news, _outages = subscribed()
    with unit_of_work():
        subscriptions.leave(leave_token(news))
    assert [(row.topic, row.end_reason) for row in rows()] == [(NEWS, "UNSUBSCRIBED"), (OUTAGES, "")]
    assert tell() == 0
    assert tell(OUTAGES) == 1


@pytest.mark.parametrize("token", ["", "geraden", "x" * 43, "é", "a\r\nb"])
def test_a_guessed_token_does_nothing_and_says_nothing(token: str) -> None:
    subscribed()
    with unit_of_work():
        subscriptions.leave(token)
    assert tell() == 1


def test_who_stopped_stays_stopped_and_a_new_subscription_has_new_links(at: At) -> None:
    at("2026-10-05T10:00:00+02:00")
    old = subscribed("lezer@voorbeeld.be", NEWS)[0]
    with unit_of_work():
        subscriptions.leave(leave_token(old))
    at("2026-10-05T12:00:00+02:00")
    new = subscribed("lezer@voorbeeld.be", NEWS)[-1]
    assert leave_token(new) != leave_token(old)
    with unit_of_work():
        subscriptions.leave(leave_token(old))
    assert tell() == 1, "the link of the old one is of no use for the new one"


def test_stopping_before_confirming_ends_the_request() -> None:
    row = asked("lezer@voorbeeld.be", NEWS)[0]
    with unit_of_work():
        subscriptions.leave(leave_token(row))
    with pytest.raises(NotAllowedNow):
        subscriptions.confirm(confirm_token(row))


def test_the_mail_has_the_headers_of_one_click_whole(database: PreparedDatabase) -> None:
    row = subscribed("lezer@voorbeeld.be", NEWS)[0]
    tell()
    message = letters.message_of(letters.letter_of(mails("news_issue")[0]))
    link = f"{database.settings.base_url}/nieuwsbrief/uitschrijven/{leave_token(row)}"
    assert f"List-Unsubscribe: <{link}>\n" in message.as_string(), "not folded, not encoded"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    body = message.get_body(("plain",))
    assert body is not None
    assert link in body.get_content()


def test_who_looks_at_a_mail_later_finds_no_link_that_works() -> None:
    row = asked()[0]
    mail = letters.mail_of(letters.letter_of(mails()[0]))
    assert confirm_token(row) not in mail.body + mail.html
    assert leave_token(row) not in mail.body + mail.html


def test_the_operator_adds_who_mailed_and_that_address_confirms_too() -> None:
    with unit_of_work():
        assert office.add(writer(), "Mailer@Voorbeeld.be", [NEWS], "nl", "mail van 3 maart")
    row = rows("mailer@voorbeeld.be")[0]
    assert (row.confirmed_at, row.source, row.added_by) == (None, "mail van 3 maart", writer().name)
    assert [mail.recipient for mail in mails("subscription_confirmation")] == ["mailer@voorbeeld.be"]
    with unit_of_work():
        assert not office.add(writer(), "mailer@voorbeeld.be", [NEWS], "nl", "mail van 3 maart")


def test_the_operator_says_how_it_was_asked() -> None:
    with pytest.raises(InvalidValue) as refused:
        office.add(writer(), "a@voorbeeld.be", [NEWS], "nl", "  ")
    assert refused.value.field == "source"


def test_the_operator_finds_and_ends_subscriptions() -> None:
    row = subscribed("zoek.mij@voorbeeld.be", NEWS)[0]
    asked("ander@voorbeeld.be", OUTAGES)
    position = office.Position()
    found = office.listed(writer(), Criteria(text="ZOEK"), position).rows
    assert [(one.email, one.state) for one in found] == [("zoek.mij@voorbeeld.be", State.ACTIVE)]
    assert len(office.listed(writer(), Criteria(state=State.WAITING), position).rows) == 1
    assert len(office.listed(writer(), Criteria(topic=OUTAGES), position).rows) == 1
    with unit_of_work():
        office.remove(writer(), row.reference)
    assert [one.state for one in office.listed(writer(), Criteria(text="zoek"), position).rows] == [State.ENDED]
    with pytest.raises(NotAllowedNow):
        office.remove(writer(), row.reference)


def test_nobody_else_sees_who_subscribed() -> None:
    for call in (
        lambda: office.counts(actors.helpdesk()),
        lambda: office.listed(actors.helpdesk(), Criteria(), office.Position()),
        lambda: office.add(actors.helpdesk(), "a@b.be", [NEWS], "nl", "x"),
    ):
        with pytest.raises(Forbidden):
            call()


def test_each_act_is_traced_and_the_address_stands_beside_the_chain() -> None:
    subscribed("lezer@voorbeeld.be", NEWS)
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.event == AuditEvent.SUBSCRIPTION_CHANGED).order_by(AuditEntry.sequence)
    ).all()
    assert [json.loads(entry.data)["act"] for entry in entries] == ["asked", "confirmed"]
    assert all("lezer@voorbeeld.be" not in entry.data for entry in entries)
