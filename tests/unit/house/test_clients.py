"""Where a request comes from, as it is counted."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from structlog.testing import capture_logs

from blueprints.clients import client_network, init_app


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::/64"),
        ("2001:db8::a:b:c:d", "2001:db8::/64"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix", "unix"),
    ],
)
def test_who_may_choose_among_many_addresses_is_one_client(address: str, counted: str) -> None:
    with Flask(__name__).test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert client_network() == counted


def through_a_proxy(proxies: int) -> tuple[list[Any], str]:
    """What the log says of three requests through a proxy, and where the last came from."""
    app = Flask(__name__)
    init_app(app, proxies)
    app.add_url_rule("/", view_func=client_network)
    client = app.test_client()
    with capture_logs() as lines:
        client.get("/")
        assert lines == [], "no proxy, nothing to tell"
        answers = [client.get("/", headers={"X-Forwarded-For": "203.0.113.7"}).text for _ in range(3)]
    return list(lines), answers[-1]


def test_a_proxy_that_is_not_counted_is_told_to_the_log_once() -> None:
    (line,), counted = through_a_proxy(0)
    assert counted == "127.0.0.1"
    assert line["log_level"] == "warning"
    assert "ELOKET_PROXIES" in line["do"]
    assert "203.0.113.7" not in str(line), "no personal data in the log"


def test_of_a_proxy_that_is_counted_there_is_nothing_to_tell() -> None:
    assert through_a_proxy(1) == ([], "203.0.113.7")
