"""Groups and rights in a browser: given, looked at, taken away; with and without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_contracting_contracts import fill_in, found
from tests.support.browser import OpenPage, look


def made_by_dirk(open_page: OpenPage, number: str) -> None:
    """A new contract with Wegenbouw Voorbeeld."""
    dirk = open_page(persona="dirk-aanbesteder")
    fill_in(dirk, number)
    dirk.get_by_role("button", name="Opdracht maken").click()
    expect(dirk.locator(".flash--success")).to_contain_text("De opdracht is gemaakt")


def make_group(page: Page, name: str) -> None:
    """A group that sends payments."""
    page.goto("/econtracting/groepen")
    page.get_by_role("link", name="Groep toevoegen").first.click()
    page.get_by_label("Betalingen").check()
    page.get_by_label("Naam").fill(name)
    page.get_by_label("Raadplegen, opmaken en verzenden").check()
    page.get_by_role("button", name="Toevoegen").click()
    expect(page.locator("h1")).to_have_text(name)


@pytest.mark.parametrize("javascript", [True, False])
def test_rights_are_given_seen_and_taken_away(javascript: bool, open_page: OpenPage) -> None:
    """C-034 to C-044: karim sees the contract once the group works on it; tom never does."""
    number, name = f"RECHTEN-{javascript}", f"Betalingen {javascript}"
    made_by_dirk(open_page, number)
    karim = open_page(persona="karim-gebruiker", javascript=javascript)
    tom = open_page(persona="tom-zonder-groep", javascript=javascript)
    assert not found(karim, number)

    an = open_page(persona="an-beheerder", javascript=javascript)
    make_group(an, name)
    if javascript:
        look(an, "rechten-groep-leeg")
    an.get_by_role("link", name="Leden toevoegen").click()
    an.get_by_label("El Amrani Karim").check()
    an.get_by_role("button", name="Toevoegen").click()
    expect(an.locator(".flash--success")).to_contain_text("1 persoon zit nu in de groep")
    an.get_by_role("link", name="Opdrachten toevoegen").click()
    an.get_by_label("Nummer of omschrijving").fill(number)
    an.get_by_role("button", name="Toon").click()
    an.get_by_label(re.compile(number)).check()
    an.get_by_role("button", name="Bekijk wat de gekozen opdrachten geven").click()
    expect(an.locator("main")).to_contain_text("El Amrani Karim")
    expect(an.locator("main")).to_contain_text("1 opdracht meer")
    if javascript:
        look(an, "rechten-koppelen-nakijken")
    assert not found(karim, number)
    an.get_by_role("button", name="Koppel 1 opdracht").click()
    expect(an.locator(".flash--success")).to_contain_text("werkt nu aan 1 opdracht meer")
    assert found(karim, number)
    assert not found(tom, number)

    an.get_by_role("link", name=re.compile(f"^{number}")).click()
    expect(an.locator("main")).to_contain_text("Wie werkt aan deze opdracht?")
    if javascript:
        look(an, "opdracht-toegang")
    an.get_by_role("link", name=re.compile("Loskoppelen")).click()
    expect(an.locator("main")).to_contain_text("ziet de opdracht niet meer")
    an.get_by_role("button", name="Loskoppelen").click()
    expect(an.locator(".flash--success")).to_contain_text("werkt niet meer aan opdracht")
    assert not found(karim, number)


def test_the_emergency_block_signs_out_at_the_next_click(open_page: OpenPage) -> None:
    """5.3: with a reason, and lifted again."""
    mila = open_page(persona="mila-opmaker")
    an = open_page(persona="an-beheerder")
    an.goto("/econtracting/rechten?zoek=Jacobs")
    look(an, "rechten-personen")
    an.get_by_role("link", name="Jacobs Mila").click()
    look(an, "rechten-persoon")
    an.get_by_role("link", name="Blokkeren").click()
    an.get_by_label("Reden").fill("Badge verloren")
    an.get_by_role("button", name="Blokkeren").click()
    expect(an.locator(".flash--success")).to_contain_text("is geblokkeerd")
    mila.goto("/start")
    expect(mila).to_have_url(re.compile("/login"))
    an.get_by_role("link", name="Blokkering opheffen").click()
    an.get_by_label("Reden").fill("Badge terug")
    an.get_by_role("button", name="Opheffen").click()
    expect(an.locator(".flash--success")).to_contain_text("kan opnieuw aanmelden")


@pytest.mark.parametrize(
    "path", ["/econtracting/groepen", "/econtracting/groepen/toevoegen", "/econtracting/rechten/zonder-groep"]
)
def test_the_other_pages(path: str, open_page: OpenPage) -> None:
    page = open_page(persona="an-beheerder")
    page.goto(path)
    look(page, "rechten-" + path.rsplit("/", 1)[1])
