"""The client of page tests: requests of their own, a token sent along, every page checked."""

from __future__ import annotations

import pytest
from flask import Flask

from models.all import db
from models.organisation import Facility
from tests.factories import organisations
from tests.support.client import Client
from tests.support.sign_in import SignedIn


def test_the_public_page_keeps_the_rules_of_every_page(client: Client) -> None:
    assert client.page("/").heading


def test_signed_in_is_who_it_says(signed_in: SignedIn) -> None:
    brug = organisations.facility(name="PVT De Brug")
    page = signed_in("EL_PRIVACY", facility=brug).page("/start")
    assert "PVT De Brug" in page.find("//header").text_content()


@pytest.mark.one_database
def test_a_request_may_not_start_on_uncommitted_work(client: Client) -> None:
    brug = organisations.facility()
    brug.name = "Anders"
    with pytest.raises(AssertionError, match="commit before a request"):
        client.get("/")
    db.session.rollback()


@pytest.mark.one_database
def test_uncommitted_changes_of_a_request_fail_the_test(app: Flask, client: Client) -> None:
    """A view that changes a row and forgets to commit is a bug that no test may miss."""
    brug = organisations.facility()
    original = app.view_functions["health.healthz"]

    def careless() -> str:
        row = db.session.get(Facility, brug.id)
        assert row is not None
        row.name = "Anders"
        return "ok"

    careless.__access__ = original.__access__  # type: ignore[attr-defined]
    app.view_functions["health.healthz"] = careless
    try:
        with pytest.raises(AssertionError, match="uncommitted"):
            client.get("/healthz")
    finally:
        app.view_functions["health.healthz"] = original
