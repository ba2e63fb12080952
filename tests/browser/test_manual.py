"""The manual in a browser: contents, a task, search with and without an answer, on paper, without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import OpenPage, look


def test_the_contents_lead_to_a_task_and_on_to_the_next(page: Page) -> None:
    page.goto("/hulp/handleiding")
    look(page, "manual-contents")
    page.get_by_role("link", name="Zorgvoorziening", exact=True).click()
    expect(page).to_have_url(re.compile("voor=facility"))
    page.get_by_role("link", name="Certificaten", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Certificaten")
    picture = page.locator("img.manual-picture").first
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("one => one.naturalWidth") > 300
    look(page, "manual-task")
    page.get_by_role("link", name="Volgende: ").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Prestaties invullen")


@pytest.mark.parametrize("javascript", [True, False])
def test_search_finds_and_says_what_to_do_when_it_does_not(javascript: bool, open_page: OpenPage) -> None:
    page = open_page(javascript=javascript)
    page.goto("/hulp/zoeken")
    if javascript:
        look(page, "manual-search-empty")
    page.get_by_role("searchbox").first.fill("heropeningg kwartaal")
    page.get_by_role("button", name="Zoeken").first.click()
    expect(page.get_by_role("link", name="Heropening vragen").first).to_be_visible()
    if javascript:
        look(page, "manual-search")
    page.get_by_role("searchbox").first.fill("qqxyzzy")
    page.get_by_role("button", name="Zoeken").first.click()
    expect(page.get_by_role("status").filter(has_text="Niets gevonden")).to_be_visible()
    if javascript:
        look(page, "manual-search-nothing")


def test_the_access_manual(page: Page) -> None:
    page.goto("/hulp/toegang")
    look(page, "manual-access")


def test_the_whole_manual_prints_without_the_frame(page: Page) -> None:
    page.goto("/hulp/handleiding/alles")
    page.emulate_media(media="print")
    expect(page.locator(".site-header")).to_be_hidden()
    expect(page.get_by_role("heading", name="Certificaten", exact=True)).to_be_visible()
