"""The template of a message that asks to reopen (10.5, E-126, E-127): choose the period, look at it, send it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.ecalcura.phase_texts import phase_text
from blueprints.ecalcura.quarter_names import quarter_name
from blueprints.ecalcura.reopening import STATE_TONES, name_refused, request_form
from blueprints.handling import handling
from domain.calendars import Quarter
from domain.ecalcura.reopening import STATE_LABELS
from domain.ecalcura.reopening_words import TEMPLATE_LABELS
from domain.errors import DomainError, NotAllowedNow
from domain.permissions import Permission
from forms.reopening import ReopeningRequestForm
from services.ecalcura import queries, reopening_asking
from services.ecalcura.reopening_asking import ReopeningPage

bp = Blueprint("request_template", __name__, url_prefix="/berichten/heropening")


@bp.get("/", strict_slashes=False)
@access(Permission.REOPENING_REQUEST)
def choose() -> ResponseReturnValue:
    """Each reference period with the template that is for it now, or why nothing can be asked and from when."""
    actor = current_actor()
    periods = queries.overview(actor).periods
    asked = reopening_asking.requests_of(actor, [(period.code, period.situation) for period in periods])
    rows = [
        (period, period.reopening, next((one for one in asked.get(period.code, ()) if one.waits), None))
        for period in periods
    ]
    return render_template(
        "ecalcura/reopening/choose.html",
        open=[row for row in rows if row[2] is not None or row[1].possible],
        closed=[row for row in rows if row[2] is None and not row[1].possible],
        labels=TEMPLATE_LABELS,
        state_labels=STATE_LABELS,
        state_tones=STATE_TONES,
        phase_text=phase_text,
    )


@bp.route("/<period>", methods=["GET", "POST"])
@access(Permission.REOPENING_REQUEST)
def write(period: str) -> ResponseReturnValue:
    """The quarters, what is to change, and the message as it will be sent; sending it makes the request."""
    actor = current_actor()
    shown = reopening_asking.page(actor, period)
    if shown.waiting is not None or not shown.possible.possible:
        return redirect(url_for("reopening.page", period=period), 303)  # it says why, and shows what was asked
    form, status = request_form(shown), 200
    previewing = "preview" in request.form
    if not previewing and form.validate_on_submit():
        with handling(form) as done:
            made = reopening_asking.ask(actor, period, _chosen(form), form.explanation.data or "", form.key.data or "")
        if done:
            flash(gettext("Uw aanvraag is verstuurd. U volgt ze in dit gesprek."), "success")
            return redirect(url_for("messages_portal.show", reference=reopening_asking.thread_of(made)), 303)
        status = 409 if isinstance(done.error, NotAllowedNow) else 422
        shown = reopening_asking.page(actor, period)
        if shown.waiting is not None or not shown.possible.possible:
            return redirect(url_for("reopening.page", period=period), 303)
        name_refused(form, shown)
    elif form.errors and not previewing:
        status = 422
    return _render(shown, form, previewing=previewing), status


def _chosen(form: ReopeningRequestForm) -> list[Quarter]:
    return [Quarter.parse(text) for text in form.quarters.data or ()]


def _render(shown: ReopeningPage, form: ReopeningRequestForm, *, previewing: bool) -> str:
    try:
        message = reopening_asking.template(
            current_actor(), shown.period, _chosen(form), (form.explanation.data or "").strip()
        )
    except DomainError:
        message = None  # the fields say what is wrong
    return render_template(
        "ecalcura/reopening/write.html",
        shown=shown,
        possible=shown.possible,
        form=form,
        message=message,
        previewing=previewing,
        label=TEMPLATE_LABELS[shown.possible.kind] if shown.possible.kind else None,
        phase=phase_text(shown.situation),
        quarter_name=quarter_name,
    )
