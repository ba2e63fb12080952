"""One contract for its contractor: the facts in words, what waits, and how the documents stand per theme (C-016)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select

from domain.actor import Actor
from domain.econtracting.actions import WAITING, ActionParty
from domain.econtracting.claims import CLAIM_LABELS, ClaimState
from domain.econtracting.contract_data import why_regime
from domain.econtracting.contracts import CONTRACT_TYPE_LABELS, GROUND_LABELS, ContractState
from domain.econtracting.document_states import VERSION_LABELS, Direction, VersionState
from domain.econtracting.rights import MISSING_TEXTS, Verb
from domain.errors import Finding
from models.base import db
from models.file_document import DocumentVersion, FileDocument
from models.public_contract import PublicContract
from services.econtracting import access, actions, kinds
from services.econtracting.actions import WaitingAction
from services.econtracting.contracts import changing
from services.econtracting.contracts.queries import ContractHeader, header_of
from services.econtracting.terms import reading as terms
from services.econtracting.terms.reading import TermView

#: So many terms stand on the overview; the others on the tab of actions and terms.
TERMS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class ThemeState:
    """How the documents of a theme stand: how many in each state. ``missing``: why the actor does not read it."""

    name: str
    states: Sequence[tuple[str, int]] = ()
    newest: str | None = None
    newest_at: datetime | None = None
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """What the overview of a contract shows. ``mine`` and ``theirs`` are open tasks of both parties.

    ``drafts``: the actor may make a document in some theme of the contract.
    """

    contract: ContractHeader
    type_label: str
    ground_label: str
    ground_reference: str
    published_on: date
    regime_words: Sequence[Finding]
    accepted_on: date | None
    closed_at: datetime | None
    themes: Sequence[ThemeState]
    mine: Sequence[WaitingAction]
    theirs: Sequence[WaitingAction]
    terms: Sequence[TermView]
    kind_names: Sequence[str]
    manages: bool
    drafts: bool


def overview(actor: Actor, reference: str) -> Overview:
    """The overview of a contract; NotFound for who does not see it."""
    contract = access.contract_for(actor, reference)
    standing = access.standing(actor, contract)
    data = changing.data_of(contract)
    waiting = [one for one in actions.of_contract(actor, contract) if one.state in WAITING]
    alive = [one for one in terms.for_contract(actor, contract) if one.clock.alive]
    assert data.type is not None
    assert data.ground is not None
    in_use = {one.kind.code: one.kind for one in kinds.all_in_use()}
    used = {in_use[code].theme for code in data.kinds if code in in_use}
    return Overview(
        contract=header_of(actor, contract),
        type_label=CONTRACT_TYPE_LABELS[data.type],
        ground_label=GROUND_LABELS[data.ground],
        ground_reference=data.ground_reference,
        published_on=contract.published_on,
        regime_words=why_regime(data),
        accepted_on=contract.accepted_on,
        closed_at=contract.closed_at,
        themes=_themes(contract, standing, used),
        mine=[one for one in waiting if one.party is ActionParty.CONTRACTOR],
        theirs=[one for one in waiting if one.party is ActionParty.AUTHORITY],
        terms=alive[:TERMS_SHOWN],
        kind_names=[kind.name for code, kind in in_use.items() if code in data.kinds],
        manages=standing.manages,
        drafts=contract.state is ContractState.ACTIVE and any(standing.may(Verb.DRAFT, theme) for theme in used),
    )


def _themes(contract: PublicContract, standing: access.Standing, used: set[str]) -> list[ThemeState]:
    counted = _counts(contract)
    newest = _newest(contract)
    found = []
    for theme in kinds.themes():
        if theme.code not in used and theme.code not in counted:
            continue
        missing = standing.why_not(Verb.READ, theme.code)
        if missing is not None:
            found.append(ThemeState(theme.name, missing=MISSING_TEXTS[missing]))
            continue
        title, at = newest.get(theme.code, (None, None))
        found.append(ThemeState(theme.name, sorted(counted.get(theme.code, {}).items()), title, at))
    return found


#: What the contractor has of a contract: all of its own, and of the authority what became consultable.
_OWN = or_(FileDocument.direction == Direction.TO_AUTHORITY, DocumentVersion.consultable_at.is_not(None))


def _counts(contract: PublicContract) -> dict[str, dict[str, int]]:
    """How many documents stand in each state, per theme; a claim in its own words, once it was sent."""
    rows = db.session.execute(
        select(FileDocument.theme, FileDocument.claim_state, DocumentVersion.state, func.count())
        .join(DocumentVersion, DocumentVersion.document_id == FileDocument.id)
        .where(FileDocument.contract_id == contract.id, DocumentVersion.latest, _OWN)
        .group_by(FileDocument.theme, FileDocument.claim_state, DocumentVersion.state)
    )
    found: dict[str, dict[str, int]] = {}
    for theme, claim, state, number in rows:
        states = found.setdefault(theme, {})
        label = _label(claim, state)
        states[label] = states.get(label, 0) + number
    return found


def _label(claim: ClaimState | None, state: VersionState) -> str:
    return VERSION_LABELS[state] if claim is None or state is VersionState.DRAFT else CLAIM_LABELS[claim]


def _newest(contract: PublicContract) -> dict[str, tuple[str, datetime | None]]:
    """The document that was sent or became consultable last, per theme."""
    ranked = (
        select(
            FileDocument.theme,
            FileDocument.title,
            DocumentVersion.consultable_at,
            func.row_number()
            .over(partition_by=FileDocument.theme, order_by=DocumentVersion.consultable_at.desc())
            .label("place"),
        )
        .join(DocumentVersion, DocumentVersion.document_id == FileDocument.id)
        .where(
            FileDocument.contract_id == contract.id,
            DocumentVersion.latest,
            DocumentVersion.consultable_at.is_not(None),
        )
        .subquery()
    )
    rows = db.session.execute(
        select(ranked.c.theme, ranked.c.title, ranked.c.consultable_at).where(ranked.c.place == 1)
    )
    return {theme: (title, at) for theme, title, at in rows}
