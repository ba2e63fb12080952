"""The authority makes a kind of documents, without a script, and a colleague of another authority only looks."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support.browser import OpenPage, look


def test_a_kind_is_made_tried_and_released(open_page: OpenPage) -> None:
    dirk = open_page(persona="dirk-aanbesteder", javascript=False)
    dirk.goto("/beheer/soorten/")
    dirk.get_by_role("link", name="Nieuwe soort").click()
    dirk.get_by_label("Code").fill("werfverslag")
    dirk.get_by_label("Naam").fill("Werfverslag")
    dirk.get_by_label("Thema").select_option("UITVOERING")
    dirk.get_by_label("Van de opdrachtnemer naar de aanbesteder").check()
    first = dirk.get_by_role("group", name="1. veld 1")
    first.get_by_label("Wat de invuller leest").fill("Dag van het bezoek")
    first.get_by_label("Type").select_option("DATUM")
    dirk.get_by_role("button", name="Veld toevoegen").click()
    second = dirk.get_by_role("group", name="2. veld 2")
    second.get_by_label("Wat de invuller leest").fill("Weer")
    second.get_by_label("Type").select_option("KEUZE")
    dirk.watch.allow("422")  # type: ignore[attr-defined]
    dirk.get_by_role("main").get_by_role("button", name="Bewaren", exact=True).click()
    expect(dirk.get_by_role("main")).to_contain_text("Een keuzelijst heeft minstens twee verschillende waarden.")
    dirk.get_by_label("Keuzes, één per lijn").fill("Droog\nRegen")
    dirk.get_by_role("button", name="Bewaren en het formulier bekijken").click()
    expect(dirk.get_by_role("heading", level=1)).to_have_text("Werfverslag")
    dirk.get_by_label("Dag van het bezoek").fill("1/10/2026")
    dirk.get_by_label("Weer").select_option("REGEN")
    dirk.get_by_role("button", name="Invoer nakijken").click()
    expect(dirk.get_by_role("main")).to_contain_text("Alles is juist ingevuld.")
    dirk.get_by_role("link", name="Terug naar de soort").click()
    dirk.get_by_role("button", name="Vrijgeven").click()
    expect(dirk.get_by_role("main")).to_contain_text("Versie 1 in gebruik")


def test_the_pages_of_kinds_fit_and_read_well(open_page: OpenPage) -> None:
    dirk = open_page(persona="dirk-aanbesteder")
    for path, name in (
        ("", "lijst"),
        ("SCHULDVORDERING", "soort"),
        ("SCHULDVORDERING/bewerken", "bewerken"),
        ("SCHULDVORDERING/versie/1", "formulier"),
        ("nieuw", "nieuw"),
    ):
        dirk.goto(f"/beheer/soorten/{path}")
        look(dirk, f"beheer-soorten-{name}")
    dirk.goto("/beheer/soorten/SCHULDVORDERING/versie/1")
    dirk.watch.allow("422")  # type: ignore[attr-defined]
    with dirk.expect_navigation():
        dirk.get_by_role("button", name="Invoer nakijken").click()
    look(dirk, "beheer-soorten-formulier-fouten")
