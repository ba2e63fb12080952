"""2,000 lines in a real browser: what is typed while nothing arrives is offered again, and filtering stays usable."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browser import NOW, OpenPage, opening
from tests.support.kept_entries import deaf
from tests.support.large_grid import LargeGrid, large_grid

LINES, TYPED, FROM = 2000, 40, 1000
_LINE = "tr[id^='l-']:has(input[name='regel'])"
_CELL = "input:not([type=hidden]):not(:disabled)"
_CELLS = f"""Array.from(document.querySelectorAll("{_LINE}")).slice({FROM}, {FROM + TYPED})
  .map((row) => row.querySelector("{_CELL}"))"""
_VALUES = f"() => {_CELLS}.map((cell) => cell.value)"
#: As by the keyboard, from cell to cell, in one go: each focus and letter is an event of its own.
_TYPE = f"""(texts) => {_CELLS}.forEach((cell, place) => {{
  cell.focus({{ preventScroll: true }});
  cell.select();
  document.execCommand("insertText", false, texts[place]);
}})"""


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LargeGrid]:
    """2,000 lines and somebody who fills them in."""
    with large_grid(tmp_path_factory.mktemp("large") / "instance", NOW) as found:
        yield found


@pytest.fixture
def page(chromium: Browser, grid: LargeGrid) -> Iterator[Page]:
    """The page of the 2,000 lines."""
    opened = opening(chromium, grid.running)
    make: OpenPage = next(opened)
    page = make()
    grid.sign_in(page.context)
    _open(page, grid)
    yield page
    for _ in opened:
        pass


def _open(page: Page, grid: LargeGrid) -> None:
    page.goto(grid.path)
    expect(page.locator("html[data-keep-ready]")).to_have_count(1)
    expect(page.locator(_LINE)).to_have_count(LINES)


def _offer(page: Page) -> Locator:
    return page.get_by_role("region", name="Niet verzonden invoer")


def test_40_lines_typed_without_a_connection_are_offered_and_put_back_after_a_lost_tab(
    page: Page, grid: LargeGrid
) -> None:
    """Far down the page, line after line."""
    context = page.context
    texts = [f"{11 + place},5" for place in range(TYPED)]
    with deaf(page):
        page.evaluate(_TYPE, texts)
        expect(page.locator("form[data-kept]")).to_have_count(1)
        page.wait_for_function(
            f"async () => Object.keys((await loket.store.own())[0]?.rows || {{}}).length === {TYPED}"
        )
        assert page.evaluate(_VALUES) == texts
        page.close()
    page = context.new_page()
    _open(page, grid)
    expect(_offer(page)).to_contain_text(
        re.compile(r"U hebt invoer van \d\d:\d\d die nog niet verzonden is\."), timeout=20_000
    )
    expect(_offer(page).locator("tbody tr")).to_have_count(TYPED)
    assert page.evaluate(_VALUES) != texts
    _offer(page).get_by_role("button", name="Terugzetten").click()
    expect(_offer(page)).to_have_count(0)
    assert page.evaluate(_VALUES) == texts
    # who goes on, goes on where it was put back
    expect(page.locator(_LINE).nth(FROM).locator(_CELL).first).to_be_focused()


def test_the_lines_are_filtered_while_somebody_types_a_name(page: Page) -> None:
    page.get_by_role("searchbox").fill("naam199")
    expect(page.locator(f"{_LINE}:visible")).to_have_count(10)
    page.get_by_role("searchbox").fill("")
    expect(page.locator(f"{_LINE}:visible")).to_have_count(LINES)
