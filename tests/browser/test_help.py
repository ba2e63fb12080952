"""Help in a browser: the window on a page, from a refusal to an answer, and a button that covers nothing (E-155)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import NARROW, OpenPage, look

BUTTON = "a.help-button"
WINDOW = "#hulp-venster"


def test_e155_help_opens_in_place_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(persona="sofie-voorziening")
    page.goto("/organisatie/contactpersonen")
    button = page.get_by_role("button", name="Hulp nodig?")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.focus()
    page.keyboard.press("Enter")
    window = page.get_by_role("dialog", name="Hulp nodig?")
    expect(window.get_by_role("link", name="Iets werkt niet")).to_be_visible()
    expect(window.get_by_text("Contactpersonen").first).to_be_visible()
    expect(window.get_by_role("link", name="Ik heb een vraag over de inhoud")).to_have_attribute(
        "href", re.compile("van=%2Forganisatie%2Fcontactpersonen")
    )
    expect(page).to_have_url(re.compile("/organisatie/contactpersonen$"))
    look(page, "help-window")
    page.keyboard.press("Escape")
    expect(window).to_be_hidden()
    expect(button).to_be_focused()


def test_without_script_the_button_is_a_link(open_page: OpenPage) -> None:
    page = open_page(persona="sofie-voorziening", javascript=False)
    page.goto("/ecalcura/personeel")
    page.locator(BUTTON).click()
    expect(page).to_have_url(re.compile(r"/hulp/\?van=/ecalcura/personeel$"))
    expect(page.get_by_role("link", name="Iets werkt niet")).to_be_visible()


def test_help_that_does_not_load_says_whom_to_call(open_page: OpenPage) -> None:
    page = open_page()
    page.watch.allow("/hulp/")  # type: ignore[attr-defined]
    page.goto("/login")
    page.route("**/hulp/**", lambda route: route.abort())
    page.locator(BUTTON).click()
    expect(page.locator(WINDOW)).to_contain_text("02 788 51 55")


#: What may lie under the button: nothing that can be read or used, at any width or zoom (320 px is 400 %).
COVERED = """
() => {
  const button = document.querySelector('a.help-button').getBoundingClientRect();
  const bar = document.querySelector('.help-bar'), style = getComputedStyle(bar);
  const strip = style.backgroundColor !== 'rgba(0, 0, 0, 0)';
  const covered = [];
  const read = 'main a, main button, main input, main p, main td, main th, main h1, main h2, footer a, footer button';
  for (const element of strip ? [] : document.querySelectorAll(read)) {
    if (element.closest('.visually-hidden, [hidden], .table-scroll, .table-cards')) continue;
    for (const box of element.getClientRects()) {
      const across = Math.min(box.right, button.right) - Math.max(box.left, button.left);
      if (across > 1) covered.push(element.outerHTML.slice(0, 90));
    }
  }
  const end = bar.getBoundingClientRect(), footer = document.querySelector('footer').getBoundingClientRect();
  return { covered, overFooter: style.position !== 'fixed' && end.bottom > footer.top + 1 };
}
"""


@pytest.mark.parametrize(
    ("width", "height"), [(1600, 900), (1280, 900), (1024, 768), (768, 900), (640, 450), (390, 844), (320, 256)]
)
def test_the_button_covers_nothing(width: int, height: int, open_page: OpenPage) -> None:
    page = open_page(width=width, persona="sofie-voorziening")
    page.set_viewport_size({"width": width, "height": height})
    for path in ("/organisatie/contactpersonen", "/start", "/ecalcura/personeel", "/hulp/"):
        page.goto(path)
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        found = page.evaluate(COVERED)
        assert found["covered"] == [], f"{path} at {width}"
        assert not found["overFooter"], f"{path} at {width}: the strip ends above the footer"
        box = page.locator(BUTTON).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24, "large enough to hit (2.5.8)"
        assert box["x"] + box["width"] <= width


def test_what_has_the_focus_is_never_behind_the_strip(open_page: OpenPage) -> None:
    """WCAG 2.4.11: on a phone the page scrolls what gets the focus above the strip."""
    page = open_page(width=NARROW, persona="sofie-voorziening")
    page.emulate_media(reduced_motion="reduce")
    page.goto("/organisatie/contactpersonen")
    for _ in range(25):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => {
              const bar = document.querySelector('.help-bar'), it = document.activeElement;
              if (!it || it === document.body || bar.contains(it)) return false;
              return it.getBoundingClientRect().top > bar.getBoundingClientRect().top && !it.closest('footer');
            }"""
        )
        assert not hidden


def test_from_no_access_to_the_answer_of_the_helpdesk(open_page: OpenPage) -> None:
    ines = open_page(persona="ines-financieel")
    ines.watch.allow("^403 for")  # type: ignore[attr-defined]
    ines.goto("/ecalcura/personeel")
    code = ines.locator("[data-copy-text]").first.inner_text()
    look(ines, "help-refused")
    ines.locator(BUTTON).click()
    window = ines.locator(WINDOW)
    expect(window).to_contain_text("Beheer privacygevoelige gegevens")
    window.get_by_role("link", name="Iets werkt niet").click()
    expect(ines.get_by_label("Code van een foutpagina")).to_have_value(code)
    ines.get_by_label("Wat werkt er niet?").fill("Ik kan het personeel niet openen")
    ines.get_by_label("Wat deed u, en wat gebeurde er?").fill("Ik klikte op Personeelsgegevens en kreeg een fout.")
    look(ines, "help-ask")
    ines.get_by_role("button", name="Vraag verzenden").click()
    ticket = ines.locator("[data-copy-text]").first.inner_text()
    assert re.fullmatch(r"HV-[A-Z2-9]{3}-[A-Z2-9]{3}", ticket)

    hilde = open_page(persona="hilde-helpdesk")
    hilde.goto("/beheer/helpdeskvragen/")
    look(hilde, "helpdesk-questions")
    hilde.get_by_label("Code van een vraag").fill(ticket.lower())
    hilde.get_by_role("button", name="Toon").click()
    hilde.get_by_role("link", name=ticket).click()
    expect(hilde.get_by_role("main")).to_contain_text("Dit kreeg de persoon te lezen")
    expect(hilde.get_by_role("main")).to_contain_text(code)
    with hilde.expect_navigation():
        hilde.get_by_role("button", name="Opnemen").click()
    look(hilde, "helpdesk-question")
    hilde.get_by_role("textbox", name="Antwoord").fill("Vraag de rol aan uw hoofdtoegangsbeheerder.")
    hilde.get_by_role("button", name="Antwoorden en afhandelen").click()
    expect(hilde.get_by_role("main")).to_contain_text("Beantwoord en afgehandeld.")

    ines.goto("/hulp/mijn-vragen")
    look(ines, "help-own-questions")
    ines.get_by_role("link", name="Ik kan het personeel niet openen").first.click()
    expect(ines.get_by_role("main")).to_contain_text("Vraag de rol aan uw hoofdtoegangsbeheerder.")
    look(ines, "help-answered")


def test_asking_without_signing_in(open_page: OpenPage) -> None:
    page = open_page(width=NARROW)
    page.watch.allow("^422 for")  # type: ignore[attr-defined]
    page.goto("/hulp/vraag?van=/login")
    page.get_by_role("button", name="Vraag verzenden").click()
    expect(page.get_by_text("Vul uw naam in: u bent niet aangemeld.").first).to_be_visible()
    look(page, "help-ask-unknown-errors")
    page.get_by_label("Uw naam").fill("Sam Voorbeeld")
    page.get_by_label("Wat werkt er niet?").fill("Aanmelden lukt niet")
    page.get_by_label("Wat deed u, en wat gebeurde er?").fill("Ik krijg een fout.")
    page.get_by_label("Telefoonnummer").fill("02 553 36 47")
    page.get_by_role("button", name="Vraag verzenden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Uw vraag is verzonden")
    look(page, "help-asked-unknown")


@pytest.mark.parametrize(
    "path",
    [
        "/hulp/",
        "/hulp/fout-bij-aanmelden",
        "/gebruiksvoorwaarden",
        "/gebruiksvoorwaarden/1.0",
        "/disclaimer",
        "/privacy",
        "/toegankelijkheid",
    ],
)
def test_the_pages_of_text(path: str, page: Page) -> None:
    page.goto(path)
    look(page, "text" + path.rstrip("/").replace("/", "-"))


def test_the_terms_in_the_back_office(open_page: OpenPage) -> None:
    page = open_page(persona="els-dossierbeheerder")
    page.goto("/beheer/gebruiksvoorwaarden/")
    look(page, "office-terms")
