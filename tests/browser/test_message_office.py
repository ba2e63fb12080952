"""The inbox of a case manager, a canned text in the answer, and a request that fills itself (A-38, E-126, E-008)."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.support.browser import OpenPage, look

PERIOD = "2025-2026"


def test_from_the_inbox_to_the_next_with_a_canned_text(open_page: OpenPage) -> None:
    els = open_page(persona="els-dossierbeheerder")
    els.goto("/beheer/berichten/")
    look(els, "beheer-berichten")
    els.get_by_role("link", name=re.compile("^Wacht op ons antwoord")).click()
    with els.expect_navigation():
        els.get_by_role("navigation", name="Van wie").get_by_role("link", name="Alle gesprekken").click()
    expect(els).to_have_url(re.compile("toon=OURS"))
    rows = els.locator("[data-row-link]")
    expect(rows.first).to_be_visible()
    rows.first.focus()
    els.keyboard.press("x")
    expect(els.locator("input[name='rowid']").first).to_be_checked()
    if rows.count() > 1:
        els.keyboard.press("ArrowDown")
        expect(rows.nth(1)).to_be_focused()
        els.keyboard.press("ArrowUp")
    els.get_by_label(re.compile("Leg de gekozen gesprekken")).select_option(label="Bureau kortverblijf")
    els.get_by_role("button", name="Verplaatsen").click()
    expect(els.get_by_text("1 gelukt, 0 niet.")).to_be_visible()
    look(els, "beheer-berichten-verplaatst")

    els.goto("/beheer/berichten/?zoek=Nieuwe contactpersoon")
    els.get_by_role("link", name="Nieuwe contactpersoon", exact=True).click()
    expect(els.get_by_role("complementary", name="Bij dit gesprek")).to_contain_text("71000023")
    els.get_by_label("Standaardtekst").select_option(label="Ontvangst bevestigen")
    els.get_by_role("button", name="Invoegen").click()
    box = els.locator("#body")
    expect(box).to_have_value(re.compile("We hebben uw bericht goed ontvangen"))
    expect(els.locator("[data-save-state='saved']")).to_be_visible()
    look(els, "beheer-gesprek")
    els.get_by_role("button", name="Verzenden", exact=True).click()
    expect(els.get_by_text("Het bericht is verzonden.")).to_be_visible()
    expect(els.locator(".messages")).to_contain_text("Els Claes")

    peter = open_page(persona="peter-andere-voorziening")
    peter.goto("/berichten/")
    peter.get_by_role("link", name="Nieuwe contactpersoon", exact=True).click()
    expect(peter.locator(".messages")).to_contain_text("We hebben uw bericht goed ontvangen")
    expect(peter.locator("main")).not_to_contain_text("Els Claes")


def test_a_request_that_fills_itself_and_is_followed_in_its_thread(open_page: OpenPage) -> None:
    peter = open_page(persona="peter-andere-voorziening")
    peter.goto("/berichten/heropening")
    look(peter, "berichten-heropening")
    peter.get_by_role("link", name=re.compile(f"Bericht opmaken.*{PERIOD}")).click()
    for box in peter.get_by_role("checkbox").all():
        box.set_checked(False)
    peter.get_by_label(re.compile("3de kwartaal 2025")).check()
    peter.get_by_label("Wat wilt u wijzigen?").fill("De betaalde dagen van een verpleegkundige worden verbeterd.")
    with peter.expect_navigation():
        peter.get_by_role("button", name="Voorbeeld bekijken").click()
    expect(peter.locator("#voorbeeld")).to_contain_text("- 3de kwartaal 2025")
    expect(peter.locator("#voorbeeld")).to_contain_text("71000023")
    look(peter, "berichten-heropening-voorbeeld")
    peter.get_by_role("button", name="Aanvraag versturen").click()
    expect(peter.locator(".thread-request")).to_contain_text("wacht op een beslissing")
    thread = peter.url
    look(peter, "berichten-heropening-gesprek")

    els = open_page(persona="els-dossierbeheerder")
    els.goto("/beheer/berichten/?zoek=Aanvraag tot heropening&voorziening=71000023&toon=OURS")
    els.locator("[data-row-link]").first.click()
    expect(els.locator(".thread-request")).to_contain_text("wacht op een beslissing")
    look(els, "beheer-gesprek-aanvraag")
    els.locator(".thread-request").get_by_role("link", name="Beslissen").click()
    els.get_by_role("button", name="Alle gevraagde kwartalen heropenen").click()
    expect(els.get_by_text("De kwartalen zijn heropend.")).to_be_visible()

    peter.goto(thread)
    expect(peter.locator(".messages")).to_contain_text("De heropening van 3de kwartaal 2025 is toegestaan.")
    expect(peter.locator(".thread-request")).to_contain_text("ingewilligd")


def test_the_same_message_to_several_facilities(open_page: OpenPage) -> None:
    els = open_page(persona="els-dossierbeheerder")
    els.goto("/beheer/voorzieningen/")
    for box in els.locator("input[name='rowid']").all()[:2]:
        box.check()
    els.get_by_role("button", name=re.compile("Bericht sturen aan de gekozen voorzieningen")).click()
    els.get_by_label("Onderwerp").fill("Infosessie")
    els.get_by_label(re.compile("^Bericht")).fill("Beste {voorziening}, u bent welkom.")
    look(els, "beheer-bericht-aan-velen")
    els.get_by_role("button", name="Voorbeeld bekijken").click()
    expect(els.get_by_text("2 van de 2 gekozen voorzieningen krijgen dit bericht.")).to_be_visible()
    look(els, "beheer-bericht-aan-velen-voorbeeld")
    els.get_by_role("button", name="Verzenden aan 2 voorzieningen").click()
    expect(els.get_by_text("2 gelukt, 0 niet.")).to_be_visible()


def test_desks_and_canned_texts(open_page: OpenPage) -> None:
    els = open_page(persona="els-dossierbeheerder")
    els.watch.allow("^422 for")  # type: ignore[attr-defined]
    els.goto("/beheer/bureaus/")
    look(els, "beheer-bureaus")
    els.get_by_role("link", name="Bureau psychiatrie").click()
    look(els, "beheer-bureau")
    els.goto("/beheer/standaardteksten/")
    look(els, "beheer-standaardteksten")
    els.get_by_role("link", name="Attest ontbreekt").click()
    els.locator("#body").fill("Beste {klant}")
    els.get_by_role("button", name="Bewaren").click()
    expect(els.get_by_text("{klant} bestaat niet.", exact=False).first).to_be_visible()
    look(els, "beheer-standaardtekst-fout")
    els.locator("#body").fill("Beste {voorziening}")
    els.get_by_role("button", name="Voorbeeld bekijken").click()
    expect(els.locator("#voorbeeld")).to_contain_text("Beste PVT De Linde")
    look(els, "beheer-standaardtekst")
