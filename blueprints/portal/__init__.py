"""The public start page and, after signing in, the start page with a tile for each theme (E-011)."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from blueprints.access import access, current_actor, optional_actor
from blueprints.pages import LANGUAGES
from blueprints.portal.ready_files import ready_files
from blueprints.portal.start import shown
from domain.own_path import own_path
from domain.permissions import Permission
from services import contact_points, portal

bp = Blueprint("portal", __name__)


@bp.get("/")
@access(Permission.PUBLIC)
def public() -> ResponseReturnValue:
    """What this is, for anybody; somebody who is signed in goes on to the own start page."""
    if optional_actor() is not None:
        return redirect(url_for("portal.home"))
    return render_template("portal/public.html", points=contact_points.points())


@bp.get("/start")
@access(Permission.HOME)
def home() -> ResponseReturnValue:
    """The themes of the organisation as tiles, with what is open and due."""
    actor = current_actor()
    return render_template("portal/home.html", **shown(actor, portal.start_page(actor)), notices=ready_files(actor))


@bp.post("/taal")
@access(Permission.PUBLIC)
def choose_language() -> ResponseReturnValue:
    """Remember the language of the person for this session."""
    language = request.form.get("language", "")
    if language in LANGUAGES:
        session["language"] = language
    return redirect(own_path(request.form.get("back")) or url_for("portal.public"))
