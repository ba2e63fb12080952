"""One group of inputs of a case put in the place of another's, quarter by quarter, with what was swapped in words.

A declared entry comes along with the step that makes it needed: a replacer who is new brings the own days and hours,
so that hiring somebody is not told as "performances". The same when a contract goes from days to hours (L-08).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from domain.calendars import Quarter
from domain.dutch import number
from domain.ecalcura.compensation import Person, QuarterBasis
from domain.ecalcura.compensation_result import QUARTER_STATUS_LABELS
from domain.ecalcura.explained_steps import Text
from domain.ecalcura.performances import EMPTY, PerformanceEntry, needs_performance
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts
from domain.ecalcura.valid_days import Days, days_between
from domain.errors import N_

_QUARTER = N_("{quarter}: {before} → {after}")
_PERSON_CAME = N_("{quarter}: nieuw in dit kwartaal")
_PERSON_LEFT = N_("{quarter}: niet meer in dit kwartaal")
_CONTRACT_CAME = N_("{quarter}: een contract van {hours} uur erbij")
_CONTRACT_LEFT = N_("{quarter}: een contract van {hours} uur weg")
_CONTRACT_OTHER = N_("{quarter}: periode, type of kwalificatie van een contract gewijzigd")
_CHOICE_CAME = N_("{quarter}: keuze van {after}")
_CHOICE_LEFT = N_("{quarter}: geen keuze meer van {before}")
_CHOICE_OTHER = N_("{quarter}: keuze van {before} → {after}")
_PREMIUM = N_("{premium} uur premie")
_EXEMPTION = N_("{exemption} uur vrijstelling")
_BOTH_HOURS = N_("{premium} uur premie en {exemption} uur vrijstelling")
_CHOICE_PERIOD = N_("{quarter}: de periode van de keuze is gewijzigd")
_HOURS = N_("{quarter}: contracturen {before} → {after}")
_RIGHT_GIVEN = N_("{quarter}: 'Recht eindeloopbaan' aangevinkt")
_RIGHT_TAKEN = N_("{quarter}: 'Recht eindeloopbaan' uitgevinkt")
_REPLACEMENT = N_("{quarter}: uren vervanging EL {before} → {after}")
_DAYS = N_("{quarter}: betaalde en niet-betaalde dagen {before} → {after}")
_PAID_HOURS = N_("{quarter}: betaalde uren {before} → {after}")


@dataclass(frozen=True, slots=True)
class Change:
    """One input that differs, in words. ``person`` and ``qualification`` are references: who shows it names them."""

    message: str
    params: Mapping[str, Any] = field(default_factory=dict)
    person: str | None = None
    qualification: str | None = None

    def __str__(self) -> str:
        return self.message.format(**self.params)


Swap = Callable[[QuarterBasis, QuarterBasis], tuple[QuarterBasis, list[Change]]]
"""Takes the quarter as it is so far and as it is after; gives the next state and what changed."""


def quarters(now: QuarterBasis, after: QuarterBasis) -> tuple[QuarterBasis, list[Change]]:
    """Whether the quarter takes part. One that starts or stops to do so comes as a whole: nothing of it counted."""
    if now.status.takes_part and after.status.takes_part:
        return replace(now, status=after.status), []
    if now.status.takes_part == after.status.takes_part:
        return after, []
    params = {
        "quarter": now.quarter,
        "before": Text(QUARTER_STATUS_LABELS[now.status]),
        "after": Text(QUARTER_STATUS_LABELS[after.status]),
    }
    return after, [Change(_QUARTER, params)]


def staff(now: QuarterBasis, after: QuarterBasis) -> tuple[QuarterBasis, list[Change]]:
    """Who works here under which contracts: people and contracts that came or went, their period, type, function."""
    new_people = {person.reference: person for person in after.people}
    people, changes = [], []
    for person in now.people:
        new = new_people.pop(person.reference, None)
        if new is None:
            if _touching(person.contracts, now.quarter):
                changes.append(_told(_PERSON_LEFT, now.quarter, person))
            continue
        held, found = _same_contracts(person, new, now.quarter)
        people.append(replace(person, contracts=held))
        changes += found
    for person in new_people.values():
        people.append(person)
        if _touching(person.contracts, now.quarter):
            changes.append(_told(_PERSON_CAME, now.quarter, person))
    return _with_entries(now, after, people), changes


def _same_contracts(old: Person, new: Person, quarter: Quarter) -> tuple[tuple[ContractFacts, ...], list[Change]]:
    before = {one.reference: one for one in old.contracts}
    contracts, changes = [], []
    for one in new.contracts:
        held = before.pop(one.reference, None)
        inside = days_between(*one.period, quarter)
        if held is None:
            contracts.append(one)
            if inside:
                changes.append(_told(_CONTRACT_CAME, quarter, old, hours=number(one.hours)))
            continue
        contracts.append(
            replace(one, hours=held.hours, el_right=held.el_right, replacement_hours=held.replacement_hours)
        )
        was = days_between(*held.period, quarter)
        same = (held.contract_type, held.qualification) == (one.contract_type, one.qualification)
        if was != inside or (inside and not same):
            changes.append(_told(_CONTRACT_OTHER, quarter, old))
    changes += [
        _told(_CONTRACT_LEFT, quarter, old, hours=number(held.hours))
        for held in before.values()
        if days_between(*held.period, quarter)
    ]
    return tuple(contracts), changes


def rights(now: QuarterBasis, after: QuarterBasis) -> tuple[QuarterBasis, list[Change]]:
    """The hours of right: choices, and of each contract its weekly hours and *Recht eindeloopbaan*."""
    changes: list[Change] = []
    people = []
    for old, new in _pairs(now, after):
        changes += _choices(old, new, now.quarter)
        fresh = {one.reference: one for one in new.contracts}
        contracts = []
        for held in old.contracts:
            one = fresh[held.reference]
            contracts.append(replace(held, hours=one.hours, el_right=one.el_right))
            if not days_between(*held.period, now.quarter):
                continue
            if held.hours != one.hours:
                changes.append(_told(_HOURS, now.quarter, old, before=number(held.hours), after=number(one.hours)))
            if held.el_right != one.el_right:
                changes.append(_told(_RIGHT_GIVEN if one.el_right else _RIGHT_TAKEN, now.quarter, old))
        people.append(replace(old, contracts=tuple(contracts), choices=new.choices))
    return _with_entries(now, after, people), changes


def _choices(old: Person, new: Person, quarter: Quarter) -> Iterator[Change]:
    before = {one.reference: (days, one) for one in old.choices if (days := days_between(*one.period, quarter))}
    for one in new.choices:
        days = days_between(*one.period, quarter)
        was = before.pop(one.reference, None) if days else None
        if days and was is None:
            yield _told(_CHOICE_CAME, quarter, old, after=_choice(one))
        elif was is not None and _worth(was[1]) != _worth(one):
            yield _told(_CHOICE_OTHER, quarter, old, before=_choice(was[1]), after=_choice(one))
        elif was is not None and was[0] != days:
            yield _told(_CHOICE_PERIOD, quarter, old)
    for _, gone in before.values():
        yield _told(_CHOICE_LEFT, quarter, old, before=_choice(gone))


def _worth(choice: ChoiceFacts) -> tuple[int, int, bool]:
    return choice.premium_hours or 0, choice.exemption_hours or 0, choice.premium_exception


def _choice(choice: ChoiceFacts) -> Text:
    premium, exemption = choice.premium_hours or 0, choice.exemption_hours or 0
    message = _BOTH_HOURS if premium and exemption else _EXEMPTION if exemption else _PREMIUM
    return Text(message, {"premium": premium, "exemption": exemption})


def replacement(now: QuarterBasis, after: QuarterBasis) -> tuple[QuarterBasis, list[Change]]:
    """The hours each contract replaces."""
    changes: list[Change] = []
    people = []
    for old, new in _pairs(now, after):
        fresh = {one.reference: one for one in new.contracts}
        contracts = []
        for held in old.contracts:
            hours = fresh[held.reference].replacement_hours
            contracts.append(replace(held, replacement_hours=hours))
            if hours != held.replacement_hours and days_between(*held.period, now.quarter):
                before = number(held.replacement_hours)
                changes.append(_told(_REPLACEMENT, now.quarter, old, before=before, after=number(hours)))
        people.append(replace(old, contracts=tuple(contracts)))
    return _with_entries(now, after, people), changes


def performances(now: QuarterBasis, after: QuarterBasis) -> tuple[QuarterBasis, list[Change]]:
    """The days and hours that were declared."""
    changes = []
    for person in now.people:
        for contract in person.contracts:
            old = now.performances.get(contract.reference, EMPTY)
            new = after.performances.get(contract.reference, EMPTY)
            if old == new or needs_performance(contract, person.choices, now.quarter) is None:
                continue
            as_days = any(one.paid_days is not None or one.unpaid_days is not None for one in (old, new))
            message, tell = (_DAYS, _days) if as_days else (_PAID_HOURS, _hours)
            changes.append(_told(message, now.quarter, person, before=tell(old), after=tell(new)))
    return replace(now, performances=after.performances), changes


def _days(entry: PerformanceEntry) -> str:
    return f"{_shown(entry.paid_days)} + {_shown(entry.unpaid_days)}"


def _hours(entry: PerformanceEntry) -> str:
    return _shown(entry.paid_hours)


def _shown(value: Decimal | None) -> str:
    return "–" if value is None else number(value)


def _told(message: str, quarter: Quarter, person: Person, **params: Any) -> Change:
    return Change(message, {"quarter": quarter, **params}, person.reference)


def _touching(contracts: Sequence[ContractFacts], quarter: Quarter) -> Days:
    return tuple(run for one in contracts for run in days_between(*one.period, quarter))


def _pairs(now: QuarterBasis, after: QuarterBasis) -> Iterator[tuple[Person, Person]]:
    """The same people before and after: the step ``staff`` made both sides hold the same people and contracts."""
    new_people = {person.reference: person for person in after.people}
    for person in now.people:
        yield person, new_people[person.reference]


def _with_entries(now: QuarterBasis, after: QuarterBasis, people: Sequence[Person]) -> QuarterBasis:
    """The quarter with these people; entries that only now are needed, or in another kind, come along."""
    before = {one.reference: (one, person.choices) for person in now.people for one in person.contracts}
    entries = dict(now.performances)
    for person in people:
        for contract in person.contracts:
            if needs_performance(contract, person.choices, now.quarter) is None:
                continue
            old = before.get(contract.reference)
            needed = old is not None and needs_performance(*old, now.quarter) is not None
            if not needed or (old is not None and old[0].hours != contract.hours):
                entry = after.performances.get(contract.reference, EMPTY)
                entries[contract.reference] = entry
    return replace(now, people=tuple(people), performances=entries)
