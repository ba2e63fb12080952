"""The terms of use: a notice on the start page, never a gate; recorded once per person and version (CP-01, A-47)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
import sqlalchemy as sa

from domain import terms_of_use
from domain.errors import NotFound
from domain.permissions import Role
from domain.terms_of_use import VERSIONS, in_force
from models.all import db
from models.audit import AuditEntry
from models.helpdesk import TermsAcceptance
from services import terms_of_use as services
from services import transaction
from tests.factories import organisations
from tests.support.client import Client
from tests.support.sign_in import SignedIn

At = Callable[[str], datetime]


@pytest.fixture
def sofie(signed_in: SignedIn, at: At) -> Client:
    """Somebody of a facility, in October 2026."""
    at("2026-10-05T10:00:00+02:00")
    return signed_in(Role.EL_PRIVACY, facility=organisations.facility())


def agreed() -> list[str]:
    """The versions that were agreed with."""
    return list(db.session.scalars(sa.select(TermsAcceptance.version)))


def test_which_version_holds() -> None:
    assert in_force(date(2020, 1, 1)).number == "1.0"
    assert in_force(date(2026, 8, 31)).number == "1.0"
    assert in_force(date(2026, 9, 1)).number == "2.0"
    assert [one.holds_from for one in VERSIONS] == sorted(one.holds_from for one in VERSIONS)
    with pytest.raises(NotFound):
        terms_of_use.version("9")


def test_cp01_the_notice_goes_when_one_agrees(sofie: Client) -> None:
    page = sofie.page("/start")
    assert "Ik ga akkoord" in page.text
    page = sofie.submit(page, form="/akkoord")
    assert "Genoteerd: u gaat akkoord met versie 2.0" in page.text
    assert "Ik ga akkoord" not in page.text
    assert agreed() == ["2.0"]
    assert db.session.scalar(sa.select(sa.func.count()).where(AuditEntry.event == "help.terms_accepted")) == 1


def test_cp01_it_is_no_gate(sofie: Client) -> None:
    for path in ("/ecalcura/personeel", "/organisatie/"):
        assert "Ik ga akkoord" not in sofie.page(path).text
    assert agreed() == []


def test_agreeing_twice_is_agreeing_once(sofie: Client) -> None:
    for _ in range(2):
        assert sofie.post("/gebruiksvoorwaarden/2.0/akkoord").status_code == 302
    assert agreed() == ["2.0"]
    assert db.session.scalar(sa.select(sa.func.count()).where(AuditEntry.event == "help.terms_accepted")) == 1


def test_a_new_version_asks_again(sofie: Client, at: At) -> None:
    assert sofie.actor is not None
    at("2026-08-31T10:00:00+02:00")
    with transaction.unit_of_work():
        services.accept(sofie.actor, "1.0")
    assert services.to_accept(sofie.actor) is None
    at("2026-09-01T00:00:01+02:00")
    asked = services.to_accept(sofie.actor)
    assert asked is not None
    assert asked.number == "2.0"


@pytest.mark.parametrize(("number", "status"), [("1.0", 302), ("9.9", 404)])
def test_one_agrees_with_what_holds(number: str, status: int, sofie: Client) -> None:
    assert sofie.post(f"/gebruiksvoorwaarden/{number}/akkoord").status_code == status
    assert agreed() == []


def test_earlier_versions_can_be_read(client: Client, at: At) -> None:
    at("2026-10-05T10:00:00+02:00")
    page = client.page("/gebruiksvoorwaarden")
    assert "Versie 2.0, geldig vanaf 1 september 2026" in page.text
    assert "Ik ga akkoord" not in page.text, "who is not signed in is nobody to record"
    older = client.page(page.links()["Versie 1.0"])
    assert "Dit is een oudere versie" in older.text
    assert "e-Contracting" not in older.find("//div[@class='legal']/p[1]").text_content()


def test_how_many_agreed(sofie: Client, signed_in: SignedIn) -> None:
    sofie.post("/gebruiksvoorwaarden/2.0/akkoord")
    page = signed_in(Role.EL_DOSSIERBEHEERDER).page("/beheer/gebruiksvoorwaarden/")
    rows = [[" ".join(cell.text_content().split()) for cell in row] for row in page.all("//tbody/tr")]
    assert [(row[0], row[-1]) for row in rows] == [("2.0", "1"), ("1.0", "0")]


@pytest.mark.parametrize(
    "path", ["/disclaimer", "/privacy", "/toegankelijkheid", "/gebruiksvoorwaarden", "/hulp/fout-bij-aanmelden"]
)
def test_cp05_the_pages_of_text_are_for_everybody(path: str, client: Client, sofie: Client) -> None:
    for visitor in (client, sofie):
        page = visitor.page(path)
        for link in ("/gebruiksvoorwaarden", "/disclaimer", "/privacy", "/toegankelijkheid"):
            assert page.all(f"//footer//a[@href='{link}']")
