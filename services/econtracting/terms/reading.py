"""Terms to read, for both sides: those of a document, of a contract, and the nearest of everything somebody reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from domain.actor import Actor
from domain.econtracting.actions import ActionParty
from domain.econtracting.term_clock import TermClock, clock
from domain.econtracting.terms import ALIVE, TermKind
from models.base import db
from models.contract_follow_up import ContractTerm, TermSuspension
from models.file_document import FileDocument
from models.public_contract import PublicContract
from services import clock as time
from services.econtracting import access, calendar_data
from services.econtracting.readable import only_readable
from services.econtracting.terms import rows
from services.econtracting.terms.interest import InterestView, indication, owes


@dataclass(frozen=True, slots=True)
class TermView:
    """A term on a page: its clock and where it belongs. No person is in it.

    ``document`` is the reference of the claim the term is about, whatever version or answer started it. ``interest`` is
    the indication beside a term of who pays that was passed; lists across contracts leave it out.
    """

    reference: str
    kind: TermKind
    party: ActionParty
    clock: TermClock
    contract: str
    contract_number: str
    document: str
    document_title: str
    theme: str
    prolonged: bool = False
    interest: InterestView | None = None


def clock_of(row: ContractTerm, today: date | None = None) -> TermClock:
    """The clock of a stored term on a day, by default today."""
    waits = rows.suspensions_of([row]).get(row.id, [])
    return clock(rows.facts_of(row, waits), time.today() if today is None else today)


def for_document(actor: Actor, document: FileDocument) -> list[TermView]:
    """The terms of the file a document is part of, oldest first; the caller has checked that the actor reads it."""
    contract = db.session.get_one(PublicContract, document.contract_id)
    root = rows.root_of(document)
    return _views((term, contract, root) for term in rows.of_file(document))


def for_contract(actor: Actor, contract: PublicContract) -> list[TermView]:
    """The terms of a contract in the themes the actor reads: what still runs first, by what ends first."""
    standing = access.standing(actor, contract)
    query = (
        select(ContractTerm, FileDocument)
        .join(FileDocument, FileDocument.id == ContractTerm.document_id)
        .where(ContractTerm.contract_id == contract.id, ContractTerm.replaced_by_id.is_(None))
        .order_by(ContractTerm.expires_at, ContractTerm.id)
    )
    found = _views(
        (term, contract, document) for term, document in db.session.execute(query) if standing.reads(document.theme)
    )
    return sorted(found, key=lambda view: not view.clock.alive)


def nearest(actor: Actor, limit: int = 5) -> list[TermView]:
    """The running terms that end first of what the actor reads, over all contracts; one statement beside the rights."""
    return _read_with_waits(running(actor).order_by(ContractTerm.expires_at, ContractTerm.id).limit(limit))


def running(actor: Actor) -> Select[Any]:
    """The keys of the terms that run or wait in what the actor reads, to select from."""
    return (
        select(ContractTerm.id)
        .join(PublicContract, PublicContract.id == ContractTerm.contract_id)
        .join(FileDocument, FileDocument.id == ContractTerm.document_id)
        .where(
            ContractTerm.state.in_(ALIVE),
            ContractTerm.replaced_by_id.is_(None),
            only_readable(actor, FileDocument.theme),
        )
    )


def _read_with_waits(keys: Select[Any]) -> list[TermView]:
    """The terms of these keys with where they belong and how they waited, in one statement."""
    chosen = keys.subquery()
    query = (
        select(ContractTerm, PublicContract, FileDocument, TermSuspension)
        .join(chosen, chosen.c.id == ContractTerm.id)
        .join(PublicContract, PublicContract.id == ContractTerm.contract_id)
        .join(FileDocument, FileDocument.id == ContractTerm.document_id)
        .outerjoin(TermSuspension, TermSuspension.term_id == ContractTerm.id)
        .order_by(ContractTerm.expires_at, ContractTerm.id, TermSuspension.id)
    )
    found: dict[int, tuple[ContractTerm, PublicContract, FileDocument]] = {}
    waits: dict[int, list[TermSuspension]] = {}
    for term, contract, document, wait in db.session.execute(query):
        found[term.id] = term, contract, document
        if wait is not None:
            waits.setdefault(term.id, []).append(wait)
    return [_view(one, waits.get(one[0].id, []), time.today()) for one in found.values()]


def _views(found: Iterable[tuple[ContractTerm, PublicContract, FileDocument]]) -> list[TermView]:
    known = list(found)
    waits = rows.suspensions_of([term for term, _, _ in known])
    today = time.today()
    views = [_view(one, waits.get(one[0].id, []), today) for one in known]
    if not any(owes(one[0], view.clock) for one, view in zip(known, views, strict=True)):
        return views
    rates = calendar_data.rates()
    return [
        replace(view, interest=indication(term, waits.get(term.id, []), document, today, rates))
        if owes(term, view.clock)
        else view
        for (term, _, document), view in zip(known, views, strict=True)
    ]


def _view(
    found: tuple[ContractTerm, PublicContract, FileDocument], waits: Sequence[TermSuspension], today: date
) -> TermView:
    term, contract, document = found
    return TermView(
        reference=term.reference,
        kind=term.kind,
        party=term.party,
        clock=clock(rows.facts_of(term, waits), today),
        contract=contract.reference,
        contract_number=contract.number,
        document=document.reference,
        document_title=document.title,
        theme=document.theme,
        prolonged=term.outage_id is not None,
    )
