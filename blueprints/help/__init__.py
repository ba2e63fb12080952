"""Help: whom to reach for what, open now or not (E-155, E-156), and the way to get access (E-004)."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import format_date

from blueprints.access import access
from domain.access_chain import FACILITY_STEPS, FORMER_NAMES, ROLE_PURPOSES
from domain.calendars import BRUSSELS
from domain.identity_providers import FACILITY_SUBDEPARTMENT
from domain.permissions import ROLE_LABELS, Permission
from services import contact_points

bp = Blueprint("help", __name__, url_prefix="/hulp")


@bp.app_template_filter("opening_hour")
def opening_hour(instant: datetime) -> str:
    """``7`` or ``17:30`` in Brussels time, to stand before "uur"."""
    local = instant.astimezone(BRUSSELS)
    return f"{local:%H:%M}" if local.minute else str(local.hour)


@bp.app_template_filter("weekday_name")
def weekday_name(instant: datetime) -> str:
    """``maandag 23 september`` in Brussels time."""
    return format_date(instant.astimezone(BRUSSELS).date(), "EEEE d MMMM")


@bp.get("/")
@access(Permission.PUBLIC)
def index() -> ResponseReturnValue:
    """The contact points with their hours, and the steps to get access."""
    return render_template(
        "help/index.html",
        points=contact_points.points(),
        steps=FACILITY_STEPS,
        former_names=FORMER_NAMES,
        roles=[(ROLE_LABELS[role], purpose) for role, purpose in ROLE_PURPOSES.items()],
        subdepartment=FACILITY_SUBDEPARTMENT,
    )
