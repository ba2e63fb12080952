"""A double click, a reload, the back button: the same request many times at once is one act and one answer."""

from __future__ import annotations

from contextvars import Context
from functools import partial

import pytest
from flask import Flask

from domain.ecalcura.declaration import DossierStatus, Event
from models.declaration import Dossier, DossierEvent, DossierSnapshot, Submission
from models.document import StoredFile
from models.outbox import OutboxMessage
from services import audit, evidence, transaction
from services.ecalcura import declarations, submission
from services.form_keys import new_form_key
from tests.factories import actors
from tests.reliability.lanes import threads_of
from tests.reliability.scenes import QUARTER, Scene, assert_whole, count, scene, status, traces
from tests.support.client import Client
from tests.support.databases import PreparedDatabase
from tests.support.sign_in import SignedIn

CLICKS = 20


class Clicks:
    """One browser that sends the same post from several threads: the cookie and the token, and nothing else shared."""

    def __init__(self, app: Flask, client: Client) -> None:
        self._app = app
        self._headers = {"X-CSRFToken": client.csrf_token()}
        self._cookie = (app.config["SESSION_COOKIE_NAME"], client.session_token())

    def post(self, path: str, data: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and where it leads to."""
        client = self._app.test_client()
        client.set_cookie(*self._cookie)
        send = partial(super(Client, client).open, path, method="POST", data=data, headers=self._headers)
        response = Context().run(send)
        return response.status_code, response.location or response.text


@pytest.fixture
def it(app: Flask) -> Scene:
    return scene()


@pytest.fixture
def clicks(app: Flask, it: Scene, signed_in: SignedIn) -> Clicks:
    client = signed_in(actor=it.user)
    assert client.actor is not None
    it.user = client.actor
    return Clicks(app, client)


def test_e119_twenty_submits_with_one_key_are_one_submission(it: Scene, clicks: Clicks) -> None:
    key = it.review()
    answers = threads_of(CLICKS, lambda _: clicks.post(f"/ecalcura/aangifte/{QUARTER}/indienen/{key}"))
    assert len(set(answers)) == 1, set(answers)
    (answer,) = set(answers)
    assert isinstance(answer, tuple)
    assert answer[0] == 303
    reference = answer[1].rpartition("/")[2]
    assert_whole(it.number, key, reference)
    assert status(it.number) is DossierStatus.CLOSED
    for kind in (Submission, DossierSnapshot, StoredFile):
        assert count(kind) == 1, kind
    assert count(DossierEvent, DossierEvent.event == "SUBMIT") == traces(it.number, "SUBMIT") == 1
    assert evidence.verify().broken == ()


def test_the_same_key_gives_the_same_receipt_long_after(it: Scene, clicks: Clicks) -> None:
    """The back button after the quarter was reopened: the old key submits nothing again."""
    key = it.review()
    first = clicks.post(f"/ecalcura/aangifte/{QUARTER}/indienen/{key}")
    with transaction.unit_of_work():
        declarations.fire(it.case_manager, it.number, Event.REOPEN, "Vergissing")
    assert clicks.post(f"/ecalcura/aangifte/{QUARTER}/indienen/{key}") == first
    assert status(it.number) is DossierStatus.OPEN
    assert count(Submission) == 1


def test_two_reviews_in_two_tabs_are_one_submission(it: Scene, clicks: Clicks) -> None:
    """Two keys of the same content, sent at once: one submits, the other is told that it is closed."""
    keys = [it.review(), it.review()]
    answers = threads_of(2, lambda number: clicks.post(f"/ecalcura/aangifte/{QUARTER}/indienen/{keys[number]}"))
    assert sorted(answer[0] for answer in answers if isinstance(answer, tuple)) == [303, 409]
    assert count(Submission) == 1


def test_the_key_of_somebody_else_is_no_key(database: PreparedDatabase) -> None:
    it = scene()
    key = it.review()
    colleague = actors.actor("EL_PRIVACY", facility=it.facility, account_id=900_099)
    with pytest.raises(Exception, match="bestaat niet"), transaction.unit_of_work():
        submission.submit(colleague, it.number, key)
    assert audit.verify().broken is None


def test_t01_opening_a_quarter_twenty_times_at_once_makes_one_dossier(it: Scene, clicks: Clicks) -> None:
    answers = threads_of(CLICKS, lambda _: clicks.post("/ecalcura/aangifte", {"quarter": "2024K2"}))
    assert {answer[0] for answer in answers if isinstance(answer, tuple)} == {302}, answers
    assert count(Dossier, Dossier.number == f"{it.facility.hco_number}-2024K2") == 1
    assert traces(f"{it.facility.hco_number}-2024K2", "OPEN_NEW") == 1


def test_e103_a_certificate_sent_twenty_times_is_one_notice(it: Scene, clicks: Clicks) -> None:
    form = {
        "kind": "ATTEST_SOCIAAL_AKKOORD",
        "start": "01/01/2024",
        "end": "",
        "key": new_form_key(),
    }
    answers = threads_of(CLICKS, lambda _: clicks.post("/ecalcura/certificaten/toevoegen", form))
    assert set(answers) == {(302, "/ecalcura/certificaten/")}
    assert count(OutboxMessage, OutboxMessage.template == "certificate_notice") == 1
