"""Line 5 of the SAML controls: an assertion is accepted once, whoever posts it and however many at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from flask import Flask

from models.base import db
from models.gate import writing
from models.identity import AcceptedAssertion, Account, AuthnRequest, WebSession
from services import transaction
from services.identity import sweeps
from tests.saml.browser import Browser
from tests.saml.forge import Forge, with_value


def test_line5_the_same_answer_twice(app: Flask, browser: Browser, forge: Forge, refused: list[str]) -> None:
    """A replay is refused."""
    value = forge.answer(browser.ask())
    assert browser.answer(value).status_code == 303
    assert browser.answer(value).status_code == 400
    assert refused == ["request_used"]


def test_line5_the_same_assertion_for_another_request(
    app: Flask, browser: Browser, forge: Forge, refused: list[str]
) -> None:
    """The id of an assertion is remembered by itself, not only through its request."""
    edit = with_value(".", "ID", "_the-same")
    assert browser.answer(forge.answer(browser.ask(), assertion=edit)).status_code == 303
    assert browser.answer(forge.answer(browser.ask(), assertion=edit)).status_code == 400
    assert refused == ["replayed"]
    row = db.session.query(AcceptedAssertion).one()
    assert (row.idp, row.assertion_id) == ("acm", "_the-same")


def test_line5_twenty_posts_at_once(app: Flask, browser: Browser, forge: Forge) -> None:
    """Twenty workers get the same answer at the same moment: exactly one session, nineteen refusals, no error page."""
    value = forge.answer(browser.ask())
    cookie = browser.client.get_cookie("aanmelden", domain="127.0.0.1")
    assert cookie is not None
    start = Barrier(20)

    def post(_: int) -> int:
        mine = Browser(app)
        mine.client.set_cookie("aanmelden", cookie.value, domain="127.0.0.1")
        start.wait()
        with app.app_context():
            return mine.answer(value).status_code

    with ThreadPoolExecutor(20) as pool:
        statuses = Counter(pool.map(post, range(20)))
    assert statuses == {303: 1, 400: 19}
    assert db.session.query(WebSession).count() == 1
    assert db.session.query(Account).count() == 1
    assert db.session.query(AcceptedAssertion).count() == 1


def test_line5_twenty_people_at_once(app: Flask, forge: Forge) -> None:
    """Twenty first sign-ins of one new organisation do not get in each other's way."""
    people = [Browser(app) for _ in range(20)]
    values = [
        (person, forge.answer(person.ask(), attributes={"vo_id": f"person-{number % 10}"}))
        for number, person in enumerate(people)
    ]
    start = Barrier(20)

    def post(pair: tuple[Browser, str]) -> int:
        start.wait()
        with app.app_context():
            return pair[0].answer(pair[1]).status_code

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(post, values)) == [303] * 20
    assert db.session.query(Account).count() == 10
    assert db.session.query(WebSession).count() == 20


def test_line5_what_is_remembered_is_forgotten_when_it_can_no_longer_be_replayed(
    app: Flask, browser: Browser, forge: Forge, at: Callable[[str], object]
) -> None:
    """The sweep goes by the real clock: a fixed clock in the future does not open the door to a replay."""
    value = forge.answer(browser.ask())
    assert browser.answer(value).status_code == 303
    at("2030-01-01T00:00:00+01:00")
    assert sweeps.sweep() == {"sessions": 1, "requests": 0, "assertions": 0}
    assert browser.answer(value).status_code == 400
    with transaction.unit_of_work(), writing("test"):
        for row in (db.session.query(AuthnRequest).one(), db.session.query(AcceptedAssertion).one()):
            row.expires_at -= timedelta(days=2)
    assert sweeps.sweep() == {"sessions": 0, "requests": 1, "assertions": 1}
