"""A claim in a browser: Mila drafts it with lines and a file, may not send it and hands it over; Karim sends (T4)."""

from __future__ import annotations

import re

import pikepdf
from playwright.sync_api import FilePayload, Page, expect

from tests.support.browser import NARROW, OpenPage, look

CONTRACT = re.compile("kruispunt R4")
LINES = (
    "Post\tOmschrijving\tEenheid\tHoeveelheid deze periode\tEenheidsprijs\tBedrag\n"
    "1\tGrondwerk\tm³\t100\t80\t8000,00\n"
    "2\tFundering\tm²\t200\t12,50\t2500,00\n"
)
SEND_ALL_THE_SAME = """async (address) => {
  const token = document.querySelector("[name=csrf_token]").value;
  const data = new URLSearchParams({ confirm: "y", csrf_token: token });
  return (await fetch(address, { method: "POST", body: data })).text();
}"""
NOTE = "Werken van september"


def statement(folder: str) -> FilePayload:
    """A small PDF."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(300, 300))
    path = f"{folder}/vorderingsstaat.pdf"
    document.save(path)
    with open(path, "rb") as file:
        return {"name": "vorderingsstaat.pdf", "mimeType": "application/pdf", "buffer": file.read()}


def documents_of_the_contract(page: Page) -> None:
    """To the tab Dossierstukken of the contract."""
    page.goto("/econtracting/")
    page.get_by_role("row", name=CONTRACT).get_by_role("link").first.click()
    page.get_by_label(re.compile("^Opdracht ")).get_by_role("link", name="Dossierstukken").click()


def fill_in(page: Page) -> None:
    """The fields of a claim, typed as people do."""
    page.get_by_label("Periode van").fill("01/09/2026")
    page.get_by_label("Periode tot en met").fill("30/09/2026")
    page.get_by_label("Gevraagd bedrag, exclusief btw").fill("10.500,00")
    page.get_by_label("Btw-regime").select_option("21")
    page.get_by_label("Totaal tot nu toe, exclusief btw").fill("10.500,00")
    page.get_by_label("Toelichting").fill(NOTE)


def test_right_2_drafts_and_right_3_sends(open_page: OpenPage, tmp_path: object) -> None:
    mila = open_page(persona="mila-opmaker")
    mila.watch.allow("^(409|422) for")  # type: ignore[attr-defined]
    documents_of_the_contract(mila)
    look(mila, "stukken")
    mila.get_by_role("link", name="Nieuw dossierstuk").click()
    look(mila, "stuk-soort")
    mila.get_by_role("button", name="Opmaken Schuldvordering", exact=True).click()
    address = mila.url
    mila.get_by_role("button", name="Bewaren en verder").click()
    expect(mila.locator(".summary--error")).to_contain_text("Vul Periode van in.")
    look(mila, "stuk-gegevens-fout")
    fill_in(mila)
    expect(mila.get_by_text(re.compile(r"^Bewaard om \d\d:\d\d$"))).to_be_visible()

    again = open_page(persona="mila-opmaker", javascript=False)
    again.goto(address)
    expect(again.get_by_label("Toelichting")).to_have_value(NOTE)

    mila.get_by_role("button", name="Bewaren en verder").click()
    mila.get_by_label("Lijnen plakken").fill(LINES)
    mila.get_by_role("button", name="Lijnen tonen").click()
    expect(mila.get_by_role("cell", name="€ 2.500,00")).to_be_visible()
    look(mila, "stuk-lijnen")
    mila.get_by_role("button", name="Deze lijnen bewaren en verder").click()
    mila.get_by_label("Bestanden toevoegen").set_input_files(statement(str(tmp_path)))
    expect(mila.get_by_role("link", name="vorderingsstaat.pdf")).to_be_visible()
    look(mila, "stuk-bijlagen")
    mila.get_by_role("button", name="Verder naar nakijken").click()
    expect(mila.get_by_text("U kunt dit stuk niet zelf verzenden")).to_be_visible()
    expect(mila.get_by_role("button", name="Verzenden naar de aanbesteder")).to_have_count(0)
    look(mila, "stuk-nakijken-recht-2")
    check = mila.url
    refused = mila.evaluate(SEND_ALL_THE_SAME, check)
    assert "Uw groep heeft hiervoor niet het nodige recht." in refused
    mila.get_by_role("button", name="Klaar om te verzenden").click()
    expect(mila.get_by_text("Het concept staat klaar.")).to_be_visible()
    look(mila, "stuk-klaargezet")

    karim = open_page(persona="karim-gebruiker", width=NARROW)
    documents_of_the_contract(karim)
    karim.get_by_role("row", name=re.compile("Klaar om te verzenden.*|.*Mila Jacobs.*")).get_by_role(
        "link"
    ).first.click()
    karim.get_by_role("button", name="Nakijken en verzenden").click()
    expect(karim.get_by_text(re.compile("Behandelingstermijn van 30 dagen begint"))).to_be_visible()
    look(karim, "stuk-nakijken")
    check_address = karim.url
    karim.get_by_label("Ik heb dit stuk nagekeken").check()
    karim.get_by_role("button", name="Verzenden naar de aanbesteder").click()
    expect(karim.get_by_role("heading", name=re.compile("^Schuldvordering .* is verzonden$"))).to_be_visible()
    expect(karim.get_by_text(re.compile(r"UTC$"))).to_be_visible()
    look(karim, "stuk-ontvangstbewijs")
    receipt = karim.url.partition("?")[0]
    karim.goto(check_address)
    expect(karim).to_have_url(receipt)
    karim.get_by_role("link", name="Naar het stuk").click()
    expect(karim.get_by_role("heading", name="Stand van zaken: Ingediend")).to_be_visible()
    look(karim, "stuk")
    karim.get_by_label(re.compile("^Opdracht ")).get_by_role("link", name="Acties en termijnen").click()
    expect(karim.get_by_role("link", name=re.compile("^Nazicht uitvoeren: Schuldvordering"))).to_be_visible()
    look(karim, "acties")
