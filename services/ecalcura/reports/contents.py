"""What counts in a quarter now: the copy of a closed one, the live data of one that is still open (A-37, E-145).

Every quarter says from where its data come, so that nobody takes a provisional figure for a submitted one. A facility
is read in a fixed number of statements, however many contracts it has.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, select

from domain.calendars import Quarter, local_date
from domain.dutch import long_date
from domain.ecalcura.basis import SnapshotFacts, UsedBasis, basis_of_event, counting_snapshot
from domain.ecalcura.certificates import CertificateFacts
from domain.ecalcura.compensation import Case, Person, QuarterBasis, calculate
from domain.ecalcura.compensation_parameters import CompensationParameters
from domain.ecalcura.compensation_result import Compensation, QuarterStatus
from domain.ecalcura.declaration import DossierStatus, Event
from domain.ecalcura.performances import (
    DEFAULT_PERFORMANCES,
    EMPTY,
    PerformanceEntry,
    PerformanceParameters,
)
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts
from domain.errors import N_, Severity
from domain.folding import fold
from models.base import db
from models.declaration import Dossier, DossierSnapshot
from models.organisation import Facility
from models.personnel import StaffMember
from services.ecalcura import certificates
from services.ecalcura.lines import choices_in, lines

_DOSSIERS = select(Dossier).where(
    Dossier.facility_id == bindparam("facility"), Dossier.period_code.in_(bindparam("periods", expanding=True))
)
_COPIES = select(DossierSnapshot.id, DossierSnapshot.dossier_id, DossierSnapshot.event, DossierSnapshot.taken_at).where(
    DossierSnapshot.dossier_id.in_(bindparam("dossiers", expanding=True))
)
_CONTENTS = select(DossierSnapshot.id, DossierSnapshot.content).where(
    DossierSnapshot.id.in_(bindparam("ids", expanding=True))
)
_STAFF = select(
    StaffMember.id,
    StaffMember.reference,
    StaffMember.national_number,
    StaffMember.last_name,
    StaffMember.first_name,
).where(StaffMember.facility_id == bindparam("facility"))


class Origin(StrEnum):
    """From where the data of a quarter come."""

    SUBMITTED = "SUBMITTED"
    EX_OFFICIO = "EX_OFFICIO"
    IN_AUDIT = "IN_AUDIT"
    PROVISIONAL = "PROVISIONAL"
    REOPENED = "REOPENED"
    EMPTY = "EMPTY"
    ABSENT = "ABSENT"

    @property
    def is_provisional(self) -> bool:
        """Whether the data can still change before they are submitted."""
        return self in (Origin.PROVISIONAL, Origin.REOPENED)

    @property
    def has_data(self) -> bool:
        """Whether there is anything to report."""
        return self not in (Origin.EMPTY, Origin.ABSENT)


ORIGIN_LABELS: Mapping[Origin, str] = {
    Origin.SUBMITTED: N_("ingediend"),
    Origin.EX_OFFICIO: N_("ambtshalve afgesloten"),
    Origin.IN_AUDIT: N_("in audit: de laatste kopie telt"),
    Origin.PROVISIONAL: N_("voorlopig, nog niet ingediend"),
    Origin.REOPENED: N_("voorlopig, heropend en nog niet opnieuw ingediend"),
    Origin.EMPTY: N_("zonder gegevens afgesloten"),
    Origin.ABSENT: N_("nog geen dossier"),
}


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know about a report: a Dutch template with its values."""

    message: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message.format(**self.params)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the staff, as called in the quarter."""

    reference: str
    national_number: str
    last_name: str
    first_name: str

    @property
    def name(self) -> str:
        """``Peeters An``, as lists are sorted."""
        return f"{self.last_name} {self.first_name}"

    @property
    def folded(self) -> str:
        """For sorting and looking up."""
        return fold(self.name)


@dataclass(frozen=True, slots=True)
class QuarterContent:
    """What counts in one quarter. ``on`` is the day a copy was taken; contracts and choices by the person's reference.

    An entry of ``entries`` holds only the fields of the kind of its contract.
    """

    quarter: Quarter
    origin: Origin
    on: date | None = None
    members: Mapping[str, Member] = field(default_factory=dict)
    contracts: Mapping[str, tuple[ContractFacts, ...]] = field(default_factory=dict)
    choices: Mapping[str, tuple[ChoiceFacts, ...]] = field(default_factory=dict)
    entries: Mapping[str, PerformanceEntry] = field(default_factory=dict)
    parameters: PerformanceParameters = DEFAULT_PERFORMANCES

    def rows(self) -> list[tuple[Member, ContractFacts]]:
        """Every contract with its person, by name."""
        found = [(self.members[who], one) for who, held in self.contracts.items() for one in held]
        return sorted(found, key=lambda row: (row[0].folded, row[0].reference, row[1].starts_on, row[1].reference))

    def entry(self, contract: str) -> PerformanceEntry:
        """What was entered for a contract."""
        return self.entries.get(contract, EMPTY)

    @property
    def basis(self) -> QuarterBasis:
        """The quarter as the calculation reads it. An open one as if it were submitted as it stands."""
        if not self.origin.has_data:
            return QuarterBasis(self.quarter, QuarterStatus.NEVER_OPENED)
        people = [
            Person(who, self.contracts.get(who, ()), self.choices.get(who, ()))
            for who in dict.fromkeys((*self.contracts, *self.choices))
        ]
        return QuarterBasis(self.quarter, QuarterStatus.CLOSED, people, self.entries)


@dataclass(frozen=True, slots=True)
class Content:
    """Everything a report may read: the quarters, oldest first, the certificates of now, the parameters.

    ``qualifications`` and ``contract_types``: names by code, in the order of the code lists.
    """

    hco_number: str
    facility_name: str
    sector: str
    reference_period: str
    quarters: tuple[QuarterContent, ...]
    certificates: tuple[CertificateFacts, ...]
    parameters: CompensationParameters
    qualifications: Mapping[str, str]
    contract_types: Mapping[str, str]
    notes: tuple[Note, ...] = ()

    def qualification(self, code: str) -> str:
        """What people call a qualification."""
        return self.qualifications.get(code, code)

    def contract_type(self, code: str) -> str:
        """What people call a contract type."""
        return self.contract_types.get(code, code)

    def compensation(self) -> Compensation:
        """Every figure of the period. Reports show no amounts, so each qualification gets a rate of one."""
        codes = {one.qualification for part in self.quarters for held in part.contracts.values() for one in held}
        rates = dict.fromkeys(codes, Decimal(1))
        parameters = replace(self.parameters, y1=rates, y2=rates)
        bases = [quarter.basis for quarter in self.quarters]
        return calculate(Case(self.reference_period, self.sector, parameters, self.certificates, bases))


def state_text(part: QuarterContent) -> str:
    """``2023K3: ingediend op 2 oktober 2023``."""
    when = f" op {long_date(part.on)}" if part.on else ""
    return f"{part.quarter}: {ORIGIN_LABELS[part.origin]}{when}"


def read(
    facility: Facility, quarters: Sequence[Quarter], performances: Mapping[str, PerformanceParameters]
) -> list[QuarterContent]:
    """What counts in some quarters of a facility. ``performances``: the parameters of open quarters, by period."""
    periods = sorted({quarter.reference_period for quarter in quarters})
    dossiers = {
        dossier.quarter: dossier
        for dossier in db.session.scalars(_DOSSIERS, {"facility": facility.id, "periods": periods})
        if dossier.quarter in quarters
    }
    copies = _counting(list(dossiers.values()))
    staff: dict[int, Member] = {}
    found = []
    for quarter in quarters:
        dossier = dossiers.get(quarter)
        copy = copies.get(dossier.id) if dossier else None
        origin = _origin(dossier, copy)
        if dossier is None or not origin.has_data:
            found.append(QuarterContent(quarter, origin))
        elif copy is not None and not origin.is_provisional:
            found.append(_of_copy(quarter, origin, copy))
        else:
            staff = staff or _members(facility.id)
            parameters = performances.get(quarter.reference_period, DEFAULT_PERFORMANCES)
            found.append(_live(dossier, origin, staff, parameters))
    return found


@dataclass(frozen=True, slots=True)
class _Copy:
    taken_on: date
    basis: UsedBasis | None
    content: str


def _counting(dossiers: Sequence[Dossier]) -> dict[int, _Copy]:
    """The copy that counts of each dossier that has one (A-37). Two statements."""
    ids = [dossier.id for dossier in dossiers if dossier.status is not DossierStatus.OPEN]
    if not ids:
        return {}
    held: dict[int, list[SnapshotFacts]] = {}
    for row in db.session.execute(_COPIES, {"dossiers": ids}):
        basis = basis_of_event(Event(row.event)) or UsedBasis.EX_OFFICIO
        held.setdefault(row.dossier_id, []).append(SnapshotFacts(str(row.id), basis, row.taken_at))
    chosen = {}
    for dossier in dossiers:
        used = UsedBasis(dossier.basis) if dossier.basis else None
        facts = counting_snapshot(dossier.status, used, held.get(dossier.id, ()))
        if facts is not None:
            chosen[dossier.id] = facts
    if not chosen:
        return {}
    wanted = [int(facts.reference) for facts in chosen.values()]
    contents = {str(row.id): row.content for row in db.session.execute(_CONTENTS, {"ids": wanted})}
    return {
        key: _Copy(local_date(facts.taken_at), facts.basis, contents[facts.reference]) for key, facts in chosen.items()
    }


def _origin(dossier: Dossier | None, copy: _Copy | None) -> Origin:
    if dossier is None:
        return Origin.ABSENT
    if dossier.status is DossierStatus.OPEN:
        return Origin.REOPENED if dossier.snapshot_id is not None else Origin.PROVISIONAL
    if dossier.status is DossierStatus.AUDIT:
        return Origin.IN_AUDIT if copy is not None else Origin.PROVISIONAL
    if copy is None:
        return Origin.EMPTY
    return Origin.SUBMITTED if copy.basis is UsedBasis.SUBMITTED else Origin.EX_OFFICIO


def _members(facility_id: int) -> dict[int, Member]:
    return {row.id: Member(*row[1:]) for row in db.session.execute(_STAFF, {"facility": facility_id})}


def _live(
    dossier: Dossier, origin: Origin, staff: Mapping[int, Member], parameters: PerformanceParameters
) -> QuarterContent:
    """A quarter as it is stored now: contracts with entries, and choices."""
    contracts: dict[str, tuple[ContractFacts, ...]] = {}
    entries = {}
    members = {}
    for line in lines(dossier, parameters):
        member = staff[line.staff_id]
        members[member.reference] = member
        contracts[member.reference] = (*contracts.get(member.reference, ()), line.contract)
        if not line.entry.is_empty:
            entries[line.reference] = line.entry
    choices = {}
    for key, held in choices_in(dossier.facility_id, dossier.quarter).items():
        member = staff[key]
        members[member.reference] = member
        choices[member.reference] = held
    return QuarterContent(dossier.quarter, origin, None, members, contracts, choices, entries, parameters)


def _of_copy(quarter: Quarter, origin: Origin, copy: _Copy) -> QuarterContent:
    """A quarter as its copy says (services.ecalcura.snapshots writes it)."""
    if not copy.content:  # emptied when its time was over
        return QuarterContent(quarter, Origin.EMPTY, copy.taken_on)
    held = json.loads(copy.content)
    if not any(held[name] for name in ("contracts", "choices", "performances", "nothing_to_declare")):
        return QuarterContent(quarter, Origin.EMPTY, copy.taken_on)
    members = {
        one["reference"]: Member(one["reference"], one["national_number"], one["last_name"], one["first_name"])
        for one in held["staff"]
    }
    return QuarterContent(
        quarter,
        origin,
        copy.taken_on,
        members,
        _by_person(held["contracts"], _contract),
        _by_person(held["choices"], _choice),
        {
            one["contract"]: PerformanceEntry(*(_decimal(one[name]) for name in _AMOUNTS))
            for one in held["performances"]
        },
        _parameters(held["parameters"]),
    )


_AMOUNTS = tuple(item.name for item in fields(PerformanceEntry))


def _by_person(rows: Iterable[Mapping[str, Any]], read_one: Any) -> dict[str, tuple[Any, ...]]:
    found: dict[str, tuple[Any, ...]] = {}
    for row in rows:
        found[row["staff"]] = (*found.get(row["staff"], ()), read_one(row))
    return found


def _contract(row: Mapping[str, Any]) -> ContractFacts:
    return ContractFacts(
        row["reference"],
        date.fromisoformat(row["starts_on"]),
        _day(row["ends_on"]),
        row["contract_type"],
        row["qualification"],
        Decimal(row["hours"]),
        Decimal(row["replacement_hours"]),
        row["el_right"],
    )


def _choice(row: Mapping[str, Any]) -> ChoiceFacts:
    return ChoiceFacts(
        row["reference"],
        date.fromisoformat(row["decided_on"]),
        date.fromisoformat(row["begins_on"]),
        _day(row["ends_on"]),
        row["age_category"],
        row["premium_hours"],
        row["exemption_hours"],
        row["premium_exception"],
    )


def _parameters(held: Mapping[str, Any]) -> PerformanceParameters:
    """Those the quarter was judged by when it was closed."""
    return PerformanceParameters(
        Decimal(held["full_time_hours"]),
        Decimal(held["hours_per_day"]),
        Decimal(held["day_tolerance"]),
        Decimal(held["hours_factor"]),
        Severity(held["incomplete_days_severity"]),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def certificates_of(facility_id: int) -> tuple[CertificateFacts, ...]:
    """The certificates of now: they count for every quarter, also a closed one (A-24, E-103)."""
    return tuple(certificates.facts(row) for row in certificates.current(facility_id))
