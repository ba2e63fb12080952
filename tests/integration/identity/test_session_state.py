"""The address at which pages ask whether their session lives: says nothing to others, keeps nothing alive."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from models.base import db
from models.identity import WebSession
from services.identity.keeping import keeping_of
from tests.factories import actors
from tests.saml.browser import Browser
from tests.support.client import Client
from tests.support.sign_in import SignedIn

OWN = {"Sec-Fetch-Site": "same-origin"}


def _seen() -> datetime:
    return db.session.execute(select(WebSession.seen_at)).scalar_one()


def test_who_is_signed_in_learns_the_mark_and_the_token_of_the_session(signed_in: SignedIn) -> None:
    client = signed_in(actor=actors.case_manager())
    token = client.csrf_token()
    answer = client.get("/sessie", headers=OWN)
    assert client.actor is not None
    assert answer.json is not None
    assert answer.json["signed_in"] is True
    assert answer.json["account"] == keeping_of(client.actor).mark
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.headers["Vary"]
    assert client.post("/logout", csrf=False, headers={"X-CSRFToken": answer.json["csrf"]}).status_code == 303
    assert token


def test_nobody_and_another_site_learn_nothing(client: Client, signed_in: SignedIn) -> None:
    assert client.get("/sessie", headers=OWN).json == {"signed_in": False}
    other = signed_in(actor=actors.case_manager())
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://x.example"}):
        assert other.get("/sessie", headers=headers).json == {"signed_in": False}


def test_asking_makes_no_session(client: Client) -> None:
    assert "Set-Cookie" not in client.get("/sessie", headers=OWN).headers


def test_who_just_signed_in_is_told_the_token_before_any_page_and_nothing_is_written(browser: Browser) -> None:
    """A page that waits for the sign-in asks before the new window shows anything; both must hold the same token."""
    browser.sign_in("els-dossierbeheerder")
    kept = db.session.scalars(select(WebSession.data)).one()
    answer = browser.get("/sessie", headers=OWN)
    assert answer.json is not None
    assert "Set-Cookie" not in answer.headers
    assert db.session.scalars(select(WebSession.data)).one() == kept
    assert browser.get("/start").status_code == 200
    assert browser.post("/logout", headers={"X-CSRFToken": answer.json["csrf"]}).status_code == 303


def test_asking_keeps_no_session_alive(signed_in: SignedIn, at: object) -> None:
    """Half an hour idle is half an hour, however often an open page asks."""
    at("2026-10-05T10:00:00+02:00")  # type: ignore[operator]
    client = signed_in(actor=actors.case_manager())
    client.csrf_token()
    began = _seen()
    at("2026-10-05T10:20:00+02:00")  # type: ignore[operator]
    assert client.get("/sessie", headers=OWN).json["signed_in"] is True  # type: ignore[index]
    db.session.rollback()
    assert _seen() == began
    at("2026-10-05T10:31:00+02:00")  # type: ignore[operator]
    assert client.get("/sessie", headers=OWN).json == {"signed_in": False}


def test_the_mark_and_the_key_differ_by_person_and_by_organisation(app: object) -> None:
    """Neither says who it is; what lies in a browser for one cannot be read by another."""
    one, other = actors.case_manager(), actors.helpdesk()
    found = [keeping_of(one), keeping_of(other)]
    assert len({keeping.mark for keeping in found}) == len({keeping.key for keeping in found}) == 2
    assert keeping_of(one) == keeping_of(one)
    for keeping in found:
        assert one.organisation_key not in keeping.mark + keeping.key


def test_the_key_is_on_pages_of_who_is_signed_in_only(client: Client, signed_in: SignedIn) -> None:
    assert "data-key=" not in client.get("/login").text
    page = signed_in(actor=actors.case_manager()).get("/start").text
    assert 'name="bewaren"' in page


def test_the_window_that_signed_in_aside_may_be_closed(client: Client, signed_in: SignedIn) -> None:
    assert client.page("/sessie/terug").heading == "U bent nog niet aangemeld"
    assert signed_in(actor=actors.case_manager()).page("/sessie/terug").heading == "U bent opnieuw aangemeld"
