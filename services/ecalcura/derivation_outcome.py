"""The outcome of a calculation in its document: every line with every intermediate value of part 7.

What a worked quarter repeats of its contract (hours, person, what was entered) is read from the case that stands beside
it in the same document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any

from domain.calendars import Quarter
from domain.ecalcura.compensation import Case
from domain.ecalcura.compensation_result import (
    Compensation,
    PremiumLine,
    PremiumShare,
    QuarterRight,
    QuarterStatus,
    Replacement,
    RightLine,
    WorkedQuarter,
)
from domain.ecalcura.performances import EMPTY
from domain.ecalcura.personnel import ContractFacts
from domain.errors import Finding, Severity

#: Of a worked quarter, each column as one text with spaces: the part that is as long as the staff. ``contract`` is its
#: place among the contracts of the case; ``flags`` adds 1 full-time, 2 capped, 4 excluded.
_WORKED = ("contract", "possible_days", "flags", "density", "fte", "replacing", "replaced")
_FULL_TIME, _CAPPED, _EXCLUDED = 1, 2, 4


def written(outcome: Compensation, places: Mapping[Quarter, Mapping[str, int]]) -> dict[str, Any]:
    """The outcome for the document; ``places``: per quarter where a contract stands in the case."""
    return {
        "total": str(outcome.total),
        "premium_total": str(outcome.premium_total),
        "replacement_total": str(outcome.replacement_total),
        "right_fte": str(outcome.right_fte),
        "replacement_fte": str(outcome.replacement_fte),
        "limit_factor": str(outcome.limit_factor),
        "premiums": [_premium(line) for line in outcome.premiums],
        "right_lines": [_right_line(line) for line in outcome.right_lines],
        "rights": [_right(line) for line in outcome.rights],
        "worked": list(_worked(outcome.worked, places)),
        "replacement_quarters": [str(quarter) for quarter in outcome.replacements[0].quarters]
        if outcome.replacements
        else [],
        "replacements": [
            (
                line.contract,
                line.person,
                line.qualification,
                [str(fte) for fte in line.quarters.values()],
                str(line.average_fte),
                None if line.rate is None else str(line.rate),
                str(line.amount),
            )
            for line in outcome.replacements
        ],
        "notes": [
            (
                note.code,
                note.severity.value,
                note.message,
                {name: str(value) for name, value in note.params.items()},
            )
            for note in outcome.notes
        ],
    }


def read(raw: Mapping[str, Any], case: Case, contracts: Sequence[ContractFacts]) -> Compensation:
    """The outcome back; ``contracts`` of the case in their places."""
    quarters = [Quarter.parse(text) for text in raw["replacement_quarters"]]
    return Compensation(
        reference_period=case.reference_period,
        total=Decimal(raw["total"]),
        premium_total=Decimal(raw["premium_total"]),
        replacement_total=Decimal(raw["replacement_total"]),
        premiums=tuple(_read_premium(*row) for row in raw["premiums"]),
        right_lines=tuple(_read_right_line(*row) for row in raw["right_lines"]),
        rights=tuple(_read_right(*row) for row in raw["rights"]),
        worked=tuple(_read_worked(raw["worked"], case, contracts)),
        right_fte=Decimal(raw["right_fte"]),
        replacement_fte=Decimal(raw["replacement_fte"]),
        limit_factor=Decimal(raw["limit_factor"]),
        replacements=tuple(
            Replacement(
                contract,
                person,
                qualification,
                {quarter: Decimal(fte) for quarter, fte in zip(quarters, ftes, strict=True)},
                Decimal(average),
                None if rate is None else Decimal(rate),
                Decimal(amount),
            )
            for contract, person, qualification, ftes, average, rate, amount in raw["replacements"]
        ),
        notes=tuple(
            Finding(code, Severity(severity), message, params=_read_params(params))
            for code, severity, message, params in raw["notes"]
        ),
    )


def _worked(lines: Sequence[WorkedQuarter], places: Mapping[Quarter, Mapping[str, int]]) -> Iterator[dict[str, Any]]:
    """Per quarter its norm and its columns."""
    for quarter, group in groupby(lines, attrgetter("quarter")):
        held, found = places[quarter], list(group)
        columns: tuple[list[Any], ...] = (
            [held[line.contract] for line in found],
            [line.possible_days for line in found],
            [line.full_time * _FULL_TIME + line.capped * _CAPPED + line.excluded * _EXCLUDED for line in found],
            [line.density for line in found],
            [line.fte for line in found],
            [line.replacing for line in found],
            [line.replaced for line in found],
        )
        yield {
            "quarter": str(quarter),
            "norm_days": found[0].norm_days,
            "norm_hours": str(found[0].norm_hours),
            **{name: " ".join(map(str, column)) for name, column in zip(_WORKED, columns, strict=True)},
        }


def _read_worked(
    raw: Sequence[Mapping[str, Any]], case: Case, contracts: Sequence[ContractFacts]
) -> Iterator[WorkedQuarter]:
    bases = {basis.quarter: basis for basis in case.quarters}
    for part in raw:
        quarter, norm_hours = Quarter.parse(part["quarter"]), Decimal(part["norm_hours"])
        basis = bases[quarter]
        persons = {one.reference: person.reference for person in basis.people for one in person.contracts}
        columns = (part[name].split() for name in _WORKED)
        for place, possible_days, flag, density, fte, replacing, replaced in zip(*columns, strict=True):
            contract, flags = contracts[int(place)], int(flag)
            yield WorkedQuarter(
                contract.reference,
                persons[contract.reference],
                quarter,
                bool(flags & _FULL_TIME),
                contract.hours,
                contract.replacement_hours,
                basis.performances.get(contract.reference, EMPTY),
                int(possible_days),
                part["norm_days"],
                norm_hours,
                Decimal(density),
                Decimal(fte),
                bool(flags & _CAPPED),
                Decimal(replacing),
                Decimal(replaced),
                bool(flags & _EXCLUDED),
            )


def _premium(line: PremiumLine) -> tuple[Any, ...]:
    return (
        line.choice,
        line.person,
        str(line.quarter),
        line.premium_hours,
        line.days,
        [
            (share.days, [(contract, code, str(density)) for contract, code, density in share.contracts], share.scaled)
            for share in line.shares
        ],
        str(line.effective_time),
        str(line.months),
        {code: str(rate) for code, rate in line.rates.items()},
        str(line.amount),
    )


def _read_premium(
    choice: str,
    person: str,
    quarter: str,
    hours: int,
    days: int,
    shares: list[Any],
    effective_time: str,
    months: str,
    rates: dict[str, str],
    amount: str,
) -> PremiumLine:
    return PremiumLine(
        choice,
        person,
        Quarter.parse(quarter),
        hours,
        days,
        tuple(
            PremiumShare(
                length, tuple((contract, code, Decimal(density)) for contract, code, density in contracts), scaled
            )
            for length, contracts, scaled in shares
        ),
        Decimal(effective_time),
        Decimal(months),
        {code: Decimal(rate) for code, rate in rates.items()},
        Decimal(amount),
    )


def _right_line(line: RightLine) -> tuple[Any, ...]:
    return (
        line.choice,
        line.person,
        str(line.quarter),
        line.exemption_hours,
        line.days,
        str(line.average_hours),
        str(line.months),
        str(line.hours),
    )


def _read_right_line(
    choice: str, person: str, quarter: str, exemption: int, days: int, average: str, months: str, hours: str
) -> RightLine:
    return RightLine(
        choice, person, Quarter.parse(quarter), exemption, days, Decimal(average), Decimal(months), Decimal(hours)
    )


def _right(line: QuarterRight) -> tuple[Any, ...]:
    return (
        str(line.quarter),
        line.status.value,
        str(line.own_hours),
        str(line.hours),
        line.floor_applied,
        str(line.own_fte),
        line.covered_days,
        line.days,
        str(line.certificate_share),
        str(line.fte),
        str(line.replaced),
        str(line.factor),
    )


def _read_right(
    quarter: str,
    status: str,
    own_hours: str,
    hours: str,
    floor_applied: bool,
    own_fte: str,
    covered_days: int,
    days: int,
    *amounts: str,
) -> QuarterRight:
    share, fte, replaced, factor = (Decimal(amount) for amount in amounts)
    return QuarterRight(
        Quarter.parse(quarter),
        QuarterStatus(status),
        Decimal(own_hours),
        Decimal(hours),
        floor_applied,
        Decimal(own_fte),
        covered_days,
        days,
        share,
        fte,
        replaced,
        factor,
    )


def _read_params(raw: Mapping[str, str]) -> dict[str, Any]:
    return {name: Quarter.parse(value) if name == "quarter" else value for name, value in raw.items()}
