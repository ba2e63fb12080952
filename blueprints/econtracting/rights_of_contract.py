"""The tab *Toegang* of a contract: the groups that work on it, with their members, and people added for it only."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.econtracting.rights.blueprint import words
from blueprints.handling import handling, translated
from domain.permissions import Permission
from services.econtracting.contracts import queries
from services.econtracting.rights import links, of_contract

bp = Blueprint("contracting_access", __name__)


@bp.get("/econtracting/opdracht/<reference>/toegang")
@access(Permission.RIGHTS_MANAGE)
def index(reference: str) -> ResponseReturnValue:
    """Who works on the contract, per group."""
    actor = current_actor()
    return render_template(
        "econtracting/rights/of_contract.html",
        contract=queries.header(actor, reference),
        page=of_contract.access_page(actor, reference),
        **words(),
    )


@bp.post("/econtracting/opdracht/<reference>/toegang/groep")
@access(Permission.RIGHTS_MANAGE)
def add_group(reference: str) -> ResponseReturnValue:
    """Let a group work on the contract."""
    group = request.form.get("group", "")[:16]
    if not group:
        flash(gettext("Kies een groep."), "error")
        return _back(reference)
    with handling() as done:
        links.link(current_actor(), group, [reference])
    if done:
        flash(gettext("De groep werkt nu aan deze opdracht."), "success")
    else:
        flash(translated(done.error) if done.error else "", "error")
    return _back(reference)


@bp.post("/econtracting/opdracht/<reference>/toegang/<group>/lid")
@access(Permission.RIGHTS_MANAGE)
def add_extra(reference: str, group: str) -> ResponseReturnValue:
    """Add somebody to a group for this contract only (C-042)."""
    person = request.form.get("person", "")[:16]
    if not person:
        flash(gettext("Kies een persoon."), "error")
        return _back(reference)
    with handling() as done:
        added = links.add_extra(current_actor(), group, reference, person)
    if not done:
        flash(translated(done.error) if done.error else "", "error")
    elif added:
        flash(gettext("Deze persoon heeft het recht van de groep nu voor deze ene opdracht."), "success")
    else:
        flash(gettext("Deze persoon was al toegevoegd voor deze opdracht."), "info")
    return _back(reference)


@bp.post("/econtracting/opdracht/<reference>/toegang/<group>/lid/<person>/verwijderen")
@access(Permission.RIGHTS_MANAGE)
def remove_extra(reference: str, group: str, person: str) -> ResponseReturnValue:
    """End what somebody was added for."""
    with handling() as done:
        removed = links.remove_extra(current_actor(), group, reference, person)
    if done and removed:
        flash(gettext("Deze persoon is niet meer toegevoegd aan de groep voor deze opdracht."), "success")
    elif done:
        flash(gettext("Deze persoon was niet (meer) toegevoegd."), "info")
    return _back(reference)


def _back(reference: str) -> ResponseReturnValue:
    return redirect(url_for("contracting_access.index", reference=reference))
