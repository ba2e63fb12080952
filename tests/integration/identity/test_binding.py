"""Lines 1, 2, 3 and 10 of the SAML controls: an answer is for one request, one address, one audience, one browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from lxml import etree

from integrations.development_idp.messages import SAML
from models.base import db
from models.gate import writing
from models.identity import AuthnRequest, WebSession
from services import tokens, transaction
from services.identity import sessions
from tests.saml.browser import Browser
from tests.saml.forge import Edit, Forge, node, with_text, with_value, without

DATA = "./saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData"
AUDIENCES = "./saml:Conditions/saml:AudienceRestriction"


def test_an_answer_without_edits_is_accepted(app: Flask, browser: Browser, forge: Forge) -> None:
    """The forge itself makes good answers, so that what the tests below change is what they are about."""
    assert browser.answer(forge.answer(browser.ask())).status_code == 303


def _refused_with(
    browser: Browser, forge: Forge, refused: list[str], assertion: Edit | None, response: Edit | None
) -> str:
    answer = browser.answer(forge.answer(browser.ask(), assertion=assertion, response=response))
    assert answer.status_code == 400
    assert browser.identity is None
    assert len(refused) == 1
    return refused[0]


# ---- 1: exactly one stored, unexpired, once-only request -----------------------------------------------------------


@pytest.mark.parametrize(
    ("assertion", "response", "reason"),
    [
        (None, without(".", "InResponseTo"), "in_response_to_missing"),
        (without(DATA, "InResponseTo"), None, "in_response_to_missing"),
        (with_value(DATA, "InResponseTo", "ONELOGIN_other"), None, "in_response_to_differs"),
        (with_value(DATA, "InResponseTo", "_made-up"), with_value(".", "InResponseTo", "_made-up"), "request_unknown"),
    ],
    ids=["response-without", "confirmation-without", "confirmation-of-another", "never-asked"],
)
def test_line1_in_response_to(
    app: Flask,
    browser: Browser,
    forge: Forge,
    refused: list[str],
    assertion: Edit | None,
    response: Edit | None,
    reason: str,
) -> None:
    """Unsolicited answers and answers to another request are refused, in the message and in the signed assertion."""
    assert _refused_with(browser, forge, refused, assertion, response) == reason


def test_line1_a_request_is_answered_once(app: Flask, browser: Browser, forge: Forge, refused: list[str]) -> None:
    """A second answer to the same request is refused, even with a fresh assertion."""
    asked = browser.ask()
    assert browser.answer(forge.answer(asked)).status_code == 303
    assert browser.answer(forge.answer(asked)).status_code == 400
    assert refused == ["request_used"]


def test_line1_a_request_expires(app: Flask, browser: Browser, forge: Forge, refused: list[str]) -> None:
    """Who takes longer than a quarter of an hour starts again."""
    asked = browser.ask()
    row = db.session.get_one(AuthnRequest, asked.id)
    assert row.expires_at - row.made_at == timedelta(minutes=15)
    with transaction.unit_of_work(), writing("test"):
        db.session.get_one(AuthnRequest, asked.id).expires_at = row.made_at
    assert browser.answer(forge.answer(asked)).status_code == 400
    assert refused == ["request_expired"]


def test_line1_request_of_the_other_provider(app: Flask, browser: Browser, forge: Forge, refused: list[str]) -> None:
    """One identity provider does not answer what was asked of the other."""
    asked = browser.ask("acm")
    forge.entities["acm"] = forge.entities["ehealth"]
    assert browser.answer(forge.answer(asked)).status_code == 400
    assert refused == ["other_provider"]


# ---- 2: exactly our address ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edit", "on_response", "reason"),
    [
        (with_value(DATA, "Recipient", "http://127.0.0.1:8000/saml/acs/more"), False, "recipient"),
        (with_value(DATA, "Recipient", "http://evil.example/?http://127.0.0.1:8000/saml/acs"), False, "recipient"),
        (without(DATA, "Recipient"), False, "recipient"),
        (with_value(".", "Destination", "http://127.0.0.1:8000/saml/acs/more"), True, "destination"),
        (with_value(".", "Destination", "HTTP://127.0.0.1:8000/saml/acs"), True, "destination"),
        (with_value(".", "Destination", "http://evil.example/saml/acs"), True, "destination"),
        (without(".", "Destination"), True, "destination"),
    ],
    ids=["longer", "contained", "missing", "destination-longer", "destination-case", "destination-other", "none"],
)
def test_line2_address_is_equal(
    app: Flask, browser: Browser, forge: Forge, refused: list[str], edit: Edit, on_response: bool, reason: str
) -> None:
    """Not 'contains', not 'starts with': equal, in the message and in the signed confirmation."""
    found = _refused_with(browser, forge, refused, None if on_response else edit, edit if on_response else None)
    assert found == reason


def test_line2_the_host_header_decides_nothing(app: Flask, browser: Browser, forge: Forge, refused: list[str]) -> None:
    """An answer for another host is refused, also when the request claims to be at that host."""
    asked = browser.ask()
    elsewhere = with_value(".", "Destination", "http://evil.example/saml/acs")
    answer = forge.answer(asked, response=elsewhere)
    response = browser.post("/saml/acs", {"SAMLResponse": answer}, headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert refused == ["destination"]


# ---- 3: for us alone -----------------------------------------------------------------------------------------------


def _another_restriction(assertion: object) -> None:
    conditions = node(assertion, "./saml:Conditions")
    restriction = etree.SubElement(conditions, f"{{{SAML}}}AudienceRestriction")
    etree.SubElement(restriction, f"{{{SAML}}}Audience").text = "https://other.example/metadata"


def _another_audience(assertion: object) -> None:
    etree.SubElement(node(assertion, AUDIENCES), f"{{{SAML}}}Audience").text = "https://other.example/metadata"


@pytest.mark.parametrize(
    "edit",
    [
        without(AUDIENCES),
        with_text(f"{AUDIENCES}/saml:Audience", "https://other.example/metadata"),
        with_text(f"{AUDIENCES}/saml:Audience", "http://127.0.0.1:8000/saml/metadata/"),
        _another_restriction,
        _another_audience,
    ],
    ids=["missing", "other", "almost", "two-restrictions", "two-audiences"],
)
def test_line3_audience(app: Flask, browser: Browser, forge: Forge, refused: list[str], edit: Edit) -> None:
    """Exactly one AudienceRestriction, naming us alone."""
    assert _refused_with(browser, forge, refused, edit, None) in {"audience", "library"}


def test_line3_a_condition_we_do_not_know(app: Flask, browser: Browser, forge: Forge, refused: list[str]) -> None:
    """What restricts an assertion in a way we do not understand makes it invalid."""

    def add(assertion: object) -> None:
        xsi = "{http://www.w3.org/2001/XMLSchema-instance}type"
        condition = etree.SubElement(node(assertion, "./saml:Conditions"), f"{{{SAML}}}Condition")
        condition.set(xsi, "saml:OneTimeUseType")

    assert _refused_with(browser, forge, refused, add, None) == "condition_unknown"


# ---- 10: the browser that asked ------------------------------------------------------------------------------------


def test_line10_another_browser(
    app: Flask, browser: Browser, another_browser: Callable[[], Browser], forge: Forge, refused: list[str]
) -> None:
    """An answer in a browser that did not ask is refused (login CSRF), and stays good for the one that did."""
    asked = browser.ask()
    value = forge.answer(asked)
    stranger = another_browser()
    assert stranger.answer(value).status_code == 400
    stranger.ask()
    assert stranger.answer(value).status_code == 400
    assert refused == ["other_browser", "other_browser"]
    assert stranger.identity is None
    assert browser.answer(value).status_code == 303


def test_line10_the_request_is_a_row_and_not_in_the_session(app: Flask, browser: Browser) -> None:
    """The cross-site POST carries no session cookie, so nothing depends on it; only a digest is kept."""
    asked = browser.ask()
    row = db.session.get_one(AuthnRequest, asked.id)
    cookie = browser.client.get_cookie("aanmelden", domain="127.0.0.1")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.max_age == 900
    assert cookie.value not in str(vars(row))
    assert len(row.browser_digest) == 64
    assert db.session.query(WebSession).count() == 0


def test_line10_two_tabs(app: Flask, browser: Browser, forge: Forge) -> None:
    """Two sign-ins begun in one browser can both be finished."""
    first, second = browser.ask(next_path="/een"), browser.ask(next_path="/twee")
    assert browser.answer(forge.answer(first)).headers["Location"] == "/een"
    assert browser.answer(forge.answer(second)).headers["Location"] == "/twee"


def test_session_id_is_new_after_signing_in(app: Flask, browser: Browser) -> None:
    """Session fixation: what was known before signing in is worth nothing after it; the language stays."""
    before = sessions.StoredSession(tokens.new(), {"language": "en", "known": "before"})
    sessions.save(before, timedelta(hours=8))
    cookie = app.config["SESSION_COOKIE_NAME"]
    browser.client.set_cookie(cookie, before.token, domain="127.0.0.1")
    browser.sign_in("an-beheerder")
    assert browser.session_token not in {None, before.token}
    after = sessions.load(browser.session_token or "", timedelta(hours=8))
    assert after is not None
    assert after.values["language"] == "en"
    assert "known" not in after.values
    assert sessions.load(before.token, timedelta(hours=8)) is None
