"""What sign-in keeps for a while and then forgets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import CursorResult, delete

from models.base import db
from models.gate import writing
from models.identity import AcceptedAssertion, AuthnRequest
from services import transaction
from services.identity import sessions

#: Expired rows stay this long, so that a late answer is told what was wrong with it.
GRACE = timedelta(days=1)


def sweep() -> dict[str, int]:
    """Forget ended sessions and expired requests and assertions, in transactions of its own; how many of each.

    Requests and assertions live on the real clock, as the protocol does, whatever ELOKET_NOW says.
    """
    limit = datetime.now(UTC) - GRACE
    removed = {"sessions": sessions.sweep()}
    with transaction.unit_of_work(), writing("identity.sweep"):
        for name, model in (("requests", AuthnRequest), ("assertions", AcceptedAssertion)):
            result = db.session.execute(delete(model).where(model.expires_at < limit))
            assert isinstance(result, CursorResult)
            removed[name] = result.rowcount
    return removed
