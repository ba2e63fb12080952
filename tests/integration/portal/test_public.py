"""What anybody sees: the public start page and the help page (E-004 to E-007, E-155, E-156)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from domain.permissions import Role
from services.connections import connections
from tests.factories import organisations
from tests.support.client import Client
from tests.support.sign_in import SignedIn

pytestmark = pytest.mark.one_database

At = Callable[[str], datetime]


def test_the_public_page_says_what_this_is_and_leads_to_signing_in(client: Client) -> None:
    page = client.page("/")
    assert page.heading == "Dossierloket"
    assert page.links()["Aanmelden"] == "/login"
    for text in ("Zorgvoorzieningen", "e-Contracting", "eID, itsme", "burgertoken", "02 553 36 47", "02 788 51 55"):
        assert text in page.text
    assert "subafdeling ‘Voorziening voor welzijn, volksgezondheid en gezin’" in page.text


def test_who_is_signed_in_goes_on_to_the_own_start_page(signed_in: SignedIn) -> None:
    client = signed_in(Role.EL_PRIVACY, facility=organisations.facility())
    assert client.get("/").headers["Location"] == "/start"


def test_e155_the_yellow_button_is_on_every_page(client: Client, signed_in: SignedIn) -> None:
    inside = signed_in(Role.EL_PRIVACY, Role.EL_FINANCIEEL, facility=organisations.facility())
    asked = [(client, path) for path in ("/login", "/onbestaand")]
    asked += [(inside, path) for path in ("/start", "/organisatie/", "/ecalcura/certificaten/", "/ecalcura/")]
    for visitor, path in asked:
        page = visitor.page(path, status=404 if path == "/onbestaand" else 200)
        button = page.find("//a[contains(@class,'help-button')]")
        assert (button.text_content(), button.get("href")) == ("Hulp nodig?", f"/hulp/?van={path}")


def test_e156_whom_to_reach_and_whether_they_answer_now(client: Client, at: At) -> None:
    """Monday 16 September 2024, 10 o'clock: both answer."""
    page = client.page("/hulp/")
    assert page.text.count("nu bereikbaar") == 3
    links = page.links()
    assert (links["02 553 36 47"], links["02 788 51 55"]) == ("tel:+3225533647", "tel:+3227885155")
    mailbox = connections().settings.department_mailbox
    assert links[mailbox] == f"mailto:{mailbox}"
    at("2024-09-16T18:00:00+02:00")
    page = client.page("/hulp/")
    assert page.text.count("nu gesloten") == 1, "1700 answers until 19 o'clock"
    assert "Opnieuw bereikbaar op dinsdag 17 september om 9 uur." in page.text
    assert "Stuur een e-mail." in page.text
    at("2024-10-31T21:00:00+01:00")
    page = client.page("/hulp/")
    assert page.text.count("nu gesloten") == 3
    assert "Opnieuw bereikbaar op maandag 4 november om 7 uur." in page.text
    assert "U kunt altijd vragen om teruggebeld te worden" in page.text


def test_e004_to_e010_the_way_to_access(client: Client) -> None:
    page = client.page("/hulp/")
    steps = [" ".join(item.text_content().split()) for item in page.all("//h2[@id='stappen']/../..//ol/li")]
    assert len(steps) == 6 + 5, "a facility, a contractor"
    assert steps[0] == "Uw voorziening stelt een hoofdtoegangsbeheerder aan."
    assert "subafdeling" in steps[3]
    for text in (
        "Beheer privacygevoelige gegevens: personeelsgegevens",
        "Beheer financiële gegevens: de bankrekeningnummers",
        "vroeger: lokale beheerder",
        "ambtenarentoken wordt geweigerd",
        "‘Voorziening voor welzijn, volksgezondheid en gezin’",
        "recht op inzage en verbetering",
    ):
        assert text in page.text
    for part in ("ecalcura", "toegang", "stappen", "gegevens"):
        assert page.all(f"//*[@id='{part}']"), "pages elsewhere link to it"


@pytest.mark.parametrize(
    ("back", "expected"),
    [("/hulp/", "/hulp/"), ("//example.org", "/"), ("/\\example.org", "/"), ("https://example.org", "/"), ("", "/")],
)
def test_choosing_a_language_stays_on_this_site(back: str, expected: str, client: Client) -> None:
    answer = client.post("/taal", data={"language": "en", "back": back})
    assert answer.headers["Location"] == expected
    assert client.read_session()["language"] == "en"
    client.post("/taal", data={"language": "xx"})
    assert client.read_session()["language"] == "en"
