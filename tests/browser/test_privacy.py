"""Rights of persons in a browser (E-153): everything about somebody, a request to correct, who looked, terms."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support.browser import OpenPage, look


def test_from_a_staff_member_to_everything_about_that_person(open_page: OpenPage) -> None:
    page = open_page(persona="sofie-voorziening")
    page.goto("/ecalcura/personeel/")
    page.locator("main tbody a").first.click()
    page.get_by_role("link", name="Alles over deze persoon").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Alles over één persoon")
    look(page, "person-file")
    with page.expect_download() as download:
        page.get_by_role("button", name="Als PDF").click()
    assert download.value.suggested_filename.startswith("persoonsdossier-")
    page.get_by_role("button", name="Verbetering registreren").click()
    expect(page.get_by_label("Rijksregisternummer van het personeelslid")).not_to_have_value("")
    look(page, "correction-form")
    page.get_by_label("Uren of uren vervanging").check()
    page.get_by_label("Wat moet er staan?").fill("30 uur per week.")
    page.get_by_role("button", name="Registreren").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Verzoek van")
    look(page, "correction")


def test_an_empty_and_a_wrong_number(open_page: OpenPage) -> None:
    page = open_page(persona="sofie-voorziening")
    page.goto("/privacy-inzage")
    look(page, "inspection")
    page.get_by_label("Rijksregisternummer").fill("85.07.30-033.28")
    page.get_by_role("button", name="Toon alles over deze persoon").click()
    expect(page.locator("main")).to_contain_text("niets bewaard onder dit rijksregisternummer")
    look(page, "inspection-nothing")


def test_who_looked_at_my_data(open_page: OpenPage) -> None:
    page = open_page(persona="sofie-voorziening")
    page.goto("/organisatie/wie-bekeek")
    expect(page.locator("main tbody tr").first).to_be_visible()
    look(page, "views")
    page = open_page(persona="an-beheerder")
    page.goto("/organisatie/wie-bekeek")
    look(page, "views-contractor")


def test_the_pages_of_the_department(open_page: OpenPage) -> None:
    page = open_page(persona="els-dossierbeheerder")
    page.goto("/beheer/inzage/")
    for address, name in (
        ("/beheer/inzage/", "office-inspection"),
        ("/beheer/verbeteringen/", "office-corrections"),
        ("/beheer/bewaartermijnen/", "office-retention"),
        ("/beheer/bewaartermijnen/termijnen", "office-terms"),
        ("/beheer/bewaartermijnen/gewist", "office-erased"),
        ("/beheer/verwerkingsregister/", "office-register"),
    ):
        page.goto(address)
        look(page, name)
