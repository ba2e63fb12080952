"""Documents that were released and became consultable meanwhile (T6): looked at every minute, each on its own."""

from __future__ import annotations

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services import transaction
from services.econtracting.desk import publishing

log = structlog.get_logger("jobs")


def look() -> int:
    """Publish what is due, each document in a transaction of its own; gives how many.

    A bug with one holds none of the others; a database that is away is for the caller.
    """
    waiting = publishing.waiting_ids()
    transaction.rollback()
    done = 0
    for version_id in waiting:
        try:
            with transaction.unit_of_work():
                done += publishing.publish_one(version_id)
        except (SQLAlchemyError, transaction.OutcomeUnknown):
            raise
        except Exception as problem:
            log.error("not published", version=version_id, exc_info=problem)
    return done
