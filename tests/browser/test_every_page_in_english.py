"""Every page without a name in its address, in English: nothing Dutch is left of what the catalogue knows, axe clean.

The pages come from the application itself, so that a new one is looked at the day it is there.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from playwright.sync_api import Page, expect

from domain.permissions import Permission
from tests.browser.test_every_page import CONTRACTING_PAGES, PAGES
from tests.contract.access_map import actor_of, addresses
from tests.support.browser import NARROW, WIDE, OpenPage, check_axe, check_fits, picture

pytestmark = pytest.mark.one_database

CATALOGUE = Path(__file__).resolve().parents[2] / "translations" / "en" / "LC_MESSAGES" / "messages.po"
#: Who looks at a page: the first of these who may.
LOOKERS = ("sofie-voorziening", "an-beheerder", "els-dossierbeheerder", "dirk-aanbesteder", "hilde-helpdesk")
#: What is data, in Dutch in whatever language the page is, and happens to be a text of the code too: kinds and themes
#: of documents, subjects of threads, fundings, the columns of a file.
DATA = frozenset(
    {"Algemeen", "Betalingen", "Bijakte", "Factuuraanvraag", "Resultaat", "Schuldvordering", "Uitvoering"}
    | {"Wijzigingen", "Verzoek tot verbetering", "eCalcura/eindeloopbaan", "ondernemingsnummer"}
)
_TEXTS = """() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement;
        if (parent.closest("script, style, [lang=nl], [data-said], textarea")) continue;
        const text = walker.currentNode.textContent.replace(/\\s+/g, " ").trim();
        if (text) found.push(text);
    }
    for (const element of document.body.querySelectorAll("[aria-label], [placeholder], [title]")) {
        if (element.closest("[lang=nl]")) continue;
        for (const name of ["aria-label", "placeholder", "title"])
            if (element.hasAttribute(name)) found.push(element.getAttribute(name).trim());
    }
    return found;
}"""


@cache
def _dutch() -> frozenset[str]:
    """The texts of the code that read otherwise in English."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    texts = [message for message in catalogue if isinstance(message.id, str) and message.id]
    english = {str(message.string) for message in texts}
    return frozenset(message.id for message in texts if len(message.id) > 3) - english - DATA


def _paths(app: Flask, persona: str | None) -> list[str]:
    """The addresses without a name in them that this is the first to look at, and the pages of the Dutch list."""
    actors = {one: actor_of(one, {"71000012": 1}) for one in LOOKERS}
    found = []
    for address in addresses(app):
        if "GET" not in address.methods or "<" in address.rule:
            continue
        first = next((one for one in LOOKERS if actors[one].may(address.permission)), None)
        looker = None if address.permission is Permission.PUBLIC else first
        if looker == persona:
            found.append(address.rule)
    listed = [path for _, path, _ in [*PAGES.get(persona or "", []), *CONTRACTING_PAGES.get(persona or "", [])]]
    return [*found, *(path for path in listed if path not in found)]


def _is_page(page: Page, path: str) -> bool:
    """Whether an address answers with a whole page, and not with a file, a part, a redirect or a refusal."""
    answer = page.request.get(path, max_redirects=0)
    is_html = answer.headers.get("content-type", "").startswith("text/html")
    return answer.status == 200 and is_html and "<html" in answer.text()


def _choose(page: Page, language: str, signed_in: bool) -> None:
    page.goto("/start" if signed_in else "/taal")
    page.get_by_role("button", name=language).click()
    expect(page.locator("html")).to_have_attribute("lang", "en" if language == "English" else "nl")


@pytest.mark.parametrize("persona", [None, *LOOKERS])
def test_pages_in_english(app: Flask, persona: str | None, open_page: OpenPage) -> None:
    page = open_page(persona=persona)
    _choose(page, "English", persona is not None)
    try:
        wrong = [problem for path in _paths(app, persona) for problem in _looked_at(page, path)]
    finally:  # the choice is kept with the account, and other tests sign in as the same person
        _choose(page, "Nederlands", persona is not None)
    assert not wrong, "\n".join(wrong)


def _looked_at(page: Page, path: str) -> list[str]:
    """What is wrong with the page at an address; nothing when there is none."""
    if not _is_page(page, path):
        return []
    page.goto(path)
    found = [f"{path}: {problem}" for problem in _problems(page, _dutch())]
    picture(page, f"en-{path.split('?')[0].strip('/').replace('/', '-') or 'start'}")
    return found


def _problems(page: Page, dutch: frozenset[str]) -> list[str]:
    """What is wrong with the page that stands there, all of it."""
    found = []
    if page.locator("html").get_attribute("lang") != "en":
        found.append("not in English")
    if said := sorted(set(page.evaluate(_TEXTS)) & dutch):
        found.append(f"Dutch: {said}")
    for check, width in ((check_axe, WIDE), (check_fits, NARROW)):
        page.set_viewport_size({"width": width, "height": 900})
        try:
            check(page)
        except AssertionError as problem:
            found.append(str(problem))
    page.set_viewport_size({"width": WIDE, "height": 900})
    return found
