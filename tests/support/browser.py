"""Fixtures: the running program with its demo data, and a real browser that watches for what users do not report."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Response, expect, sync_playwright

from tests.support.databases import ROOT
from tests.support.demonstration import NOW as NOW
from tests.support.demonstration import Demonstration
from tests.support.program import Program, program
from tests.support.running import missing

PICTURES = ROOT / "test-results" / "screenshots"
WIDE, NARROW = 1280, 390
_HEIGHTS = {WIDE: 900, NARROW: 844}
_ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",
]
_STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

#: Milliseconds that something may take to come: a limit for what never comes, wide enough for a machine that is busy.
_PATIENCE = 15_000
expect.set_options(timeout=_PATIENCE)

#: What the browser says when it had drawn nothing yet at the moment of a picture; the moment after it has.
_NO_FRAME = "Unable to capture screenshot"

_AXE = Axe().axe_script

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What uses the browser is marked so: ``-m "not browser"`` leaves it out."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def live_server(demonstration: Demonstration) -> Iterator[Program]:
    """The program with its demo data, as ``make run`` starts it. Tests share it: none may need another's order."""
    with program(demonstration("live"), ELOKET_NOW=NOW) as running:
        running.wait_until_up()
        yield running


#: The first is Chromium without the parts around its pages, which nobody sees here: it begins in a third of the time.
_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def _executable() -> str:
    for name in (os.environ.get("CHROMIUM", ""), *_BROWSERS):
        found = shutil.which(name) if name else None
        if found:
            return found
    missing("Chromium", "apt-get install --no-install-recommends chromium-headless-shell")
    raise AssertionError


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium, once for the run."""
    executable = _executable()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=_ARGUMENTS)
        yield browser
        browser.close()


class Watch:
    """What goes wrong in a page without anybody seeing it. ``allow`` leaves out what a test provokes on purpose."""

    def __init__(self, context: BrowserContext, own_address: str) -> None:
        self.problems: list[str] = []
        self._allowed: list[str] = []
        self._own = own_address
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"script error: {error.error}"))
        context.on("response", self._response)

    def allow(self, pattern: str) -> None:
        """Do not count problems that hold this regular expression."""
        self._allowed.append(pattern)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.problems.append(f"console {message.type}: {message.text}")

    def _response(self, response: Response) -> None:
        if not response.url.startswith((self._own, "data:", "blob:")):
            self.problems.append(f"a request left the program: {response.url}")
        if response.status >= 400:
            self.problems.append(f"{response.status} for {response.url}")

    def check(self) -> None:
        """Fail with every problem that was not allowed."""
        left = [text for text in self.problems if not any(re.search(allowed, text) for allowed in self._allowed)]
        assert not left, "\n".join(left)


@pytest.fixture
def open_page(chromium: Browser, live_server: Program) -> Iterator[OpenPage]:
    """``open_page(width=1280, javascript=True, persona=None)``: a page in a browser of its own, signed in or not.

    The test fails on console errors, answers of 400 or more and requests to elsewhere; ``page.watch.allow(…)`` excuses.
    """
    yield from opening(chromium, live_server)


def opening(browser: Browser, server: Program) -> Iterator[OpenPage]:
    """Pages of a running program, closed and checked at the end: the body of a fixture."""
    opened: list[tuple[BrowserContext, Watch]] = []

    def make(*, width: int = WIDE, javascript: bool = True, persona: str | None = None) -> Page:
        context = browser.new_context(
            base_url=server.url,
            viewport={"width": width, "height": _HEIGHTS.get(width, 900)},
            java_script_enabled=javascript,
            locale="nl-BE",
            timezone_id="Europe/Brussels",
        )
        context.set_default_timeout(_PATIENCE)
        watch = Watch(context, server.url)
        opened.append((context, watch))
        page = context.new_page()
        page.watch = watch  # type: ignore[attr-defined]
        if persona is not None:
            sign_in(page, persona, javascript=javascript)
        return page

    yield make
    for context, _ in opened:
        context.close()
    for _, watch in opened:
        watch.check()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A wide page of somebody who is not signed in."""
    return open_page()


def sign_in(page: Page, persona: str, next_path: str = "/start", *, javascript: bool = True) -> None:
    """Sign in as a persona, by way of the identity provider, and end on a page of the program.

    Without JavaScript the answer of the provider is sent on by hand.
    """
    from integrations.development_idp.personas import personas

    page.goto(f"/login/{personas()[persona].idp}?next={next_path}")
    page.locator(f"button[name=persona][value={persona}]").click()
    if not javascript:
        page.get_by_role("button", name="Verder naar het loket").click()
    expect(page).to_have_url(re.compile(rf"{re.escape(next_path)}(\?|$)"))


def check_axe(page: Page) -> None:
    """Fail with every violation of WCAG 2.2 A and AA, and of axe's good practice, that axe finds in the page.

    The window is as high as the page meanwhile: what stands fast at its foot then covers nothing, as after scrolling.
    """
    before = page.viewport_size
    if before:
        whole: int = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": before["width"], "height": max(before["height"], min(whole, 10_000))})
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(_AXE)
    violations = page.evaluate(
        "(options) => axe.run(options).then((results) => results.violations)",
        {"runOnly": {"type": "tag", "values": _STANDARDS}, "resultTypes": ["violations"]},
    )
    if before:
        page.set_viewport_size(before)
    found = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n    "
        + "\n    ".join(str(node["html"])[:200] for node in violation["nodes"][:5])
        for violation in violations
    ]
    assert not found, f"{page.url}\n" + "\n".join(found)


def check_fits(page: Page) -> None:
    """Fail when the page has to be scrolled sideways."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{page.url} is {wider} px wider than the window"


def picture(page: Page, name: str) -> Path:
    """Keep a picture of the whole page in test-results/screenshots, as ``name-WIDTH.png``."""
    width = page.viewport_size["width"] if page.viewport_size else WIDE
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{name}-{width}.png"
    take = partial(
        page.screenshot, path=path, full_page=True, animations="disabled", caret="hide", timeout=4 * _PATIENCE
    )
    try:
        take()
    except Error as error:
        if _NO_FRAME not in str(error):
            raise
        take()
    return path


def look(page: Page, name: str) -> None:
    """At both widths: a picture, no scrolling sideways, and nothing for axe to say. Ends at the width it began with."""
    before = page.viewport_size
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": _HEIGHTS[width]})
        picture(page, name)
        check_fits(page)
        check_axe(page)
    if before:
        page.set_viewport_size(before)
