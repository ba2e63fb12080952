"""Signing out: here, everywhere, or because the identity provider says so."""

from __future__ import annotations

from urllib.parse import urlsplit

import structlog
from flask import g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from blueprints.access import access, optional_actor
from blueprints.auth.blueprint import bp, browser_token, real_now
from domain.permissions import Permission
from integrations.saml_messages import AnswerRefused
from services import transaction
from services.identity import sign_out

log = structlog.get_logger("auth")


@bp.get("/logout")
@access(Permission.PUBLIC)
def logout() -> ResponseReturnValue:
    """Ask first: opening an address changes nothing."""
    if optional_actor() is None:
        return redirect(url_for("auth.signed_out"))
    everywhere = sign_out.everywhere_address(session["identity"])
    if everywhere is not None:
        parts = urlsplit(everywhere)
        g.form_targets = f" {parts.scheme}://{parts.netloc}"
    return render_template("auth/logout.html", everywhere=everywhere is not None)


@bp.post("/logout")
@access(Permission.PUBLIC)
def end() -> ResponseReturnValue:
    """End the session here; with ``everywhere`` ask the identity provider to end the others too."""
    actor = optional_actor()
    target = None
    if actor is not None:
        everywhere = "everywhere" in request.form
        if everywhere:
            target = sign_out.begin_everywhere(session["identity"], browser_token(), real_now())
        sign_out.trace(actor, "everywhere" if everywhere else "local")
        transaction.commit()
    session.clear()
    return redirect(target or url_for("auth.signed_out"), 303)


@bp.get("/afgemeld")
@access(Permission.PUBLIC)
def signed_out() -> ResponseReturnValue:
    """That says so."""
    return render_template("auth/signed_out.html", everywhere=None)


@bp.get("/saml/sls")
@access(Permission.PUBLIC)
def sls() -> ResponseReturnValue:
    """A signed message about signing out: a request of the identity provider, or its answer to ours.

    The protocol asks for GET here; only a message that the provider signed changes anything.
    """
    try:
        with transaction.unit_of_work():
            received = sign_out.receive(request.query_string.decode("ascii", "replace"), real_now())
    except AnswerRefused as refused:
        log.warning("sign-out message refused", reason=str(refused.reason))
        return render_template("auth/signed_out.html", everywhere=False), 400
    if received.answer_address is not None:
        return redirect(received.answer_address)
    return render_template("auth/signed_out.html", everywhere=received.confirmed)
