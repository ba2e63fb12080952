"""The same end date on the other tab: who leaves, ends contract and end-of-career right together (E-070, E-084)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date
from typing import Any

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.ecalcura.choice_rules import contracts_going_on
from domain.ecalcura.contract_rules import choices_going_on
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts
from domain.errors import Finding, Findings, Severity
from models.base import db
from models.personnel import Contract, EndOfCareerChoice
from services.ecalcura.personnel_facts import choice_facts, contract_facts
from services.ecalcura.staff_changes import OpenedFile, trace


def values(facts: ContractFacts | ChoiceFacts) -> dict[str, Any]:
    """The fields of a line by name, without its reference."""
    return {item.name: getattr(facts, item.name) for item in fields(facts) if item.name != "reference"}


def choices_after(file: OpenedFile, contract: ContractFacts, *, ended: bool) -> list[ChoiceFacts]:
    """The choice lines of the person; with ``ended`` as they will be when those that go on end with the contract."""
    choices = [choice_facts(row) for row in file.choices]
    going_on = {choice.reference for choice in choices_going_on(contract, choices)} if ended else set()
    return [replace(choice, ends_on=contract.ends_on) if choice.reference in going_on else choice for choice in choices]


def contracts_after(file: OpenedFile, choice: ChoiceFacts, *, ended: bool) -> list[ContractFacts]:
    """The contracts of the person; with ``ended`` as they will be when those that go on end with the choice line."""
    contracts = [contract_facts(row) for row in file.contracts]
    going_on = {contract.reference for contract in contracts_going_on(choice, contracts)} if ended else set()
    return [replace(item, ends_on=choice.ends_on) if item.reference in going_on else item for item in contracts]


def end_choices_with(actor: Actor, file: OpenedFile, contract: ContractFacts) -> None:
    """End the choice lines that go on after a contract, each with its own checks; inside a use case only."""
    going_on = {choice.reference for choice in choices_going_on(contract, [choice_facts(row) for row in file.choices])}
    for row in file.choices:
        if row.reference in going_on and contract.ends_on is not None:
            end_choice_line(actor, file, row, contract.ends_on)


def end_contracts_with(actor: Actor, file: OpenedFile, choice: ChoiceFacts) -> None:
    """End the contracts that go on after a choice line, each with its own checks; inside a use case only."""
    going_on = {item.reference for item in contracts_going_on(choice, [contract_facts(row) for row in file.contracts])}
    for row in file.contracts:
        if row.reference in going_on and choice.ends_on is not None:
            end_contract_line(actor, file, row, choice.ends_on)


def end_choice_line(actor: Actor, file: OpenedFile, row: EndOfCareerChoice, ends_on: date) -> tuple[Finding, ...]:
    """Set the end of a choice line of an opened file; raises Findings when something blocks."""
    before = choice_facts(row)
    after = replace(before, ends_on=ends_on)
    notes = _unblocked(file.choice_findings(before, after, [contract_facts(item) for item in file.contracts]))
    row.ends_on = ends_on
    db.session.flush()
    trace(actor, AuditEvent.CHOICE_CHANGED, "choice", row.reference, file.member, values(before), values(after))
    return notes


def end_contract_line(actor: Actor, file: OpenedFile, row: Contract, ends_on: date) -> tuple[Finding, ...]:
    """Set the end of a contract of an opened file; raises Findings when something blocks."""
    before = contract_facts(row)
    after = replace(before, ends_on=ends_on)
    notes = _unblocked(file.contract_findings(before, after, [choice_facts(item) for item in file.choices]))
    row.ends_on = ends_on
    db.session.flush()
    trace(actor, AuditEvent.CONTRACT_CHANGED, "contract", row.reference, file.member, values(before), values(after))
    return notes


def _unblocked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, unless one blocks. The warnings stay on the person's file, where this was asked for."""
    found = tuple(findings)
    if any(finding.severity is Severity.BLOCKS for finding in found):
        raise Findings(found)
    return found
