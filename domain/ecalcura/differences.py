"""Why two calculations differ, in euro: causes that add up exactly to the difference (E-002).

The inputs of the one before are swapped for those of the one after, one group at a time, and the case is computed
again after each swap; a cause is what the total moved by. The order is fixed, because the effects of two groups
together cannot be told apart:

1. quarters that take part, 2. certificates, 3. staff (people, contracts), 4. hours of right (choices, weekly hours),
5. replacement hours, 6. performances, 7. parameters.

Two reference periods are compared as the same quarters of the same people: the one before is moved to the years of the
one after first. What that alone does (another number of working days, a leap day) belongs to the performances, which
only mean something against the working days of their quarter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.calendars import Quarter, add_months, last_day_of_month, quarters_of
from domain.dutch import euro
from domain.ecalcura import swapped_inputs
from domain.ecalcura.certificates import CertificateFacts
from domain.ecalcura.compensation import Case, Person, QuarterBasis, calculate
from domain.ecalcura.compensation_parameters import CompensationParameters
from domain.ecalcura.compensation_result import Compensation, QuarterStatus
from domain.ecalcura.explained_steps import Text
from domain.ecalcura.swapped_inputs import Change, Swap
from domain.errors import N_

_ZERO = Decimal("0.00")
_COVERED = N_("{quarter}: beide certificaten gelden op {after} van de {days} dagen (was {before})")
_AMOUNT = N_("Jaarbedrag {name}: {before} → {after}")
_METHOD = N_("Een rekenregel van de parameterset is gewijzigd: {name}")
_SECTOR = N_("De sector van de voorziening is gewijzigd.")
_NAMES = {"y1": N_("premie (Y1)"), "y2": N_("vervanger (Y2)")}
_RULES = {
    "nurse_qualifications": N_("welke kwalificaties recht geven op een premie"),
    "full_time_hours": N_("uren van een voltijdse week"),
    "hours_per_day": N_("uren per werkdag"),
    "full_time_method": N_("arbeidstijd van een voltijdse"),
    "cap": N_("bovengrens van de arbeidstijd"),
    "month_method": N_("maanden van recht"),
    "limit_level": N_("aftopping van de vervanging"),
    "floor_sectors": N_("sectoren met een ondergrens"),
    "floor_hours": N_("ondergrens in uren"),
    "floor_without_beneficiary": N_("ondergrens zonder gerechtigden"),
    "excluded_replacers": N_("uitgesloten vervangers"),
    "required_certificates": N_("vereiste certificaten"),
    "certificate_start": N_("vanaf wanneer een certificaat telt"),
    "fte_digits": N_("afronding van voltijdse equivalenten"),
    "euro_digits": N_("afronding van bedragen"),
}


class CauseKind(StrEnum):
    """A group of inputs, in the order in which they are swapped."""

    QUARTERS = "KWARTALEN"
    CERTIFICATE = "CERTIFICATEN"
    STAFF = "PERSONEEL"
    RIGHT = "UREN_RECHT"
    REPLACEMENT = "VERVANGING"
    PERFORMANCE = "PRESTATIES"
    PARAMETER = "PARAMETERS"


CAUSE_LABELS: Mapping[CauseKind, str] = {
    CauseKind.QUARTERS: N_("Kwartalen die meetellen"),
    CauseKind.CERTIFICATE: N_("Certificaten"),
    CauseKind.STAFF: N_("Personeel en contracten"),
    CauseKind.RIGHT: N_("Uren recht (keuzes en contracturen)"),
    CauseKind.REPLACEMENT: N_("Uren vervanging"),
    CauseKind.PERFORMANCE: N_("Prestaties"),
    CauseKind.PARAMETER: N_("Parameters (jaarbedragen en rekenregels)"),
}


@dataclass(frozen=True, slots=True)
class Effect:
    """By how many euro the amount of one person moved."""

    person: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Cause:
    """One group of inputs and the euro it explains.

    ``changes`` tells which inputs differ. ``effects``: on whose lines the euro fell, the largest first; they add up to
    ``amount``. Who changed and on whom it falls can be two people: a choice changes what all replacers give.
    """

    kind: CauseKind
    amount: Decimal
    changes: tuple[Change, ...] = ()
    effects: tuple[Effect, ...] = ()


Calculated = tuple[Case, Compensation]

_SWAPS: Mapping[CauseKind, Swap] = {
    CauseKind.QUARTERS: swapped_inputs.quarters,
    CauseKind.STAFF: swapped_inputs.staff,
    CauseKind.RIGHT: swapped_inputs.rights,
    CauseKind.REPLACEMENT: swapped_inputs.replacement,
    CauseKind.PERFORMANCE: swapped_inputs.performances,
}


def compare(before: Calculated, after: Calculated) -> list[Cause]:
    """The causes of ``after.total - before.total``, in the order of CauseKind; those without effect or change left out.

    At most eight calculations; a group in which nothing differs costs none. Both sides may be of different reference
    periods. Never raises MissingParameter: a rate that only one side knows is lent to the other.
    """
    (old, old_outcome), (new, outcome) = before, after
    now = replace(_moved(old, new.reference_period), parameters=_lent(old.parameters, new.parameters))
    reached = old_outcome if old.reference_period == new.reference_period else calculate(now)
    totals = dict.fromkeys(CauseKind, _ZERO)
    changes: dict[CauseKind, list[Change]] = {kind: [] for kind in CauseKind}
    effects: dict[CauseKind, dict[str, Decimal]] = {kind: {} for kind in CauseKind}

    def step(kind: CauseKind, was: Compensation, became: Compensation) -> None:
        totals[kind] += became.total - was.total
        _add_effects(effects[kind], was, became)

    step(CauseKind.PERFORMANCE, old_outcome, reached)
    for kind in CauseKind:
        following = _swapped(kind, now, new, changes[kind])
        if kind is CauseKind.PARAMETER:
            changes[kind] += _parameter_changes(now, new, _used(reached) | _used(outcome))
            became = outcome
        else:
            became = reached if following == now else calculate(following)
        if kind is CauseKind.CERTIFICATE:
            changes[kind] += _coverage(reached, became)
        step(kind, reached, became)
        now, reached = following, became
    return [
        Cause(kind, totals[kind], tuple(changes[kind]), _ordered(effects[kind]))
        for kind in CauseKind
        if totals[kind] or changes[kind]
    ]


def _swapped(kind: CauseKind, now: Case, new: Case, changes: list[Change]) -> Case:
    """The case with one group taken from the new one."""
    if kind is CauseKind.PARAMETER:
        return new
    if kind is CauseKind.CERTIFICATE:
        return replace(now, certificates=new.certificates)
    swap, held, fresh = _SWAPS[kind], _bases(now), _bases(new)
    quarters = []
    for quarter in quarters_of(new.reference_period):
        basis, found = swap(held[quarter], fresh[quarter]) if _open_to(kind, held[quarter]) else (held[quarter], [])
        quarters.append(basis)
        changes += found
    return replace(now, quarters=tuple(quarters))


def _open_to(kind: CauseKind, basis: QuarterBasis) -> bool:
    """Only in a quarter that takes part does the rest matter."""
    return kind is CauseKind.QUARTERS or basis.status.takes_part


def _bases(case: Case) -> dict[Quarter, QuarterBasis]:
    held = {basis.quarter: basis for basis in case.quarters}
    return {
        quarter: held.get(quarter) or QuarterBasis(quarter, QuarterStatus.NEVER_OPENED)
        for quarter in quarters_of(case.reference_period)
    }


def _moved(case: Case, period: str) -> Case:
    """The same case, as if it had been in another reference period: every day so many years later or earlier."""
    years = quarters_of(period)[0].year - quarters_of(case.reference_period)[0].year
    if not years:
        return case
    people: dict[int, Person] = {}

    def person(one: Person) -> Person:
        if id(one) not in people:
            people[id(one)] = Person(
                one.reference,
                tuple(
                    replace(held, starts_on=_day(held.starts_on, years), ends_on=_end(held.ends_on, years))
                    for held in one.contracts
                ),
                tuple(
                    replace(held, begins_on=_day(held.begins_on, years), ends_on=_end(held.ends_on, years))
                    for held in one.choices
                ),
            )
        return people[id(one)]

    return replace(
        case,
        reference_period=period,
        certificates=tuple(_certificate(one, years) for one in case.certificates),
        quarters=tuple(
            QuarterBasis(
                Quarter(basis.quarter.year + years, basis.quarter.number),
                basis.status,
                tuple(person(one) for one in basis.people),
                basis.performances,
            )
            for basis in case.quarters
        ),
    )


def _day(day: date, years: int) -> date:
    return add_months(day, 12 * years)


def _end(day: date | None, years: int) -> date | None:
    """The end of February stays the end of February."""
    if day is None:
        return None
    moved = _day(day, years)
    return last_day_of_month(moved) if day == last_day_of_month(day) else moved


def _certificate(one: CertificateFacts, years: int) -> CertificateFacts:
    return replace(
        one,
        start=one.start and _day(one.start, years),
        end=_end(one.end, years),
        notified_on=one.notified_on and _day(one.notified_on, years),
    )


def _lent(own: CompensationParameters, other: CompensationParameters) -> CompensationParameters:
    """The own parameters, with the rates only the other knows: a person who comes in may need one."""
    return replace(own, y1={**other.y1, **own.y1}, y2={**other.y2, **own.y2})


def _parameter_changes(now: Case, new: Case, used: Collection[str]) -> Iterable[Change]:
    """What differs in the parameter set; of the rates those of the qualifications that were used."""
    if now.sector != new.sector:
        yield Change(_SECTOR)
    old, fresh = now.parameters, new.parameters
    for name, label in _NAMES.items():
        before, after = getattr(old, name), getattr(fresh, name)
        for code, rate in after.items():
            if code in used and before.get(code, rate) != rate:
                params = {"name": Text(label), "before": euro(before[code]), "after": euro(rate)}
                yield Change(_AMOUNT, params, qualification=code)
    for one in fields(CompensationParameters):
        if one.name in _RULES and getattr(old, one.name) != getattr(fresh, one.name):
            yield Change(_METHOD, {"name": Text(_RULES[one.name])})


def _used(outcome: Compensation) -> set[str]:
    """The qualifications whose rates the outcome rests on."""
    premiums = {code for line in outcome.premiums for code in line.rates}
    return premiums | {line.qualification for line in outcome.replacements if line.rate is not None}


def _coverage(was: Compensation, became: Compensation) -> list[Change]:
    return [
        Change(
            _COVERED,
            {"quarter": new.quarter, "before": old.covered_days, "after": new.covered_days, "days": new.days},
        )
        for old, new in zip(was.rights, became.rights, strict=True)
        if old.covered_days != new.covered_days
    ]


def _add_effects(effects: dict[str, Decimal], was: Compensation, became: Compensation) -> None:
    for sign, outcome in ((-1, was), (1, became)):
        lines = [(line.person, line.amount) for line in outcome.premiums]
        lines += [(line.person, line.amount) for line in outcome.replacements]
        for person, amount in lines:
            if amount:
                effects[person] = effects.get(person, _ZERO) + sign * amount


def _ordered(effects: Mapping[str, Decimal]) -> tuple[Effect, ...]:
    found = [Effect(person, amount) for person, amount in effects.items() if amount]
    return tuple(sorted(found, key=lambda effect: (-abs(effect.amount), effect.person)))
