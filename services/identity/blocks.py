"""Local blocks of a person or an organisation: they act at the next request, whatever the identity provider says."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, String, and_, bindparam, cast, exists, or_, select
from sqlalchemy.exc import IntegrityError

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.errors import N_, InvalidValue, NotFound
from domain.permissions import Permission
from models.base import db
from models.contract_rights import WorkRelation
from models.gate import writing
from models.identity import AccessBlock, Account
from models.organisation import Organisation
from services import access, audit, clock
from services.identity import sessions

#: Made once: it is asked at every request.
_BLOCKED = select(
    or_(
        select(AccessBlock.id)
        .where(
            or_(
                and_(AccessBlock.kind == "PERSON", AccessBlock.key == bindparam("person")),
                and_(AccessBlock.kind == "ORGANISATION", AccessBlock.key == bindparam("organisation")),
            )
        )
        .exists(),
        select(WorkRelation.id)
        .join(Organisation, Organisation.id == WorkRelation.organisation_id)
        .where(
            WorkRelation.account_id == bindparam("account"),
            Organisation.key == bindparam("organisation"),
            WorkRelation.blocked_at.is_not(None),
        )
        .exists(),
    )
)


def is_blocked(account_id: int | None, organisation_key: str) -> bool:
    """Whether the person or the organisation is blocked now, or the one at work for the other (by that enterprise)."""
    asked = {"account": account_id, "person": str(account_id), "organisation": organisation_key}
    return bool(db.session.scalar(_BLOCKED, asked))


def any_block(account_id: Any) -> ColumnElement[bool]:
    """That a person (a column of account ids) is blocked, here or by an enterprise."""
    return or_(
        exists().where(AccessBlock.kind == "PERSON", AccessBlock.key == cast(account_id, String(40))),
        exists().where(WorkRelation.account_id == account_id, WorkRelation.blocked_at.is_not(None)),
    )


def block(actor: Actor, kind: str, key: str, reason: str) -> AccessBlock:
    """Block a person (account id) or an organisation (its key), with a reason; acts at the next request.

    InvalidValue at ``key`` for an account that does not exist, and for oneself or one's own organisation.
    """
    access.require(actor, Permission.BLOCKS_MANAGE)
    key = key.strip()
    if kind not in {"PERSON", "ORGANISATION"} or not key:
        raise InvalidValue(N_("Kies een persoon of een organisatie."), field="key")
    known = db.session.get(Account, int(key)) if key.isdecimal() and len(key) < 10 else None
    if kind == "PERSON" and known is None:
        raise InvalidValue(N_("Er is geen account met dit nummer. Zoek het op in het logboek."), field="key")
    if (kind, key) in {("PERSON", str(actor.account_id)), ("ORGANISATION", actor.organisation_key)}:
        raise InvalidValue(N_("U kunt uzelf of uw eigen organisatie niet blokkeren."), field="key")
    if not reason.strip():
        raise InvalidValue(N_("Vul een reden in."), field="reason")
    same = select(AccessBlock).where(AccessBlock.kind == kind, AccessBlock.key == key)
    existing = db.session.scalar(same)
    if existing is not None:
        return existing
    row = AccessBlock(kind=kind, key=key, reason=reason.strip(), blocked_at=clock.now(), blocked_by=actor.name)
    try:
        with db.session.begin_nested(), writing("identity.block"):
            db.session.add(row)
    except IntegrityError:  # a colleague was faster
        return db.session.scalars(same).one()
    audit.record(
        actor, AuditEvent.BLOCKED, "block", row.id, data={"kind": kind}, personal={"key": key, "reason": reason}
    )
    return row


def unblock(actor: Actor, block_id: int, reason: str) -> None:
    """Lift a block, with a reason."""
    access.require(actor, Permission.BLOCKS_MANAGE)
    row = db.session.get(AccessBlock, block_id, with_for_update=True)
    if row is None:
        raise NotFound
    if not reason.strip():
        raise InvalidValue(N_("Vul een reden in."), field="reason")
    audit.record(
        actor,
        AuditEvent.UNBLOCKED,
        "block",
        row.id,
        data={"kind": row.kind},
        personal={"key": row.key, "reason": reason},
    )
    with writing("identity.unblock"):
        db.session.delete(row)


def end_sessions_of(block_row: AccessBlock) -> int:
    """End the open sessions of what was blocked; called after the commit, in its own transaction."""
    if block_row.kind == "PERSON":
        return sessions.end_for(account_id=int(block_row.key))
    return sessions.end_for(organisation_key=block_row.key)
