"""The local blocks as a case manager reads them: who is kept out, and the organisation that person signs in for.

Of the people of a contractor the enterprise is told and never the name, whoever reads (C-046).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import literal, select

from domain.actor import Actor, Side
from domain.permissions import Permission
from models.audit import AuditEntry
from models.base import db
from models.contract_rights import WorkRelation
from models.identity import AccessBlock, Account
from models.organisation import Facility, Organisation
from services import access

_MOST = 500


@dataclass(frozen=True, slots=True)
class BlockRow:
    """A local block. ``who`` is the name of what is blocked, where it is known and told.

    ``organisation`` is, of a person who is named, the one that person signed in for last.
    """

    id: int
    kind: str
    key: str
    who: str | None
    organisation: str | None
    reason: str
    blocked_at: datetime
    blocked_by: str


def block_list(actor: Actor) -> list[BlockRow]:
    """Every local block, the newest first; three statements."""
    access.require(actor, Permission.BLOCKS_MANAGE)
    blocks = db.session.scalars(select(AccessBlock).order_by(AccessBlock.id.desc()).limit(_MOST)).all()
    people = _people({int(row.key) for row in blocks if row.kind == "PERSON" and row.key.isdigit()})
    keys = {row.key for row in blocks if row.kind == "ORGANISATION"}
    organisations = _organisations(keys | {one.organisation_key for one in people.values() if one.organisation_key})
    return [_row(block, people, organisations) for block in blocks]


@dataclass(frozen=True, slots=True)
class _Person:
    """``enterprise``: that of a contractor the person ever signed in for; ``organisation_key``: the last of all."""

    name: str
    enterprise: str | None
    organisation_key: str | None


@dataclass(frozen=True, slots=True)
class _Named:
    name: str
    side: str


def _row(block: AccessBlock, people: Mapping[str, _Person], organisations: Mapping[str, _Named]) -> BlockRow:
    who: str | None = None
    organisation: str | None = None
    if block.kind == "ORGANISATION":
        named = organisations.get(block.key)
        who = named.name if named is not None else None
    elif (person := people.get(block.key)) is not None:
        last = organisations.get(person.organisation_key or "")
        if person.enterprise is not None:
            who = person.enterprise
        elif last is not None and last.side == Side.CONTRACTOR:
            who = last.name
        else:
            who, organisation = person.name or None, last.name if last is not None else None
    return BlockRow(
        block.id, block.kind, block.key, who, organisation, block.reason, block.blocked_at, block.blocked_by
    )


def _people(accounts: Collection[int]) -> dict[str, _Person]:
    """People by account. What they signed in for last is what their last entry in the log was done for."""
    last = (
        select(AuditEntry.organisation_key)
        .where(AuditEntry.actor_id == Account.id)
        .order_by(AuditEntry.sequence.desc())
        .limit(1)
        .scalar_subquery()
    )
    enterprise = (
        select(Organisation.name)
        .join(WorkRelation, WorkRelation.organisation_id == Organisation.id)
        .where(WorkRelation.account_id == Account.id, Organisation.side == Side.CONTRACTOR.value)
        .order_by(WorkRelation.last_seen_at.desc(), WorkRelation.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Account.id, Account.given_name, Account.family_name, enterprise, last).where(Account.id.in_(accounts))
    )
    return {str(row[0]): _Person(f"{row[1]} {row[2]}".strip(), row[3], row[4]) for row in rows}


def _organisations(keys: Collection[str]) -> dict[str, _Named]:
    facilities = select(Facility.hco_number, Facility.name, literal(Side.FACILITY.value)).where(
        Facility.hco_number.in_(keys)
    )
    others = select(Organisation.key, Organisation.name, Organisation.side).where(Organisation.key.in_(keys))
    return {row[0]: _Named(row[1], row[2]) for row in db.session.execute(facilities.union_all(others))}
