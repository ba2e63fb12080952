"""Proof in a browser: anybody hashes a file without sending it, and a package is checked without this program."""

from __future__ import annotations

import hashlib
import random
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import OpenPage, look
from tests.support.packages import run_verifier

CONTRACT = re.compile("Structureel onderhoud N9")
HASH = "Of het controlegetal (SHA-256) van het bestand"


def proof_of_the_contract(page: Page) -> None:
    """To the tab Bewijs of the contract."""
    page.goto("/econtracting/")
    page.get_by_role("row", name=CONTRACT).first.get_by_role("link").first.click()
    page.get_by_label(re.compile("^Opdracht ")).get_by_role("link", name="Bewijs").click()


@pytest.mark.parametrize("size", [0, 1, 55, 56, 63, 64, 65, 4 * 1024 * 1024 + 55, 9_000_001])
def test_the_browser_counts_as_everybody_does(open_page: OpenPage, size: int) -> None:
    """SHA-256 of any size, piece by piece; the file stays where it is."""
    page = open_page()
    page.goto("/bewijs")
    content = random.Random(size).randbytes(size)
    page.get_by_label("Bestand", exact=True).set_input_files(
        {"name": "staat.pdf", "mimeType": "application/pdf", "buffer": content}
    )
    expect(page.get_by_label(HASH)).to_have_value(hashlib.sha256(content).hexdigest(), timeout=60_000)
    expect(page.get_by_label("Bestand", exact=True)).to_have_value("")


def test_anybody_checks_a_file(open_page: OpenPage) -> None:
    page = open_page()
    page.watch.allow("^422 for")  # type: ignore[attr-defined]
    page.goto("/bewijs")
    look(page, "bewijs-nakijken")
    page.get_by_role("button", name="Kijk na").click()
    expect(page.get_by_text("Typ een code, kies een bestand").first).to_be_visible()
    look(page, "bewijs-nakijken-fout")
    page.get_by_label(HASH).fill("ab" * 32)
    page.get_by_role("button", name="Kijk na").click()
    expect(page.get_by_text("Onbekend")).to_be_visible()


def test_the_company_takes_its_proof_along_and_checks_it_alone(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(persona="an-beheerder")
    proof_of_the_contract(page)
    look(page, "bewijs")
    page.get_by_role("button", name="Kijk alles nu na").click()
    expect(page.get_by_text("Alles klopt")).to_be_visible()
    with page.expect_download() as packed:
        page.get_by_role("button", name="Download het pakket").click()
    package = tmp_path / "package.zip"
    packed.value.save_as(package)
    code, said = run_verifier(package, tmp_path / "elsewhere")
    assert code == 0, said
    with_receipt = page.get_by_role("link", name=re.compile("^Ontvangstbewijs"))
    first = page.get_by_role("row").filter(has=with_receipt, has_text="Ingediend").last
    with page.expect_download() as receipt:
        first.get_by_role("link", name=re.compile("^Ontvangstbewijs")).click()
    assert receipt.value.suggested_filename.endswith(".pdf")
    short_code = first.locator("code").inner_text()
    first.get_by_role("link", name=re.compile("^Wie was het")).click()
    page.get_by_label("Waarom wilt u dit weten?").fill("Vraag van de boekhouding")
    page.get_by_role("button", name="Toon wie het was").click()
    expect(page.get_by_text("Dit was:")).to_be_visible()
    look(page, "bewijs-wie")
    page.goto("/bewijs")
    page.get_by_label("Code van het ontvangstbewijs").fill(short_code.lower())
    page.get_by_role("button", name="Kijk na").click()
    expect(page.get_by_text("Deze code hoort bij een bewijs dat klopt.")).to_be_visible()
    look(page, "bewijs-echt")
