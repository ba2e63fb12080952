"""Rows of terms: made, read as the domain reads them, with the steps of the reckoning as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from domain.actor import SCHEDULER, Actor
from domain.audit_events import AuditEvent
from domain.calendars import start_of_day
from domain.econtracting.suspensions import Suspension
from domain.econtracting.term_clock import TermFacts
from domain.econtracting.terms import ALIVE, Step, Term, TermKind
from models.base import db
from models.contract_follow_up import ContractTerm, TermSuspension
from models.file_document import FileDocument
from services import audit, clock

#: How deep an answer to an answer lies below the claim; more is not a file of a claim.
_DEPTH = 6


def root_of(document: FileDocument) -> FileDocument:
    """The document whose file this is part of: the claim that a review or an invoice request answers."""
    found = document
    for _ in range(_DEPTH):
        if found.claim_state is not None or found.parent_id is None:
            break
        found = db.session.get_one(FileDocument, found.parent_id)
    return found


def of_file(document: FileDocument, *kinds: TermKind, alive: bool = False) -> list[ContractTerm]:
    """The terms of the file a document is part of, oldest first, without those that were reckoned anew."""
    query = (
        select(ContractTerm)
        .where(ContractTerm.document_id == root_of(document).id, ContractTerm.replaced_by_id.is_(None))
        .order_by(ContractTerm.id)
    )
    if kinds:
        query = query.where(ContractTerm.kind.in_(kinds))
    if alive:
        query = query.where(ContractTerm.state.in_(ALIVE))
    return list(db.session.scalars(query))


def suspensions_of(terms: Sequence[ContractTerm]) -> dict[int, list[TermSuspension]]:
    """The stretches in which terms did not run, per term; one statement."""
    found: dict[int, list[TermSuspension]] = {}
    keys = [term.id for term in terms]
    if keys:
        query = select(TermSuspension).where(TermSuspension.term_id.in_(keys)).order_by(TermSuspension.id)
        for row in db.session.scalars(query):
            found.setdefault(row.term_id, []).append(row)
    return found


def stretches(rows: Iterable[TermSuspension]) -> tuple[Suspension, ...]:
    """Rows as the domain reads them."""
    return tuple(Suspension(row.starts_on, row.ends_on, row.reason) for row in rows)


def facts_of(term: ContractTerm, rows: Iterable[TermSuspension] = ()) -> TermFacts:
    """A term as the clock reads it."""
    return TermFacts(
        kind=term.kind,
        state=term.state,
        start_at=term.start_at,
        start_date=term.start_date,
        nominal_end=term.nominal_end,
        effective_end=term.effective_end,
        expires_at=term.expires_at,
        steps=steps_of(term),
        suspensions=stretches(rows),
        stopped_at=term.met_at,
    )


def steps_of(term: ContractTerm) -> tuple[Step, ...]:
    """How the term was reckoned, as it was told then."""
    return tuple(Step(message, _read(params), plain) for message, params, plain in json.loads(term.trace))


def written(steps: Iterable[Step]) -> str:
    """Steps as they are kept: [[message, params, plain], …]; a date is ``{"date": "2025-04-23"}``."""
    return json.dumps([[one.message, _plain(one.params), one.plain] for one in steps], ensure_ascii=False)


def _plain(params: Any) -> dict[str, Any]:
    return {name: {"date": value.isoformat()} if isinstance(value, date) else value for name, value in params.items()}


def _read(params: dict[str, Any]) -> dict[str, Any]:
    return {
        name: date.fromisoformat(value["date"]) if isinstance(value, dict) else value for name, value in params.items()
    }


def tell(term: ContractTerm, *steps: Step) -> None:
    """Add steps to what is told; nothing that stands there ever changes."""
    term.trace = written([*steps_of(term), *steps])


def move_end(term: ContractTerm, effective_end: date, *, act: str, actor: Actor = SCHEDULER) -> None:
    """Give a term another last day, with its trace in the log."""
    before, term.effective_end = term.effective_end, effective_end
    term.expires_at = start_of_day(date.fromordinal(effective_end.toordinal() + 1))
    changed(term, act, before, effective_end, actor)


def changed(term: ContractTerm, act: str, before: object, after: object, actor: Actor = SCHEDULER) -> None:
    """Note that a term changed now, with its trace in the log."""
    term.changed_at = clock.now()
    audit.record(
        actor,
        AuditEvent.TERM_CHANGED,
        "contract_term",
        term.reference,
        data={"act": act, "kind": term.kind.value, "before": str(before or ""), "after": str(after or "")},
    )


def add(
    found: Term, *, start_at: datetime, days: int, roll: bool, actor: Actor = SCHEDULER, **values: Any
) -> ContractTerm:
    """Keep a term that was just reckoned."""
    term = ContractTerm(
        kind=found.kind,
        start_at=start_at,
        start_date=found.start_date,
        days=days,
        roll=roll,
        nominal_end=found.nominal_end,
        effective_end=found.effective_end,
        expires_at=found.expires_at,
        trace=written(found.steps),
        changed_at=clock.now(),
        **values,
    )
    db.session.add(term)
    db.session.flush()
    audit.record(
        actor,
        AuditEvent.TERM_STARTED,
        "contract_term",
        term.reference,
        data={
            "kind": term.kind.value,
            "start": start_at.isoformat(),
            "nominal": str(term.nominal_end),
            "effective": str(term.effective_end),
        },
    )
    return term
