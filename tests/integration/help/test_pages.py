"""The pages of help: the choices of the button, a question to the helpdesk, one's own, and what the helpdesk does."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from domain.helpdesk import OF_A_CLIENT
from domain.permissions import Role
from models.all import db
from models.helpdesk import HelpTicket
from models.identity import AccessRefusal
from tests.factories import actors, organisations
from tests.support.client import Client
from tests.support.sign_in import SignedIn

ASK = "/hulp/vraag"
TYPED = {
    "name": "Sam Voorbeeld",
    "subject": "Ik geraak niet binnen",
    "body": "Er komt een fout.",
    "phone": "02 553 36 47",
}


@pytest.fixture
def sofie(signed_in: SignedIn) -> Client:
    """Somebody of a facility who may write messages."""
    return signed_in(Role.EL_PRIVACY, facility=organisations.facility())


@pytest.fixture
def hilde(signed_in: SignedIn) -> Client:
    """The helpdesk of the e-loket."""
    return signed_in(Role.EL_HELPDESK)


def tickets() -> list[HelpTicket]:
    """Every question, the oldest first."""
    return list(db.session.scalars(sa.select(HelpTicket).order_by(HelpTicket.id)))


def test_e155_the_choices_know_the_page_and_its_dossier(sofie: Client) -> None:
    links = sofie.page("/hulp/?van=/ecalcura/aangifte/2024K1&code=k7m4qx").links()
    assert links["Ik heb een vraag over de inhoud"] == (
        "/berichten/nieuw?van=%2Fecalcura%2Faangifte%2F2024K1&kwartaal=2024K1"
    )
    assert links["Iets werkt niet"] == "/hulp/vraag?van=/ecalcura/aangifte/2024K1&code=K7M-4QX"


def test_a46_a_contract_is_filled_in(signed_in: SignedIn) -> None:
    an = signed_in(actor=actors.actor(Role.EC_BEHEERDER))
    links = an.page("/hulp/?van=/econtracting/opdracht/AbCdEfGhIjKlMnOp/stukken").links()
    assert links["Ik heb een vraag over de inhoud"].endswith("&opdracht=AbCdEfGhIjKlMnOp")


@pytest.mark.parametrize(
    "path", ["//elders.example", "https://elders.example/", "/\\elders", "javascript:alert(1)", "/a%0d%0ab", "x" * 900]
)
def test_a_page_elsewhere_is_left_out(path: str, sofie: Client) -> None:
    page = sofie.page("/hulp/?van=" + path + "&code=%3Cb%3E")
    assert page.links()["Iets werkt niet"] == "/hulp/vraag"


def test_e008_without_the_role_the_page_says_which_one(signed_in: SignedIn, client: Client) -> None:
    ines = signed_in(Role.EL_FINANCIEEL, facility=organisations.facility())
    page = ines.page("/hulp/?van=/organisatie/")
    assert "Ik heb een vraag over de inhoud" not in page.links()
    assert "Beheer privacygevoelige gegevens" in page.text
    assert "Meld u aan om een bericht te sturen." in client.page("/hulp/").text


def test_c072_a_contractor_sees_the_team_and_1700(signed_in: SignedIn) -> None:
    links = signed_in(actor=actors.actor(Role.EC_GEBRUIKER)).page("/hulp/").links()
    assert links["1700"] == "tel:1700"
    assert "e-contracting@example.be" in links
    assert "02 788 51 55" not in links, "eHealth knows nothing of contractors"


def test_asked_without_signing_in(client: Client, hilde: Client) -> None:
    page = client.submit(client.page(ASK + "?van=/login&code=K7M-4QX"), TYPED, form=ASK)
    (row,) = tickets()
    assert page.heading == "Uw vraag is verzonden"
    assert row.code in page.text
    assert (row.name, row.page, row.refusal_code) == ("Sam Voorbeeld", "/login", "K7M-4QX")
    seen = hilde.page(f"/beheer/helpdeskvragen/{row.code}")
    assert "Deze persoon kan het antwoord hier niet lezen" in seen.text
    assert "02 553 36 47" in seen.text


def test_the_code_is_shown_to_who_asked_only(client: Client) -> None:
    assert client.get(ASK + "/verzonden").headers["Location"] == ASK
    assert client.get("/hulp/mijn-vragen").headers["Location"].startswith("/login")


def test_what_is_wrong_stands_at_the_fields_and_what_was_typed_stays(client: Client) -> None:
    page = client.submit(client.page(ASK), TYPED | {"phone": "", "body": "Het gaat om 66.05.17-001.37."}, form=ASK)
    assert page.status == 422
    assert len(page.errors) == 2
    assert "Ik geraak niet binnen" in page.response.text
    assert not tickets()


def test_a_robot_fills_in_everything(client: Client) -> None:
    page = client.submit(client.page(ASK), TYPED | {"website": "https://spam.example"}, form=ASK)
    assert page.status == 422
    assert not tickets()


def test_too_many_of_one_client(client: Client) -> None:
    for _ in range(OF_A_CLIENT):
        client.submit(client.page(ASK), TYPED, form=ASK)
    page = client.submit(client.page(ASK), TYPED, form=ASK)
    assert page.status == 429
    assert "Bel de helpdesk" in page.text
    assert "Er komt een fout." in page.response.text, "the text is not lost"
    assert len(tickets()) == OF_A_CLIENT


@pytest.mark.parametrize("value", ["\0", "x" * 6000, "regel\r\nBcc: a@b.be"])
def test_hostile_texts(value: str, client: Client) -> None:
    response = client.post(ASK, data=TYPED | {"subject": value, "page": value, "code": value})
    assert response.status_code in (302, 400, 422)
    for row in tickets():
        assert "\n" not in row.subject
        assert row.page == ""


def test_from_a_refusal_to_the_answer(signed_in: SignedIn, hilde: Client) -> None:
    """E-155: "geen toegang" leads to a question with its code; the helpdesk sees what was read; it answers."""
    ines = signed_in(Role.EL_FINANCIEEL, facility=organisations.facility())
    refused = ines.page("/ecalcura/personeel", status=403)
    (code,) = db.session.scalars(sa.select(AccessRefusal.code))
    assert (
        refused.find("//a[contains(@class,'help-button')]").get("href") == f"/hulp/?van=/ecalcura/personeel&code={code}"
    )
    ask = refused.links()["Stel een vraag aan de technische helpdesk"]
    page = ines.submit(ines.page(ask), {"subject": "Personeel", "body": "Ik mag niet kijken."}, form=ASK)
    (row,) = tickets()
    assert row.refusal_code == code
    assert "nog niet beantwoord" in page.text
    seen = hilde.page(f"/beheer/helpdeskvragen/{row.code}")
    assert "Dit kreeg de persoon te lezen" in seen.text
    assert "Beheer privacygevoelige gegevens" in seen.text
    hilde.submit(
        seen, {"answer": "Vraag de rol aan uw beheerder."}, form="antwoorden", button="Antwoorden en afhandelen"
    )
    answered = ines.page("/hulp/mijn-vragen")
    assert "Afgehandeld" in answered.text
    own = ines.page(answered.links()["Personeel"])
    assert "Vraag de rol aan uw beheerder." in own.text
    assert "Sam Voorbeeld" not in own.find("//main").text_content(), "not who answered"


def test_the_list_names_nobody(client: Client, hilde: Client) -> None:
    client.submit(client.page(ASK), TYPED, form=ASK)
    page = hilde.page("/beheer/helpdeskvragen/")
    assert "niet aangemeld" in page.text
    assert "02 553 36 47" not in page.find("//main").text_content()
    assert TYPED["name"] not in page.find("//main").text_content()


def test_taking_over_from_somebody_else_is_told(client: Client, hilde: Client) -> None:
    client.submit(client.page(ASK), TYPED, form=ASK)
    (row,) = tickets()
    address = f"/beheer/helpdeskvragen/{row.code}"
    old = hilde.page(address)
    hilde.submit(hilde.page(address), form="/opnemen")
    page = hilde.submit(old, {"answer": "Te laat."}, form="antwoorden", button="Tussentijds antwoorden")
    assert page.status == 409
    assert "Te laat." in page.text


@pytest.mark.parametrize("path", ["/beheer/helpdeskvragen/", "/beheer/gebruiksvoorwaarden/"])
def test_others_stay_out(path: str, sofie: Client) -> None:
    assert sofie.get(path).status_code == 403


def test_a_code_that_does_not_exist(hilde: Client) -> None:
    for code in ("HV-AAA-AAA", "onzin"):
        assert hilde.get(f"/beheer/helpdeskvragen/{code}").status_code == 404
