"""Every persona of the development identity provider signs in and is what it should be."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from integrations.development_idp.personas import personas
from models.base import db
from models.identity import Account
from models.organisation import Facility, Organisation
from tests.saml.browser import Browser, page_of

EXPECTED: dict[str, tuple[str, str, list[str]]] = {
    "an-beheerder": ("contractor", "0999000129", ["EC_BEHEERDER"]),
    "karim-gebruiker": ("contractor", "0999000129", ["EC_GEBRUIKER"]),
    "mila-opmaker": ("contractor", "0999000129", ["EC_GEBRUIKER"]),
    "tom-zonder-groep": ("contractor", "0999000129", ["EC_GEBRUIKER"]),
    "luc-wettelijk": ("contractor", "0999000129", ["EC_BEHEERDER"]),
    "nora-concurrent": ("contractor", "0999000228", ["EC_BEHEERDER"]),
    "sofie-voorziening": ("facility", "71000012", ["EL_FINANCIEEL", "EL_PRIVACY"]),
    "bram-privacy": ("facility", "71000012", ["EL_PRIVACY"]),
    "ines-financieel": ("facility", "71000012", ["EL_FINANCIEEL"]),
    "peter-andere-voorziening": ("facility", "71000023", ["EL_FINANCIEEL", "EL_PRIVACY"]),
    "wouter-nieuwe-voorziening": ("facility", "71000034", ["EL_FINANCIEEL", "EL_PRIVACY"]),
    "els-dossierbeheerder": ("department", "OVO009901", ["EL_DOSSIERBEHEERDER"]),
    "bart-dossierbeheerder": ("department", "OVO009901", ["EL_DOSSIERBEHEERDER"]),
    "dirk-aanbesteder": ("authority", "OVO009902", ["EC_AB_BEHANDELAAR", "EC_AB_DOSSIERBEHEERDER", "EC_AB_VRIJGEVER"]),
    "greet-behandelaar": ("authority", "OVO009902", ["EC_AB_BEHANDELAAR"]),
    "hilde-helpdesk": ("helpdesk", "OVO009903", ["EC_HELPDESK", "EL_HELPDESK"]),
    "zonder-rol": ("facility", "71000012", []),
}


def test_there_are_seventeen_personas() -> None:
    """No persona without an expectation."""
    assert set(personas()) == set(EXPECTED)


@pytest.mark.parametrize("persona", list(EXPECTED))
def test_persona_signs_in(app: Flask, facilities: dict[str, Facility], browser: Browser, persona: str) -> None:
    """Side, organisation and roles; the deep link is followed; the person is shown by name."""
    idp = personas()[persona].idp
    assert f"/login/{idp}?next=" in browser.get("/login?next=/start").text

    arrived = browser.sign_in(persona, idp, "/start")

    assert (arrived.status_code, arrived.headers["Location"]) == (303, "/start")
    identity: dict[str, Any] = browser.identity or {}
    assert (identity["side"], identity["organisation_key"], identity["roles"]) == EXPECTED[persona]
    facility = facilities.get(identity["organisation_key"])
    assert identity["facility_id"] == (facility.id if facility else None)
    organisation = db.session.query(Organisation).filter_by(key=identity["organisation_key"]).one_or_none()
    assert identity["organisation_name"] == (facility or organisation).name  # type: ignore[union-attr]
    assert identity["idp"] == idp
    assert identity["name"] in personas()[persona].label
    page = page_of(browser.get("/start"))
    assert page.status == 200
    assert identity["name"] in page.response.text


def test_national_number_is_kept_as_a_keyed_hash_only(
    app: Flask, facilities: dict[str, Facility], browser: Browser
) -> None:
    """The number is in no column and not in the session; both identity providers give one digest."""
    browser.sign_in("sofie-voorziening", "ehealth")
    browser.sign_in("an-beheerder")
    accounts = {account.given_name: account for account in db.session.query(Account)}
    sofie, an = accounts["Sofie"], accounts["An"]
    assert sofie.account_key == sofie.national_number_digest
    assert an.account_key == "6f0a5f0e-3f0b-4d0e-9a53-2b1d8f2f0001"
    assert len(an.national_number_digest or "") == 64
    everything = f"{vars(sofie)} {vars(an)} {browser.identity}"
    assert "88010100079" not in everything
    assert "85073000061" not in everything


def test_second_sign_in_is_the_same_account(app: Flask, browser: Browser) -> None:
    """The account is found again by its key; its name follows the identity provider."""
    browser.sign_in("an-beheerder")
    first = (browser.identity or {})["account_id"]
    browser.sign_in("an-beheerder")
    assert (browser.identity or {})["account_id"] == first
    assert db.session.query(Account).count() == 1


def test_persona_of_the_other_provider_is_told_so(app: Flask, browser: Browser) -> None:
    """The development identity provider says which of the two is meant."""
    asked = browser.ask("acm")
    response = browser.post(asked.address, {"persona": "sofie-voorziening"})
    assert response.status_code == 400
    assert "hoort bij eHealth" in response.text
