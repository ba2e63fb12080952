"""The start of help, which the button opens in place, and help with an error while signing in."""

from __future__ import annotations

from datetime import datetime

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import format_date

from blueprints.access import access, optional_actor
from blueprints.help.blueprint import bp
from blueprints.help.choices import choices, help_link, ticket_link
from domain.access_chain import CONTRACTOR_STEPS, FACILITY_STEPS, FORMER_NAMES, ROLE_PURPOSES
from domain.actor import Side
from domain.calendars import BRUSSELS
from domain.identity_providers import FACILITY_SUBDEPARTMENT
from domain.permissions import ROLE_LABELS, Permission
from services import manual

bp.add_app_template_global(help_link)
bp.add_app_template_global(ticket_link)


@bp.app_template_filter("opening_hour")
def opening_hour(instant: datetime) -> str:
    """``7`` or ``17:30`` in Brussels time, to stand before "uur"."""
    local = instant.astimezone(BRUSSELS)
    return local.strftime("%H:%M") if local.minute else str(local.hour)


@bp.app_template_filter("weekday_name")
def weekday_name(instant: datetime) -> str:
    """``maandag 23 september`` in Brussels time."""
    name: str = format_date(instant.astimezone(BRUSSELS).date(), "EEEE d MMMM")
    return name


@bp.get("/")
@access(Permission.PUBLIC)
def index() -> ResponseReturnValue:
    """The choices of the button, the tasks of the manual, the contact points, and the steps to get access."""
    actor = optional_actor()
    side = actor.side if actor is not None else None
    return render_template(
        "help/index.html",
        choices=choices(),
        themes=[theme for theme in manual.themes() if _shown_to(theme.code, side)],
        facility_steps=FACILITY_STEPS if side in (None, Side.FACILITY, Side.DEPARTMENT, Side.HELPDESK) else (),
        contractor_steps=CONTRACTOR_STEPS if side in (None, Side.CONTRACTOR, Side.AUTHORITY, Side.HELPDESK) else (),
        former_names=FORMER_NAMES,
        roles=[(ROLE_LABELS[role], purpose) for role, purpose in ROLE_PURPOSES.items()],
        subdepartment=FACILITY_SUBDEPARTMENT,
    )


#: Chapters of the manual that are of no use to a side; who is not signed in sees those of the two doors.
_NOT_FOR: dict[Side | None, frozenset[str]] = {
    None: frozenset({"departement", "aanbesteder", "helpdesk"}),
    Side.FACILITY: frozenset({"econtracting", "departement", "aanbesteder", "helpdesk"}),
    Side.CONTRACTOR: frozenset({"ecalcura", "departement", "aanbesteder", "helpdesk"}),
    Side.DEPARTMENT: frozenset({"econtracting", "aanbesteder", "helpdesk"}),
    Side.AUTHORITY: frozenset({"ecalcura", "departement", "helpdesk"}),
}


def _shown_to(chapter: str, side: Side | None) -> bool:
    return chapter not in _NOT_FOR.get(side, frozenset())


@bp.get("/fout-bij-aanmelden")
@access(Permission.PUBLIC)
def sign_in_trouble() -> ResponseReturnValue:
    """What to try when signing in gives an error (C-069)."""
    return render_template("help/sign_in_trouble.html")
