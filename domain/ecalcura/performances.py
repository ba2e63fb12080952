"""Performances of a quarter: who needs them, in days or in hours, how many are possible, what is odd (V-45 to V-51).

A quarter of a large facility has thousands of lines: make the `QuarterNorm` and the `Line` objects once per request,
`check_line` only compares.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from domain.calendars import Quarter, weekdays
from domain.dutch import number
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts, share_a_day
from domain.errors import N_, Finding, InvalidValue, Severity

V45 = N_("Vul voor een voltijds contract zowel 'Betaalde dagen' als 'Niet-betaalde dagen' in.")
V46 = N_("Voor deze contractlijn werden nog geen prestaties ingevuld.")
V47 = N_("Vul een geldig aantal dagen in (per halve dag).")
V48 = N_("Het aantal dagen ({n}) is hoger dan het mogelijke aantal werkdagen ({m}) in dit kwartaal.")
V49 = N_("Zonder dagen kan er voor deze lijn niets berekend worden.")
V50 = N_("Het aantal betaalde uren is hoger dan verwacht voor dit contract.")
V51 = N_("Voor een keuze vrijstelling zijn geen prestaties nodig; deze gegevens worden niet gebruikt.")
NOT_NEEDED = N_("Voor deze contractlijn zijn geen prestaties nodig; deze gegevens worden niet gebruikt.")
HOURS = N_("Vul een geldig aantal uren in: van 0 tot 9999,99, met hoogstens twee cijfers na de komma.")

MAX_DAYS = Decimal("999.5")
MAX_HOURS = Decimal("9999.99")
_ZERO = Decimal(0)
_NUMBER = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,4})?")


class Kind(StrEnum):
    """In what a contract line is declared (E-112, L-08)."""

    DAYS = "DAYS"
    HOURS = "HOURS"


class Reason(StrEnum):
    """Why a contract line needs performances (E-024)."""

    PREMIUM = "PREMIUM"
    REPLACEMENT = "REPLACEMENT"
    BOTH = "BOTH"


REASON_LABELS: dict[Reason, str] = {
    Reason.PREMIUM: N_("premie"),
    Reason.REPLACEMENT: N_("vervanger"),
    Reason.BOTH: N_("beide"),
}


@dataclass(frozen=True, slots=True)
class PerformanceParameters:
    """Parameters of part 8 for working time. ``day_tolerance`` in days, ``hours_factor`` the slack of V-50."""

    full_time_hours: Decimal = Decimal(38)
    hours_per_day: Decimal = Decimal("7.6")
    day_tolerance: Decimal = _ZERO
    hours_factor: Decimal = Decimal("1.1")
    incomplete_days_severity: Severity = Severity.WARNING


DEFAULT_PERFORMANCES = PerformanceParameters()


@dataclass(frozen=True, slots=True)
class PerformanceEntry:
    """What was entered for one contract in one quarter; ``None`` is empty, which is not the same as 0."""

    paid_days: Decimal | None = None
    unpaid_days: Decimal | None = None
    paid_hours: Decimal | None = None

    @property
    def is_empty(self) -> bool:
        """Nothing was entered."""
        return self.paid_days is None and self.unpaid_days is None and self.paid_hours is None

    @property
    def has_amount(self) -> bool:
        """Something above 0 was entered."""
        return bool(self.paid_days or self.unpaid_days or self.paid_hours)


EMPTY = PerformanceEntry()


@dataclass(frozen=True, slots=True)
class QuarterNorm:
    """A quarter with its calendar norm (7.2): ``days`` N_q, Mondays to Fridays; ``hours`` H_q = N_q x 7.6."""

    quarter: Quarter
    start: date
    end: date
    days: int
    hours: Decimal


@lru_cache(maxsize=256)
def quarter_norm(quarter: Quarter, hours_per_day: Decimal = DEFAULT_PERFORMANCES.hours_per_day) -> QuarterNorm:
    """The norm of a quarter; public holidays are not taken off, they are paid days."""
    days = weekdays(quarter.start, quarter.end)
    return QuarterNorm(quarter, quarter.start, quarter.end, days, days * hours_per_day)


def contract_days(contract: ContractFacts, norm: QuarterNorm) -> int:
    """D_cq: Mondays to Fridays of the contract inside the quarter; 0 when it does not touch it."""
    if contract.starts_on <= norm.start and (contract.ends_on is None or contract.ends_on >= norm.end):
        return norm.days
    ends_on = norm.end if contract.ends_on is None else min(contract.ends_on, norm.end)
    return weekdays(max(contract.starts_on, norm.start), ends_on)


def kind(contract: ContractFacts, parameters: PerformanceParameters = DEFAULT_PERFORMANCES) -> Kind:
    """Days for exactly a full-time week, hours for anything else (L-08)."""
    return kind_of_hours(contract.hours, parameters)


def kind_of_hours(hours: Decimal, parameters: PerformanceParameters = DEFAULT_PERFORMANCES) -> Kind:
    """The same for the weekly hours of a contract."""
    return Kind.DAYS if hours == parameters.full_time_hours else Kind.HOURS


def needs_performance(contract: ContractFacts, choices: Iterable[ChoiceFacts], quarter: Quarter) -> Reason | None:
    """Why a contract needs performances in a quarter, or ``None`` (E-024).

    A premium needs them on each contract with the right that runs together with a premium choice inside the quarter;
    a replacer on each contract with replacement hours; an exemption never. ``choices`` are those of the person.
    """
    starts_on, ends_on = contract.starts_on, contract.ends_on
    first = max(starts_on, quarter.start)
    last = quarter.end if ends_on is None else min(ends_on, quarter.end)
    if first > last:
        return None
    premium = contract.el_right and any(
        choice.premium_hours and share_a_day((first, last), choice.period) for choice in choices
    )
    if contract.replacement_hours > 0:
        return Reason.BOTH if premium else Reason.REPLACEMENT
    return Reason.PREMIUM if premium else None


@dataclass(frozen=True, slots=True)
class Line:
    """One contract in one quarter, with all that `check_line` needs computed beforehand.

    ``possible_days`` is D_cq; ``norm_hours`` the hours the contract stands for in the quarter; ``exemption_only``: the
    person has an exemption in this quarter and the line needs no performances.
    """

    reference: str
    kind: Kind
    reason: Reason | None
    possible_days: int
    norm_hours: Decimal
    exemption_only: bool


def line_of(
    contract: ContractFacts,
    choices: Iterable[ChoiceFacts],
    norm: QuarterNorm,
    parameters: PerformanceParameters = DEFAULT_PERFORMANCES,
) -> Line | None:
    """The line of a contract on the performance screen, or ``None`` when it lies outside the quarter (E-111)."""
    if contract.starts_on > norm.end or (contract.ends_on is not None and contract.ends_on < norm.start):
        return None
    choices = list(choices)
    reason = needs_performance(contract, choices, norm.quarter)
    days = contract_days(contract, norm)
    exempted = reason is None and any(
        choice.exemption_hours and share_a_day(choice.period, (norm.start, norm.end)) for choice in choices
    )
    norm_hours = days * parameters.hours_per_day * contract.hours / parameters.full_time_hours
    return Line(contract.reference, kind(contract, parameters), reason, days, norm_hours, exempted)


def check_line(
    line: Line, entry: PerformanceEntry | None, parameters: PerformanceParameters = DEFAULT_PERFORMANCES
) -> list[Finding]:
    """What is wrong or odd about one line: V-45 to V-51. The finding's subject is the contract's reference.

    Only the fields of the line's kind are looked at; the others are never used (L-08).
    """
    entry = entry or EMPTY
    if line.reason is None:
        if entry.is_empty:
            return []
        code, message = ("V-51", V51) if line.exemption_only else ("E-024", NOT_NEEDED)
        return [_finding(line, code, Severity.INFORMATION, message, None)]
    return _check_days(line, entry, parameters) if line.kind is Kind.DAYS else _check_hours(line, entry, parameters)


def _finding(line: Line, code: str, severity: Severity, message: str, field: str | None, **params: object) -> Finding:
    return Finding(code, severity, message, field, line.reference, params)


def _check_days(line: Line, entry: PerformanceEntry, parameters: PerformanceParameters) -> list[Finding]:
    paid, unpaid = entry.paid_days, entry.unpaid_days
    findings = [
        _finding(line, "V-47", Severity.BLOCKS, V47, field)
        for field, days in (("paid_days", paid), ("unpaid_days", unpaid))
        if days is not None and not _is_days(days)
    ]
    if findings:
        return findings
    if paid is None or unpaid is None:
        field = "paid_days" if paid is None else "unpaid_days"
        findings.append(_finding(line, "V-45", parameters.incomplete_days_severity, V45, field))
        if paid is None and unpaid is None:
            return findings
    total = (paid or _ZERO) + (unpaid or _ZERO)
    if total == 0:
        findings.append(_finding(line, "V-49", Severity.WARNING, V49, "paid_days"))
    elif total > line.possible_days + parameters.day_tolerance:
        n, m = number(total), number(line.possible_days)
        findings.append(_finding(line, "V-48", Severity.WARNING, V48, "paid_days", n=n, m=m))
    return findings


def _check_hours(line: Line, entry: PerformanceEntry, parameters: PerformanceParameters) -> list[Finding]:
    hours = entry.paid_hours
    if hours is None:
        return [_finding(line, "V-46", Severity.WARNING, V46, "paid_hours")]
    if not _is_hours(hours):
        return [_finding(line, "E-112", Severity.BLOCKS, HOURS, "paid_hours")]
    if hours > line.norm_hours * parameters.hours_factor:
        return [_finding(line, "V-50", Severity.WARNING, V50, "paid_hours")]
    return []


def _is_days(value: Decimal) -> bool:
    return value.is_finite() and 0 <= value <= MAX_DAYS and value * 2 % 1 == 0


def _is_hours(value: Decimal) -> bool:
    return value.is_finite() and 0 <= value <= MAX_HOURS and value * 100 % 1 == 0


def parse_days(text: str | None, *, field: str = "paid_days") -> Decimal | None:
    """Read ``60``, ``60,5`` or ``60.5``; blank is ``None``. Raises InvalidValue V-47."""
    value = _parse(text)
    if value is not None and not _is_days(value):
        raise InvalidValue(V47, code="V-47", field=field)
    return value


def parse_hours(text: str | None, *, field: str = "paid_hours") -> Decimal | None:
    """Read ``247``, ``246,25`` or ``246.25``; blank is ``None``. Raises InvalidValue E-112."""
    value = _parse(text)
    if value is not None and not _is_hours(value):
        raise InvalidValue(HOURS, code="E-112", field=field)
    return value


def _parse(text: str | None) -> Decimal | None:
    """A plain number with comma or point; NaN for anything else, which no check accepts."""
    text = (text or "").strip()
    if not text:
        return None
    return Decimal(text.replace(",", ".")) if _NUMBER.fullmatch(text) else Decimal("NaN")
