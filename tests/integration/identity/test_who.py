"""Lines 7, 8 and 9 of the SAML controls: the sign-in means, where it goes on to, and which attribute is the account."""

from __future__ import annotations

import pytest
from flask import Flask

from models.audit import AuditEntry
from models.base import db
from models.identity import AccessRefusal, Account
from models.organisation import Facility
from tests.saml.browser import Browser, page_of
from tests.saml.forge import Forge, without

SAML = {"saml": "urn:oasis:names:tc:SAML:2.0:assertion", "samlp": "urn:oasis:names:tc:SAML:2.0:protocol"}


# ---- 7: the sign-in means -------------------------------------------------------------------------------------------


def test_line7_the_means_are_asked_for(app: Flask, browser: Browser) -> None:
    """RequestedAuthnContext lists what is accepted, exactly; nothing weak, no civil servant's token (E-006)."""
    for idp in ("acm", "ehealth"):
        document = browser.ask(idp).document
        assert document.xpath("./samlp:RequestedAuthnContext/@Comparison", namespaces=SAML) == ["exact"]
        asked = document.xpath("./samlp:RequestedAuthnContext/saml:AuthnContextClassRef/text()", namespaces=SAML)
        assert len(asked) >= 4
        assert not [name for name in asked if any(bad in name for bad in ("servant", "ambtenaren", "password"))]
    assert "urn:be:fedict:iam:fas:citizen:token" in asked


@pytest.mark.parametrize(
    ("context", "says"),
    [
        ("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", "niet veilig genoeg"),
        ("urn:be:vlaanderen:authmech:password", "niet veilig genoeg"),
        ("urn:be:fedict:iam:fas:citizen:Level300", "niet veilig genoeg"),
        ("urn:be:fedict:iam:fas:servant:token", "ambtenarentoken"),
        ("urn:be:vlaanderen:authmech:ambtenarentoken", "ambtenarentoken"),
        ("urn:be:vlaanderen:authmech:eid", "Met deze digitale sleutel kunt u hier niet aanmelden"),
    ],
    ids=["password", "acm-password", "level-300", "E-006 servant", "E-006 ambtenarentoken", "strong but not asked"],
)
def test_line7_other_means_are_refused_with_an_explanation(
    app: Flask, facilities: dict[str, Facility], browser: Browser, forge: Forge, context: str, says: str
) -> None:
    """The answer is compared with what was asked; the page says with which means it does work."""
    asked = browser.ask("ehealth", "/start")
    answer = browser.answer(forge.answer(asked, "sofie-voorziening", context=context))
    assert answer.status_code == 403
    page = page_of(answer)
    assert page.heading == "Geen toegang"
    assert says in page.text
    assert "/login/ehealth?next=/start&again=1" in page.links().values()
    assert browser.identity is None


def test_line7_missing_context(app: Flask, facilities: dict[str, Facility], browser: Browser, forge: Forge) -> None:
    """An answer that does not say how somebody signed in is refused."""
    edit = without("./saml:AuthnStatement/saml:AuthnContext/saml:AuthnContextClassRef")

    def declared(root: object) -> None:
        from lxml import etree

        edit(root)
        context = root.find(".//{*}AuthnContext")  # type: ignore[attr-defined]
        etree.SubElement(context, f"{{{SAML['saml']}}}AuthnContextDeclRef").text = "urn:x"

    answer = browser.answer(forge.answer(browser.ask(), assertion=declared))
    assert answer.status_code == 403
    assert "niet bekend hoe u zich hebt aangemeld" in page_of(answer).text


# ---- 8: only our own paths ------------------------------------------------------------------------------------------

FOREIGN = [
    "//evil.example/",
    "https://evil.example/",
    "https:evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "javascript:alert(1)",
    "evil.example",
    "/" + "a" * 600,
    "",
]


@pytest.mark.parametrize("target", FOREIGN)
def test_line8_next_leads_to_our_own_site_only(app: Flask, browser: Browser, forge: Forge, target: str) -> None:
    """What is no path of ours is left out at every step; then the start page follows."""
    assert "evil" not in browser.get("/login", query_string={"next": target}).text
    answer = browser.answer(forge.answer(browser.ask("acm", target)))
    assert answer.headers["Location"] == "/start"
    signed_in = browser.get("/login", query_string={"next": target})
    assert signed_in.headers["Location"] == "/start"


def test_line8_relay_state_is_not_followed(app: Flask, browser: Browser, forge: Forge) -> None:
    """Where it goes on to is what this browser asked for, whatever comes back beside the answer."""
    asked = browser.ask("acm", "/ecalcura/personeel?zoek=a%20b")
    answer = browser.answer(forge.answer(asked), RelayState="https://evil.example/")
    assert answer.headers["Location"] == "/ecalcura/personeel?zoek=a%20b"


def test_line8_deep_link_through_a_closed_page(app: Flask, browser: Browser) -> None:
    """Who opens a page first, signs in and is there."""
    closed = browser.get("/start?deel=2")
    assert closed.headers["Location"] == "/login?next=/start?deel%3D2"
    page = page_of(browser.get(closed.headers["Location"]))
    assert "/login/acm?next=/start?deel%3D2" in page.links().values()
    assert browser.sign_in("an-beheerder", "acm", "/start?deel=2").headers["Location"] == "/start?deel=2"


# ---- 9: the account key and the roles -------------------------------------------------------------------------------


def test_line9_name_id_is_never_the_account(app: Flask, browser: Browser, forge: Forge) -> None:
    """The same NameID with another vo_id is another person (13.4)."""
    browser.answer(forge.answer(browser.ask(), name_id="_shared"))
    first = (browser.identity or {})["account_id"]
    browser.answer(forge.answer(browser.ask(), "mila-opmaker", name_id="_shared"))
    assert (browser.identity or {})["account_id"] != first
    browser.answer(forge.answer(browser.ask(), name_id="_another"))
    assert (browser.identity or {})["account_id"] == first


@pytest.mark.parametrize("missing", ["vo_id", "vo_orgcode", "vo_doelgroepcode"])
def test_line9_missing_key(app: Flask, browser: Browser, forge: Forge, missing: str) -> None:
    """Without account key, organisation or capacity nobody is signed in: there is no fall-back to NameID."""
    edit = without(f"./saml:AttributeStatement/saml:Attribute[@Name='{missing}']")
    answer = browser.answer(forge.answer(browser.ask(), assertion=edit))
    assert answer.status_code == 403
    assert browser.identity is None
    assert db.session.query(Account).count() == 0


@pytest.mark.parametrize("value", [["one", "two"], ["a" * 121]], ids=["two", "long"])
def test_line9_account_key_that_is_none(app: Flask, browser: Browser, forge: Forge, value: list[str]) -> None:
    """Two different keys are no key, and neither is one that cannot be kept."""
    answer = browser.answer(forge.answer(browser.ask(), attributes={"vo_id": value}))
    assert answer.status_code == 403
    assert db.session.query(Account).count() == 0


def test_long_names_are_kept_as_far_as_they_fit(app: Flask, browser: Browser, forge: Forge) -> None:
    """A name never stands in the way of signing in."""
    long = {"given_name": "A" * 200, "family_name": "B" * 200, "vo_orgnaam": "C" * 400}
    assert browser.answer(forge.answer(browser.ask(), attributes=long)).status_code == 303
    assert (browser.identity or {})["name"] == "A" * 80 + " " + "B" * 80


@pytest.mark.parametrize(
    ("attributes", "roles"),
    [
        ({"econtracting_rol_3d": ["EContracting-beheerder:0999000228"]}, []),
        ({"econtracting_rol_3d": [" EContracting-beheerder:0999000129 "]}, ["EC_BEHEERDER"]),
        ({"econtracting_rol_3D": ["EContracting-gebruiker:0999000129"]}, ["EC_BEHEERDER", "EC_GEBRUIKER"]),
        ({"econtracting_rol_3d": ["EContracting-beheerder:0999000228"], "wv_orgcode": "0999000228"}, []),
        ({"econtracting_rol_3d": ["EContracting-beheerder:OVO009902"], "eloket_rol_3d": ["ELoket-Helpdesk:x"]}, []),
    ],
    ids=["other-organisation", "spaces", "name-in-other-case", "represents-another", "wrong-key"],
)
def test_line9_roles_of_the_session_organisation_only(
    app: Flask, browser: Browser, forge: Forge, attributes: dict[str, object], roles: list[str]
) -> None:
    """Values for another organisation are dropped, and that is traced (13.3, 13.4)."""
    browser.answer(forge.answer(browser.ask(), attributes=attributes))
    assert (browser.identity or {})["roles"] == roles
    dropped = db.session.query(AuditEntry).filter_by(event="identity.roles_dropped").count()
    assert dropped == (1 if not roles else 0)


def test_line9_second_key_of_a_role_is_dropped(app: Flask, browser: Browser) -> None:
    """E2: a role for two companies holds for the one of the session."""
    browser.sign_in("karim-gebruiker")
    assert (browser.identity or {})["organisation_key"] == "0999000129"
    entry = db.session.query(AuditEntry).filter_by(event="identity.roles_dropped").one()
    assert entry.data == '{"count":1}'


def test_capacity_and_key_that_do_not_match(app: Flask, browser: Browser, forge: Forge) -> None:
    """An enterprise with the key of a Flemish entity is refused (13.4: both EA and OVO key)."""
    answer = browser.answer(forge.answer(browser.ask(), attributes={"vo_orgcode": "OVO009902"}))
    assert answer.status_code == 403
    assert db.session.query(AccessRefusal).count() == 1
