"""What counts for a calculation, read from the immutable copies of the quarters and the certificates of now (A-37).

Facilities are read some tens at a time, in four statements, and made into cases one by one: memory stays the same
however many there are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from domain.calendars import Quarter, quarters_of
from domain.ecalcura.basis import SnapshotFacts, UsedBasis, basis_of_event, counting_snapshot
from domain.ecalcura.certificates import CertificateFacts
from domain.ecalcura.compensation import Case, QuarterBasis
from domain.ecalcura.compensation_parameters import CompensationParameters
from domain.ecalcura.compensation_result import QuarterStatus
from domain.ecalcura.declaration import Event
from domain.ecalcura.dossier_states import DossierStatus
from domain.ecalcura.rounds import Remark
from domain.errors import N_, DomainError
from models.base import db
from models.declaration import Dossier, DossierSnapshot
from models.organisation import Certificate, Facility
from services.ecalcura import certificates
from services.ecalcura.derivations import QuarterSource, Sources
from services.ecalcura.snapshot_reader import SnapshotReader

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
    reader = SnapshotReader()
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
