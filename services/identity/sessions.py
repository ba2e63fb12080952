"""Server-side sessions: rows, so that sign-out, a block and single logout act at the next request.

Each call uses a short transaction of its own, never the one of the use case. The cookie holds a random value; the
row is found by its SHA-256.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from models.base import db
from models.identity import WebSession
from models.transaction_mode import writer_mode
from services import clock, tokens
from services.database_faults import DatabaseFault

#: The row is touched at most this often, so that reading pages does not write.
TOUCH_EVERY = timedelta(seconds=60)

#: Made once: it is asked at every request.
_LOAD = select(WebSession.data, WebSession.seen_at, WebSession.ends_at).where(WebSession.id == bindparam("digest"))


@dataclass
class StoredSession:
    """A session as it was read: its token, its values, and whether it has a row."""

    token: str
    values: dict[str, Any] = field(default_factory=dict)
    exists: bool = False


def load(token: str, idle: timedelta, *, touch: bool = True) -> StoredSession | None:
    """The live session of a cookie value; None when it is unknown, ended or idle for too long.

    Without ``touch`` looking does not count as activity.
    """
    now = clock.now()
    # what the last request of this thread was about says nothing: reading never waits for a writer
    mode = writer_mode.set(False)
    try:
        with db.engine.connect() as connection:
            row = connection.execute(_LOAD, {"digest": tokens.digest(token)}).one_or_none()
    finally:
        writer_mode.reset(mode)
    if row is None or row.ends_at <= now or row.seen_at + idle <= now:
        return None
    if touch and row.seen_at + TOUCH_EVERY <= now:
        with suppress(*DatabaseFault):  # a page is read also while nothing can be written
            _write(update(WebSession).where(WebSession.id == tokens.digest(token)).values(seen_at=now))
    return StoredSession(token, json.loads(row.data), exists=True)


def save(session: StoredSession, lifetime: timedelta) -> None:
    """Write a session. The columns by which sessions are revoked are taken from its ``identity`` value."""
    now = clock.now()
    identity = session.values.get("identity") or {}
    columns = {
        "data": json.dumps(session.values),
        "seen_at": now,
        "account_id": identity.get("account_id"),
        "organisation_key": identity.get("organisation_key"),
        "idp": identity.get("idp"),
        "name_id": identity.get("name_id"),
        "session_index": identity.get("session_index"),
    }
    if session.exists:
        _write(update(WebSession).where(WebSession.id == tokens.digest(session.token)).values(**columns))
    else:
        _write(
            insert(WebSession).values(
                id=tokens.digest(session.token), created_at=now, ends_at=now + lifetime, **columns
            )
        )
        session.exists = True


def end(token: str) -> None:
    """Forget one session."""
    _write(delete(WebSession).where(WebSession.id == tokens.digest(token)))


def end_for_subject(idp: str, name_id: str, session_index: str | None = None) -> int:
    """Forget the sessions that a single logout names; returns how many."""
    statement = delete(WebSession).where(WebSession.idp == idp, WebSession.name_id == name_id)
    if session_index:
        statement = statement.where(WebSession.session_index == session_index)
    return _write(statement)


def end_for(*, account_id: int | None = None, organisation_key: str | None = None) -> int:
    """Forget every session of a person or an organisation, after a block; returns how many."""
    if account_id is None and organisation_key is None:
        return 0
    statement = delete(WebSession)
    if account_id is not None:
        statement = statement.where(WebSession.account_id == account_id)
    if organisation_key is not None:
        statement = statement.where(WebSession.organisation_key == organisation_key)
    return _write(statement)


def sweep() -> int:
    """Remove what has ended; for the worker."""
    return _write(delete(WebSession).where(WebSession.ends_at <= clock.now()))


def _write(statement: Any) -> int:
    mode = writer_mode.set(True)
    try:
        with db.engine.begin() as connection:
            return int(connection.execute(statement).rowcount)
    finally:
        writer_mode.reset(mode)
