"""A contract from the authority's form to the contractor's list, in a browser: who sees it, and who does not."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from domain.econtracting.contract_rows import COLUMNS
from tests.support.browser import OpenPage, look

OFFICE, PORTAL = "/beheer/opdrachten/", "/econtracting/"


def fill_in(page: Page, number: str) -> None:
    """The guided form of a contract with Wegenbouw Voorbeeld."""
    page.goto(f"{OFFICE}nieuw")
    for name, text in {
        "number": number,
        "description": "Herstelling van het fietspad langs de N9",
        "unit": "Afdeling Wegenbouw",
        "contractor_number": "0999.000.129",
        "contractor_name": "Wegenbouw Voorbeeld NV",
        "ground_reference": "Bestek 1M3D8J/26/01",
        "published_on": "03/03/2025",
        "contact_name": "Secretariaat Wegenbouw",
        "contact_email": "wegenbouw@mow.example.be",
    }.items():
        page.locator(f"[name={name}]").fill(text)
    page.locator("[name=type][value=WERKEN]").check()
    page.locator("[name=ground][value=BESTEK]").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Nakijken").click()


def found(page: Page, number: str) -> bool:
    """Whether a contractor's person finds the contract in the list."""
    page.goto(f"{PORTAL}?toon=alle&zoek={number}")
    expect(page.locator("h1")).to_have_text("Opdrachten")
    return page.get_by_role("link", name=number, exact=True).count() > 0


@pytest.mark.parametrize("javascript", [True, False])
def test_a_contract_is_made_and_its_contractor_alone_sees_it(javascript: bool, open_page: OpenPage) -> None:
    """C-005, C-044: dirk makes it; an sees it; tom without a group and nora of a competitor do not."""
    number = f"BROWSER-{javascript}"
    dirk = open_page(persona="dirk-aanbesteder", javascript=javascript)
    fill_in(dirk, number)
    expect(dirk.locator("main")).to_contain_text("op of na 1 januari 2025")
    if javascript:
        look(dirk, "opdracht-nakijken")
    dirk.get_by_role("button", name="Opdracht maken").click()
    expect(dirk.locator(".flash--success")).to_contain_text("De opdracht is gemaakt")
    if javascript:
        look(dirk, "beheer-opdracht")
    an = open_page(persona="an-beheerder", javascript=javascript)
    assert found(an, number)
    an.get_by_role("link", name=number, exact=True).click()
    expect(an.locator("main")).to_contain_text("Schuldvordering opmaken")
    reference = an.url.rstrip("/").rsplit("/", 1)[1]
    if javascript:
        look(an, "opdracht-overzicht")
    an.get_by_role("link", name="Eigen gegevens wijzigen").click()
    an.locator("[name=internal_reference]").fill("WERF-17")
    an.get_by_role("button", name="Bewaren").click()
    expect(an.locator("main")).to_contain_text("WERF-17")
    for persona in ("tom-zonder-groep", "nora-concurrent"):
        page = open_page(persona=persona, javascript=javascript)
        assert not found(page, number)
        page.watch.allow("^404 for")  # type: ignore[attr-defined]
        answer = page.goto(f"/econtracting/opdracht/{reference}")
        assert answer is not None
        assert answer.status == 404
    dirk.goto(f"{OFFICE}?zoek=WERF-17")
    expect(dirk.locator("main")).to_contain_text("Niets gevonden")


def test_what_is_wrong_in_the_form_is_told_at_once(open_page: OpenPage) -> None:
    page = open_page(persona="dirk-aanbesteder")
    page.watch.allow("^422 for")  # type: ignore[attr-defined]
    page.goto(f"{OFFICE}nieuw")
    look(page, "opdracht-maken")
    page.get_by_role("button", name="Nakijken").click()
    expect(page.locator(".summary--error a")).to_have_count(10)
    look(page, "opdracht-maken-fouten")
    page.locator(".summary--error a").first.click()
    expect(page.locator("[name=number]")).to_be_focused()


def test_contracts_are_read_from_a_csv_after_a_preview(open_page: OpenPage) -> None:
    row = {
        "omschrijving": "Onderhoud van bermen",
        "ondernemingsnummer": "0999000129",
        "naam_opdrachtnemer": "Wegenbouw Voorbeeld NV",
        "type": "DIENSTEN",
        "grond": "BIJAKTE",
        "verwijzing": "Bijakte 1",
        "bekendmaking": "01/12/2024",
        "contact_naam": "Secretariaat",
        "contact_email": "wegen@mow.example.be",
        "soorten": "SCHULDVORDERING NAZICHT",
    }
    rows = [row | {"opdrachtnummer": "CSV-1"}, row | {"opdrachtnummer": "CSV-2", "ondernemingsnummer": "0999000128"}]
    lines = [";".join(COLUMNS), *(";".join(one.get(column, "") for column in COLUMNS) for one in rows)]
    page = open_page(persona="dirk-aanbesteder")
    page.goto(f"{OFFICE}inlezen")
    look(page, "opdrachten-inlezen")
    page.locator("[name=file]").set_input_files(
        {"name": "opdrachten.csv", "mimeType": "text/csv", "buffer": "\r\n".join(lines).encode("cp1252")}
    )
    page.get_by_role("button", name="Bestand nakijken").click()
    expect(page.locator("tbody")).to_contain_text("Dit ondernemingsnummer is niet geldig")
    look(page, "opdrachten-voorbeeld")
    page.get_by_role("button", name="1 opdracht maken").click()
    expect(page.locator(".flash--success")).to_contain_text("1 opdracht gemaakt")
    expect(page.locator("tbody").get_by_role("link", name="CSV-1")).to_be_visible()
    assert found(open_page(persona="an-beheerder"), "CSV-1")
    assert not found(open_page(persona="nora-concurrent"), "CSV-1")


@pytest.mark.parametrize(
    ("persona", "path", "words"),
    [
        ("dirk-aanbesteder", OFFICE, "Opdracht maken"),
        ("dirk-aanbesteder", f"{OFFICE}?zoek=bestaatniet", "Niets gevonden"),
        ("dirk-aanbesteder", "/beheer/instellingen/", "Mailbox voor meldingen"),
        ("an-beheerder", PORTAL, "Alle opdrachten"),
        ("tom-zonder-groep", PORTAL, "Vraag het aan uw beheerder"),
        ("hilde-helpdesk", "/beheer/opdrachten-opzoeken/", "Geen stukken, geen personen"),
    ],
)
def test_the_other_pages(persona: str, path: str, words: str, open_page: OpenPage) -> None:
    page = open_page(persona=persona)
    page.goto(path)
    expect(page.locator("main")).to_contain_text(re.compile(re.escape(words)))
    name = re.sub(r"\W+", "-", path).strip("-")
    look(page, f"{persona}-{name}")
