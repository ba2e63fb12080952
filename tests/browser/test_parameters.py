"""Two case managers change the parameters of a period: one writes, the other, without JavaScript, releases."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.support.browser import OpenPage, look

PERIOD = "2027-2028"
GROUPS = (
    *("kalender", "werktijd", "rechten", "premie", "vervanging", "attesten", "index", "voorschotten", "afronding"),
    "teksten",
)


def _save(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name="Bewaren").click()


def test_one_writes_and_another_releases(open_page: OpenPage) -> None:
    els = open_page(persona="els-dossierbeheerder")
    els.goto("/beheer/parameters/")
    els.get_by_role("link", name=f"Nieuwe versie voor {PERIOD}").click()
    els.get_by_label("Opmerking").fill("Venster van veertig dagen")
    els.get_by_role("button", name="Ontwerp maken").click()
    address = els.url
    look(els, "beheer-parameters-ontwerp")
    for group in GROUPS:
        els.goto(f"{address}/{group}/bewerken")
        look(els, f"beheer-parameters-{group}")

    els.goto(f"{address}/premie/bewerken")
    els.watch.allow("422")  # type: ignore[attr-defined]
    els.locator("[id='y1.ZORGKUNDIGE']").fill("veel")
    els.locator("[id='y1.PSYCHOLOOG']").fill("-5")
    _save(els)
    look(els, "beheer-parameters-fout")
    els.get_by_role("link", name=re.compile("Psycholoog")).click()
    expect(els.locator("[id='y1.PSYCHOLOOG']")).to_have_value("-5")
    els.goto(f"{address}/kalender/bewerken")
    els.get_by_label("Lengte van het correctievenster").fill("40")
    _save(els)
    expect(els.get_by_role("main")).to_contain_text("Kalender is bewaard.")
    els.goto(f"{address}/vrijgeven")
    expect(els.get_by_role("main")).to_contain_text("U kunt dit niet zelf vrijgeven")
    look(els, "beheer-parameters-vier-ogen")

    bart = open_page(persona="bart-dossierbeheerder", javascript=False)
    bart.goto(f"{address}/kalender/bewerken")
    bart.get_by_label("Lengte van het correctievenster").fill("41")
    _save(bart)
    els.goto(f"{address}/vrijgeven")
    expect(els.get_by_role("main")).to_contain_text("11 dagen meer")
    look(els, "beheer-parameters-vrijgeven")
    els.goto(f"{address}/kalender/bewerken")
    els.get_by_label("Lengte van het correctievenster").fill("40")
    _save(els)
    expect(els.get_by_role("main")).to_contain_text("Kalender is bewaard.")
    bart.goto(f"{address}/vrijgeven")
    expect(bart.get_by_role("main")).to_contain_text("10 dagen meer")
    bart.get_by_role("main").get_by_role("button", name="Vrijgeven").click()
    expect(bart.get_by_role("main")).to_contain_text("gelden vanaf nu")
    els.goto(address)
    look(els, "beheer-parameters-vrijgegeven")
