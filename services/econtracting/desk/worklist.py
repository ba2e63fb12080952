"""What lies on the desk of an authority: claims to review by their term, drafts, what is to be released or published,
invoices that are expected. Only its own contracts; nobody of a contractor is named (C-046).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, func, literal, or_, select

from domain.actor import Actor
from domain.calendars import start_of_day
from domain.econtracting.claims import ClaimState
from domain.econtracting.document_states import Direction, VersionState
from domain.econtracting.publication import Waiting
from domain.econtracting.term_clock import TermClock, clock
from domain.econtracting.terms import ALIVE, TermKind
from domain.errors import N_
from domain.folding import fold
from domain.permissions import Permission
from models.base import Instant, db
from models.contract_follow_up import ContractTerm
from models.file_document import DocumentVersion, FileDocument
from models.identity import Account
from models.organisation import Organisation
from models.public_contract import PublicContract
from services import clock as time
from services import listing
from services.access import require
from services.econtracting.desk import lookup, publishing
from services.econtracting.terms import rows as term_rows
from services.listing import Capped, Order, Page, Position

#: What a claim without a term is sorted by: after everything that has one.
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_WEEK = timedelta(days=7)


class Pile(StrEnum):
    """What waits, and for whom."""

    REVIEW = "nazicht"
    DRAFTS = "concepten"
    RELEASE = "vrijgeven"
    PUBLICATION = "publicatie"
    INVOICE = "factuur"


PILE_LABELS: dict[Pile, str] = {
    Pile.REVIEW: N_("Te nazien"),
    Pile.DRAFTS: N_("Concepten"),
    Pile.RELEASE: N_("Vrij te geven"),
    Pile.PUBLICATION: N_("Nog niet raadpleegbaar"),
    Pile.INVOICE: N_("Factuur verwacht"),
}


class Due(StrEnum):
    """How near the last day of the term is."""

    LATE = "te-laat"
    WEEK = "week"
    LATER = "later"


DUE_LABELS: dict[Due, str] = {
    Due.LATE: N_("Termijn voorbij"),
    Due.WEEK: N_("Binnen 7 dagen"),
    Due.LATER: N_("Later"),
}


@dataclass(frozen=True, slots=True)
class Criteria:
    """What to show of a pile: words of contract or contractor, how near the term is, and the unit."""

    search: str = ""
    due: Due | None = None
    unit: str = ""
    state: ClaimState | None = None


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim that waits for the authority, or for the invoice; ``term`` is the one that runs for it."""

    reference: str
    title: str
    state: ClaimState
    contract: str
    contract_number: str
    contract_description: str
    contractor: str
    claimed: Decimal | None
    accepted: Decimal | None
    sent_at: datetime | None
    term: TermClock | None


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft or a released document of the authority. ``editor`` is the colleague who changed it last.

    ``blocked``: the reader wrote it last and may not release it alone. ``waiting``: why it is not consultable yet.
    """

    document: str
    version: str
    title: str
    kind_code: str
    contract: str
    contract_number: str
    contractor: str
    editor: str
    changed_at: datetime
    ready_at: datetime | None
    released_at: datetime | None
    blocked: bool = False
    waiting: tuple[Waiting, ...] = ()


_CLAIM_STATES: dict[Pile, tuple[ClaimState, ...]] = {
    Pile.REVIEW: (ClaimState.SUBMITTED, ClaimState.IN_REVIEW),
    Pile.INVOICE: (ClaimState.INVOICE_ASKED,),
}
_TERMS: dict[Pile, tuple[TermKind, ...]] = {
    Pile.REVIEW: (TermKind.PROCESSING, TermKind.VERIFICATION),
    Pile.INVOICE: (TermKind.INVOICE,),
}
_EXPIRES = func.coalesce(ContractTerm.expires_at, literal(_NEVER, Instant), type_=Instant)


def _claims(pile: Pile, authority_id: int) -> Select[Any]:
    term = and_(
        ContractTerm.document_id == FileDocument.id,
        ContractTerm.kind.in_(_TERMS[pile]),
        ContractTerm.state.in_(ALIVE),
        ContractTerm.replaced_by_id.is_(None),
    )
    return (
        select(FileDocument.id)
        .join(PublicContract, PublicContract.id == FileDocument.contract_id)
        .join(Organisation, Organisation.id == PublicContract.contractor_id)
        .outerjoin(ContractTerm, term)
        .where(
            FileDocument.claim_state.in_(_CLAIM_STATES[pile]),
            PublicContract.authority_id == authority_id,
            PublicContract.erased_at.is_(None),
        )
    )


def _drafts(pile: Pile, authority_id: int) -> Select[Any]:
    state = VersionState.RELEASED if pile is Pile.PUBLICATION else VersionState.DRAFT
    statement = (
        select(DocumentVersion.id)
        .join(FileDocument, FileDocument.id == DocumentVersion.document_id)
        .join(PublicContract, PublicContract.id == FileDocument.contract_id)
        .join(Organisation, Organisation.id == PublicContract.contractor_id)
        .where(
            DocumentVersion.state == state,
            FileDocument.direction == Direction.TO_CONTRACTOR,
            PublicContract.authority_id == authority_id,
            PublicContract.erased_at.is_(None),
        )
    )
    if pile is Pile.DRAFTS:
        return statement.where(DocumentVersion.ready_at.is_(None))
    if pile is Pile.RELEASE:
        return statement.where(DocumentVersion.ready_at.is_not(None))
    return statement


def _narrowed(statement: Select[Any], criteria: Criteria) -> Select[Any]:
    for word in fold(criteria.search).split():
        found = listing.like(PublicContract.search_text, word)
        statement = statement.where(or_(found, listing.like(func.lower(Organisation.name), word)))
    if criteria.unit:
        statement = statement.where(PublicContract.unit == criteria.unit)
    return statement


def _by_term(statement: Select[Any], criteria: Criteria) -> Select[Any]:
    now = time.now()
    week = start_of_day(time.today() + _WEEK + timedelta(days=1))
    if criteria.state is not None:
        statement = statement.where(FileDocument.claim_state == criteria.state)
    match criteria.due:
        case Due.LATE:
            return statement.where(ContractTerm.expires_at <= now)
        case Due.WEEK:
            return statement.where(ContractTerm.expires_at > now, ContractTerm.expires_at <= week)
        case Due.LATER:
            return statement.where(or_(ContractTerm.id.is_(None), ContractTerm.expires_at > week))
    return statement


def counts(actor: Actor) -> Mapping[Pile, Capped]:
    """How much lies on each pile, up to the cap; one statement."""
    require(actor, Permission.AUTHORITY_DESK)
    mine = lookup.authority_id(actor)
    columns = [listing.capped_count(_pile(pile, mine)).label(pile.name) for pile in Pile]
    row = db.session.execute(select(*columns)).one()
    return {pile: Capped(row[place]) for place, pile in enumerate(Pile)}


def _pile(pile: Pile, authority_id: int) -> Select[Any]:
    return _claims(pile, authority_id) if pile in _CLAIM_STATES else _drafts(pile, authority_id)


def due_counts(actor: Actor) -> Mapping[Due, Capped]:
    """How many claims to review are late, due within a week, or later; one statement."""
    require(actor, Permission.AUTHORITY_DESK)
    statement = _claims(Pile.REVIEW, lookup.authority_id(actor))
    columns = [listing.capped_count(_by_term(statement, Criteria(due=due))).label(due.name) for due in Due]
    row = db.session.execute(select(*columns)).one()
    return {due: Capped(row[place]) for place, due in enumerate(Due)}


def units(actor: Actor) -> list[str]:
    """The units of the authority that have contracts, for the filter."""
    mine = lookup.authority_id(actor)
    statement = select(PublicContract.unit).where(PublicContract.authority_id == mine, PublicContract.unit != "")
    return list(db.session.scalars(statement.distinct().order_by(PublicContract.unit).limit(100)))


def claims(actor: Actor, pile: Pile, criteria: Criteria, position: Position) -> Page[ClaimRow]:
    """Claims of a pile, the term that ends first on top."""
    require(actor, Permission.AUTHORITY_DESK)
    mine = lookup.authority_id(actor)
    sent = (
        select(func.max(DocumentVersion.sent_at))
        .where(DocumentVersion.document_id == FileDocument.id)
        .scalar_subquery()
    )
    statement: Any = _by_term(_narrowed(_claims(pile, mine), criteria), criteria).with_only_columns(
        FileDocument.reference,
        FileDocument.title,
        FileDocument.claim_state,
        FileDocument.claimed,
        FileDocument.accepted,
        PublicContract.reference.label("contract"),
        PublicContract.number.label("contract_number"),
        PublicContract.description.label("contract_description"),
        Organisation.name.label("contractor"),
        sent.label("sent_at"),
        ContractTerm,
    )
    page = listing.page_of(
        statement, Order((_EXPIRES, FileDocument.id)), position, name=f"desk {mine} {pile} {criteria}"
    )
    terms = [row.ContractTerm for row in page.rows if row.ContractTerm is not None]
    waits = term_rows.suspensions_of(terms)
    today = time.today()

    def row_of(row: Any) -> ClaimRow:
        term = row.ContractTerm
        return ClaimRow(
            reference=row.reference,
            title=row.title,
            state=row.claim_state,
            contract=row.contract,
            contract_number=row.contract_number,
            contract_description=row.contract_description,
            contractor=row.contractor,
            claimed=row.claimed,
            accepted=row.accepted,
            sent_at=row.sent_at,
            term=None if term is None else clock(term_rows.facts_of(term, waits.get(term.id, [])), today),
        )

    return Page(tuple(row_of(row) for row in page.rows), page.cursors, page.number, page.more)


def drafts(actor: Actor, pile: Pile, criteria: Criteria, position: Position) -> Page[DraftRow]:
    """Drafts and released documents of a pile, the oldest change first."""
    require(actor, Permission.AUTHORITY_DESK)
    mine = lookup.authority_id(actor)
    statement: Any = (
        _narrowed(_drafts(pile, mine), criteria)
        .outerjoin(Account, Account.id == DocumentVersion.changed_by_id)
        .with_only_columns(
            PublicContract, FileDocument, DocumentVersion, Organisation.name.label("contractor"), Account
        )
    )
    page = listing.page_of(
        statement,
        Order((DocumentVersion.changed_at, DocumentVersion.id)),
        position,
        name=f"desk {mine} {pile} {criteria}",
    )
    two_people = lookup.two_people(mine)
    released = [(row[0], row[1], row[2]) for row in page.rows if row[2].state is VersionState.RELEASED]
    why = publishing.waiting_of(released)

    def row_of(row: Any) -> DraftRow:
        contract, document, version, contractor, account = row[:5]
        return DraftRow(
            document=document.reference,
            version=version.reference,
            title=version.title,
            kind_code=document.kind_code,
            contract=contract.reference,
            contract_number=contract.number,
            contractor=contractor,
            editor=f"{account.given_name} {account.family_name}" if account else "",
            changed_at=version.changed_at,
            ready_at=version.ready_at,
            released_at=version.released_at,
            blocked=two_people and version.changed_by_id == actor.account_id,
            waiting=tuple(why.get(version.id, ())),
        )

    return Page(tuple(row_of(row) for row in page.rows), page.cursors, page.number, page.more)
