"""The public start page and, after signing in, the start page with a tile for each theme (E-011)."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from blueprints import languages
from blueprints.access import access, current_actor, optional_actor
from blueprints.portal.ready_files import ready_files
from blueprints.portal.start import shown
from domain.own_path import own_path
from domain.permissions import Permission
from services import contact_points, portal, transaction
from services.identity import languages as remembered

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


@bp.get("/taal")
@access(Permission.PUBLIC)
def languages_page() -> ResponseReturnValue:
    """The choice of a language for who is not signed in: only here a visitor gets a session."""
    return render_template(
        "portal/languages.html", back=own_path(request.args.get("terug")) or url_for("portal.public")
    )


@bp.post("/taal")
@access(Permission.PUBLIC)
def choose_language() -> ResponseReturnValue:
    """Remember the language of the person: in this session and, for who is signed in, from now on."""
    language, actor = request.form.get("language", ""), optional_actor()
    if language in languages.known():
        session["language"] = language
        if actor is not None:
            with transaction.unit_of_work():
                remembered.remember(actor, language)
    return redirect(own_path(request.form.get("back")) or url_for("portal.public"))
