"""Why this amount: the calculations of a facility side by side, each as a tree of sentences (E-002, E-003).

The facility sees its own, with names. A case manager sees any, drafts too. The helpdesk sees communicated ones with
"Personeelslid 3" in the place of a name. Looking from outside the facility leaves a trace.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from sqlalchemy import select

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.calendars import Quarter, quarters_of
from domain.ecalcura.calculation_states import CalculationStatus
from domain.ecalcura.compensation_result import Compensation
from domain.ecalcura.differences import compare
from domain.ecalcura.explained_steps import Names, Step
from domain.ecalcura.explanation import explain
from domain.errors import N_, DomainError, Forbidden, NotFound
from domain.folding import words_of
from domain.permissions import Permission
from models.base import db
from models.compensation import Calculation
from models.declaration import Dossier
from models.organisation import Facility
from services import access, audit, clock
from services.ecalcura import calculations
from services.ecalcura.calculations import DEFINITIVE_KINDS, PROVISIONAL_KINDS
from services.ecalcura.derivations import Derivation
from services.ecalcura.personnel_facts import code_lists
from services.ecalcura.told_causes import ToldCause, told

#: How somebody is called for who may not know names.
MASKED = N_("Personeelslid {number}")

#: Advances are no calculations of an amount: they have nothing to unfold.
_EXPLAINED = DEFINITIVE_KINDS | PROVISIONAL_KINDS


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """One reference period of a facility: what was communicated for it."""

    period: str
    provisional: Calculation | None
    definitive: Calculation | None

    @property
    def shown(self) -> Calculation | None:
        """The one that says most: the definitive one, else the provisional one."""
        return self.definitive or self.provisional


@dataclass(frozen=True, slots=True)
class Difference:
    """Two calculations and what makes them differ; the causes add up to ``amount``."""

    before: Calculation
    after: Calculation
    amount: Decimal
    causes: Sequence[ToldCause]

    @property
    def other_period(self) -> bool:
        """Whether another reference period is compared with."""
        return self.before.period_code != self.after.period_code


@dataclass(frozen=True, slots=True)
class Explanation:
    """One calculation explained: the tree, what it is compared with, the others of the period.

    Without a calculation all is None; one that could not be made has a ``problem`` and no tree.
    """

    facility: Facility
    period: str
    provisional: Calculation | None
    definitive: Calculation | None
    last_year: Calculation | None
    calculation: Calculation | None
    versions: Sequence[Calculation]
    tree: Step | None = None
    compensation: Compensation | None = None
    differences: Sequence[Difference] = ()
    names: Names = field(default_factory=Names)
    problem: DomainError | None = None
    masked: bool = False


def overview(actor: Actor) -> list[PeriodRow]:
    """The reference periods of the own facility that have a dossier or a calculation, newest first."""
    facility_id = access.own_facility_id(actor)
    access.require(actor, Permission.COMPENSATION_READ, facility_id)
    current = _by_period(_communicated(facility_id))
    declared = db.session.scalars(select(Dossier.period_code).where(Dossier.facility_id == facility_id).distinct())
    codes = {*current, *declared}
    return [_row(code, current.get(code, ())) for code in sorted(codes, reverse=True)]


def of_period(actor: Actor, period_code: str, reference: str | None = None) -> Explanation:
    """The calculations of the own facility for a period, with one of them explained: the newest, or that one."""
    facility = access.own_facility(actor)
    access.require(actor, Permission.COMPENSATION_READ, facility.id)
    quarters_of(period_code)
    communicated = _communicated(facility.id)
    chosen = None
    if reference is not None:
        chosen = next(
            (one for one in calculations.versions(facility.id, period_code) if one.reference == reference), None
        )
        if chosen is None:
            raise NotFound
    return _explained(facility, period_code, communicated, chosen, masked=False)


def of_calculation(actor: Actor, reference: str) -> Explanation:
    """One calculation for the department or the helpdesk; leaves a trace, the caller commits."""
    if actor.side is Side.FACILITY or not (
        actor.may(Permission.CALCULATIONS_READ) or actor.may(Permission.AMOUNTS_LOOK_UP)
    ):
        raise Forbidden(Permission.AMOUNTS_LOOK_UP)
    whole = actor.may(Permission.CALCULATIONS_READ)
    row = calculations.by_reference(reference)
    if not whole and row.communicated_at is None:
        raise NotFound
    facility = db.session.get(Facility, row.facility_id)
    assert facility is not None  # a foreign key says so
    audit.record(
        actor,
        AuditEvent.AMOUNT_VIEWED,
        "calculation",
        row.reference,
        data={"calculation": row.reference, "as": actor.side.value},
        concerns=(facility.hco_number,),
    )
    return _explained(facility, row.period_code, _communicated(facility.id), row, masked=not whole)


def communicated_of(actor: Actor, hco_number: str) -> tuple[Facility, Sequence[PeriodRow]]:
    """What was communicated to a facility, for the helpdesk and the department; leaves a trace, the caller commits."""
    access.require(actor, Permission.AMOUNTS_LOOK_UP)
    facility = db.session.scalar(select(Facility).where(Facility.hco_number == hco_number))
    if facility is None:
        raise NotFound
    audit.record(
        actor,
        AuditEvent.AMOUNT_VIEWED,
        "facility",
        facility.hco_number,
        data={"calculation": "list", "as": actor.side.value},
        concerns=(facility.hco_number,),
    )
    current = _by_period(_communicated(facility.id))
    return facility, [_row(code, current[code]) for code in sorted(current, reverse=True)]


def people_named(people: Mapping[str, str], search: str) -> frozenset[str]:
    """The people whose name holds each of the words, at the start of a part of it."""
    wanted = words_of(search)
    return frozenset(reference for reference, name in people.items() if all(_holds(name, word) for word in wanted))


def _holds(name: str, word: str) -> bool:
    return any(part.startswith(word) for part in words_of(name))


def names_of(people: Mapping[str, object], *, masked: bool = False) -> Names:
    """How people and codes are called; masked, people are numbered in the order of the case. Two statements."""
    lists = code_lists()
    held = {reference: str(name) for reference, name in people.items()}
    if masked:
        width = len(str(len(held)))
        held = {reference: MASKED.format(number=str(number).zfill(width)) for number, reference in enumerate(held, 1)}
    return Names(held, lists.qualification_names, lists.contract_type_names)


def _communicated(facility_id: int) -> Sequence[Calculation]:
    """What is in force, of all periods."""
    return db.session.scalars(
        select(Calculation)
        .where(
            Calculation.facility_id == facility_id,
            Calculation.status == CalculationStatus.COMMUNICATED,
            Calculation.kind.in_(_EXPLAINED),
        )
        .order_by(Calculation.id)
    ).all()


def _by_period(rows: Iterable[Calculation]) -> dict[str, list[Calculation]]:
    found: dict[str, list[Calculation]] = {}
    for row in rows:
        found.setdefault(row.period_code, []).append(row)
    return found


def _row(code: str, rows: Iterable[Calculation]) -> PeriodRow:
    held = list(rows)
    provisional = [row for row in held if row.kind in PROVISIONAL_KINDS]
    definitive = [row for row in held if row.kind in DEFINITIVE_KINDS]
    return PeriodRow(code, provisional[-1] if provisional else None, definitive[-1] if definitive else None)


def _explained(
    facility: Facility,
    period_code: str,
    communicated: Sequence[Calculation],
    chosen: Calculation | None,
    *,
    masked: bool,
) -> Explanation:
    by_period = _by_period(communicated)
    own = _row(period_code, by_period.get(period_code, ()))
    year = int(period_code[:4])
    before = _row(f"{year - 1}-{year}", by_period.get(f"{year - 1}-{year}", ())).definitive
    row = chosen or own.shown
    versions = [one for one in calculations.versions(facility.id, period_code) if one.kind in _EXPLAINED]
    page = Explanation(facility, period_code, own.provisional, own.definitive, before, row, versions, masked=masked)
    if row is None:
        return page
    if row.problem is not None:
        return replace(page, problem=_problem(row))
    held = _Derivations()
    derivation = held.of(row)
    people: dict[str, object] = {}
    compared = [(one, held.of(one)) for one in _to_compare(row, own, before, versions) if one.problem is None]
    for _, other in compared:
        people.update(other.names)
    people.update(derivation.names)
    names = names_of(_in_order(people, derivation), masked=masked)
    differences = [
        Difference(
            one,
            row,
            derivation.compensation.total - other.compensation.total,
            told(
                compare((other.case, other.compensation), (derivation.case, derivation.compensation)),
                names,
                derivation.compensation,
            ),
        )
        for one, other in compared
    ]
    return replace(
        page,
        tree=explain(derivation.compensation, derivation.case, names),
        compensation=derivation.compensation,
        differences=tuple(differences),
        names=names,
    )


def _in_order(people: Mapping[str, object], derivation: Derivation) -> dict[str, object]:
    """Those of the calculation itself first: a number stands for the same person whatever is compared."""
    return {**{one: people[one] for one in derivation.names}, **people}


def _problem(row: Calculation) -> DomainError:
    params = json.loads(row.problem_params) if row.problem_params else {}
    return DomainError(row.problem or "", **params)


def _to_compare(
    row: Calculation, own: PeriodRow, before: Calculation | None, versions: Sequence[Calculation]
) -> list[Calculation]:
    """With what a calculation is compared: its predecessor or the provisional one, and last year's definitive one."""
    found = [one for one in versions if one.id == row.previous_id]
    if not found and row.kind in DEFINITIVE_KINDS and own.provisional is not None:
        found.append(own.provisional)
    if before is not None:
        found.append(before)
    return found


class _Derivations:
    """Each derivation is read once."""

    def __init__(self) -> None:
        self._held: dict[int, Derivation] = {}

    def of(self, row: Calculation) -> Derivation:
        if row.id not in self._held:
            self._held[row.id] = calculations.derivation(row)
        return self._held[row.id]


def today_period() -> str:
    """The reference period of today."""
    return Quarter.of(clock.today()).reference_period
