"""The calendar of a person: the page that makes and revokes its address, and the address itself (/agenda/…)."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.handling import handling
from domain.permissions import Permission
from forms.confirmation import ConfirmationForm
from integrations.icalendar import MEDIA_TYPE
from services import transaction
from services.econtracting import calendar_feed

bp = Blueprint("contracting_calendar", __name__)


@bp.get("/agenda/<token>.ics")
@access(Permission.PUBLIC)
def feed(token: str) -> ResponseReturnValue:
    """The terms of the holder as they are now. What was revoked and what never was are the same 404."""
    text = calendar_feed.text(token)
    if calendar_feed.unnoted(token):
        with transaction.unit_of_work():
            calendar_feed.fetched(token)
    response = Response(text, content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = 'inline; filename="termijnen.ics"'
    response.headers["X-Robots-Tag"] = "noindex"
    response.set_etag(hashlib.sha256(text.encode()).hexdigest())
    return response.make_conditional(request)


@bp.get("/econtracting/agenda")
@access(Permission.CONTRACTS_READ)
def index() -> ResponseReturnValue:
    """Whether there is a calendar, and what one is for."""
    return render_template("econtracting/calendar.html", feed=calendar_feed.of(current_actor()), address=None)


@bp.post("/econtracting/agenda")
@access(Permission.CONTRACTS_READ)
def renew() -> ResponseReturnValue:
    """Make a new address and show it, once."""
    actor, form = current_actor(), ConfirmationForm()
    address = None
    if form.validate_on_submit():
        with handling() as done:
            token = calendar_feed.renew(actor)
        if done:
            address = calendar_feed.address(token)
    return render_template("econtracting/calendar.html", feed=calendar_feed.of(actor), address=address)


@bp.post("/econtracting/agenda/intrekken")
@access(Permission.CONTRACTS_READ)
def revoke() -> ResponseReturnValue:
    """Take the address back."""
    form = ConfirmationForm()
    if form.validate_on_submit():
        with handling() as done:
            calendar_feed.revoke(current_actor())
        if done:
            flash(gettext("Uw agenda is ingetrokken. Het adres werkt niet meer."), "success")
    return redirect(url_for(".index"))
