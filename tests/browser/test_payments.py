"""The payment pages in a browser, at both widths: with the payments of the demonstration, empty, refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.browser import OpenPage, look
from tests.unit.integrations.test_statement_files import HOSTILE, camt, entry

START = "/beheer/betalingen/"

PAGES = [
    ("betalingen", "", "Opvolging"),
    ("betalingen-regels", "regels", "Regels van de historiek"),
    ("betalingen-regels-leeg", "regels?zoek=bestaatniet", "Niets gevonden"),
    ("betalingen-saldi", "saldi", "RC na"),
    ("betalingen-opdrachten", "opdrachten", "Uitvoeringsdag"),
    ("betalingen-opdracht-nieuw", "opdrachten/nieuw", "Uitvoeringsdag"),
    ("betalingen-afschrift", "afschriften", "camt.053"),
]


@pytest.mark.parametrize("javascript", [True, False])
def test_the_lists_and_forms(javascript: bool, open_page: OpenPage) -> None:
    page = open_page(persona="els-dossierbeheerder", javascript=javascript)
    for name, path, words in PAGES:
        page.goto(START + path)
        expect(page.locator("main")).to_contain_text(re.compile(re.escape(words)))
        if javascript:
            look(page, name)


def test_from_an_order_to_one_of_its_payments(open_page: OpenPage) -> None:
    page = open_page(persona="els-dossierbeheerder")
    page.goto(f"{START}opdrachten?toestand=RELEASED")
    page.locator("tbody").get_by_role("link").first.click()
    expect(page.get_by_role("link", name="Bestand ophalen")).to_be_visible()
    look(page, "betalingen-opdracht")
    page.locator("tbody").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Memodatum")).to_be_visible()
    look(page, "betalingen-regel")
    page.watch.allow("^422 for")  # type: ignore[attr-defined]
    page.locator("#value_date").fill("1/1/2020")
    page.get_by_role("button", name="Memodatum bewaren").click()
    expect(page.locator(".summary--error")).to_contain_text("kan niet voor")
    look(page, "betalingen-regel-fout")


def test_a_statement_is_looked_at_first_and_a_hostile_one_refused(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(persona="els-dossierbeheerder")
    page.watch.allow("^422 for")  # type: ignore[attr-defined]
    for name, data, words in (
        ("betalingen-afschrift-voorbeeld", camt(entry("onbekend")), "Er is niets over te nemen"),
        ("betalingen-afschrift-fout", HOSTILE["entities"], "documenttype"),
    ):
        file = tmp_path / f"{name}.xml"
        file.write_bytes(data)
        page.goto(f"{START}afschriften")
        page.locator("input[type=file]").set_input_files(file)
        page.get_by_role("button", name="Voorbeeld bekijken").click()
        expect(page.locator("main")).to_contain_text(words)
        look(page, name)
