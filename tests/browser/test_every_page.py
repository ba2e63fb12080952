"""Every page that the stories do not pass: both widths, nothing for axe to say, nothing off the side."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import OpenPage, look

#: Persona, name of the picture, address, and what the page must say. Empty, full, read-only and refused states.
PAGES = {
    "sofie-voorziening": [
        ("start-de-brug", "/start", "eCalcura"),
        ("hulp", "/hulp/", "02 788 51 55"),
        ("organisatie", "/organisatie/", "Ondernemingsnummer"),
        ("organisatie-bewerken", "/organisatie/bewerken", "RSZ-nummer"),
        ("contactpersonen", "/organisatie/contactpersonen", "eCalcura"),
        ("contactpersoon-toevoegen", "/organisatie/contactpersonen/toevoegen", "Voornaam"),
        ("bankgegevens", "/organisatie/bankgegevens", "Standaard"),
        ("bankrekening-toevoegen", "/organisatie/bankgegevens/toevoegen", "IBAN"),
        ("overzicht-de-brug", "/ecalcura/", "Referentieperiode"),
        ("personeel-de-brug", "/ecalcura/personeel", "Personeelslid toevoegen"),
        ("personeel-gefilterd", "/ecalcura/personeel?zoek=xyzxyz", "xyzxyz"),
        ("personeel-toevoegen", "/ecalcura/personeel/toevoegen", "Rijksregisternummer"),
        ("certificaten", "/ecalcura/certificaten/", "Attest eindeloopbaan"),
        ("certificaat-toevoegen", "/ecalcura/certificaten/toevoegen", "Startdatum"),
        ("aangifte-afgesloten", "/ecalcura/aangifte/2026K1", "Enkel raadplegen"),
        ("historiek", "/ecalcura/historiek/", "Bedragen over de jaren"),
        ("rapporten", "/ecalcura/rapporten", "Kies eerst een periode"),
        ("rapporten-periode", "/ecalcura/rapporten/2025-2026", "Eindeloopbaankeuzes"),
        ("rapport-prestaties", "/ecalcura/rapporten/2026K1/prestaties", "Mogelijke werkdagen"),
        ("rapport-vte", "/ecalcura/rapporten/2026K2/vte", "Subtotaal"),
        ("rapport-vervangers", "/ecalcura/rapporten/2025-2026/vervangers", "Dekking"),
        ("rapport-voorlopig", "/ecalcura/rapporten/2026-2027/keuzes", "Voorlopige cijfers"),
        ("rapport-niets-gevonden", "/ecalcura/rapporten/2026K2/vte?zoek=xyzxyz", "Geen lijnen gevonden"),
    ],
    "zonder-rol": [("start-zonder-rol", "/start", "rol")],
    "an-beheerder": [("start-aannemer", "/start", "e-Contracting")],
    "els-dossierbeheerder": [
        ("start-departement", "/start", "Beheer"),
        ("beheer", "/beheer/", "Dossiers"),
        ("beheer-campagne", "/beheer/campagne/", "Uitvoeringen"),
        ("beheer-campagne-niets", "/beheer/campagne/vooruitblik", "Er is niets te doen"),
        ("beheer-campagne-vooruitblik", "/beheer/campagne/vooruitblik?dag=16/10/2026", "Samengevat"),
        ("beheer-dossiers-leeg", "/beheer/dossiers/?zoek=bestaatniet", "0"),
        ("beheer-dossiers-risico", "/beheer/dossiers/?sorteer=-risico", "Risico"),
        ("beheer-attesten", "/beheer/attesten/", "attest"),
        ("beheer-voorzieningen", "/beheer/voorzieningen/", "PVT De Brug"),
        ("beheer-voorziening", "/beheer/voorzieningen/71000012", "PVT De Brug"),
        ("beheer-personeel", "/beheer/personeel/", "Personeel"),
        ("beheer-dossier-prestaties", "/beheer/dossiers/71000012-2026K1/prestaties", "71000012-2026K1"),
        ("beheer-heropening", "/beheer/dossiers/71000012-2026K1/heropening", "Ontvangen op"),
        ("beheer-parameters", "/beheer/parameters/", "VOORBEELDBEDRAG"),
        ("beheer-parameters-nieuw", "/beheer/parameters/nieuw/2024-2025", "Waarmee begint u?"),
        ("beheer-parameters-vergelijken", "/beheer/parameters/vergelijken", "waarden verschillen"),
        ("beheer-brieven", "/beheer/brieven/", "Meegeleverde tekst"),
        ("beheer-brief-tekst", "/beheer/brieven/tekst/voorlopig", "{laatste_dag}"),
        ("beheer-brief-versies", "/beheer/brieven/tekst/definitief/versies", "in gebruik"),
        ("beheer-brieven-zoeken", "/beheer/brieven/zoeken?zoek=brug", "PVT De Brug"),
        ("beheer-brieven-leeg", "/beheer/brieven/zoeken?zoek=bestaatniet", "Niets gevonden"),
        ("beheer-historiek", "/beheer/historiek/71000012", "Eindafrekening"),
        ("beheer-kwalificaties", "/beheer/kwalificaties/", "Zorgkundige"),
        ("beheer-kwalificatie-nieuw", "/beheer/kwalificaties/nieuw", "Code"),
        ("beheer-contracttypes", "/beheer/contracttypes/", "Interim"),
        ("beheer-raas-codes", "/beheer/raas-codes/", "VB"),
        ("beheer-financieringen", "/beheer/financieringen/", "eCalcura"),
        ("beheer-mails", "/beheer/mails/", "E-mails"),
        ("beheer-blokkeringen", "/beheer/blokkeringen/", "Blokkeringen"),
        ("beheer-blokkering-nieuw", "/beheer/blokkeringen/nieuw", "Reden"),
        ("beheer-logboek", "/beheer/logboek/", "Logboek"),
        ("beheer-rapporten", "/beheer/rapporten/2025-2026?zoek=brug", "PVT De Brug"),
        ("beheer-rapport", "/beheer/rapporten/2026K1/71000012/vte", "Volledige rijksregisternummers"),
    ],
    "hilde-helpdesk": [
        ("start-helpdesk", "/start", "Opzoeken"),
        ("beheer-opzoeken", "/beheer/opzoeken/", "Zoeken"),
        ("beheer-historiek-helpdesk", "/beheer/historiek/71000012", "Rekeningnummers en brieven ziet u niet"),
    ],
}

#: The same for e-Contracting, at the counter and in the back office.
CONTRACTING_PAGES = {
    "an-beheerder": [
        ("opdrachten-beheerder", "/econtracting/?toon=alle", "Fietssnelweg F7"),
        ("opdrachten-niets-gevonden", "/econtracting/?toon=alle&zoek=bestaatniet", "bestaatniet"),
        ("groepen", "/econtracting/groepen", "Vorderingen verzenden"),
        ("groep-toevoegen", "/econtracting/groepen/toevoegen", "Thema"),
        ("rechten", "/econtracting/rechten", "Jacobs"),
        ("opdrachten-zonder-groep", "/econtracting/rechten/zonder-groep", "Winterdienst"),
        ("meldingsadressen", "/econtracting/meldingen", "Adres"),
        ("meldingsadres-toevoegen", "/econtracting/meldingen/toevoegen", "E-mailadres"),
    ],
    "karim-gebruiker": [
        ("start-gebruiker", "/start", "e-Contracting"),
        ("opdrachten-gebruiker", "/econtracting/", "Fietssnelweg F7"),
        ("agenda", "/econtracting/agenda", "agenda"),
    ],
    "mila-opmaker": [("opdrachten-opmaker", "/econtracting/", "Fietssnelweg F7")],
    "tom-zonder-groep": [
        ("start-zonder-groep", "/start", "e-Contracting"),
        ("opdrachten-zonder-rechten", "/econtracting/", "Vraag het aan uw beheerder"),
    ],
    "nora-concurrent": [("opdrachten-concurrent", "/econtracting/", "Baggerwerken")],
    "dirk-aanbesteder": [
        ("beheer-aanbesteder", "/beheer/", "Eerst na te zien"),
        ("nazicht-factuur", "/beheer/nazicht/?lijst=factuur", "vijf dagen"),
        ("nazicht-concepten", "/beheer/nazicht/?lijst=concepten", "opmaak"),
        ("nazicht-publicatie", "/beheer/nazicht/?lijst=publicatie", "raadpleegbaar"),
        ("beheer-opdrachten", "/beheer/opdrachten/", "Fietssnelweg F7"),
        ("beheer-berichten", "/beheer/berichten/", "Berichten"),
        ("facturen", "/beheer/facturen/", "Facturen"),
        ("facturen-te-betalen", "/beheer/facturen/?open=ja", "Facturen"),
        ("factuur-inlezen", "/beheer/facturen/opladen", "Peppol"),
        ("soorten", "/beheer/soorten/", "Schuldvordering"),
        ("soort", "/beheer/soorten/NAZICHT", "Motivering"),
        ("beheer-agenda", "/beheer/agenda/", "agenda"),
        ("onbeschikbaarheden", "/beheer/onbeschikbaarheden/", "nbeschikbaar"),
        ("kalender", "/beheer/kalender/", "Interest"),
        ("interestvoet", "/beheer/kalender/interestvoet", "Bron"),
        ("kalenderdag", "/beheer/kalender/dag", "Dag"),
        ("bewaring", "/beheer/bewaring/", "bewa"),
        ("instellingen", "/beheer/instellingen/", "vier ogen"),
    ],
    "greet-behandelaar": [
        ("nazicht-behandelaar", "/beheer/nazicht/", "Schuldvordering"),
        ("vrijgeven-behandelaar", "/beheer/nazicht/?lijst=vrijgeven", "Wie vrijgeeft"),
        ("opdrachten-behandelaar", "/beheer/opdrachten/", "Fietssnelweg F7"),
    ],
    "hilde-helpdesk": [("opdrachten-opzoeken", "/beheer/opdrachten-opzoeken/", "Geen stukken, geen personen")],
}
#: Persona, the contract, and for each of its pages: name of the picture, what follows its address, what it must say.
CONTRACTS = {
    "an-beheerder": (
        "MOW/2025/0117",
        [
            ("opdracht-overzicht-beheerder", "", "Overzicht"),
            ("opdracht-eigen-gegevens", "/eigen-gegevens", "Bewaren"),
            ("opdracht-toegang-beheerder", "/toegang", "Vorderingen opmaken"),
            ("opdracht-adressen", "/adressen", "Adres"),
            ("opdracht-stukken-beheerder", "/stukken", "Schuldvordering 2"),
        ],
    ),
    "karim-gebruiker": (
        "MOW/2025/0117",
        [
            ("opdracht-overzicht", "", "Termijn"),
            ("opdracht-stukken", "/stukken", "Schuldvordering 2"),
            ("opdracht-stuk-kiezen", "/stukken/nieuw", "Schuldvordering"),
            ("opdracht-berichten", "/berichten", "Bericht"),
            ("opdracht-bericht-schrijven", "/berichten/nieuw", "Onderwerp"),
            ("opdracht-acties", "/acties", "Actie"),
            ("opdracht-bewijs", "/bewijs", "Download het pakket"),
        ],
    ),
    "mila-opmaker": (
        "MOW/2025/0131",
        [("opdracht-stukken-opmaker", "/stukken", "In opmaak"), ("opdracht-acties-opmaker", "/acties", "Actie")],
    ),
    "nora-concurrent": (
        "DVW/2024/40",
        [("opdracht-afgesloten", "", "fgesloten"), ("stukken-afgesloten", "/stukken", "Deze opdracht is afgesloten.")],
    ),
    "dirk-aanbesteder": (
        "MOW/2025/0117",
        [
            ("beheer-opdracht-gegevens", "", "Wat de opdrachtnemer ziet"),
            ("beheer-opdracht-bewerken", "/bewerken", "Bewaren"),
            ("beheer-opdracht-afsluiten", "/afsluiten", "fsluiten"),
            ("beheer-opdracht-stukken", "/stukken", "Schuldvordering 2"),
            ("beheer-opdracht-stuk-nieuw", "/stukken/nieuw", "Concept maken"),
            ("beheer-opdracht-bewijs", "/bewijs", "Download het pakket"),
        ],
    ),
}
#: Claims in each state, seen by both sides: the contract and what its first claim came to.
CLAIMS = {
    "MOW/2024/0210": "in-betaling-oude-regels",
    "MOW/2025/0117": "betaald",
    "MOW/2026/0008": "factuur-gevraagd",
}


@pytest.mark.parametrize("persona", PAGES)
def test_pages_of(persona: str, open_page: OpenPage) -> None:
    """Each page says what it is for, fits both widths and leaves axe nothing to say."""
    page = open_page(persona=persona)
    for name, path, words in PAGES[persona]:
        page.goto(path)
        expect(page.locator("main")).to_contain_text(re.compile(re.escape(words), re.IGNORECASE))
        look(page, name)


@pytest.mark.parametrize("persona", CONTRACTING_PAGES)
def test_pages_of_e_contracting(persona: str, open_page: OpenPage) -> None:
    """The same for who works with contracts, on either side."""
    page = open_page(persona=persona)
    for name, path, words in CONTRACTING_PAGES[persona]:
        page.goto(path)
        expect(page.locator("main")).to_contain_text(re.compile(re.escape(words), re.IGNORECASE))
        look(page, name)


def _to_contract(page: Page, persona: str, number: str) -> str:
    """To a contract, from the list of its side; gives its address."""
    office = persona == "dirk-aanbesteder"
    page.goto(f"/beheer/opdrachten/?zoek={number}" if office else f"/econtracting/?toon=alle&zoek={number}")
    page.get_by_role("link", name=number, exact=True).click()
    expect(page.locator("main")).to_contain_text(f"Opdracht {number}")
    return page.url.rstrip("/")


@pytest.mark.parametrize("persona", CONTRACTS)
def test_pages_of_a_contract(persona: str, open_page: OpenPage) -> None:
    """Every page of a contract, for each of those who have it."""
    page = open_page(persona=persona)
    number, pages = CONTRACTS[persona]
    address = _to_contract(page, persona, number)
    for name, path, words in pages:
        page.goto(address + path)
        expect(page.locator("main")).to_contain_text(words)
        look(page, name)


@pytest.mark.parametrize("persona", ["karim-gebruiker", "dirk-aanbesteder"])
def test_claims_in_every_state(persona: str, open_page: OpenPage) -> None:
    """Where a claim stands is said in the same words on both sides."""
    page = open_page(persona=persona)
    for number, name in CLAIMS.items():
        page.goto(_to_contract(page, persona, number) + "/stukken")
        page.get_by_role("link", name="Schuldvordering 1", exact=True).click()
        expect(page.get_by_role("heading", name=re.compile("^Stand van zaken: "))).to_be_visible()
        look(page, f"schuldvordering-{name}-{persona.partition('-')[0]}")


def _look_up(page: Page, what: str, picture: str) -> None:
    page.goto("/beheer/opzoeken/")
    page.get_by_role("main").get_by_role("searchbox").or_(page.get_by_role("main").get_by_role("textbox")).first.fill(
        what
    )
    page.get_by_role("main").get_by_role("button", name="Zoeken").first.click()
    expect(page.locator("main")).to_contain_text("De Brug")
    look(page, picture)


def test_the_helpdesk_finds_by_number_and_by_words(open_page: OpenPage) -> None:
    """One box: an HCO number, a dossier number and a name each find De Brug; no national number is shown."""
    page = open_page(persona="hilde-helpdesk")
    for what, picture in (("71000012", "hco"), ("71000012-2026K1", "dossier"), ("brug", "naam")):
        _look_up(page, what, f"opzoeken-{picture}")
        assert not re.search(r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}", page.locator("main").inner_text())


def test_a_refusal_says_what_is_missing_and_gives_a_code(open_page: OpenPage) -> None:
    """Ines has the financial role only: the staff pages explain which role is needed (E-009, E-010)."""
    page = open_page(persona="ines-financieel")
    page.watch.allow("403 for .*/ecalcura/personeel")  # type: ignore[attr-defined]
    page.goto("/ecalcura/personeel")
    expect(page.locator("main")).to_contain_text("Beheer privacygevoelige gegevens")
    expect(page.locator("main code").first).to_have_text(re.compile(r"^[A-Z0-9]{3}-[A-Z0-9]{3}$"))
    look(page, "geen-toegang")


def test_a_form_with_errors_keeps_what_was_typed(open_page: OpenPage) -> None:
    """V-70, V-74: a summary with links, the message at the field, the typed values still there."""
    page = open_page(persona="peter-andere-voorziening")
    page.watch.allow("422 for .*/organisatie/bankgegevens/toevoegen")  # type: ignore[attr-defined]
    page.goto("/organisatie/bankgegevens/toevoegen")
    page.get_by_label(re.compile("^IBAN")).fill("NL91 ABNA 0417 1643 00")
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_text("Vul een Belgisch IBAN-nummer in (BE + 14 cijfers).").first).to_be_visible()
    expect(page.get_by_label(re.compile("^IBAN"))).to_have_value("NL91 ABNA 0417 1643 00")
    look(page, "bankrekening-fout")


def test_pages_that_do_not_exist(open_page: OpenPage) -> None:
    """A wrong address and somebody else's dossier look the same."""
    page = open_page(persona="sofie-voorziening")
    page.watch.allow("404 for ")  # type: ignore[attr-defined]
    texts = []
    for path in ("/ecalcura/bestaat-niet", "/ecalcura/personeel/onbestaandereferentie"):
        page.goto(path)
        texts.append(page.locator("main").inner_text())
    assert texts[0] == texts[1]
    look(page, "niet-gevonden")
