"""Can this process work? Asked by the load balancer (/readyz) and by the command ``doctor``."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from integrations.documents import DocumentStoreDown
from models.base import db
from models.outbox import OutboxMessage
from services.connections import connections


def readiness() -> dict[str, bool]:
    """Whether database, document store and queue can be reached. A mail server that is down makes nobody unready."""
    return {"database": _database(), "store": _store(), "queue": _queue()}


def _database() -> bool:
    return _answers(select(1))


def _queue() -> bool:
    return _answers(select(func.count()).select_from(OutboxMessage).where(OutboxMessage.id < 0))


def _answers(statement: object) -> bool:
    """A short transaction of its own, so that a broken one of somebody else says nothing."""
    try:
        with db.engine.connect() as connection:
            connection.execute(statement)  # type: ignore[call-overload]
    except SQLAlchemyError:
        return False
    return True


def _store() -> bool:
    try:
        connections().documents.check()
    except DocumentStoreDown:
        return False
    return True
