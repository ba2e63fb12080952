"""A calculation and its case, indexed for who explains them: facts by quarter, days as the calculation counted them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from domain.calendars import Quarter, quarters_of
from domain.ecalcura.compensation import Case, Person, QuarterBasis, covered_days
from domain.ecalcura.compensation_result import Compensation, QuarterStatus, WorkedQuarter
from domain.ecalcura.explained_steps import Names
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts
from domain.ecalcura.valid_days import Days, common, count, days_between, either


class Explained:
    """What the parts of an explanation read."""

    def __init__(self, compensation: Compensation, case: Case, names: Names) -> None:
        self.outcome, self.case, self.names = compensation, case, names
        self.parameters = case.parameters
        self.quarters = quarters_of(case.reference_period)
        held = {basis.quarter: basis for basis in case.quarters}
        self.bases = {
            quarter: held.get(quarter) or QuarterBasis(quarter, QuarterStatus.NEVER_OPENED) for quarter in self.quarters
        }
        self.contracts: dict[tuple[Quarter, str], ContractFacts] = {}
        self.choices: dict[tuple[Quarter, str], ChoiceFacts] = {}
        for quarter, basis in self.bases.items():
            for person in basis.people:
                self.contracts.update({(quarter, one.reference): one for one in person.contracts})
                self.choices.update({(quarter, one.reference): one for one in person.choices})
        self.worked: dict[tuple[Quarter, str], WorkedQuarter] = {
            (line.quarter, line.contract): line for line in compensation.worked
        }
        self.covered = cache(self._covered)
        self.with_right = cache(self._with_right)
        self._people = {
            (quarter, person.reference): person for quarter, basis in self.bases.items() for person in basis.people
        }

    def _covered(self, quarter: Quarter) -> Days:
        return covered_days(quarter, self.case)

    def takes_part(self, quarter: Quarter) -> bool:
        """Whether the data of the quarter count (A-37)."""
        return self.bases[quarter].status.takes_part

    def person(self, quarter: Quarter, reference: str) -> Person | None:
        """Somebody as known in a quarter."""
        return self._people.get((quarter, reference))

    def _with_right(self, quarter: Quarter, reference: str) -> Sequence[tuple[Days, ContractFacts]]:
        """The contracts of somebody with the right, with their days in the quarter."""
        person = self.person(quarter, reference)
        return [
            (days, one)
            for one in (person.contracts if person else ())
            if one.el_right and (days := days_between(*one.period, quarter))
        ]

    def fitting(self, quarter: Quarter, person: str, choice: ChoiceFacts) -> list[tuple[Days, ContractFacts]]:
        """The contracts a premium counts on (L-12)."""
        nurses = self.parameters.nurse_qualifications
        return [
            (days, one)
            for days, one in self.with_right(quarter, person)
            if choice.premium_exception or one.qualification in nurses
        ]

    def counted(self, quarter: Quarter, choice: ChoiceFacts, contracts: Sequence[tuple[Days, ContractFacts]]) -> Days:
        """The days on which the choice and one of the contracts are valid (L-11)."""
        return common(days_between(*choice.period, quarter), either(run for run, _ in contracts))

    def all_covered(self, quarter: Quarter) -> bool:
        """Whether both certificates are valid on every day."""
        whole = days_between(quarter.start, quarter.end, quarter)
        return count(self.covered(quarter)) == count(whole)

    def choosing(self, quarter: Quarter) -> Iterator[tuple[Person, ChoiceFacts]]:
        """The choices that are valid on some day of the quarter."""
        for person in self.bases[quarter].people:
            for choice in person.choices:
                if days_between(*choice.period, quarter):
                    yield person, choice
