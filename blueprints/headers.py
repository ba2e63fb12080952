"""Security headers, exact on every answer, errors included."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

from config import Settings

_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def csp_nonce() -> str:
    """The nonce of this answer, for script tags."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return g.csp_nonce  # type: ignore[no-any-return]


def _policy(form_targets: str) -> str:
    return (
        "default-src 'none'; "
        f"script-src 'self' 'nonce-{csp_nonce()}'; "
        "style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
        f"form-action 'self'{form_targets}; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
    )


def static_headers(settings: Settings) -> dict[str, str]:
    """The headers of a static file, which needs no script and belongs to nobody."""
    policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
    return {"Content-Security-Policy": policy, **_FIXED, **_secure(settings)}


def _secure(settings: Settings) -> dict[str, str]:
    return {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"} if settings.secure else {}


def init_app(app: Flask) -> None:
    """Put the headers on every answer."""
    settings = app.extensions["settings"]

    @app.after_request
    def _headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", _policy(getattr(g, "form_targets", "")))
        for name, value in (_FIXED | _secure(settings)).items():
            response.headers.setdefault(name, value)
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        response.vary.add("Cookie")
        return response

    app.jinja_env.globals["csp_nonce"] = csp_nonce
