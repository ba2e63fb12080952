"""What the tables of now hold about a number: staff, contracts, choices, performances, justifications, copies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import literal_column, select

from domain.ecalcura.declaration import EVENT_LABELS, Event
from domain.person_file import MOST, Section, SectionCode, Value
from models.audit import AuditEntry, AuditPersonalValue
from models.base import db
from models.declaration import Dossier, DossierSnapshot, Justification, Performance
from models.organisation import Facility
from models.personnel import Contract, EndOfCareerChoice, Source, StaffMember
from services.ecalcura.performances import names_of_codes

SOURCES = {Source.REGISTER: "Rijksregister", Source.MANUAL: "Ingevoerd", Source.RAAS: "RaaS"}

Row = dict[str, Value]


@dataclass(slots=True)
class Held:
    """The rows, and by which references the person is known: of people, contracts and choices, of now and of copies."""

    sections: list[Section] = field(default_factory=list)
    people: set[str] = field(default_factory=set)
    contracts: set[str] = field(default_factory=set)
    choices: set[str] = field(default_factory=set)


def held(number: str, digest: str, facilities: Sequence[Facility]) -> Held:
    """What is held now and in the copies of the quarters of these facilities. Eight statements."""
    found = Held()
    names = {row.id: row.name for row in facilities}
    staff = list(
        db.session.scalars(
            select(StaffMember)
            .where(StaffMember.national_number == number, StaffMember.facility_id.in_(names))
            .order_by(StaffMember.facility_id, StaffMember.id)
        )
    )
    codes = names_of_codes()
    found.people = {row.reference for row in staff} | _once_listed(number, {row.hco_number for row in facilities})
    keys = [row.id for row in staff]
    contracts = _of(Contract, keys, Contract.starts_on)
    choices = _of(EndOfCareerChoice, keys, EndOfCareerChoice.begins_on)
    found.contracts = {row.reference for row in contracts}
    found.choices = {row.reference for row in choices}
    copies = _copies(number, names, codes, found)
    found.sections = [
        _section(SectionCode.STAFF, [_member(row, names) for row in staff]),
        _section(SectionCode.CONTRACTS, [_contract(row, names, codes) for row in contracts]),
        _section(SectionCode.CHOICES, [_choice(row, names) for row in choices]),
        _section(SectionCode.PERFORMANCES, _performances(contracts, names)),
        _section(SectionCode.JUSTIFICATIONS, _justifications(found.contracts, names)),
        _section(SectionCode.COPIES, copies),
    ]
    return found


def _once_listed(number: str, hco_numbers: set[str]) -> set[str]:
    """By which references the number was on a list that it was removed from since: the audit log remembers."""
    rows = db.session.execute(
        select(AuditEntry.subject_key)
        .join(AuditPersonalValue, AuditPersonalValue.sequence == AuditEntry.sequence)
        .where(
            AuditPersonalValue.name == literal_column("'number'"),
            AuditPersonalValue.value == number,
            AuditEntry.subject_type == "staff_member",
            AuditEntry.organisation_key.in_(hco_numbers),
        )
        .limit(MOST)
    )
    return {row.subject_key for row in rows}


def _section(code: SectionCode, rows: Sequence[Mapping[str, Value]]) -> Section:
    return Section(code, rows[:MOST], len(rows) > MOST)


def _of(kind: Any, staff_ids: Sequence[int], order: Any) -> list[Any]:
    rows = select(kind).where(kind.staff_member_id.in_(staff_ids)).order_by(order.desc(), kind.id.desc())
    return list(db.session.scalars(rows.limit(MOST + 1)))


def _member(row: StaffMember, names: Mapping[int, str]) -> Row:
    return {
        "facility": names[row.facility_id],
        "last_name": row.last_name,
        "first_name": row.first_name,
        "birth_date": row.birth_date,
        "sex": row.sex,
        "source": SOURCES[row.source],
        "looked_up_at": row.looked_up_at,
    }


def _contract(row: Contract, names: Mapping[int, str], codes: Mapping[str, str]) -> Row:
    return {
        "facility": names[row.facility_id],
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "contract_type": codes.get(row.contract_type_code, row.contract_type_code),
        "qualification": codes.get(row.qualification_code, row.qualification_code),
        "hours": row.hours,
        "replacement_hours": row.replacement_hours,
        "el_right": row.el_right,
    }


def _choice(row: EndOfCareerChoice, names: Mapping[int, str]) -> Row:
    return {
        "facility": names[row.facility_id],
        "decided_on": row.decided_on,
        "begins_on": row.begins_on,
        "ends_on": row.ends_on,
        "age_category": row.age_category,
        "premium_hours": row.premium_hours,
        "exemption_hours": row.exemption_hours,
        "exception_note": row.exception_note if row.premium_exception else None,
    }


def _performances(contracts: Sequence[Contract], names: Mapping[int, str]) -> list[Row]:
    begins = {row.id: row.starts_on for row in contracts}
    rows = db.session.execute(
        select(Performance, Dossier.facility_id, Dossier.year, Dossier.quarter_number)
        .join(Dossier, Dossier.id == Performance.dossier_id)
        .where(Performance.contract_id.in_(begins))
        .order_by(Dossier.year.desc(), Dossier.quarter_number.desc(), Performance.contract_id)
        .limit(MOST + 1)
    )
    return [
        {
            "facility": names[row.facility_id],
            "quarter": f"{row.year}K{row.quarter_number}",
            "contract": begins[row.Performance.contract_id],
            "paid_days": row.Performance.paid_days,
            "unpaid_days": row.Performance.unpaid_days,
            "paid_hours": row.Performance.paid_hours,
            "changed_at": row.Performance.changed_at,
        }
        for row in rows
    ]


def _justifications(contracts: set[str], names: Mapping[int, str]) -> list[Row]:
    rows = db.session.execute(
        select(Justification, Dossier.facility_id, Dossier.year, Dossier.quarter_number)
        .join(Dossier, Dossier.id == Justification.dossier_id)
        .where(Justification.subject.in_(contracts), Dossier.facility_id.in_(names))
        .order_by(Justification.id.desc())
        .limit(MOST + 1)
    )
    return [
        {
            "facility": names[row.facility_id],
            "quarter": f"{row.year}K{row.quarter_number}",
            "value": row.Justification.value,
            "expected": row.Justification.expected,
            "text": row.Justification.text,
            "given_at": row.Justification.given_at,
        }
        for row in rows
    ]


def _copies(number: str, names: Mapping[int, str], codes: Mapping[str, str], found: Held) -> list[Row]:
    """The copies that name the number, read one after the other; they may know the person by older references."""
    statement = (
        select(
            DossierSnapshot.event,
            DossierSnapshot.taken_at,
            DossierSnapshot.digest,
            DossierSnapshot.content,
            Dossier.facility_id,
            Dossier.year,
            Dossier.quarter_number,
        )
        .join(Dossier, Dossier.id == DossierSnapshot.dossier_id)
        .where(
            Dossier.facility_id.in_(names),
            DossierSnapshot.content.contains(f'"national_number":"{number}"', autoescape=True),
        )
        .order_by(DossierSnapshot.id.desc())
        .limit(MOST + 1)
    )
    return [
        {
            "facility": names[row.facility_id],
            "quarter": f"{row.year}K{row.quarter_number}",
            "taken_at": row.taken_at,
            "digest": row.digest,
            **_in_copy(json.loads(row.content), number, codes, found),
            "event": EVENT_LABELS[Event(row.event)] if row.event in set(Event) else row.event,
        }
        for row in db.session.execute(statement.execution_options(yield_per=10))
    ]


def _in_copy(content: Mapping[str, Any], number: str, codes: Mapping[str, str], found: Held) -> Row:
    """What one copy says about the person, as texts."""
    person = next((one for one in content["staff"] if one["national_number"] == number), None)
    if person is None:
        return {}
    reference = person["reference"]
    contracts = [one for one in content["contracts"] if one["staff"] == reference]
    choices = [one for one in content["choices"] if one["staff"] == reference]
    own = {one["reference"] for one in contracts}
    found.people.add(reference)
    found.contracts |= own
    found.choices |= {one["reference"] for one in choices}
    return {
        "name": f"{person['first_name']} {person['last_name']}",
        "contracts": "; ".join(
            f"{codes.get(one['qualification'], one['qualification'])}, {_number(one['hours'])} uur, "
            f"{_span(one['starts_on'], one['ends_on'])}"
            for one in contracts
        ),
        "choices": "; ".join(
            f"{one['age_category']}: {_number(one['premium_hours'])} uur premie, "
            f"{_number(one['exemption_hours'])} uur vrijstelling, {_span(one['begins_on'], one['ends_on'])}"
            for one in choices
        ),
        "performances": "; ".join(
            f"{_number(one['paid_days'])} betaald, {_number(one['unpaid_days'])} niet betaald, "
            f"{_number(one['paid_hours'])} uur"
            for one in content["performances"]
            if one["contract"] in own
        ),
    }


def _number(value: Any) -> str:
    return "–" if value is None else str(value).replace(".", ",")


def _span(start: str, end: str | None) -> str:
    return f"{start} t.e.m. {end}" if end else f"vanaf {start}"
