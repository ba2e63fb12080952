"""The grid in a real browser: saves while typing, tells what went wrong, loses nothing, moves like a sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, Route, expect

from tests.support.browser import OpenPage

PERSONA = "peter-andere-voorziening"
QUARTER = "2026K3"
SAVED = re.compile(r"Bewaard om \d\d:\d\d")


def _open(page: Page) -> None:
    """The open quarter of the facility; a first test to come makes the dossier."""
    page.goto("/ecalcura/")
    new = page.locator("#nieuw option", has_text="3de kwartaal 2026")
    if new.count():
        page.locator("#nieuw select").select_option(QUARTER)
        page.get_by_role("button", name="Nieuw dossier").click()
    page.goto(f"/ecalcura/aangifte/{QUARTER}")
    expect(page.locator("[data-grid]")).to_be_visible()


def _row(page: Page, place: int) -> Locator:
    """A line with something to type, the n-th on the page; a line keeps its place however it is filled in."""
    key = page.locator("tr[id^='l-']:has(input[name='regel'])").nth(place).get_attribute("id")
    return page.locator(f"#{key}")


def _cells(row: Locator) -> Locator:
    return row.locator("input:not([type=hidden]):not(:disabled)")


def _state(row: Locator) -> Locator:
    return row.locator("[data-row-state]")


def _message(page: Page, row: Locator) -> Locator:
    return page.locator(f"tr.g-message[data-for='{(row.get_attribute('id') or '')[2:]}']")


def _type(row: Locator, text: str) -> None:
    """Fill in the first cell, and leave the line."""
    _cells(row).first.fill(text)
    _cells(row).first.press("Enter")


@contextmanager
def _unplugged(page: Page) -> Iterator[None]:
    """The network is gone for what the script sends."""

    def drop(route: Route) -> None:
        route.abort("internetdisconnected")

    page.route("**/lijn", drop)
    yield
    page.unroute("**/lijn", drop)


def test_a_line_is_saved_when_it_is_left_and_is_there_after_reloading(open_page: OpenPage) -> None:
    page = open_page(persona=PERSONA)
    _open(page)
    row = _row(page, 0)
    _type(row, "11")
    expect(_state(row)).to_have_text(SAVED)
    expect(page.locator("[data-grid-state]")).to_have_text(SAVED)
    page.reload()
    expect(_cells(_row(page, 0)).first).to_have_value("11")


def test_a_line_is_saved_while_somebody_pauses_in_it(open_page: OpenPage) -> None:
    page = open_page(persona=PERSONA)
    _open(page)
    row = _row(page, 1)
    _cells(row).first.fill("12,5")
    expect(_state(row)).to_have_text(SAVED)
    expect(_cells(row).first).to_be_focused()


def test_v47_a_wrong_number_is_told_at_its_line_and_esc_puts_the_old_one_back(open_page: OpenPage) -> None:
    page = open_page(persona=PERSONA)
    page.watch.allow("422 for .*/lijn")
    _open(page)
    row = _row(page, 2)
    _type(row, "13")
    expect(_state(row)).to_have_text(SAVED)
    _type(row, "abc")
    expect(_state(row)).to_have_text("Niet bewaard")
    expect(_message(page, row)).to_contain_text("Vul een geldig aantal")
    expect(_cells(row).first).to_have_attribute("aria-invalid", "true")
    _cells(row).first.press("Escape")
    expect(_cells(row).first).to_have_value("13")
    expect(_message(page, row)).to_have_count(0)


def test_what_somebody_else_saved_is_shown_beside_the_own_value(open_page: OpenPage) -> None:
    mine, other = open_page(persona=PERSONA), open_page(persona=PERSONA)
    for page in (mine, other):
        page.watch.allow("409 for .*/lijn")
        _open(page)
    row, theirs = _row(mine, 3), _row(other, 3)
    _type(theirs, "14")
    expect(_state(theirs)).to_have_text(SAVED)
    _type(row, "15")
    expect(_state(row)).to_have_text("Botsing")
    expect(_message(mine, row)).to_contain_text(re.compile(r"Nu bewaard: 14.*Uw waarden: 15"))
    mine.get_by_role("button", name="Mijn waarden bewaren").click()
    expect(_state(row)).to_have_text(SAVED)
    _type(theirs, "16")
    expect(_state(theirs)).to_have_text("Botsing")
    other.get_by_role("button", name="Die waarden behouden").click()
    expect(_cells(theirs).first).to_have_value("15")
    expect(_message(other, theirs)).to_have_count(0)


def test_a_dropped_connection_loses_nothing_and_is_tried_again(open_page: OpenPage) -> None:
    page = open_page(persona=PERSONA)
    _open(page)
    row = _row(page, 4)
    with _unplugged(page):
        _type(row, "17")
        expect(page.locator("[data-grid-state]")).to_contain_text("Geen verbinding")
        expect(_state(row)).to_have_text("Niet bewaard")
        expect(_cells(row).first).to_have_value("17")
    expect(_state(row)).to_have_text(SAVED)


def test_an_expired_token_is_renewed_without_losing_what_was_typed(open_page: OpenPage) -> None:
    page = open_page(persona=PERSONA)
    page.watch.allow("400 for .*/lijn")
    _open(page)
    row = _row(page, 5)
    page.evaluate("document.getElementById('aangifte').elements.csrf_token.value = 'oud'")
    _type(row, "18")
    expect(_state(row)).to_have_text(SAVED)


def test_the_keys_move_like_in_a_sheet(open_page: OpenPage) -> None:
    page = open_page(persona=PERSONA)
    _open(page)
    first = page.locator("input[name='betaalde_dagen']:not([type=hidden])").first
    row = first.locator("xpath=ancestor::tr")
    first.focus()
    page.keyboard.press("ArrowRight")
    expect(_cells(row).nth(1)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(first).to_be_focused()
    page.keyboard.press("Tab")
    expect(_cells(row).nth(1)).to_be_focused()
    column = page.locator("input[name='betaalde_uren']:not([type=hidden])")
    column.first.focus()
    page.keyboard.press("Enter")
    expect(column.nth(1)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(column.nth(2)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(column.nth(1)).to_be_focused()


def test_e116_filters_work_at_once_and_stay_in_the_address(open_page: OpenPage) -> None:
    page = open_page(persona=PERSONA)
    _open(page)
    lines = page.locator("tr[id^='l-']:visible")
    everything = lines.count()
    name = page.locator("tr[id^='l-'] .g-name").first.inner_text()
    page.get_by_label("Zoek op naam").fill(name.upper())
    expect(page).to_have_url(re.compile(r"\?zoek="))
    assert 0 < lines.count() < everything
    shown = lines.count()
    page.reload()
    assert page.locator("tr[id^='l-']:visible").count() == shown
    page.get_by_label("Zoek op naam").fill("")
    expect(page).not_to_have_url(re.compile(r"\?"))
    assert lines.count() == everything


def test_without_javascript_the_form_saves_all_the_same(open_page: OpenPage) -> None:
    page = open_page(persona=PERSONA, javascript=False)
    _open(page)
    _cells(_row(page, 6)).first.fill("19")
    page.get_by_role("button", name="Bewaren", exact=True).click()
    expect(page.locator(".flash")).to_contain_text("1 lijn bewaard om")
    expect(_cells(_row(page, 6)).first).to_have_value("19")
