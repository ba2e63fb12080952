"""The code lists and the reference periods, as a fresh installation has them."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from models.all import db
from models.organisation import Facility
from models.reference import ContractType, FacilityPeriod, Funding, Qualification, RaasCode, ReferencePeriod
from tests.factories.database import save, saved

# code, RaaS code, name, nurse (premium), automatic right (P-14)
_QUALIFICATIONS = (
    ("VERPLEEGKUNDIGE_BACHELOR", "VB", "Verpleegkundige bachelor", True, True),
    ("VERPLEEGKUNDIGE_GEGRADUEERDE", "VG", "Verpleegkundige gegradueerde", True, True),
    ("ZORGKUNDIGE", "ZK", "Zorgkundige", False, True),
    ("MAATSCHAPPELIJK_ASSISTENT", "MA", "Maatschappelijk assistent", False, True),
    ("KINESITHERAPEUT", "KI", "Kinesitherapeut", False, True),
    ("ERGOTHERAPEUT", "ER", "Ergotherapeut", False, True),
    ("LOGOPEDIST", "LO", "Logopedist", False, True),
    ("DIETIST", "DI", "Diëtist", False, True),
    ("PSYCHOLOOG", "PS", "Psycholoog", False, True),
    ("ORTHOPEDAGOOG", "OP", "Orthopedagoog", False, True),
    ("PEDAGOOG", "PE", "Pedagoog", False, True),
    ("OPVOEDER", "OV", "Opvoeder/begeleider", False, False),
    ("ANDERE_A1", "A1", "Andere A1", False, False),
    ("ANDERE_A2", "A2", "Andere A2", False, False),
    ("ANDERE_A3", "A3", "Andere A3", False, False),
)
# code, RaaS code, name, right possible, excluded as a replacer from 1 July 2019 (9.3)
_CONTRACT_TYPES = (
    ("LOONTREKKENDE", "L", "Loontrekkende", True, False),
    ("STATUTAIR", "S", "Statutair", True, False),
    ("INTERIM", "I", "Interim", False, True),
    ("ZELFSTANDIGE", "Z", "Zelfstandige/ondernemingscontract", False, True),
    ("SOCIALE_MARIBEL", "M", "Sociale Maribel", False, True),
    ("STUDENT", "ST", "Student", False, True),
)


def code_lists() -> None:
    """Qualifications, contract types, fundings and the RaaS mapping; once per test is enough, twice does no harm."""
    if db.session.scalar(select(Qualification.code).limit(1)) is not None:
        return
    save(
        *(
            Qualification(code=code, name=name, is_nurse=nurse, automatic_right=automatic, position=place)
            for place, (code, _, name, nurse, automatic) in enumerate(_QUALIFICATIONS)
        ),
        *(
            ContractType(
                code=code,
                name=name,
                right_possible=right,
                replacer_excluded_from=date(2019, 7, 1) if excluded else None,
                position=place,
            )
            for place, (code, _, name, right, excluded) in enumerate(_CONTRACT_TYPES)
        ),
        *(RaasCode(kind="QUALIFICATION", raas_code=row[1], code=row[0]) for row in _QUALIFICATIONS),
        *(RaasCode(kind="CONTRACT_TYPE", raas_code=row[1], code=row[0]) for row in _CONTRACT_TYPES),
        Funding(code="EINDELOOPBAAN", name="Eindeloopbaan", position=0),
        Funding(code="SOCIAAL_AKKOORD", name="Sociaal akkoord", position=1),
    )


def reference_period(code: str = "2023-2024", **values: Any) -> ReferencePeriod:
    """A reference period with the calendar of 5.1; the one that exists when it is there already."""
    existing = db.session.get(ReferencePeriod, code)
    if existing is not None:
        return existing
    year = int(code[-4:])
    calendar: dict[str, Any] = {
        "statutory_deadline": date(year, 9, 30),
        "letter_on": date(year, 10, 1),
        "postponed_until": date(year, 10, 15),
        "blocking_on": date(year, 10, 16),
    }
    return saved(ReferencePeriod(code=code, **(calendar | values)))


def facility_period(facility: Facility, code: str = "2023-2024", **values: Any) -> FacilityPeriod:
    """Where a facility stands in a period: ``provisional_on`` (P), ``definitive_on`` (D), ``reopenings_used``."""
    reference_period(code)
    return saved(FacilityPeriod(facility_id=facility.id, period_code=code, **values))
