"""The file of one person, with its two tabs (E-067)."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from blueprints.access import access, current_actor
from blueprints.ecalcura.staff import bp, filters
from domain.permissions import Permission
from services.access import own_facility_id
from services.ecalcura import staff_file, staff_queries


@bp.get("/<reference>")
@access(Permission.STAFF_READ)
def file(reference: str) -> ResponseReturnValue:
    """The tab *Contracten*."""
    return _tab(reference, "contracts")


@bp.get("/<reference>/eindeloopbaan")
@access(Permission.STAFF_READ)
def choices(reference: str) -> ResponseReturnValue:
    """The tab *Eindeloopbaan*."""
    return _tab(reference, "choices")


def _tab(reference: str, tab: str) -> ResponseReturnValue:
    actor, state = current_actor(), filters.read(request)
    facility_id = own_facility_id(actor)
    person = staff_file.staff_file(actor, facility_id, reference)
    beside = staff_queries.neighbours(actor, facility_id, reference, state.wanted)
    return render_template(f"ecalcura/staff/{tab}.html", person=person, state=state, beside=beside, tab=tab)
