"""*Verzoeken tot verbetering* (E-153): registering one, deciding it, and asking the department along."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.handling import handling, posted_version, status_of
from blueprints.lists import Address, position, typed
from blueprints.privacy.blueprint import bp
from domain.errors import NotFound
from domain.permissions import Permission
from domain.privacy import (
    ACT_HELP,
    ACT_LABELS,
    FIELD_LABELS,
    NEEDS_ANSWER,
    STATE_LABELS,
    CorrectionAct,
    CorrectionState,
)
from forms.privacy import CorrectionActForm, CorrectionForm, InvolveForm
from services.privacy import correction_reading
from services.privacy import corrections as requests

TONES = {
    CorrectionState.ASKED: ("info", "open"),
    CorrectionState.TAKEN: ("info", "clock"),
    CorrectionState.CORRECTED: ("success", "check"),
    CorrectionState.REFUSED: ("error", "blocked"),
    CorrectionState.WITHDRAWN: ("neutral", None),
}
WORDS = {
    "state_labels": STATE_LABELS,
    "field_labels": {field.value: label for field, label in FIELD_LABELS.items()},
    "tones": TONES,
}


@bp.get("/privacy-verbetering")
@access(Permission.PERSON_FILE)
def corrections() -> ResponseReturnValue:
    """The requests of the own facility, the newest first, by state."""
    asked = typed("stand")
    state = CorrectionState(asked) if asked in set(CorrectionState) else None
    address = Address(url_for("privacy.corrections"), {"stand": state.value} if state else {})
    return render_template(
        "privacy/corrections.html",
        page=correction_reading.corrections(current_actor(), state, position()),
        address=address,
        state=state,
        states=[(one.value, gettext(label)) for one, label in STATE_LABELS.items()],
        **WORDS,
    )


@bp.route("/privacy-verbetering/nieuw", methods=["GET", "POST"])
@access(Permission.PERSON_FILE)
def correction_new() -> ResponseReturnValue:
    """Register a request; from a person file the number comes along in the body (``begin``)."""
    begins = "begin" in request.form
    form = (
        CorrectionForm(formdata=None, data={"number": request.form.get("number", "")[:40]})
        if begins
        else CorrectionForm()
    )
    form.field.choices = [(one.value, gettext(label)) for one, label in FIELD_LABELS.items()]
    form.quarter.choices = [("", gettext("Geen"))] + [
        (one, one) for one in correction_reading.quarters(current_actor())
    ]
    if not begins and form.validate_on_submit():
        with handling(form) as done:
            made = requests.register(
                current_actor(),
                form.number.data or "",
                form.field.data,
                form.quarter.data or None,
                form.wanted.data or "",
                form.key.data or "",
            )
        if done:
            flash(gettext("Het verzoek is geregistreerd."), "success")
            return redirect(url_for("privacy.correction", reference=made.reference), 303)
    return render_template("privacy/correction_form.html", form=form), status_of(form)


@bp.get("/privacy-verbetering/<reference>")
@access(Permission.PERSON_FILE)
def correction(reference: str) -> ResponseReturnValue:
    """One request: what is asked, how it can be corrected, and what can be done."""
    return _page(reference, CorrectionActForm(formdata=None), InvolveForm(formdata=None))


@bp.post("/privacy-verbetering/<reference>/departement")
@access(Permission.PERSON_FILE)
def involve(reference: str) -> ResponseReturnValue:
    """Ask the department along: a thread about the request."""
    form = InvolveForm()
    if form.validate_on_submit():
        with handling(form) as done:
            requests.involve(current_actor(), reference, form.body.data or "", posted_version(form.version.data))
        if done:
            flash(gettext("Uw bericht is verzonden. Het antwoord van het departement komt in dit gesprek."), "success")
            return redirect(url_for("privacy.correction", reference=reference), 303)
    return _page(reference, CorrectionActForm(formdata=None), form)


@bp.post("/privacy-verbetering/<reference>/<which>")
@access(Permission.PERSON_FILE)
def correction_act(reference: str, which: str) -> ResponseReturnValue:
    """Take up, decide or withdraw a request."""
    if which not in set(CorrectionAct):
        raise NotFound
    chosen, form = CorrectionAct(which), CorrectionActForm()
    if form.validate_on_submit():
        version = posted_version(form.version.data)
        with handling(form) as done:
            requests.act(current_actor(), reference, chosen, form.answer.data or "", version)
        if done:
            flash(gettext("Bewaard: %(act)s.", act=gettext(ACT_LABELS[chosen]).lower()), "success")
            return redirect(url_for("privacy.correction", reference=reference), 303)
    return _page(reference, form, InvolveForm(formdata=None), chosen)


def _page(
    reference: str, form: CorrectionActForm, involving: InvolveForm, chosen: CorrectionAct | None = None
) -> ResponseReturnValue:
    shown = correction_reading.correction(current_actor(), reference)
    form.version.data = form.version.data or shown.request.version
    involving.version.data = involving.version.data or shown.request.version
    page = render_template(
        "privacy/correction.html",
        shown=shown,
        form=form,
        involving=involving,
        chosen=chosen,
        act_labels=ACT_LABELS,
        act_help=ACT_HELP,
        needs_answer=NEEDS_ANSWER,
        **WORDS,
    )
    return page, max(status_of(form), status_of(involving))
