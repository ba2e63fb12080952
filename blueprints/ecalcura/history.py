"""The tab *Historiek* (E-140 to E-142): every calculation and payment, with its letter."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from blueprints.access import access, current_actor
from domain.ecalcura.letter_kinds import LETTER_LABELS
from domain.ecalcura.payment_history import COLUMNS
from domain.permissions import Permission
from services.ecalcura import history, letter_archive

bp = Blueprint("history", __name__, url_prefix="/ecalcura/historiek")


@bp.get("/")
@access(Permission.HISTORY_READ)
def index() -> ResponseReturnValue:
    """The history of the facility, the amounts over the years and the letters."""
    actor = current_actor()
    return render_template(
        "ecalcura/history/index.html",
        history=history.own(actor),
        columns=COLUMNS,
        letter_labels=LETTER_LABELS,
        may_explain=actor.may(Permission.COMPENSATION_READ),
    )


@bp.get("/bericht/<reference>")
@access(Permission.HISTORY_READ)
def letter(reference: str) -> ResponseReturnValue:
    """A letter to the own facility as a file."""
    return pdf_response(*letter_archive.file(current_actor(), reference))


def pdf_response(name: str, content: bytes) -> Response:
    """A PDF to keep; opened by a browser it can run nothing."""
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
