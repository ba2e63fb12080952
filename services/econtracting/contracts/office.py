"""Contracts as their authority works them: the list with counts, the file of it, and one contract with its facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.econtracting.actions import WAITING, ActionParty
from domain.econtracting.contract_data import (
    ContractData,
)
from domain.econtracting.contracts import (
    ContractState,
    ContractType,
)
from domain.econtracting.terms import Regime
from domain.errors import NotFound
from domain.folding import words_of
from domain.permissions import Permission
from models.base import db
from models.contract_follow_up import ContractAction
from models.organisation import Organisation
from models.public_contract import PublicContract
from services import access as permissions
from services import audit, clock, listing, spreadsheets
from services.econtracting import access
from services.econtracting.contracts import changing
from services.econtracting.contracts.mine import ThemeCounts
from services.listing import Capped, Order, Page, Position

_NEWEST = Order((PublicContract.id,), descending=True)


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is looked for: words in number, description, order number and unit, and what else narrows the list.

    ``contractor`` is an enterprise number or words of a name.
    """

    search: str = ""
    state: ContractState | None = None
    regime: Regime | None = None
    type: ContractType | None = None
    contractor: str = ""

    def address(self) -> dict[str, str]:
        """As words of an address; what was not chosen is left out."""
        words = {
            "zoek": self.search,
            "toestand": self.state,
            "regime": self.regime,
            "type": self.type,
            "opdrachtnemer": self.contractor,
        }
        return {name: str(value) for name, value in words.items() if value}


@dataclass(frozen=True, slots=True)
class ContractRow:
    """One line of the list."""

    reference: str
    number: str
    description: str
    contractor_name: str
    contractor_key: str
    type: ContractType
    regime: Regime
    state: ContractState
    made_at: datetime
    visible_since: datetime | None


@dataclass(frozen=True, slots=True)
class ContractList:
    """A page of contracts. ``counts`` per state (None: of all), with the other filters on, up to the cap."""

    page: Page[ContractRow]
    counts: Mapping[ContractState | None, Capped]


def authority_of(actor: Actor) -> Organisation:
    """The authority whose desk the actor works at; NotFound on another side."""
    permissions.require(actor, Permission.AUTHORITY_DESK)
    if actor.side is not Side.AUTHORITY:
        raise NotFound
    return access.own_organisation(actor)


def _selected(authority: Organisation, criteria: Criteria) -> Any:
    """All the filters but the state."""
    statement = (
        select(PublicContract, Organisation.name, Organisation.key)
        .join(Organisation, Organisation.id == PublicContract.contractor_id)
        .where(PublicContract.authority_id == authority.id, PublicContract.erased_at.is_(None))
    )
    for word in words_of(criteria.search):
        statement = statement.where(listing.like(PublicContract.search_text, word))
    if criteria.regime is not None:
        statement = statement.where(PublicContract.regime == criteria.regime)
    if criteria.type is not None:
        statement = statement.where(PublicContract.type == criteria.type)
    return narrowed_to(statement, criteria.contractor)


def narrowed_to(statement: Any, party: str) -> Any:
    """A selection joined with Organisation, only of the parties whose number or name fits what was typed."""
    digits = "".join(one for one in party if one.isdigit())
    fits = [Organisation.key == digits.zfill(10)] if len(digits) in (9, 10) else []
    if words := party.lower().split():
        by_name = select(Organisation.id).where(*(listing.like(func.lower(Organisation.name), one) for one in words))
        return statement.where(or_(*fits, Organisation.id.in_(by_name)))
    return statement


def contract_list(actor: Actor, criteria: Criteria, position: Position) -> ContractList:
    """One page of the contracts of the own authority, the newest first."""
    authority = authority_of(actor)
    statement = _selected(authority, criteria)
    ids = statement.with_only_columns(PublicContract.id)
    columns = [
        listing.capped_count(ids if state is None else ids.where(PublicContract.state == state))
        for state in (None, *ContractState)
    ]
    totals = db.session.execute(select(*columns)).one()
    if criteria.state is not None:
        statement = statement.where(PublicContract.state == criteria.state)
    name = f"contracts {authority.id} {criteria.address()}"
    page = listing.page_of(statement, _NEWEST, position, name=name)
    rows = tuple(_row(row.PublicContract, row.name, row.key) for row in page.rows)
    counts = {state: Capped(totals[place]) for place, state in enumerate((None, *ContractState))}
    return ContractList(Page(rows, page.cursors, page.number, page.more), counts)


def _row(contract: PublicContract, name: str, key: str) -> ContractRow:
    return ContractRow(
        reference=contract.reference,
        number=contract.number,
        description=contract.description,
        contractor_name=name,
        contractor_key=key,
        type=contract.type,
        regime=contract.regime,
        state=contract.state,
        made_at=contract.made_at,
        visible_since=contract.visible_since,
    )


#: What the file of the list holds of a contract, beside the names of the parties; nothing of the contractor's own.
EXPORTED = (
    "number",
    "description",
    "unit",
    "type",
    "ground",
    "ground_reference",
    "published_on",
    "regime",
    "regime_reason",
    "processing_days",
    "derogation_reason",
    "order_number",
    "contact_name",
    "contact_email",
    "contact_phone",
    "state",
    "made_at",
    "visible_since",
    "accepted_on",
)


def export(actor: Actor, criteria: Criteria) -> Iterator[Sequence[Any]]:
    """Every contract of the list, for a file: the enterprise number, the name, then EXPORTED; the act is traced.

    The caller commits the trace before reading the rows.
    """
    authority = authority_of(actor)
    statement = _selected(authority, criteria)
    if criteria.state is not None:
        statement = statement.where(PublicContract.state == criteria.state)
    total = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    words = criteria.address()
    audit.record(
        actor,
        AuditEvent.EXPORTED,
        "list",
        "public_contracts",
        data={
            "list": "public_contracts",
            "rows": total,
            "filters": {name: "…" if name in ("zoek", "opdrachtnemer") else value for name, value in words.items()},
        },
    )
    columns = [getattr(PublicContract, name) for name in EXPORTED]
    return spreadsheets.rows_of(
        statement.with_only_columns(Organisation.key, Organisation.name, *columns).order_by(*_NEWEST.clauses())
    )


@dataclass(frozen=True, slots=True)
class ContractPage:
    """One contract for its authority."""

    reference: str
    version: int
    state: ContractState
    data: ContractData
    regime: Regime
    authority_name: str
    made_at: datetime
    visible_since: datetime | None
    visible_now: bool
    closed_at: datetime | None
    accepted_on: date | None
    terms_run: bool


def contract_page(actor: Actor, reference: str) -> ContractPage:
    """A contract of the own authority; NotFound for anybody else's."""
    authority = authority_of(actor)
    contract = access.contract_for(actor, reference)
    data = changing.data_of(contract)
    return ContractPage(
        reference=contract.reference,
        version=contract.version,
        state=contract.state,
        data=data,
        regime=contract.regime,
        authority_name=authority.name,
        made_at=contract.made_at,
        visible_since=contract.visible_since,
        visible_now=contract.visible_since is not None and contract.visible_since <= clock.now(),
        closed_at=contract.closed_at,
        accepted_on=contract.accepted_on,
        terms_run=changing.terms_run(contract),
    )


def theme_counts(actor: Actor) -> ThemeCounts:
    """The numbers of the tile on the start page: active contracts of the own authority, and its open tasks."""
    own = select(Organisation.id).where(Organisation.key == authority_key(actor)).scalar_subquery()
    active = select(PublicContract.id).where(
        PublicContract.authority_id == own,
        PublicContract.state == ContractState.ACTIVE,
        PublicContract.erased_at.is_(None),
    )
    tasks = (
        select(ContractAction.id)
        .join(PublicContract, PublicContract.id == ContractAction.contract_id)
        .where(
            PublicContract.authority_id == own,
            PublicContract.erased_at.is_(None),
            ContractAction.state.in_(WAITING),
            ContractAction.party == ActionParty.AUTHORITY,
        )
    )
    row = db.session.execute(select(listing.capped_count(active), listing.capped_count(tasks))).one()
    return ThemeCounts(Capped(row[0]), Capped(row[1]), Capped(0))


def authority_key(actor: Actor) -> str:
    """The key of the authority somebody works for; nothing that exists for anybody of another side."""
    permissions.require(actor, Permission.AUTHORITY_DESK)
    return actor.organisation_key if actor.side is Side.AUTHORITY else ""
