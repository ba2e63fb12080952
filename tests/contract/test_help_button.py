"""The yellow button stands on every page of both doors, and leads to help that knows the page (E-155)."""

from __future__ import annotations

import pytest
from flask import Flask

from domain.permissions import Role
from tests.factories import actors, organisations
from tests.pages.page import Page
from tests.support.client import Client
from tests.support.sign_in import SignedIn

pytestmark = pytest.mark.one_database


def addresses(app: Flask) -> list[str]:
    """Every address that is asked for without anything in it."""
    rules = (rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments)
    return sorted({rule.rule for rule in rules if not rule.endpoint.endswith("static")})


def checked(client: Client, path: str) -> bool:
    """Whether the address answers a page; the button must stand on it, whatever its status."""
    response = client.get(path)
    if response.mimetype != "text/html" or response.status_code in range(300, 400):
        return False
    page = Page(response)
    (button,) = page.all("//aside//a[contains(@class,'help-button')]")
    assert button.get("href", "").startswith("/hulp/"), path
    assert page.all("//footer//a[@href='/toegankelijkheid']"), path
    return True


def test_e155_on_every_page_of_everybody(app: Flask, client: Client, signed_in: SignedIn) -> None:
    everybody = {
        "nobody": client,
        "a facility": signed_in(Role.EL_PRIVACY, Role.EL_FINANCIEEL, facility=organisations.facility()),
        "the department": signed_in(Role.EL_DOSSIERBEHEERDER),
        "an authority": signed_in(actor=actors.actor(Role.EC_AB_DOSSIERBEHEERDER)),
        "the helpdesk": signed_in(actor=actors.actor(Role.EL_HELPDESK, Role.EC_HELPDESK)),
    }
    paths = addresses(app)
    found = {who: sum(checked(visitor, path) for path in paths) for who, visitor in everybody.items()}
    assert found["nobody"] >= 10, "pages that need nobody signed in"
    assert min(count for who, count in found.items() if who != "nobody") > len(paths) // 2, found


def test_e155_on_pages_that_do_not_exist_and_forms_that_are_refused(client: Client) -> None:
    assert checked(client, "/bestaat-niet")
    response = client.post("/hulp/vraag", data={})
    assert "help-button" in response.text
