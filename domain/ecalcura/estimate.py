"""An estimate before the declaration: what counts now, what is still missing, and how a year would end if it goes on.

An estimate is the same calculation on other data; the data here are a case whose open quarters hold what is entered
now. ``continued`` fills what nobody could enter yet from the last quarter that was entered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.calendars import Quarter, quarters_of
from domain.ecalcura.certificates import CertificateType
from domain.ecalcura.compensation import Case, QuarterBasis
from domain.ecalcura.compensation_result import QuarterStatus
from domain.ecalcura.performances import (
    EMPTY,
    Kind,
    PerformanceEntry,
    contract_days,
    needs_performance,
    quarter_norm,
)
from domain.ecalcura.personnel import ContractFacts
from domain.ecalcura.valid_days import common, days_between, either
from domain.errors import N_
from domain.exact import rounded

_ZERO = Decimal(0)


class GapKind(StrEnum):
    """What is still missing before the amount can come true."""

    NOT_BEGUN = "NIET_BEGONNEN"
    NOT_OPENED = "NIET_GEOPEND"
    NOT_SUBMITTED = "NIET_INGEDIEND"
    NOT_RESUBMITTED = "NIET_OPNIEUW_INGEDIEND"
    PERFORMANCES = "PRESTATIES"
    CERTIFICATE = "CERTIFICAAT"


GAP_TEXTS: dict[GapKind, str] = {
    GapKind.NOT_BEGUN: N_("Dit kwartaal is nog niet begonnen."),
    GapKind.NOT_OPENED: N_("Er is nog geen dossier voor dit kwartaal: zonder dossier telt het niet mee."),
    GapKind.NOT_SUBMITTED: N_("Dit kwartaal is nog niet ingediend: het telt pas mee na het indienen."),
    GapKind.NOT_RESUBMITTED: N_("Dit kwartaal werd heropend: wat u wijzigt, telt pas mee als u het opnieuw indient."),
    GapKind.PERFORMANCES: N_("Voor {count} contractlijnen zijn nog geen prestaties ingevuld: die tellen voor 0."),
    GapKind.CERTIFICATE: N_("Het certificaat geldt niet op elke dag van dit kwartaal: dat verlaagt het bedrag."),
}


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing in one quarter. ``count``: lines without performances; ``certificate``: which one."""

    kind: GapKind
    quarter: Quarter
    count: int = 0
    certificate: CertificateType | None = None


def gaps(
    case: Case,
    live: Collection[Quarter],
    opened: Collection[Quarter],
    today: date,
    reopened: Collection[Quarter] = (),
) -> list[Gap]:
    """What is missing, by quarter. ``live``: quarters counted as they are now; ``opened``: those with a dossier.

    Of ``reopened`` quarters what was confirmed before counts until they are submitted again (T-08).
    """
    found = []
    for basis in case.quarters:
        quarter = basis.quarter
        if quarter.start > today:
            found.append(Gap(GapKind.NOT_BEGUN, quarter))
            continue
        if quarter not in opened:
            found.append(Gap(GapKind.NOT_OPENED, quarter))
            continue
        if quarter in live:
            found.append(Gap(GapKind.NOT_RESUBMITTED if quarter in reopened else GapKind.NOT_SUBMITTED, quarter))
            missing = sum(1 for _ in _empty(basis))
            if missing:
                found.append(Gap(GapKind.PERFORMANCES, quarter, missing))
        if basis.status.takes_part:
            found += _without_certificate(case, quarter)
    return found


def _without_certificate(case: Case, quarter: Quarter) -> Iterator[Gap]:
    whole = days_between(quarter.start, quarter.end, quarter)
    for kind in case.parameters.required_certificates:
        held = either(
            days_between(one.start, one.end, quarter)
            for one in case.certificates
            if one.type is kind and one.start is not None
        )
        if common(held, whole) != whole:
            yield Gap(GapKind.CERTIFICATE, quarter, certificate=kind)


def _empty(basis: QuarterBasis) -> Iterator[ContractFacts]:
    """The contracts that need performances and have none."""
    for person in basis.people:
        for contract in person.contracts:
            if needs_performance(contract, person.choices, basis.quarter) is None:
                continue
            if basis.performances.get(contract.reference, EMPTY).is_empty:
                yield contract


def continued(case: Case, live: Collection[Quarter]) -> Case:
    """The case with all of ``live`` taking part, and what is not entered there as in the last quarter that was.

    Somebody who never had an entry is taken to work all paid days or hours. What was entered is never touched.
    """
    norms = {
        quarter: quarter_norm(quarter, case.parameters.hours_per_day) for quarter in quarters_of(case.reference_period)
    }
    last: dict[str, tuple[PerformanceEntry, int]] = {}
    quarters = []
    for basis in sorted(case.quarters, key=lambda one: one.quarter):
        norm = norms[basis.quarter]
        if basis.quarter in live:
            entries = dict(basis.performances)
            for contract in _empty(basis):
                days = contract_days(contract, norm)
                known = last.get(contract.reference)
                if known is None or not known[1]:
                    entries[contract.reference] = full_entry(contract, days, case)
                else:
                    entries[contract.reference] = _scaled(known[0], Decimal(days), Decimal(known[1]))
            basis = replace(basis, status=QuarterStatus.CLOSED, performances=entries)
        quarters.append(basis)
        if not basis.status.takes_part:
            continue
        for person in basis.people:
            for contract in person.contracts:
                entry = basis.performances.get(contract.reference, EMPTY)
                if not entry.is_empty:
                    last[contract.reference] = entry, contract_days(contract, norm)
    return replace(case, quarters=tuple(quarters))


def full_entry(contract: ContractFacts, days: int, case: Case) -> PerformanceEntry:
    """All possible days, or all hours the contract stands for."""
    parameters = case.parameters
    if contract.hours == parameters.full_time_hours:
        return PerformanceEntry(Decimal(days), _ZERO, None)
    hours = rounded(days * parameters.hours_per_day * contract.hours, parameters.full_time_hours, 2)
    return PerformanceEntry(None, None, hours)


def _scaled(entry: PerformanceEntry, above: Decimal, below: Decimal) -> PerformanceEntry:
    """The same share of another number of days: days by halves, hours by hundredths."""
    return PerformanceEntry(
        _halves(entry.paid_days, above, below),
        _halves(entry.unpaid_days, above, below),
        None if entry.paid_hours is None else rounded(entry.paid_hours * above, below, 2),
    )


def _halves(days: Decimal | None, above: Decimal, below: Decimal) -> Decimal | None:
    return None if days is None else rounded(days * above * 2, below, 0) / 2


def for_hours(
    entry: PerformanceEntry, old: ContractFacts, new: ContractFacts, days: int, case: Case
) -> PerformanceEntry:
    """An entry for the same work under other weekly hours: hours in proportion, days and hours into each other."""
    if entry.is_empty or old.hours == new.hours:
        return entry
    full, day_hours = case.parameters.full_time_hours, case.parameters.hours_per_day
    was, becomes = _kind(old.hours, full), _kind(new.hours, full)
    if was is Kind.HOURS and becomes is Kind.HOURS:
        return _scaled(entry, new.hours, old.hours)
    if was is Kind.DAYS:
        declared = (entry.paid_days or _ZERO) + (entry.unpaid_days or _ZERO)
        if not declared:
            return PerformanceEntry(None, None, _ZERO)
        worked = (entry.paid_days or _ZERO) * days * day_hours * new.hours
        return PerformanceEntry(None, None, rounded(worked, declared * full, 2))
    expected = days * day_hours * old.hours
    if not expected:
        return PerformanceEntry(_ZERO, _ZERO, None)
    paid = min(Decimal(days), rounded(2 * days * (entry.paid_hours or _ZERO) * full, expected, 0) / 2)
    return PerformanceEntry(paid, days - paid, None)


def _kind(hours: Decimal, full: Decimal) -> Kind:
    return Kind.DAYS if hours == full else Kind.HOURS


def counted(case: Case, quarters: Sequence[Quarter]) -> Case:
    """The case in which these quarters take part, as if they were submitted."""
    return replace(
        case,
        quarters=tuple(
            replace(one, status=QuarterStatus.CLOSED) if one.quarter in quarters else one for one in case.quarters
        ),
    )
