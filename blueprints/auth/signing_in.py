"""The sign-in page, and the addresses at which identity providers are met."""

from __future__ import annotations

from urllib.parse import urlsplit

import structlog
from flask import Response, current_app, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from blueprints.access import access, optional_actor
from blueprints.auth.blueprint import bind, bp, browser_token, real_now
from blueprints.sessions import ServerSession
from domain.own_path import own_path
from domain.permissions import Permission
from extensions import csrf
from services import transaction
from services.connections import connections
from services.identity import languages, sign_in
from services.identity.refusals import Refusal
from services.identity.sign_in import SignedIn

log = structlog.get_logger("auth")

_LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}


@bp.get("/login")
@access(Permission.PUBLIC)
def login() -> ResponseReturnValue:
    """Choose where to sign in; somebody who is signed in goes on at once."""
    next_path = own_path(request.args.get("next"))
    if optional_actor() is not None:
        return redirect(next_path or url_for("portal.home"))
    return render_template("auth/login.html", choices=sign_in.choices(), next_path=next_path)


@bp.get("/login/<idp>")
@access(Permission.PUBLIC)
def start(idp: str) -> ResponseReturnValue:
    """To the identity provider, with a signed request that this browser alone can have answered."""
    elsewhere = _canonical_address()
    if elsewhere is not None:
        return redirect(elsewhere)
    token = browser_token()
    next_path = own_path(request.args.get("next")) or url_for("portal.home")
    with transaction.unit_of_work():
        address = sign_in.begin(idp, next_path, token, real_now(), again="again" in request.args)
    response = make_response(redirect(address))
    bind(response, token)
    return response


def _canonical_address() -> str | None:
    """In development: the same page at the address that cookies and messages are for, when it was opened by another
    name of the same machine (``localhost`` for ``127.0.0.1``)."""
    settings = current_app.extensions["settings"]
    here, ours = urlsplit(f"//{request.host}"), urlsplit(settings.base_url)
    names = {here.hostname, ours.hostname}
    if settings.production or here.port != ours.port or len(names) == 1 or not names <= _LOOPBACK | {"::1"}:
        return None
    return f"{settings.base_url}{request.full_path.rstrip('?')}"


@bp.post("/saml/acs")
@csrf.exempt
@access(Permission.PUBLIC)
def acs() -> ResponseReturnValue:
    """The answer of an identity provider. It needs no form token: it is bound to a request and to the browser."""
    outcome = sign_in.complete(request.form.get("SAMLResponse", ""), browser_token(), real_now())
    transaction.commit()
    if isinstance(outcome, Refusal):
        log.warning("sign-in refused", reason=outcome.reason)
        return no_access(outcome, 400 if outcome.reason.startswith("saml.") else 403)
    _open_session(outcome)
    return redirect(outcome.next_path, 303)


def _open_session(signed_in: SignedIn) -> None:
    """A session under a new id. The language is what was chosen just now, else what the person chose before.

    Its form token is made here: pages that ask for it at the same moment would each make one, and all but one lose.
    """
    language = session.get("language") or languages.of(signed_in.identity["account_id"])
    session.clear()
    assert isinstance(session._get_current_object(), ServerSession)  # type: ignore[attr-defined]
    session.renew()  # type: ignore[attr-defined]
    session["identity"] = signed_in.identity
    if language:
        session["language"] = language
    generate_csrf()


def no_access(refusal: Refusal, status: int) -> ResponseReturnValue:
    """The page *Geen toegang*: why, what came in, what is missing, who grants it, and a code for the helpdesk."""
    return render_template("auth/no_access.html", explanation=refusal), status


@bp.get("/saml/metadata")
@access(Permission.PUBLIC)
def metadata() -> ResponseReturnValue:
    """Our signed metadata, for the identity providers."""
    return Response(connections().saml.metadata(real_now()), mimetype="application/samlmetadata+xml")
