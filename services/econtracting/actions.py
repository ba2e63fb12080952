"""Open tasks of the two parties in a contract (6.3): opened, done and reopened by what happens to documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, insert, or_, select

from domain.actor import Actor, Side
from domain.econtracting.actions import (
    ACTION_LABELS,
    ACTION_STATE_LABELS,
    PARTY_OF,
    URGENCY,
    WAITING,
    ActionParty,
    ActionState,
    ActionType,
)
from models.base import db
from models.contract_follow_up import ContractAction
from models.file_document import FileDocument
from models.gate import writing
from models.public_contract import PublicContract
from services import clock
from services.econtracting import access
from services.econtracting.readable import only_readable

_URGENCY = case({one: place for place, one in enumerate(URGENCY)}, value=ContractAction.type, else_=len(URGENCY))

PARTY = {Side.CONTRACTOR: ActionParty.CONTRACTOR, Side.AUTHORITY: ActionParty.AUTHORITY}


@dataclass(frozen=True, slots=True)
class WaitingAction:
    """A task as both parties read it. ``mine``: the actor's side has to do it. ``document``: where it is done."""

    reference: str
    type: ActionType
    label: str
    party: ActionParty
    mine: bool
    state: ActionState
    state_label: str
    opened_at: datetime
    done_at: datetime | None
    reopened_at: datetime | None
    reason: str
    contract: str
    contract_number: str
    document: str | None
    document_title: str | None
    theme: str | None


def open(  # noqa: A001  (the word of the domain)
    contract: PublicContract,
    what: ActionType,
    document: FileDocument | None = None,
    reason: str = "",
    *,
    at: datetime | None = None,
) -> ContractAction:
    """Open a task; one that waits already for the same document stays the same one."""
    waiting = _row(contract, what, document, WAITING)
    if waiting is not None:
        return waiting
    with writing("actions.open"):
        action = ContractAction(
            contract_id=contract.id,
            document_id=document.id if document is not None else None,
            party=PARTY_OF[what],
            type=what,
            opened_at=at or clock.now(),
            reason=reason,
        )
        db.session.add(action)
    return action


def open_in_new(contracts: Sequence[PublicContract], kind: ActionType, at: datetime) -> None:
    """Open the same task in contracts that were made just now and have none yet; one statement for many."""
    if contracts:
        with writing("actions.open_in_new"):
            db.session.execute(
                insert(ContractAction),
                [{"contract_id": one.id, "party": PARTY_OF[kind], "type": kind, "opened_at": at} for one in contracts],
            )


def done(
    contract: PublicContract, what: ActionType, document: FileDocument | None = None, *, at: datetime | None = None
) -> ContractAction | None:
    """What was to be done is done; None when nothing waited. Once done, nothing changes."""
    action = _row(contract, what, document, WAITING)
    if action is None:
        return None
    with writing("actions.done"):
        action.state = ActionState.DONE
        action.done_at = at or clock.now()
    return action


def reopen(
    contract: PublicContract,
    what: ActionType,
    document: FileDocument | None = None,
    reason: str = "",
    *,
    at: datetime | None = None,
) -> ContractAction:
    """Open a task again with a reason (C-057), or open it when it was never there. The mail is the caller's."""
    action = _row(contract, what, document, frozenset(ActionState))
    if action is None:
        action = open(contract, what, document, at=at)
    with writing("actions.reopen"):
        action.state = ActionState.REOPENED
        action.reopened_at = at or clock.now()
        action.reason = reason
    return action


def reopen_or_open(
    contract: PublicContract, what: ActionType, document: FileDocument, *, at: datetime
) -> ContractAction:
    """Open a task for a document; one that was done for an older version of it is open again (6.3)."""
    before = _row(contract, what, document, frozenset(ActionState))
    if before is None or before.state in WAITING:
        return open(contract, what, document, at=at)
    return reopen(contract, what, document, before.reason, at=at)


def lapse(contract: PublicContract, document: FileDocument | None = None, *, at: datetime | None = None) -> int:
    """Nothing is to be done any more: for one document, or for the whole contract. Returns how many."""
    query = select(ContractAction).where(ContractAction.contract_id == contract.id, ContractAction.state.in_(WAITING))
    if document is not None:
        query = query.where(ContractAction.document_id == document.id)
    rows = list(db.session.scalars(query))
    with writing("actions.lapse"):
        for action in rows:
            action.state = ActionState.LAPSED
            action.done_at = at or clock.now()
    return len(rows)


def _row(
    contract: PublicContract, what: ActionType, document: FileDocument | None, states: frozenset[ActionState]
) -> ContractAction | None:
    about = ContractAction.document_id.is_(None) if document is None else ContractAction.document_id == document.id
    return db.session.scalar(
        select(ContractAction)
        .where(
            ContractAction.contract_id == contract.id,
            ContractAction.type == what,
            ContractAction.state.in_(states),
            about,
        )
        .order_by(ContractAction.id.desc())
        .limit(1)
    )


def waiting(actor: Actor, *, limit: int | None = None) -> list[WaitingAction]:
    """What the actor's side still has to do in what the actor reads: the most urgent kind first, then the oldest."""
    query = (
        _query()
        .where(
            ContractAction.state.in_(WAITING),
            ContractAction.party == PARTY.get(actor.side),
            ContractAction.contract_id.in_(access.visible_contract_ids(actor)),
            or_(ContractAction.document_id.is_(None), only_readable(actor, FileDocument.theme)),
        )
        .order_by(_URGENCY, ContractAction.opened_at, ContractAction.id)
    )
    return [_view(actor, row) for row in db.session.execute(query.limit(limit) if limit else query)]


def of_contract(actor: Actor, contract: PublicContract) -> list[WaitingAction]:
    """All tasks of a contract, what waits first; without those about documents of a theme the actor cannot read."""
    standing = access.standing(actor, contract)
    rows = db.session.execute(_query().where(ContractAction.contract_id == contract.id))
    found = [_view(actor, row) for row in rows if row.theme is None or standing.reads(row.theme)]
    return sorted(found, key=lambda one: (one.state not in WAITING, one.opened_at))


def _query() -> Any:
    return (
        select(
            ContractAction,
            PublicContract.reference.label("contract"),
            PublicContract.number.label("contract_number"),
            FileDocument.reference.label("document"),
            FileDocument.title.label("document_title"),
            FileDocument.theme.label("theme"),
        )
        .join(PublicContract, PublicContract.id == ContractAction.contract_id)
        .outerjoin(FileDocument, FileDocument.id == ContractAction.document_id)
        .where(or_(ContractAction.document_id.is_(None), FileDocument.id.is_not(None)))
    )


def _view(actor: Actor, row: Any) -> WaitingAction:
    action: ContractAction = row.ContractAction
    return WaitingAction(
        reference=action.reference,
        type=action.type,
        label=ACTION_LABELS[action.type],
        party=action.party,
        mine=action.party is PARTY.get(actor.side),
        state=action.state,
        state_label=ACTION_STATE_LABELS[action.state],
        opened_at=action.opened_at,
        done_at=action.done_at,
        reopened_at=action.reopened_at,
        reason=action.reason,
        contract=row.contract,
        contract_number=row.contract_number,
        document=row.document,
        document_title=row.document_title,
        theme=row.theme,
    )
