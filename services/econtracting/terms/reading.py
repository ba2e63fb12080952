"""Terms to read, for both sides: those of a document, of a contract, and the nearest of everything somebody sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from domain.actor import Actor
from domain.econtracting.actions import ActionParty
from domain.econtracting.term_clock import TermClock, clock
from domain.econtracting.terms import ALIVE, TermKind
from models.base import db
from models.contract_follow_up import ContractTerm
from models.file_document import FileDocument
from models.public_contract import PublicContract
from services import clock as time
from services.econtracting import access
from services.econtracting.terms import rows


@dataclass(frozen=True, slots=True)
class TermView:
    """A term on a page: its clock and where it belongs. No person is in it."""

    reference: str
    kind: TermKind
    party: ActionParty
    clock: TermClock
    contract: str
    contract_number: str
    document: str | None
    document_title: str
    theme: str


def clock_of(row: ContractTerm, today: date | None = None) -> TermClock:
    """The clock of a stored term on a day, by default today."""
    return clock(
        rows.facts_of(row, rows.suspensions_of([row]).get(row.id, [])), time.today() if today is None else today
    )


def for_document(actor: Actor, document: FileDocument) -> list[TermView]:
    """The terms of the file a document is part of, oldest first; the caller has checked that the actor reads it."""
    contract = db.session.get_one(PublicContract, document.contract_id)
    root = rows.root_of(document)
    return _views([(term, contract, root) for term in rows.of_file(document)])


def for_contract(actor: Actor, contract: PublicContract) -> list[TermView]:
    """The terms of a contract in the themes the actor reads: what still runs first, by what ends first."""
    standing = access.standing(actor, contract)
    query = (
        select(ContractTerm, FileDocument)
        .outerjoin(FileDocument, FileDocument.id == ContractTerm.document_id)
        .where(ContractTerm.contract_id == contract.id, ContractTerm.replaced_by_id.is_(None))
        .order_by(ContractTerm.expires_at, ContractTerm.id)
    )
    found = [
        (term, contract, document)
        for term, document in db.session.execute(query)
        if document is None or standing.reads(document.theme)
    ]
    return sorted(_views(found), key=lambda view: not view.clock.alive)


def _views(found: Sequence[tuple[ContractTerm, PublicContract, FileDocument | None]]) -> list[TermView]:
    waits = rows.suspensions_of([term for term, _, _ in found])
    today = time.today()
    return [
        TermView(
            reference=term.reference,
            kind=term.kind,
            party=term.party,
            clock=clock(rows.facts_of(term, waits.get(term.id, [])), today),
            contract=contract.reference,
            contract_number=contract.number,
            document=document.reference if document else None,
            document_title=document.title if document else "",
            theme=document.theme if document else "",
        )
        for term, contract, document in found
    ]


def nearest(actor: Actor, limit: int = 5) -> list[TermView]:
    """The terms that end first of what the actor may see."""
    query = (
        select(ContractTerm, PublicContract, FileDocument)
        .join(PublicContract, PublicContract.id == ContractTerm.contract_id)
        .outerjoin(FileDocument, FileDocument.id == ContractTerm.document_id)
        .where(
            ContractTerm.state.in_(ALIVE),
            ContractTerm.replaced_by_id.is_(None),
            access.only_visible(actor),
        )
        .order_by(ContractTerm.expires_at, ContractTerm.id)
        .limit(limit)
    )
    return _views([(term, contract, document) for term, contract, document in db.session.execute(query)])
