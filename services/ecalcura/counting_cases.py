"""What counts for a calculation, read from the immutable copies of the quarters and the certificates of now (A-37).

Facilities are read some tens at a time, in four statements, and made into cases one by one: memory stays the same
however many there are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from domain.calendars import Quarter, quarters_of
from domain.ecalcura.basis import SnapshotFacts, UsedBasis, basis_of_event, counting_snapshot
from domain.ecalcura.certificates import CertificateFacts
from domain.ecalcura.compensation import Case, Person, QuarterBasis
from domain.ecalcura.compensation_parameters import CompensationParameters
from domain.ecalcura.compensation_result import QuarterStatus
from domain.ecalcura.declaration import Event
from domain.ecalcura.dossier_states import DossierStatus
from domain.ecalcura.performances import PerformanceEntry
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts
from domain.ecalcura.rounds import Remark
from domain.errors import N_, DomainError
from models.base import db
from models.declaration import Dossier, DossierSnapshot
from models.organisation import Certificate, Facility
from services.ecalcura import certificates, snapshots
from services.ecalcura.derivations import PersonName, QuarterSource, Sources

if TYPE_CHECKING:
    from services.ecalcura.parameter_sets import InForce

NO_COPY = N_(
    "Van {quarter} is geen kopie van de ingediende gegevens. Neem het kwartaal in audit en sluit het opnieuw af."
)
UNREADABLE = N_("De gegevens van deze voorziening kunnen niet verwerkt worden. Verwittig de beheerder van het e-loket.")
UNKNOWN_COPY = N_("De kopie van {quarter} heeft een vorm die dit programma niet kent.")

_DOSSIERS = select(
    Dossier.id,
    Dossier.facility_id,
    Dossier.number,
    Dossier.year,
    Dossier.quarter_number,
    Dossier.status,
    Dossier.previous_status,
    Dossier.basis,
).where(
    Dossier.facility_id.in_(bindparam("facilities", expanding=True)), Dossier.period_code == bindparam("period_code")
)
_COPIES = (
    select(
        DossierSnapshot.id,
        DossierSnapshot.dossier_id,
        DossierSnapshot.event,
        DossierSnapshot.taken_at,
        DossierSnapshot.digest,
    )
    .where(DossierSnapshot.dossier_id.in_(bindparam("dossiers", expanding=True)))
    .order_by(DossierSnapshot.dossier_id, DossierSnapshot.sequence.desc())
)
_CONTENTS = select(DossierSnapshot.id, DossierSnapshot.content).where(
    DossierSnapshot.id.in_(bindparam("ids", expanding=True))
)
_CERTIFICATES = (
    select(Certificate)
    .where(Certificate.facility_id.in_(bindparam("facilities", expanding=True)), Certificate.withdrawn_at.is_(None))
    .order_by(Certificate.facility_id, Certificate.kind, Certificate.starts_on, Certificate.id)
)


@dataclass(frozen=True, slots=True)
class Counted:
    """The case of one facility, or the ``problem`` that stands in the way of it."""

    facility: Facility
    case: Case | None
    sources: Sources
    problem: DomainError | None = None


@dataclass(frozen=True, slots=True)
class _Copy:
    id: int
    digest: str
    facts: SnapshotFacts


def cases(facilities: Sequence[Facility], period_code: str, parameters: CompensationParameters) -> Iterator[Counted]:
    """The cases of some facilities, in their order. The statements run at once, the copies are read one by one."""
    ids = [facility.id for facility in facilities]
    dossiers: dict[int, dict[Quarter, Any]] = {}
    for row in db.session.execute(_DOSSIERS, {"facilities": ids, "period_code": period_code}):
        dossiers.setdefault(row.facility_id, {})[Quarter(row.year, row.quarter_number)] = row
    chosen = _chosen([row for held in dossiers.values() for row in held.values()])
    held = certificates_of(ids)
    wanted = [copy.id for copy in chosen.values()]
    contents: dict[int, str] = {}
    for snapshot_id, content in db.session.execute(_CONTENTS, {"ids": wanted}):
        contents[snapshot_id] = content
    for facility in facilities:
        own = dossiers.get(facility.id, {})
        try:
            yield _counted(facility, period_code, parameters, own, chosen, contents, held)
        except (ArithmeticError, LookupError, TypeError, ValueError):  # a copy that is damaged stops nobody else
            problem = DomainError(UNREADABLE, code="A-37")
            yield Counted(facility, None, Sources(facility.hco_number, facility.name, ()), problem)


def sources_now(
    facility_ids: Sequence[int], period_code: str
) -> dict[int, dict[Quarter, tuple[QuarterStatus, str | None]]]:
    """What would be read now, without reading it: per facility and quarter the status and the digest of the copy."""
    rows = db.session.execute(_DOSSIERS, {"facilities": list(facility_ids), "period_code": period_code}).all()
    chosen = _chosen(rows)
    found: dict[int, dict[Quarter, tuple[QuarterStatus, str | None]]] = {}
    for row in rows:
        copy = chosen.get(row.id)
        found.setdefault(row.facility_id, {})[Quarter(row.year, row.quarter_number)] = (
            _status(row, copy),
            copy.digest if copy else None,
        )
    return found


def _chosen(dossiers: Sequence[Any]) -> dict[int, _Copy]:
    """The copy that counts of each dossier that has one, newest first where moments are equal."""
    copies: dict[int, list[_Copy]] = {}
    for row in db.session.execute(_COPIES, {"dossiers": [dossier.id for dossier in dossiers]}):
        basis = basis_of_event(Event(row.event))
        if basis is not None:
            facts = SnapshotFacts(str(row.id), basis, row.taken_at)
            copies.setdefault(row.dossier_id, []).append(_Copy(row.id, row.digest, facts))
    chosen = {}
    for dossier in dossiers:
        held = copies.get(dossier.id, [])
        used = UsedBasis(dossier.basis) if dossier.basis else None
        found = counting_snapshot(dossier.status, used, [copy.facts for copy in held])
        if found is not None:
            chosen[dossier.id] = next(copy for copy in held if copy.facts is found)
    return chosen


def certificates_of(ids: Sequence[int]) -> dict[int, tuple[CertificateFacts, ...]]:
    """The certificates of some facilities as they are now (E-103, A-24), in a fixed order."""
    held: dict[int, tuple[CertificateFacts, ...]] = {}
    for row in db.session.scalars(_CERTIFICATES, {"facilities": ids}):
        held[row.facility_id] = (*held.get(row.facility_id, ()), certificates.facts(row))
    return held


def _status(dossier: Any, copy: _Copy | None) -> QuarterStatus:
    """What a dossier is for a calculation; one that never confirmed anything takes no part (A-37, L-05)."""
    if copy is not None:
        return _WITH_COPY[dossier.status]
    status = dossier.previous_status if dossier.status is DossierStatus.AUDIT else dossier.status
    return QuarterStatus.OPEN if status is DossierStatus.OPEN else QuarterStatus.NEVER_OPENED


_WITH_COPY: Mapping[DossierStatus, QuarterStatus] = {
    DossierStatus.CLOSED: QuarterStatus.CLOSED,
    DossierStatus.BLOCKED: QuarterStatus.BLOCKED,
    DossierStatus.AUDIT: QuarterStatus.AUDIT,
}


def _counted(
    facility: Facility,
    period_code: str,
    parameters: CompensationParameters,
    dossiers: Mapping[Quarter, Any],
    chosen: Mapping[int, _Copy],
    contents: dict[int, str],
    held: Mapping[int, tuple[CertificateFacts, ...]],
) -> Counted:
    reader = _Reader()
    bases: list[QuarterBasis] = []
    read: list[QuarterSource] = []
    problem: DomainError | None = None
    for quarter in quarters_of(period_code):
        dossier = dossiers.get(quarter)
        if dossier is None:
            bases.append(QuarterBasis(quarter, QuarterStatus.NEVER_OPENED))
            read.append(QuarterSource(quarter))
            continue
        copy = chosen.get(dossier.id)
        status = _status(dossier, copy)
        if copy is None:
            if dossier.status is DossierStatus.CLOSED:
                problem = problem or DomainError(NO_COPY, code="A-37", quarter=str(quarter))
            bases.append(QuarterBasis(quarter, status))
            read.append(QuarterSource(quarter, dossier.number))
            continue
        basis = reader.basis(quarter, status, contents.pop(copy.id))
        if basis is None:
            problem = problem or DomainError(UNKNOWN_COPY, code="A-37", quarter=str(quarter))
            continue
        bases.append(basis)
        read.append(
            QuarterSource(quarter, dossier.number, copy.id, copy.digest, copy.facts.basis.value, copy.facts.taken_at)
        )
    sources = Sources(facility.hco_number, facility.name, tuple(read), names=reader.names)
    if problem is not None:
        return Counted(facility, None, sources, problem)
    case = Case(period_code, str(facility.sector.value), parameters, held.get(facility.id, ()), tuple(bases))
    return Counted(facility, case, sources)


class _Reader:
    """Makes facts of the copies of one facility; what several quarters say alike becomes one object."""

    def __init__(self) -> None:
        self.names: dict[str, PersonName] = {}
        self._contracts: dict[tuple[Any, ...], ContractFacts] = {}
        self._choices: dict[tuple[Any, ...], ChoiceFacts] = {}
        self._people: dict[tuple[Any, ...], Person] = {}
        self._staff_text = ""
        self._staff: tuple[Person, ...] = ()

    def basis(self, quarter: Quarter, status: QuarterStatus, text: str) -> QuarterBasis | None:
        """The staff and the performances of one copy; None when it has a form this program does not know.

        Nothing of it counts when the quarter takes no part. A stub of a quarter that nobody ever opened says nothing at
        all, and takes no part either (A-09, A-37).
        """
        parts = _parts(text)
        staff_text, rest = parts if parts is not None else (text, json.loads(text))
        if rest.get("format") != snapshots.FORMAT:
            return None
        if staff_text != self._staff_text:
            self._staff = self._people_of(json.loads(staff_text))
            self._staff_text = staff_text
        if not (self._staff or rest["performances"] or rest["nothing_to_declare"]):
            status = QuarterStatus.NEVER_OPENED
        if not status.takes_part:
            return QuarterBasis(quarter, status)
        performances = {
            raw["contract"]: _entry(raw["paid_days"], raw["unpaid_days"], raw["paid_hours"])
            for raw in rest["performances"]
        }
        return QuarterBasis(quarter, status, self._staff, performances)

    def _people_of(self, content: Mapping[str, Any]) -> tuple[Person, ...]:
        contracts: dict[str, list[ContractFacts]] = {}
        for raw in content["contracts"]:
            contracts.setdefault(raw["staff"], []).append(self._contract(raw))
        choices: dict[str, list[ChoiceFacts]] = {}
        for raw in content["choices"]:
            choices.setdefault(raw["staff"], []).append(self._choice(raw))
        people = []
        for raw in content["staff"]:
            reference = raw["reference"]
            own, chosen = contracts.get(reference, ()), choices.get(reference, ())
            key = (reference, *map(id, own), None, *map(id, chosen))
            person = self._people.get(key)
            if person is None:
                person = self._people[key] = Person(reference, tuple(own), tuple(chosen))
                self.names[reference] = PersonName(raw["last_name"], raw["first_name"])
            people.append(person)
        return tuple(people)

    def _contract(self, raw: Mapping[str, Any]) -> ContractFacts:
        key = tuple(raw.values())
        known = self._contracts.get(key)
        if known is None:
            known = self._contracts[key] = ContractFacts(
                raw["reference"],
                date.fromisoformat(raw["starts_on"]),
                _day(raw["ends_on"]),
                raw["contract_type"],
                raw["qualification"],
                Decimal(raw["hours"]),
                Decimal(raw["replacement_hours"]),
                raw["el_right"],
            )
        return known

    def _choice(self, raw: Mapping[str, Any]) -> ChoiceFacts:
        key = tuple(raw.values())
        known = self._choices.get(key)
        if known is None:
            known = self._choices[key] = ChoiceFacts(
                raw["reference"],
                date.fromisoformat(raw["decided_on"]),
                date.fromisoformat(raw["begins_on"]),
                _day(raw["ends_on"]),
                raw["age_category"],
                raw["premium_hours"],
                raw["exemption_hours"],
                raw["premium_exception"],
            )
        return known


#: What follows what in a canonical copy of format 1: its keys are sorted.
_CHOICES, _FACILITY, _PERFORMANCES, _QUARTER, _STAFF = (
    '"choices":[',
    ',"facility":{',
    ',"performances":[',
    '],"quarter":"',
    ',"staff":[',
)


def _parts(text: str) -> tuple[str, Any] | None:
    """A copy as the text of its staff part and all the rest read; None when it is not laid out as expected.

    The staff part is by far the longest, and mostly the same in all quarters: it is read once when the text is the
    same. A name cannot look like a key: a quotation mark inside a text has a backslash before it.
    """
    choices, facility = text.find(_CHOICES), text.find(_FACILITY)
    performances, staff = text.find(_PERFORMANCES), text.rfind(_STAFF)
    quarter = text.find(_QUARTER, performances)
    if not 0 < choices < facility < performances < quarter < staff:
        return None
    rest = json.loads("{" + text[facility + 1 : staff] + "}")
    return "{" + text[choices:facility] + text[staff:], rest


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


@lru_cache(maxsize=16384)
def _entry(paid_days: str | None, unpaid_days: str | None, paid_hours: str | None) -> PerformanceEntry:
    """The same amounts come back on many lines."""
    return PerformanceEntry(*[None if one is None else Decimal(one) for one in (paid_days, unpaid_days, paid_hours)])


def remarks_read(text: str | None) -> list[Remark]:
    """The remarks a calculation keeps (``[[rule, quarter], …]``)."""
    return [Remark(rule, Quarter.parse(quarter)) for rule, quarter in json.loads(text or "[]")]


def made_with(sources: Sources, parameters: InForce) -> Sources:
    """The sources with the parameter set they were calculated with."""
    return replace(
        sources,
        parameter_set_id=parameters.set_id,
        parameter_number=parameters.number,
        parameter_digest=parameters.digest,
    )
