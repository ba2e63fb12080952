"""Fixed members of a group (C-040, C-041): from now on, perhaps up to and including a day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.calendars import BRUSSELS
from domain.errors import N_, InvalidValue
from models.base import db
from models.contract_rights import GroupMember, RightsGroup, WorkRelation
from models.gate import writing
from services import audit, clock
from services.econtracting.access_rows import holds
from services.econtracting.rights import guard


@dataclass(frozen=True, slots=True)
class Added:
    """How many people are in the group now who were not, and how many were already."""

    new: int
    already: int


def end_of(day: date | None) -> datetime | None:
    """The instant at which a day is over in Brussels; ``None`` stays open."""
    return None if day is None else datetime.combine(day + timedelta(days=1), time(), BRUSSELS)


def last_day(ends_at: datetime | None) -> date | None:
    """The last whole day before an instant: the opposite of ``end_of``."""
    return None if ends_at is None else (ends_at - timedelta(microseconds=1)).astimezone(BRUSSELS).date()


def day_of(instant: datetime) -> date:
    """The day in Brussels on which an instant lies."""
    return instant.astimezone(BRUSSELS).date()


def add(actor: Actor, group_reference: str, relation_references: Collection[str], until: date | None = None) -> Added:
    """Make people fixed members; ``until`` is the last day on which they are. Who is a member already stays as is.

    InvalidValue without anybody, or with a last day that is over; NotAllowedNow when the group is out of use.
    """
    entry = guard.managing(actor)
    if not relation_references:
        raise InvalidValue(N_("Kies minstens één persoon."), field="people")
    _check_end(until)
    group = guard.in_use(guard.own_group(entry, group_reference, lock=True))
    relations = guard.own_relations(entry, relation_references)
    now = clock.now()
    known = set(
        db.session.scalars(
            select(GroupMember.relation_id).where(GroupMember.group_id == group.id, holds(GroupMember, now))
        )
    )
    new = [relation for relation in relations if relation.id not in known]
    with writing("rights.add_members"):
        for relation in new:
            db.session.add(
                GroupMember(group_id=group.id, relation_id=relation.id, starts_at=now, ends_at=end_of(until))
            )
    for relation in new:
        _trace(actor, "ADD", group, relation)
    return Added(len(new), len(relations) - len(new))


def remove(actor: Actor, group_reference: str, relation_reference: str) -> bool:
    """End a fixed membership now; False when there was none (any more)."""
    entry = guard.managing(actor)
    group = guard.own_group(entry, group_reference, lock=True)
    relation = guard.own_relation(entry, relation_reference)
    now = clock.now()
    rows = _current(group.id, relation.id, now)
    if not rows:
        return False
    with writing("rights.remove_member"):
        for row in rows:
            row.ends_at = now
    _trace(actor, "REMOVE", group, relation)
    return True


def set_end(actor: Actor, group_reference: str, relation_reference: str, until: date | None) -> bool:
    """Say up to which day somebody is a member, or that it stays open; False when the person is not one."""
    entry = guard.managing(actor)
    group = guard.own_group(entry, group_reference, lock=True)
    relation = guard.own_relation(entry, relation_reference)
    _check_end(until)
    rows = _current(group.id, relation.id, clock.now())
    if not rows:
        return False
    with writing("rights.member_until"):
        for row in rows:
            row.ends_at = end_of(until)
    _trace(actor, "UNTIL", group, relation)
    return True


def _check_end(until: date | None) -> None:
    if until is not None and until < clock.today():
        message = N_("De laatste dag is al voorbij. Kies een latere dag, of laat het veld leeg.")
        raise InvalidValue(message, field="until")


def is_member(group_id: int, relation_id: int, now: datetime) -> bool:
    """Whether somebody is a fixed member of a group now."""
    return bool(_current(group_id, relation_id, now))


def _current(group_id: int, relation_id: int, now: datetime) -> list[GroupMember]:
    return list(
        db.session.scalars(
            select(GroupMember).where(
                GroupMember.group_id == group_id, GroupMember.relation_id == relation_id, holds(GroupMember, now)
            )
        )
    )


def _trace(actor: Actor, act: str, group: RightsGroup, relation: WorkRelation) -> None:
    data = {"act": act, "group": group.reference, "contract": None, "relation": relation.reference}
    audit.record(actor, AuditEvent.GROUP_MEMBER_CHANGED, "rights_group", group.reference, data=data)
