"""``/healthz`` says that the process is up, ``/readyz`` whether it can work; neither needs anybody signed in."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from models.all import db
from services.connections import connections
from tests.support.client import Client


def test_up_and_ready(client: Client) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json) == (200, {"status": "ok", "database": "ok", "store": "ok", "queue": "ok"})


def test_a_store_that_cannot_be_written_makes_unready_not_down(client: Client) -> None:
    folder = connections().settings.instance / "documents"
    folder.write_text("a file where the folder should be")
    try:
        ready = client.get("/readyz")
        assert client.get("/healthz").status_code == 200
    finally:
        folder.unlink()
    assert ready.status_code == 503
    assert json.loads(ready.text) == {"status": "unavailable", "database": "ok", "store": "down", "queue": "ok"}


def test_without_its_tables_the_queue_is_down(client: Client) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE outbox_message RENAME TO elsewhere"))
    try:
        ready = client.get("/readyz")
    finally:
        with db.engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE elsewhere RENAME TO outbox_message"))
    assert (ready.status_code, json.loads(ready.text)["queue"]) == (503, "down")


@pytest.mark.one_database
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_they_set_no_cookie_and_are_not_kept(client: Client, path: str) -> None:
    answer = client.get(path)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
