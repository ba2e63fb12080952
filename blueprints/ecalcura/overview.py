"""The tab *Overzicht* of eCalcura: every quarter with its status and what to do next (E-060 to E-064)."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.ecalcura.phase_texts import TONES, phase_text
from blueprints.ecalcura.quarter_names import quarter_name
from blueprints.handling import handling, translated
from domain.calendars import Quarter
from domain.ecalcura.campaign import PHASE_LABELS
from domain.permissions import Permission
from forms.declaration import NewDossierForm
from services.ecalcura import declarations, queries, reopening_asking
from services.messaging import reading

bp = Blueprint("ecalcura", __name__, url_prefix="/ecalcura")

#: So many threads stand on the overview (E-060); the message module has the others.
_THREADS = 3


def _form(overview: queries.Overview) -> NewDossierForm:
    form = NewDossierForm()
    form.quarter.choices = [(str(quarter), quarter_name(quarter)) for quarter in overview.can_be_opened]
    return form


@bp.get("/", strict_slashes=False)
@access(Permission.ECALCURA_READ)
def overview() -> ResponseReturnValue:
    """The dossiers per reference period, the phase in words and what is due."""
    actor = current_actor()
    shown = queries.overview(actor)
    asked = {}
    if actor.may(Permission.REOPENING_REQUEST):
        asked = reopening_asking.requests_of(actor, [(period.code, period.situation) for period in shown.periods])
    threads = reading.newest(actor, _THREADS) if actor.may(Permission.MESSAGES) else ()
    return render_template(
        "ecalcura/overview.html",
        overview=shown,
        threads=threads,
        asked=asked,
        form=_form(shown),
        phase_labels=PHASE_LABELS,
        phase_tones=TONES,
        phase_text=phase_text,
        quarter_name=quarter_name,
    )


@bp.post("/aangifte")
@access(Permission.DECLARATION_WRITE)
def new_dossier() -> ResponseReturnValue:
    """'Nieuw dossier' (T-01). A quarter that was opened in the meantime is simply shown."""
    actor = current_actor()
    shown = queries.overview(actor)
    form = _form(shown)
    wanted = form.quarter.data
    if any(row.dossier is not None and str(row.quarter) == wanted for period in shown.periods for row in period.rows):
        return redirect(url_for("declarations.show", quarter=wanted))
    if form.validate_on_submit():
        with handling(form) as done:
            declarations.open_new(actor, Quarter.parse(wanted))
        if done:
            flash(gettext("Het dossier is aangemaakt. U kunt nu prestaties invullen."), "success")
            return redirect(url_for("declarations.show", quarter=wanted))
        if done.error is not None:
            flash(translated(done.error), "error")
    else:
        flash(gettext("Kies een kwartaal uit de lijst om een nieuw dossier te maken."), "error")
    return redirect(url_for("ecalcura.overview"))
