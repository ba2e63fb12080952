"""Why this amount, opened to the day: by keyboard, without JavaScript, by a link; and what if."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.support.browser import NARROW, OpenPage, look

PERIOD = "2024-2025"
SHOW = f"/ecalcura/berekening/{PERIOD}"


def test_an_amount_unfolds_to_the_days_by_keyboard(open_page: OpenPage) -> None:
    """E-002: total, premiums, person, quarter, days; native disclosures, so Enter opens them."""
    page = open_page(persona="sofie-voorziening")
    page.goto("/ecalcura/berekening/")
    look(page, "berekening")
    page.get_by_role("link", name=f"Waarom dit bedrag? {PERIOD}").click()
    look(page, "berekening-periode")
    _unfold_by_keyboard(page)
    page.locator("details.cause > summary").first.click()
    look(page, "berekening-opengevouwen")


def _unfold_by_keyboard(page: Page) -> None:
    """From the premiums to the days of the first quarter of the first person."""
    sentence = page.locator("#premies").get_by_text(re.compile("geeft een effectieve arbeidstijd van")).first
    expect(sentence).to_be_hidden()
    opened = page.locator("#premies")
    for _ in range(3):
        opened.locator("> summary").focus()
        page.keyboard.press("Enter")
        expect(opened).to_have_attribute("open", "")
        opened = opened.locator("> .step__body > details").first
    expect(sentence).to_be_visible()


def test_everything_works_without_javascript(open_page: OpenPage) -> None:
    """Unfolding, a link to one step, all at once, and the search box."""
    page = open_page(persona="sofie-voorziening", javascript=False, width=NARROW)
    page.goto(SHOW)
    _unfold_by_keyboard(page)
    key = page.locator("#vervangers > .step__body > details").nth(2).get_attribute("id")
    page.goto(f"{SHOW}?stap={key}#{key}")
    expect(page.locator(f"[id='{key}'] > .step__body")).to_be_visible()
    expect(page.locator("#premies > .step__body")).to_be_hidden()
    page.get_by_role("link", name="Alles openvouwen").click()
    expect(page.locator(".amounts details:not([open])")).to_have_count(0)
    page.get_by_role("searchbox", name="Toon enkel medewerker").fill("zzzz")
    page.get_by_role("search").get_by_role("button", name="Toon").click()
    expect(page.get_by_role("status").filter(has_text="Niemand")).to_be_visible()


def test_an_estimate_and_what_if(open_page: OpenPage) -> None:
    """From the overview to the estimate to a new replacer; the scenario is nothing but its address."""
    page = open_page(persona="sofie-voorziening")
    page.goto("/ecalcura/")
    page.get_by_role("link", name="Raming van het bedrag 2026-2027").click()
    look(page, "raming")
    page.get_by_role("link", name="Simulatie: wat als …?").click()
    page.get_by_text("Een vervanger aanwerven").click()
    page.get_by_label("Kwalificatie").select_option(label="Zorgkundige")
    page.locator("[name=aanwerven-starts_on]").fill("01/11/2026")
    page.locator("[name=aanwerven-hours]").fill("19")
    page.locator("[name=aanwerven-replacement_hours]").fill("19")
    page.locator("details[open]").get_by_role("button", name="Toevoegen aan de simulatie").click()
    expect(page.get_by_role("heading", name="Effect van uw wijzigingen")).to_be_visible()
    expect(page.locator(".difference")).to_contain_text("Personeel en contracten")
    look(page, "simulatie")
    page.get_by_role("link", name=re.compile("^Verwijderen")).click()
    expect(page.get_by_text("Kies hieronder wat u wilt veranderen")).to_be_visible()


def test_the_helpdesk_explains_without_names(open_page: OpenPage) -> None:
    page = open_page(persona="hilde-helpdesk")
    page.goto("/beheer/berekeningen/voorziening/71000012")
    look(page, "helpdesk-bedragen")
    page.get_by_role("link", name=f"Waarom dit bedrag? Definitieve berekening {PERIOD}").click()
    page.locator("#premies > summary").click()
    expect(page.locator("#premies")).to_contain_text(re.compile(r"Personeelslid \d\d"))
    look(page, "helpdesk-uitleg")
