"""Files of a draft in a browser: several at once with progress, refused, infected, cleaned, renamed; without script."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.factories import files
from tests.support.browser import OpenPage, look

PERSONA = "mila-opmaker"


def _draft(page: Page) -> None:
    """The files of a new draft of a claim."""
    page.goto("/econtracting")
    page.locator("main a[href*='/opdracht/']").first.click()
    page.get_by_role("link", name="Dossierstuk opmaken").click()
    page.get_by_role("button", name=re.compile("Opmaken.*Schuldvordering", re.DOTALL)).first.click()
    page.goto(re.sub(r"(/concept/\w+).*", r"\1/bijlagen", page.url))


def _file(name: str, content: bytes) -> Any:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def _line(page: Page, name: str) -> Any:
    return page.locator(".uploads__file", has=page.locator(".uploads__name", has_text=name))


def test_several_files_at_once_each_with_its_own_answer(open_page: OpenPage) -> None:
    mila = open_page(persona=PERSONA)
    mila.watch.allow("422")  # type: ignore[attr-defined]
    _draft(mila)
    look(mila, "bijlagen-leeg")
    mila.get_by_label("Bestanden toevoegen").set_input_files(
        [
            _file("Staat Jan Janssens.pdf", files.pdf(author="Jan Janssens")),
            _file("meetstaat.xlsx", files.xlsx()),
            _file("besmet.docx", files.eicar("docx")),
            _file("foto.jpg", files.png()),
            _file("leeg.txt", b""),
            _file("getekend.pdf", files.pdf(author="Jan Janssens", signed=True)),
        ]
    )
    expect(mila.locator(".uploads__file")).to_have_count(4)
    expect(_line(mila, "meetstaat.xlsx")).to_contain_text("Nagekeken")
    expect(_line(mila, "besmet.docx")).to_contain_text("Er zit een virus in besmet.docx")
    expect(_line(mila, "besmet.docx").get_by_role("link")).to_have_count(0)
    expect(_line(mila, "getekend.pdf")).to_contain_text("zou de handtekening breken")
    refused = mila.locator("[data-uploads-queue]")
    expect(refused).to_contain_text("De naam eindigt op .jpg, maar de inhoud is PNG")
    expect(refused).to_contain_text("Dit bestand is leeg")
    look(mila, "bijlagen-gevuld")
    _line(mila, "Staat Jan").get_by_role("button", name="Verwijder deze gegevens").click()
    expect(_line(mila, "Staat Jan")).to_contain_text("De persoonsgegevens in dit bestand zijn verwijderd.")
    _line(mila, "Staat Jan").get_by_label("Nieuwe naam").fill("Vorderingsstaat")
    _line(mila, "Staat Jan").get_by_role("button", name="Hernoem").click()
    expect(_line(mila, "Vorderingsstaat.pdf")).to_be_visible()
    expect(_line(mila, "Vorderingsstaat.pdf").locator(".uploads__told")).to_have_count(0)
    _line(mila, "besmet.docx").get_by_role("button", name="Verwijderen").click()
    expect(_line(mila, "besmet.docx")).to_have_count(0)


def test_an_upload_that_failed_is_tried_again_and_one_that_waits_is_stopped(open_page: OpenPage) -> None:
    mila = open_page(persona=PERSONA)
    mila.watch.allow("net::ERR")  # type: ignore[attr-defined]
    _draft(mila)
    broken = [True]

    def drop(route: Route) -> None:
        if route.request.method == "PUT" and broken[0]:
            route.abort("connectionfailed")
        else:
            route.continue_()

    mila.route("**/bijlagen/stuk/**", drop)
    mila.get_by_label("Bestanden toevoegen").set_input_files([_file("nota.txt", b"nota")])
    queue = mila.locator("[data-uploads-queue]")
    expect(queue).to_contain_text("Het opladen is mislukt")
    broken[0] = False
    queue.get_by_role("button", name="Opnieuw proberen").click()
    expect(_line(mila, "nota.txt")).to_contain_text("Nagekeken")
    held: list[Route] = []
    mila.unroute("**/bijlagen/stuk/**")
    mila.route(
        "**/bijlagen/stuk/**", lambda route: held.append(route) if route.request.method == "PUT" else route.continue_()
    )
    mila.get_by_label("Bestanden toevoegen").set_input_files([_file("weg.txt", b"weg")])
    queue.get_by_role("button", name="Annuleren").click()
    expect(queue).to_contain_text("Geannuleerd")
    queue.get_by_role("button", name="Sluiten").click()
    expect(queue).to_be_empty()
    expect(mila.locator(".uploads__file")).to_have_count(1)
    for route in held:
        route.abort()


def test_files_are_dropped_on_the_page(open_page: OpenPage) -> None:
    mila = open_page(persona=PERSONA)
    _draft(mila)
    mila.evaluate(
        """() => {
          const moved = new DataTransfer();
          moved.items.add(new File(["gesleept"], "gesleept.txt"));
          const drop = document.querySelector("[data-uploads-drop]");
          drop.dispatchEvent(new DragEvent("dragover", { bubbles: true, cancelable: true, dataTransfer: moved }));
          drop.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: moved }));
        }"""
    )
    expect(_line(mila, "gesleept.txt")).to_contain_text("Nagekeken")


def test_everything_works_without_a_script(open_page: OpenPage) -> None:
    mila = open_page(persona=PERSONA, javascript=False)
    _draft(mila)
    mila.get_by_label("Bestanden toevoegen").set_input_files(
        [_file("plan.pdf", files.pdf(author="Jan Janssens")), _file("programma.exe", b"MZ\x90\0" + b"\0" * 99)]
    )
    mila.get_by_role("button", name="Opladen").click()
    main = mila.get_by_role("main")
    expect(main).to_contain_text("plan.pdf is toegevoegd.")
    expect(main).to_contain_text("programma.exe: Dit is een programma of script.")
    with mila.expect_download() as download:
        mila.get_by_role("link", name="plan.pdf").click()
    assert download.value.suggested_filename == "plan.pdf"
    mila.get_by_role("button", name="Verwijder deze gegevens").click()
    expect(main).to_contain_text("De persoonsgegevens zijn uit plan.pdf verwijderd.")
    _line(mila, "plan.pdf").get_by_role("button", name="Verwijderen").click()
    expect(main).to_contain_text("Er zijn nog geen bestanden.")
