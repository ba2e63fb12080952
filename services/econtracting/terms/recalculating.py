"""Reckoning a term anew with the calendar of now: only when somebody asks for it, with a reason (invariant 13).

The term as it was keeps its row and its steps; the new one stands in its place. Nothing else ever reckons a term again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from domain.actor import Actor
from domain.econtracting.terms import ALIVE, TermKind, step
from domain.errors import N_, InvalidValue, NotAllowedNow, NotFound
from domain.permissions import Permission
from models.base import db
from models.contract_follow_up import ContractTerm
from models.file_document import FileDocument
from models.gate import writing
from models.public_contract import PublicContract
from services import clock
from services.access import require
from services.econtracting import access, calendar_data
from services.econtracting.terms import replacing, rows
from services.locks import lock_contract

RECKONED_ANEW = N_("Opnieuw berekend op {date}: {reason}")
REASON_NEEDED = N_("Geef de reden: beide partijen krijgen ze te lezen.")
STOPPED = N_("Deze termijn loopt niet meer en wordt niet opnieuw berekend.")
SAME = N_("De termijn blijft dezelfde: er is niets om opnieuw te berekenen.")
MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """A running term that would end on another day with the calendar of now. Nothing was changed."""

    reference: str
    kind: TermKind
    contract: str
    contract_number: str
    document_title: str
    stands: date
    would_be: date


def differences(actor: Actor) -> list[Difference]:
    """Which running terms of the own contracts would end on another day now; read only."""
    query = (
        select(ContractTerm, PublicContract, FileDocument.title)
        .join(PublicContract, PublicContract.id == ContractTerm.contract_id)
        .join(FileDocument, FileDocument.id == ContractTerm.document_id)
        .where(
            ContractTerm.state.in_(ALIVE),
            ContractTerm.replaced_by_id.is_(None),
            or_(ContractTerm.roll, ContractTerm.outage_id.is_not(None)),
            access.only_visible(actor),
        )
        .order_by(ContractTerm.expires_at, ContractTerm.id)
    )
    found = db.session.execute(query).all()
    calendar = calendar_data.calendar()
    waits = rows.suspensions_of([term for term, _, _ in found])
    outages = replacing.outages_of(term for term, _, _ in found)
    would_be = {
        term.id: replacing.reckoned(term, None, term.start_at, waits.get(term.id, []), outages, calendar).effective_end
        for term, _, _ in found
    }
    return [
        Difference(
            reference=term.reference,
            kind=term.kind,
            contract=contract.reference,
            contract_number=contract.number,
            document_title=title,
            stands=term.effective_end,
            would_be=would_be[term.id],
        )
        for term, contract, title in found
        if would_be[term.id] != term.effective_end
    ]


def recalculate(actor: Actor, term_reference: str, reason: str) -> ContractTerm:
    """Reckon a term anew with the calendar of now; gives the new row, and the old one points to it.

    Forbidden without the right to keep contracts, NotFound for another authority's, InvalidValue without a reason,
    NotAllowedNow for a term that stopped or would stay the same.
    """
    require(actor, Permission.AUTHORITY_CONTRACTS)
    text = reason.strip()
    if not text or len(text) > MAX_REASON:
        raise InvalidValue(REASON_NEEDED, field="reason")
    term = _locked(actor, term_reference)
    if term.state not in ALIVE:
        raise NotAllowedNow(STOPPED)
    waits = rows.suspensions_of([term]).get(term.id, [])
    found = replacing.reckoned(term, None, term.start_at, waits, replacing.outages_of([term]), calendar_data.calendar())
    if found.effective_end == term.effective_end:
        raise NotAllowedNow(SAME)
    with writing("terms.recalculate"):
        today = clock.today()
        told = step(RECKONED_ANEW, f"reckoned anew {today}", date=today, reason=text)
        return replacing.replace(actor, term, found, waits, told, act="recalculate")


def _locked(actor: Actor, reference: str) -> ContractTerm:
    contract_id = db.session.scalar(
        select(ContractTerm.contract_id)
        .join(PublicContract, PublicContract.id == ContractTerm.contract_id)
        .where(ContractTerm.reference == reference, access.only_visible(actor))
    )
    lock_contract(contract_id)
    term = db.session.scalar(
        select(ContractTerm)
        .where(ContractTerm.reference == reference, ContractTerm.replaced_by_id.is_(None))
        .execution_options(populate_existing=True)
    )
    if term is None:
        raise NotFound
    return term
