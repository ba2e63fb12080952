"""Logs: one JSON line for each request, constant messages, nothing of a person, no second line."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
import structlog

from tests.factories import organisations, personnel
from tests.support.client import Client
from tests.support.sign_in import SignedIn

pytestmark = pytest.mark.one_database


def logged(captured: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Every line of the log; a line that is no JSON fails."""
    return [json.loads(line) for line in captured.readouterr().err.splitlines()]


def requests(captured: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [line for line in logged(captured) if line["event"] == "request"]


def test_a_request_is_one_line(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    response = client.get("/hulp/")
    (line,) = requests(capsys)
    assert {name: line[name] for name in ("method", "status", "endpoint", "account", "level")} == {
        "method": "GET",
        "status": 200,
        "endpoint": "help.index",
        "account": None,
        "level": "info",
    }
    assert line["ms"] > 0
    assert line["request_id"] == response.headers["X-Request-ID"]


def test_two_requests_have_two_ids_unless_the_proxy_gave_one(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get("/hulp/")
    client.get("/hulp/")
    client.get("/hulp/", headers={"X-Request-ID": "abc-12345678"})
    first, second, given = (line["request_id"] for line in requests(capsys))
    assert first != second
    assert given == "abc-12345678"


@pytest.mark.parametrize("given", ["x", "a" * 65, "abcdefgh ij", "<script>alert(1)</script>", "é" * 10])
def test_an_odd_id_is_not_repeated(client: Client, given: str) -> None:
    response = client.get("/hulp/", headers={"X-Request-ID": given})
    assert response.headers["X-Request-ID"] != given


def test_who_is_signed_in_is_a_number_and_nothing_else(signed_in: SignedIn, capsys: pytest.CaptureFixture[str]) -> None:
    brug = organisations.facility(name="PVT De Geheime Brug")
    person = personnel.staff_member(brug, last_name="Zeldzaam")
    browser = signed_in("EL_PRIVACY", facility=brug)
    browser.get("/ecalcura/personeel/?q=Zeldzaam")
    browser.get(f"/start?next=%0d%0aSet-Cookie:{person.national_number}")
    text = capsys.readouterr().err
    assert browser.actor is not None
    assert {json.loads(line)["account"] for line in text.splitlines()} == {browser.actor.account_id}
    for secret in ("Zeldzaam", "Geheime", person.national_number, browser.actor.name, browser.session_token()):
        assert secret not in text


def test_an_exception_is_told_by_kind_and_place_never_by_its_text(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        int("85.07.30-033.28")
    except ValueError as error:
        structlog.get_logger("errors").error("unexpected error", reference="ABC", exc_info=error)
        logging.getLogger("some.library").exception("failed")
    own, foreign = logged(capsys)
    for line in (own, foreign):
        assert line["exception"] == "ValueError"
        assert "test_logs.py" in line["raised_at"][-1]
        assert "033.28" not in json.dumps(line)
    assert (own["reference"], foreign["event"]) == ("ABC", "failed")


def test_a_value_cannot_start_a_second_line(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("jobs").warning("mail", outcome='x\r\n{"event": "forged"}\u2028')
    (line,) = logged(capsys)
    assert line["event"] == "mail"


def test_libraries_are_heard_from_warnings_on(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("sqlalchemy.engine").info("SELECT secret")
    logging.getLogger("some.library").warning("careful %s", "now")
    assert [line["event"] for line in logged(capsys)] == ["careful now"]
