"""Taking over the staff contracts of a facility from a RaaS export (E-015 to E-019, docs/rules/ecalcura.md).

``preview`` says what would happen, ``run`` does it; both judge the file with ``domain.ecalcura.raas``, the code mapping
of the department and what the facility has already, so a file can be imported again and again.

A row that touches a quarter that is not open any more (A-13) is taken over with a warning: the contract existed and
belongs in the list, the snapshot that counts for that quarter does not change, and the reasons to reject are fixed.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import insert, select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.calendars import Quarter, overlaps
from domain.ecalcura.personnel import ChoiceFacts
from domain.ecalcura.raas import (
    ContractKey,
    RaasMapping,
    RaasOutcome,
    RaasWarning,
    TakenRow,
    judge,
    read_rows,
)
from domain.errors import N_, Finding, InvalidValue, Severity
from domain.folding import search_text
from domain.identifiers import parse_national_number
from domain.permissions import Permission
from models.base import db
from models.gate import writing
from models.organisation import Facility
from models.personnel import Contract, EndOfCareerChoice, Source, StaffMember
from models.reference import RaasCode
from services import access, audit
from services.ecalcura.frozen import frozen_quarters
from services.ecalcura.personnel_facts import CodeLists, choice_facts, code_lists

UNKNOWN_FACILITY = N_("Er is geen voorziening met HCO-nummer {hco}.")
FROZEN = N_(
    "Dit contract valt (deels) in {quarters}: dat kwartaal is ingediend, geblokkeerd of in audit. "
    "Wat ingediend is, verandert niet."
)
FROZEN_SEVERAL = N_(
    "Dit contract valt (deels) in {count} kwartalen die ingediend, geblokkeerd of in audit zijn, "
    "het laatste is {quarters}. Wat ingediend is, verandert niet."
)


def preview(actor: Actor, hco: str, data: bytes) -> RaasOutcome:
    """What an import of this file would take, reject and warn about; writes nothing.

    Raises Forbidden, InvalidValue for an unknown facility (``hco``) or a file that is no export (``file``).
    """
    access.require(actor, Permission.RAAS_IMPORT)
    return _judge(_facility(hco, lock=False), data, code_lists())


def run(actor: Actor, hco: str, data: bytes) -> RaasOutcome:
    """Take the rows over: people by national number, contracts by person, start and qualification. Raises as preview.

    Everything in one transaction; a second run of the same file finds the contracts unchanged.
    """
    access.require(actor, Permission.RAAS_IMPORT)
    facility, lists = _facility(hco, lock=True), code_lists()
    outcome = _judge(facility, data, lists)
    with writing("ecalcura.raas_import"):
        people = _add_people(facility, outcome.taken)
        _add_contracts(facility, outcome.taken, people, lists)
    audit.record(
        actor,
        AuditEvent.RAAS_IMPORTED,
        "facility",
        facility.hco_number,
        data={
            "rows": outcome.rows,
            "taken": len(outcome.taken),
            "rejected": len(outcome.rejected),
            "file_digest": hashlib.sha256(data).hexdigest(),
        },
    )
    return outcome


def _facility(hco: str, *, lock: bool) -> Facility:
    statement = select(Facility).where(Facility.hco_number == hco.strip())
    facility = db.session.scalar(statement.with_for_update(key_share=True) if lock else statement)
    if facility is None:
        raise InvalidValue(UNKNOWN_FACILITY, field="hco", hco=hco)
    return facility


def _judge(facility: Facility, data: bytes, lists: CodeLists) -> RaasOutcome:
    outcome = judge(
        read_rows(data),
        facility.hco_number,
        facility.sector.value,
        _mapping(lists),
        _known(facility.id),
        choices=_choices(facility.id),
        contract_types=lists.contract_types,
    )
    frozen = _frozen_warnings(outcome.taken, frozen_quarters(facility.id))
    return replace(outcome, warnings=tuple(sorted([*outcome.warnings, *frozen], key=lambda warning: warning.row)))


def _mapping(lists: CodeLists) -> RaasMapping:
    """The department's list; an entry that points at a code that does not exist counts for nothing."""
    found: dict[str, dict[str, str]] = {"QUALIFICATION": {}, "CONTRACT_TYPE": {}}
    existing = {"QUALIFICATION": lists.qualifications, "CONTRACT_TYPE": lists.contract_types}
    for kind, raas_code, code in db.session.execute(select(RaasCode.kind, RaasCode.raas_code, RaasCode.code)):
        if code in existing[kind]:
            found[kind][raas_code] = code
    return RaasMapping(contract_types=found["CONTRACT_TYPE"], qualifications=found["QUALIFICATION"])


def _known(facility_id: int) -> set[ContractKey]:
    rows = db.session.execute(
        select(StaffMember.national_number, Contract.starts_on, Contract.qualification_code)
        .join(StaffMember, StaffMember.id == Contract.staff_member_id)
        .where(Contract.facility_id == facility_id)
    )
    return {(number, starts_on, qualification) for number, starts_on, qualification in rows}


def _choices(facility_id: int) -> dict[str, list[ChoiceFacts]]:
    found: defaultdict[str, list[ChoiceFacts]] = defaultdict(list)
    rows = db.session.execute(
        select(StaffMember.national_number, EndOfCareerChoice)
        .join(StaffMember, StaffMember.id == EndOfCareerChoice.staff_member_id)
        .where(EndOfCareerChoice.facility_id == facility_id)
    )
    for number, choice in rows:
        found[number].append(choice_facts(choice))
    return found


def _frozen_warnings(taken: Iterable[TakenRow], frozen: list[Quarter]) -> list[RaasWarning]:
    warnings = []
    for row in taken:
        touched = [quarter for quarter in frozen if overlaps(row.start, row.end, quarter.start, quarter.end)]
        if touched:
            params = {"quarters": str(touched[-1]), "count": len(touched)}
            message = FROZEN if len(touched) == 1 else FROZEN_SEVERAL
            warnings.append(RaasWarning(row.row, Finding("A-13", Severity.WARNING, message, params=params)))
    return warnings


def _add_people(facility: Facility, taken: Iterable[TakenRow]) -> dict[str, int]:
    """Write who is new, with the name of their first row; gives the key of everybody by national number."""
    known = _keys(facility.id)
    first_rows: dict[str, TakenRow] = {}
    for row in taken:
        if row.national_number not in known:
            first_rows.setdefault(row.national_number, row)
    if not first_rows:
        return known
    db.session.execute(insert(StaffMember), [_person(facility.id, row) for row in first_rows.values()])
    return _keys(facility.id)


def _keys(facility_id: int) -> dict[str, int]:
    rows = db.session.execute(
        select(StaffMember.national_number, StaffMember.id).where(StaffMember.facility_id == facility_id)
    )
    return {row.national_number: row.id for row in rows}


def _person(facility_id: int, row: TakenRow) -> dict[str, object]:
    number = parse_national_number(row.national_number)
    return {
        "facility_id": facility_id,
        "national_number": number.digits,
        "last_name": row.family_name,
        "first_name": row.given_name,
        "search_name": search_text(row.family_name, row.given_name)[:200],
        "birth_date": number.birth_date,
        "sex": number.sex.value if number.sex else None,
        "source": Source.RAAS,
    }


def _add_contracts(facility: Facility, taken: Iterable[TakenRow], people: dict[str, int], lists: CodeLists) -> None:
    contracts = [
        {
            "staff_member_id": people[row.national_number],
            "facility_id": facility.id,
            "starts_on": row.start,
            "ends_on": row.end,
            "contract_type_code": row.contract_type,
            "qualification_code": row.qualification,
            "hours": row.hours,
            "replacement_hours": row.replacement_hours,
            "el_right": lists.is_automatic(row.contract_type, row.qualification),
            "source": Source.RAAS,
        }
        for row in taken
    ]
    if contracts:
        db.session.execute(insert(Contract), contracts)
