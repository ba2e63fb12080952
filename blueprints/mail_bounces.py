"""Where a mail server tells that a mail came back. Off until the installation has a token for it."""

from __future__ import annotations

import hmac
import time
from collections import deque
from typing import Any

from flask import Blueprint, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from blueprints.access import access
from domain.permissions import Permission
from extensions import csrf
from services import transaction
from services.outbox import bounces

bp = Blueprint("mail_bounces", __name__)

LARGEST = 64 * 1024
"""Bytes of one call."""
AT_ONCE = 100
"""Bounces in one call."""
A_MINUTE = 120
"""Calls that one process takes in a minute; who has no token is never counted."""

_taken: deque[float] = deque(maxlen=A_MINUTE)


@bp.before_request
def _limit() -> None:
    """Before anything reads the body."""
    request.max_content_length = LARGEST


@bp.post("/mail/bounces")
@csrf.exempt
@access(Permission.PUBLIC)
def told() -> ResponseReturnValue:
    """Note bounces: one ``{"message_id", "recipient", "status"}`` or a list of them. It needs no form token: its own
    token stands in the header ``Authorization``. What is not known changes nothing and is not told apart."""
    token = current_app.extensions["settings"].bounce_token
    if not token:
        abort(404)
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if not hmac.compare_digest(shown.encode(), token.encode()):
        return jsonify(error="forbidden"), 403
    now = time.monotonic()
    if len(_taken) == A_MINUTE and now - _taken[0] < 60:
        return jsonify(error="too many"), 429
    _taken.append(now)
    try:
        body = request.get_json(silent=True)
    except RecursionError:  # brackets within brackets
        body = None
    rows = body if isinstance(body, list) else [body]
    if len(rows) > AT_ONCE or not all(_is_bounce(row) for row in rows):
        return jsonify(error="malformed"), 422
    news = sum(bounces.record(row["message_id"], bounces.status_of(row["status"]), _WEBHOOK) for row in rows)
    transaction.commit()
    return jsonify(taken=len(rows), news=news)


_WEBHOOK = bounces.Channel.WEBHOOK


def _is_bounce(row: Any) -> bool:
    return isinstance(row, dict) and all(
        isinstance(row.get(name), str) and len(row[name]) <= 998 for name in ("message_id", "status")
    )
