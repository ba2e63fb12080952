"""What browser tests of kept entries need: four places where people type, a session that ends, signing in aside."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, Route, expect

from tests.support.program import Program

QUARTER = "2026K3"
CONTRACT = re.compile("kruispunt R4")
SAVED = re.compile(r"Bewaard om \d\d:\d\d")


@dataclass(frozen=True)
class Place:
    """Where somebody types: who, how to come there, the field, and what shows that the server has it.

    ``send`` is pressed for what is not saved by itself; ``read`` finds the text on a page made by the server.
    """

    persona: str
    other: str
    open: Callable[[Page], None]
    field: Callable[[Page], Locator]
    texts: tuple[str, ...]
    send: str = ""

    def type(self, page: Page, number: int) -> str:
        """Type something that is not there yet, and leave the field; gives what was typed."""
        text = self.texts[number]
        if self.field(page).input_value() == text:
            text = self.texts[number - 1]
        self.field(page).fill(text)
        self.field(page).press("Tab")
        return text

    def is_with_the_server(self, page: Page, text: str) -> None:
        """The server shows the text, to somebody whose browser keeps nothing."""
        if self.send:
            expect(page.locator(".messages__body", has_text=text)).to_be_visible()
            return
        self.open(page)
        expect(self.field(page)).to_have_value(text)


def _grid(page: Page) -> None:
    page.goto("/ecalcura/")
    new = page.locator("#nieuw option", has_text="3de kwartaal 2026")
    if new.count():
        page.locator("#nieuw select").select_option(QUARTER)
        page.get_by_role("button", name="Nieuw dossier").click()
    page.goto(f"/ecalcura/aangifte/{QUARTER}")
    expect(page.locator("[data-grid]")).to_be_visible()


def _cell(page: Page) -> Locator:
    """The first cell of the eighth line: no other test types there."""
    row = page.locator("tr[id^='l-']:has(input[name='regel'])").nth(7)
    return row.locator("input:not([type=hidden]):not(:disabled)").first


def contract(page: Page) -> None:
    """The page of a contract of the demo data."""
    page.goto("/econtracting/")
    page.get_by_role("row", name=CONTRACT).get_by_role("link").first.click()
    expect(page.get_by_label(re.compile("^Opdracht "))).to_be_visible()


#: The address of the draft that these tests type in; they share one program.
_drafts: list[str] = []


def _wizard(page: Page) -> None:
    """A draft of a document: the first to come makes it."""
    if not _drafts:
        contract(page)
        page.get_by_label(re.compile("^Opdracht ")).get_by_role("link", name="Dossierstukken").click()
        page.get_by_role("link", name="Nieuw dossierstuk").first.click()
        page.get_by_role("button", name=re.compile("^Opmaken Ander dossierstuk")).click()
        expect(page.locator("form[data-keep=stuk]")).to_be_visible()
        _drafts.append(urlsplit(page.url).path)
    page.goto(_drafts[0])
    expect(page.locator("form[data-keep=stuk]")).to_be_visible()


def _message(page: Page) -> None:
    contract(page)
    page.goto(page.url.partition("?")[0].rstrip("/") + "/berichten/nieuw")
    page.get_by_label("Onderwerp").fill("Vraag over de werken")


def _office_message(page: Page) -> None:
    page.goto("/beheer/opdrachten/")
    page.get_by_role("row", name=CONTRACT).get_by_role("link").first.click()
    reference = page.url.partition("?")[0].rstrip("/").rpartition("/")[2]
    page.goto(f"/beheer/berichten/opdracht/{reference}/nieuw")
    page.get_by_label("Onderwerp").fill("Vraag over de werken")


def _area(page: Page) -> Locator:
    return page.locator("form[data-keep] textarea").first


PLACES = {
    "grid": Place(
        "peter-andere-voorziening", "sofie-voorziening", _grid, _cell, ("31,5", "32,5", "33,5", "34,5", "35,5")
    ),
    "wizard": Place(
        "mila-opmaker", "karim-gebruiker", _wizard, _area, ("Eerste", "Tweede", "Derde", "Vierde", "Vijfde")
    ),
    "message": Place(
        "karim-gebruiker",
        "mila-opmaker",
        _message,
        _area,
        ("Mag de werf later open?", "Komt u kijken?", "Derde vraag", "Vierde vraag", "Vijfde vraag"),
        send="Verzenden",
    ),
    "office message": Place(
        "dirk-aanbesteder",
        "greet-behandelaar",
        _office_message,
        _area,
        ("Wij komen kijken.", "Stuur het plan.", "Derde antwoord", "Vierde antwoord", "Vijfde antwoord"),
        send="Verzenden",
    ),
}


def end_session(server: Program, page: Page) -> None:
    """The server forgets the session of this browser, as after half an hour without a word."""
    token = next(one["value"] for one in page.context.cookies() if one["name"] == "dossierloket")
    with closing(sqlite3.connect(server.instance / "app.db", timeout=30)) as database, database:
        ended = database.execute(
            "DELETE FROM web_session WHERE id = ?", (hashlib.sha256(token.encode()).hexdigest(),)
        ).rowcount
    assert ended == 1


@contextmanager
def deaf(page: Page) -> Iterator[None]:
    """Nothing that this browser posts arrives, except signing out."""

    def drop(route: Route) -> None:
        if route.request.method == "POST" and not route.request.url.endswith("/logout"):
            route.abort("internetdisconnected")
        else:
            route.continue_()

    page.context.route("**/*", drop)
    yield
    page.context.unroute("**/*", drop)


def sign_in_aside(page: Page, persona: str) -> None:
    """From the question on the page: in a new window, that may be closed afterwards."""
    from integrations.development_idp.personas import personas

    with page.expect_popup() as opened:
        page.get_by_role("alertdialog").get_by_role("link", name="Aanmelden in een nieuw venster").click()
    aside = opened.value
    aside.locator(f"a[href*='/login/{personas()[persona].idp}']").first.click()
    aside.locator(f"button[name=persona][value={persona}]").click()
    expect(aside.get_by_text("U kunt dit venster sluiten.")).to_be_visible()
    aside.close()


def kept(page: Page) -> int:
    """How many entries lie on the device, whosever they are."""
    count: int = page.evaluate(
        """() => new Promise((resolve, reject) => {
          const asked = indexedDB.open("dossierloket", 1);
          asked.onerror = () => reject(asked.error);
          asked.onupgradeneeded = () => asked.transaction.abort();
          asked.onsuccess = () => {
            const found = asked.result.transaction("invoer").objectStore("invoer").count();
            found.onsuccess = () => { asked.result.close(); resolve(found.result); };
          };
        })"""
    )
    return count
