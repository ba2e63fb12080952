"""Pages of the development identity provider: a small application of its own, without a database."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, abort, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from integrations.development_idp import messages, redirects
from integrations.development_idp.entities import MOUNT_PATH, NAMES, entities
from integrations.development_idp.messages import Entity, Subject
from integrations.development_idp.personas import personas
from integrations.development_idp.redirects import RequestRefused

__all__ = ["MOUNT_PATH", "development_idp"]


def development_idp(settings: Any) -> Flask:
    """The application, to be mounted at MOUNT_PATH. RuntimeError in production."""
    known = entities(settings)
    app = Flask(__name__, template_folder="templates", static_folder=None)
    key = next(iter(known.values())).pair.key
    app.config.update(
        SECRET_KEY=hashlib.sha256(f"session:{key}".encode()).hexdigest(),
        SESSION_COOKIE_NAME="development_idp",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH=MOUNT_PATH,
        MAX_CONTENT_LENGTH=64 * 1024,
    )
    app.extensions["entities"] = known
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    _add_views(app)
    app.after_request(_headers)
    app.register_error_handler(RequestRefused, _refused)
    return app


def _entity(app: Flask, key: str) -> Entity:
    entity: Entity | None = app.extensions["entities"].get(key)
    return entity or abort(404)


def _now() -> datetime:
    return datetime.now(UTC)


def _nonce() -> str:
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def _headers(response: Response) -> Response:
    targets = " ".join(["'self'", *sorted({entity.sp_acs_url for entity in _known().values()})])
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'nonce-{_nonce()}'; style-src 'self'; "
        f"form-action {targets}; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


def _known() -> dict[str, Entity]:
    from flask import current_app

    known: dict[str, Entity] = current_app.extensions["entities"]
    return known


def _refused(error: RequestRefused) -> ResponseReturnValue:
    return render_template("refused.html", message=str(error)), 400


def _add_views(app: Flask) -> None:
    @app.get("/style.css")
    def style() -> ResponseReturnValue:
        return Response(render_template("style.css"), mimetype="text/css")

    @app.get("/")
    def index() -> ResponseReturnValue:
        return render_template("index.html", names=NAMES, here=_here())

    @app.get("/<key>")
    @app.get("/<key>/metadata")
    def metadata(key: str) -> ResponseReturnValue:
        return Response(messages.metadata(_entity(app, key)), mimetype="application/samlmetadata+xml")

    @app.get("/<key>/sso")
    def sign_on(key: str) -> ResponseReturnValue:
        entity = _entity(app, key)
        redirects.read_sign_in_request(entity, _raw_query(), _now())
        people = [persona for persona in personas().values() if persona.idp == key]
        return render_template("personas.html", name=NAMES[key], personas=people)

    @app.post("/<key>/sso")
    def choose(key: str) -> ResponseReturnValue:
        return _answer(_entity(app, key), request.form.get("persona", ""))

    @app.get("/<key>/slo")
    def logout_message(key: str) -> ResponseReturnValue:
        entity = _entity(app, key)
        if "SAMLResponse" in request.args:
            confirmed = redirects.read_logout_answer(entity, _raw_query(), _now())
            return render_template("signed_out.html", name=NAMES[key], confirmed=confirmed)
        target = redirects.logout_answer(entity, _raw_query(), _now())
        session.pop(key, None)
        return redirect(target)

    @app.post("/<key>/logout")
    def start_logout(key: str) -> ResponseReturnValue:
        entity = _entity(app, key)
        here = session.pop(key, None)
        if here is None:
            return redirect(url_for("index"))
        return redirect(redirects.logout_request(entity, here["name_id"], here["session_index"], _now()), 303)


def _raw_query() -> str:
    return request.query_string.decode("ascii", "replace")


def _here() -> list[tuple[str, str]]:
    """Who is signed in at which entity, for the page that signs out everywhere."""
    return [(key, personas()[session[key]["persona"]].label) for key in NAMES if key in session]


def _answer(entity: Entity, chosen: str) -> ResponseReturnValue:
    """The page that carries the answer back, for the request that is still in the address."""
    in_response_to, relay_state = redirects.read_sign_in_request(entity, _raw_query(), _now())
    persona = personas().get(chosen)
    if persona is None or persona.idp != entity.key:
        other = NAMES[persona.idp] if persona else None
        people = [known for known in personas().values() if known.idp == entity.key]
        return render_template(
            "personas.html", name=NAMES[entity.key], personas=people, unknown=chosen, other=other
        ), 400
    subject = Subject(messages.new_id(), messages.new_id(), persona.authn_context, persona.attributes)
    session[entity.key] = {"persona": persona.id, "name_id": subject.name_id, "session_index": subject.session_index}
    return render_template(
        "answer.html",
        action=entity.sp_acs_url,
        answer=messages.answer(entity, in_response_to, subject, _now()),
        relay_state=relay_state,
        nonce=_nonce(),
        label=persona.label,
    )
