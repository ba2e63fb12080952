"""The dry run of a round in figures: counts, totals, what stands out, and the biggest swings with their causes."""

from __future__ import annotations

import hashlib
import heapq
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from domain.calendars import quarters_of
from domain.ecalcura.calculation_states import CalculationKind, CalculationStatus, RoundState
from domain.ecalcura.differences import compare
from domain.ecalcura.rounds import ADVANCES
from models.base import db
from models.compensation import Calculation, CalculationDerivation, CalculationRound
from models.organisation import Facility
from services.ecalcura import derivations
from services.ecalcura.calculations import DEFINITIVE_KINDS, PROVISIONAL_KINDS

#: How many of the biggest swings are kept, each way of looking.
SWINGS = 15
_ZERO = Decimal("0.00")
_FULL = DEFINITIVE_KINDS | PROVISIONAL_KINDS


@dataclass(slots=True)
class Swing:
    """A facility whose amount moved a lot. ``causes`` are pairs of CauseKind and euro that add up to the difference.

    ``calculation`` and ``compared_with`` are references; keys are for reading the derivations and are not kept.
    """

    hco_number: str
    name: str
    calculation: str
    compared_with: str
    before: Decimal
    after: Decimal
    causes: list[tuple[str, Decimal]] = field(default_factory=list)
    key: int = 0
    before_key: int = 0

    @property
    def difference(self) -> Decimal:
        """By how many euro it moved."""
        return self.after - self.before


@dataclass(slots=True)
class Comparison:
    """This round beside other calculations of the same facilities: how many there are, both totals, biggest swings."""

    facilities: int = 0
    before: Decimal = _ZERO
    after: Decimal = _ZERO
    swings: list[Swing] = field(default_factory=list)


@dataclass(slots=True)
class Summary:
    """What a round gives. ``remarks``: per rule how many facilities per quarter; ``problems_by``: per message."""

    facilities: int = 0
    calculated: int = 0
    problems: int = 0
    zero: int = 0
    nothing: int = 0
    with_warnings: int = 0
    total: Decimal = _ZERO
    premium_total: Decimal = _ZERO
    replacement_total: Decimal = _ZERO
    remarks: dict[str, dict[str, int]] = field(default_factory=dict)
    last_year: Comparison = field(default_factory=Comparison)
    previous: Comparison = field(default_factory=Comparison)


@dataclass(slots=True)
class Gathered:
    """A summary in the making. ``digest`` is over the digests of all calculations, in the order of the HCO numbers."""

    kind: CalculationKind
    summary: Summary
    digest: str

    def to_explain(self) -> Iterator[Swing]:
        """The swings whose causes can be told; advances have none."""
        if self.kind not in ADVANCES:
            yield from self.summary.last_year.swings
            yield from self.summary.previous.swings


def gather(reference: str) -> Gathered:
    """Count and compare everything of a round; one pass over its rows, in light rows."""
    row = db.session.scalars(select(CalculationRound).where(CalculationRound.reference == reference)).one()
    summary = Summary(facilities=len(json.loads(row.facilities or "[]")))
    last_year, previous = _last_year(row), _previous(row)
    remarks: dict[str, Counter[str]] = {}
    digest = hashlib.sha256()
    found: dict[str, list[Swing]] = {"last_year": [], "previous": []}
    for one in db.session.execute(_rows(row.id)).yield_per(500):
        digest.update((one.digest or "").encode())
        if one.total is None:
            summary.problems += 1
            continue
        _count(summary, one, remarks)
        for name, other in (("last_year", last_year.get(one.facility_id)), ("previous", previous.get(one.facility_id))):
            if other is None:
                continue
            compared: Comparison = getattr(summary, name)
            compared.facilities += 1
            compared.before += other[2]
            compared.after += one.total
            if other[2] != one.total:
                swing = Swing(one.hco_number, one.name, one.reference, other[1], other[2], one.total)
                swing.key, swing.before_key = one.id, other[0]
                found[name].append(swing)
    for name, swings in found.items():
        getattr(summary, name).swings = heapq.nlargest(SWINGS, swings, key=lambda swing: abs(swing.difference))
    summary.nothing = summary.facilities - summary.calculated - summary.problems
    summary.remarks = {rule: dict(sorted(quarters.items())) for rule, quarters in sorted(remarks.items())}
    return Gathered(row.kind, summary, digest.hexdigest())


def _count(summary: Summary, one: Any, remarks: dict[str, Counter[str]]) -> None:
    summary.calculated += 1
    summary.total += one.total
    summary.premium_total += one.premium_total or _ZERO
    summary.replacement_total += one.replacement_total or _ZERO
    summary.zero += one.total == 0
    summary.with_warnings += one.warnings > 0
    for rule, quarter in json.loads(one.remarks or "[]"):
        remarks.setdefault(rule, Counter())[quarter] += 1


def _rows(round_id: int) -> Any:
    return (
        select(
            Calculation.id,
            Calculation.reference,
            Calculation.facility_id,
            Calculation.total,
            Calculation.premium_total,
            Calculation.replacement_total,
            Calculation.warnings,
            Calculation.remarks,
            Calculation.digest,
            Facility.hco_number,
            Facility.name,
        )
        .join(Facility, Facility.id == Calculation.facility_id)
        .where(Calculation.round_id == round_id)
        .order_by(Facility.hco_number)
    )


_Other = tuple[int, str, Decimal]


def _last_year(row: CalculationRound) -> dict[int, _Other]:
    """What each facility got for the period before: the definitive amount in force, or the same advance."""
    before = quarters_of(row.period_code)[0].previous().reference_period
    kinds = {row.kind} if row.kind in ADVANCES else DEFINITIVE_KINDS
    return _newest(before, kinds, row.id, Calculation.status == CalculationStatus.COMMUNICATED)


def _previous(row: CalculationRound) -> dict[int, _Other]:
    """The previous run of each facility: the newest earlier calculation, also of a round that was rolled back."""
    if row.kind in ADVANCES:
        return {}
    stopped = select(CalculationRound.id).where(CalculationRound.state == RoundState.STOPPED)
    return _newest(row.period_code, _FULL, row.id, Calculation.round_id.not_in(stopped))


def _newest(period_code: str, kinds: Collection[CalculationKind], round_id: int, condition: Any) -> dict[int, _Other]:
    newest = (
        select(func.max(Calculation.id))
        .where(
            Calculation.facility_id.in_(select(Calculation.facility_id).where(Calculation.round_id == round_id)),
            Calculation.period_code == period_code,
            Calculation.kind.in_(kinds),
            Calculation.round_id != round_id,
            Calculation.total.is_not(None),
            condition,
        )
        .group_by(Calculation.facility_id)
    )
    rows = db.session.execute(
        select(Calculation.facility_id, Calculation.id, Calculation.reference, Calculation.total).where(
            Calculation.id.in_(newest)
        )
    )
    return {facility_id: (key, reference, total) for facility_id, key, reference, total in rows if total is not None}


def explain(swing: Swing) -> None:
    """Tell why an amount moved, in euro that add up (E-002)."""
    rows = db.session.execute(
        select(CalculationDerivation.calculation_id, CalculationDerivation.content).where(
            CalculationDerivation.calculation_id.in_((swing.key, swing.before_key))
        )
    )
    held = {key: derivations.read(content) for key, content in rows}
    before, after = held[swing.before_key], held[swing.key]
    causes = compare((before.case, before.compensation), (after.case, after.compensation))
    swing.causes = [(cause.kind.value, cause.amount) for cause in causes if cause.amount]


def write(summary: Summary) -> str:
    """As the round keeps it."""
    return json.dumps(asdict(summary), ensure_ascii=False, sort_keys=True, default=str)


def read(text: str | None) -> Summary | None:
    """The summary a round keeps; None while it is not ready."""
    if text is None:
        return None
    raw = json.loads(text)
    raw.update({name: Decimal(raw[name]) for name in ("total", "premium_total", "replacement_total")})
    raw.update({name: _comparison(raw[name]) for name in ("last_year", "previous")})
    return Summary(**raw)


def _comparison(raw: Mapping[str, Any]) -> Comparison:
    swings = [_swing(one) for one in raw["swings"]]
    return Comparison(raw["facilities"], Decimal(raw["before"]), Decimal(raw["after"]), swings)


def _swing(raw: Mapping[str, Any]) -> Swing:
    causes: Iterable[tuple[str, str]] = raw["causes"]
    values = dict(raw, before=Decimal(raw["before"]), after=Decimal(raw["after"]))
    values["causes"] = [(kind, Decimal(amount)) for kind, amount in causes]
    return Swing(**values)
