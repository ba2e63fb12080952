"""What somebody can make in a contract now, and what sending a draft will start: for the pages around a draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from domain.actor import Actor
from domain.econtracting.actions import ACTION_LABELS, PARTY_OF, ActionParty
from domain.econtracting.contracts import ContractState
from domain.econtracting.document_states import Direction
from domain.econtracting.kinds import Kind
from domain.econtracting.rights import Missing, Verb
from domain.econtracting.terms import DEFAULT_DAYS, KINDS_OF_REGIME, TERM_LABELS, TermKind, term
from models.base import db
from models.public_contract import ContractKind, PublicContract
from services.econtracting import access, calendar_data, follow_up, kinds
from services.econtracting.documents import queries
from services.econtracting.documents.versions import OWN_DIRECTION
from services.econtracting.documents.views import DocumentLine
from services.econtracting.terms import rolls


@dataclass(frozen=True, slots=True)
class Choice:
    """A kind that can be made, with the documents it can answer and the drafts of it that are there already."""

    code: str
    name: str
    theme: str
    parents: Sequence[DocumentLine]
    drafts: Sequence[DocumentLine]

    @property
    def parent_options(self) -> list[tuple[str, str]]:
        """References and titles, for a list to choose from."""
        return [(one.reference, one.title) for one in self.parents]


@dataclass(frozen=True, slots=True)
class Choices:
    """``why_not`` says per theme, by its name, what is missing to make something in it."""

    kinds: Sequence[Choice]
    why_not: Sequence[tuple[str, Missing]]
    active: bool


@dataclass(frozen=True, slots=True)
class Start:
    """A term that begins by sending now: whose it is and its last day."""

    kind: TermKind
    label: str
    party: ActionParty
    days: int
    last_day: date


@dataclass(frozen=True, slots=True)
class Consequences:
    """What sending does at once: the terms that begin and the tasks of the other party."""

    starts: Sequence[Start]
    opens: Sequence[str]


def choices(actor: Actor, contract: PublicContract) -> Choices:
    """The kinds the actor may make in a contract now; for both directions."""
    direction = OWN_DIRECTION[actor.side]
    standing = access.standing(actor, contract)
    enabled = set(db.session.scalars(select(ContractKind.kind_code).where(ContractKind.contract_id == contract.id)))
    names = {theme.code: theme.name for theme in kinds.themes()}
    lines = queries.documents_of(actor, contract)
    found: list[Choice] = []
    missing: dict[str, Missing] = {}
    for one in kinds.all_in_use(direction):
        kind = one.kind
        if kind.code not in enabled:
            continue
        lacks = standing.why_not(Verb.DRAFT, kind.theme)
        if lacks is not None:
            missing[names.get(kind.theme, kind.theme)] = lacks
            continue
        parents = [line for line in lines if line.kind_code in kind.answers and line.counts_at is not None]
        drafts = [line for line in lines if line.kind_code == kind.code and line.draft is not None]
        found.append(Choice(kind.code, kind.name, names.get(kind.theme, kind.theme), parents, drafts))
    return Choices(found, list(missing.items()), contract.state is ContractState.ACTIVE)


def consequences(contract: PublicContract, kind: Kind, direction: Direction, at: datetime) -> Consequences:
    """What happens when a document of this kind counts from ``at`` on."""
    party = ActionParty.AUTHORITY if direction is Direction.TO_AUTHORITY else ActionParty.CONTRACTOR
    calendar = calendar_data.calendar()
    starts = []
    for one in kind.starts:
        if one not in KINDS_OF_REGIME[contract.regime] or one is TermKind.PAYMENT:
            continue
        days = contract.processing_days if one is TermKind.PROCESSING else DEFAULT_DAYS[one]
        found = term(one, contract.regime, at, days=days, roll=rolls(one), calendar=calendar)
        starts.append(Start(one, TERM_LABELS[one], follow_up.TERM_PARTY[one], days, found.effective_end))
    opens = [ACTION_LABELS[one] for one in kind.opens if PARTY_OF[one] is party]
    return Consequences(starts, opens)
