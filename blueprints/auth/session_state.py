"""Whether the session still lives, asked by the scripts of a page; and where signing in aside ends."""

from __future__ import annotations

from flask import jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from blueprints.access import access
from blueprints.auth.blueprint import bp
from blueprints.kept_entries import from_own_page, keeping_now
from domain.permissions import Permission


@bp.get("/sessie")
@access(Permission.PUBLIC)
def state() -> ResponseReturnValue:
    """Who is signed in, as a mark that names nobody, and the form token of the session.

    Asking keeps no session alive (``blueprints.sessions``). Who is not signed in, or asks from another site, learns
    nothing. Signing in made the token (``blueprints.auth.signing_in``): asking writes nothing.
    """
    keeping = keeping_now()
    if keeping is None or not from_own_page():
        return jsonify(signed_in=False)
    return jsonify(signed_in=True, account=keeping.mark, csrf=generate_csrf())


@bp.get("/sessie/terug")
@access(Permission.PUBLIC)
def back() -> ResponseReturnValue:
    """After signing in aside: this window may be closed. The waiting page hears it from the script of this one."""
    return render_template("auth/back.html")
