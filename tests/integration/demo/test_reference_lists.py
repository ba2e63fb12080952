"""The code lists and reference periods an installation starts with."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update

from domain.ecalcura.campaign import PeriodCalendar
from domain.ecalcura.raas import DEFAULT_MAPPING
from domain.organisation import FUNDING_ECALCURA
from models.all import db
from models.reference import ContractType, Funding, Qualification, RaasCode, ReferencePeriod
from services import reference_lists, transaction
from services.ecalcura.dossiers import calendar_of
from services.ecalcura.personnel_facts import code_lists
from tests.support.databases import PreparedDatabase

NURSES = {"VERPLEEGKUNDIGE_BACHELOR", "VERPLEEGKUNDIGE_GEGRADUEERDE"}


def ensure() -> dict[str, int]:
    with transaction.unit_of_work():
        return reference_lists.ensure()


def test_the_shipped_lists_are_those_of_the_manual(database: PreparedDatabase) -> None:
    """Only nurses may choose the premium (E-090); others and those who are no employees have no right (E-075)."""
    ensure()
    lists = code_lists()
    assert list(lists.qualifications) == [
        *("VERPLEEGKUNDIGE_BACHELOR", "VERPLEEGKUNDIGE_GEGRADUEERDE", "ZORGKUNDIGE", "MAATSCHAPPELIJK_ASSISTENT"),
        *("KINESITHERAPEUT", "ERGOTHERAPEUT", "LOGOPEDIST", "DIETIST", "PSYCHOLOOG", "ORTHOPEDAGOOG", "PEDAGOOG"),
        *("OPVOEDER", "ANDERE_A1", "ANDERE_A2", "ANDERE_A3"),
    ]
    assert list(lists.contract_types) == [
        *("LOONTREKKENDE", "STATUTAIR", "INTERIM", "ZELFSTANDIGE", "SOCIALE_MARIBEL", "STUDENT"),
    ]
    assert {code for code, row in lists.qualifications.items() if row.is_nurse} == NURSES
    without = {code for code, row in lists.qualifications.items() if not row.automatic_right}
    assert without == {"OPVOEDER", "ANDERE_A1", "ANDERE_A2", "ANDERE_A3"}
    for code, row in lists.contract_types.items():
        employed = code in {"LOONTREKKENDE", "STATUTAIR"}
        assert row.right_possible is employed
        assert row.replacer_excluded_from == (None if employed else date(2019, 7, 1))
    assert FUNDING_ECALCURA in set(db.session.scalars(select(Funding.code)))


def test_the_shipped_raas_codes_are_the_default_mapping(database: PreparedDatabase) -> None:
    ensure()
    found = {kind: {} for kind in ("QUALIFICATION", "CONTRACT_TYPE")}  # type: dict[str, dict[str, str]]
    for row in db.session.scalars(select(RaasCode)):
        found[row.kind][row.raas_code] = row.code
    assert found == {
        "QUALIFICATION": dict(DEFAULT_MAPPING.qualifications),
        "CONTRACT_TYPE": dict(DEFAULT_MAPPING.contract_types),
    }


def test_the_shipped_periods_have_the_default_calendar(database: PreparedDatabase) -> None:
    ensure()
    rows = {row.code: row for row in db.session.scalars(select(ReferencePeriod))}
    assert sorted(rows) == [f"{year}-{year + 1}" for year in range(2021, 2028)]
    for code, row in rows.items():
        assert calendar_of(code, row) == PeriodCalendar.default(code)


def test_what_the_department_changed_stays(database: PreparedDatabase) -> None:
    """A second run adds what is missing and changes nothing else."""
    first = ensure()
    assert first == {
        "qualifications": 15,
        "contract_types": 6,
        "fundings": 4,
        "raas_codes": 21,
        "reference_periods": 7,
        "themes": 5,
        "kinds": 14,
        "closing_days": 322,
        "interest_rates": 27,
        "parameter_sets": 7,
    }
    with transaction.unit_of_work():
        db.session.execute(update(Qualification).where(Qualification.code == "OPVOEDER").values(automatic_right=True))
        db.session.execute(update(RaasCode).where(RaasCode.raas_code == "A2").values(code="OPVOEDER"))
        db.session.delete(db.session.get_one(ContractType, "STUDENT"))
    again = ensure()
    assert again == {**dict.fromkeys(first, 0), "contract_types": 1}
    assert code_lists().qualifications["OPVOEDER"].automatic_right
    assert db.session.scalars(select(RaasCode.code).where(RaasCode.raas_code == "A2")).one() == "OPVOEDER"
