"""Asking to reopen a quarter in a browser, and deciding with one click (E-126, T-04)."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.support.browser import OpenPage, look

PERIOD = "2025-2026"


def test_from_the_button_to_the_reopened_quarter(open_page: OpenPage) -> None:
    peter = open_page(persona="peter-andere-voorziening")
    peter.watch.allow("^422 for")  # type: ignore[attr-defined]
    peter.goto("/ecalcura/")
    look(peter, "overzicht-heropening")
    peter.get_by_role("link", name=re.compile(f"Heropening vragen.*{PERIOD}")).click()
    look(peter, "heropening-vragen")
    peter.get_by_role("button", name="Heropening vragen").click()
    expect(peter.get_by_text("Schrijf kort wat u wilt wijzigen.").first).to_be_visible()
    look(peter, "heropening-vragen-fout")
    for box in peter.get_by_role("checkbox").all():
        box.set_checked(False)
    peter.get_by_label(re.compile("4de kwartaal 2025")).check()
    peter.get_by_label("Wat wilt u wijzigen?").fill("De betaalde dagen van een verpleegkundige worden verbeterd.")
    peter.get_by_role("button", name="Heropening vragen").click()
    expect(peter.get_by_text("Uw aanvraag wacht op een beslissing")).to_be_visible()
    look(peter, "heropening-wacht")

    els = open_page(persona="els-dossierbeheerder")
    els.goto("/beheer/heropeningen/")
    row = els.get_by_role("row", name=re.compile("Ter Linden"))
    expect(row).to_contain_text("15 oktober")
    look(els, "beheer-heropeningen")
    row.get_by_role("link", name=re.compile("Bekijken of weigeren")).click()
    look(els, "beheer-heropening-beslissen")
    els.goto("/beheer/heropeningen/")
    els.get_by_role("row", name=re.compile("Ter Linden")).get_by_role("button", name=re.compile("Heropenen")).click()
    expect(els.get_by_role("row", name=re.compile("Ter Linden"))).to_have_count(0)

    peter.goto(f"/ecalcura/heropening/{PERIOD}")
    expect(peter.locator("main")).to_contain_text("Dien de heropende kwartalen opnieuw in")
    expect(peter.locator("main")).to_contain_text("15 oktober 2026")
    look(peter, "heropening-ingewilligd")
