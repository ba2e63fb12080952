"""The blueprint, and the cookie that binds an answer to the browser that asked."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, current_app, request

from services import tokens
from services.identity.requests import LIFETIME

bp = Blueprint("auth", __name__)


def real_now() -> datetime:
    """The real clock: the protocol with the identity providers runs on it, whatever ELOKET_NOW says."""
    return datetime.now(UTC)


def _cookie_name() -> str:
    return "__Host-aanmelden" if current_app.extensions["settings"].secure else "aanmelden"


def browser_token() -> str:
    """The random value of this browser, kept while it is valid so that two tabs can sign in at once; else a new one."""
    known = request.cookies.get(_cookie_name(), "")
    return known if tokens.well_formed(known) else tokens.new()


def bind(response: Response, token: str) -> None:
    """Give the browser its random value for as long as a request may be answered.

    Over https it must come back with the cross-site POST of the identity provider, so SameSite=None; over http (only
    in development, where provider and portal share a site) browsers do not allow that.
    """
    secure = current_app.extensions["settings"].secure
    response.set_cookie(
        _cookie_name(),
        token,
        max_age=int(LIFETIME.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="None" if secure else "Lax",
    )
