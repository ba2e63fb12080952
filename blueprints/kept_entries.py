"""What is typed survives: the server's side of static/js/keep.js, and of sending again without any script.

The browser drops what it kept only when the server says that it has it: a form that was kept carries ``_ontvangst``, a
random value; when the answer is a redirect, thus done, a cookie of that name tells the script of the next page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request, url_for

from blueprints.access import optional_actor
from services.identity import keeping
from services.identity.keeping import Keeping

RECEIPT = "_ontvangst"
OWNER = "_voor"
_NONCE = re.compile(r"[A-Za-z0-9_-]{22}")
_COOKIE = "ontvangen-"
_COOKIE_SECONDS = 600

#: What a page can carry along to be sent again: a grid of 2,000 lines is half of it.
_MAX_CHARACTERS = 1_000_000
_MAX_FIELDS = 40_000
_NEVER = re.compile(r"csrf_token|_ontvangst|_voor|.*(password|wachtwoord).*|SAML.*|RelayState", re.IGNORECASE)


@dataclass(frozen=True)
class Resend:
    """A post that was not taken, to be sent again: where to, its fields, and the names of files to choose again."""

    action: str
    fields: list[tuple[str, str]]
    files: list[str]
    owner: str


def keeping_now() -> Keeping | None:
    """The mark and the key of who is signed in."""
    actor = optional_actor()
    if actor is None:
        return None
    if "keeping" not in g:
        g.keeping = keeping.keeping_of(actor)
    return g.keeping  # type: ignore[no-any-return]


def from_own_page() -> bool:
    """Whether a page of ours sent this request: the browser says so, in a header that no script can set."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    settings = current_app.extensions["settings"]
    return bool(request.headers.get("Origin") == settings.base_url)


def resend() -> Resend | None:
    """What was posted, to go into a page that offers to send it again; None when that is not safe or too much.

    Only a post of our own page is given back: otherwise another site could put its words into a form of ours. Only to
    who typed it: the form says whose it was, and somebody else who is signed in now does not see it. Never files.
    """
    if request.method != "POST" or request.blueprint == "auth" or not from_own_page():
        return None
    fields = [(name, text) for name, text in request.form.items(multi=True) if not _NEVER.fullmatch(name)]
    if len(fields) > _MAX_FIELDS or sum(len(name) + len(text) for name, text in fields) > _MAX_CHARACTERS:
        return None
    owner, now = request.form.get(OWNER, ""), keeping_now()
    if now is not None and owner and owner != now.mark:
        return None
    files = [file.filename for file in request.files.values() if file.filename]
    return Resend(request.full_path.rstrip("?"), fields, files, owner)


def is_of_another() -> bool:
    """Whether the posted form was made for another person than who is signed in now."""
    owner, now = request.form.get(OWNER, ""), keeping_now()
    return now is not None and bool(owner) and owner != now.mark


def _acknowledge(response: Response) -> Response:
    """Tell the browser that what a form held has been taken: the use case was done, the next page is shown."""
    nonce = request.form.get(RECEIPT, "") if request.method == "POST" and response.status_code in (302, 303) else ""
    if nonce and _NONCE.fullmatch(nonce) and optional_actor() is not None and not _to_sign_in(response):
        settings = current_app.extensions["settings"]
        # read and removed by the script of the next page: nothing secret is in it
        response.set_cookie(
            f"{_COOKIE}{nonce}", "1", max_age=_COOKIE_SECONDS, path="/", secure=settings.secure, samesite="Strict"
        )
    return response


def _to_sign_in(response: Response) -> bool:
    return urlsplit(response.headers.get("Location", "")).path == url_for("auth.login")


def _context() -> dict[str, Any]:
    return {"keeping": keeping_now()}


def init_app(app: Flask) -> None:
    """Give every page the mark and the key of who is signed in; tell what was taken."""
    app.context_processor(_context)
    app.jinja_env.globals["keeping_now"] = keeping_now
    app.after_request(_acknowledge)
