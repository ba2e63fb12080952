"""Contract lines: add, change, end and delete (E-070 to E-081)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, exists, or_, select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.dutch import long_date, number
from domain.ecalcura.frozen_quarters import check_delete_contract
from domain.ecalcura.personnel import ContractFacts
from domain.errors import N_, Conflict, Findings
from models.base import db
from models.declaration import Performance
from models.gate import writing
from models.personnel import Contract
from services.ecalcura.departures import choices_after, end_choices_with, end_contract_line, values
from services.ecalcura.personnel_facts import CodeLists, contract_facts
from services.ecalcura.staff_changes import Saved, open_for_change, settle, trace

NEW = ""
"""The reference of a contract that does not exist yet."""

#: What the two versions of a conflict are called, in the order of the form.
LABELS = {
    "starts_on": N_("Startdatum"),
    "ends_on": N_("Einddatum"),
    "contract_type": N_("Contracttype"),
    "qualification": N_("Kwalificatie"),
    "hours": N_("Uren"),
    "replacement_hours": N_("Uren vervanging EL"),
    "el_right": N_("Recht Eindeloopbaan"),
}


@dataclass(frozen=True, slots=True)
class ContractDraft:
    """A contract as filled in; hours are weekly hours.

    ``el_right`` None lets contract type and qualification decide (E-075).
    """

    starts_on: date
    ends_on: date | None
    contract_type: str
    qualification: str
    hours: Decimal
    replacement_hours: Decimal
    el_right: bool | None = None

    def facts(self, reference: str, lists: CodeLists) -> ContractFacts:
        """The draft as the rules see it."""
        right = lists.is_automatic(self.contract_type, self.qualification) if self.el_right is None else self.el_right
        return ContractFacts(
            reference,
            self.starts_on,
            self.ends_on,
            self.contract_type,
            self.qualification,
            self.hours,
            self.replacement_hours,
            right,
        )


def add_contract(
    actor: Actor,
    facility_id: int,
    staff_reference: str,
    draft: ContractDraft,
    *,
    acknowledged: Collection[str] = (),
    end_choices_too: bool = False,
) -> Saved:
    """Add a contract (E-070); raises Findings (V-10 to V-18, and warnings that were not acknowledged).

    ``end_choices_too`` gives the choice lines that go on the same end date (E-070), with the guards of a choice. A
    contract that is there already with exactly the same data is not added again: that is a second click.
    """
    file = open_for_change(actor, facility_id, staff_reference)
    facts = draft.facts(NEW, file.lists)
    for known in file.contracts:
        if replace(contract_facts(known), reference=NEW) == facts:
            return Saved(known.reference)
    choices = choices_after(file, facts, ended=end_choices_too)
    notes = settle(file.contract_findings(None, facts, choices), acknowledged)
    with writing("ecalcura.add_contract"):
        row = Contract(staff_member_id=file.member.id, facility_id=facility_id)
        _fill(row, facts)
        db.session.add(row)
        db.session.flush()
        if end_choices_too:
            end_choices_with(actor, file, facts)
    trace(actor, AuditEvent.CONTRACT_ADDED, "contract", row.reference, file.member, None, values(facts))
    return Saved(row.reference, notes)


def change_contract(
    actor: Actor,
    facility_id: int,
    staff_reference: str,
    reference: str,
    draft: ContractDraft,
    version: int,
    *,
    acknowledged: Collection[str] = (),
    end_choices_too: bool = False,
) -> Saved:
    """Change a contract (E-076); raises Conflict for an older ``version``, Findings as ``add_contract``."""
    file = open_for_change(actor, facility_id, staff_reference)
    row = file.contract(reference)
    before, facts = contract_facts(row), draft.facts(reference, file.lists)
    if row.version != version:
        raise _conflict(before, facts, file.lists)
    choices = choices_after(file, facts, ended=end_choices_too)
    notes = settle(file.contract_findings(before, facts, choices), acknowledged)
    with writing("ecalcura.change_contract"):
        _fill(row, facts)
        db.session.flush()
        if end_choices_too:
            end_choices_with(actor, file, facts)
    if facts != before:
        trace(actor, AuditEvent.CONTRACT_CHANGED, "contract", reference, file.member, values(before), values(facts))
    return Saved(reference, notes)


def end_contract(
    actor: Actor, facility_id: int, staff_reference: str, reference: str, ends_on: date, version: int
) -> Saved:
    """Give a contract an end date, nothing else (E-084: 'vul dezelfde einddatum in'); raises Findings, Conflict."""
    file = open_for_change(actor, facility_id, staff_reference)
    row = file.contract(reference)
    before = contract_facts(row)
    if row.version != version:
        raise _conflict(before, replace(before, ends_on=ends_on), file.lists)
    with writing("ecalcura.end_contract"):
        notes = end_contract_line(actor, file, row, ends_on)
    return Saved(reference, notes)


def delete_contract(actor: Actor, facility_id: int, staff_reference: str, reference: str, version: int) -> None:
    """Delete a contract outside submitted quarters and without performances (E-076); raises Findings (V-18, V-19)."""
    file = open_for_change(actor, facility_id, staff_reference)
    row = file.contract(reference)
    before = contract_facts(row)
    findings = file.refused_by_side(before, None) or check_delete_contract(
        before,
        file.quarters.closed,
        has_performance=has_performance(row.id),
        audit_quarters=file.quarters.audit,
        by_case_manager=file.by_case_manager,
    )
    if findings:
        raise Findings(findings)
    if row.version != version:
        raise _conflict(before, None, file.lists)
    with writing("ecalcura.delete_contract"):
        # rows in which nothing was ever filled in; anything else was refused above (V-19)
        db.session.execute(delete(Performance).where(Performance.contract_id == row.id))
        db.session.delete(row)
    trace(actor, AuditEvent.CONTRACT_REMOVED, "contract", reference, file.member, values(before), None)


def has_performance(contract_id: int) -> bool:
    """Whether any performance was registered on a contract (V-19)."""
    return bool(db.session.scalar(select(exists().where(Performance.contract_id == contract_id, registered()))))


def registered() -> Any:
    """That a performance row holds something."""
    return or_(
        Performance.paid_days.is_not(None),
        Performance.unpaid_days.is_not(None),
        Performance.paid_hours.is_not(None),
    )


def _fill(row: Contract, facts: ContractFacts) -> None:
    row.starts_on, row.ends_on = facts.starts_on, facts.ends_on
    row.contract_type_code, row.qualification_code = facts.contract_type, facts.qualification
    row.hours, row.replacement_hours, row.el_right = facts.hours, facts.replacement_hours, facts.el_right


def shown(facts: ContractFacts, lists: CodeLists) -> dict[str, str]:
    """The fields as people read them, by label."""
    texts = {
        "starts_on": long_date(facts.starts_on),
        "ends_on": long_date(facts.ends_on) if facts.ends_on else "",
        "contract_type": lists.contract_type_names.get(facts.contract_type, facts.contract_type),
        "qualification": lists.qualification_names.get(facts.qualification, facts.qualification),
        "hours": number(facts.hours),
        "replacement_hours": number(facts.replacement_hours),
        "el_right": N_("ja") if facts.el_right else N_("nee"),
    }
    return {LABELS[name]: text for name, text in texts.items()}


def _conflict(stored: ContractFacts, yours: ContractFacts | None, lists: CodeLists) -> Conflict:
    return Conflict(
        N_("Iemand anders heeft dit contract intussen gewijzigd. Kijk de verschillen na en bewaar opnieuw."),
        theirs=shown(stored, lists),
        yours=shown(yours, lists) if yours is not None else {},
    )
