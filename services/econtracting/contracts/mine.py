"""The contracts of a contractor's person: the list with what waits in each, and how the theme stands on the start page.

Every page asks a fixed number of statements, whatever the number of contracts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from domain.actor import Actor
from domain.econtracting.actions import WAITING, ActionParty
from domain.econtracting.contracts import ContractState
from domain.econtracting.document_states import Direction
from domain.econtracting.term_clock import TermClock, clock
from domain.errors import NotFound
from domain.folding import words_of
from domain.permissions import Permission
from models.base import db
from models.contract_follow_up import ContractAction, ContractTerm
from models.file_document import DocumentVersion, FileDocument
from models.message import Conversation, Message, MessageRead, MessageSide
from models.organisation import Organisation
from models.public_contract import PublicContract
from services import access as permissions
from services import clock as time
from services import listing
from services.econtracting import access
from services.econtracting.access_rows import contracts_of_groups
from services.econtracting.readable import only_readable
from services.econtracting.rights.contract_lists import unstaffed
from services.econtracting.terms import reading as terms
from services.econtracting.terms import rows as term_rows
from services.listing import Capped, Order, Page, Position

_NEWEST = Order((PublicContract.id,), descending=True)


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is looked for. ``every``: all contracts of the enterprise, for a beheerder; else those one works on."""

    search: str = ""
    state: ContractState | None = None
    every: bool = False
    without_group: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in one contract, of what the actor reads. ``unread`` counts documents and messages."""

    actions: int = 0
    unread: int = 0
    term: TermClock | None = None


@dataclass(frozen=True, slots=True)
class MyContract:
    """One line of the list."""

    reference: str
    number: str
    description: str
    authority_name: str
    state: ContractState
    internal_reference: str
    waiting: Waiting
    without_group: bool


@dataclass(frozen=True, slots=True)
class MyContracts:
    """A page of contracts. ``manages``: the actor may look at all; ``unstaffed``: how many nobody works on (A-19)."""

    page: Page[MyContract]
    criteria: Criteria
    count: Capped
    manages: bool
    unstaffed: Capped


def my_contracts(actor: Actor, criteria: Criteria, position: Position) -> MyContracts:
    """One page of the contracts the actor sees, the newest first."""
    permissions.require(actor, Permission.CONTRACTS_READ)
    entry = access.entry_of(actor)
    if entry is None:
        raise NotFound
    manages = entry.person.enters and entry.person.manages
    if not manages:
        criteria = Criteria(criteria.search, criteria.state)
    statement = _selected(actor, entry, criteria)
    nobody = _unstaffed_count(entry) if manages else Capped(0)
    count = Capped(db.session.scalar(select(listing.capped_count(statement.with_only_columns(PublicContract.id)))) or 0)
    page = listing.page_of(statement, _NEWEST, position, name=f"my contracts {actor.account_id} {criteria}")
    ids = [row.PublicContract.id for row in page.rows]
    waits = waiting_in(actor, ids)
    found = tuple(
        MyContract(
            reference=row.PublicContract.reference,
            number=row.PublicContract.number,
            description=row.PublicContract.description,
            authority_name=row.name,
            state=row.PublicContract.state,
            internal_reference=row.PublicContract.internal_reference,
            waiting=waits[row.PublicContract.id],
            without_group=bool(row.without_group) and manages,
        )
        for row in page.rows
    )
    return MyContracts(Page(found, page.cursors, page.number, page.more), criteria, count, manages, nobody)


def _selected(actor: Actor, entry: Any, criteria: Criteria) -> Any:
    now = time.now()
    nobody = and_(PublicContract.state == ContractState.ACTIVE, unstaffed(now))
    statement: Any = (
        select(PublicContract, Organisation.name, nobody.label("without_group"))
        .join(Organisation, Organisation.id == PublicContract.authority_id)
        .where(access.only_visible(actor))
    )
    if not criteria.every:
        own = contracts_of_groups(entry.relation_id or 0, entry.organisation_id, now)
        statement = statement.where(PublicContract.id.in_(own))
    if criteria.state is not None:
        statement = statement.where(PublicContract.state == criteria.state)
    if criteria.without_group:
        statement = statement.where(nobody)
    for word in words_of(criteria.search):
        own_words = func.lower(PublicContract.internal_reference + " " + PublicContract.internal_description)
        by_name = select(Organisation.id).where(listing.like(func.lower(Organisation.name), word))
        statement = statement.where(
            or_(
                listing.like(PublicContract.search_text, word),
                listing.like(own_words, word),
                PublicContract.authority_id.in_(by_name),
            )
        )
    return statement


def _unstaffed_count(entry: Any) -> Capped:
    """How many active contracts of the enterprise no group with a member works on, up to the cap."""
    now = time.now()
    ids = select(PublicContract.id).where(
        PublicContract.contractor_id == entry.organisation_id,
        PublicContract.state == ContractState.ACTIVE,
        PublicContract.erased_at.is_(None),
        PublicContract.visible_since <= now,
        unstaffed(now),
    )
    return Capped(db.session.scalar(select(listing.capped_count(ids))) or 0)


def waiting_in(actor: Actor, contract_ids: Collection[int]) -> Mapping[int, Waiting]:
    """What waits for the actor's enterprise in some contracts, of the themes the actor reads."""
    if not contract_ids:
        return {}
    ids = list(contract_ids)
    readable = only_readable(actor, FileDocument.theme)
    actions = _actions(ids, readable)
    unread = _unread_documents(ids, readable)
    for contract_id, count in _unread_messages(actor, ids).items():
        unread[contract_id] = unread.get(contract_id, 0) + count
    clocks = _terms(actor, ids)
    return {one: Waiting(actions.get(one, 0), unread.get(one, 0), clocks.get(one)) for one in ids}


def _actions(ids: list[int], readable: ColumnElement[bool]) -> dict[int, int]:
    """Open tasks of the contractor. One without a document is of the contract, for who sees it."""
    rows = db.session.execute(
        select(ContractAction.contract_id, func.count())
        .join(PublicContract, PublicContract.id == ContractAction.contract_id)
        .outerjoin(FileDocument, FileDocument.id == ContractAction.document_id)
        .where(
            ContractAction.contract_id.in_(ids),
            ContractAction.state.in_(WAITING),
            ContractAction.party == ActionParty.CONTRACTOR,
            or_(ContractAction.document_id.is_(None), readable),
        )
        .group_by(ContractAction.contract_id)
    )
    return {row[0]: row[1] for row in rows}


def unread_documents(actor: Actor) -> Capped:
    """How many documents of the authority nobody of the company opened yet, in what the actor reads."""
    permissions.require(actor, Permission.DOCUMENTS_READ)
    found = _unopened(FileDocument.id).where(
        FileDocument.contract_id.in_(access.visible_contract_ids(actor)), only_readable(actor, FileDocument.theme)
    )
    return Capped(db.session.scalar(select(listing.capped_count(found))) or 0)


def _unread_documents(ids: list[int], readable: ColumnElement[bool]) -> dict[int, int]:
    """Documents of the authority that nobody of the company opened yet."""
    rows = db.session.execute(
        _unopened(FileDocument.contract_id, func.count())
        .where(FileDocument.contract_id.in_(ids), readable)
        .group_by(FileDocument.contract_id)
    )
    return {row[0]: row[1] for row in rows}


def _unopened(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .join(PublicContract, PublicContract.id == FileDocument.contract_id)
        .join(DocumentVersion, and_(DocumentVersion.document_id == FileDocument.id, DocumentVersion.latest))
        .where(
            FileDocument.direction == Direction.TO_CONTRACTOR,
            DocumentVersion.consultable_at.is_not(None),
            DocumentVersion.first_consulted_at.is_(None),
        )
    )


def _unread_messages(actor: Actor, ids: list[int]) -> dict[int, int]:
    """Messages of the authority that the actor has not read."""
    rows = db.session.execute(
        select(Conversation.contract_id, func.count())
        .join(PublicContract, PublicContract.id == Conversation.contract_id)
        .join(Message, Message.conversation_id == Conversation.id)
        .outerjoin(
            MessageRead,
            and_(MessageRead.conversation_id == Conversation.id, MessageRead.account_id == actor.account_id),
        )
        .where(
            Conversation.contract_id.in_(ids),
            Message.side != MessageSide.COUNTER,
            Message.place > func.coalesce(MessageRead.place, 0),
            only_readable(actor, Conversation.theme),
        )
        .group_by(Conversation.contract_id)
    )
    return {contract_id: number for contract_id, number in rows if contract_id is not None}


def _terms(actor: Actor, ids: list[int]) -> dict[int, TermClock]:
    """The clock of the running term that ends first, per contract."""
    keys = terms.running(actor).where(ContractTerm.contract_id.in_(ids))
    rows = db.session.scalars(
        select(ContractTerm).where(ContractTerm.id.in_(keys)).order_by(ContractTerm.expires_at, ContractTerm.id)
    )
    first: dict[int, ContractTerm] = {}
    for row in rows:
        first.setdefault(row.contract_id, row)
    waits = term_rows.suspensions_of(list(first.values()))
    today = time.today()
    return {
        contract_id: clock(term_rows.facts_of(row, waits.get(row.id, [])), today) for contract_id, row in first.items()
    }


@dataclass(frozen=True, slots=True)
class ThemeCounts:
    """What waits in e-Contracting for a contractor's person, over all contracts; counts up to a cap."""

    contracts: Capped
    actions: Capped
    unstaffed: Capped


def theme_counts(actor: Actor) -> ThemeCounts:
    """The numbers of the tile on the start page."""
    permissions.require(actor, Permission.CONTRACTS_READ)
    visible = access.visible_contract_ids(actor)
    open_actions = (
        select(ContractAction.id)
        .join(PublicContract, PublicContract.id == ContractAction.contract_id)
        .outerjoin(FileDocument, FileDocument.id == ContractAction.document_id)
        .where(
            ContractAction.state.in_(WAITING),
            ContractAction.party == ActionParty.CONTRACTOR,
            ContractAction.contract_id.in_(visible),
            or_(ContractAction.document_id.is_(None), only_readable(actor, FileDocument.theme)),
        )
    )
    row = db.session.execute(select(listing.capped_count(visible), listing.capped_count(open_actions))).one()
    entry = access.entry_of(actor)
    manages = entry is not None and entry.person.enters and entry.person.manages
    return ThemeCounts(Capped(row[0]), Capped(row[1]), _unstaffed_count(entry) if manages else Capped(0))
