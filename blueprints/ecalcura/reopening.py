"""Asking to reopen quarters of a reference period, and following what was asked (E-126, E-127)."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.ecalcura.phase_texts import phase_text
from blueprints.ecalcura.quarter_names import quarter_name
from blueprints.handling import handling, translated
from domain.calendars import Quarter
from domain.ecalcura.declaration import STATUS_LABELS
from domain.ecalcura.reopening import STATE_LABELS, RequestState
from domain.errors import NotAllowedNow
from domain.permissions import Permission
from forms.confirmation import ConfirmationForm
from forms.reopening import ReopeningRequestForm
from services.ecalcura import reopening_asking
from services.ecalcura.reopening_asking import ReopeningPage

bp = Blueprint("reopening", __name__, url_prefix="/ecalcura/heropening")

#: Looks of the tag that says where a request stands.
STATE_TONES = {
    RequestState.WAITING: "warning",
    RequestState.LAPSED: "error",
    RequestState.GRANTED: "success",
    RequestState.REFUSED: "error",
    RequestState.WITHDRAWN: "neutral",
}


@bp.route("/<period>", methods=["GET", "POST"], strict_slashes=False)
@access(Permission.REOPENING_REQUEST)
def page(period: str) -> ResponseReturnValue:
    """Which quarters may be asked back, what that changes and until when; posting it sends the request."""
    actor = current_actor()
    shown = reopening_asking.page(actor, period)
    form = request_form(shown)
    status = 200
    if form.validate_on_submit():
        with handling(form) as done:
            quarters = [Quarter.parse(text) for text in form.quarters.data]
            reopening_asking.ask(actor, period, quarters, form.explanation.data or "", form.key.data or "")
        if done:
            told = gettext(
                "Uw aanvraag is verstuurd. Het Departement Zorg beslist; uw contactpersonen krijgen een mail."
            )
            flash(told, "success")
            return redirect(url_for("reopening.page", period=period), 303)
        status = 409 if isinstance(done.error, NotAllowedNow) else 422
        shown = reopening_asking.page(actor, period)
        name_refused(form, shown)
    elif form.errors and (shown.waiting or shown.possible.refused):
        # the fields are no longer on the page: the page says why not
        form.quarters.errors, form.explanation.errors = [], []
        if shown.possible.refused and not shown.waiting:
            form.form_errors.append(translated(shown.possible.refused))
        status = 409
    elif form.errors:
        status = 422
    return _render(shown, form), status


@bp.post("/<period>/<reference>/intrekken")
@access(Permission.REOPENING_REQUEST)
def withdraw(period: str, reference: str) -> ResponseReturnValue:
    """Take a request back that nobody decided yet."""
    form = ConfirmationForm()
    if form.validate_on_submit():
        with handling(form) as done:
            reopening_asking.withdraw(current_actor(), reference)
        if done:
            flash(gettext("Uw aanvraag is ingetrokken. Er verandert niets aan uw kwartalen."), "success")
        elif done.error is not None:
            flash(translated(done.error), "error")
    return redirect(url_for("reopening.page", period=period), 303)


def name_refused(form: ReopeningRequestForm, shown: ReopeningPage) -> None:
    """Say of which quarter a refusal is, while others can still be asked."""
    if shown.waiting or shown.possible.refused:
        return
    refused = {str(quarter): (quarter, reason) for quarter, reason in shown.possible.left_out}
    named = [refused[text] for text in form.quarters.data or () if text in refused]
    if named:
        form.form_errors[:] = [f"{quarter_name(quarter)}: {translated(reason)}" for quarter, reason in named]


def request_form(shown: ReopeningPage) -> ReopeningRequestForm:
    """Every quarter that may be asked is chosen beforehand: after the provisional calculation there is one act."""
    chosen = [str(quarter) for quarter in shown.possible.quarters]
    wanted = request.args.get("kwartaal", "")
    if shown.possible.times_left is None and wanted in chosen:
        chosen = [wanted]
    form = ReopeningRequestForm(data={"quarters": chosen})
    form.quarters.choices = [(str(quarter), _choice(shown, quarter)) for quarter in shown.possible.quarters]
    return form


def _choice(shown: ReopeningPage, quarter: Quarter) -> str:
    status = shown.statuses[quarter]
    return f"{quarter_name(quarter)} ({gettext(STATUS_LABELS[status])})" if status else quarter_name(quarter)


def _render(shown: ReopeningPage, form: ReopeningRequestForm) -> str:
    return render_template(
        "ecalcura/reopening/page.html",
        shown=shown,
        possible=shown.possible,
        form=form,
        phase=phase_text(shown.situation),
        quarter_name=quarter_name,
        state_labels=STATE_LABELS,
        state_tones=STATE_TONES,
    )
