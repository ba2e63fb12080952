"""Who looked at the data of an organisation: every look of the department or a helpdesk, and nobody else's (E-153)."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from flask import Flask

from models.audit import OrganisationView
from models.base import db
from services import audit, clock, transaction
from services.ecalcura import case_facilities, case_page
from services.econtracting.contracts import looking_up
from services.listing import Position
from services.privacy import views
from services.privacy.views import Filter
from tests.factories import actors, contracting
from tests.integration.declaration.scene import statements
from tests.integration.privacy.conftest import NUMBER, World
from tests.support.client import Client
from tests.support.sign_in import SignedIn

PAGE = "/organisatie/wie-bekeek"


def _looks(client: Client, query: str = "") -> list[list[str]]:
    page = client.page(f"{PAGE}{query}")
    return page.table()[1:] if page.all("//main//table") else []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/beheer/dossiers/71000012-2024K2", "Aangifte van 2024K2 (dossier 71000012-2024K2)"),
        ("/beheer/dossiers/71000012-2024K2/prestaties", "Aangifte van 2024K2 (dossier 71000012-2024K2)"),
        ("/beheer/opzoeken/dossier/71000012-2024K2", "Aangifte van 2024K2 (dossier 71000012-2024K2)"),
        ("/beheer/voorzieningen/71000012", "Adres, contactpersonen, rekeningen en attesten"),
        ("/beheer/historiek/71000012", "Historiek van berekeningen en betalingen"),
        ("/beheer/rapporten/2024K2/71000012/vte", "Rapport vte, 2024K2"),
        ("/beheer/personeel/?zoek=vermeulen", "Op woorden"),
    ],
)
def test_e153_each_page_of_the_department_about_a_facility_is_told_to_it(
    els: Client, sofie: Client, world: World, address: str, expected: str
) -> None:
    els.page(address)
    assert [row[3] for row in _looks(sofie)] == [expected]
    assert "Departement Zorg – dossierbeheerder" in _looks(sofie)[0][1]


def test_a_staff_page_tells_whom_it_was_about(els: Client, sofie: Client, world: World) -> None:
    els.page(f"/beheer/personeel/{world.greet.reference}")
    assert _looks(sofie)[0][2:] == ["Personeelsgegevens bekeken", "Greet Vermeulen", "–"]


def test_a_revealed_number_stands_alone_with_its_reason(els: Client, sofie: Client, world: World) -> None:
    for reason in ("klacht van het personeelslid", "nakijken van de fiche"):
        page = els.page(f"/beheer/personeel/{world.greet.reference}")
        els.submit(page, {"reason": reason}, form=f"{world.greet.reference}/nummer")
    revealed = [row[4] for row in _looks(sofie) if row[2] == "Volledig rijksregisternummer getoond"]
    assert revealed == ["nakijken van de fiche", "klacht van het personeelslid"]


def test_a_lookup_of_the_helpdesk_reaches_the_facility_it_found(hilde: Client, sofie: Client, world: World) -> None:
    hilde.post("/beheer/opzoeken/", data={"search": NUMBER})
    hilde.post("/beheer/opzoeken/", data={"search": "71000012"})
    told = [(row[1], row[3]) for row in _looks(sofie)]
    assert told == [
        ("Helpdesk e-loket", "Op een nummer van uw voorziening"),
        ("Helpdesk e-loket", "Op een rijksregisternummer"),
    ]


def test_an_export_of_everything_is_told_to_every_facility(
    els: Client, sofie: Client, world: World, signed_in: SignedIn
) -> None:
    els.get("/beheer/dossiers/export/csv/")
    other = signed_in("EL_PRIVACY", facility=world.linden)
    for client in (sofie, other):
        assert [row[2:4] for row in _looks(client)] == [["Meegenomen in een bestand", "Lijst van dossiers"]]


def test_nothing_of_another_facility_is_told(
    els: Client, hilde: Client, sofie: Client, world: World, signed_in: SignedIn
) -> None:
    """A look that found several facilities tells each only that it was found."""
    hilde.post("/beheer/opzoeken/", data={"search": "wouters"})
    els.page(f"/beheer/dossiers/{world.foreign.number}")
    els.page(f"/beheer/personeel/{world.jan.reference}")
    els.get("/beheer/dossiers/export/csv/?voorziening=71000023")
    assert _looks(sofie) == []
    page = signed_in("EL_PRIVACY", facility=world.linden).page(PAGE)
    assert len(page.table()) == 5
    assert "71000012" not in page.text
    els.page(f"/beheer/dossiers/{world.dossier.number}")
    shown = sofie.page(PAGE).text
    for foreign in ("Linden", "71000023", "Wouters"):
        assert foreign not in shown


def test_looks_within_a_quarter_of_an_hour_are_one_line(database: object, world: World, at: object) -> None:
    who, other = actors.case_manager(), actors.actor("EL_DOSSIERBEHEERDER", account_id=900_009, name="Piet")
    start = at("2024-09-16T10:00:00+02:00")  # type: ignore[operator]
    for minutes, actor in ((0, who), (5, who), (14, who), (14, other), (15, who)):
        clock.fix(start + timedelta(minutes=minutes))
        with transaction.unit_of_work():
            case_page.viewed(actor, world.dossier.number)
    page = views.views(actors.facility_user(world.brug), Filter(), Position())
    assert [row.count for row in page.rows] == [1, 1, 3]
    assert page.rows[2].last_at - page.rows[2].first_at == timedelta(minutes=14)
    assert audit.verify().broken is None


def test_the_name_of_the_official_is_never_told(els: Client, sofie: Client, world: World) -> None:
    els.page(f"/beheer/dossiers/{world.dossier.number}")
    assert els.actor is not None
    assert els.actor.name not in sofie.page(PAGE).text
    file = sofie.get(f"{PAGE}/bestand").text
    assert els.actor.name not in file


def test_the_list_is_filtered_by_kind_and_days(app: Flask, world: World, signed_in: SignedIn, at: object) -> None:
    with transaction.unit_of_work():
        case_page.viewed(actors.case_manager(), world.dossier.number)
    at("2024-09-18T10:00:00+02:00")  # type: ignore[operator]
    with transaction.unit_of_work():
        case_facilities.facility_page(actors.case_manager(), "71000012")
    sofie = signed_in("EL_PRIVACY", facility=world.brug)
    assert len(_looks(sofie)) == 2
    assert [row[2] for row in _looks(sofie, "?soort=dossier")] == ["Aangifte bekeken"]
    assert [row[2] for row in _looks(sofie, "?van=18/09/2024")] == ["Organisatiegegevens bekeken"]
    assert [row[2] for row in _looks(sofie, "?tot=17/09/2024")] == ["Aangifte bekeken"]
    assert _looks(sofie, "?van=19/09/2024") == []
    assert len(_looks(sofie, "?soort=onzin&van=gisteren")) == 2


def test_a_long_list_has_pages_and_few_statements(app: Flask, world: World, signed_in: SignedIn, at: object) -> None:
    """At most twelve statements however long the list is, session and block check included."""
    start = clock.now()
    for number in range(45):
        clock.fix(start + timedelta(minutes=16 * number))
        with transaction.unit_of_work():
            case_page.viewed(actors.case_manager(), world.dossier.number)
    sofie = signed_in("EL_PRIVACY", facility=world.brug)
    first = sofie.page(PAGE)
    following = sofie.page(first.all("//a[@rel='next']")[0].get("href"))
    moments = [row[0] for page in (first, following) for row in page.table()[1:]]
    assert len(moments) == len(set(moments)) == 40
    with statements() as seen:
        sofie.page(PAGE)
    assert len(seen) <= 12, seen


def test_the_file_has_every_line_and_no_formula(els: Client, sofie: Client, world: World) -> None:
    page = els.page(f"/beheer/personeel/{world.greet.reference}")
    els.submit(page, {"reason": "=1+1"}, form=f"{world.greet.reference}/nummer")
    answer = sofie.get(f"{PAGE}/bestand")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 3
    assert rows[1][6] == "'=1+1"
    assert NUMBER not in answer.text
    assert "wie-bekeek-71000012" in answer.headers["Content-Disposition"]


def test_a_contractor_reads_the_looks_of_its_helpdesk(app: Flask, signed_in: SignedIn) -> None:
    contract, other = contracting.public_contract(), contracting.public_contract(by=contracting.competitor())
    for number in (contract.number, other.number):
        with transaction.unit_of_work():
            assert looking_up.look_up(actors.actor("EC_HELPDESK", account_id=900_005), number).hits
    client = contracting.sign_in(app.test_client(), contracting.manager())
    assert [row[1:4] for row in _looks(client)] == [
        ["Helpdesk e-Contracting", "Opgezocht", "Op een nummer van een opdracht"]
    ]


@pytest.mark.parametrize(("roles", "own"), [(("EL_FINANCIEEL",), True), (("EL_HELPDESK",), False)])
def test_e008_others_may_not_read_the_list(
    world: World, signed_in: SignedIn, roles: tuple[str, ...], own: bool
) -> None:
    client = signed_in(*roles, facility=world.brug if own else None)
    assert client.get(PAGE).status_code == 403
    assert client.get(f"{PAGE}/bestand").status_code == 403


def test_a_look_of_the_facility_itself_is_no_line(sofie: Client, world: World) -> None:
    sofie.page("/ecalcura/personeel/")
    assert db.session.query(OrganisationView).count() == 0
