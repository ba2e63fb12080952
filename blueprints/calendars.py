"""The calendar of a person: the address itself (/agenda/…), and the page of each theme that makes and revokes it."""

from __future__ import annotations

import hashlib
from types import ModuleType

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.handling import handling
from domain.errors import NotFound
from domain.permissions import Permission
from forms.confirmation import ConfirmationForm
from integrations.icalendar import MEDIA_TYPE
from services import transaction
from services.ecalcura import campaign_feed
from services.econtracting import calendar_feed

bp = Blueprint("calendars", __name__)

#: Where an address may be known, asked in this order.
_SOURCES: tuple[ModuleType, ...] = (calendar_feed, campaign_feed)


@bp.get("/agenda/<token>.ics")
@access(Permission.PUBLIC)
def feed(token: str) -> ResponseReturnValue:
    """The terms of the holder as they are now. What was revoked and what never was are the same 404."""
    source, text = _found(token)
    if source.unnoted(token):
        with transaction.unit_of_work():
            source.fetched(token)
    response = Response(text, content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = 'inline; filename="termijnen.ics"'
    response.headers["X-Robots-Tag"] = "noindex"
    response.set_etag(hashlib.sha256(text.encode()).hexdigest())
    return response.make_conditional(request)


def _found(token: str) -> tuple[ModuleType, str]:
    for source in _SOURCES:
        try:
            return source, source.text(token)
        except NotFound:
            continue
    raise NotFound


@bp.get("/econtracting/agenda")
@access(Permission.CONTRACTS_READ)
def contracts() -> ResponseReturnValue:
    """Whether there is a calendar of contracts, and what one is for."""
    return _page("econtracting/calendar.html", calendar_feed)


@bp.post("/econtracting/agenda")
@access(Permission.CONTRACTS_READ)
def renew_contracts() -> ResponseReturnValue:
    """Make a new address of contracts and show it, once."""
    return _renewed("econtracting/calendar.html", calendar_feed)


@bp.post("/econtracting/agenda/intrekken")
@access(Permission.CONTRACTS_READ)
def revoke_contracts() -> ResponseReturnValue:
    """Take the address of contracts back."""
    return _revoked(calendar_feed, url_for(".contracts"))


@bp.get("/ecalcura/agenda")
@access(Permission.ECALCURA_READ)
def campaign() -> ResponseReturnValue:
    """Whether there is a calendar of the campaign, and what one is for."""
    return _page("ecalcura/calendar.html", campaign_feed)


@bp.post("/ecalcura/agenda")
@access(Permission.ECALCURA_READ)
def renew_campaign() -> ResponseReturnValue:
    """Make a new address of the campaign and show it, once."""
    return _renewed("ecalcura/calendar.html", campaign_feed)


@bp.post("/ecalcura/agenda/intrekken")
@access(Permission.ECALCURA_READ)
def revoke_campaign() -> ResponseReturnValue:
    """Take the address of the campaign back."""
    return _revoked(campaign_feed, url_for(".campaign"))


def _page(template: str, source: ModuleType, address: str | None = None) -> str:
    return render_template(template, feed=source.of(current_actor()), address=address)


def _renewed(template: str, source: ModuleType) -> str:
    address = None
    if ConfirmationForm().validate_on_submit():
        with handling() as done:
            token = source.renew(current_actor())
        if done:
            address = calendar_feed.address(token)
    return _page(template, source, address)


def _revoked(source: ModuleType, back: str) -> ResponseReturnValue:
    if ConfirmationForm().validate_on_submit():
        with handling() as done:
            source.revoke(current_actor())
        if done:
            flash(gettext("Uw agenda is ingetrokken. Het adres werkt niet meer."), "success")
    return redirect(back)
