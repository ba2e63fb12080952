"""Somebody subscribes, confirms from a real mail, gets an issue, and stops with one click as a mail program does."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from email.message import EmailMessage
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import NOW, OpenPage, look, opening
from tests.support.demonstration import Demonstration
from tests.support.program import Program, program
from tests.support.smtp import Inbox, mail_server

READER = "lezer@voorbeeld.example.be"
WAIT = 90


@pytest.fixture(scope="module")
def inbox() -> Iterator[Inbox]:
    """A mail server that takes everything."""
    with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def with_mail(demonstration: Demonstration, inbox: Inbox) -> Iterator[Program]:
    """The program with its demo data, whose mail goes to that server."""
    with program(demonstration("nieuws"), ELOKET_NOW=NOW, ELOKET_MAIL=f"smtp://127.0.0.1:{inbox.port}") as running:
        running.wait_until_up()
        yield running


@pytest.fixture
def open_page(chromium: Browser, with_mail: Program) -> Iterator[OpenPage]:
    """Pages of that program."""
    yield from opening(chromium, with_mail)


def mail_to(inbox: Inbox, subject: str) -> EmailMessage:
    """The mail to the reader with such a subject, once it arrives."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        for message in list(inbox.messages):
            if message["To"] == READER and subject in str(message["Subject"]):
                return message
        time.sleep(0.1)
    raise AssertionError(f"no mail: {[(one['To'], one['Subject']) for one in inbox.messages]}")


def text_of(message: EmailMessage) -> str:
    """What a mail says."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_from_subscribing_to_one_click(open_page: OpenPage, inbox: Inbox) -> None:
    page = open_page()
    page.goto("/nieuwsbrief")
    look(page, "nieuwsbrief-inschrijven")
    page.get_by_label("Nieuwsbrief", exact=True).check()
    page.get_by_label("E-mailadres").fill(READER)
    page.get_by_role("button", name="Inschrijven").click()
    expect(page.get_by_role("heading", name="Kijk in uw mailbox")).to_be_visible()
    look(page, "nieuwsbrief-gevraagd")

    link = re.search(r"https?://\S+/nieuwsbrief/bevestigen/\S+", text_of(mail_to(inbox, "Bevestig uw inschrijving")))
    assert link is not None
    page.goto(link[0])
    look(page, "nieuwsbrief-bevestigen")
    page.get_by_role("button", name="Ja, schrijf dit adres in").click()
    expect(page.get_by_role("heading", name="U bent ingeschreven")).to_be_visible()

    els = open_page(persona="els-dossierbeheerder")
    els.goto("/beheer/nieuws/nieuw")
    els.get_by_label("Titel").fill("Wat er straks verandert")
    els.get_by_label("Tekst").fill("## Nieuw\n\nU ziet **alles** samen.\n\n- eerst dit\n- dan dat")
    look(els, "nieuwsbrief-schrijven")
    els.get_by_role("button", name="Bewaren en nakijken").click()
    expect(els.get_by_role("heading", name="Nieuw", exact=True)).to_be_visible()
    look(els, "nieuwsbrief-nakijken")
    els.get_by_role("button", name="Publiceren en versturen").click()
    expect(els.get_by_text(re.compile(r"Nieuwsbrief \d+ is gepubliceerd\."))).to_be_visible()

    issue = mail_to(inbox, "Nieuwsbrief")
    assert "Wat er straks verandert" not in text_of(issue) + str(issue["Subject"]), "nothing that somebody typed"
    leave = re.fullmatch(r"<(https?://\S+/nieuwsbrief/uitschrijven/\S+)>", str(issue["List-Unsubscribe"]))
    assert leave is not None
    assert issue["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    page.goto(leave[1])
    look(page, "nieuwsbrief-uitschrijven")
    with urlopen(Request(leave[1], data=b"List-Unsubscribe=One-Click")) as answer:
        assert answer.status == 200

    els.goto(f"/beheer/inschrijvingen/?zoek={READER}")
    expect(els.get_by_role("row", name=re.compile(READER))).to_contain_text("Beëindigd")
    look(els, "inschrijvingen")


def test_a_notice_is_on_every_page_until_it_is_over(open_page: OpenPage) -> None:
    anybody = open_page()
    dirk = open_page(persona="dirk-aanbesteder")
    dirk.goto("/beheer/onbeschikbaarheden/nieuw")
    dirk.get_by_label("Titel").fill("Verzenden lukt niet")
    dirk.get_by_label("Onverwacht probleem").check()
    dirk.get_by_label("Verzenden", exact=True).check()
    dirk.get_by_label("Vanaf").fill("05/10/2026")
    dirk.get_by_label("Uur van het begin").fill("09:00")
    dirk.get_by_label("Wat kunnen mensen zelf doen?").fill("Bewaar uw werk en probeer het na 11 uur opnieuw.")
    dirk.get_by_role("button", name="Gevolgen bekijken").click()
    dirk.get_by_role("button", name="Publiceren").click()
    expect(dirk.get_by_text("Het bericht is gepubliceerd.")).to_be_visible()

    anybody.goto("/login")
    banner = anybody.get_by_role("complementary", name="Mededelingen over onbeschikbaarheid")
    expect(banner).to_contain_text("2 mededelingen, waarvan 1 nu bezig")
    look(anybody, "mededelingen-gevouwen")
    banner.locator("summary").click()
    expect(banner).to_contain_text("Bewaar uw werk en probeer het na 11 uur opnieuw.")
    look(anybody, "mededelingen-open")
    anybody.goto("/hulp/")
    expect(banner.locator("details")).to_have_attribute("open", "", timeout=5_000)
    banner.locator("summary").click()
    anybody.goto("/nieuws")
    expect(banner.locator("details")).not_to_have_attribute("open", "")
    expect(banner).to_contain_text("2 mededelingen")

    anybody.goto("/onbeschikbaarheden")
    look(anybody, "onbeschikbaarheden")
    anybody.get_by_role("link", name="Verzenden lukt niet").last.click()
    expect(anybody.get_by_text("Lukt verzenden minstens 4 uur niet")).to_be_visible()
    look(anybody, "onbeschikbaarheid")


def test_a_page_says_that_it_has_come(open_page: OpenPage) -> None:
    """C-076: the title and its parent, in a region that screen readers read out."""
    page = open_page()
    page.goto("/nieuws/1")
    region = page.locator("[data-arrival]")
    expect(region).to_have_text(re.compile(r"^Geladen: .+, in Nieuwsbrief$"))
    expect(region).to_have_attribute("role", "status")
    page.goto("/versies")
    expect(region).to_have_text("Geladen: Versies")
    for path, name in (("/nieuws", "nieuws"), ("/nieuws/1", "nieuwsbrief"), ("/versies", "versies")):
        page.goto(path)
        look(page, name)
