"""Everything held about one national number: the facility its own, the department all, for a reason (E-153)."""

from __future__ import annotations

import io
import json
from datetime import date

import pypdf
import pytest
from flask import Flask

from domain.errors import Forbidden, InvalidValue, NotFound
from domain.person_file import FORMAT, SectionCode
from models.audit import AuditEntry
from models.base import db
from models.personnel import StaffMember
from services import audit, transaction
from services.ecalcura import staff
from services.ecalcura.register_lookups import Purpose, look_up
from services.privacy import person_file
from tests.factories import actors, declarations, personnel
from tests.integration.declaration.scene import statements
from tests.integration.privacy.conftest import NUMBER, World
from tests.support.client import Client
from tests.support.sign_in import SignedIn

PAGE = "/privacy-inzage"


def _file(actor: object, number: str = NUMBER, reason: str = "") -> person_file.PersonFile:
    with transaction.unit_of_work():
        return person_file.of_number(actor, number, reason)  # type: ignore[arg-type]


def _rows(made: person_file.PersonFile, code: SectionCode) -> list[dict[str, object]]:
    return [dict(row) for section in made.sections if section.code is code for row in section.rows]


def test_e153_the_facility_sees_everything_it_holds(database: object, world: World) -> None:
    sofie = actors.facility_user(world.brug)
    with transaction.unit_of_work():
        look_up(sofie, world.brug.id, [NUMBER], Purpose.SHOW_NAME)
    made = _file(sofie)
    assert made.facilities == [("71000012", "PVT De Brug")]
    assert _rows(made, SectionCode.STAFF)[0]["last_name"] == "Vermeulen"
    assert len(_rows(made, SectionCode.CONTRACTS)) == len(_rows(made, SectionCode.CHOICES)) == 1
    assert _rows(made, SectionCode.PERFORMANCES)[0]["quarter"] == "2024K2"
    assert _rows(made, SectionCode.LOOK_UPS)[0]["organisation"] == "PVT De Brug"
    for section in made.sections:
        assert all(section.kept)
        assert section.description.source
        for row in section.rows:
            assert set(row) >= {"facility"} or section.code in (SectionCode.LOOK_UPS, SectionCode.TRACES)


def test_a_number_of_another_facility_looks_like_one_nobody_has(database: object, world: World) -> None:
    """The same answer and the same statements."""
    sofie = actors.facility_user(world.brug)
    answers, counts = [], []
    for number in (world.jan.national_number, "85073003328"):
        with statements() as seen:
            made = _file(sofie, number)
        answers.append((made.empty, made.facilities, [len(section.rows) for section in made.sections]))
        counts.append(len(seen))
    assert answers[0] == answers[1]
    assert answers[0][:2] == (True, [])
    assert counts[0] == counts[1]


def test_nothing_of_another_facility_leaks(database: object, world: World) -> None:
    """Somebody of both: each facility sees its own rows only, look-ups and traces of the other included."""
    both = personnel.staff_member(world.linden, last_name="Vermeulen", first_name="Greet", national_number=NUMBER)
    personnel.contract(both, starts_on=date(2020, 2, 2))
    linden, sofie = actors.facility_user(world.linden), actors.facility_user(world.brug)
    with transaction.unit_of_work():
        look_up(linden, world.linden.id, [NUMBER], Purpose.ADD_STAFF)
    _file(linden)
    made = _file(sofie)
    text = json.dumps(person_file.as_json(made), ensure_ascii=False)
    for foreign in ("Linden", "71000023", "2020-02-02", both.reference):
        assert foreign not in text
    assert _rows(made, SectionCode.LOOK_UPS) == []
    assert [row["by"] for row in _rows(made, SectionCode.TRACES)] == []
    everything = _file(actors.case_manager(), reason="klacht 12")
    assert [name for _, name in everything.facilities] == ["PVT De Brug", "Revalidatiecentrum Ter Linden"]
    assert len(_rows(everything, SectionCode.STAFF)) == 2
    assert len(_rows(everything, SectionCode.LOOK_UPS)) == 1


def test_the_department_needs_a_reason_and_the_facility_reads_it(database: object, world: World) -> None:
    els = actors.case_manager()
    with pytest.raises(InvalidValue), transaction.unit_of_work():
        person_file.of_number(els, NUMBER, "  ")
    _file(els, reason="klacht 2024/7")
    traces = _rows(_file(actors.facility_user(world.brug)), SectionCode.TRACES)
    assert ("Het departement", "reden: klacht 2024/7") in [(row["by"], row["values"]) for row in traces]


def test_the_trace_never_holds_the_number(database: object, world: World) -> None:
    _file(actors.case_manager(), reason="klacht")
    entry = db.session.query(AuditEntry).filter_by(event="privacy.person_file_viewed").one()
    assert NUMBER not in entry.data + entry.subject_key
    assert json.loads(entry.data)["as"] == "page"
    assert audit.verify().broken is None


@pytest.mark.parametrize("who", ["EL_FINANCIEEL", "EL_HELPDESK", "EC_BEHEERDER", "EC_AB_BEHANDELAAR"])
def test_others_may_ask_for_no_file(database: object, world: World, who: str) -> None:
    actor = actors.actor(who, facility=world.brug if who.startswith("EL_F") else None)
    with pytest.raises(Forbidden), transaction.unit_of_work():
        person_file.of_number(actor, NUMBER, "reden")
    with pytest.raises(Forbidden), transaction.unit_of_work():
        person_file.exported(actor, NUMBER, "json", "reden")


def test_somebody_removed_from_the_list_is_still_told(database: object, world: World) -> None:
    """What the audit log holds about a number is found after the row is gone."""
    sofie = actors.facility_user(world.brug)
    someone = personnel.staff_member(world.brug)
    number, reference, version = someone.national_number, someone.reference, someone.version
    with transaction.unit_of_work():
        staff.remove_staff(sofie, world.brug.id, reference, version)
    assert db.session.query(StaffMember).filter_by(reference=reference).count() == 0
    events = [row["event"] for row in _rows(_file(sofie, number), SectionCode.TRACES)]
    assert events == ["Verwijderd van de personeelslijst"]


def test_the_page_from_the_staff_file_and_its_exports(sofie: Client, world: World) -> None:
    page = sofie.page(f"/ecalcura/personeel/{world.greet.reference}")
    page = sofie.page(page.links()["Alles over deze persoon"])
    assert "Contracten" in page.text
    assert "66.05.17-001.37" in page.text
    for kind, start in (("json", b"{"), ("pdf", b"%PDF")):
        answer = sofie.post(f"{PAGE}/bestand", data={"number": NUMBER, "kind": kind})
        assert answer.status_code == 200
        assert answer.data.startswith(start)
        assert NUMBER not in answer.headers["Content-Disposition"]
    traced = db.session.query(AuditEntry).filter_by(subject_type="person_file").order_by(AuditEntry.sequence)
    assert [json.loads(row.data)["as"] for row in traced] == ["page", "json", "pdf"]


def test_the_json_is_the_documented_one(database: object, world: World) -> None:
    with transaction.unit_of_work():
        file = person_file.exported(actors.facility_user(world.brug), NUMBER, "json")
    held = json.loads(file.content)
    assert held["format"] == FORMAT
    assert set(held) == {"format", "national_number", "made_at", "made_for", "facilities", "sections", "not_searched"}
    assert [one["code"] for one in held["sections"]] == [code.value for code in SectionCode]
    for section in held["sections"]:
        fields = [one["code"] for one in section["fields"]]
        assert all(list(row) == fields for row in section["rows"])
    contract = next(one for one in held["sections"] if one["code"] == "contracten")["rows"][0]
    assert (contract["starts_on"], contract["hours"], contract["el_right"]) == ("2019-01-01", "38.00", True)


def test_the_pdf_says_what_the_page_says(database: object, world: World) -> None:
    with transaction.unit_of_work():
        file = person_file.exported(actors.facility_user(world.brug), NUMBER, "pdf")
    reader = pypdf.PdfReader(io.BytesIO(file.content))
    text = " ".join("".join(page.extract_text() for page in reader.pages).split())
    for told in ("Persoonsdossier", "66.05.17-001.37", "Vermeulen", "Prestaties per kwartaal", "Bewaard: 10 jaar"):
        assert told in text
    assert "66.05" not in str(reader.metadata)


def test_an_unknown_number_says_so_on_the_page(sofie: Client, world: World) -> None:
    page = sofie.page(PAGE)
    for number in (world.jan.national_number, "85.07.30-033.28"):
        answer = sofie.submit(page, {"number": number}, form=PAGE)
        assert "niets bewaard onder dit rijksregisternummer" in answer.text
    wrong = sofie.submit(page, {"number": "123"}, form=PAGE)
    assert wrong.response.status_code == 422
    assert wrong.find("//a[@href='#number']").text == "Het rijksregisternummer moet uit 11 cijfers bestaan."
    assert sofie.get(f"{PAGE}/{world.jan.reference}").status_code == 404


def test_the_department_page(els: Client, world: World) -> None:
    page = els.page("/beheer/inzage/")
    refused = els.submit(page, {"number": NUMBER}, form="/beheer/inzage/")
    assert "Vul in waarom" in refused.text
    shown = els.submit(page, {"number": NUMBER, "reason": "klacht"}, form="/beheer/inzage/")
    assert "Vermeulen" in shown.text
    answer = els.post("/beheer/inzage/bestand", data={"number": NUMBER, "kind": "json", "reason": "klacht"})
    assert json.loads(answer.data)["made_for"] == "Departement Zorg"


@pytest.mark.parametrize(("roles", "own"), [(("EL_FINANCIEEL",), True), (("EL_HELPDESK",), False)])
def test_the_pages_are_refused(
    app: Flask, world: World, signed_in: SignedIn, roles: tuple[str, ...], own: bool
) -> None:
    client = signed_in(*roles, facility=world.brug if own else None)
    for address in (PAGE, f"{PAGE}/{world.greet.reference}", "/privacy-verbetering", "/beheer/inzage/"):
        assert client.get(address).status_code == 403


def test_a_person_of_many_quarters_takes_as_many_statements(database: object, world: World) -> None:
    """Bounded: what is held grows, the statements do not."""
    sofie = actors.facility_user(world.brug)
    contract = personnel.contract(world.greet)
    with statements() as few:
        _file(sofie)
    for year in range(2015, 2024):
        for quarter in range(1, 5):
            declarations.performance(declarations.dossier(world.brug, f"{year}K{quarter}"), contract)
    with statements() as many:
        made = _file(sofie)
    assert len(_rows(made, SectionCode.PERFORMANCES)) == 37
    assert len(many) <= len(few) + 1
    assert len(many) <= 25


def test_services_refuse_what_is_not_own(database: object, world: World) -> None:
    with pytest.raises(NotFound), transaction.unit_of_work():
        person_file.of_staff_member(actors.facility_user(world.brug), world.jan.reference)
