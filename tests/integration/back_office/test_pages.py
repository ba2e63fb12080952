"""Every page of the back office opens, also empty, and says what it should."""

from __future__ import annotations

import pytest

from tests.integration.back_office.conftest import World
from tests.support.client import Client

LISTS = (
    "/beheer/",
    "/beheer/opzoeken/",
    "/beheer/dossiers/",
    "/beheer/voorzieningen/",
    "/beheer/personeel/",
    "/beheer/raas/",
    "/beheer/kwalificaties/",
    "/beheer/contracttypes/",
    "/beheer/financieringen/",
    "/beheer/raas-codes/",
    "/beheer/mails/",
    "/beheer/blokkeringen/",
    "/beheer/logboek/",
    "/beheer/kwalificaties/nieuw",
    "/beheer/blokkeringen/nieuw",
)


@pytest.mark.parametrize("path", LISTS)
def test_page_opens_for_a_case_manager(path: str, els: Client) -> None:
    page = els.page(path)
    assert page.heading


@pytest.mark.parametrize("path", LISTS)
def test_page_opens_without_any_data(path: str, signed_in) -> None:
    assert signed_in("EL_DOSSIERBEHEERDER").page(path).heading


def test_dossier_page_shows_state_calendar_and_steps(els: Client, world: World) -> None:
    page = els.page(f"/beheer/dossiers/{world.number('CLOSED')}")
    assert page.heading == "Dossier 71000012-2023K3"
    assert "Afgesloten" in page.text
    assert "PVT De Brug" in page.text
    assert "30 september 2024" in page.text
    assert {"In audit nemen", "Heropenen"} <= set(page.links())


def test_performances_of_a_dossier_are_to_read_only(els: Client, world: World) -> None:
    page = els.page(f"/beheer/dossiers/{world.number('CLOSED')}/prestaties")
    assert "Vermeulen" in page.text
    assert "Enkel raadplegen" in page.text
    assert not page.all("//main//input[@name='betaalde_dagen']")


def test_performances_can_be_edited_under_audit(els: Client, world: World) -> None:
    """E-063: the case manager edits while the dossier is under audit."""
    page = els.page(f"/beheer/dossiers/{world.number('AUDIT')}/prestaties")
    after = els.submit(page, {"betaalde_dagen": "60", "niet_betaalde_dagen": "4"}, form="aangifte")
    assert "bewaard" in after.text
    again = els.page(f"/beheer/dossiers/{world.number('AUDIT')}/prestaties")
    assert again.field("betaalde_dagen").get("value") == "60"


def test_facility_page_shows_what_belongs_to_it(els: Client, world: World) -> None:
    page = els.page("/beheer/voorzieningen/71000012")
    assert page.heading == "PVT De Brug"
    assert "2023-2024" in page.text
    assert "sofie.maes@linde.example.be" in page.text


@pytest.mark.parametrize(
    "path",
    (
        "/beheer/dossiers/71000012-2020K1",
        "/beheer/dossiers/x/prestaties",
        "/beheer/dossiers/71000012-2020K1/stap/TAKE_INTO_AUDIT",
        "/beheer/dossiers/71000012-2023K3/stap/SUBMIT",
        "/beheer/dossiers/71000012-2023K3/stap/nonsens",
        "/beheer/voorzieningen/1",
        "/beheer/personeel/onbekend",
        "/beheer/heropeningen/999",
        "/beheer/logboek/999999",
        "/beheer/kwalificaties/ONBEKEND/bewerken",
        "/beheer/raas-codes/abc/bewerken",
        "/beheer/raas-codes/99999999999999999999/verwijderen",
        "/beheer/blokkeringen/1/bewerken",
        "/beheer/blokkeringen/999/verwijderen",
        "/beheer/opzoeken/dossier/71000012-2020K1",
    ),
)
def test_unknown_is_not_found(path: str, els: Client) -> None:
    assert els.get(path).status_code == 404
