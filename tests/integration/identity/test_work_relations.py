"""Signing in writes how a contractor's person works for the enterprise (part 4; C-022, C-027 to C-031, A-10, A-16)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import db
from models.contract_rights import WorkRelation
from models.organisation import Facility, Organisation
from services import clock
from tests.factories.database import change
from tests.saml.browser import Browser, page_of
from tests.saml.forge import Forge


def relations() -> list[tuple[str, str, bool]]:
    """Enterprise, roles and whether the person represents it, of every row."""
    rows = db.session.execute(
        select(Organisation.key, WorkRelation.roles, WorkRelation.represents)
        .join(Organisation, Organisation.id == WorkRelation.organisation_id)
        .order_by(WorkRelation.id)
    )
    return [(row.key, row.roles, row.represents) for row in rows]


@pytest.mark.parametrize(
    ("persona", "expected"),
    [
        ("an-beheerder", ("0999000129", "EC_BEHEERDER", False)),
        ("karim-gebruiker", ("0999000129", "EC_GEBRUIKER", False)),
        ("luc-wettelijk", ("0999000129", "EC_BEHEERDER", True)),
        ("nora-concurrent", ("0999000228", "EC_BEHEERDER", False)),
        ("greet-behandelaar", ("OVO009902", "EC_AB_BEHANDELAAR", False)),
        ("els-dossierbeheerder", ("OVO009901", "EL_DOSSIERBEHEERDER", False)),
    ],
)
def test_c030_signing_in_leaves_the_relation(
    app: Flask, browser: Browser, persona: str, expected: tuple[str, str, bool]
) -> None:
    browser.sign_in(persona, "acm")
    assert relations() == [expected]
    browser.sign_in(persona, "acm")
    assert relations() == [expected]


@pytest.mark.parametrize(("persona", "idp"), [("hilde-helpdesk", "acm"), ("sofie-voorziening", "ehealth")])
def test_other_sides_leave_none(
    app: Flask, facilities: dict[str, Facility], browser: Browser, persona: str, idp: str
) -> None:
    browser.sign_in(persona, idp)
    assert relations() == []


def test_a16_a_role_that_was_taken_away_is_gone_at_the_next_sign_in(
    app: Flask, browser: Browser, forge: Forge, another_browser: Callable[[], Browser]
) -> None:
    """The row stays, so the groups that hold on to it come back with the role."""
    browser.sign_in("karim-gebruiker", "acm")
    again = another_browser()
    asked = again.ask("acm", "/start")
    answer = forge.answer(asked, "karim-gebruiker", attributes={"econtracting_rol_3d": []})
    assert again.answer(answer).status_code == 303
    assert [(roles, represents) for _, roles, represents in relations()] == [("", False)]


def test_a_block_by_the_enterprise_ends_the_session_and_says_whom_to_ask(app: Flask, browser: Browser) -> None:
    """5.3: at the next request, whatever the identity provider says; lifting it opens the door again."""
    browser.sign_in("karim-gebruiker", "acm")
    relation = db.session.scalars(select(WorkRelation)).one()
    change(relation, blocked_at=clock.now())
    assert browser.get("/start").status_code == 302
    assert browser.identity is None
    answer = browser.sign_in("karim-gebruiker", "acm")
    assert answer.status_code == 403
    assert "beheerder van uw onderneming" in page_of(answer).text
    change(relation, blocked_at=None)
    assert browser.sign_in("karim-gebruiker", "acm").status_code == 303
    assert browser.get("/start").status_code == 200
