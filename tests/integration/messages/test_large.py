"""However long a thread or a list grows, a page stays one: bounded statements, by key, nothing loaded in full."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import event, func, select

from domain.messaging import MANY, MAX_SEARCH_TEXT, Only
from models.all import db
from models.message import Conversation, Message, MessageSide
from services import transaction
from services.listing import Position
from services.messaging import reading, writing
from services.messaging.reading import SHOWN_AT_ONCE, Criteria
from tests.factories.messages import many_messages, many_threads, talk
from tests.integration.declaration.scene import statements
from tests.support.sign_in import SignedIn

LONG = 10_000


class Loaded:
    """How many messages became objects meanwhile."""

    def __enter__(self) -> Loaded:
        self.count = 0
        event.listen(Message, "load", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(Message, "load", self._note)

    def _note(self, *_: object) -> None:
        self.count += 1


def test_a_thread_of_10_000_messages_opens_at_the_newest_and_goes_back_by_key(database: Any) -> None:
    it = talk()
    thread = it.open(it.els)
    many_messages(thread, LONG, it.els)
    assert reading.unread_count(it.sofie) == MANY + 1
    assert reading.inbox(it.sofie).rows[0].unread == MANY + 1
    with statements() as seen, Loaded() as loaded:
        found = reading.thread(it.sofie, thread.reference)
    assert len(seen) <= 8, seen
    assert loaded.count <= SHOWN_AT_ONCE
    assert [one.body for one in (found.messages[0], found.messages[-1])] == [f"Bericht {LONG - 49}", f"Bericht {LONG}"]
    assert (len(found.messages), found.earlier, found.later) == (SHOWN_AT_ONCE, LONG - 49, False)
    older = reading.thread(it.sofie, thread.reference, before=found.before)
    assert older.messages[-1].body == f"Bericht {LONG - 50}"
    assert older.later
    first = reading.thread(it.sofie, thread.reference, before=3)
    assert (len(first.messages), first.before, first.earlier) == (2, None, 0)


def test_reading_a_long_thread_loads_no_message_and_writes_once(database: Any) -> None:
    it = talk()
    thread = it.open(it.els)
    many_messages(thread, LONG, it.els)
    with statements() as seen, Loaded() as loaded:
        it.read(it.sofie, thread)
    assert (loaded.count, len(seen) <= 8) == (0, True), seen
    assert reading.unread_count(it.sofie) == 0
    unread = select(func.count()).where(Message.first_read_at.is_(None), Message.side == MessageSide.OFFICE)
    assert db.session.scalar(unread) == 0
    with statements() as seen:
        it.read(it.sofie, thread)
    assert not [one for one in seen if not one.lstrip().startswith("SELECT")]


def test_a_list_of_10_000_threads_is_paged_by_key(database: Any) -> None:
    it = talk()
    many_threads(it.facility, LONG, it.els)
    lists = (Criteria(), Criteria(search="gesprek uren"), Criteria(quarter="2024K1"))
    for who, unread in ((it.sofie, MANY + 1), (it.els, 0)):
        for criteria in (*lists, *([Criteria(only=Only.UNREAD)] if unread else [])):
            with statements() as seen:
                page = reading.inbox(who, criteria)
                reading.count(who, criteria)
            assert len(seen) <= 3, seen
            assert len(page.rows) == 20
            behind = reading.inbox(who, criteria, Position(2, after=page.last_cursor))
            assert behind.rows[0].last_at < page.rows[-1].last_at
        with statements() as seen:
            assert (reading.unread_count(who), reading.awaiting_count(who)) == (unread, 0)
        assert len(seen) == 2, seen


def test_what_a_thread_is_found_by_does_not_grow_without_end(database: Any) -> None:
    it = talk()
    thread = it.open(subject="Vervanging")
    for number in range(3):
        it.answer(it.els, thread, " ".join(f"woord{number}x{one}" for one in range(1800))[:20_000])
    db.session.rollback()
    row = db.session.get_one(Conversation, thread.id)
    assert len(row.search_text) <= MAX_SEARCH_TEXT
    for word in ("woord2x5", "vervanging"):
        assert len(reading.inbox(it.sofie, Criteria(search=word)).rows) == 1


def test_the_pages_of_a_long_thread_and_list_ask_a_fixed_number_of_statements(
    app: Flask, database: Any, signed_in: SignedIn
) -> None:
    it = talk()
    thread = it.open(it.els)
    few = _counted(signed_in, it, thread.reference)
    many_messages(thread, 300, it.els)
    many_threads(it.facility, 300, it.els)
    many = _counted(signed_in, it, thread.reference)
    assert all(now <= before + 2 for now, before in zip(many, few, strict=True)), (few, many)
    client = signed_in(actor=it.sofie)
    page = client.page(f"/berichten/{thread.reference}")
    assert "Bericht 300" in page.text
    assert "Bericht 250" not in page.text
    page = client.page(page.links()["Toon ouder"])
    assert "Bericht 250" in page.text
    assert "Naar de nieuwste berichten" in page.text
    assert 'class="count">99+<' in client.get("/berichten/").text


def _counted(signed_in: SignedIn, it: Any, reference: str) -> list[int]:
    client, found = signed_in(actor=it.sofie), []
    for path in ("/berichten/", f"/berichten/{reference}", "/berichten/nieuw", "/ecalcura/"):
        with statements() as seen:
            client.page(path)
        found.append(len(seen))
    return found


def test_a_message_that_waits_is_found_without_reading_the_others(database: Any) -> None:
    """The sweep asks an index of what waits, not the whole table."""
    it = talk()
    many_messages(it.open(it.els), 200, it.els)
    with statements() as seen, transaction.unit_of_work():
        assert writing.publish_due() == 0
    assert len(seen) == 1, seen
