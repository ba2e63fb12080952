"""What the pages of *Groepen en rechten* share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext

from domain.econtracting.rights import LEVEL_LABELS, Level
from domain.errors import N_
from services.listing import Position

bp = Blueprint("contracting_rights", __name__)

#: The right of a group in one or two words, for cells.
SHORT_LEVELS: dict[Level, str] = {
    Level.CONSULT: N_("Raadplegen"),
    Level.DRAFT: N_("Opmaken"),
    Level.SEND: N_("Verzenden"),
}


def typed(name: str) -> str:
    """A text of the address of the page."""
    return " ".join(request.args.get(name, "").replace("\0", " ").split())[:100]


def page_number(name: str = "pagina") -> int:
    """The page of a list that the address asks for."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def position() -> Position:
    """Where in a list of contracts the address stands."""
    return Position(number=page_number())


def sub_tabs(current: str, without_group: int | None = None) -> list[dict[str, Any]]:
    """The pages under *Groepen en rechten*."""
    pages = (
        ("contracting_rights.index", gettext("Groepen")),
        ("contracting_rights.matrix", gettext("Personen en thema's")),
        ("contracting_rights.without_group", gettext("Opdrachten zonder groep")),
        ("privacy.views", gettext("Raadplegingen")),
    )
    return [
        {
            "label": label,
            "href": url_for(endpoint),
            "active": endpoint == current,
            "count": without_group if endpoint.endswith("without_group") else None,
        }
        for endpoint, label in pages
    ]


def words() -> dict[str, Any]:
    """What every template of these pages needs to name things."""
    return {"level_labels": LEVEL_LABELS, "short_levels": SHORT_LEVELS}
