"""The static copy of the notices: written after the commit, read by every page, never in the way (A-44)."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event

from models.base import db
from services import notices, transaction
from services.econtracting import outages
from services.notices import copy
from services.transaction import unit_of_work
from tests.factories import contracting
from tests.factories.contracting_terms import calendar
from tests.factories.notices import notice, published
from tests.reliability.broken_database import out_of_reach
from tests.support.databases import PreparedDatabase

At = Callable[[str], datetime]


@pytest.fixture(autouse=True)
def _calendar(database: PreparedDatabase) -> None:
    calendar()


def titles() -> list[str]:
    """What stands on every page now."""
    return [one.title for one in notices.current()]


def test_it_is_there_once_the_notice_is_committed(database: PreparedDatabase) -> None:
    with unit_of_work():
        outages.publish(contracting.official().actor, notice())
        assert not copy.path().exists(), "not before the commit"
    assert titles() == ["Verzenden lukt niet"]


def test_nothing_is_written_for_what_was_undone(database: PreparedDatabase) -> None:
    outages.publish(contracting.official().actor, notice())
    transaction.rollback()
    with unit_of_work():
        pass
    assert not copy.path().exists()


def test_every_act_shows_at_once(database: PreparedDatabase, at: At) -> None:
    keeper = contracting.official().actor
    row = published()
    with unit_of_work():
        better = outages.correct(keeper, row.reference, row.version, notice("Opladen lukt niet"), "Een andere functie.")
    assert titles() == ["Opladen lukt niet"]
    with unit_of_work():
        ended = outages.end(keeper, better.reference, better.version)
    assert [one.ends_at for one in notices.current()] == [ended.ends_at]
    with unit_of_work():
        outages.withdraw(keeper, ended.reference, ended.version, "Er was niets.")
    assert titles() == []


def test_time_alone_changes_what_is_shown(database: PreparedDatabase, at: At) -> None:
    at("2024-09-16T10:00:00+02:00")
    begins = datetime.fromisoformat("2024-09-26T18:00:00+02:00")
    published(notice("Onderhoud", planned=True, starts_at=begins, ends_at=begins + timedelta(hours=2)))
    written = copy.path().read_bytes()
    assert titles() == [], "ten days before"
    at("2024-09-20T10:00:00+02:00")
    assert titles() == ["Onderhoud"]
    at("2024-09-28T19:00:00+02:00")
    assert titles() == ["Onderhoud"], "over, and in sight for two days"
    at("2024-09-28T21:00:00+02:00")
    assert titles() == []
    assert copy.path().read_bytes() == written


def test_reading_it_asks_the_database_nothing(database: PreparedDatabase) -> None:
    published()
    asked: list[str] = []

    def note(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert titles()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert asked == []


def test_it_stands_while_the_database_is_gone(database: PreparedDatabase) -> None:
    published()
    with out_of_reach(database):
        assert titles() == ["Verzenden lukt niet"]
        assert notices.refresh(older_than=timedelta()) is False
        assert titles() == ["Verzenden lukt niet"], "what is there stands"


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"notices": [{}]}', b'{"notices": 3}', b"\xff\xfe", b"[" * 99_999]
)
def test_a_broken_copy_is_no_notice_and_no_error(database: PreparedDatabase, content: bytes) -> None:
    published()
    copy.path().write_bytes(content)
    assert titles() == []
    assert notices.refresh(older_than=timedelta())
    assert titles() == ["Verzenden lukt niet"]


def test_a_folder_in_its_place_is_no_error(database: PreparedDatabase) -> None:
    copy.path().mkdir(parents=True)
    assert titles() == []
    assert notices.refresh(older_than=timedelta()) is False


def test_a_publication_stands_although_the_copy_cannot_be_written(database: PreparedDatabase) -> None:
    copy.path().mkdir(parents=True)
    row = published()
    assert outages.one(contracting.official().actor, row.reference).shown


def test_a_sweep_brings_what_another_process_left_undone(
    database: PreparedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between commit and copy: the next sweep writes it."""
    monkeypatch.setattr("services.after_commit.run", transaction.after_commit.forget)
    published()
    monkeypatch.undo()
    assert titles() == []
    assert notices.refresh(older_than=timedelta())
    assert titles() == ["Verzenden lukt niet"]


def test_a_host_rewrites_its_copy_only_when_it_is_old(database: PreparedDatabase) -> None:
    published()
    assert notices.refresh() is False
    old = time.time() - copy.OLD.total_seconds() - 1
    os.utime(copy.path(), (old, old))
    assert notices.refresh() is True


def test_nothing_half_written_is_left(database: PreparedDatabase) -> None:
    published()
    assert sorted(one.name for one in copy.path().parent.iterdir()) == ["current.json", "lock"]
    assert json.loads(copy.path().read_text())["notices"][0]["functions"] == ["VERZENDEN"]
