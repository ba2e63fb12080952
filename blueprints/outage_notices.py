"""The public pages about outages, each with a permalink that works without signing in, and their feed (7.5, C-074)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access
from blueprints.lists import Address, position
from blueprints.notice_banners import not_working, span
from domain.econtracting.outage_banners import Banner
from domain.econtracting.outage_notices import FUNCTION_LABELS, OUTAGE_STATE_LABELS, OutageState
from domain.permissions import Permission
from integrations.atom import Entry, feed
from services import clock, notices, transaction
from services.connections import connections
from services.database_faults import DatabaseFault, Fault, classify
from services.notices import public

bp = Blueprint("outage_notices", __name__)

_KINDS = {"gepland": True, "onverwacht": False}
_YEARS = frozenset(map(str, range(2000, 2100)))


@bp.get("/onbeschikbaarheden")
@access(Permission.PUBLIC)
def index() -> ResponseReturnValue:
    """What is going on, what comes, and what was."""
    kind, year = request.args.get("soort", ""), request.args.get("jaar", "")
    criteria = public.Criteria(planned=_KINDS.get(kind), year=int(year) if year in _YEARS else None)
    try:
        board = public.board(criteria, position())
    except DatabaseFault as fault:
        return _from_copy(fault, notices.kept())
    return render_template(
        "outages/list.html",
        board=board,
        years=[(number, number) for number in board.years],
        criteria=criteria,
        kind=kind if kind in _KINDS else "",
        address=Address(url_for(".index"), {"soort": kind if kind in _KINDS else "", "jaar": str(criteria.year or "")}),
        **_WORDS,
    )


@bp.get("/onbeschikbaarheden/<reference>")
@access(Permission.PUBLIC)
def show(reference: str) -> ResponseReturnValue:
    """One notice, whatever became of it; without the database what the copy has of it (A-44)."""
    try:
        return render_template("outages/show.html", shown=public.one(reference), **_WORDS)
    except DatabaseFault as fault:
        return _from_copy(fault, [one for one in notices.kept() if one.reference == reference])


def _from_copy(fault: Exception, found: Sequence[Banner]) -> ResponseReturnValue:
    if classify(fault) is Fault.BUG or not found:
        raise fault
    transaction.rollback()
    now = clock.now()
    rows = [(one, one.state(now), span(one.starts_at, one.ends_at, one.state(now))) for one in found]
    return render_template("outages/copy.html", rows=rows, **_WORDS), 503


@bp.get("/onbeschikbaarheden.atom")
@access(Permission.PUBLIC)
def atom() -> ResponseReturnValue:
    """The newest notices for a feed reader."""
    base: str = connections().settings.base_url
    entries = [
        Entry(
            key=f"{base}{url_for('outage_notices.show', reference=view.reference)}",
            title=view.notice.title,
            text=" ".join((not_working(view.notice.functions, over=over), _span(view), view.notice.body)).strip(),
            published=view.published_at,
            updated=max(view.published_at, view.withdrawn_at or view.published_at, _ended(view)),
        )
        for view in public.newest()
        for over in (view.state is OutageState.OVER,)
    ]
    address = f"{base}{url_for('outage_notices.index')}"
    title = gettext("Onbeschikbaarheden van het Dossierloket")
    body = feed(title, address, f"{address}.atom", entries)
    answer = Response(body, mimetype="application/atom+xml")
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


def _ended(view: public.OutageView) -> datetime:
    ended = view.notice.ends_at
    return ended if ended is not None and view.state is OutageState.OVER else view.published_at


def _span(view: public.OutageView) -> str:
    return span(view.notice.starts_at, view.notice.ends_at, view.state)


_WORDS = {"functions": FUNCTION_LABELS, "states": OUTAGE_STATE_LABELS, "span_of": _span}
