"""A second engine, written apart from the first: every day is looked at, every number is a fraction.

Slow and plain, so that it is easy to check against the rules by reading; it shares nothing with the program but the
facts of a case.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from domain.ecalcura.compensation import Case
from domain.ecalcura.personnel import ContractFacts

NURSES = {"VERPLEEGKUNDIGE_BACHELOR", "VERPLEEGKUNDIGE_GEGRADUEERDE"}
NO_REPLACERS = {"INTERIM", "ZELFSTANDIGE", "SOCIALE_MARIBEL", "STUDENT"}
PARTAKE = {"AFGESLOTEN", "GEBLOKKEERD", "AUDIT"}


def half_up(value: Fraction, digits: int) -> Fraction:
    """Rounded half up (values are never negative here)."""
    scaled = value * 10**digits
    whole = scaled.numerator // scaled.denominator
    return Fraction(whole + (1 if scaled - whole >= Fraction(1, 2) else 0), 10**digits)


def total(case: Case) -> dict[str, Fraction]:
    """Total, premium and replacement, R, V and f of a case."""
    year = int(case.reference_period[:4])
    firsts = [date(year, 7, 1), date(year, 10, 1), date(year + 1, 1, 1), date(year + 1, 4, 1), date(year + 1, 7, 1)]
    bases = {basis.quarter.start: basis for basis in case.quarters}
    premium, rights, delivered = Fraction(0), [], []
    qualification_of: dict[str, str] = {}
    for first, after in pairwise(firsts):
        quarter = [first + timedelta(days=number) for number in range((after - first).days)]
        basis = bases.get(first)
        replaced: dict[str, Fraction] = {}
        if basis is None or basis.status.value not in PARTAKE:
            rights.append(Fraction(0))
            delivered.append(replaced)
            continue
        certified = [day for day in quarter if _certified(day, case)]
        share = Fraction(len(certified), len(quarter))
        weekdays = sum(day.weekday() < 5 for day in quarter)
        hours_of_right = Fraction(0)
        for person in basis.people:
            densities = {}
            for contract in person.contracts:
                density, fte = _worked(contract, basis.performances.get(contract.reference), quarter, weekdays)
                densities[contract.reference] = density
                qualification_of[contract.reference] = contract.qualification
                if contract.replacement_hours > 0:
                    may = contract.contract_type not in NO_REPLACERS or first < date(2019, 7, 1)
                    v = half_up(fte * Fraction(contract.replacement_hours) / Fraction(contract.hours), 3)
                    replaced[contract.reference] = half_up(v * share, 3) if may else Fraction(0)
            for choice in person.choices:
                held = [
                    day for day in quarter if choice.begins_on <= day and (not choice.ends_on or day <= choice.ends_on)
                ]
                if choice.premium_hours:
                    premium += _premium(case, choice, person.contracts, densities, held, set(certified))
                if choice.exemption_hours:
                    hours_of_right += _exempted(case, choice.exemption_hours, person.contracts, held)
        floored = case.sector in {"REVALIDATIE", "MBE"} and hours_of_right < 13
        if floored and (hours_of_right > 0 or case.parameters.floor_without_beneficiary):
            hours_of_right = Fraction(13)
        rights.append(half_up(half_up(hours_of_right / 38, 3) * share, 3))
        delivered.append(replaced)
    right = half_up(sum(rights, Fraction(0)) / 4, 3)
    level = case.parameters.limit_level.value
    averages: dict[str, Fraction] = defaultdict(Fraction)
    for quarter_right, replaced in zip(rights, delivered, strict=True):
        summed = sum(replaced.values(), Fraction(0))
        factor = min(Fraction(1), quarter_right / summed) if level == "KWARTAAL" and summed else Fraction(1)
        for reference, value in replaced.items():
            averages[reference] += value * factor
    averages = {reference: half_up(value / 4, 3) for reference, value in averages.items()}
    volume = sum(averages.values(), Fraction(0))
    factor = min(Fraction(1), right / volume) if level == "REFERENTIEPERIODE" and volume else Fraction(1)
    paid = sum(
        (
            half_up(Fraction(case.parameters.y2[qualification_of[reference]]) * value * factor, 2)
            for reference, value in averages.items()
        ),
        Fraction(0),
    )
    return {"premium": premium, "replacement": paid, "total": premium + paid, "R": right, "V": volume, "f": factor}


def _certified(day: date, case: Case) -> bool:
    late = case.parameters.certificate_start.value == "LAATSTE_VAN_START_EN_MELDING"
    valid = set()
    for one in case.certificates:
        start = max(one.start, one.notified_on) if late and one.notified_on else one.start  # type: ignore[type-var]
        if start <= day and (one.end is None or day <= one.end):  # type: ignore[operator]
            valid.add(one.type)
    return len(valid) == 2


def _runs(contract: ContractFacts, day: date) -> bool:
    return contract.starts_on <= day and (contract.ends_on is None or day <= contract.ends_on)


def _worked(contract: ContractFacts, entry: object, quarter: list[date], weekdays: int) -> tuple[Fraction, Fraction]:
    possible = sum(day.weekday() < 5 and _runs(contract, day) for day in quarter)
    if entry is None or not possible:
        return Fraction(0), Fraction(0)
    if contract.hours == 38:
        paid, unpaid = Fraction(entry.paid_days or 0), Fraction(entry.unpaid_days or 0)  # type: ignore[attr-defined]
        if paid + unpaid == 0:
            return Fraction(0), Fraction(0)
        density = paid / (paid + unpaid)
        fte = density * possible / weekdays
    else:
        paid = Fraction(entry.paid_hours or 0)  # type: ignore[attr-defined]
        density = paid / (possible * Fraction(76, 10))
        fte = paid / (weekdays * Fraction(76, 10))
    return min(Fraction(1), half_up(density, 3)), min(Fraction(1), half_up(fte, 3))


def _months(case: Case, days: list[date]) -> Fraction:
    found, counted = Fraction(0), set(days)
    for first in {(day.year, day.month): day.replace(day=1) for day in days}.values():
        month = [first + timedelta(days=number) for number in range(31)]
        month = [day for day in month if day.month == first.month]
        held = sum(day in counted for day in month)
        if case.parameters.month_method.value == "VOLLEDIGE_MAAND":
            found += held == len(month)
        else:
            found += Fraction(held, len(month))
    return half_up(found, 3)


def _premium(case: Case, choice, contracts, densities, held, certified) -> Fraction:  # type: ignore[no-untyped-def]
    fitting = [one for one in contracts if one.el_right and (choice.premium_exception or one.qualification in NURSES)]
    days = [day for day in held if day in certified and any(_runs(one, day) for one in fitting)]
    months = _months(case, days)
    if not months:
        return Fraction(0)
    weighted = Fraction(0)
    for day in days:
        running = [one for one in fitting if _runs(one, day)]
        density = sum((densities[one.reference] for one in running), Fraction(0))
        worth = sum(
            (
                Fraction(case.parameters.y1[one.qualification]) * densities[one.reference]
                for one in running
                if densities[one.reference]
            ),
            Fraction(0),
        )
        weighted += worth / max(Fraction(1), density)
    return half_up(weighted / len(days) * Fraction(choice.premium_hours, 38) * months / 12, 2)


def _exempted(case: Case, hours: int, contracts, held) -> Fraction:  # type: ignore[no-untyped-def]
    with_right = [one for one in contracts if one.el_right]
    days = [day for day in held if any(_runs(one, day) for one in with_right)]
    if not days:
        return Fraction(0)
    summed = sum(
        (
            min(Fraction(38), sum((Fraction(one.hours) for one in with_right if _runs(one, day)), Fraction(0)))
            for day in days
        ),
        Fraction(0),
    )
    average = summed / len(days)
    return half_up(hours * average / 38 * _months(case, days) / 3, 3)
