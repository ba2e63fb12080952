"""One table from what went wrong to the page that says what to do."""

from __future__ import annotations

import secrets
from typing import Any

import structlog
from flask import Flask, Response, current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from blueprints import kept_entries, notice_banners
from blueprints.access import optional_actor
from blueprints.handling import translated
from domain.errors import Conflict, DomainError, Forbidden, NotAllowedNow, NotFound, TooMany, Unavailable
from services import transaction
from services.database_faults import DatabaseFault, Fault, StaleRow, classify
from services.identity import refusals

log = structlog.get_logger("errors")

STATUS: dict[type[DomainError], int] = {
    Forbidden: 403,
    NotFound: 404,
    NotAllowedNow: 409,
    Conflict: 409,
    TooMany: 429,
    Unavailable: 503,
}

_PAGES = {400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503, 507}


def wants_json() -> bool:
    """Whether the page's own script asks, instead of a person who navigates."""
    return request.accept_mimetypes.best == "application/json"


def page(status: int, **context: Any) -> ResponseReturnValue:
    """The error page of a status; JSON for a script; a page without the database when even that fails."""
    if wants_json():
        body = {"status": status, "message": context.get("message") or "", "code": context.get("code")}
        return jsonify(body | {key: context[key] for key in ("theirs", "yours", "reference") if key in context}), status
    template = f"errors/{status if status in _PAGES else 400}.html"
    try:
        return render_template(template, status=status, **context), status
    except DatabaseFault:
        transaction.rollback()
        return _minimal(status, **context), status


def _minimal(status: int, **context: Any) -> str:
    """Without the context of a page, which would ask the database again."""
    template = current_app.jinja_env.get_template("errors/minimal.html")
    return template.render(status=status, outage_banner=notice_banners.banner(), **context)


def say_unavailable(response: Response) -> None:
    """Turn an answer that was made already into the page that says to try again."""
    response.status_code = 503
    response.headers.pop("Location", None)
    response.mimetype = "text/html"
    response.set_data(_minimal(503))


def _domain_error(error: DomainError) -> ResponseReturnValue:
    transaction.rollback()
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 422)
    context: dict[str, Any] = {"message": translated(error), "code": error.code, "error": error}
    if isinstance(error, Conflict):
        context |= {"theirs": error.theirs, "yours": error.yours, "back_url": _own_form()}
    if isinstance(error, Forbidden):
        actor = optional_actor()
        if actor is not None:
            try:
                with transaction.unit_of_work():
                    context["explanation"] = refusals.explain_forbidden(actor, error.permission)
            except DatabaseFault as fault:
                return _database(fault)
    return page(status, **context)


def _own_form() -> str | None:
    """The address of the form that was sent, when it also shows that form: with how things are now."""
    methods = request.url_rule.methods if request.url_rule is not None else None
    return request.path if methods and "GET" in methods else None


def _stale(_: StaleRow) -> ResponseReturnValue:
    transaction.rollback()
    message = gettext("Iemand anders heeft dit intussen gewijzigd. Open de pagina opnieuw en wijzig ze nog eens.")
    return page(409, message=message, theirs={}, yours={}, back_url=_own_form())


def _csrf(_: CSRFError) -> ResponseReturnValue:
    """A form from before the session ended: what it held comes back in a page, to be sent again after signing in."""
    transaction.rollback()
    again = None if wants_json() else kept_entries.resend()
    if optional_actor() is None:
        message = gettext("Uw sessie is verlopen. Meld u opnieuw aan; daarna kunt u verder werken.")
        return page(401, message=message, resend=again)
    if kept_entries.is_of_another():
        message = gettext(
            "Dit formulier werd ingevuld door iemand anders, of voor een andere organisatie. Er is niets verzonden."
        )
        return page(400, message=message)
    message = gettext("Dit formulier is verlopen. Ga terug, vernieuw de pagina en probeer opnieuw.")
    return page(400, message=message, resend=again)


def _http(error: HTTPException) -> ResponseReturnValue:
    transaction.rollback()
    if error.code is None or error.code < 400:
        return error.get_response()
    if error.code == 401 and request.method == "GET" and not wants_json():
        return redirect(url_for("auth.login", next=request.full_path.rstrip("?")))
    return page(error.code, message="")


def _database(error: Any) -> ResponseReturnValue:
    """Locked, full or gone: nothing half done; try again shortly."""
    transaction.rollback()
    if _holds_nul(error):
        return _refused_nul()
    fault = classify(error)
    if fault is not Fault.BUG:
        log.error("database unavailable", kind=type(getattr(error, "orig", error)).__name__, fault=fault)
        return page(507 if fault is Fault.FULL else 503, message="")
    return _bug(error)


def _value(error: ValueError) -> ResponseReturnValue:
    """A NUL byte in a text is no bug of ours: PostgreSQL refuses it when it is bound."""
    if _holds_nul(error):
        transaction.rollback()
        return _refused_nul()
    return _bug(error)


def _holds_nul(error: Exception) -> bool:
    """Drivers say it in their own words, as a ValueError or as wrong data."""
    text = str(getattr(error, "orig", None) or error)
    return "NUL" in text or "null byte" in text or "0x00" in text


def _refused_nul() -> ResponseReturnValue:
    return page(400, message=gettext("De gegevens bevatten een teken dat niet toegelaten is."))


def _bug(error: Exception) -> ResponseReturnValue:
    transaction.rollback()
    if current_app.testing:
        raise error
    reference = secrets.token_hex(4).upper()
    log.error("unexpected error", reference=reference, kind=type(error).__name__, exc_info=error)
    return page(500, message="", reference=reference)


def init_app(app: Flask) -> None:
    """Register the table. In tests a bug is raised, so that it cannot hide behind a page (``_bug``)."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(StaleRow, _stale)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    for kind in DatabaseFault:
        app.register_error_handler(kind, _database)
    app.register_error_handler(ValueError, _value)
    app.register_error_handler(Exception, _bug)
