"""Static files: addresses that change with the content, the same protection as pages, and no state."""

from __future__ import annotations

import re

import pytest
from flask import Flask, url_for

from tests.support.client import Client

pytestmark = pytest.mark.one_database


def test_the_address_in_a_page_carries_the_digest_and_answers(client: Client) -> None:
    page = client.page("/")
    sheets = [str(address) for address in page.all("//link[@rel='stylesheet']/@href")]
    own = [address for address in sheets if address.startswith("/static/")]
    assert own
    assert all(re.search(r"\?v=[0-9a-f]{12}$", address) for address in own)
    for address in sheets:
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "text/css"), address


def test_the_digest_follows_the_content(app: Flask) -> None:
    with app.test_request_context():
        one, same, other = (
            url_for("static", filename=name)
            for name in ("css/dossierloket.css", "css/dossierloket.css", "css/components.css")
        )
    assert one == same
    assert one.partition("?")[2] != other.partition("?")[2]


def test_a_static_file_is_protected_and_sets_no_cookie(client: Client) -> None:
    answer = client.get("/static/img/logo.svg")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    again = client.get("/static/img/logo.svg", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["/static/none.css", "/static/../app.py", "/static/%2e%2e/app.py", "/static/"])
def test_nothing_else_is_served(client: Client, path: str) -> None:
    assert client.get(path).status_code in {301, 302, 404}
