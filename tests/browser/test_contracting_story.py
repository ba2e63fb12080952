"""The story of a contract with its two sides, in a browser: made, given to groups, claimed, paid, reopened, proven."""

from __future__ import annotations

import re
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.test_contracting_compose import SEND_ALL_THE_SAME
from tests.browser.test_contracting_contracts import fill_in as fill_in_contract
from tests.browser.test_contracting_contracts import found
from tests.factories import files
from tests.factories.contracting_invoices import invoice
from tests.support.browser import OpenPage, look
from tests.support.readable import texts_of

NUMBER, ORDER, INVOICE = "VERHAAL/2026/1", "4500998801", "F2026-101"
#: Who works for the contractor: no name of theirs is for the authority (C-046).
NAMES = re.compile(r"\b(Karim|El Amrani|Mila|Jacobs|Peeters|An Peeters|Peeters,? An)\b")
LINES = (
    "Post\tOmschrijving\tEenheid\tHoeveelheid deze periode\tEenheidsprijs\tBedrag\n"
    "1\tFunderingen uitbreken\tm³\t150\t80\t12000,00\n"
    "2\tVerharding in asfalt\tm²\t640\t12,50\t8000,00\n"
)
REASONS = "Post 2: er is 560 m² opgemeten in plaats van 640 m²."
REOPENED = "Voeg de meetstaat van de tweede week toe."


@dataclass
class People:
    """The pages of who plays, each in a browser of its own."""

    dirk: Page
    an: Page
    mila: Page
    karim: Page


def tab(page: Page, name: str) -> None:
    """To a tab of the contract."""
    page.get_by_role("navigation", name=f"Opdracht {NUMBER}").get_by_role("link", name=name).click()


def documents(page: Page) -> None:
    """To the documents of the contract, from the list of contracts."""
    assert found(page, NUMBER)
    page.get_by_role("link", name=NUMBER, exact=True).click()
    tab(page, "Dossierstukken")


def file(name: str) -> dict[str, object]:
    """A small PDF to choose in a form."""
    return {"name": name, "mimeType": "application/pdf", "buffer": files.pdf()}


def stand(page: Page, text: str) -> Locator:
    """Where the claim stands, as both sides read it."""
    return page.get_by_role("heading", name=f"Stand van zaken: {text}")


def a_contract_is_made_and_given_to_groups(play: People) -> str:
    """Dirk makes it, An lets two groups work on it. Gives its address for the contractor."""
    dirk, an = play.dirk, play.an
    fill_in_contract(dirk, NUMBER)
    look(dirk, "econtracting-verhaal-01-opdracht-nakijken")
    dirk.get_by_role("button", name="Opdracht maken").click()
    expect(dirk.locator(".flash--success")).to_contain_text("De opdracht is gemaakt")
    assert found(an, NUMBER)
    an.get_by_role("link", name=NUMBER, exact=True).click()
    address = an.url
    for person in (play.karim, play.mila):
        assert not found(person, NUMBER)
    tab(an, "Toegang")
    expect(an.locator("main")).to_contain_text("Enkel beheerders zien deze opdracht")
    for group in ("Vorderingen verzenden", "Vorderingen opmaken"):
        option = an.get_by_label("Groep", exact=True).locator("option", has_text=group)
        an.get_by_label("Groep", exact=True).select_option(option.get_attribute("value"))
        an.get_by_role("button", name="Koppelen").click()
        expect(an.get_by_role("heading", name=group)).to_be_visible()
    expect(an.locator("main")).to_contain_text("2 personen zien deze opdracht via een groep.")
    look(an, "econtracting-verhaal-02-toegang")
    return address


def others_see_nothing(open_page: OpenPage, address: str) -> None:
    """C-044: for a colleague without a group and for a competitor the contract is not there."""
    for persona in ("tom-zonder-groep", "nora-concurrent"):
        page = open_page(persona=persona)
        assert not found(page, NUMBER)
        page.watch.allow("^404 for")  # type: ignore[attr-defined]
        for path in ("", "/stukken", "/bewijs", "/acties", "/berichten"):
            answer = page.goto(address + path)
            assert answer is not None
            assert answer.status == 404, path
        look(page, f"econtracting-verhaal-03-{persona}")


def fill_in_claim(page: Page, period: tuple[str, str], total: str) -> None:
    """The fields of a claim of € 20.000,00."""
    page.get_by_label("Periode van").fill(period[0])
    page.get_by_label("Periode tot en met").fill(period[1])
    page.get_by_label("Gevraagd bedrag, exclusief btw").fill("20.000,00")
    page.get_by_label("Btw-regime").select_option("21")
    page.get_by_label("Totaal tot nu toe, exclusief btw").fill(total)
    with page.expect_navigation():
        page.get_by_role("button", name="Bewaren en verder").click()


def mila_drafts(mila: Page, period: tuple[str, str], total: str) -> str:
    """A claim with its lines and its file, up to the check. Gives the address of the check."""
    documents(mila)
    mila.get_by_role("link", name="Nieuw dossierstuk").first.click()
    mila.get_by_role("button", name="Opmaken Schuldvordering", exact=True).click()
    fill_in_claim(mila, period, total)
    mila.get_by_label("Lijnen plakken").fill(LINES)
    mila.get_by_role("button", name="Lijnen tonen").click()
    expect(mila.get_by_role("cell", name="€ 12.000,00")).to_be_visible()
    mila.get_by_role("button", name="Deze lijnen bewaren en verder").click()
    mila.get_by_label("Bestanden toevoegen").set_input_files(file("vorderingsstaat.pdf"))
    expect(mila.get_by_role("link", name="vorderingsstaat.pdf")).to_be_visible()
    mila.get_by_role("button", name="Verder naar nakijken").click()
    expect(mila.get_by_role("button", name="Klaar om te verzenden")).to_be_visible()
    return mila.url


def hand_over(mila: Page) -> None:
    """Right 2 ends here."""
    mila.get_by_role("button", name="Klaar om te verzenden").click()
    expect(mila.get_by_text("Het concept staat klaar.")).to_be_visible()


def karim_sends(karim: Page, title: str) -> None:
    """Checked, and gone: ends at the receipt."""
    documents(karim)
    karim.get_by_role("row", name=re.compile(rf"{title}.*Klaar om te verzenden", re.DOTALL)).get_by_role("link").click()
    karim.get_by_role("button", name="Nakijken en verzenden").click()
    expect(karim.get_by_text(re.compile("Behandelingstermijn van 30 dagen begint"))).to_be_visible()
    karim.get_by_label("Ik heb dit stuk nagekeken").check()
    karim.get_by_role("button", name="Verzenden naar de aanbesteder").click()
    expect(karim.get_by_role("heading", name=f"{title} is verzonden")).to_be_visible()


def the_first_claim_is_sent(play: People) -> None:
    """Mila may not send, not by the form and not around it; Karim sends and has the moment in writing (C-038, T4)."""
    check = mila_drafts(play.mila, ("01/09/2026", "30/09/2026"), "20.000,00")
    expect(play.mila.get_by_text("U kunt dit stuk niet zelf verzenden")).to_be_visible()
    expect(play.mila.get_by_role("button", name="Verzenden naar de aanbesteder")).to_have_count(0)
    look(play.mila, "econtracting-verhaal-04-mila-mag-niet-verzenden")
    play.mila.watch.allow(f"^(409|422) for {re.escape(check)}")  # type: ignore[attr-defined]
    refused = play.mila.evaluate(SEND_ALL_THE_SAME, check)
    assert "Uw groep heeft hiervoor niet het nodige recht." in refused
    play.mila.reload()
    hand_over(play.mila)
    karim_sends(play.karim, "Schuldvordering 1")
    expect(play.karim.get_by_text(re.compile(r"2026-10-05 08:\d\d:\d\d\.\d{3} UTC$"))).to_be_visible()
    look(play.karim, "econtracting-verhaal-05-ontvangstbewijs")
    with play.karim.expect_download() as download:
        play.karim.get_by_role("link", name="Ontvangstbewijs downloaden (PDF)").click()
    assert download.value.suggested_filename.endswith(".pdf")
    play.karim.get_by_role("link", name="Naar het stuk").click()
    expect(stand(play.karim, "Ingediend")).to_be_visible()
    assert set(NAMES.findall(play.karim.locator("main").inner_text())) == {"Karim", "El Amrani", "Mila", "Jacobs"}


def to_claim(dirk: Page, title: str) -> None:
    """From the list of the contract to a claim, at the desk."""
    dirk.goto(f"/beheer/opdrachten/?zoek={NUMBER}")
    dirk.get_by_role("link", name=NUMBER, exact=True).click()
    tab(dirk, "Dossierstukken")
    dirk.get_by_role("link", name=title, exact=True).click()


def the_claim_is_reviewed_and_paid(play: People) -> None:
    """Accepted with changes and the invoice asked in one release; five days; the invoice fits; paid (S1 to S9)."""
    dirk, karim = play.dirk, play.karim
    dirk.goto(f"/beheer/nazicht/?zoek={NUMBER}")
    dirk.get_by_role("link", name="Schuldvordering 1", exact=True).click()
    dirk.get_by_role("button", name="Nazicht starten").click()
    dirk.get_by_label("Resultaat").select_option("AANVAARD_MET_WIJZIGINGEN")
    dirk.get_by_label("Aanvaard bedrag, exclusief btw").fill("19.000,00")
    dirk.get_by_label("Motivering").fill(REASONS)
    look(dirk, "econtracting-verhaal-06-nazicht")
    dirk.get_by_role("button", name="Bewaren en verder").click()
    expect(dirk.get_by_label("Te factureren bedrag, exclusief btw")).to_have_value("19000,00")
    dirk.get_by_label("Ordernummer").fill(ORDER)
    with dirk.expect_navigation():
        dirk.get_by_role("button", name="Bewaren en verder").click()
    look(dirk, "econtracting-verhaal-07-samen-vrijgeven")
    dirk.get_by_role("button", name="Samen vrijgeven").click()
    expect(dirk.get_by_text("Vrijgegeven en raadpleegbaar voor de opdrachtnemer.")).to_be_visible()

    karim.reload()
    expect(stand(karim, "Factuur gevraagd")).to_be_visible()
    expect(karim.locator("main")).to_contain_text("Aanvaard met wijzigingen")
    expect(karim.locator("main")).to_contain_text("Nu aan zet: de opdrachtnemer.")
    expect(karim.get_by_role("heading", name="Termijn voor de factuur (opdrachtnemer)")).to_be_visible()
    look(karim, "econtracting-verhaal-08-factuur-gevraagd")

    dirk.goto("/beheer/facturen/")
    dirk.get_by_role("link", name="XML-factuur inlezen").first.click()
    content = invoice(INVOICE, order=ORDER, contract=NUMBER, issued_on="2026-10-05", parts=(("19000.00", "21"),))
    dirk.get_by_label(re.compile("bestand", re.IGNORECASE)).set_input_files(
        {"name": "factuur.xml", "mimeType": "application/xml", "buffer": content}
    )
    dirk.get_by_role("button", name="Inlezen").click()
    expect(dirk.locator("main")).to_contain_text("Klopt met de aanvraag")
    look(dirk, "econtracting-verhaal-09-factuur-nakijken")
    dirk.get_by_role("button", name="Factuur bewaren").click()
    karim.reload()
    expect(stand(karim, "Factuur ontvangen")).to_be_visible()
    dirk.get_by_label(re.compile("^Betaald op|^Dag")).fill("05/10/2026")
    dirk.get_by_role("button", name="Betaling registreren").click()
    karim.reload()
    expect(stand(karim, "Betaald")).to_be_visible()
    look(karim, "econtracting-verhaal-10-betaald")


def the_second_claim_is_reopened(play: People) -> None:
    """A reason, a second version by the same two, and both versions to be read by both sides (T9, C-062)."""
    dirk, mila, karim = play.dirk, play.mila, play.karim
    mila_drafts(mila, ("01/10/2026", "03/10/2026"), "40.000,00")
    hand_over(mila)
    karim_sends(karim, "Schuldvordering 2")
    to_claim(dirk, "Schuldvordering 2")
    dirk.get_by_role("link", name="Heropenen").click()
    dirk.get_by_label("Reden").fill(REOPENED)
    look(dirk, "econtracting-verhaal-11-heropenen")
    dirk.get_by_role("button", name="Heropenen").click()
    expect(dirk.locator(".flash--success")).to_be_visible()

    documents(mila)
    mila.get_by_role("link", name="Schuldvordering 2", exact=True).click()
    expect(mila.locator("main")).to_contain_text(REOPENED)
    look(mila, "econtracting-verhaal-12-heropend")
    mila.get_by_role("button", name="Nieuwe versie maken").click()
    mila.get_by_label("Toelichting").fill("Met de meetstaat van de tweede week.")
    mila.get_by_role("button", name="Bewaren en verder").click()
    mila.get_by_role("link", name="Verder naar bijlagen").click()
    mila.get_by_label("Bestanden toevoegen").set_input_files(file("meetstaat-week-2.pdf"))
    expect(mila.get_by_role("link", name="meetstaat-week-2.pdf")).to_be_visible()
    mila.get_by_role("button", name="Verder naar nakijken").click()
    hand_over(mila)
    karim_sends(karim, "Schuldvordering 2")
    karim.get_by_role("link", name="Naar het stuk").click()
    expect(stand(karim, "Ingediend")).to_be_visible()
    karim.get_by_text("Inhoud van versie 1").click()
    expect(karim.locator(".unfold__body")).to_contain_text("vorderingsstaat.pdf")
    expect(karim.locator(".unfold__body")).to_contain_text("Funderingen uitbreken")
    look(karim, "econtracting-verhaal-13-twee-versies")
    dirk.reload()
    expect(dirk.locator("main")).to_contain_text("Gewijzigd sinds de vorige versie")
    expect(dirk.locator("main")).to_contain_text("meetstaat-week-2.pdf")
    dirk.get_by_text(re.compile("^Versie 1 –")).click()
    expect(dirk.locator(".unfold__body", has_text="vorderingsstaat.pdf")).to_contain_text("Funderingen uitbreken")
    look(dirk, "econtracting-verhaal-14-twee-versies-beheer")


def package(page: Page, path: Path) -> Path:
    """The package of the contract, from the tab Bewijs where one is."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Download het pakket").click()
    download.value.save_as(path)
    return path


def verify(folder: Path, path: Path) -> subprocess.CompletedProcess[str]:
    """What the verifier of a package says of it, elsewhere and with nothing of this program."""
    with zipfile.ZipFile(path) as packed:
        program = Path(packed.extract("dossierloket_verify.py", folder))
    command = ["python3", str(program), str(path)]
    return subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, timeout=120, check=False)


def altered(path: Path, to: Path, name: str) -> Path:
    """The same package with one bit of one member turned."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(to, "w") as target:
        for member in source.infolist():
            content = bytearray(source.read(member))
            if member.filename == name:
                content[len(content) // 2] ^= 1
            target.writestr(member, bytes(content))
    return to


def the_proof_holds_anywhere(play: People, folder: Path) -> None:
    """C-079: checked without the program; one byte is noticed; only the beheerder is told who it was (C-046)."""
    karim, dirk, an = play.karim, play.dirk, play.an
    tab(karim, "Bewijs")
    karim.get_by_role("button", name="Kijk alles nu na").click()
    expect(karim.locator("main")).to_contain_text("Alles klopt")
    look(karim, "econtracting-verhaal-15-bewijs")
    own = package(karim, folder / "opdrachtnemer.zip")
    elsewhere = folder / "elders"
    elsewhere.mkdir()
    said = verify(elsewhere, own)
    assert said.returncode == 0, said.stdout + said.stderr
    assert said.stdout.startswith(f"KLOPT / HOLDS: {NUMBER}")

    with zipfile.ZipFile(own) as packed:
        names = [name for name in packed.namelist() if name.endswith("01-vorderingsstaat.pdf")]
    assert len(names) == 3
    said = verify(elsewhere, altered(own, folder / "gewijzigd.zip", names[0]))
    assert said.returncode == 1
    assert "KLOPT NIET" in said.stdout
    assert names[0] in said.stdout

    to_claim(dirk, "Schuldvordering 2")
    tab(dirk, "Bewijs")
    look(dirk, "econtracting-verhaal-16-bewijs-beheer")
    theirs = package(dirk, folder / "aanbesteder.zip")
    said = verify(elsewhere, theirs)
    assert said.returncode == 0, said.stdout + said.stderr
    assert {match for text in texts_of(theirs.read_bytes()) for match in NAMES.findall(text)} == set()

    documents(an)
    tab(an, "Bewijs")
    an.get_by_role("link", name=re.compile("^Wie was het")).first.click()
    expect(an.locator("main")).not_to_contain_text("Karim El Amrani")
    an.get_by_label("Waarom wilt u dit weten?").fill("Vraag van onze revisor")
    an.get_by_role("button", name="Toon wie het was").click()
    expect(an.locator("main")).to_contain_text("Karim El Amrani")
    look(an, "econtracting-verhaal-17-wie-was-het")
    an.get_by_role("link", name="Terug naar het bewijs").click()
    hers = package(an, folder / "beheerder.zip")
    assert verify(elsewhere, hers).returncode == 0
    told = {match for text in texts_of(hers.read_bytes()) for match in NAMES.findall(text)}
    assert told == {"Karim", "El Amrani"}, "the package of the beheerder says who sent"


def test_the_story_of_a_contract_with_its_two_sides(open_page: OpenPage, tmp_path: Path) -> None:
    play = People(
        dirk=open_page(persona="dirk-aanbesteder"),
        an=open_page(persona="an-beheerder"),
        mila=open_page(persona="mila-opmaker"),
        karim=open_page(persona="karim-gebruiker"),
    )
    address = a_contract_is_made_and_given_to_groups(play)
    others_see_nothing(open_page, address)
    the_first_claim_is_sent(play)
    the_claim_is_reviewed_and_paid(play)
    the_second_claim_is_reopened(play)
    the_proof_holds_anywhere(play, tmp_path)
