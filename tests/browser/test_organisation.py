"""Start page, Mijn organisatie, certificates and help in a browser: with data, errors, read only, in a panel."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import OpenPage, look


@pytest.mark.parametrize(
    "persona",
    [
        "sofie-voorziening",
        "ines-financieel",
        "wouter-nieuwe-voorziening",
        "zonder-rol",
        "els-dossierbeheerder",
        "hilde-helpdesk",
        "an-beheerder",
        "luc-wettelijk",
    ],
)
def test_the_start_page_of_everybody(persona: str, open_page: OpenPage) -> None:
    page = open_page(persona=persona)
    expect(page.get_by_role("heading", level=1)).to_have_text("Start")
    look(page, f"start-{persona}")


def test_the_help_page(page: Page) -> None:
    page.goto("/")
    page.get_by_role("contentinfo").get_by_role("link", name="Hulp", exact=True).click()
    expect(page).to_have_url(re.compile(r"/hulp/$"))
    look(page, "help")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/organisatie/", "organisation-data"),
        ("/organisatie/bewerken", "organisation-edit"),
        ("/organisatie/contactpersonen", "organisation-contacts"),
        ("/organisatie/bankgegevens", "organisation-bank"),
        ("/organisatie/bankgegevens/toevoegen", "organisation-bank-add"),
        ("/ecalcura/certificaten/", "certificates"),
    ],
)
def test_pages_with_data(path: str, name: str, open_page: OpenPage) -> None:
    page = open_page(persona="peter-andere-voorziening")
    page.goto(path)
    look(page, name)


def test_read_only_and_refused(open_page: OpenPage) -> None:
    page = open_page(persona="zonder-rol")
    page.watch.allow("^403 for")  # type: ignore[attr-defined]
    page.goto("/organisatie/")
    expect(page.get_by_text("Enkel raadplegen.")).to_be_visible()
    look(page, "organisation-read-only")
    page.goto("/organisatie/bankgegevens")
    look(page, "organisation-bank-refused")


@pytest.mark.parametrize("javascript", [True, False])
def test_errors_stand_at_their_fields_and_what_was_typed_stays(javascript: bool, open_page: OpenPage) -> None:
    page = open_page(persona="peter-andere-voorziening", javascript=javascript)
    page.watch.allow("^422 for")  # type: ignore[attr-defined]
    page.goto("/organisatie/bewerken")
    page.get_by_label("Telefoonnummer").fill("bel ons")
    page.get_by_label("RSZ-nummer").fill("12")
    page.get_by_role("button", name="Bewaren").click()
    summary = page.locator(".summary--error")
    expect(summary.get_by_role("link")).to_have_count(2)
    expect(page.get_by_label("Telefoonnummer")).to_have_value("bel ons")
    if javascript:
        expect(summary).to_be_focused()
        look(page, "organisation-edit-errors")
    summary.get_by_role("link", name="Het RSZ-nummer bestaat uit 9 cijfers.").click()
    expect(page.get_by_label("RSZ-nummer")).to_be_focused()


def test_bank_errors(open_page: OpenPage) -> None:
    page = open_page(persona="peter-andere-voorziening")
    page.watch.allow("^422 for")  # type: ignore[attr-defined]
    page.goto("/organisatie/bankgegevens/toevoegen")
    page.get_by_label("IBAN").fill("be12")
    page.get_by_role("button", name="Bewaren").click()
    expect(page.locator(".summary--error li")).to_have_count(6)
    look(page, "organisation-bank-errors")


def test_a_contact_person_in_the_panel(open_page: OpenPage) -> None:
    """Add with errors first, change, meet a colleague's change, remove; the panel or a page, never nothing."""
    page = open_page(persona="wouter-nieuwe-voorziening")
    page.watch.allow("^(422|409) for")  # type: ignore[attr-defined]
    page.goto("/organisatie/contactpersonen")
    page.get_by_role("link", name="Contactpersoon toevoegen").click()
    panel = page.get_by_role("dialog")
    panel.get_by_label("Voornaam").fill("Proef")
    panel.get_by_role("button", name="Toevoegen").click()
    expect(panel.locator(".summary--error")).to_be_focused()
    look(page, "organisation-contact-panel-errors")
    panel.locator("[name=family_name]").fill("Persoon")
    panel.get_by_label("E-mailadres").fill("proef@wissel.example.be")
    with page.expect_navigation():
        panel.get_by_role("button", name="Toevoegen").click()
    expect(page.locator(".flash--success")).to_contain_text("De contactpersoon is toegevoegd.")
    page.get_by_role("link", name="Bewerken: Proef Persoon").click()
    panel.get_by_label("Functie").fill("Van mij")
    colleague = open_page(persona="wouter-nieuwe-voorziening")
    colleague.goto("/organisatie/contactpersonen")
    colleague.get_by_role("link", name="Bewerken: Proef Persoon").click()
    colleague.get_by_role("dialog").get_by_label("Functie").fill("Van de collega")
    colleague.get_by_role("dialog").get_by_role("button", name="Bewaren").click()
    expect(colleague.locator(".flash--success")).to_be_visible()
    panel.get_by_role("button", name="Bewaren").click()
    row = page.get_by_role("row", name="Functie")
    expect(row).to_contain_text("Van de collega")
    expect(row).to_contain_text("Van mij")
    look(page, "organisation-conflict")
    page.get_by_role("link", name="Open de laatste versie").click()
    expect(page.get_by_label("Functie")).to_have_value("Van de collega")
    page.goto("/organisatie/contactpersonen")
    page.get_by_role("link", name="Verwijderen: Proef Persoon").click()
    look(page, "organisation-contact-remove")
    page.get_by_role("button", name="Verwijderen").click()
    expect(page.locator(".flash--success")).to_contain_text("De contactpersoon is verwijderd.")


def test_a_certificate_in_the_panel_and_the_one_that_cannot_be_removed(open_page: OpenPage) -> None:
    page = open_page(persona="peter-andere-voorziening")
    page.watch.allow("^422 for")  # type: ignore[attr-defined]
    page.goto("/ecalcura/certificaten/")
    page.get_by_role("link", name="Certificaat toevoegen").click()
    panel = page.get_by_role("dialog")
    panel.get_by_role("button", name="Toevoegen").click()
    expect(panel.locator(".summary--error li")).to_have_count(2)
    look(page, "certificate-panel-errors")
    panel.get_by_label("Attest eindeloopbaan").check()
    panel.get_by_label("Startdatum").fill("1/7/2024")
    panel.get_by_role("button", name="Toevoegen").click()
    expect(panel.locator(".summary--error")).to_contain_text("Er is al zo'n attest")
    panel.get_by_role("link", name="Annuleren").click()
    expect(panel).to_have_count(0)
    page.get_by_role("link", name="Verwijderen: Attest eindeloopbaan").click()
    expect(page.get_by_text("Dit attest kunt u niet meer verwijderen")).to_be_visible()
    look(page, "certificate-not-removable")
