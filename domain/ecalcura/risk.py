"""What a case manager should look at first: a score with its reasons in words, and the euro at stake.

The score only puts a list in order. It adds the points of its reasons, each up to a most, 0 to 100 together; every
weight is a named parameter. The euro at stake is a rough amount of the quarter as it was declared, for the days the
certificates cover: good enough to put the large ones first, never shown to a facility.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from domain.dutch import euro, number
from domain.ecalcura.compensation_parameters import CompensationParameters
from domain.ecalcura.performances import Kind, Line, PerformanceEntry, QuarterNorm
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts
from domain.errors import N_, Finding, Severity

_ZERO = Decimal(0)
_CENT = Decimal("0.01")


class RiskKind(StrEnum):
    """Why a quarter asks for a look."""

    UNEXPLAINED = "UNEXPLAINED"
    UNUSUAL = "UNUSUAL"
    MISSING = "MISSING"
    CERTIFICATES = "CERTIFICATES"
    EXCEPTION = "EXCEPTION"
    FIRST = "FIRST"
    SWING = "SWING"


RISK_LABELS: dict[RiskKind, str] = {
    RiskKind.UNEXPLAINED: N_("Ongewone waarden zonder uitleg"),
    RiskKind.UNUSUAL: N_("Ongewone waarden met uitleg"),
    RiskKind.MISSING: N_("Ontbrekende prestaties"),
    RiskKind.CERTIFICATES: N_("Attesten dekken niet alles"),
    RiskKind.EXCEPTION: N_("Uitzondering premie"),
    RiskKind.FIRST: N_("Eerste aangifte"),
    RiskKind.SWING: N_("Grote verandering van het bedrag"),
}

_WORDS: dict[RiskKind, str] = {
    RiskKind.UNEXPLAINED: N_("ongewone waarden zonder uitleg: {count}"),
    RiskKind.UNUSUAL: N_("ongewone waarden met uitleg: {count}"),
    RiskKind.MISSING: N_("{missing} van de {expected} contractlijnen niet ingevuld"),
    RiskKind.CERTIFICATES: N_("de attesten dekken {covered} van de {days} dagen"),
    RiskKind.EXCEPTION: N_("medewerkers met een uitzondering voor de premie: {count}"),
    RiskKind.FIRST: N_("eerste aangifte van deze voorziening"),
    RiskKind.SWING: N_("raming {estimate} tegenover {usual} per kwartaal in de vorige berekening ({percent} %)"),
}


@dataclass(frozen=True, slots=True)
class RiskParameters:
    """The weights. ``…_each`` are points per case, ``…_most`` the most a reason gives; swing from a part upwards.

    ``high`` and ``medium`` are the scores from which a quarter is called so.
    """

    unexplained_each: int = 15
    unexplained_most: int = 45
    unusual_each: int = 6
    unusual_most: int = 24
    missing_most: int = 30
    certificates_most: int = 25
    exception_each: int = 8
    exception_most: int = 16
    first: int = 15
    swing_from: Decimal = Decimal("0.25")
    swing_most: int = 30
    high: int = 50
    medium: int = 20


DEFAULT_RISK = RiskParameters()


class RiskLevel(StrEnum):
    """The score in a word."""

    HIGH = "HOOG"
    MEDIUM = "MATIG"
    LOW = "LAAG"


LEVEL_LABELS: dict[RiskLevel, str] = {
    RiskLevel.HIGH: N_("Hoog"),
    RiskLevel.MEDIUM: N_("Matig"),
    RiskLevel.LOW: N_("Laag"),
}


def level_of(score: int, parameters: RiskParameters = DEFAULT_RISK) -> RiskLevel:
    """The level of a score."""
    if score >= parameters.high:
        return RiskLevel.HIGH
    return RiskLevel.MEDIUM if score >= parameters.medium else RiskLevel.LOW


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """What is known of a quarter when it is closed. ``usual`` is a quarter of the last calculation, if there is one.

    ``estimate`` is the euro at stake.
    """

    unexplained: int = 0
    unusual: int = 0
    missing: int = 0
    expected: int = 0
    covered_days: int = 1
    days: int = 1
    exceptions: int = 0
    first: bool = False
    estimate: Decimal = _ZERO
    usual: Decimal | None = None


@dataclass(frozen=True, slots=True)
class RiskReason:
    """One reason with its points; ``params`` are numbers and amounts as texts, nothing personal."""

    kind: RiskKind
    points: int
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> Finding:
        """The reason in words."""
        return Finding(self.kind.value, Severity.INFORMATION, _WORDS[self.kind], params=self.params)

    def plain(self) -> dict[str, Any]:
        """As it is kept."""
        return {"kind": self.kind.value, "points": self.points, "params": dict(self.params)}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> RiskReason:
        """What ``plain`` gave."""
        return cls(RiskKind(kept["kind"]), int(kept["points"]), dict(kept["params"]))


@dataclass(frozen=True, slots=True)
class Risk:
    """The score and its reasons, the heaviest first."""

    score: int
    reasons: Sequence[RiskReason]


def risk_of(facts: RiskFacts, parameters: RiskParameters = DEFAULT_RISK) -> Risk:
    """The score of a quarter; a reason without points is left out."""
    p = parameters
    reasons = [
        _each(RiskKind.UNEXPLAINED, facts.unexplained, p.unexplained_each, p.unexplained_most),
        _each(RiskKind.UNUSUAL, facts.unusual, p.unusual_each, p.unusual_most),
        RiskReason(
            RiskKind.MISSING,
            _part(facts.missing, facts.expected, p.missing_most),
            {"missing": str(facts.missing), "expected": str(facts.expected)},
        ),
        RiskReason(
            RiskKind.CERTIFICATES,
            _part(facts.days - facts.covered_days, facts.days, p.certificates_most),
            {"covered": str(facts.covered_days), "days": str(facts.days)},
        ),
        _each(RiskKind.EXCEPTION, facts.exceptions, p.exception_each, p.exception_most),
        RiskReason(RiskKind.FIRST, p.first if facts.first else 0),
        _swing(facts, p),
    ]
    kept = sorted((one for one in reasons if one.points > 0), key=lambda one: -one.points)
    return Risk(min(100, sum(one.points for one in kept)), kept)


@dataclass(frozen=True, slots=True)
class StakeLine:
    """One contract of a quarter for the rough amount: ``person`` groups the contracts of one staff member."""

    person: int
    contract: ContractFacts
    choices: Sequence[ChoiceFacts]
    line: Line
    entry: PerformanceEntry


def stake_of(
    lines: Sequence[StakeLine],
    norm: QuarterNorm,
    covered: tuple[int, int],
    parameters: CompensationParameters,
    sector: str = "",
) -> Decimal:
    """The rough amount of a quarter in euro; ``covered`` are the days that count and all its days.

    Premiums and replacement as part 7 has them for a whole quarter; the replacement limited by the right of the quarter
    with the floor of the sector. Parts of months and the average over the year are left to the calculation.
    """
    premiums = replaced = replacement = _ZERO
    week = parameters.full_time_hours
    for one in lines:
        contract, line = one.contract, one.line
        amount = one.entry.paid_days if line.kind is Kind.DAYS else one.entry.paid_hours
        if line.reason is None or not amount:
            continue
        possible = Decimal(line.possible_days) if line.kind is Kind.DAYS else line.norm_hours
        rate = min(Decimal(1), amount / possible) if possible > 0 else _ZERO
        fte = min(Decimal(1), amount / (Decimal(norm.days) if line.kind is Kind.DAYS else norm.hours))
        hours = max((choice.premium_hours or 0 for choice in one.choices), default=0)
        if contract.el_right and hours:
            premiums += parameters.y1.get(contract.qualification, _ZERO) * hours / week * rate / 4
        if contract.replacement_hours > 0 and contract.hours > 0:
            part = fte * contract.replacement_hours / contract.hours
            replaced += part
            replacement += parameters.y2.get(contract.qualification, _ZERO) * part / 4
    right = _right(lines, parameters, sector)
    if replaced > right:
        replacement = replacement * right / replaced
    days, whole = covered
    return ((premiums + replacement) * days / whole).quantize(_CENT, ROUND_HALF_UP) if whole else _ZERO


def _right(lines: Sequence[StakeLine], parameters: CompensationParameters, sector: str) -> Decimal:
    """The right in full-time equivalents, rough: the hours of exemption, at least the floor of the sector."""
    week = parameters.full_time_hours
    weekly: dict[int, Decimal] = {}
    exempted: dict[int, int] = {}
    for one in lines:
        hours = max((choice.exemption_hours or 0 for choice in one.choices), default=0)
        if hours and one.contract.el_right:
            weekly[one.person] = weekly.get(one.person, _ZERO) + one.contract.hours
            exempted[one.person] = max(hours, exempted.get(one.person, 0))
    total = sum((exempted[person] * min(week, own) / week for person, own in weekly.items()), _ZERO)
    floored = sector in parameters.floor_sectors and (total > 0 or parameters.floor_without_beneficiary)
    return (max(total, parameters.floor_hours) if floored else total) / week


def _each(kind: RiskKind, count: int, each: int, most: int) -> RiskReason:
    return RiskReason(kind, min(most, count * each), {"count": str(count)})


def _part(part: int, whole: int, most: int) -> int:
    """Points for a part of a whole; a little of it is one point at least."""
    if part <= 0 or whole <= 0:
        return 0
    return max(1, round(most * part / whole))


def _swing(facts: RiskFacts, parameters: RiskParameters) -> RiskReason:
    if not facts.usual:
        return RiskReason(RiskKind.SWING, 0)
    change = (facts.estimate - facts.usual) / facts.usual
    if abs(change) < parameters.swing_from:
        return RiskReason(RiskKind.SWING, 0)
    points = min(parameters.swing_most, round(parameters.swing_most * min(abs(change), Decimal(1))))
    percent = number((change * 100).quantize(Decimal(1), ROUND_HALF_UP))
    sign = "+" if change > 0 else ""
    params = {"estimate": euro(facts.estimate), "usual": euro(facts.usual), "percent": f"{sign}{percent}"}
    return RiskReason(RiskKind.SWING, points, params)
