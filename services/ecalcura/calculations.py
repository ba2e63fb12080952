"""Calculations as they are kept: the one in force, its versions, its derivation; and the case one would be made from.

Who may see an amount, and the names behind it, is checked by who shows it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from domain.ecalcura.calculation_states import CalculationKind, CalculationStatus
from domain.ecalcura.compensation import Case
from domain.errors import NotFound
from models.base import db
from models.compensation import Calculation, CalculationDerivation
from models.organisation import Facility
from services.ecalcura import counting_cases, derivations
from services.ecalcura.derivations import AdvanceDerivation, Derivation, Sources

if TYPE_CHECKING:
    from services.ecalcura.parameter_sets import InForce

#: What gives the definitive amount of a period: the definitive calculation and what came after it (E-151).
DEFINITIVE_KINDS = frozenset({CalculationKind.DEFINITIVE, CalculationKind.RECALCULATION, CalculationKind.CORRECTION})
PROVISIONAL_KINDS = frozenset({CalculationKind.PROVISIONAL})
ADVANCE_KINDS = frozenset({CalculationKind.ADVANCE_1, CalculationKind.ADVANCE_2})


def purpose(kind: CalculationKind) -> frozenset[CalculationKind]:
    """The kinds that take each other's place: a correction that of the definitive one; each advance stands alone."""
    for kinds in (DEFINITIVE_KINDS, PROVISIONAL_KINDS):
        if kind in kinds:
            return kinds
    return frozenset({kind})


def case_of(facility: Facility, period_code: str, parameters: InForce) -> tuple[Case, Sources]:
    """The case of a facility from the copies that count now (A-37), and what was read for it.

    Raises DomainError when a closed quarter has no copy that can be read.
    """
    counted = next(counting_cases.cases([facility], period_code, parameters.content.compensation))
    if counted.case is None:
        assert counted.problem is not None  # one of the two is always there
        raise counted.problem
    return counted.case, counting_cases.made_with(counted.sources, parameters)


def latest(
    facility_id: int, period_code: str, kinds: Collection[CalculationKind], *, communicated: bool = True
) -> Calculation | None:
    """The last calculation of some kinds: the communicated one in force, or with False also a draft."""
    states = (
        {CalculationStatus.COMMUNICATED} if communicated else {CalculationStatus.COMMUNICATED, CalculationStatus.DRAFT}
    )
    return db.session.scalar(
        select(Calculation)
        .where(
            Calculation.facility_id == facility_id,
            Calculation.period_code == period_code,
            Calculation.kind.in_(kinds),
            Calculation.status.in_(states),
        )
        .order_by(Calculation.id.desc())
        .limit(1)
    )


def versions(facility_id: int, period_code: str) -> Sequence[Calculation]:
    """Everything that was communicated for a facility and period, lapsed ones too, oldest first."""
    return db.session.scalars(
        select(Calculation)
        .where(
            Calculation.facility_id == facility_id,
            Calculation.period_code == period_code,
            Calculation.communicated_at.is_not(None),
        )
        .order_by(Calculation.communicated_at, Calculation.id)
    ).all()


def by_reference(reference: str) -> Calculation:
    """A calculation by its reference; NotFound."""
    row = db.session.scalar(select(Calculation).where(Calculation.reference == reference))
    if row is None:
        raise NotFound
    return row


def derivation(calculation: Calculation) -> Derivation:
    """The case, the outcome and the sources of a calculation; NotFound without one, and for an advance."""
    if calculation.kind in ADVANCE_KINDS:
        raise NotFound
    return derivations.read(_content(calculation))


def advance_derivation(calculation: Calculation) -> AdvanceDerivation:
    """How an advance came about (A-20); NotFound for any other calculation."""
    if calculation.kind not in ADVANCE_KINDS:
        raise NotFound
    return derivations.read_advance(_content(calculation))


def _content(calculation: Calculation) -> bytes:
    content = db.session.scalar(
        select(CalculationDerivation.content).where(CalculationDerivation.calculation_id == calculation.id)
    )
    if not content:  # none, or emptied when its time was over
        raise NotFound
    return content
