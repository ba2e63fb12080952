"""Contracts for the helpdesk: who the parties are and where they stand (A-22). No documents, no persons, read only.

Every look-up leaves a trace with the kind of text, the number of hits and a keyed digest; never the text itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.econtracting.contracts import ContractState, ContractType
from domain.econtracting.terms import Regime
from domain.errors import InvalidValue
from domain.folding import words_of
from domain.identifiers import parse_enterprise_number
from domain.permissions import Permission
from models.base import db
from models.organisation import Organisation
from models.public_contract import PublicContract
from services import access as permissions
from services import audit, clock, listing
from services.econtracting.rights.contract_lists import unstaffed
from services.helpdesk import text_digest

MOST = 20


class Kind(StrEnum):
    """What a text was taken for."""

    ENTERPRISE_NUMBER = "enterprise_number"
    CONTRACT_NUMBER = "contract_number"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Hit:
    """A contract that was found. ``staffed``: whether a group with a member works on it, never who."""

    number: str
    description: str
    order_number: str
    authority_name: str
    authority_key: str
    unit: str
    contractor_name: str
    contractor_key: str
    type: ContractType
    regime: Regime
    state: ContractState
    made_at: datetime
    visible_since: datetime | None
    visible_now: bool
    staffed: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up found; ``more`` says that it was cut off."""

    hits: Sequence[Hit]
    more: bool


def look_up(actor: Actor, text: str) -> Found:
    """Find contracts of all organisations by number or words; the caller commits the trace."""
    permissions.require(actor, Permission.CONTRACTS_LOOK_UP)
    text = " ".join(text.replace("\0", " ").split())[:100]
    kind, hits = _find(text)
    audit.record(
        actor,
        AuditEvent.LOOKED_UP,
        "public_contract",
        kind.value,
        data={"kind": kind.value, "hits": len(hits), "query_digest": text_digest(text)},
        concerns={hit.contractor_key for hit in hits},
    )
    return Found(hits[:MOST], len(hits) > MOST)


def _find(text: str) -> tuple[Kind, list[Hit]]:
    authority, contractor = aliased(Organisation), aliased(Organisation)
    number = _enterprise_number(text)
    if number is not None:
        found = _rows(authority, contractor, or_(contractor.key == number, authority.key == number))
        if found:
            return Kind.ENTERPRISE_NUMBER, found
    if text and (found := _rows(authority, contractor, func.lower(PublicContract.number) == text.lower())):
        return Kind.CONTRACT_NUMBER, found
    words = words_of(text)
    if not words:
        return Kind.WORDS, []
    conditions = [
        or_(
            listing.like(PublicContract.search_text, word),
            listing.like(func.lower(contractor.name), word),
            listing.like(func.lower(authority.name), word),
        )
        for word in words
    ]
    return Kind.WORDS, _rows(authority, contractor, *conditions)


def _enterprise_number(text: str) -> str | None:
    try:
        return parse_enterprise_number(text)
    except InvalidValue:
        return None


def _rows(authority: Any, contractor: Any, *conditions: Any) -> list[Hit]:
    now = clock.now()
    rows = db.session.execute(
        select(
            PublicContract,
            authority.name.label("authority_name"),
            authority.key.label("authority_key"),
            contractor.name.label("contractor_name"),
            contractor.key.label("contractor_key"),
            unstaffed(now).label("unstaffed"),
        )
        .join(authority, authority.id == PublicContract.authority_id)
        .join(contractor, contractor.id == PublicContract.contractor_id)
        .where(PublicContract.erased_at.is_(None), *conditions)
        .order_by(PublicContract.id.desc())
        .limit(MOST + 1)
    )
    return [_hit(row, now) for row in rows]


def _hit(row: Any, now: datetime) -> Hit:
    contract: PublicContract = row.PublicContract
    return Hit(
        number=contract.number,
        description=contract.description,
        order_number=contract.order_number,
        authority_name=row.authority_name,
        authority_key=row.authority_key,
        unit=contract.unit,
        contractor_name=row.contractor_name,
        contractor_key=row.contractor_key,
        type=contract.type,
        regime=contract.regime,
        state=contract.state,
        made_at=contract.made_at,
        visible_since=contract.visible_since,
        visible_now=contract.visible_since is not None and contract.visible_since <= now,
        staffed=not row.unstaffed,
    )
