"""The compensation of one facility for one reference period (part 7, readings L-02 to L-19).

Every value is exact until a named rounding: products first, one division last, half up. What is never rounded (U, the
average E over several groups of contracts, the factors f) stays a fraction until the amount it leads to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from domain.calendars import Quarter, quarters_of
from domain.ecalcura.certificates import CertificateFacts, CertificateStart
from domain.ecalcura.compensation_parameters import CompensationParameters, LimitLevel, MonthMethod
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
from domain.ecalcura.performances import EMPTY, PerformanceEntry, quarter_norm
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts
from domain.ecalcura.valid_days import NO_DAYS, Days, common, count, days_between, either, months_of, split
from domain.ecalcura.worked_time import worked_quarter
from domain.errors import N_, Finding, InvalidValue, Severity
from domain.exact import product, rounded, rounded_fraction, unit

_ZERO = Decimal(0)
MISSING = N_("De parameter {parameter} ontbreekt voor {period}. Vul hem in de parameterset in en bereken opnieuw.")
NOT_COUNTED = N_("{quarter} telt niet mee: {status}")
IN_AUDIT = N_("{quarter} is in audit: de laatste kopie van het dossier telt.")


class MissingParameter(InvalidValue):
    """An amount depends on a parameter that has no value (L-04); ``params['parameter']`` names it."""


@dataclass(frozen=True, slots=True)
class Person:
    """One staff member with contracts and end-of-career choices as they stood for a quarter."""

    reference: str
    contracts: tuple[ContractFacts, ...]
    choices: tuple[ChoiceFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class QuarterBasis:
    """What counts for one quarter: its status, the staff, and the performances per contract reference."""

    quarter: Quarter
    status: QuarterStatus
    people: Sequence[Person] = ()
    performances: Mapping[str, PerformanceEntry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """Everything a calculation reads. A quarter that is not in ``quarters`` was never opened (L-05)."""

    reference_period: str
    sector: str
    parameters: CompensationParameters
    certificates: tuple[CertificateFacts, ...]
    quarters: Sequence[QuarterBasis]


def calculate(case: Case) -> Compensation:
    """The compensation with its derivation; raises MissingParameter when an amount needs a Y1 or Y2 that is not set."""
    parameters = case.parameters
    bases = {basis.quarter: basis for basis in case.quarters}
    found = [
        _Quarter(bases.get(quarter) or QuarterBasis(quarter, QuarterStatus.NEVER_OPENED), case)
        for quarter in quarters_of(case.reference_period)
    ]
    order = _order(choice.reference for people in _each_staff(case) for one in people for choice in one.choices)
    premiums = tuple(sorted((line for one in found for line in one.premiums), key=lambda line: order[line.choice]))
    rights = tuple(one.right for one in found)
    digits = parameters.fte_digits
    right_fte = rounded(sum((right.fte for right in rights), _ZERO), 4, digits)
    per_quarter = parameters.limit_level is LimitLevel.QUARTER
    factors = {one.quarter: one.factor if per_quarter else Fraction(1) for one in found}
    averages = _averages(case, found, factors)
    replacement_fte = sum((fte for _, _, fte in averages), _ZERO).quantize(right_fte)
    factor = _limit(right_fte, replacement_fte) if parameters.limit_level is LimitLevel.PERIOD else Fraction(1)
    replacements = tuple(_replacement(case, lines, quarters, fte, factor) for lines, quarters, fte in averages)
    cents = parameters.euro_digits
    premium_total = _sum((line.amount for line in premiums), cents)
    replacement_total = _sum((line.amount for line in replacements), cents)
    return Compensation(
        reference_period=case.reference_period,
        total=premium_total + replacement_total,
        premium_total=premium_total,
        replacement_total=replacement_total,
        premiums=premiums,
        right_lines=tuple(line for one in found for line in one.right_lines),
        rights=rights,
        worked=tuple(line for one in found for line in one.worked.values()),
        right_fte=right_fte,
        replacement_fte=replacement_fte,
        limit_factor=rounded_fraction(factor, 12),
        replacements=replacements,
        notes=tuple(note for one in found for note in one.notes()),
    )


class _Quarter:
    """One quarter of the case: certificates, working time, premiums and the right, in the order of part 7."""

    def __init__(self, basis: QuarterBasis, case: Case) -> None:
        self.quarter, self.basis, self.case, self.parameters = basis.quarter, basis, case, case.parameters
        self.first, self.last = self.quarter.start, self.quarter.end
        self.whole = days_between(self.first, self.last, self.quarter)
        self.norm = quarter_norm(self.quarter, self.parameters.hours_per_day)
        self.hours_of_year = self.parameters.full_time_hours * 12
        self.all_months = rounded(3, 1, self.parameters.fte_digits)
        self.covered = covered_days(self.quarter, case)
        self.certificate = count(self.covered), count(self.whole)
        self.worked: dict[str, WorkedQuarter] = {}
        self.qualifications: dict[str, str] = {}
        self.premiums: list[PremiumLine] = []
        self.right_lines: list[RightLine] = []
        if basis.status.takes_part:
            for person in basis.people:
                if person.choices:
                    self._person(person)
                else:
                    self._replacer(person)
        self.replaced = sum((line.replaced for line in self.worked.values()), _ZERO)
        self.right = self._right()
        self.factor = _limit(self.right.fte, self.replaced)

    def notes(self) -> list[Finding]:
        """What somebody who reads the calculation must know about this quarter."""
        if self.basis.status is QuarterStatus.AUDIT:
            return [Finding("A-37", Severity.WARNING, IN_AUDIT, params={"quarter": self.quarter})]
        if self.basis.status.takes_part:
            return []
        status = self.basis.status.value
        return [Finding("E-129", Severity.INFORMATION, NOT_COUNTED, params={"quarter": self.quarter, "status": status})]

    def _replacer(self, person: Person) -> None:
        """Somebody without a right of their own counts by what they replace."""
        for contract in person.contracts:
            if contract.replacement_hours and self._days(contract.starts_on, contract.ends_on):
                self._work(contract, person.reference)

    def _person(self, person: Person) -> None:
        contracts = [(days, one) for one in person.contracts if (days := self._days(one.starts_on, one.ends_on))]
        premium_possible = any(choice.premium_hours for choice in person.choices)
        for _, contract in contracts:
            if contract.replacement_hours or (contract.el_right and premium_possible):
                self._work(contract, person.reference)
        with_right = [(days, one) for days, one in contracts if one.el_right]
        for choice in person.choices:
            days = self._days(choice.begins_on, choice.ends_on)
            if not days:
                continue
            if choice.premium_hours:
                self._premium(person.reference, choice, days, with_right)
            if choice.exemption_hours:
                self._exemption(person.reference, choice, days, with_right)

    def _work(self, contract: ContractFacts, person: str) -> None:
        entry = self.basis.performances.get(contract.reference, EMPTY)
        self.worked[contract.reference] = worked_quarter(
            contract, person, entry, self.quarter, self.parameters, certificate=self.certificate, norm=self.norm
        )
        self.qualifications[contract.reference] = contract.qualification

    def _days(self, start: date, end: date | None) -> Days:
        if start <= self.first and (end is None or end >= self.last):
            return self.whole
        return days_between(start, end, self.quarter)

    def _premium(
        self, person: str, choice: ChoiceFacts, days: Days, contracts: Sequence[tuple[Days, ContractFacts]]
    ) -> None:
        """7.5, L-11 to L-13: one line, rounded once."""
        nurses = self.parameters.nurse_qualifications
        fitting = [(run, one) for run, one in contracts if choice.premium_exception or one.qualification in nurses]
        counted = common(common(days, either(run for run, _ in fitting)), self.covered)
        months = self._months(counted)
        if not months:
            return
        total = count(counted)
        shares = self._shares(counted, fitting)
        rates = self._rates(shares)
        hours = choice.premium_hours or 0
        if len(shares) == 1:
            effective, amount = self._steady(shares[0], rates, hours, months)
        else:
            effective, amount = self._changing(shares, rates, hours, months)
        self.premiums.append(
            PremiumLine(
                choice.reference,
                person,
                self.quarter,
                hours,
                total,
                shares,
                effective,
                months,
                rates,
                amount,
            )
        )

    def _steady(
        self, share: PremiumShare, rates: Mapping[str, Decimal], hours: int, months: Decimal
    ) -> tuple[Decimal, Decimal]:
        """E and the amount when the same contracts run on every day that counts: one product, one division."""
        parameters = self.parameters
        density = paid = _ZERO
        for _, code, e in share.contracts:
            if e:
                density += e
                paid += product(rates[code], e)
        year = self.hours_of_year
        if share.scaled:
            year, density = product(year, density), Decimal(1)
        return (
            density.quantize(unit(parameters.fte_digits)),
            rounded(product(paid, hours, months), year, parameters.euro_digits),
        )

    def _changing(
        self, shares: Iterable[PremiumShare], rates: Mapping[str, Decimal], hours: int, months: Decimal
    ) -> tuple[Decimal, Decimal]:
        """The same when contracts come or go: the average over the days, exact until the rounding."""
        parameters = self.parameters
        effective = weighted = Fraction(0)
        total = 0
        for share in shares:
            density = sum((Fraction(e) for _, _, e in share.contracts), Fraction(0))
            paid = sum((Fraction(rates[code]) * Fraction(e) for _, code, e in share.contracts if e), Fraction(0))
            scale = max(Fraction(1), density)
            effective += share.days * density / scale
            weighted += share.days * paid / scale
            total += share.days
        share_of_week = Fraction(hours) / Fraction(parameters.full_time_hours)
        amount = weighted / total * share_of_week * Fraction(months) / 12
        return (
            rounded_fraction(effective / total, parameters.fte_digits),
            rounded_fraction(amount, parameters.euro_digits),
        )

    def _shares(self, counted: Days, fitting: Sequence[tuple[Days, ContractFacts]]) -> tuple[PremiumShare, ...]:
        """The days that count, together where the same contracts run; with one contract those are all of them."""
        if len(fitting) == 1:
            one = fitting[0][1]
            e = self.worked[one.reference].density
            return (PremiumShare(count(counted), ((one.reference, one.qualification, e),), e > 1),)
        found: dict[tuple[str, ...], PremiumShare] = {}
        for days, contracts in split(counted, fitting):
            key = tuple(one.reference for one in contracts)
            held = found.get(key)
            densities = tuple(
                (one.reference, one.qualification, self.worked[one.reference].density) for one in contracts
            )
            scaled = sum((e for _, _, e in densities), _ZERO) > 1
            found[key] = PremiumShare(days + (held.days if held else 0), densities, scaled)
        return tuple(found.values())

    def _rates(self, shares: Iterable[PremiumShare]) -> dict[str, Decimal]:
        """Y1 of every qualification the amount depends on."""
        y1 = self.parameters.y1
        return {code: _rate(self.case, "Y1", y1, code) for share in shares for _, code, e in share.contracts if e}

    def _exemption(
        self, person: str, choice: ChoiceFacts, days: Days, contracts: Sequence[tuple[Days, ContractFacts]]
    ) -> None:
        """7.6 step 1, L-15: the weekly hours of right; the certificates come in with K, never here."""
        counted = common(days, either(run for run, _ in contracts))
        total = count(counted)
        if not total:
            return
        full_time = self.parameters.full_time_hours
        if len(contracts) == 1:
            summed = total * min(full_time, contracts[0][1].hours)
        else:
            summed = sum(
                (
                    length * min(full_time, sum((one.hours for one in held), _ZERO))
                    for length, held in split(counted, contracts)
                ),
                _ZERO,
            )
        months, digits = self._months(counted), self.parameters.fte_digits
        exemption = choice.exemption_hours or 0
        self.right_lines.append(
            RightLine(
                choice.reference,
                person,
                self.quarter,
                exemption,
                total,
                rounded(summed, total, digits),
                months,
                rounded(exemption * summed * months, full_time * 3 * total, digits),
            )
        )

    def _months(self, days: Days) -> Decimal:
        """7.4: months of right, by calendar days or whole months only."""
        if days == self.whole:
            return self.all_months
        value = Fraction(0)
        for first, last in months_of(self.quarter):
            length = last - first + 1
            held = count(common(days, ((first, last),)))
            if self.parameters.month_method is MonthMethod.WHOLE_MONTHS:
                value += int(held == length)
            else:
                value += Fraction(held, length)
        return rounded_fraction(value, self.parameters.fte_digits)

    def _right(self) -> QuarterRight:
        """7.6 steps 2 and 4: the floor, the FTE, the certificates."""
        parameters, digits = self.parameters, self.parameters.fte_digits
        own = sum((line.hours for line in self.right_lines), _ZERO).quantize(rounded(0, 1, digits))
        hours = self._with_floor(own)
        own_fte = rounded(hours, parameters.full_time_hours, digits)
        covered, days = self.certificate
        fte = rounded(own_fte * covered, days, digits)
        return QuarterRight(
            quarter=self.quarter,
            status=self.basis.status,
            own_hours=own,
            hours=hours,
            floor_applied=hours > own,
            own_fte=own_fte,
            covered_days=covered,
            days=days,
            certificate_share=rounded(covered, days, 6),
            fte=fte,
            replaced=self.replaced,
            factor=rounded_fraction(_limit(fte, self.replaced), 12),
        )

    def _with_floor(self, own: Decimal) -> Decimal:
        """E-092, E-093, L-16: thirteen hours in the sectors that are always entitled to a replacer."""
        parameters = self.parameters
        if not self.basis.status.takes_part or self.case.sector not in parameters.floor_sectors:
            return own
        if own >= parameters.floor_hours or (own == 0 and not parameters.floor_without_beneficiary):
            return own
        return rounded(parameters.floor_hours, 1, parameters.fte_digits)


def covered_days(quarter: Quarter, case: Case) -> Days:
    """The days on which a certificate of every required type is valid (L-06)."""
    covered = days_between(quarter.start, quarter.end, quarter)
    for kind in case.parameters.required_certificates:
        held = [
            days_between(counts_from(one, case), one.end, quarter)
            for one in case.certificates
            if one.type is kind and one.start is not None
        ]
        covered = common(covered, either(held)) if held else NO_DAYS
    return covered


def counts_from(certificate: CertificateFacts, case: Case) -> date:
    """A-24: the start date, or the notification when that came later."""
    assert certificate.start is not None  # covered_days looks at those with a start only
    if case.parameters.certificate_start is CertificateStart.START_DATE or certificate.notified_on is None:
        return certificate.start
    return max(certificate.start, certificate.notified_on)


def _limit(right: Decimal, replaced: Decimal) -> Fraction:
    """f of 7.6 step 6: how much of the replacement the right covers; 1 when nothing was replaced (L-19)."""
    return Fraction(1) if not replaced or right >= replaced else Fraction(right) / Fraction(replaced)


def _averages(
    case: Case, found: Sequence[_Quarter], factors: Mapping[Quarter, Fraction]
) -> list[tuple[tuple[str, str, str], dict[Quarter, Decimal], Decimal]]:
    """7.6 step 5: per contract and qualification its quarters and A_j; always divided by four (L-05).

    A contract that got another qualification between two quarters is two lines, each with its own Y2.
    """
    replacing = dict.fromkeys(
        (contract.reference, person.reference, contract.qualification)
        for people in _each_staff(case)
        for person in people
        for contract in person.contracts
        if contract.replacement_hours
    )
    digits = case.parameters.fte_digits
    nothing = rounded(0, 1, digits)
    whole = all(factor == 1 for factor in factors.values())
    averaged = []
    for key in replacing:
        reference, _, qualification = key
        quarters = {
            one.quarter: one.worked[reference].replaced
            if one.qualifications.get(reference) == qualification
            else nothing
            for one in found
        }
        if whole:
            average = rounded(sum(quarters.values(), _ZERO), 4, digits)
        else:
            exact = sum((Fraction(value) * factors[quarter] for quarter, value in quarters.items()), Fraction(0))
            average = rounded_fraction(exact / 4, digits)
        averaged.append((key, quarters, average))
    return averaged


def _each_staff(case: Case) -> list[Sequence[Person]]:
    """The staff of the quarters; what is the same object in several quarters once."""
    return list({id(basis.people): basis.people for basis in case.quarters}.values())


def _order(references: Iterable[str]) -> dict[str, int]:
    """The place of each reference in the case."""
    return {reference: place for place, reference in enumerate(dict.fromkeys(references))}


def _replacement(
    case: Case, key: tuple[str, str, str], quarters: Mapping[Quarter, Decimal], average: Decimal, factor: Fraction
) -> Replacement:
    """7.6 step 7: Y2 x A_j x f, rounded once."""
    contract, person, qualification = key
    cents = case.parameters.euro_digits
    if not average or not factor:
        return Replacement(contract, person, qualification, quarters, average, None, rounded(0, 1, cents))
    rate = _rate(case, "Y2", case.parameters.y2, qualification)
    amount = rounded(rate * average * factor.numerator, factor.denominator, cents)
    return Replacement(contract, person, qualification, quarters, average, rate, amount)


def _rate(case: Case, name: str, rates: Mapping[str, Decimal], qualification: str) -> Decimal:
    rate = rates.get(qualification)
    if rate is None:
        raise MissingParameter(
            MISSING,
            code="L-04",
            field=f"{name.lower()}.{qualification}",
            parameter=f"{name} {qualification}",
            period=case.reference_period,
        )
    return rate


def _sum(amounts: Iterable[Decimal], digits: int) -> Decimal:
    return sum(amounts, _ZERO).quantize(rounded(0, 1, digits))
