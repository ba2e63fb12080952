"""The tab *Rapporten*: choose a period, then a report, on screen or as a file (E-145, part 10.2)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.ecalcura import report_pages
from blueprints.ecalcura.report_pages import Filter
from blueprints.handling import handling, translated
from domain.errors import NotFound
from domain.permissions import Permission
from forms.confirmation import ConfirmationForm
from services import transaction
from services.ecalcura.reports import catalogue, orders, reading
from services.ecalcura.reports.orders import Ready

bp = Blueprint("reports", __name__, url_prefix="/ecalcura/rapporten")


@bp.get("", strict_slashes=False)
@access(Permission.REPORTS_READ)
def index() -> ResponseReturnValue:
    """Choose a period first, from the list of what there is."""
    if period := request.args.get("periode"):
        catalogue.quarters_in(period)
        return redirect(url_for("reports.period", period=period))
    return _choose(None)


@bp.get("/<period>")
@access(Permission.REPORTS_READ)
def period(period: str) -> ResponseReturnValue:
    """The reports of a period."""
    catalogue.quarters_in(period)
    return _choose(period)


def _choose(period: str | None) -> ResponseReturnValue:
    actor = current_actor()
    periods = reading.periods(actor)
    items = report_pages.report_items(period, None, _href(period)) if period else []
    return render_template(
        "ecalcura/reports/index.html",
        period=period,
        period_name=report_pages.period_name(period) if period else None,
        options=report_pages.period_options(periods),
        any_period=bool(periods.quarters),
        items=items,
        orders=orders.orders(actor),
    )


def _href(period: str) -> Any:
    return lambda code, **words: url_for("reports.show", period=period, code=code, **words)


@bp.get("/<period>/<code>")
@access(Permission.REPORTS_READ)
def show(period: str, code: str) -> ResponseReturnValue:
    """One report. A national number that was typed as a name leaves the address at once."""
    actor = current_actor()
    if report_pages.number_typed():
        flash(gettext("Filter op een deel van de naam: een rijksregisternummer komt niet in het adres."), "warning")
        return redirect(url_for("reports.show", period=period, code=code))
    report = reading.report(actor, code, period)
    href = _href(period)
    context = report_pages.context(
        report,
        Filter.read(),
        lambda **words: href(code, **words),
        lambda reference: url_for("staff.file", reference=reference),
    )
    return render_template(
        "ecalcura/reports/report.html",
        **context,
        period=period,
        period_name=report_pages.period_name(period),
        options=report_pages.period_options(reading.periods(actor)),
        items=report_pages.report_items(period, code, href),
        file_url=url_for("reports.file", period=period, code=code),
        form=ConfirmationForm(),
    )


@bp.post("/<period>/<code>/bestand")
@access(Permission.REPORTS_READ)
def file(period: str, code: str) -> ResponseReturnValue:
    """The report as a file: at once, or a page that tells when it is ready."""
    kind = report_pages.file_kind(request.form.get("formaat"))
    if kind is None:
        catalogue.definition_of(code, period)
        flash(gettext("Kies een formaat: Excel, CSV of PDF."), "error")
        return redirect(url_for("reports.show", period=period, code=code), 303)
    with handling() as done:
        made = orders.ask(current_actor(), code, period, kind)
    if done.error is not None:
        flash(translated(done.error), "error")
        return redirect(url_for("reports.show", period=period, code=code), 303)
    if isinstance(made, Ready):
        return attachment(made)
    return redirect(url_for("reports.order", reference=made), 303)


@bp.get("/bestanden/<reference>")
@access(Permission.REPORTS_READ)
def order(reference: str) -> ResponseReturnValue:
    """A file that is made in the background: how far it is, or where it can be fetched."""
    return render_template("ecalcura/reports/file.html", order=orders.order(current_actor(), reference))


@bp.get("/bestanden/<reference>/ophalen")
@access(Permission.REPORTS_READ)
def fetch(reference: str) -> ResponseReturnValue:
    """The file itself; who takes it along is traced."""
    with transaction.unit_of_work():
        made = orders.download(current_actor(), reference)
    return attachment(made)


def attachment(made: Ready) -> Response:
    """A file to keep, never shown in the page or kept by anything on the way."""
    if not made.name.isascii():
        raise NotFound
    return Response(
        made.content,
        content_type=made.media_type,
        headers={"Content-Disposition": f'attachment; filename="{made.name}"', "Cache-Control": "no-store"},
    )
