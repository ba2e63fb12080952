"""End-of-career choice lines: add, change, end and delete (E-082 to E-091)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.dutch import long_date
from domain.ecalcura.case_manager_changes import check_exception_note
from domain.ecalcura.personnel import ChoiceFacts
from domain.errors import N_, Conflict, Finding, Findings
from models.base import db
from models.gate import writing
from models.personnel import EndOfCareerChoice
from services.ecalcura.departures import contracts_after, end_choice_line, end_contracts_with, values
from services.ecalcura.personnel_facts import choice_facts
from services.ecalcura.staff_changes import OpenedFile, Saved, open_for_change, settle, trace

NEW = ""
"""The reference of a choice line that does not exist yet."""

#: What the two versions of a conflict are called, in the order of the form.
LABELS = {
    "decided_on": N_("Datum keuze"),
    "begins_on": N_("Begin recht"),
    "ends_on": N_("Einde recht"),
    "age_category": N_("Leeftijdscategorie"),
    "premium_hours": N_("Uren premie"),
    "exemption_hours": N_("Uren vrijstelling"),
    "premium_exception": N_("Uitzondering premie"),
}


@dataclass(frozen=True, slots=True)
class ChoiceDraft:
    """A choice line as filled in; hours are per week for a full-time job, None when left empty (V-32).

    ``premium_exception`` None keeps what the line has; ``exception_note`` says in which message it was asked (E-091).
    """

    decided_on: date
    begins_on: date
    ends_on: date | None
    age_category: str
    premium_hours: int | None
    exemption_hours: int | None
    premium_exception: bool | None = None
    exception_note: str = ""

    def facts(self, reference: str, before: ChoiceFacts | None) -> ChoiceFacts:
        """The draft as the rules see it."""
        kept = before is not None and before.premium_exception
        return ChoiceFacts(
            reference,
            self.decided_on,
            self.begins_on,
            self.ends_on,
            self.age_category,
            self.premium_hours,
            self.exemption_hours,
            kept if self.premium_exception is None else self.premium_exception,
        )


def add_choice(
    actor: Actor,
    facility_id: int,
    staff_reference: str,
    draft: ChoiceDraft,
    *,
    acknowledged: Collection[str] = (),
    end_contracts_too: bool = False,
) -> Saved:
    """Add a choice line; raises Findings (V-06, V-13, V-30 to V-41, and warnings that were not acknowledged).

    ``end_contracts_too`` gives the contracts that go on the same end date (E-084), with the guards of a contract.
    """
    file = open_for_change(actor, facility_id, staff_reference)
    facts = draft.facts(NEW, None)
    notes = settle(_findings(file, None, facts, draft, end_contracts_too), acknowledged)
    with writing("ecalcura.add_choice"):
        row = EndOfCareerChoice(staff_member_id=file.member.id, facility_id=facility_id)
        _fill(row, facts, draft.exception_note)
        db.session.add(row)
        db.session.flush()
        if end_contracts_too:
            end_contracts_with(actor, file, facts)
    trace(actor, AuditEvent.CHOICE_ADDED, "choice", row.reference, file.member, None, values(facts))
    return Saved(row.reference, notes)


def change_choice(
    actor: Actor,
    facility_id: int,
    staff_reference: str,
    reference: str,
    draft: ChoiceDraft,
    version: int,
    *,
    acknowledged: Collection[str] = (),
    end_contracts_too: bool = False,
) -> Saved:
    """Change a choice line (E-089); raises Conflict for an older ``version``, Findings as ``add_choice``."""
    file = open_for_change(actor, facility_id, staff_reference)
    row = file.choice(reference)
    before = choice_facts(row)
    facts = draft.facts(reference, before)
    if row.version != version:
        raise _conflict(before, facts)
    notes = settle(_findings(file, before, facts, draft, end_contracts_too), acknowledged)
    with writing("ecalcura.change_choice"):
        _fill(row, facts, draft.exception_note)
        db.session.flush()
        if end_contracts_too:
            end_contracts_with(actor, file, facts)
    if facts != before:
        trace(actor, AuditEvent.CHOICE_CHANGED, "choice", reference, file.member, values(before), values(facts))
    return Saved(reference, notes)


def end_choice(
    actor: Actor, facility_id: int, staff_reference: str, reference: str, ends_on: date, version: int
) -> Saved:
    """Give a choice line an end date, nothing else (E-070: 'vul dezelfde einddatum in'); raises Findings, Conflict."""
    file = open_for_change(actor, facility_id, staff_reference)
    row = file.choice(reference)
    before = choice_facts(row)
    if row.version != version:
        raise _conflict(before, replace(before, ends_on=ends_on))
    with writing("ecalcura.end_choice"):
        notes = end_choice_line(actor, file, row, ends_on)
    return Saved(reference, notes)


def delete_choice(actor: Actor, facility_id: int, staff_reference: str, reference: str, version: int) -> None:
    """Delete a choice line that lies entirely outside submitted quarters (E-089); raises Findings (V-41), Conflict."""
    file = open_for_change(actor, facility_id, staff_reference)
    row = file.choice(reference)
    before = choice_facts(row)
    findings = file.guard(before, None)
    if findings:
        raise Findings(findings)
    if row.version != version:
        raise _conflict(before, None)
    with writing("ecalcura.delete_choice"):
        db.session.delete(row)
    trace(actor, AuditEvent.CHOICE_REMOVED, "choice", reference, file.member, values(before), None)


def _findings(
    file: OpenedFile, before: ChoiceFacts | None, after: ChoiceFacts, draft: ChoiceDraft, end_contracts_too: bool
) -> list[Finding]:
    contracts = contracts_after(file, after, ended=end_contracts_too)
    return [
        *file.choice_findings(before, after, contracts),
        *check_exception_note(before, after, draft.exception_note),
    ]


def _fill(row: EndOfCareerChoice, facts: ChoiceFacts, note: str) -> None:
    assert facts.premium_hours is not None
    assert facts.exemption_hours is not None
    row.decided_on, row.begins_on, row.ends_on = facts.decided_on, facts.begins_on, facts.ends_on
    row.age_category = facts.age_category
    row.premium_hours, row.exemption_hours = facts.premium_hours, facts.exemption_hours
    row.premium_exception = facts.premium_exception
    row.exception_note = (note.strip()[:200] or row.exception_note) if facts.premium_exception else None


def shown(facts: ChoiceFacts) -> dict[str, str]:
    """The fields as people read them, by label."""
    texts = {
        "decided_on": long_date(facts.decided_on),
        "begins_on": long_date(facts.begins_on),
        "ends_on": long_date(facts.ends_on) if facts.ends_on else "",
        "age_category": facts.age_category,
        "premium_hours": "" if facts.premium_hours is None else str(facts.premium_hours),
        "exemption_hours": "" if facts.exemption_hours is None else str(facts.exemption_hours),
        "premium_exception": N_("ja") if facts.premium_exception else N_("nee"),
    }
    return {LABELS[name]: text for name, text in texts.items()}


def _conflict(stored: ChoiceFacts, yours: ChoiceFacts | None) -> Conflict:
    return Conflict(
        N_("Iemand anders heeft deze keuze intussen gewijzigd. Kijk de verschillen na en bewaar opnieuw."),
        theirs=shown(stored),
        yours=shown(yours) if yours is not None else {},
    )
