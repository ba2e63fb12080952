"""What the rules say about lines that are stored already, so that no warning is lost once it was saved (E-027)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.ecalcura.choice_rules import check_choice, contracts_going_on
from domain.ecalcura.contract_rules import check_contract, choices_going_on
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts, PersonFacts
from domain.errors import Finding, Severity
from services.ecalcura.personnel_facts import CodeLists

_SHOWN = {Severity.BLOCKS, Severity.WARNING}
#: Rules about lines beside each other: told once, not at each of them.
_PAIRED = {"V-13", "V-15", "V-38"}


@dataclass(frozen=True, slots=True)
class Standing:
    """Findings by reference of the line they are about, and which lines of the other tab still go on (V-20, V-21).

    ``to_end`` maps the reference of an ended line to the references of the lines that could get the same end date.
    """

    findings: Mapping[str, tuple[Finding, ...]]
    to_end: Mapping[str, tuple[str, ...]]

    @property
    def count(self) -> int:
        """How many points need a look."""
        return sum(len(found) for found in self.findings.values())


def standing(
    person: PersonFacts, contracts: Sequence[ContractFacts], choices: Sequence[ChoiceFacts], lists: CodeLists
) -> Standing:
    """Judge every stored line of a person beside the others; no statement is sent."""
    findings: dict[str, tuple[Finding, ...]] = {}
    to_end: dict[str, tuple[str, ...]] = {}
    told: set[str] = set()
    for contract in contracts:
        found = check_contract(
            contract, contracts, choices, lists.contract_types, lists.qualifications, parameters=lists.rights
        )
        findings[contract.reference] = _shown(found, told)
        if any(item.code == "V-20" for item in found):
            to_end[contract.reference] = tuple(item.reference for item in choices_going_on(contract, choices))
    for choice in choices:
        found = check_choice(
            choice, choices, contracts, person, lists.qualifications, before=choice, parameters=lists.rights
        )
        findings[choice.reference] = _shown(found, told)
        if any(item.code == "V-21" for item in found):
            to_end[choice.reference] = tuple(item.reference for item in contracts_going_on(choice, contracts))
    return Standing(findings, to_end)


def _shown(found: Iterable[Finding], told: set[str]) -> tuple[Finding, ...]:
    shown = tuple(item for item in found if item.severity in _SHOWN and item.code not in told)
    told |= {item.code for item in shown} & _PAIRED
    return shown
