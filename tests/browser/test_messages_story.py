"""A message goes from a facility to its case manager and back, in a browser, with files, read marks and real mail.

A mail server of the test's own takes the alerts; they hold nothing personal (E-047, E-154).
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.factories import files
from tests.support.browser import NOW, OpenPage, look, opening
from tests.support.demonstration import Demonstration
from tests.support.program import Program, program
from tests.support.smtp import Inbox, mail_server

SOFIE, ELS, INES = "sofie-voorziening", "els-dossierbeheerder", "ines-financieel"
SUBJECT = "Uren van Jan Peeters"
QUESTION = "Mag ik voor Jan Peeters (85.07.30-033.61) nog 12,5 uur bijvoegen? Het gaat om € 345,60."
ANSWER = "Ja, dat mag. In de bijlage staat hoe."
#: What no mail may hold: persons, numbers, amounts, and what somebody typed.
PERSONAL = re.compile(r"Peeters|Sofie|Maes|Els|Claes|85\.?07|345|Uren van|bijvoegen|bijlage", re.IGNORECASE)
SECONDS = 60


@pytest.fixture(scope="module")
def post() -> Iterator[Inbox]:
    """A mail server that takes everything."""
    with mail_server() as inbox:
        yield inbox


@pytest.fixture(scope="module")
def with_mail(demonstration: Demonstration, post: Inbox) -> Iterator[Program]:
    """The program with its demo data and its worker, which sends to that server."""
    with program(demonstration("berichten"), ELOKET_NOW=NOW, ELOKET_MAIL=f"smtp://127.0.0.1:{post.port}") as running:
        running.wait_until_up()
        yield running


@pytest.fixture
def open_here(chromium: Browser, with_mail: Program) -> Iterator[OpenPage]:
    """``open_page`` on that program."""
    yield from opening(chromium, with_mail)


PDF = files.pdf()


def file(name: str) -> dict[str, object]:
    """A small PDF to choose in a form."""
    return {"name": name, "mimeType": "application/pdf", "buffer": PDF}


def as_text(mail: EmailMessage) -> str:
    """A mail as it left, with its texts decoded."""
    return mail.as_string() + "".join(
        part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"
    )


def mail_about(post: Inbox, template_words: str, recipient: str) -> list[str]:
    """The mails to somebody whose subject says so, as text, once there is one: the worker takes some seconds."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        found = [
            one.as_string()
            + "".join(part.get_content() for part in one.walk() if part.get_content_maintype() == "text")
            for one in list(post.messages)
            if template_words in str(one["Subject"]) and recipient in str(one["To"])
        ]
        if found:
            return found
        post.arrived.wait(1)
        post.arrived.clear()
    return []


def unread(page: Page) -> None:
    """To the inbox, by the entry of the main navigation."""
    page.get_by_role("navigation", name="Hoofdnavigatie").get_by_role("link", name=re.compile("^Berichten")).click()


def a_facility_asks(sofie: Page) -> str:
    """From the page of a quarter; gives the address of the thread."""
    sofie.goto("/ecalcura/aangifte/2026K1")
    sofie.get_by_role("link", name=re.compile("Berichten over dit kwartaal")).click()
    look(sofie, "berichten-kwartaal")
    sofie.get_by_role("link", name="Nieuw bericht").first.click()
    expect(sofie.get_by_label("Waarover gaat het?")).to_have_value("2026K1")
    look(sofie, "berichten-nieuw")
    sofie.get_by_label("Onderwerp").fill(SUBJECT)
    sofie.get_by_role("textbox", name="Bericht", exact=True).fill(QUESTION)
    sofie.get_by_label("Ik verwacht een antwoord").check()
    sofie.get_by_role("button", name="Bijlagen toevoegen").click()
    sofie.get_by_label("Bestanden toevoegen").set_input_files([file("vraag.pdf")])
    expect(sofie.locator("[data-uploads-list]")).to_contain_text("vraag.pdf")
    look(sofie, "berichten-concept")
    sofie.get_by_role("button", name="Verzenden").click()
    expect(sofie.locator(".flash--success")).to_contain_text("Het bericht is verzonden.")
    expect(sofie.locator(".messages__item--ours")).to_contain_text("Nog niet gelezen")
    look(sofie, "berichten-verzonden")
    return sofie.url


def the_department_answers(els: Page) -> None:
    """Els reads, with the name of the facility and none of its people, and answers with a file."""
    els.goto("/beheer/berichten/?toon=UNREAD")
    els.get_by_role("link", name=SUBJECT).click()
    expect(els.locator(".messages__item").first).to_contain_text("PVT De Brug")
    expect(els.locator("main")).not_to_contain_text("Sofie")
    with els.expect_download() as download:
        els.get_by_role("link", name=re.compile("vraag.pdf")).click()
    assert download.value.path().read_bytes() == PDF
    els.get_by_role("button", name="Bijlagen toevoegen").click()
    els.get_by_label("Bestanden toevoegen").set_input_files([file("antwoord.pdf")])
    expect(els.locator("[data-uploads-list]")).to_contain_text("antwoord.pdf")
    els.locator("#antwoord").get_by_role("textbox", name="Bericht", exact=True).fill(ANSWER)
    look(els, "beheer-berichten-antwoord")
    els.get_by_role("button", name="Verzenden", exact=True).click()
    expect(els.locator(".flash--success")).to_contain_text("Het bericht is verzonden.")


def the_facility_reads(sofie: Page, address: str) -> None:
    """The count stands in the navigation until she opens the thread."""
    sofie.goto("/start")
    expect(sofie.get_by_role("link", name=re.compile("Berichten .* ongelezen"))).to_be_visible()
    unread(sofie)
    look(sofie, "berichten-lijst")
    sofie.get_by_role("link", name=SUBJECT).click()
    assert sofie.url.split("?")[0] == address.split("?")[0]
    expect(sofie.locator(".messages__item--theirs")).to_contain_text(ANSWER)
    expect(sofie.locator(".messages__item--ours")).to_contain_text("Gelezen op 5 oktober 2026")
    expect(sofie.locator("main")).not_to_contain_text("Els")
    with sofie.expect_download():
        sofie.get_by_role("link", name=re.compile("antwoord.pdf")).click()
    look(sofie, "berichten-gesprek")


def test_facility_to_case_manager_and_back_with_files_read_marks_and_mail(open_here: OpenPage, post: Inbox) -> None:
    """The first line of what there is to show (A-38, E-047, E-154, C-016)."""
    sofie, els = open_here(persona=SOFIE), open_here(persona=ELS)
    address = a_facility_asks(sofie)
    (to_department,) = mail_about(post, "nieuw bericht klaar van PVT De Brug", "@")
    the_department_answers(els)
    the_facility_reads(sofie, address)
    els.reload()
    expect(els.locator(".messages__item--ours")).to_contain_text("Gelezen op 5 oktober 2026")
    to_facility = mail_about(post, "nieuw bericht klaar voor PVT De Brug", "sofie")
    assert to_facility
    reference = address.split("?")[0].rsplit("/", 1)[1]
    for mail in [to_department, *to_facility]:
        addressed = re.sub(r"^(To|X-.*|DKIM.*|Message-ID|List-.*|Date|From):.*(\n\s.*)*$", "", mail, flags=re.M)
        assert not PERSONAL.search(addressed), addressed
        assert "PVT De Brug" in mail
        assert "71000012" in mail
    assert any(f"/berichten/{reference}" in mail for mail in to_facility)


def test_typing_is_kept_and_a_thread_works_by_keyboard(open_here: OpenPage) -> None:
    """The draft is there again after leaving the page; no button was pressed."""
    sofie = open_here(persona=SOFIE)
    sofie.goto("/berichten/")
    sofie.get_by_role("link", name="Afwijkend aantal betaalde dagen").press("Enter")
    sofie.get_by_role("textbox", name="Bericht", exact=True).fill("We kijken het na.")
    expect(sofie.locator("[data-save-state]")).to_contain_text("Bewaard om")
    sofie.goto("/berichten/?toon=DRAFTS")
    sofie.get_by_role("link", name="Afwijkend aantal betaalde dagen").click()
    expect(sofie.get_by_role("textbox", name="Bericht", exact=True)).to_have_value("We kijken het na.")
    sofie.get_by_role("button", name="Concept verwijderen").click()
    expect(sofie.locator(".flash--success")).to_contain_text("Het concept is verwijderd.")


def test_everything_works_without_a_script(open_here: OpenPage) -> None:
    sofie = open_here(persona=SOFIE, javascript=False)
    sofie.goto("/berichten/nieuw")
    sofie.get_by_label("Onderwerp").fill("Zonder script")
    sofie.get_by_role("textbox", name="Bericht", exact=True).fill("Dit is een vraag.")
    sofie.get_by_role("button", name="Bijlagen toevoegen").click()
    sofie.get_by_label("Bestanden toevoegen").set_input_files([file("bijlage.pdf")])
    sofie.get_by_role("button", name="Opladen").click()
    expect(sofie.locator(".uploads__list")).to_contain_text("bijlage.pdf")
    expect(sofie.get_by_role("textbox", name="Bericht", exact=True)).to_have_value("Dit is een vraag.")
    sofie.get_by_role("button", name="Verzenden").click()
    expect(sofie.locator(".flash--success")).to_contain_text("Het bericht is verzonden.")
    expect(sofie.locator(".messages__item--ours")).to_contain_text("bijlage.pdf")


def test_e008_who_manages_money_only_has_no_messages(open_here: OpenPage) -> None:
    ines = open_here(persona=INES)
    ines.watch.allow("403 for")  # type: ignore[attr-defined]
    expect(ines.get_by_role("navigation", name="Hoofdnavigatie")).not_to_contain_text("Berichten")
    ines.goto("/berichten/")
    expect(ines.locator("main")).to_contain_text("rol")
