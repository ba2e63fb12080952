"""A definitive round in a real browser: one case manager starts and checks, the other releases; the facility reads why.

Plays in the autumn, when the correction window of De Brug is over and its definitive calculation may be made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import OpenPage, look, opening
from tests.support.program import Program, program

NOW = "2026-11-25T10:00:00+01:00"
HCO, PERIOD = "71000012", "2025-2026"


@pytest.fixture(scope="module")
def autumn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The program with its demo data at the end of November."""
    with program(tmp_path_factory.mktemp("autumn") / "instance", ELOKET_NOW=NOW) as running:
        running.wait_until_up()
        yield running


@pytest.fixture
def open_autumn(chromium: Browser, autumn: Program) -> Iterator[OpenPage]:
    """``open_page`` on that program."""
    yield from opening(chromium, autumn)


def _start(page: Page) -> None:
    """Els starts a definitive round for one facility; nothing is told yet (E-128)."""
    page.goto("/beheer/berekeningen/")
    look(page, "ronde-lijst")
    page.get_by_role("link", name="Nieuwe ronde").click()
    look(page, "ronde-starten")
    page.get_by_label("Referentieperiode").select_option(PERIOD)
    page.get_by_label("Definitieve berekening").check()
    page.get_by_label("Enkel deze voorzieningen").check()
    page.get_by_label("HCO-nummers").fill(HCO)
    with page.expect_navigation():
        page.get_by_role("button", name="Ronde starten").click()


def _check(page: Page) -> str:
    """The worker computes; Els looks at the swings and their causes, and cannot release what she started herself."""
    expect(page.get_by_text("Klaar om na te kijken")).to_be_visible()
    look(page, "ronde-nakijken")
    expect(page.get_by_role("heading", name="Grootste verschillen met vorig jaar")).to_be_visible()
    address = page.url
    page.get_by_role("link", name="Vrijgeven").click()
    expect(page.get_by_text("U kunt deze ronde niet vrijgeven")).to_be_visible()
    look(page, "ronde-vrijgeven-zelfde-persoon")
    return address


def _release(page: Page, address: str) -> None:
    """Bart, who did not start it, releases."""
    page.goto(address)
    page.get_by_role("link", name="Vrijgeven").click()
    look(page, "ronde-vrijgeven")
    page.get_by_role("button", name="Vrijgeven").click()
    expect(page.get_by_text(re.compile("Vrijgegeven door Bart Maes"))).to_be_visible()
    look(page, "ronde-vrijgegeven")


def _read(page: Page) -> None:
    """The facility reads why the amount is what it is, down to one line, and why it differs from last year (E-002)."""
    page.goto("/ecalcura/berekening")
    look(page, "berekening-lijst")
    page.get_by_role("row", name=re.compile(PERIOD)).get_by_role("link", name="Waarom dit bedrag?").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(PERIOD)
    look(page, "berekening")
    premiums = page.locator("details").filter(has=page.get_by_text(re.compile("Premies"))).first
    premiums.locator("summary").first.click()
    expect(page.get_by_role("heading", name="Waarom verschilt dit van vorig jaar?")).to_be_visible()
    page.get_by_role("link", name=re.compile("Alles openvouwen")).first.click()
    expect(page.locator("main")).to_contain_text(re.compile(r"betaalde dagen"))
    expect(page.locator("main")).to_contain_text("/38")
    look(page, "berekening-open")


def _history(page: Page) -> None:
    """The line of the final statement with its letter (E-140, E-142)."""
    page.goto("/ecalcura/historiek")
    row = page.get_by_role("row", name=re.compile(f"{PERIOD}.*Eindafrekening"))
    expect(row).to_be_visible()
    look(page, "historiek")
    with page.expect_download() as download:
        row.get_by_role("link", name=re.compile("Brief")).click()
    assert download.value.suggested_filename.endswith(".pdf")


def test_from_starting_a_round_to_reading_why(open_autumn: OpenPage) -> None:
    els = open_autumn(persona="els-dossierbeheerder")
    _start(els)
    address = _check(els)
    bart = open_autumn(persona="bart-dossierbeheerder")
    _release(bart, address)
    sofie = open_autumn(persona="sofie-voorziening")
    _read(sofie)
    _history(sofie)


def test_without_javascript_every_euro_opens_too(open_autumn: OpenPage) -> None:
    page = open_autumn(persona="sofie-voorziening", javascript=False)
    page.goto("/ecalcura/berekening")
    page.get_by_role("row", name=re.compile("2024-2025")).get_by_role("link", name="Waarom dit bedrag?").click()
    page.get_by_role("link", name=re.compile("Alles openvouwen")).first.click()
    expect(page.locator("main")).to_contain_text("/38")
