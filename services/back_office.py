"""Reading for the follow-up pages of the back office: the audit log, what waits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.ecalcura.declaration import DossierStatus
from domain.errors import NotFound
from domain.permissions import Permission
from models.audit import AuditEntry, AuditPersonalValue
from models.base import db
from models.declaration import Dossier
from models.identity import Account
from models.organisation import Organisation
from models.outbox import DeliveryState, OutboxMessage
from services import access, listing
from services.listing import Capped, Order, Page, Position


@dataclass(frozen=True, slots=True)
class LogQuery:
    """What to read of the audit log: one subject, one actor, one event, or all."""

    subject_type: str = ""
    subject_key: str = ""
    actor_id: int | None = None
    event: AuditEvent | None = None


@dataclass(frozen=True, slots=True)
class LogRow:
    """One entry of the audit log. ``data`` holds no personal values; those stay beside the chain.

    Of a contractor's people only the enterprise is told, whoever reads (C-046, 5.4): ``actor_id`` is None then, and
    neither subject nor data point at the person.
    """

    sequence: int
    at: datetime
    actor_id: int | None
    actor_name: str | None
    actor_side: str
    organisation_key: str
    organisation_name: str | None
    event: str
    subject_type: str
    subject_key: str
    data: Mapping[str, Any]

    @property
    def by_contractor(self) -> bool:
        """Whether somebody of a contractor acted."""
        return self.actor_side == Side.CONTRACTOR


def log_page(actor: Actor, query: LogQuery, position: Position) -> Page[LogRow]:
    """The audit log, the newest entry first. Personal values are never part of a list."""
    access.require(actor, Permission.AUDIT_READ)
    statement: Any = select(
        AuditEntry.sequence,
        AuditEntry.at,
        AuditEntry.actor_id,
        AuditEntry.actor_side,
        AuditEntry.organisation_key,
        AuditEntry.event,
        AuditEntry.subject_type,
        AuditEntry.subject_key,
        AuditEntry.data,
        Account.given_name,
        Account.family_name,
        Organisation.name.label("organisation_name"),
    )
    statement = statement.outerjoin(Account, Account.id == AuditEntry.actor_id).outerjoin(
        Organisation, Organisation.key == AuditEntry.organisation_key
    )
    if query.actor_id is not None or query.subject_type in _PERSONAL_SUBJECTS:
        statement = statement.where(AuditEntry.actor_side != Side.CONTRACTOR.value)
    elif query.subject_key:
        of_person = and_(
            AuditEntry.actor_side == Side.CONTRACTOR.value, AuditEntry.subject_type.in_(_PERSONAL_SUBJECTS)
        )
        statement = statement.where(~of_person)
    if query.subject_type:
        statement = statement.where(AuditEntry.subject_type == query.subject_type)
    if query.subject_key:
        statement = statement.where(AuditEntry.subject_key == query.subject_key)
    if query.actor_id is not None:
        statement = statement.where(AuditEntry.actor_id == query.actor_id)
    if query.event is not None:
        statement = statement.where(AuditEntry.event == query.event)
    order = Order((AuditEntry.sequence,), descending=True)
    page = listing.page_of(statement, order, position, name=f"log {query}")
    return Page(tuple(_log_row(row) for row in page.rows), page.cursors, page.number, page.more)


def _log_row(row: Any) -> LogRow:
    data = json.loads(row.data)
    data.pop("personal", None)
    hidden = row.actor_side == Side.CONTRACTOR
    if hidden:
        data = {name: value for name, value in data.items() if name not in _PERSONAL_DATA}
    return LogRow(
        sequence=row.sequence,
        at=row.at,
        actor_id=None if hidden else row.actor_id,
        actor_name=f"{row.given_name} {row.family_name}" if row.given_name and not hidden else None,
        actor_side=row.actor_side,
        organisation_key=row.organisation_key,
        organisation_name=row.organisation_name,
        event=row.event,
        subject_type=row.subject_type,
        subject_key="" if hidden and row.subject_type in _PERSONAL_SUBJECTS else row.subject_key,
        data=data,
    )


#: Personal values an entry may show to somebody who may read the log: why something was done, never whom it is about.
SHOWN = frozenset({"reason"})
#: What points at a person when somebody of a contractor acted: kinds of subjects, and names of data.
_PERSONAL_SUBJECTS = frozenset({"account", "work_relation"})
_PERSONAL_DATA = frozenset({"relation"})


def log_entry(actor: Actor, sequence: int) -> tuple[LogRow, Mapping[str, str | None], str, str]:
    """One entry with the reason it carries, its own digest and the previous one; NotFound otherwise."""
    access.require(actor, Permission.AUDIT_READ)
    row: Any = db.session.execute(
        select(
            *(column for column in AuditEntry.__table__.c if column.name != "id"),
            Account.given_name,
            Account.family_name,
            Organisation.name.label("organisation_name"),
        )
        .outerjoin(Account, Account.id == AuditEntry.actor_id)
        .outerjoin(Organisation, Organisation.key == AuditEntry.organisation_key)
        .where(AuditEntry.sequence == sequence)
    ).one_or_none()
    if row is None:
        raise NotFound
    values = db.session.execute(
        select(AuditPersonalValue.name, AuditPersonalValue.value).where(
            AuditPersonalValue.sequence == sequence, AuditPersonalValue.name.in_(SHOWN)
        )
    )
    shown = _log_row(row)
    reasons = {} if shown.by_contractor else {value.name: value.value for value in values}
    return shown, reasons, row.digest, row.previous


def waiting_counts(actor: Actor) -> Mapping[str, Capped]:
    """What the start page counts: dossiers under audit and open, mail that failed; one statement."""
    access.require(actor, Permission.DOSSIER_REVIEW)
    columns = {
        "audit": select(Dossier.id).where(Dossier.status == DossierStatus.AUDIT),
        "open": select(Dossier.id).where(Dossier.status == DossierStatus.OPEN),
        "failed": select(OutboxMessage.id).where(OutboxMessage.state == DeliveryState.FAILED),
    }
    row = db.session.execute(select(*(listing.capped_count(ids).label(name) for name, ids in columns.items()))).one()
    return {name: Capped(getattr(row, name)) for name in columns}
