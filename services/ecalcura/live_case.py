"""A case from the live tables: closed quarters from their immutable copy, open ones as they are entered now.

What is entered and not yet submitted counts in no calculation (A-37); an estimate and a simulation want just that.
Eight statements, whatever the size of the facility.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import and_, bindparam, or_, select

from domain.calendars import Quarter, quarters_of
from domain.ecalcura.compensation import Case, Person, QuarterBasis
from domain.ecalcura.compensation_parameters import CompensationParameters
from domain.ecalcura.compensation_result import QuarterStatus
from domain.ecalcura.performances import PerformanceEntry, kind_of_hours
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts
from domain.ecalcura.valid_days import days_between
from models.base import db
from models.declaration import Dossier, Performance
from models.organisation import Facility
from models.personnel import Contract, StaffMember
from services.ecalcura import counting_cases
from services.ecalcura.lines import CHOICES_BETWEEN, of_kind

_IN_PERIOD = (
    Contract.facility_id == bindparam("facility"),
    Contract.starts_on <= bindparam("last_day"),
    or_(Contract.ends_on.is_(None), Contract.ends_on >= bindparam("first_day")),
)
_CONTRACTS = (
    select(
        StaffMember.id.label("staff_id"),
        StaffMember.reference.label("person"),
        StaffMember.last_name,
        StaffMember.first_name,
        Contract.reference,
        Contract.starts_on,
        Contract.ends_on,
        Contract.contract_type_code,
        Contract.qualification_code,
        Contract.hours,
        Contract.replacement_hours,
        Contract.el_right,
    )
    .join(StaffMember, StaffMember.id == Contract.staff_member_id)
    .where(*_IN_PERIOD)
    .order_by(StaffMember.last_name, StaffMember.first_name, Contract.starts_on, Contract.id)
)
_PERFORMANCES = (
    select(
        Dossier.year,
        Dossier.quarter_number,
        Contract.reference,
        Contract.hours,
        Performance.paid_days,
        Performance.unpaid_days,
        Performance.paid_hours,
    )
    .join(Performance, Performance.dossier_id == Dossier.id)
    .join(Contract, and_(Contract.id == Performance.contract_id))
    .where(Dossier.facility_id == bindparam("facility"), Dossier.period_code == bindparam("period"))
)
_DOSSIERS = select(Dossier.year, Dossier.quarter_number, Dossier.reopened).where(
    Dossier.facility_id == bindparam("facility"), Dossier.period_code == bindparam("period")
)


@dataclass(frozen=True, slots=True)
class LiveCase:
    """The case as things are now.

    ``case`` holds in every quarter the staff of now, also where the quarter does not count yet. ``open_quarters`` have
    a dossier somebody can still fill in; ``possible`` also those whose dossier can still be made. ``opened``: quarters
    with a dossier of any status; ``reopened``: those of them opened again after the provisional calculation. ``names``
    by the reference of the person.
    """

    case: Case
    open_quarters: frozenset[Quarter]
    possible: frozenset[Quarter]
    opened: frozenset[Quarter]
    reopened: frozenset[Quarter]
    names: Mapping[str, str]


def read(facility: Facility, period_code: str, parameters: CompensationParameters) -> LiveCase:
    """The live case of a facility; DomainError when a closed quarter has no copy that can be read."""
    counted = next(counting_cases.cases([facility], period_code, parameters))
    if counted.case is None:
        assert counted.problem is not None  # one of the two is always there
        raise counted.problem
    quarters = quarters_of(period_code)
    values = {
        "facility": facility.id,
        "period": period_code,
        "first_day": quarters[0].start,
        "last_day": quarters[-1].end,
    }
    dossiers = {Quarter(row.year, row.quarter_number): row.reopened for row in db.session.execute(_DOSSIERS, values)}
    opened = frozenset(dossiers)
    reopened = frozenset(quarter for quarter in opened if dossiers[quarter])
    first = Quarter.parse(facility.entry_from)
    names = {reference: str(name) for reference, name in counted.sources.names.items()}
    people = _people(values, names)
    entries = _entries(values)
    bases = []
    open_quarters, possible = set(), set()
    for basis in counted.case.quarters:
        quarter = basis.quarter
        if basis.status is QuarterStatus.OPEN:
            open_quarters.add(quarter)
        if basis.status is QuarterStatus.OPEN or (quarter not in opened and quarter >= first):
            possible.add(quarter)
            basis = QuarterBasis(
                quarter,
                basis.status,
                tuple(one for one in people if _touches(one, quarter)),
                entries.get(quarter, {}),
            )
        bases.append(basis)
    case = replace(counted.case, quarters=tuple(bases))
    return LiveCase(case, frozenset(open_quarters), frozenset(possible), opened, reopened, names)


def _people(values: Mapping[str, Any], names: dict[str, str]) -> list[Person]:
    """Everybody with a contract in the period, by name; their names are added to ``names``."""
    choices: dict[int, list[ChoiceFacts]] = {}
    for row in db.session.execute(CHOICES_BETWEEN, values):
        staff_id, *facts = tuple[Any, ...](row)
        choices.setdefault(staff_id, []).append(ChoiceFacts(*facts))
    contracts: dict[tuple[int, str], list[ContractFacts]] = {}
    for held in db.session.execute(_CONTRACTS, values):
        staff_id, reference, last_name, first_name, *facts = tuple[Any, ...](held)
        names[reference] = f"{last_name} {first_name}"
        contracts.setdefault((staff_id, reference), []).append(ContractFacts(*facts))
    return [
        Person(reference, tuple(own), tuple(choices.get(staff_id, ())))
        for (staff_id, reference), own in contracts.items()
    ]


def _entries(values: Mapping[str, Any]) -> dict[Quarter, dict[str, PerformanceEntry]]:
    """What is entered now, by quarter and contract; only the fields of the contract's kind (L-08)."""
    found: dict[Quarter, dict[str, PerformanceEntry]] = {}
    for year, number, reference, hours, *amounts in db.session.execute(_PERFORMANCES, values):
        entry = of_kind(kind_of_hours(hours), *amounts)
        if not entry.is_empty:
            found.setdefault(Quarter(year, number), {})[reference] = entry
    return found


def _touches(person: Person, quarter: Quarter) -> bool:
    return any(days_between(*one.period, quarter) for one in person.contracts)


def begun(quarter: Quarter, today: date) -> bool:
    """Whether something can have been worked in it."""
    return quarter.start <= today
