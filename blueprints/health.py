"""Is the process up, and can it work?"""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from blueprints.access import access
from domain.permissions import Permission
from services import health, notices

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@access(Permission.PUBLIC)
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@access(Permission.PUBLIC)
def readyz() -> ResponseReturnValue:
    """Database, document store and queue can be reached; 503 names what cannot.

    A host without a worker keeps its copy of the notices young here (A-44).
    """
    parts = health.readiness()
    if parts["database"]:
        notices.refresh()
    ready = all(parts.values())
    states = {name: "ok" if up else "down" for name, up in parts.items()}
    return jsonify(status="ok" if ready else "unavailable", **states), 200 if ready else 503
