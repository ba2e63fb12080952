"""The main job in a real browser: take the staff over, fill a quarter, submit, audit, reopen, submit again."""

from __future__ import annotations

import re
from datetime import date

from playwright.sync_api import Page, expect

from tests.factories.numbers import national_number
from tests.support.browser import OpenPage, look

HCO = "71000034"
QUARTER = "2026K3"
DOSSIER = f"{HCO}-{QUARTER}"
HEADER = "riziv_nummer;hco_nummer;insz;naam;voornaam;contracttype;kwalificatie_code;start;einde;uren;uren_vervanging"


def _export() -> bytes:
    """A RaaS export as a facility would hand it in: two good contracts, one of another facility, one without hours."""
    people = [
        (HCO, national_number(date(1968, 3, 14)), "Verbeke", "Griet", "L", "VB", "01/09/2012", "", "38", "0"),
        (HCO, national_number(date(1990, 6, 2)), "Willems", "Jonas", "L", "ZK", "01/02/2020", "", "19,00", "12"),
        ("71000099", national_number(date(1985, 1, 20)), "Andere", "An", "L", "ZK", "01/02/2020", "", "19", "0"),
        (HCO, national_number(date(1979, 11, 5)), "Zonderuren", "Zoë", "L", "ZK", "01/02/2020", "", "", "0"),
    ]
    rows = [";".join(("72000111", *person)) for person in people]
    return "\r\n".join([HEADER, *rows, ""]).encode("cp1252")


def _take_over(page: Page) -> None:
    """A case manager imports the export: first a preview, then the real thing (E-015, part 11)."""
    page.goto("/beheer/raas/")
    look(page, "beheer-raas")
    page.get_by_label("HCO-nummer").fill(HCO)
    page.locator("input[type=file]").set_input_files(
        files=[{"name": "export.csv", "mimeType": "text/csv", "buffer": _export()}]
    )
    page.get_by_role("button", name="Voorbeeld bekijken").click()
    expect(page.get_by_text("Ander HCO-nummer")).to_be_visible()
    expect(page.get_by_text("Uren ongeldig")).to_be_visible()
    look(page, "beheer-raas-voorbeeld")
    page.get_by_role("button", name="2 contracten overnemen").click()
    expect(page.get_by_text("2 contracten zijn overgenomen.")).to_be_visible()
    look(page, "beheer-raas-overgenomen")


def _choose_premium(page: Page) -> None:
    """The nurse chose the premium; the person's file says so (E-082 to E-090)."""
    page.goto("/ecalcura/personeel/")
    look(page, "personeel")
    page.get_by_role("row", name=re.compile("Verbeke")).get_by_role("link").first.click()
    look(page, "personeelsfiche-contracten")
    page.get_by_role("link", name="Eindeloopbaan", exact=True).click()
    look(page, "personeelsfiche-eindeloopbaan-leeg")
    page.get_by_role("link", name="Eindeloopbaan toevoegen").first.click()
    page.get_by_label(re.compile("^Datum keuze")).fill("01/07/2026")
    page.get_by_label(re.compile("^Begin recht")).fill("02/07/2026")
    page.get_by_label(re.compile("^Leeftijdscategorie")).select_option("55+")
    page.get_by_label(re.compile("^Uren premie")).select_option("6")
    page.get_by_label(re.compile("^Uren vrijstelling")).select_option("0")
    page.get_by_role("button", name="Toevoegen", exact=True).click()
    expect(page.get_by_text("Het begin van het recht moet de eerste dag van een maand zijn.").first).to_be_visible()
    look(page, "personeelsfiche-keuze-fout")
    page.get_by_label(re.compile("^Begin recht")).fill("01/07/2026")
    page.get_by_role("button", name="Toevoegen", exact=True).click()
    expect(page.get_by_role("cell", name="55+", exact=True)).to_be_visible()
    look(page, "personeelsfiche-eindeloopbaan")


def _fill(page: Page) -> None:
    """Typing saves row by row; Enter goes down like in a sheet (E-112 to E-114)."""
    page.goto("/ecalcura/")
    look(page, "overzicht")
    page.goto(f"/ecalcura/aangifte/{QUARTER}")
    look(page, "aangifte-leeg")
    nurse = page.get_by_role("row", name=re.compile("Verbeke"))
    nurse.get_by_role("textbox").nth(0).fill("66")
    nurse.get_by_role("textbox").nth(1).fill("0")
    nurse.get_by_role("textbox").nth(1).press("Enter")
    carer = page.get_by_role("row", name=re.compile("Willems"))
    carer.get_by_role("textbox").last.fill("250,8")
    carer.get_by_role("textbox").last.press("Enter")
    expect(nurse.locator("[data-row-state]")).to_contain_text("Bewaard")
    expect(carer.locator("[data-row-state]")).to_contain_text("Bewaard")
    look(page, "aangifte")


def _submit(page: Page, name: str) -> str:
    """Review, confirm, receipt (E-119). Returns the reference of the receipt."""
    page.goto(f"/ecalcura/aangifte/{QUARTER}")
    page.get_by_role("button", name="Indienen", exact=True).first.click()
    expect(page.get_by_role("link", name="Terug naar bewerken")).to_be_visible()
    look(page, f"indienen-{name}")
    page.get_by_role("button", name="Indienen kwartaalaangifte").click()
    expect(page.get_by_text("Aangifte succesvol ingediend")).to_be_visible()
    look(page, f"ontvangstbewijs-{name}")
    with page.expect_download() as download:
        page.get_by_role("link", name="Ontvangstbewijs downloaden").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    return page.url.rsplit("/", 1)[-1]


def _decide(page: Page, action: str, reason: str, picture: str) -> None:
    """One step of the case manager, with its reason."""
    page.goto(f"/beheer/dossiers/{DOSSIER}")
    look(page, f"beheer-dossier-{picture}")
    page.get_by_role("link", name=action, exact=True).click()
    page.get_by_label(re.compile("^Reden")).fill(reason)
    look(page, f"beheer-stap-{picture}")
    page.get_by_role("button", name=action, exact=True).click()
    expect(page.get_by_text(reason).first).to_be_visible()


def test_from_sign_in_to_reopening(open_page: OpenPage) -> None:
    """Everything of the first paragraph, by the people who do it, with a picture of each page at both widths."""
    els = open_page(persona="els-dossierbeheerder")
    _take_over(els)

    wouter = open_page(persona="wouter-nieuwe-voorziening")
    wouter.watch.allow("422 for .*/eindeloopbaan/toevoegen")  # type: ignore[attr-defined]
    look(wouter, "start")
    _choose_premium(wouter)
    wouter.goto("/ecalcura/")
    wouter.get_by_role("button", name=re.compile("Dossier aanmaken")).last.click()
    _fill(wouter)
    first = _submit(wouter, "eerste")

    els.goto("/beheer/dossiers/")
    look(els, "beheer-dossiers")
    _decide(els, "In audit nemen", "Steekproef op de prestaties van het kwartaal.", "audit")
    wouter.goto(f"/ecalcura/aangifte/{QUARTER}")
    expect(wouter.get_by_text("Enkel raadplegen.")).to_be_visible()
    expect(wouter.get_by_role("textbox", name=re.compile("Verbeke"))).to_have_count(0)
    look(wouter, "aangifte-in-audit")
    _decide(els, "Opnieuw openstellen", "De uren van Jonas Willems kloppen niet met het uurrooster.", "heropenen")

    wouter.goto(f"/ecalcura/aangifte/{QUARTER}")
    carer = wouter.get_by_role("row", name=re.compile("Willems"))
    carer.get_by_role("textbox").last.fill("240")
    carer.get_by_role("textbox").last.press("Enter")
    expect(carer.locator("[data-row-state]")).to_contain_text("Bewaard")
    second = _submit(wouter, "tweede")
    assert second != first
    els.goto(f"/beheer/dossiers/{DOSSIER}")
    look(els, "beheer-dossier-opnieuw-ingediend")
