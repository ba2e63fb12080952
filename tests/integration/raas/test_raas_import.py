"""Taking staff over from a RaaS export (E-015 to E-019): what is written, what a second run does, who may."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from domain.actor import SCHEDULER
from domain.ecalcura.raas import RaasOutcome, RaasReason
from domain.errors import Forbidden, InvalidValue
from models.all import db
from models.audit import AuditEntry
from models.organisation import Facility
from models.personnel import Contract, Source, StaffMember
from models.reference import RaasCode
from services import demo, reference_lists, transaction
from services.ecalcura import raas_import
from tests.factories import actors, declarations, organisations, personnel
from tests.support.databases import PreparedDatabase

HEADER = "riziv_nummer;hco_nummer;insz;naam;voornaam;contracttype;kwalificatie_code;start;einde;uren;uren_vervanging"
ANNA, BERT = "70031499873", "65112099739"
SAMPLE = Path(demo.__file__).with_name("raas-de-wissel.csv")


def export(*rows: str, hco: str = "71000034") -> bytes:
    """A file with these rows; each begins at the national number."""
    return "\r\n".join([HEADER, *(f"72012345;{hco};{row}" for row in rows), ""]).encode()


@pytest.fixture
def wissel(database: PreparedDatabase) -> Facility:
    """PVT De Wissel, and the lists as they are shipped."""
    with transaction.unit_of_work():
        reference_lists.ensure()
    return organisations.facility(hco_number="71000034", name="PVT De Wissel")


def run(data: bytes, hco: str = "71000034") -> RaasOutcome:
    with transaction.unit_of_work():
        return raas_import.run(SCHEDULER, hco, data)


def staff() -> list[StaffMember]:
    return list(db.session.scalars(select(StaffMember).order_by(StaffMember.national_number)))


def contracts() -> list[Contract]:
    return list(db.session.scalars(select(Contract).order_by(Contract.starts_on, Contract.qualification_code)))


def test_e015_a_person_comes_once_with_every_contract(wissel: Facility) -> None:
    outcome = run(
        export(
            f"{ANNA};De Smet;Zoë;L;VB;01/03/2010;;19,00;",
            "70.03.14-998.73;DE SMET;Zoe;L;A1;01/03/2010;31/12/2024;19;0",
            f"{BERT};Çelik;Bert;L;ZK;15/06/2022;;15,2;15,20",
        )
    )
    assert (outcome.rows, outcome.persons, outcome.contracts) == (3, 2, 3)
    bert, anna = staff()
    assert (anna.last_name, anna.first_name, anna.search_name) == ("De Smet", "Zoë", "de smet zoe")
    assert (anna.birth_date, anna.sex, anna.source) == (date(1970, 3, 14), "F", Source.RAAS)
    assert (bert.birth_date, bert.sex) == (date(1965, 11, 20), "M")
    other, nurse, carer = contracts()
    assert nurse.staff_member_id == other.staff_member_id == anna.id
    assert nurse.facility_id == wissel.id
    assert (nurse.contract_type_code, nurse.qualification_code) == ("LOONTREKKENDE", "VERPLEEGKUNDIGE_BACHELOR")
    assert (nurse.hours, nurse.replacement_hours, nurse.ends_on) == (Decimal(19), Decimal(0), None)
    assert (carer.hours, carer.replacement_hours) == (Decimal("15.20"), Decimal("15.20"))
    assert other.ends_on == date(2024, 12, 31)
    assert {row.source for row in contracts()} == {Source.RAAS}
    assert len({row.reference for row in [*staff(), *contracts()]}) == 5


def test_e075_the_right_follows_from_contract_type_and_qualification(wissel: Facility) -> None:
    run(
        export(
            f"{ANNA};Maes;An;L;ZK;01/01/2010;;19;",
            f"{ANNA};Maes;An;L;A2;01/01/2011;;9,5;",
            f"{ANNA};Maes;An;Z;ZK;01/01/2012;;3,8;",
        )
    )
    assert [row.el_right for row in contracts()] == [True, False, False]


def test_a_second_import_of_the_same_file_changes_nothing(wissel: Facility) -> None:
    data = SAMPLE.read_bytes()
    first = run(data).summary()
    before = [(row.id, row.version) for row in [*staff(), *contracts()]]
    second = run(data).summary()
    assert (first["taken"], first["unchanged"]) == (38, 0)
    assert (second["taken"], second["persons"], second["contracts"], second["unchanged"]) == (0, 0, 0, 38)
    assert second["rejected"] == first["rejected"]
    assert [(row.id, row.version) for row in [*staff(), *contracts()]] == before


def test_a_later_export_adds_only_what_is_new(wissel: Facility) -> None:
    row = f"{ANNA};Maes;An;L;ZK;01/01/2010;;19;"
    run(export(row))
    outcome = run(export(row, f"{ANNA};Maes;An;L;VG;01/01/2020;;9,5;", f"{BERT};Claes;Bert;L;ZK;01/01/2020;;38;"))
    assert (len(outcome.taken), outcome.unchanged) == (2, 1)
    assert len(staff()) == 2
    assert len(contracts()) == 3


def test_somebody_who_was_added_by_hand_keeps_the_name_of_the_register(wissel: Facility) -> None:
    personnel.staff_member(wissel, national_number=ANNA, last_name="Peeters", first_name="Anna")
    run(export(f"{ANNA};Petersen;Ana;L;ZK;01/01/2010;;19;"))
    (anna,) = staff()
    assert (anna.last_name, anna.source) == ("Peeters", Source.REGISTER)
    assert [row.staff_member_id for row in contracts()] == [anna.id]


def test_the_same_person_in_another_facility_stands_apart(wissel: Facility) -> None:
    elsewhere = organisations.facility()
    personnel.staff_member(elsewhere, national_number=ANNA)
    run(export(f"{ANNA};Maes;An;L;ZK;01/01/2010;;19;"))
    assert {row.facility_id for row in staff()} == {elsewhere.id, wissel.id}
    assert contracts()[0].facility_id == wissel.id


def test_preview_tells_the_same_and_writes_nothing(wissel: Facility) -> None:
    data = SAMPLE.read_bytes()
    told = raas_import.preview(actors.case_manager(), "71000034", data).summary()
    transaction.commit()
    assert (staff(), contracts()) == ([], [])
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 0
    assert run(data).summary() == told


@pytest.mark.parametrize("sector", ["IBW", "CVK3"])
def test_e017_a_sector_without_raas_is_refused_as_a_whole(wissel: Facility, sector: str) -> None:
    organisations.facility(hco_number="71000112", sector=sector)
    outcome = run(export(f"{ANNA};Maes;An;L;ZK;01/01/2010;;19;", hco="71000112"), "71000112")
    assert outcome.refusal is RaasReason.SECTOR
    assert outcome.summary()["rejected"] == [{"row": 2, "reason": "Sector niet van toepassing"}]
    assert staff() == []


def test_the_mapping_is_the_list_of_the_department(wissel: Facility) -> None:
    """An added code is understood, a changed one means what the list says, one that points nowhere is unknown."""
    with transaction.unit_of_work():
        db.session.add(RaasCode(kind="QUALIFICATION", raas_code="KINE", code="KINESITHERAPEUT"))
        db.session.execute(update(RaasCode).where(RaasCode.raas_code == "A2").values(code="OPVOEDER"))
        db.session.execute(update(RaasCode).where(RaasCode.raas_code == "A3").values(code="AFGESCHAFT"))
    outcome = run(
        export(
            f"{ANNA};Maes;An;L;KINE;01/01/2010;;19;",
            f"{ANNA};Maes;An;L;A2;01/01/2011;;9,5;",
            f"{ANNA};Maes;An;L;A3;01/01/2012;;3,8;",
        )
    )
    assert [row.qualification_code for row in contracts()] == ["KINESITHERAPEUT", "OPVOEDER"]
    assert [row.reason for row in outcome.rejected] == [RaasReason.QUALIFICATION]


def test_a13_a_contract_in_a_closed_quarter_is_taken_over_with_a_warning(wissel: Facility) -> None:
    declarations.dossier(wissel, "2024K1", "CLOSED")
    declarations.dossier(wissel, "2024K2", "OPEN")
    outcome = run(
        export(f"{ANNA};Maes;An;L;ZK;01/01/2010;;19;", f"{BERT};Claes;Bert;L;ZK;01/04/2024;;38;"),
    )
    assert len(outcome.taken) == 2
    (warning,) = outcome.warnings
    assert (warning.row, warning.finding.code) == (2, "A-13")
    assert "2024K1" in str(warning.finding)


def test_v13_and_v16_only_warn(wissel: Facility) -> None:
    anna = personnel.staff_member(wissel, national_number=ANNA, birth_date=date(1970, 3, 14))
    personnel.choice(anna, age_category="45+", premium_hours=0, exemption_hours=2)
    outcome = run(export(f"{ANNA};Maes;An;L;ZK;01/01/2010;;38;38", f"{BERT};Claes;Bert;I;ZK;01/01/2022;;19;19"))
    assert [(warning.row, warning.finding.code) for warning in outcome.warnings] == [(2, "V-13"), (3, "V-16")]
    assert len(contracts()) == 2


def test_the_import_leaves_a_trace_without_personal_data(wissel: Facility) -> None:
    data = SAMPLE.read_bytes()
    run(data)
    (entry,) = db.session.scalars(select(AuditEntry))
    assert (entry.event, entry.subject_type, entry.subject_key) == ("raas.imported", "facility", "71000034")
    assert json.loads(entry.data) == {
        "rows": 48,
        "taken": 38,
        "rejected": 10,
        "file_digest": sha256(data).hexdigest(),
    }


def test_a_facility_that_does_not_exist_is_bad_input(wissel: Facility) -> None:
    with pytest.raises(InvalidValue, match="71999999") as refused:
        run(export(), "71999999")
    assert refused.value.field == "hco"


def test_only_case_managers_and_the_system_import(wissel: Facility) -> None:
    for nobody in (actors.facility_user(wissel), actors.helpdesk()):
        with pytest.raises(Forbidden):
            raas_import.preview(nobody, "71000034", export())
        with pytest.raises(Forbidden):
            raas_import.run(nobody, "71000034", export())
    assert raas_import.preview(actors.case_manager(), "71000034", export()).rows == 0
