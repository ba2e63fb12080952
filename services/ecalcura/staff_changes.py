"""What every change of a contract or a choice has in common: the locked person, guards, warnings and traces."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.ecalcura.case_manager_changes import check_case_manager
from domain.ecalcura.choice_rules import check_choice
from domain.ecalcura.contract_rules import check_contract
from domain.ecalcura.frozen_quarters import Line, check_change
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts
from domain.errors import Finding, Findings, NotFound, Severity
from models.base import db
from models.personnel import Contract, EndOfCareerChoice, StaffMember
from services import audit
from services.ecalcura import staff_access
from services.ecalcura.frozen import FrozenQuarters, frozen
from services.ecalcura.personnel_facts import CodeLists, choice_facts, code_lists, contract_facts, person_facts
from services.locks import lock_facility

Row = TypeVar("Row", Contract, EndOfCareerChoice)


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved: the reference of the line, and what there still is to say about it (warnings and information)."""

    reference: str
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """Everything of one person, read and locked: nobody else changes it, and no quarter closes meanwhile."""

    member: StaffMember
    contracts: Sequence[Contract]
    choices: Sequence[EndOfCareerChoice]
    quarters: FrozenQuarters
    lists: CodeLists
    by_case_manager: bool

    def contract(self, reference: str) -> Contract:
        """One contract of the person; NotFound for any other."""
        return _only(self.contracts, reference)

    def choice(self, reference: str) -> EndOfCareerChoice:
        """One choice line of the person; NotFound for any other."""
        return _only(self.choices, reference)

    def refused_by_side(self, old: Line | None, new: Line | None) -> list[Finding]:
        """What speaks against a change by a case manager outside an audit (E-063)."""
        return check_case_manager(old, new, self.quarters.audit) if self.by_case_manager else []

    def guard(self, old: Line | None, new: Line | None) -> list[Finding]:
        """What the side of the actor (E-063) or a closed quarter (V-18, V-41) has against a change."""
        return self.refused_by_side(old, new) or check_change(
            old, new, self.quarters.closed, audit_quarters=self.quarters.audit, by_case_manager=self.by_case_manager
        )

    def contract_findings(
        self, before: ContractFacts | None, after: ContractFacts, choices: Iterable[ChoiceFacts]
    ) -> list[Finding]:
        """Everything there is to say about a contract that is added or changed, beside these choice lines."""
        contracts = [contract_facts(row) for row in self.contracts]
        types, qualifications = self.lists.contract_types, self.lists.qualifications
        findings = check_contract(after, contracts, choices, types, qualifications, parameters=self.lists.rights)
        return [*self.guard(before, after), *findings]

    def choice_findings(
        self, before: ChoiceFacts | None, after: ChoiceFacts, contracts: Iterable[ContractFacts]
    ) -> list[Finding]:
        """Everything there is to say about a choice line that is added or changed, beside these contracts."""
        findings = check_choice(
            after,
            [choice_facts(row) for row in self.choices],
            contracts,
            person_facts(self.member),
            self.lists.qualifications,
            before=before,
            by_case_manager=self.by_case_manager,
            parameters=self.lists.rights,
        )
        return [*self.guard(before, after), *findings]


def _only(rows: Iterable[Row], reference: str) -> Row:
    for row in rows:
        if row.reference == reference:
            return row
    raise NotFound


def open_for_change(actor: Actor, facility_id: int, staff_reference: str) -> OpenedFile:
    """Read and lock a person with all lines; Forbidden or NotFound when that is not the actor's."""
    staff_access.require_write(actor, facility_id)
    lock_facility(facility_id)
    member = db.session.scalar(
        select(StaffMember)
        .where(StaffMember.facility_id == facility_id, StaffMember.reference == staff_reference)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if member is None:
        raise NotFound
    fresh = {"populate_existing": True}
    contracts = db.session.scalars(
        select(Contract).where(Contract.staff_member_id == member.id).order_by(Contract.starts_on, Contract.id),
        execution_options=fresh,
    )
    choices = db.session.scalars(
        select(EndOfCareerChoice)
        .where(EndOfCareerChoice.staff_member_id == member.id)
        .order_by(EndOfCareerChoice.begins_on, EndOfCareerChoice.id),
        execution_options=fresh,
    )
    return OpenedFile(
        member,
        list(contracts),
        list(choices),
        frozen(facility_id),
        code_lists(),
        actor.is_case_manager,
    )


def settle(findings: Iterable[Finding], acknowledged: Collection[str]) -> tuple[Finding, ...]:
    """Raise Findings when something blocks, or when a warning was not seen yet; else give what there is to say.

    ``acknowledged`` holds the rule numbers of the warnings that the person saw and accepted: a warning stops the first
    time only, and is never lost.
    """
    found = tuple(findings)
    blocking = any(finding.severity is Severity.BLOCKS for finding in found)
    unseen = any(finding.severity is Severity.WARNING and finding.code not in acknowledged for finding in found)
    if blocking or unseen:
        raise Findings(found)
    return found


def as_text(value: Any) -> str:
    """A value of a line for a trace: ISO dates, decimals as text, empty for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, date) else str(value)


def trace(
    actor: Actor,
    event: AuditEvent,
    subject_type: str,
    reference: str,
    member: StaffMember,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    """Record a change of a line: the names of the fields that changed, their values beside the chain."""
    old = {name: as_text(value) for name, value in (before or {}).items()}
    new = {name: as_text(value) for name, value in (after or {}).items()}
    changed = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
    personal: dict[str, Any] = {}
    if before is not None:
        personal["before"] = {"staff_member": member.reference, **{name: old[name] for name in changed if name in old}}
    if after is not None:
        personal["after"] = {"staff_member": member.reference, **{name: new[name] for name in changed if name in new}}
    audit.record(actor, event, subject_type, reference, data={"fields": changed}, personal=personal)
