"""The staff of a facility of the demonstration: people with contracts and choices as the rules allow them.

``PATTERNS`` are the situations; a facility goes through them in order, as often as it has people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from domain.calendars import Quarter, add_months
from domain.ecalcura.personnel import DEFAULT_RIGHTS
from integrations.person_register import RegisteredPerson
from services.demo.calendar import DemoCalendar, first_of_month
from services.demo.people import People

_NURSES = ("VERPLEEGKUNDIGE_BACHELOR", "VERPLEEGKUNDIGE_GEGRADUEERDE")
_CARERS = {
    "PVT": ("ZORGKUNDIGE", "ERGOTHERAPEUT", "MAATSCHAPPELIJK_ASSISTENT", "PSYCHOLOOG"),
    "IBW": ("MAATSCHAPPELIJK_ASSISTENT", "PSYCHOLOOG", "ERGOTHERAPEUT", "ORTHOPEDAGOOG"),
    "REVALIDATIE": ("KINESITHERAPEUT", "LOGOPEDIST", "ERGOTHERAPEUT", "PSYCHOLOOG", "PEDAGOOG"),
    "MBE": ("MAATSCHAPPELIJK_ASSISTENT", "PSYCHOLOOG"),
    "CVK3": ("ZORGKUNDIGE", "KINESITHERAPEUT", "ERGOTHERAPEUT", "DIETIST"),
}
_OTHERS = ("OPVOEDER", "ANDERE_A2", "ANDERE_A3")
_FULL_TIME = Decimal(38)
_PART_TIMES = (Decimal("30.4"), Decimal("28.5"), Decimal("22.8"), Decimal(19))
_DAY = timedelta(days=1)
_FIRST_RAAS = date(1994, 1, 1)


@dataclass(frozen=True)
class ContractPlan:
    """A contract to be written; codes and hours as in ``models.personnel.Contract``."""

    starts_on: date
    qualification: str
    hours: Decimal
    ends_on: date | None = None
    contract_type: str = "LOONTREKKENDE"
    replacement_hours: Decimal = Decimal(0)


@dataclass(frozen=True)
class ChoicePlan:
    """A choice line to be written. ``exception``: the case manager granted a premium of the past (E-091)."""

    decided_on: date
    begins_on: date
    age_category: str
    premium_hours: int
    exemption_hours: int
    ends_on: date | None = None
    exception: bool = False


@dataclass(frozen=True)
class PersonPlan:
    """Somebody of the staff, with what there is to tell."""

    person: RegisteredPerson
    contracts: list[ContractPlan] = field(default_factory=list)
    choices: list[ChoicePlan] = field(default_factory=list)


@dataclass
class Team:
    """Makes up the staff of one facility; ``draw`` is seeded by its number, so it is always the same staff."""

    calendar: DemoCalendar
    people: People
    sector: str
    statutory: bool
    draw: Random

    def members(self, count: int) -> Iterator[PersonPlan]:
        """So many people, in the order of the patterns."""
        for place in range(count):
            yield PATTERNS[place % len(PATTERNS)](self)

    # -- drawing ---------------------------------------------------------------------------------------------------

    def aged(self, youngest: int, oldest: int, *, women: float = 0.78, bis: bool = False) -> RegisteredPerson:
        """Somebody who is so old today."""
        days = self.draw.randrange(youngest * 365 + 20, oldest * 365 + 200)
        born = self.calendar.today - timedelta(days=days)
        return self.people.born(born, self.draw, woman=self.draw.random() < women, bis=bis)

    def nurse(self) -> str:
        """A qualification that may choose the premium (E-090)."""
        return self.draw.choice(_NURSES)

    def carer(self) -> str:
        """A qualification of the care team with an automatic right."""
        return self.draw.choice(_CARERS[self.sector])

    def other(self) -> str:
        """A qualification without an automatic right."""
        return self.draw.choice(_OTHERS)

    def part_time(self) -> Decimal:
        """Weekly hours of a part-timer."""
        return self.draw.choice(_PART_TIMES)

    def employed(self) -> str:
        """The contract type of somebody with a right: statutory with a public employer."""
        return "STATUTAIR" if self.statutory and self.draw.random() < 0.6 else "LOONTREKKENDE"

    def long_ago(self, person: RegisteredPerson) -> date:
        """A start of work from before the take-over, from the age of 23 on."""
        assert person.birth_date is not None
        earliest = max(add_months(person.birth_date, 23 * 12), _FIRST_RAAS)
        latest = self.calendar.start - timedelta(days=400)
        return earliest + timedelta(days=self.draw.randrange(max(1, (latest - earliest).days)))

    def since_the_take_over(self) -> date:
        """A start of work in the years the portal knows, at least half a year ago."""
        span = (self.calendar.today - self.calendar.start).days - 200
        start = self.calendar.start + timedelta(days=30 + self.draw.randrange(max(1, span)))
        return min(start, self.calendar.today - timedelta(days=170))

    # -- choices ---------------------------------------------------------------------------------------------------

    def choices(
        self, person: RegisteredPerson, contract: ContractPlan, split: Callable[[int, str], tuple[int, int]]
    ) -> list[ChoicePlan]:
        """The choice lines since the take-over, one for each age category that was reached (E-083 to E-085).

        ``split`` says how the hours of a category are divided over premium and exemption.
        """
        assert person.birth_date is not None
        moments: dict[date, str] = {}
        for category, rule in DEFAULT_RIGHTS.categories.items():
            born = person.birth_date
            begins_on = max(date(born.year + rule.age, born.month, 1), first_of_month(contract.starts_on))
            if begins_on <= self.calendar.today and (contract.ends_on is None or begins_on < contract.ends_on):
                moments[begins_on] = category
        lines: list[ChoicePlan] = []
        for begins_on, category in sorted(moments.items()):
            premium, exemption = split(DEFAULT_RIGHTS.categories[category].hours, category)
            decided_on = begins_on - timedelta(days=self.draw.randrange(5, 50)) if premium else begins_on
            if lines:
                lines[-1] = replace(lines[-1], ends_on=begins_on - _DAY)
            lines.append(ChoicePlan(decided_on, begins_on, category, premium, exemption, contract.ends_on))
        return [line for line in lines if line.ends_on is None or line.ends_on >= self.calendar.start]


def _premium(hours: int, _category: str) -> tuple[int, int]:
    return hours, 0


def _exemption(hours: int, _category: str) -> tuple[int, int]:
    return 0, hours


def _both(hours: int, _category: str) -> tuple[int, int]:
    return (2, hours - 2) if hours > 2 else (2, 0)


def _from_premium_to_exemption(hours: int, category: str) -> tuple[int, int]:
    return (0, hours) if category == "55+" else (hours, 0)


def _premium_nurse(team: Team, youngest: int = 47, oldest: int = 63, hours: Decimal = _FULL_TIME) -> PersonPlan:
    person = team.aged(youngest, oldest)
    contract = ContractPlan(team.long_ago(person), team.nurse(), hours, contract_type=team.employed())
    return PersonPlan(person, [contract], team.choices(person, contract, _premium))


def _part_time_premium_nurse(team: Team) -> PersonPlan:
    return _premium_nurse(team, hours=team.part_time())


def _exemption_nurse(team: Team) -> PersonPlan:
    person = team.aged(46, 62)
    contract = ContractPlan(team.long_ago(person), team.nurse(), _FULL_TIME, contract_type=team.employed())
    return PersonPlan(person, [contract], team.choices(person, contract, _exemption))


def _exemption_carer(team: Team) -> PersonPlan:
    person = team.aged(46, 63)
    contract = ContractPlan(team.long_ago(person), team.carer(), _FULL_TIME, contract_type=team.employed())
    return PersonPlan(person, [contract], team.choices(person, contract, _exemption))


def _part_time_exemption_carer(team: Team) -> PersonPlan:
    person = team.aged(46, 60, women=0.95)
    contract = ContractPlan(team.long_ago(person), team.carer(), team.part_time())
    return PersonPlan(person, [contract], team.choices(person, contract, _exemption))


def _changed_to_exemption(team: Team) -> PersonPlan:
    """A nurse who took the premium and went over to exemption on reaching 55 (E-084)."""
    person = team.aged(56, 59)
    contract = ContractPlan(team.long_ago(person), team.nurse(), _FULL_TIME, contract_type=team.employed())
    return PersonPlan(person, [contract], team.choices(person, contract, _from_premium_to_exemption))


def _combination_nurse(team: Team) -> PersonPlan:
    person = team.aged(56, 63)
    contract = ContractPlan(team.long_ago(person), team.nurse(), _FULL_TIME, contract_type=team.employed())
    return PersonPlan(person, [contract], team.choices(person, contract, _both))


def _split_nurse(team: Team) -> PersonPlan:
    """Half nurse, half without care tasks: two contracts (E-077)."""
    person = team.aged(51, 61)
    start = team.long_ago(person)
    contract = ContractPlan(start, "VERPLEEGKUNDIGE_BACHELOR", Decimal(19))
    beside = replace(contract, qualification="ANDERE_A1")
    return PersonPlan(person, [contract, beside], team.choices(person, contract, _premium))


def _part_time_replacer(team: Team) -> PersonPlan:
    """Taken on to replace: all hours are replacement hours (E-073)."""
    person = team.aged(23, 40)
    hours = team.draw.choice((Decimal(19), Decimal("15.2"), Decimal("11.4"), Decimal("7.6")))
    contract = ContractPlan(team.since_the_take_over(), team.carer(), hours, replacement_hours=hours)
    return PersonPlan(person, [contract])


def _extended_contract(team: Team) -> PersonPlan:
    """More hours in an existing contract (P-17): the second contract has some replacement hours."""
    person = team.aged(28, 44, women=0.9)
    start, more_from = team.long_ago(person), first_of_month(team.since_the_take_over())
    first = ContractPlan(start, team.carer(), Decimal("26.6"), more_from - _DAY)
    second = replace(first, starts_on=more_from, ends_on=None, hours=Decimal("30.4"), replacement_hours=Decimal("3.8"))
    return PersonPlan(person, [first, second])


def _full_time_replacer(team: Team) -> PersonPlan:
    person = team.aged(25, 43)
    contract = ContractPlan(team.long_ago(person), team.carer(), _FULL_TIME, replacement_hours=Decimal("7.6"))
    return PersonPlan(person, [contract])


def _rehired_replacer(team: Team) -> PersonPlan:
    """Taken on again within three months, with more hours (E-078)."""
    person = team.aged(22, 33)
    start = team.since_the_take_over()
    end = min(add_months(start, 6) - _DAY, team.calendar.today - timedelta(days=60))
    first = ContractPlan(start, "ZORGKUNDIGE", Decimal("11.4"), end, replacement_hours=Decimal("11.4"))
    again = ContractPlan(end + timedelta(days=40), "ZORGKUNDIGE", Decimal(19), replacement_hours=Decimal(19))
    return PersonPlan(person, [first, again])


def _new_replacer(team: Team) -> PersonPlan:
    person = team.aged(22, 30)
    start = team.calendar.last_ended.start + timedelta(days=team.draw.randrange(10, 50))
    end = add_months(team.calendar.running.start, 9) - _DAY
    hours = Decimal("15.2")
    return PersonPlan(person, [ContractPlan(start, team.carer(), hours, end, replacement_hours=hours)])


def _left(team: Team) -> PersonPlan:
    """Left the facility: contract and choice end on the same day (E-070, E-084)."""
    person = team.aged(56, 66)
    start = team.long_ago(person)
    quarters = team.calendar.quarters
    end = team.draw.choice(quarters[2 : max(3, len(quarters) - 8)]).start + timedelta(days=team.draw.randrange(20, 80))
    nurse = team.draw.random() < 0.6
    contract = ContractPlan(start, team.nurse() if nurse else team.carer(), _FULL_TIME, end)
    return PersonPlan(person, [contract], team.choices(person, contract, _premium if nurse else _exemption))


def _without_right(team: Team) -> PersonPlan:
    person = team.aged(27, 58)
    hours = team.draw.choice((_FULL_TIME, Decimal("30.4")))
    return PersonPlan(person, [ContractPlan(team.long_ago(person), team.other(), hours)])


def _interim(team: Team) -> PersonPlan:
    person = team.aged(21, 50)
    start = team.calendar.last_ended.previous().start + timedelta(days=team.draw.randrange(60))
    end = start + timedelta(days=team.draw.randrange(25, 80))
    return PersonPlan(person, [ContractPlan(start, team.carer(), _FULL_TIME, end, "INTERIM")])


def _self_employed(team: Team) -> PersonPlan:
    person = team.aged(32, 58)
    return PersonPlan(
        person, [ContractPlan(team.since_the_take_over(), team.carer(), Decimal("7.6"), contract_type="ZELFSTANDIGE")]
    )


def _student_or_maribel(team: Team) -> PersonPlan:
    if team.draw.random() < 0.5:
        person, kind, hours = team.aged(19, 23), "STUDENT", Decimal(19)
        quarter = next(quarter for quarter in reversed(team.calendar.quarters) if quarter.number == 3)
        start: date = (quarter if quarter.end < team.calendar.today else Quarter(quarter.year - 1, 3)).start
        end: date | None = start + timedelta(days=61)
    else:
        person, kind, hours = team.aged(24, 45), "SOCIALE_MARIBEL", Decimal("30.4")
        start, end = team.since_the_take_over(), None
    return PersonPlan(person, [ContractPlan(start, team.other(), hours, end, kind)])


def _reaches_category_now(team: Team) -> PersonPlan:
    """Turns 45 in the running quarter, so that the right begins now."""
    month = team.calendar.running.start
    born = date(month.year - 45, month.month, team.draw.randrange(1, 28))
    person = team.people.born(born, team.draw)
    contract = ContractPlan(team.long_ago(person), team.carer(), _FULL_TIME)
    return PersonPlan(person, [contract], team.choices(person, contract, _exemption))


PATTERNS: tuple[Callable[[Team], PersonPlan], ...] = (
    _premium_nurse,
    _exemption_carer,
    _part_time_replacer,
    _exemption_nurse,
    _part_time_premium_nurse,
    _extended_contract,
    _part_time_exemption_carer,
    _full_time_replacer,
    _changed_to_exemption,
    _without_right,
    _left,
    _split_nurse,
    _rehired_replacer,
    _exemption_carer,
    _interim,
    _combination_nurse,
    _new_replacer,
    _self_employed,
    _reaches_category_now,
    _student_or_maribel,
)


def particular_cases(team: Team) -> list[PersonPlan]:
    """What one facility shows besides: a premium of the past, a BIS number, a beneficiary who replaces, no contract."""
    legacy = team.aged(58, 62)
    old = ContractPlan(team.long_ago(legacy), "ZORGKUNDIGE", _FULL_TIME)
    lines = [replace(line, exception=True) for line in team.choices(legacy, old, _premium)]
    foreign = team.aged(47, 49, bis=True)
    carer = ContractPlan(team.long_ago(foreign), "ZORGKUNDIGE", _FULL_TIME)
    # E-074: 38 hours with an exemption of 2 replaces at most 36 hours.
    replacing = team.aged(46, 49)
    both = ContractPlan(team.long_ago(replacing), "ERGOTHERAPEUT", _FULL_TIME, replacement_hours=Decimal(36))
    return [
        PersonPlan(legacy, [old], lines),
        PersonPlan(foreign, [carer], team.choices(foreign, carer, _exemption)),
        PersonPlan(replacing, [both], team.choices(replacing, both, _exemption)),
        PersonPlan(team.aged(30, 40)),
    ]
