"""Terms of use, disclaimer, privacy and accessibility: for everybody, linked in the footer (CP-01, CP-05)."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor, optional_actor
from blueprints.handling import handling, translated
from domain import terms_of_use as rules
from domain.errors import DomainError
from domain.permissions import Permission
from domain.terms_of_use import TermsVersion
from services import clock, terms_of_use

bp = Blueprint("legal", __name__)

#: When the statement on accessibility was last gone through, and when the text on privacy last changed.
ACCESSIBILITY_CHECKED = date(2026, 9, 15)
PRIVACY_CHANGED = date(2026, 9, 15)


@bp.app_template_global()
def terms_to_accept() -> TermsVersion | None:
    """For the notice on a start page: the version that the person did not agree with yet."""
    actor = optional_actor()
    return terms_of_use.to_accept(actor) if actor is not None else None


@bp.get("/gebruiksvoorwaarden")
@access(Permission.PUBLIC)
def terms() -> ResponseReturnValue:
    """The terms in force, with the list of earlier versions."""
    return _terms(rules.in_force(clock.today()))


@bp.get("/gebruiksvoorwaarden/<number>")
@access(Permission.PUBLIC)
def terms_version(number: str) -> ResponseReturnValue:
    """The terms as they were in a version."""
    return _terms(rules.version(number))


def _terms(shown: TermsVersion) -> ResponseReturnValue:
    actor, today = optional_actor(), clock.today()
    current = rules.in_force(today)
    return render_template(
        "legal/terms.html",
        shown=shown,
        current=current,
        text=f"legal/terms/{shown.number.replace('.', '_')}.html",
        versions=rules.until(today),
        to_accept=terms_of_use.to_accept(actor) if actor is not None and shown == current else None,
    )


@bp.post("/gebruiksvoorwaarden/<number>/akkoord")
@access(Permission.HOME)
def accept_terms(number: str) -> ResponseReturnValue:
    """*Ik ga akkoord*: recorded per person and version."""
    with handling() as done:
        terms_of_use.accept(current_actor(), number)
    if not done:
        flash(translated(done.error) if isinstance(done.error, DomainError) else "", "warning")
        return redirect(url_for("legal.terms"))
    flash(
        gettext("Genoteerd: u gaat akkoord met versie %(number)s van de gebruiksvoorwaarden.", number=number), "success"
    )
    return redirect(url_for("portal.home"))


@bp.get("/disclaimer")
@access(Permission.PUBLIC)
def disclaimer() -> ResponseReturnValue:
    """No guarantee of uninterrupted access or of timely repair (CP-05)."""
    return render_template("legal/disclaimer.html")


@bp.get("/privacy")
@access(Permission.PUBLIC)
def privacy() -> ResponseReturnValue:
    """What is kept of people, why, how long, and their rights (E-153)."""
    mailbox = current_app.extensions["settings"].privacy_mailbox
    return render_template("legal/privacy.html", changed=PRIVACY_CHANGED, mailbox=mailbox)


@bp.get("/toegankelijkheid")
@access(Permission.PUBLIC)
def accessibility() -> ResponseReturnValue:
    """The accessibility statement, in the form of the European model."""
    settings = current_app.extensions["settings"]
    return render_template(
        "legal/accessibility.html",
        checked=ACCESSIBILITY_CHECKED,
        mailboxes=(settings.department_mailbox, settings.contracting_mailbox),
        address=settings.base_url,
    )
