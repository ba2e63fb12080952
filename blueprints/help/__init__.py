"""Help: whom to reach for what, open now or not (E-155, E-156), and the way to get access (E-004)."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from blueprints.access import access
from domain.permissions import Permission
from services import contact_points

bp = Blueprint("help", __name__, url_prefix="/hulp")


@bp.get("/")
@access(Permission.PUBLIC)
def index() -> ResponseReturnValue:
    """The contact points with their hours, and the steps to get access."""
    return render_template("help/index.html", points=contact_points.points())
