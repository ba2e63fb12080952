"""The tabs of the theme eCalcura (E-011): those whose page exists and whose permission the person has."""

from __future__ import annotations

from typing import Any

from flask import current_app, request, url_for
from flask_babel import gettext

from blueprints.access import optional_actor
from domain.errors import N_
from domain.permissions import Permission

#: Label, endpoint, permission, and the blueprints whose pages belong to the tab.
_TABS = (
    (N_("Overzicht"), "ecalcura.overview", Permission.ECALCURA_READ, {"ecalcura", "declarations", "reopening"}),
    (N_("Personeelsgegevens"), "staff.index", Permission.STAFF_READ, {"staff"}),
    (N_("Certificaten"), "certificates.index", Permission.CERTIFICATES_READ, {"certificates"}),
    (N_("Berekening"), "compensation.index", Permission.COMPENSATION_READ, {"compensation"}),
    (N_("Historiek"), "history.index", Permission.HISTORY_READ, {"history"}),
    (N_("Rapporten"), "reports.index", Permission.REPORTS_READ, {"reports"}),
)


def tab_items() -> list[dict[str, Any]]:
    """Label, address and whether it is the current one, for the macro ``theme_tabs``."""
    actor = optional_actor()
    if actor is None:
        return []
    return [
        {"label": gettext(label), "href": url_for(endpoint), "active": request.blueprint in blueprints}
        for label, endpoint, permission, blueprints in _TABS
        if endpoint in current_app.view_functions and actor.may(permission)
    ]
