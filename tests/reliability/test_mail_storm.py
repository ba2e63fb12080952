"""Five hundred mails, a mail server with moods, and the worker killed fifty times: every mail arrives.

A mail that leaves twice carries one Message-ID; nothing leaves for work that was undone.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from models.all import db
from models.outbox import DeliveryState, OutboxMessage
from services import clock, mail_addresses, outbox, transaction
from services.outbox import digests
from tests.factories import actors
from tests.reliability.hostile_mail import MOODS, hostile_server
from tests.reliability.killing import victim
from tests.support.databases import PreparedDatabase

SEED = 20261005
MAILS, KILLS = 500, 50
DAILY = 20
"""Of those mails, how many are for addresses that want one overview a day: two to each."""

#: Where a worker can die with one mail; the empty text is any write.
POINTS = (
    "before the mail server has it",
    "after the mail server has it",
    "UPDATE outbox_message",
    "after UPDATE outbox_message",
    "before commit",
    "after commit",
    "",
)


def _recipient(number: int, kind: str = "wanted") -> str:
    return f"daily-{number // 2}@linde.example.be" if number < DAILY else f"{kind}-{number}@linde.example.be"


def _enqueue(number: int, kind: str = "wanted") -> None:
    outbox.enqueue(
        "dossier_reopened",
        _recipient(number, kind),
        event_key=f"{kind}-{number}",
        subject_type="dossier",
        subject_key=f"71000012-{number}",
        parameters={"quarter": "2024K1", "period": "2023-2024"},
    )


def _undone(number: int) -> None:
    """A change that was not committed."""
    with pytest.raises(ConnectionAbortedError), transaction.unit_of_work():
        _abort(number)


def _abort(number: int) -> None:
    _enqueue(number, "undone")
    db.session.flush()
    raise ConnectionAbortedError


def _work() -> None:
    """Five hundred events: of a tenth the work is undone first, and of another tenth it is done twice."""
    with transaction.unit_of_work():
        for number in range(0, DAILY, 2):
            mail_addresses.choose(actors.case_manager(), _recipient(number), language="nl", digest=True)
    for first in range(0, MAILS, 10):
        _undone(MAILS + first)
        with transaction.unit_of_work():
            for number in range(first, first + 10):
                _enqueue(number)
        with transaction.unit_of_work():
            _enqueue(first)


def _rows() -> list[OutboxMessage]:
    db.session.rollback()
    statement = select(OutboxMessage).order_by(OutboxMessage.id).execution_options(populate_existing=True)
    return list(db.session.scalars(statement))


def test_every_mail_arrives_though_the_worker_is_killed_fifty_times(database: PreparedDatabase) -> None:
    """Against a server with moods; the seed says where the worker dies and what each mail meets."""
    chance = random.Random(f"{SEED} {database.kind}")
    _work()
    now, killed = clock.now(), 0
    with hostile_server(f"{SEED} {database.kind}", most=2) as server, victim(database) as process:
        task = {"do": "mail", "mail": f"smtp://127.0.0.1:{server.port}"}
        for turn in range(KILLS):
            death: dict[str, Any] = {"point": POINTS[turn % len(POINTS)], "after": chance.randint(1, 8)}
            now += timedelta(hours=1, minutes=1)
            if turn == KILLS // 2:  # the overviews of the next morning
                now, death = (
                    digests.cutoff(now) + timedelta(days=1),
                    {"point": "INSERT INTO outbox_message", "after": 3},
                )
            _, ended = process.run(**task, **death, now=now.isoformat())
            assert ended in (0, -9), (SEED, turn, death)
            killed += ended == -9
        for _ in range(6):
            now += timedelta(hours=1, minutes=1)
            _, ended = process.run(**task, now=now.isoformat())
            assert ended == 0
            if not db.session.scalar(sa.select(sa.func.count()).where(OutboxMessage.state == DeliveryState.PENDING)):
                break
            db.session.rollback()
        rows = _rows()
    assert killed >= KILLS * 4 // 5
    assert set(server.met) == set(MOODS), "every mood was met"
    assert {row.state for row in rows} == {DeliveryState.SENT}
    asked = [row for row in rows if row.template != "digest"]
    left = [row for row in rows if row.gathered_in_id is None]
    assert len(asked) == MAILS, "nothing for what was undone, one for what was done twice"
    assert sorted(server.taken) == sorted({row.recipient for row in left})
    for row in left:
        mails = server.taken[row.recipient]
        assert {str(one["Message-ID"]) for one in mails} == {row.message_id}
        for one in mails:
            del one["X-Peer"]
        assert len({one.as_bytes() for one in mails}) == 1, "a repeat is the same mail"
    assert len({row.message_id for row in rows}) == len(rows)
    assert len(rows) - MAILS == DAILY // 2, "one overview to each who wants one"
