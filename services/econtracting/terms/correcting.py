"""A term whose start was corrected (A-37): reckoned from the other instant in a row of its own, the old one stays."""

from __future__ import annotations

from datetime import datetime

from domain.actor import Actor
from domain.calendars import WorkingCalendar
from domain.dutch import moment
from domain.econtracting.terms import Step, Term, TermKind, TermState, payment_term, step, term
from domain.errors import N_
from models.contract_follow_up import ContractTerm
from models.file_document import DocumentVersion, FileDocument
from models.gate import writing
from services.econtracting import calendar_data
from services.econtracting.terms import replacing, rows

CORRECTED = N_("Het tijdstip van raadplegen is verbeterd tot {moment}: {reason}")
#: The kind of document by which a review is known.
REVIEW = "NAZICHT"


def corrected(
    actor: Actor, document: FileDocument, version: DocumentVersion, at: datetime, reason: str
) -> list[ContractTerm]:
    """An answer of the authority became consultable at another instant: what it started follows; gives the new terms.

    The term of an invoice request starts at the new instant; under KB2013 a review ends the verification and starts the
    payment there (L-21), whether they still run or not. The caller has checked the right, holds the lock of the
    contract and keeps the proof.
    """
    calendar = calendar_data.calendar()
    told = step(CORRECTED, f"corrected to {at.isoformat()}", moment=moment(at), reason=reason)
    with writing("terms.corrected"):
        made = []
        for old in rows.of_file(document, TermKind.INVOICE):
            if old.version_id == version.id:
                start = term(old.kind, old.regime, at, days=old.days, roll=old.roll, calendar=calendar)
                made.append(_restarted(actor, old, start, at, told, calendar))
        if document.kind_code == REVIEW:
            made += _reviewed(actor, document, at, told, calendar)
    return made


def _reviewed(
    actor: Actor, document: FileDocument, at: datetime, told: Step, calendar: WorkingCalendar
) -> list[ContractTerm]:
    verified = rows.of_file(document, TermKind.VERIFICATION)[-1:]
    payment = rows.of_file(document, TermKind.PAYMENT)[-1:]
    for one in verified:
        if one.state is TermState.MET:
            before, one.met_at = one.met_at, at
            rows.tell(one, told)
            rows.changed(one, "corrected", before, at, actor)
    made = []
    for old in payment if verified else []:
        begun = verified[0].start_at
        start = payment_term(begun, at, days=old.days, roll=old.roll, calendar=calendar)
        made.append(_restarted(actor, old, start, at, told, calendar))
    return made


def _restarted(
    actor: Actor, old: ContractTerm, start: Term, at: datetime, told: Step, calendar: WorkingCalendar
) -> ContractTerm:
    waits = rows.suspensions_of([old]).get(old.id, [])
    found = replacing.reckoned(old, start, at, waits, replacing.outages_of([old]), calendar)
    return replacing.replace(actor, old, found, waits, told, act="corrected")
