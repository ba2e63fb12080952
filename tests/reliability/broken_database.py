"""Ways in which a database is not there: at the boundary between the driver and the operating system."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from models.all import db
from tests.support.databases import PreparedDatabase
from tests.support.ports import free_port


@contextmanager
def listening(engine: Engine, event: str, hook: Callable[..., Any]) -> Iterator[None]:
    """Let a hook hear an event of the engine; afterwards every connection is made anew."""
    sa.event.listen(engine, event, hook)
    try:
        yield
    finally:
        sa.event.remove(engine, event, hook)
        db.session.rollback()
        engine.dispose()


@contextmanager
def failing(before: str, error: BaseException) -> Iterator[None]:
    """Let the driver fail when a statement that begins so is sent."""

    def fail(_cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(before):
            raise error

    with listening(db.engine, "do_execute", fail):
        yield


@contextmanager
def out_of_reach(database: PreparedDatabase) -> Iterator[None]:
    """No connection can be made, and those there were are gone: really refused by the operating system."""
    port = free_port()

    def elsewhere(_dialect: Any, _record: Any, words: list[Any], more: dict[str, Any]) -> None:
        if database.kind == "postgresql":
            more["port"] = port
        else:
            words[0] = str(database.settings.instance / "gone" / "app.db")

    db.session.rollback()
    db.engine.dispose()
    with listening(db.engine, "do_connect", elsewhere):
        yield
