"""The page *Geen toegang*: what came in, what is missing, who grants it, a code for the helpdesk (E-004 to E-010)."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask

from domain.access_chain import FACILITY_STEPS
from domain.errors import NotFound
from domain.permissions import Permission
from models.audit import AuditEntry
from models.base import db
from models.gate import writing
from models.identity import AccessBlock, AccessRefusal, Account
from models.organisation import Facility
from services import clock, transaction
from services.identity import refusals
from tests.factories import actors, organisations
from tests.saml.browser import Browser, page_of
from tests.saml.forge import Forge
from tests.support.sign_in import SignedIn

CODE = re.compile(r"[A-Z2-9]{3}-[A-Z2-9]{3}")
SUBDEPARTMENT = "urn:be:vlaanderen:eloket:1.0:subafdeling"


def _block(kind: str, key: str) -> None:
    with transaction.unit_of_work(), writing("test"):
        db.session.add(AccessBlock(kind=kind, key=key, reason="test", blocked_at=clock.now(), blocked_by="test"))


def test_wrong_subdepartment_shows_the_six_steps(
    app: Flask, facilities: dict[str, Facility], browser: Browser, forge: Forge
) -> None:
    """E-005 and E-004: which choice to make, and the whole chain in order; the code leads the helpdesk to the facts."""
    asked = browser.ask("ehealth", "/start")
    wrong = {SUBDEPARTMENT: "Ziekenhuis"}
    answer = browser.answer(forge.answer(asked, "sofie-voorziening", attributes=wrong))
    assert answer.status_code == 403
    page = page_of(answer)
    assert "Voorziening voor welzijn, volksgezondheid en gezin" in page.text
    assert len(page.all("//main//ol/li")) == len(FACILITY_STEPS) == 6
    assert "71000012" in page.text

    code = CODE.findall(page.text)[0]
    row = refusals.look_up(actors.helpdesk(), code.lower().replace("-", " "))
    assert (row.reason, row.organisation_key) == ("subdepartment_wrong", "71000012")
    facts = json.loads(row.facts)
    assert facts["means"] == "level_500"
    assert "Sofie" not in row.facts
    assert "88010100079" not in row.facts
    entry = db.session.query(AuditEntry).filter_by(event="identity.sign_in_refused").one()
    assert json.loads(entry.data) == {"idp": "ehealth", "reason": "subdepartment_wrong"}


def test_unknown_facility_is_explained(app: Flask, browser: Browser) -> None:
    """A facility that is not known here: who to call, and nobody is signed in."""
    answer = browser.sign_in("sofie-voorziening", "ehealth")
    assert answer.status_code == 403
    page = page_of(answer)
    assert "71000012" in page.text
    assert "niet gekend" in page.text
    assert CODE.search(page.text)
    assert browser.identity is None
    assert db.session.query(Account).count() == 0


@pytest.mark.parametrize("kind", ["PERSON", "ORGANISATION"])
def test_blocked_locally(app: Flask, facilities: dict[str, Facility], browser: Browser, kind: str) -> None:
    """A local block holds whatever the identity provider says; it ends a session at the next request."""
    browser.sign_in("sofie-voorziening", "ehealth")
    identity = browser.identity or {}
    _block(kind, str(identity["account_id"]) if kind == "PERSON" else "71000012")
    assert browser.get("/start").status_code == 302
    assert browser.identity is None
    answer = browser.sign_in("sofie-voorziening", "ehealth")
    assert answer.status_code == 403
    assert "geblokkeerd" in page_of(answer).text
    assert browser.identity is None


def test_missing_permission_names_the_role_and_who_grants_it(app: Flask, facilities: dict[str, Facility]) -> None:
    """E-009: without the financial role; the refusal is traced under the code that the person sees."""
    actor = actors.facility_user(facilities["71000012"], "EL_PRIVACY")
    with transaction.unit_of_work():
        refusal = refusals.explain_forbidden(actor, Permission.BANK_WRITE)
    assert refusal.missing == ("Beheer financiële gegevens",)
    assert ("Rollen", "Beheer privacygevoelige gegevens") in refusal.came_in
    assert len(refusal.grant_steps) == 6
    assert "hoofdtoegangsbeheerder" in (refusal.granted_by or "")
    row = db.session.get_one(AccessRefusal, refusal.code)
    assert row.permission == "organisation:bank:write"
    entry = db.session.query(AuditEntry).filter_by(event="access.denied").one()
    assert json.loads(entry.data) == {"code": refusal.code, "permission": "organisation:bank:write"}


def test_forbidden_page_shows_it(app: Flask, signed_in: SignedIn) -> None:
    """The page of a missing right says which role is needed, what the person has and how to get it."""
    client = signed_in("EL_PRIVACY", facility=organisations.facility())
    page = client.page("/organisatie/bankgegevens", 403)
    assert "Beheer financiële gegevens" in page.text
    assert "Beheer privacygevoelige gegevens" in page.text
    assert CODE.search(page.text)
    assert db.session.query(AccessRefusal).count() == 1


def test_codes_are_for_the_helpdesk_and_unknown_ones_are_not_found(app: Flask) -> None:
    """A code that does not exist is simply not found."""
    with pytest.raises(NotFound):
        refusals.look_up(actors.helpdesk(), "AAA-AAA")


def test_no_personal_data_in_the_log(
    app: Flask, facilities: dict[str, Facility], browser: Browser, forge: Forge, caplog: pytest.LogCaptureFixture
) -> None:
    """13.6: no attribute values in logs, neither of a sign-in nor of a refusal."""
    with caplog.at_level("DEBUG"):
        browser.sign_in("sofie-voorziening", "ehealth")
        browser.answer(forge.answer(browser.ask("ehealth"), "sofie-voorziening", attributes={SUBDEPARTMENT: "X"}))
        browser.answer(forge.answer(browser.ask(), sign_assertion=False))
    assert caplog.records
    for value in ("88010100079", "Sofie", "Maes", "SAMLResponse"):
        assert value not in caplog.text


def test_works_with_a_fixed_clock(app: Flask, browser: Browser) -> None:
    """ELOKET_NOW fixes business time: the protocol runs on the real clock, accounts and traces on the fixed one."""
    assert clock.now().year == 2024
    assert browser.sign_in("an-beheerder").status_code == 303
    assert db.session.query(Account).one().last_seen_at == clock.now()
    assert db.session.query(AuditEntry).filter_by(event="identity.signed_in").one().at == clock.now()
