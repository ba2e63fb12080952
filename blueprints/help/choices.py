"""What the button *Hulp nodig?* offers: the same choices in the window on a page and on the page /hulp/ (E-155)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import current_app, request, url_for
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from blueprints.access import optional_actor
from blueprints.manual import html_of
from domain.calendars import Quarter
from domain.errors import DomainError
from domain.help_choices import ContentQuestion, ContentRoute, content_question
from domain.helpdesk import MAX_PAGE, read_refusal_code
from domain.own_path import own_path
from services import contact_points, manual
from services.contact_points import Reachable
from services.manual import ManualPage

#: Where a message is written; a contract stands in the address of its own pages.
_NEW_MESSAGE = "/berichten/nieuw"
_CONTRACT_PAGES = "/econtracting/opdracht/"


@dataclass(frozen=True, slots=True)
class CameFrom:
    """The page on which somebody asked for help: its path without parameters, and the code it showed."""

    path: str
    code: str
    endpoint: str | None
    arguments: dict[str, Any]

    @property
    def words(self) -> dict[str, Any]:
        """For an address: what is known of it."""
        return {name: value for name, value in (("van", self.path), ("code", self.code)) if value}


@dataclass(frozen=True, slots=True)
class Choices:
    """Help for this page, a question about the content, something that does not work, whom to reach."""

    came_from: CameFrom
    task: ManualPage | None
    task_html: Markup | None
    content: ContentQuestion
    content_href: str | None
    technical_href: str
    points: list[Reachable]


def came_from() -> CameFrom:
    """From ``van`` and ``code`` of the address; anything that is no page or code of ours is left out."""
    path = plain_path(request.args.get("van", ""))
    endpoint, arguments = _page_of(path) if path else (None, {})
    return CameFrom(path, read_refusal_code(request.args.get("code")) or "", endpoint, arguments)


def plain_path(typed: str) -> str:
    """A path of our own without parameters, or nothing."""
    return (own_path(typed.partition("?")[0].partition("#")[0]) or "")[:MAX_PAGE]


def _page_of(path: str) -> tuple[str | None, dict[str, Any]]:
    """Which page an address is; also of a form that can only be sent."""
    adapter = current_app.url_map.bind("")
    for method in ("GET", "POST"):
        with suppress(HTTPException, RequestRedirect):
            endpoint, arguments = adapter.match(path, method=method)
            return endpoint, dict(arguments)
    return None, {}


def choices() -> Choices:
    """For who asks, from the page they came from."""
    actor, origin = optional_actor(), came_from()
    content = content_question(actor)
    task = manual.page_for(origin.endpoint)
    return Choices(
        came_from=origin,
        task=task,
        task_html=html_of(task, lower=True, prefix="hulp-") if task is not None else None,
        content=content,
        content_href=_message(origin) if content.route is ContentRoute.MESSAGE else None,
        technical_href=url_for("help.ask", **origin.words),
        points=contact_points.points(actor.side if actor is not None else None),
    )


def _message(origin: CameFrom) -> str:
    """A new message about the page: with its quarter or its contract, where it has one."""
    words = {"van": origin.path} if origin.path else {}
    with suppress(DomainError, KeyError):
        words["kwartaal"] = str(Quarter.parse(str(origin.arguments["quarter"])))
    if origin.path.startswith(_CONTRACT_PAGES) and "reference" in origin.arguments:
        words["opdracht"] = origin.arguments["reference"]
    return f"{_NEW_MESSAGE}?{urlencode(words)}" if words else _NEW_MESSAGE


def help_link(code: str | None = None) -> str:
    """Where the button leads: the help page, which knows from which page and with which code somebody comes."""
    path = plain_path(request.path)
    own = request.blueprint == "help" and request.endpoint == "help.index"
    return url_for("help.index", van=None if own or path in ("", "/") else path, code=code or None)


def ticket_link(code: str | None = None) -> str:
    """A question to the helpdesk about this page, with the code it shows."""
    return url_for("help.ask", van=plain_path(request.path) or None, code=code or None)
