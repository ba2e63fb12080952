"""What if: changes to a copy of a case, to see what they would do to the amount. Nothing of it is ever kept.

A scenario is a list of changes, each written as a short code that fits in an address (``c.abc.2024K1.1900.1200``: from
that quarter on contract abc has 19 hours, 12 of them replacement). Whoever has the address has the scenario; the data
it starts from are always those of now.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from domain.calendars import Quarter
from domain.ecalcura.compensation import Case, Person, QuarterBasis
from domain.ecalcura.estimate import for_hours, full_entry
from domain.ecalcura.performances import EMPTY, PerformanceEntry, contract_days, needs_performance, quarter_norm
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts
from domain.errors import N_, DomainError, InvalidValue

MOST = 20
"""As many changes as one scenario holds."""

HIRED = "nieuw"
"""What the references of people who do not exist start with."""

WRONG = N_("Dit scenario is niet leesbaar. Begin opnieuw met een leeg scenario.")
TOO_MANY = N_("Een scenario kan hoogstens {most} wijzigingen bevatten. Verwijder er eerst een.")
TOO_MANY_HOURS = N_("De uren vervanging EL kunnen niet hoger zijn dan de uren van het contract.")
BAD_HOURS = N_("Vul een aantal uren in van meer dan 0 tot en met {full}.")
BAD_PERIOD = N_("De einddatum ligt voor de begindatum.")

_REFERENCE = r"[A-Za-z0-9_-]{1,40}"
_CODES = {
    "c": re.compile(rf"c\.({_REFERENCE})\.(20\d\dK[1-4])\.(\d{{1,4}})\.(\d{{1,4}})"),
    "k": re.compile(rf"k\.({_REFERENCE})\.(20\d\dK[1-4])\.(\d{{1,2}})\.(\d{{1,2}})"),
    "e": re.compile(rf"e\.({_REFERENCE})\.(\d{{8}})"),
    "n": re.compile(r"n\.([A-Z0-9_]{1,60})\.(\d{8})\.(\d{8}|0)\.(\d{1,4})\.(\d{1,4})"),
}


@dataclass(frozen=True, slots=True)
class ContractChange:
    """From a quarter on other weekly hours, of which so many are replacement."""

    contract: str
    since: Quarter
    hours: Decimal
    replacement_hours: Decimal

    @property
    def code(self) -> str:
        """As it stands in an address."""
        return f"c.{self.contract}.{self.since}.{_hundredths(self.hours)}.{_hundredths(self.replacement_hours)}"


@dataclass(frozen=True, slots=True)
class ChoiceChange:
    """From a quarter on somebody chooses so many hours of premium and exemption; 0 and 0 is no choice."""

    person: str
    since: Quarter
    premium_hours: int
    exemption_hours: int

    @property
    def code(self) -> str:
        """As it stands in an address."""
        return f"k.{self.person}.{self.since}.{self.premium_hours}.{self.exemption_hours}"


@dataclass(frozen=True, slots=True)
class EndOfContract:
    """A contract ends on a day."""

    contract: str
    ends_on: date

    @property
    def code(self) -> str:
        """As it stands in an address."""
        return f"e.{self.contract}.{self.ends_on:%Y%m%d}"


@dataclass(frozen=True, slots=True)
class Hiring:
    """Somebody new comes to replace, and works all hours."""

    qualification: str
    starts_on: date
    ends_on: date | None
    hours: Decimal
    replacement_hours: Decimal

    @property
    def code(self) -> str:
        """As it stands in an address."""
        end = f"{self.ends_on:%Y%m%d}" if self.ends_on else "0"
        hours = f"{_hundredths(self.hours)}.{_hundredths(self.replacement_hours)}"
        return f"n.{self.qualification}.{self.starts_on:%Y%m%d}.{end}.{hours}"


Adjustment = ContractChange | ChoiceChange | EndOfContract | Hiring


def _hundredths(hours: Decimal) -> int:
    return int(hours * 100)


def read(codes: Sequence[str]) -> tuple[Adjustment, ...]:
    """The changes of the codes; InvalidValue for one that cannot be read, or too many."""
    if len(codes) > MOST:
        raise InvalidValue(TOO_MANY, most=MOST)
    return tuple(_read(code) for code in codes)


def _read(code: str) -> Adjustment:
    kind = code[:1]
    match = _CODES[kind].fullmatch(code) if kind in _CODES else None
    if match is None:
        raise InvalidValue(WRONG)
    try:
        return check(_adjustment(kind, match.groups()))
    except (ValueError, DomainError) as problem:
        raise InvalidValue(WRONG) from problem


def _adjustment(kind: str, parts: Sequence[str]) -> Adjustment:
    if kind == "c":
        return ContractChange(parts[0], Quarter.parse(parts[1]), _hours(parts[2]), _hours(parts[3]))
    if kind == "k":
        return ChoiceChange(parts[0], Quarter.parse(parts[1]), int(parts[2]), int(parts[3]))
    if kind == "e":
        return EndOfContract(parts[0], _day(parts[1]))
    end = None if parts[2] == "0" else _day(parts[2])
    return Hiring(parts[0], _day(parts[1]), end, _hours(parts[3]), _hours(parts[4]))


def _hours(text: str) -> Decimal:
    return Decimal(int(text)).scaleb(-2)


def _day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def check(adjustment: Adjustment, full_time_hours: Decimal = Decimal(38)) -> Adjustment:
    """The change itself when it can be; InvalidValue at its field otherwise (E-072, E-073)."""
    if isinstance(adjustment, ContractChange | Hiring):
        if not 0 < adjustment.hours <= full_time_hours:
            raise InvalidValue(BAD_HOURS, field="hours", full=full_time_hours)
        if adjustment.replacement_hours > adjustment.hours:
            raise InvalidValue(TOO_MANY_HOURS, field="replacement_hours")
    if isinstance(adjustment, Hiring) and adjustment.ends_on is not None and adjustment.ends_on < adjustment.starts_on:
        raise InvalidValue(BAD_PERIOD, field="ends_on")
    return adjustment


def applied(case: Case, adjustments: Sequence[Adjustment]) -> Case:
    """The case with the changes made one after the other; one about nobody of this case changes nothing."""
    for number, adjustment in enumerate(adjustments, 1):
        quarters = tuple(_applied(case, basis, adjustment, number) for basis in case.quarters)
        case = replace(case, quarters=quarters)
    return case


def _applied(case: Case, basis: QuarterBasis, adjustment: Adjustment, number: int) -> QuarterBasis:
    if not basis.status.takes_part:
        return basis
    match adjustment:
        case ContractChange():
            return _with_hours(case, basis, adjustment) if basis.quarter >= adjustment.since else basis
        case ChoiceChange():
            return _with_choice(case, basis, adjustment) if basis.quarter >= adjustment.since else basis
        case EndOfContract():
            return _ended(case, basis, adjustment)
        case Hiring():
            return _hired(case, basis, adjustment, number)


def _with_hours(case: Case, basis: QuarterBasis, change: ContractChange) -> QuarterBasis:
    entries = dict(basis.performances)
    people = []
    for person in basis.people:
        contracts = []
        for one in person.contracts:
            if one.reference != change.contract:
                contracts.append(one)
                continue
            new = replace(one, hours=change.hours, replacement_hours=change.replacement_hours)
            days = _days(case, new, basis.quarter)
            entry = entries.get(one.reference, EMPTY)
            entries[one.reference] = (
                full_entry(new, days, case) if entry.is_empty else for_hours(entry, one, new, days, case)
            )
            contracts.append(new)
        people.append(replace(person, contracts=tuple(contracts)))
    return replace(basis, people=tuple(people), performances=entries)


def _with_choice(case: Case, basis: QuarterBasis, change: ChoiceChange) -> QuarterBasis:
    start = change.since.start
    people = []
    entries = dict(basis.performances)
    for person in basis.people:
        if person.reference == change.person:
            before = tuple(_until(one, start) for one in person.choices if one.begins_on < start)
            new = ChoiceFacts(
                f"{HIRED}-{change.person}-{change.since}",
                start,
                start,
                None,
                "55+",
                change.premium_hours,
                change.exemption_hours,
                any(one.premium_exception for one in person.choices),
            )
            chosen = (*before, new) if change.premium_hours or change.exemption_hours else before
            person = replace(person, choices=chosen)
            for contract in person.contracts:  # a first premium needs days or hours nobody had to declare
                needed = needs_performance(contract, chosen, basis.quarter) is not None
                if needed and entries.get(contract.reference, EMPTY).is_empty:
                    entries[contract.reference] = full_entry(contract, _days(case, contract, basis.quarter), case)
        people.append(person)
    return replace(basis, people=tuple(people), performances=entries)


def _until(choice: ChoiceFacts, start: date) -> ChoiceFacts:
    """A choice that ends on the day before, unless it ended already."""
    last = start - timedelta(days=1)
    return choice if choice.ends_on is not None and choice.ends_on <= last else replace(choice, ends_on=last)


def _ended(case: Case, basis: QuarterBasis, change: EndOfContract) -> QuarterBasis:
    entries = dict(basis.performances)
    people = []
    for person in basis.people:
        contracts = []
        for one in person.contracts:
            if one.reference != change.contract or (one.ends_on is not None and one.ends_on <= change.ends_on):
                contracts.append(one)
                continue
            if change.ends_on < one.starts_on:
                entries.pop(one.reference, None)
                continue
            new = replace(one, ends_on=change.ends_on)
            was, days = _days(case, one, basis.quarter), _days(case, new, basis.quarter)
            if days != was:
                entries[one.reference] = _part(entries.get(one.reference, EMPTY), days, was)
            contracts.append(new)
        people.append(replace(person, contracts=tuple(contracts)))
    return replace(basis, people=tuple(people), performances=entries)


def _part(entry: PerformanceEntry, days: int, was: int) -> PerformanceEntry:
    """What of an entry is left when the contract has fewer working days."""
    share = Decimal(days) / was

    def kept(value: Decimal | None, step: Decimal) -> Decimal | None:
        return None if value is None else (value * share / step).quantize(Decimal(1)) * step

    half, cent = Decimal("0.5"), Decimal("0.01")
    return PerformanceEntry(kept(entry.paid_days, half), kept(entry.unpaid_days, half), kept(entry.paid_hours, cent))


def _hired(case: Case, basis: QuarterBasis, hiring: Hiring, number: int) -> QuarterBasis:
    reference = f"{HIRED}-{number}"
    contract = ContractFacts(
        reference,
        hiring.starts_on,
        hiring.ends_on,
        "LOONTREKKENDE",
        hiring.qualification,
        hiring.hours,
        hiring.replacement_hours,
        el_right=False,
    )
    entry = full_entry(contract, _days(case, contract, basis.quarter), case)
    return replace(
        basis,
        people=(*basis.people, Person(reference, (contract,))),
        performances={**basis.performances, reference: entry},
    )


def _days(case: Case, contract: ContractFacts, quarter: Quarter) -> int:
    return contract_days(contract, quarter_norm(quarter, case.parameters.hours_per_day))
