"""Line 4 of the SAML controls: an answer holds for minutes, by two clocks that differ by at most one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from integrations.identity_providers import IdentityProvider
from services.connections import connections
from tests.saml.browser import Browser, page_of
from tests.saml.forge import Edit, Forge, at, with_value, without

CONDITIONS = "./saml:Conditions"
DATA = "./saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData"
STATEMENT = "./saml:AuthnStatement"


def seconds(number: int) -> timedelta:
    return timedelta(seconds=number)


def moved(path: str, attribute: str, offset: timedelta) -> Edit:
    """An edit that puts an instant so far from now."""
    return with_value(path, attribute, lambda: at(offset))


def all_moved(offset: timedelta) -> Edit:
    """An edit for an assertion that was made at another moment, with the usual five minutes."""

    def edit(root: object) -> None:
        moved(".", "IssueInstant", offset)(root)
        moved(STATEMENT, "AuthnInstant", offset)(root)
        moved(CONDITIONS, "NotBefore", offset)(root)
        for path in (CONDITIONS, DATA):
            moved(path, "NotOnOrAfter", offset + seconds(300))(root)

    return edit


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (without(CONDITIONS, "NotOnOrAfter"), "time_missing"),
        (without(DATA, "NotOnOrAfter"), "time_missing"),
        (moved(CONDITIONS, "NotOnOrAfter", seconds(400)), "valid_too_long"),
        (moved(DATA, "NotOnOrAfter", seconds(400)), "valid_too_long"),
        (moved(CONDITIONS, "NotOnOrAfter", seconds(-70)), "expired"),
        (moved(DATA, "NotOnOrAfter", seconds(-70)), "expired"),
        (moved(CONDITIONS, "NotBefore", seconds(75)), "not_yet_valid"),
        (moved(DATA, "NotBefore", seconds(75)), "not_yet_valid"),
        (moved(".", "IssueInstant", seconds(-400)), "not_fresh"),
        (moved(".", "IssueInstant", seconds(75)), "not_fresh"),
        (moved(STATEMENT, "AuthnInstant", seconds(75)), "not_fresh"),
        (moved(STATEMENT, "AuthnInstant", timedelta(minutes=-62)), "authentication_too_old"),
        (moved(STATEMENT, "AuthnInstant", timedelta(days=-365)), "authentication_too_old"),
        (moved(STATEMENT, "SessionNotOnOrAfter", seconds(-75)), "expired"),
        (with_value(CONDITIONS, "NotOnOrAfter", "2999-01-01T00:00:00+01:00"), "time_form"),
        (with_value(CONDITIONS, "NotOnOrAfter", "2999-02-30T00:00:00Z"), "time_form"),
        (all_moved(seconds(-361)), "not_fresh"),
        (all_moved(seconds(75)), "not_fresh"),
    ],
)
def test_line4_assertion(
    app: Flask, browser: Browser, forge: Forge, refused: list[str], edit: Edit, reason: str
) -> None:
    """Every instant is there, in UTC, and where it must be."""
    answer = browser.answer(forge.answer(browser.ask(), assertion=edit))
    assert answer.status_code == 400
    assert refused == [reason]
    assert browser.identity is None


@pytest.mark.parametrize("offset", [seconds(-400), seconds(75)])
def test_line4_message(app: Flask, browser: Browser, forge: Forge, refused: list[str], offset: timedelta) -> None:
    """The IssueInstant of the message is fresh too."""
    answer = browser.answer(forge.answer(browser.ask(), response=moved(".", "IssueInstant", offset)))
    assert answer.status_code == 400
    assert refused == ["not_fresh"]


@pytest.mark.parametrize("offset", [seconds(-280), seconds(45)])
def test_line4_a_clock_that_is_a_little_off(app: Flask, browser: Browser, forge: Forge, offset: timedelta) -> None:
    """Up to a minute early, and up to the end of its five minutes, an answer is good."""
    answer = browser.answer(forge.answer(browser.ask(), assertion=all_moved(offset)))
    assert answer.status_code == 303


def test_line4_authentication_elsewhere_may_be_some_time_ago(app: Flask, browser: Browser, forge: Forge) -> None:
    """Single sign-on: who signed in at the provider within the hour is not asked again."""
    edit = moved(STATEMENT, "AuthnInstant", timedelta(minutes=-55))
    assert browser.answer(forge.answer(browser.ask(), assertion=edit)).status_code == 303


def test_line4_too_old_authentication_is_done_again(app: Flask, browser: Browser, forge: Forge) -> None:
    """The page leads to the same provider, which must then authenticate anew (ForceAuthn), and on to the same page."""
    edit = moved(STATEMENT, "AuthnInstant", timedelta(minutes=-62))
    page = page_of(browser.answer(forge.answer(browser.ask(next_path="/ecalcura/personeel"), assertion=edit)))
    assert "te lang geleden" in page.text
    link = page.links()["Opnieuw tonen wie u bent"]
    assert link == "/login/acm?next=/ecalcura/personeel&again=1"
    asked = browser.ask("acm", "/ecalcura/personeel", again="1")
    assert asked.document.get("ForceAuthn") == "true"
    assert browser.ask().document.get("ForceAuthn") is None


def test_line4_maximum_age_is_a_setting(app: Flask) -> None:
    """An integration file may ask for another age."""
    provider: IdentityProvider = connections().saml.providers["acm"]
    assert provider.max_age == timedelta(minutes=60)
