"""The notice on the start page that a file somebody asked for is ready to be fetched."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext

from domain.actor import Actor, Side
from services.ecalcura.reports import orders


def ready_files(actor: Actor) -> list[dict[str, Any]]:
    """A notice for each file that was not fetched yet."""
    endpoint = "reports.fetch" if actor.side is Side.FACILITY else "case_reports.fetch"
    return [
        {
            "kind": "info",
            "title": gettext("Uw bestand is klaar."),
            "text": f"{gettext(one.title)}, {one.period}.",
            "href": url_for(endpoint, reference=one.reference),
            "link_text": gettext("%(name)s ophalen", name=one.name),
        }
        for one in orders.unfetched(actor)
    ]
