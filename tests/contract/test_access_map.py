"""Every address × every persona: what the committed map says is what the application does."""

from __future__ import annotations

import pytest
from flask import Flask

from domain.permissions import Permission
from integrations.development_idp.personas import personas
from tests.contract.access_map import FILE, actor_of, addresses, text
from tests.factories import organisations
from tests.support.sign_in import SignedIn

pytestmark = pytest.mark.one_database

#: Addresses of the sign-in protocol answer by its own rules, tested with it.
PROTOCOL = {"auth.acs", "auth.sls"}
#: Ends the session the test goes on with; tested with signing out.
SIGNS_OUT = {"auth.end"}

VALUES = {
    "quarter": "2024K1",
    "number": "71000012-2024K1",
    "path": "x",
    "filename": "x",
    "code": "AAA-AAA",
    "idp": "acm",
    "provider": "acm",
    "id": "999999",
}


def _filled(app: Flask, endpoint: str, rule: str) -> str:
    """The address with a value in each placeholder: of the right shape, of nothing that exists."""
    for argument in next(known for known in app.url_map.iter_rules(endpoint) if known.rule == rule).arguments:
        for shape in ("", "int:", "path:", "string:"):
            unknown = "999999" if shape == "int:" else "onbestaand"
            value = unknown if shape == "int:" else VALUES.get(argument, unknown)
            rule = rule.replace(f"<{shape}{argument}>", value)
    return rule if "<" not in rule else "/onbestaand"


def test_map_is_the_one_that_was_committed(app: Flask) -> None:
    """A change of rights shows in review: write the map again with ``python -m tests.contract.access_map``."""
    assert FILE.read_text(encoding="utf-8") == text(app)


@pytest.mark.parametrize("persona", [*personas(), "nobody"])
def test_every_address_opens_only_for_who_may(persona: str, app: Flask, signed_in: SignedIn) -> None:
    """E-009, E-010, 5.4: without the permission 403 (signed out: to sign-in), and never an error."""
    facilities = {}
    for hco, name in (("71000012", "PVT De Brug"), ("71000023", "Ter Linden"), ("71000034", "PVT De Wissel")):
        facilities[hco] = organisations.facility(hco_number=hco, name=name).id
    actor = None if persona == "nobody" else actor_of(persona, facilities)
    client = app.test_client() if actor is None else signed_in(actor=actor)
    wrong = []
    for address in addresses(app):
        if address.endpoint in PROTOCOL | SIGNS_OUT:
            continue
        for method in address.methods:
            status = client.open(_filled(app, address.endpoint, address.rule), method=method).status_code
            if address.permission is Permission.PUBLIC:
                good = status < 500 and status not in (401, 403)
            elif actor is None:
                good = status == (302 if method == "GET" else 401)
            elif actor.may(address.permission):
                good = status < 500 and status not in (401, 403)
            else:
                good = status == 403
            if not good:
                wrong.append(f"{method} {address.rule}: {status}")
    assert not wrong, "\n".join(wrong)
