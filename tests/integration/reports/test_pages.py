"""The pages of the reports at both doors: who gets in, what is shown, filters, pages, files (10.2, E-145)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from domain.permissions import Role
from models.all import db
from models.audit import AuditEntry
from services import connections, transaction
from services.ecalcura.reports import orders
from tests.factories import declarations, organisations, personnel
from tests.factories.database import change
from tests.factories.reports import Example, example_2
from tests.integration.reports.test_files import csv_rows, performed
from tests.support.client import Client
from tests.support.databases import PreparedDatabase
from tests.support.sign_in import SignedIn

CODES = {"prestaties": "2024K1", "vte": "2024K1", "keuzes": "2023-2024", "vervangers": "2023-2024"}


@pytest.fixture
def example(app: Flask) -> Example:
    """The facility of example 2, all quarters submitted."""
    return example_2(hco_number="72999010", name="PVT De Brug")


@pytest.fixture
def sofie(example: Example, signed_in: SignedIn) -> Client:
    """Somebody with the privacy role."""
    return signed_in(Role.EL_PRIVACY, facility=example.facility)


@pytest.fixture
def els(example: Example, signed_in: SignedIn) -> Client:
    """A case manager."""
    return signed_in(Role.EL_DOSSIERBEHEERDER)


def entries(event: str) -> list[AuditEntry]:
    """The audit entries of an event."""
    return list(db.session.scalars(sa.select(AuditEntry).where(AuditEntry.event == event)))


def test_e145_the_period_is_chosen_first_from_a_list(sofie: Client) -> None:
    page = sofie.page("/ecalcura/rapporten")
    offered = [option.get("value") for option in page.field("periode").xpath(".//option")]
    assert offered == ["2024K2", "2024K1", "2023K4", "2023K3", "2023-2024"]
    chosen = sofie.submit(page, {"periode": "2024K1"})
    assert chosen.path == "/ecalcura/rapporten/2024K1"
    links = chosen.links()
    assert links["Prestaties"] == "/ecalcura/rapporten/2024K1/prestaties"
    assert "Eindeloopbaankeuzes" not in links


@pytest.mark.parametrize("code", CODES)
def test_the_facility_sees_its_staff_with_their_numbers(code: str, sofie: Client, example: Example) -> None:
    page = sofie.page(f"/ecalcura/rapporten/{CODES[code]}/{code}")
    shown = "Claes" if code != "keuzes" else "Aerts An"
    assert shown in page.text
    person = example.people["nurse"]
    digits = person.national_number
    assert f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}-{digits[6:9]}.{digits[9:]}" in page.text
    assert "ingediend op" in page.text
    assert "Toelichting bij de kolommen" in page.text


@pytest.mark.parametrize("path", ["/ecalcura/rapporten", "/ecalcura/rapporten/2024K1/vte"])
def test_e009_the_financial_role_alone_does_not_open_reports(path: str, example: Example, signed_in: SignedIn) -> None:
    ines = signed_in(Role.EL_FINANCIEEL, facility=example.facility)
    assert ines.get(path).status_code == 403
    assert "/ecalcura/rapporten" not in ines.page("/ecalcura/").links().values()


@pytest.mark.parametrize("roles", [(Role.EL_PRIVACY,), (Role.EL_HELPDESK,)])
def test_the_reports_of_the_case_manager_are_for_the_case_manager(
    roles: tuple[Role, ...], example: Example, signed_in: SignedIn
) -> None:
    facility = example.facility if Role.EL_PRIVACY in roles else None
    client = signed_in(*roles, facility=facility)
    for path in ("/beheer/rapporten/", "/beheer/rapporten/2024K1/72999010/vte"):
        assert client.get(path).status_code == 403
    assert client.post("/beheer/rapporten/2024K1/72999010/vte/bestand", data={"formaat": "csv"}).status_code == 403


def test_another_facility_sees_nothing_of_it(example: Example, signed_in: SignedIn) -> None:
    """There is no address with the number of a facility at this door; the own one is empty."""
    peter = signed_in(Role.EL_PRIVACY, facility=organisations.facility())
    page = peter.page("/ecalcura/rapporten/2024K1/prestaties")
    assert "Claes" not in page.text
    assert "nog geen dossier" in page.text
    assert peter.page("/ecalcura/rapporten").text.count("Er zijn nog geen rapporten") == 1


@pytest.mark.parametrize(
    "path",
    [
        *("/ecalcura/rapporten/2024K1/keuzes", "/ecalcura/rapporten/2024K9", "/ecalcura/rapporten/2024K1/x"),
        *("/ecalcura/rapporten?periode=../x", "/ecalcura/rapporten/bestanden/onbestaand"),
        "/ecalcura/rapporten/0001-0002/keuzes",
    ],
)
def test_odd_addresses_do_not_exist(path: str, sofie: Client) -> None:
    assert sofie.get(path).status_code == 404


def test_the_case_manager_chooses_a_facility(els: Client) -> None:
    page = els.submit(els.page("/beheer/rapporten/"), {"periode": "2024K1"})
    found = els.submit(page, {"zoek": "brug"}, form="/beheer/rapporten/2024K1")
    target = found.links()["Prestaties: PVT De Brug"]
    report = els.page(target)
    assert "PVT De Brug (72999010)" in report.text
    assert "••.••.••-•••." in report.text
    assert els.get("/beheer/rapporten/2024K1/00000000/vte").status_code == 404


def test_numbers_are_revealed_once_for_a_reason(els: Client, example: Example) -> None:
    digits = example.people["nurse"].national_number
    whole = f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}-{digits[6:9]}.{digits[9:]}"
    path = "/beheer/rapporten/2024K1/72999010/vte"
    page = els.page(path)
    assert whole not in page.text
    refused = els.submit(page, {"reason": " "}, form="nummers")
    assert refused.status == 422
    assert whole not in refused.text
    assert not entries("backoffice.national_number_revealed")
    shown = els.submit(page, {"reason": "Vraag van de inspectie"}, form="nummers")
    assert whole in shown.text
    (entry,) = entries("backoffice.national_number_revealed")
    assert (entry.subject_type, entry.subject_key) == ("report", "vte 2024K1 72999010")
    assert whole not in els.page(path).text


def test_filters_stay_in_the_address_and_totals_are_of_everything(sofie: Client) -> None:
    page = sofie.page("/ecalcura/rapporten/2024K1/vte")
    found = sofie.submit(page, {"zoek": "cla"}, form="/ecalcura/rapporten/2024K1/vte")
    names = [row[1] for row in found.table()[1:]]
    assert names == ["Claes Els", "Subtotaal", "Totaal"]
    assert found.table()[-1][8] == "1,269"
    assert "1 van 2 lijnen; de totalen gelden voor alle lijnen" in found.text
    one = sofie.page("/ecalcura/rapporten/2024K1/vte?kwalificatie=ZORGKUNDIGE")
    assert [row[1] for row in one.table()[1:]] == ["Dox Dirk", "Subtotaal", "Totaal"]
    none = sofie.page("/ecalcura/rapporten/2024K1/vte?zoek=zzz")
    assert "Geen lijnen gevonden" in none.text


def test_a_number_that_was_typed_leaves_the_address(sofie: Client, els: Client) -> None:
    for client, path in (
        (sofie, "/ecalcura/rapporten/2024K1/vte"),
        (els, "/beheer/rapporten/2024K1/72999010/vte"),
    ):
        response = client.get(path, query_string={"zoek": "66.05.17-001.37"})
        assert (response.status_code, response.headers["Location"]) == (302, path)
    asked = els.get("/beheer/rapporten/2024K1", query_string={"zoek": "66.05.17-001.37"})
    assert (asked.status_code, asked.headers["Location"]) == (302, "/beheer/rapporten/2024K1")


def test_a_long_report_has_pages(sofie: Client, example: Example, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blueprints.ecalcura.report_pages.PAGE", 3)
    page = sofie.page("/ecalcura/rapporten/2024K1/prestaties")
    assert [row[1] for row in page.table()[1:]] == ["Aerts", "Bos", "Claes", "Totaal"]
    following = sofie.page("/ecalcura/rapporten/2024K1/prestaties?pagina=2")
    assert [row[1] for row in following.table()[1:]] == ["Dox", "Totaal"]
    assert sofie.page("/ecalcura/rapporten/2024K1/prestaties?pagina=99").table() == following.table()


@pytest.mark.parametrize(
    ("kind", "media", "start"),
    [
        ("csv", "text/csv", b"\xef\xbb\xbf"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
        ("pdf", "application/pdf", b"%PDF"),
    ],
)
def test_a_file_is_an_attachment_that_nothing_keeps(kind: str, media: str, start: bytes, sofie: Client) -> None:
    response = sofie.post("/ecalcura/rapporten/2024K1/vte/bestand", data={"formaat": kind})
    assert response.mimetype == media
    assert response.data.startswith(start)
    assert response.headers["Content-Disposition"] == f'attachment; filename="vte-2024K1-72999010.{kind}"'
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert len(entries("backoffice.exported")) == 1


def test_a_file_is_asked_for_by_post_with_a_token(sofie: Client) -> None:
    assert sofie.get("/ecalcura/rapporten/2024K1/vte/bestand").status_code == 405
    path = "/ecalcura/rapporten/2024K1/vte/bestand"
    assert sofie.open(path, method="POST", data={"formaat": "csv"}, csrf=False).status_code == 400
    odd = sofie.post(path, data={"formaat": "exe"}, follow_redirects=True)
    assert "Kies een formaat" in odd.text
    assert not entries("backoffice.exported")


def test_a_big_file_is_told_when_it_is_ready(
    sofie: Client, els: Client, example: Example, database: PreparedDatabase
) -> None:
    """Its page tells how far it is, the start page that it is ready, and nobody else reaches it."""
    connections.connect(replace(database.settings, report_lines_at_once=1))
    response = sofie.post("/ecalcura/rapporten/2024K1/prestaties/bestand", data={"formaat": "csv"})
    assert response.status_code == 303
    path = response.headers["Location"]
    assert "wordt gemaakt" in sofie.page(path).text
    assert sofie.get(f"{path}/ophalen").status_code == 404
    performed()
    assert "is klaar: 4 lijnen" in sofie.page(path).text
    notice = sofie.page("/start").find("//aside[contains(@class, 'notice-banner')]")
    assert "Uw bestand is klaar." in notice.text_content()
    fetched = sofie.get(f"{path}/ophalen")
    assert "attachment" in fetched.headers["Content-Disposition"]
    assert not sofie.page("/start").all("//aside[contains(@class, 'notice-banner')]")
    assert "prestaties-2024K1-72999010.csv" in sofie.page("/ecalcura/rapporten").links()
    reference = path.rpartition("/")[2]
    assert els.get(f"/beheer/rapporten/bestanden/{reference}").status_code == 404
    assert els.get(f"/beheer/rapporten/bestanden/{reference}/ophalen").status_code == 404


def test_a_fetched_file_is_traced_in_a_transaction_that_writes_from_its_start(els: Client) -> None:
    """On SQLite a reader that becomes a writer is refused when somebody else wrote in between."""
    page = els.page("/beheer/rapporten/2024K1")
    after = els.submit(page, {"rapport": "vte", "formaat": "csv"}, form="/beheer/rapporten/2024K1/alle")
    performed()
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        assert els.get(f"{after.path}/ophalen").status_code == 200
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    written = next(place for place, one in enumerate(seen) if one.startswith("INSERT INTO audit_entry"))
    begins = [one for one in seen[:written] if one.startswith("BEGIN")]
    assert not begins or begins[-1] == "BEGIN IMMEDIATE"


def test_a_colleague_of_the_same_facility_does_not_get_the_file(
    sofie: Client, example: Example, signed_in: SignedIn, database: PreparedDatabase
) -> None:
    connections.connect(replace(database.settings, report_lines_at_once=1))
    path = sofie.post("/ecalcura/rapporten/2024K1/prestaties/bestand", data={"formaat": "csv"}).headers["Location"]
    performed()
    colleague = signed_in(Role.EL_PRIVACY, facility=example.facility)
    assert colleague.get(path).status_code == 404
    assert colleague.get(f"{path}/ophalen").status_code == 404


def test_all_facilities_from_the_back_office(els: Client) -> None:
    page = els.page("/beheer/rapporten/2024K1")
    after = els.submit(page, {"rapport": "vte", "formaat": "csv"}, form="/beheer/rapporten/2024K1/alle")
    assert after.path.startswith("/beheer/rapporten/bestanden/")
    performed()
    fetched = els.get(f"{after.path}/ophalen")
    rows = csv_rows(orders.Ready("", "", fetched.data))
    assert rows[1][:2] == ["72999010", "PVT De Brug"]
    assert "alle-voorzieningen" in fetched.headers["Content-Disposition"]
    wrong = els.post("/beheer/rapporten/2024K1/alle", data={"rapport": "keuzes", "formaat": "csv"})
    assert wrong.status_code == 422


def test_old_files_are_removed(
    sofie: Client, example: Example, database: PreparedDatabase, at: Callable[[str], object]
) -> None:
    """After two weeks neither the row nor the file is left."""
    connections.connect(replace(database.settings, report_lines_at_once=1))
    sofie.post("/ecalcura/rapporten/2024K1/prestaties/bestand", data={"formaat": "csv"})
    performed()
    at("2024-10-02T00:00:00+02:00")
    with transaction.unit_of_work():
        digests = orders.forget_old()
    assert len(digests) == 1
    assert connections.connections().documents.size(digests[0])
    orders.remove(digests)
    assert connections.connections().documents.size(digests[0]) is None
    with transaction.unit_of_work():
        assert orders.forget_old() == []


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "=cmd|'x'!A0", "\u202eenO", "X" * 80])
def test_a_hostile_name_stays_text_on_the_page(name: str, sofie: Client, example: Example) -> None:
    personnel.contract(personnel.staff_member(example.facility, last_name=name))
    declarations.dossier(example.facility, "2024K3")
    page = sofie.page("/ecalcura/rapporten/2024K3/prestaties")
    assert not page.all("//main//script[contains(text(), 'alert')]")
    assert "voorlopig, nog niet ingediend" in page.text
    cell = next(row for row in page.table()[1:] if row[1] not in {"Aerts", "Bos", "Claes", "Dox", "Totaal"})
    assert cell[1] == name.replace("\u202e", "")


def test_the_same_page_in_english_has_points_in_numbers(sofie: Client) -> None:
    sofie.post("/taal", data={"language": "en"})
    page = sofie.page("/ecalcura/rapporten/2024K1/vte")
    assert page.table()[1][8] == "0.769"


def test_e145_a_closed_quarter_on_the_page_keeps_its_names(sofie: Client, example: Example) -> None:
    change(example.people["nurse"], last_name="Zonder")
    assert "Claes" in sofie.page("/ecalcura/rapporten/2024K1/vte").text
