"""What if: the clerk changes hours, a choice or a replacer on a copy and sees what it would do. Nothing is stored.

A scenario lives in the address (domain.ecalcura.scenario), so it can be kept as a bookmark or sent to a colleague of
the same facility, and there is nothing to clean up, to lock or to leak: it names references only, which mean nothing
outside the facility. A stored, named scenario would be personal data that no rule asks for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.actor import Actor
from domain.calendars import Quarter
from domain.ecalcura import scenario
from domain.ecalcura.compensation import Case, calculate
from domain.ecalcura.compensation_result import Compensation
from domain.ecalcura.differences import compare
from domain.ecalcura.explained_steps import Names
from domain.ecalcura.personnel import ContractFacts
from domain.ecalcura.scenario import Adjustment, ChoiceChange, ContractChange, EndOfContract, Hiring
from domain.ecalcura.valid_days import days_between
from domain.errors import N_, DomainError
from services.ecalcura import estimates, explanations
from services.ecalcura.estimates import Estimate
from services.ecalcura.told_causes import ToldCause, told

NEW_PERSON = N_("Nieuwe vervanger {number}")


@dataclass(frozen=True, slots=True)
class ContractOption:
    """A contract that can be changed: who, and what it is at the end of the period."""

    reference: str
    person: str
    name: str
    contract: ContractFacts


@dataclass(frozen=True, slots=True)
class PersonOption:
    """Somebody whose choice can be changed, with the last choice as (premium, exemption)."""

    reference: str
    name: str
    premium_hours: int
    exemption_hours: int
    has_right: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One change of the scenario, with who it is about and the codes of the scenario without it.

    ``without_right``: a choice for somebody without a contract with *Recht eindeloopbaan*, which gives nothing.
    """

    adjustment: Adjustment
    name: str
    contract: ContractFacts | None
    others: Sequence[str]
    without_right: bool = False


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Before and after, with the causes in euro. Without changes ``after`` is ``before``."""

    estimate: Estimate
    codes: Sequence[str]
    lines: Sequence[Line]
    contracts: Sequence[ContractOption]
    people: Sequence[PersonOption]
    quarters: Sequence[Quarter]
    names: Names
    before: Compensation | None
    after: Compensation | None
    causes: Sequence[ToldCause]
    problem: DomainError | None = None
    case: Case | None = None


def of(actor: Actor, facility_id: int, period_code: str, codes: Sequence[str]) -> WhatIf:
    """The scenario of these codes on the data of now. What does not allow an amount is the ``problem``.

    InvalidValue for codes that cannot be read; Forbidden and NotFound as for an estimate.
    """
    adjustments = scenario.read(codes)
    estimate = estimates.of(actor, facility_id, period_code)
    base = estimate.whole_year
    names = explanations.names_of(estimate.names)
    if base is None:
        return WhatIf(estimate, codes, (), (), (), (), names, None, None, (), estimate.problem)
    contracts = _contracts(base.case, names)
    people = _people(base.case, names)
    hired = {
        f"{scenario.HIRED}-{number}": NEW_PERSON.format(number=number)
        for number, one in enumerate(adjustments, 1)
        if isinstance(one, Hiring)
    }
    names = Names({**names.people, **hired}, names.qualifications, names.contract_types)
    quarters = [one.quarter for one in base.case.quarters if one.status.takes_part]
    changed = scenario.applied(base.case, adjustments)
    lines = _lines(adjustments, list(codes), contracts, people, names)
    try:
        after = calculate(changed)
    except DomainError as problem:  # a qualification without a yearly amount
        return WhatIf(estimate, codes, lines, contracts, people, quarters, names, base.compensation, None, (), problem)
    causes = told(compare((base.case, base.compensation), (changed, after)), names, after)
    return WhatIf(
        estimate, codes, lines, contracts, people, quarters, names, base.compensation, after, causes, case=changed
    )


def _contracts(case: Case, names: Names) -> list[ContractOption]:
    """The contracts of the quarters that take part, as last known, by name."""
    found: dict[str, ContractOption] = {}
    for basis in case.quarters:
        for person in basis.people:
            for one in person.contracts:
                if days_between(*one.period, basis.quarter):
                    name = names.person(person.reference)
                    found[one.reference] = ContractOption(one.reference, person.reference, name, one)
    return sorted(found.values(), key=lambda one: (one.name.casefold(), one.contract.starts_on, one.reference))


def _people(case: Case, names: Names) -> list[PersonOption]:
    found: dict[str, PersonOption] = {}
    for basis in case.quarters:
        for person in basis.people:
            last = max(person.choices, key=lambda one: one.begins_on, default=None)
            found[person.reference] = PersonOption(
                person.reference,
                names.person(person.reference),
                (last.premium_hours or 0) if last else 0,
                (last.exemption_hours or 0) if last else 0,
                any(one.el_right for one in person.contracts),
            )
    return sorted(found.values(), key=lambda one: (one.name.casefold(), one.reference))


def _lines(
    adjustments: Sequence[Adjustment],
    codes: Sequence[str],
    contracts: Sequence[ContractOption],
    people: Sequence[PersonOption],
    names: Names,
) -> list[Line]:
    by_contract: Mapping[str, ContractOption] = {one.reference: one for one in contracts}
    known = {one.reference: one for one in people}
    lines = []
    for place, one in enumerate(adjustments):
        without_right = False
        others = [code for at, code in enumerate(codes) if at != place]
        option = by_contract.get(one.contract) if isinstance(one, ContractChange | EndOfContract) else None
        if isinstance(one, Hiring):
            name = names.person(f"{scenario.HIRED}-{place + 1}")
        elif isinstance(one, ChoiceChange):
            chooser = known.get(one.person)
            name = chooser.name if chooser else ""
            without_right = chooser is not None and not chooser.has_right
        else:
            name = option.name if option else ""
        lines.append(Line(one, name, option.contract if option else None, others, without_right))
    return lines


def first_day(quarters: Sequence[Quarter], today: date) -> date:
    """The day a new replacer is proposed to start: the first of a coming month inside the quarters."""
    start = date(today.year + today.month // 12, today.month % 12 + 1, 1)
    if not quarters or not quarters[0].start <= start <= quarters[-1].end:
        return quarters[0].start if quarters else start
    return start
