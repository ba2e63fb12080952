"""The addresses of signing in: cookies over https, and the one address that cookies and messages are for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask, Response

from blueprints.auth.blueprint import bind
from models.base import db
from models.identity import AuthnRequest
from services.connections import connections
from services.identity import accounts
from tests.saml.browser import Browser, page_of


@pytest.mark.one_database
def test_line10_cookie_over_https(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """It must come along with a POST from another site, and over https only; over http browsers forbid that."""

    def cookie() -> set[str]:
        response = Response()
        with app.test_request_context("/"):
            bind(response, "value")
        return {part for part in response.headers["Set-Cookie"].split("; ") if not part.startswith("Expires=")}

    assert cookie() == {"aanmelden=value", "Max-Age=900", "HttpOnly", "Path=/", "SameSite=Lax"}
    secure = replace(app.extensions["settings"], base_url="https://loket.example.be")
    monkeypatch.setitem(app.extensions, "settings", secure)
    assert cookie() == {"__Host-aanmelden=value", "Max-Age=900", "Secure", "HttpOnly", "Path=/", "SameSite=None"}


@pytest.mark.one_database
def test_another_name_of_this_machine_goes_to_the_configured_one(app: Flask) -> None:
    """Who opens ``localhost`` in development would lose the cookie on the way back from ``127.0.0.1``."""
    here = Browser(app, "http://localhost:8000").get("/login/acm?next=/start")
    assert here.headers["Location"] == "http://127.0.0.1:8000/login/acm?next=/start"
    for other in ("http://localhost:9000", "http://evil.example:8000", "http://127.0.0.1:8000"):
        location = Browser(app, other).get("/login/acm").headers["Location"]
        assert location.startswith("http://127.0.0.1:8000/idp/acm/sso?")
        assert "evil" not in location


def test_unknown_provider(app: Flask, browser: Browser) -> None:
    """No such provider: not found, and nothing is kept."""
    assert browser.get("/login/other").status_code == 404
    assert db.session.query(AuthnRequest).count() == 0


def test_metadata_is_there(app: Flask, browser: Browser) -> None:
    """For whoever runs an identity provider."""
    response = browser.get("/saml/metadata")
    assert response.mimetype == "application/samlmetadata+xml"
    assert b"Signature" in response.data


def test_answers_are_posted(app: Flask, browser: Browser) -> None:
    """An answer in the address is not read."""
    assert browser.get("/saml/acs?SAMLResponse=x").status_code == 405


@pytest.mark.one_database
def test_without_any_provider(app: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says so instead of offering nothing."""
    monkeypatch.setattr(connections().saml, "providers", {})
    assert "niet mogelijk" in page_of(browser.get("/login")).text


@pytest.mark.one_database
def test_identity_key_of_its_own(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret key can change without making strangers of known people."""
    settings = connections().settings
    own = replace(settings, extra={"ELOKET_IDENTITY_KEY": "k" * 40})
    monkeypatch.setattr(connections(), "settings", own)
    digest = accounts.number_digest("88010100079")
    monkeypatch.setattr(connections(), "settings", replace(own, secret_key="changed"))
    assert accounts.number_digest("88010100079") == digest
    monkeypatch.setattr(connections(), "settings", replace(settings, secret_key="changed"))
    assert accounts.number_digest("88010100079") != digest
