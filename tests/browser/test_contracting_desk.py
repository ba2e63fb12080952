"""The desk of the authority in a browser: reviewing beside the claim, four eyes, a note back, releasing (T5 to T9)."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.support.browser import NARROW, OpenPage, look, picture

CONTRACT = re.compile("Fietssnelweg F7")


def reasons(page: Page, text: str) -> None:
    """Fill in the reasons and go on to the check: past the request for the invoice."""
    page.get_by_label("Motivering").fill(text)
    page.get_by_role("button", name="Bewaren en verder").click()
    expect(page.get_by_label("Te factureren bedrag, exclusief btw")).to_have_value("30000,00")
    with page.expect_navigation():
        page.get_by_role("button", name="Bewaren en verder").click()


def test_a_claim_is_reviewed_by_one_and_released_by_another(open_page: OpenPage) -> None:
    greet = open_page(persona="greet-behandelaar")
    greet.watch.allow("^422 for")  # type: ignore[attr-defined]
    greet.goto("/beheer/")
    look(greet, "nazicht-startpagina")
    greet.goto("/beheer/nazicht/")
    look(greet, "nazicht-werklijst")
    greet.get_by_role("row", name=CONTRACT).get_by_role("link", name=re.compile("^Schuldvordering")).click()
    look(greet, "nazicht-schuldvordering")
    greet.get_by_role("button", name="Nazicht starten").click()
    greet.get_by_label("Resultaat").select_option("AANVAARD_MET_WIJZIGINGEN")
    greet.get_by_label("Aanvaard bedrag, exclusief btw").fill("30000")
    greet.get_by_role("button", name="Bewaren en verder").click()
    expect(greet.get_by_text("Geef de redenen: de opdrachtnemer krijgt ze te lezen.").first).to_be_visible()
    look(greet, "nazicht-formulier-fout")
    reasons(greet, "Post 3 is niet uitgevoerd.")
    look(greet, "nazicht-nakijken")
    expect(greet.get_by_role("button", name="Samen vrijgeven")).to_have_count(0)
    greet.get_by_role("button", name="Klaarzetten om vrij te geven").click()
    check = greet.url

    dirk = open_page(persona="dirk-aanbesteder")
    dirk.goto("/beheer/nazicht/?lijst=vrijgeven")
    look(dirk, "nazicht-vrij-te-geven")
    dirk.get_by_role("row", name=re.compile("Nazicht.*Greet Baeten")).get_by_role(
        "link", name=re.compile("Nakijken")
    ).click()
    dirk.get_by_role("link", name="Terugsturen met een opmerking").click()
    dirk.get_by_label("Wat moet er veranderen?").fill("Noem het artikel van het bestek.")
    look(dirk, "nazicht-terugsturen")
    dirk.get_by_role("button", name="Terugsturen").click()
    expect(dirk.locator(".flash--success")).to_be_visible()

    greet.goto(check)
    expect(greet.get_by_text("Noem het artikel van het bestek.")).to_be_visible()
    greet.get_by_role("link", name=re.compile(r"^Wijzigen\s*: Nazicht")).click()
    reasons(greet, "Post 3 (artikel 4.2 van het bestek) is niet uitgevoerd.")
    with greet.expect_navigation():
        greet.get_by_role("button", name="Klaarzetten om vrij te geven").click()

    dirk.goto(check)
    look(dirk, "nazicht-vrijgeven")
    dirk.get_by_role("button", name="Samen vrijgeven").click()
    expect(dirk.get_by_text("Vrijgegeven en raadpleegbaar voor de opdrachtnemer.")).to_be_visible()
    look(dirk, "nazicht-vrijgegeven")
    dirk.goto("/beheer/nazicht/?lijst=factuur")
    expect(dirk.get_by_role("row", name=CONTRACT)).to_contain_text("€ 30.000,00")


def test_who_releases_alone_is_told_that_it_is_kept(open_page: OpenPage) -> None:
    """On a phone, without a script: this authority works without four eyes, and the page says what that means."""
    dirk = open_page(persona="dirk-aanbesteder", width=NARROW, javascript=False)
    dirk.goto("/beheer/nazicht/")
    row = dirk.get_by_role("row", name=re.compile("Geluidsschermen"))
    row.get_by_role("link", name=re.compile("^Schuldvordering")).click()
    dirk.get_by_role("button", name=re.compile("nazicht|Nazicht")).click()
    dirk.get_by_label("Resultaat").select_option("GEWEIGERD")
    dirk.get_by_label("Motivering").fill("De meetstaat ontbreekt.")
    dirk.get_by_role("button", name="Bewaren en verder").click()
    expect(dirk.get_by_text("dat u alleen vrijgeeft, staat in het logboek")).to_be_visible()
    expect(dirk.get_by_role("button", name="Vrijgeven", exact=True)).to_be_visible()
    picture(dirk, "nazicht-alleen")
    dirk.get_by_role("link", name=re.compile(r"^Wijzigen\s*: Nazicht")).click()
    dirk.get_by_role("link", name="Concept weggooien").click()
    dirk.get_by_role("button", name="Weggooien").click()
    expect(dirk.get_by_text("Het concept is weggegooid.")).to_be_visible()
