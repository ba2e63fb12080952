"""Signing out: here, everywhere, and because the identity provider says so."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask import Flask
from lxml import html

from integrations.development_idp import redirects
from models.audit import AuditEntry
from models.base import db
from models.identity import WebSession
from tests.saml.browser import Browser, page_of
from tests.saml.forge import Forge, now


def _form_token(browser: Browser) -> str:
    page = html.document_fromstring(browser.get("/logout").text)
    return str(page.xpath("//main//input[@name='csrf_token']/@value")[0])


def _sign_out(browser: Browser, **fields: str) -> str:
    response = browser.post("/logout", {"csrf_token": _form_token(browser), **fields})
    assert response.status_code == 303
    return response.headers["Location"]


def _trace() -> list[str]:
    return [row.data for row in db.session.query(AuditEntry).filter_by(event="identity.signed_out")]


def test_opening_the_address_changes_nothing(app: Flask, browser: Browser) -> None:
    """GET asks first; only the form signs out."""
    browser.sign_in("an-beheerder")
    page = page_of(browser.get("/logout"))
    assert page.heading == "Wilt u afmelden?"
    assert browser.identity is not None


def test_signing_out_needs_the_form_token(app: Flask, browser: Browser) -> None:
    """Another site cannot sign somebody out."""
    browser.sign_in("an-beheerder")
    assert browser.post("/logout").status_code == 400
    assert browser.identity is not None


def test_signing_out_here(app: Flask, browser: Browser) -> None:
    """The session ends at once, also when the cookie is kept; the page says so."""
    browser.sign_in("an-beheerder")
    kept = browser.session_token or ""
    assert _sign_out(browser) == "/afgemeld"
    browser.client.set_cookie(app.config["SESSION_COOKIE_NAME"], kept, domain="127.0.0.1")
    assert browser.identity is None
    assert browser.get("/start").status_code == 302
    assert page_of(browser.get("/afgemeld")).heading == "U bent afgemeld"
    assert _trace() == ['{"reason":"local"}']


def test_without_a_session(app: Flask, browser: Browser) -> None:
    """Who is not signed in is told so, without an error."""
    assert browser.get("/logout").headers["Location"] == "/afgemeld"
    assert "U bent afgemeld" in browser.get("/afgemeld").text


# ---- single logout that starts here ---------------------------------------------------------------------------------


def test_everywhere(app: Flask, browser: Browser) -> None:
    """A signed LogoutRequest to the provider and its signed answer back; the session here ended before."""
    browser.sign_in("an-beheerder")
    policy = browser.get("/logout").headers["Content-Security-Policy"]
    assert "form-action 'self' http://127.0.0.1:8000;" in policy
    address = _sign_out(browser, everywhere="1")
    assert address.startswith("http://127.0.0.1:8000/idp/acm/slo?SAMLRequest=")
    assert browser.identity is None
    back = browser.get(address).headers["Location"]
    assert back.startswith("http://127.0.0.1:8000/saml/sls?SAMLResponse=")
    page = page_of(browser.get(back))
    assert "bij dit loket en bij de aanmelddienst" in page.text
    assert _trace() == ['{"reason":"everywhere"}']
    again = page_of(browser.get(back))
    assert "bevestigde niet" in again.text


def test_everywhere_when_the_answer_is_not_signed_well(app: Flask, browser: Browser) -> None:
    """The person is signed out here in any case and is told what is not certain."""
    browser.sign_in("an-beheerder")
    back = browser.get(_sign_out(browser, everywhere="1")).headers["Location"]
    spoiled = re.sub(r"Signature=[^&]{20}", "Signature=" + "A" * 20, back)
    response = browser.get(spoiled)
    assert response.status_code == 400
    assert "bevestigde niet" in page_of(response).text


# ---- single logout that starts at the provider ----------------------------------------------------------------------


def _provider_request(browser: Browser, key: str = "acm") -> str:
    """The address with the LogoutRequest that the development identity provider sends this browser to."""
    page = browser.get("/idp/")
    assert "Overal afmelden" in page.text
    return browser.post(f"/idp/{key}/logout").headers["Location"]


def test_started_at_the_provider(app: Flask, browser: Browser, another_browser: Callable[[], Browser]) -> None:
    """All sessions of that sign-in end, others stay; the answer goes back signed."""
    other = another_browser()
    other.sign_in("mila-opmaker")
    browser.sign_in("an-beheerder")
    address = _provider_request(browser)
    assert browser.identity is not None

    back = browser.get(address)

    assert back.status_code == 302
    assert browser.identity is None
    assert other.identity is not None
    assert _trace() == ['{"reason":"identity provider"}']
    location = back.headers["Location"]
    assert location.startswith("http://127.0.0.1:8000/idp/acm/slo?SAMLResponse=")
    assert "U bent overal afmeld" not in location
    assert "U bent overal afgemeld" in browser.get(location).text


def test_request_of_the_provider_ends_the_session_without_its_cookie(
    app: Flask, browser: Browser, another_browser: Callable[[], Browser]
) -> None:
    """Sessions are found by NameID and SessionIndex, not by the cookie that happens to come along."""
    browser.sign_in("an-beheerder")
    address = _provider_request(browser)
    another_browser().get(address)
    assert browser.identity is None
    assert db.session.query(WebSession).count() == 0


def _unsigned(address: str) -> str:
    return address.split("&SigAlg=")[0]


def _other_key(address: str) -> str:
    return re.sub(r"Signature=[^&]{20}", "Signature=" + "B" * 20, address)


def _weak_algorithm(address: str) -> str:
    return re.sub(r"SigAlg=[^&]*", "SigAlg=" + quote("http://www.w3.org/2000/09/xmldsig#rsa-sha1", safe=""), address)


def _twice(address: str) -> str:
    packed = re.search(r"SAMLRequest=([^&]*)", address)
    assert packed is not None
    return f"{address}&SAMLRequest={packed[1]}"


def _escaped_name(address: str) -> str:
    """The signature covers the plain name; a second, escaped one must not be what is read."""
    return address.replace("?SAMLRequest=", "?SAMLReques%74=AAAA&SAMLRequest=")


@pytest.mark.parametrize("spoil", [_unsigned, _other_key, _weak_algorithm, _twice, _escaped_name])
def test_request_that_the_provider_did_not_sign(app: Flask, browser: Browser, spoil: Callable[[str], str]) -> None:
    """Only what the provider signed ends a session."""
    browser.sign_in("an-beheerder")
    response = browser.get(spoil(_provider_request(browser)))
    assert response.status_code == 400
    assert browser.identity is not None
    assert page_of(response).heading == "U bent nog aangemeld"


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("Destination", "http://127.0.0.1:8000/saml/sls/other"),
        ("Destination", None),
        ("IssueInstant", "2020-01-01T00:00:00Z"),
        ("NotOnOrAfter", "2020-01-01T00:00:00Z"),
    ],
)
def test_signed_request_that_is_not_for_us_or_not_for_now(
    app: Flask, browser: Browser, forge: Forge, attribute: str, value: str | None
) -> None:
    """Address and time count for sign-out messages too."""
    browser.sign_in("an-beheerder")
    identity = browser.identity or {}
    entity = forge.entities["acm"]
    good = redirects.logout_request(entity, identity["name_id"], identity["session_index"], now())
    document, _ = redirects.read_redirect(urlsplit(good).query, "SAMLRequest", entity.pair.certificate)
    if value is None:
        del document.attrib[attribute]
    else:
        document.set(attribute, value)
    spoiled = redirects.redirect(entity.sp_sls_url, "SAMLRequest", document, entity.pair)
    assert browser.get(spoiled).status_code == 400
    assert browser.identity is not None
    assert browser.get(good).status_code == 302
    assert browser.identity is None


@pytest.mark.parametrize("query", ["", "SAMLRequest=", "SAMLRequest=%%%", "x=y", "SAMLRequest=AAAA&SAMLResponse=BBBB"])
def test_rubbish_at_the_sign_out_address(app: Flask, browser: Browser, query: str) -> None:
    """A plain refusal."""
    assert browser.get(f"/saml/sls?{query}").status_code == 400


def test_relay_state_is_given_back(app: Flask, browser: Browser, forge: Forge) -> None:
    """What the provider wants to remember returns with the answer, and leads nowhere here."""
    browser.sign_in("an-beheerder")
    identity = browser.identity or {}
    entity = forge.entities["acm"]
    plain = redirects.logout_request(entity, identity["name_id"], identity["session_index"], now())
    document, _ = redirects.read_redirect(urlsplit(plain).query, "SAMLRequest", entity.pair.certificate)
    address = redirects.redirect(entity.sp_sls_url, "SAMLRequest", document, entity.pair, "token of theirs")
    location = browser.get(address).headers["Location"]
    assert parse_qs(urlsplit(location).query)["RelayState"] == ["token of theirs"]


def test_session_lasts_eight_hours_at_most(app: Flask, browser: Browser, at: Callable[[str], object]) -> None:
    """13.6: at most eight hours, thirty minutes without a request."""
    browser.sign_in("an-beheerder")
    row = db.session.query(WebSession).one()
    assert row.ends_at - row.created_at == timedelta(hours=8)
    at("2024-09-16T10:31:00+02:00")
    assert browser.get("/start").status_code == 302
