"""The pages of signing in and out as people see them, at both widths."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.browser import OpenPage, look


def test_why_somebody_may_not(open_page: OpenPage) -> None:
    """E-009: what came in, what is missing, the six steps, and a code."""
    page = open_page(persona="bram-privacy")
    page.watch.allow("403 for")  # type: ignore[attr-defined]
    page.goto("/organisatie/bankgegevens")
    expect(page.locator("main")).to_contain_text("Beheer financiële gegevens")
    expect(page.locator("main ol > li")).to_have_count(6)
    look(page, "no-permission")


def test_an_answer_that_is_not_accepted(open_page: OpenPage) -> None:
    """A plain sentence and the way back."""
    page = open_page()
    page.watch.allow("400 for")  # type: ignore[attr-defined]
    page.goto("/login")
    page.evaluate(
        """() => {
            const form = document.createElement("form");
            form.method = "post"; form.action = "/saml/acs";
            const field = document.createElement("input");
            field.type = "hidden"; field.name = "SAMLResponse"; field.value = "rubbish";
            form.append(field); document.body.append(form); form.submit();
        }"""
    )
    expect(page.get_by_role("heading", level=1)).to_have_text("Geen toegang")
    look(page, "no-access")
    page.get_by_role("link", name="Opnieuw aanmelden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aanmelden")


@pytest.mark.parametrize("everywhere", [False, True])
def test_signing_out(open_page: OpenPage, everywhere: bool) -> None:
    """Asked first; here, or also at the identity provider."""
    page = open_page(persona="an-beheerder")
    page.goto("/logout")
    look(page, "sign-out")
    page.get_by_role("button", name="Overal afmelden" if everywhere else "Afmelden", exact=True).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("U bent afgemeld")
    expect(page.locator("main")).to_contain_text(
        "en bij de aanmelddienst" if everywhere else "kunt u nog aangemeld zijn"
    )
    look(page, "signed-out-everywhere" if everywhere else "signed-out")
