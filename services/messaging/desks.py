"""The desks of the department: which ones there are, who sits at them, and which one a new thread comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from domain import desks as rules
from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.desks import DeskContent
from domain.errors import N_, Conflict, Finding, Findings, InvalidValue, NotFound, Severity
from domain.permissions import Permission, Role
from models.base import db
from models.contract_rights import WorkRelation
from models.gate import writing
from models.identity import Account
from models.message import Conversation, Desk, DeskMember, MessageSide
from models.organisation import Facility, Organisation
from services import access, audit, clock
from services.connections import connections

CHANGED = N_("Een collega heeft dit bureau intussen gewijzigd. Uw wijziging is niet bewaard.")


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A desk in the list: with who sits at it, and how many threads lie on it that wait for an answer of ours."""

    desk: Desk
    members: Sequence[str]
    sectors: Sequence[str]
    waiting: int


@dataclass(frozen=True, slots=True)
class Person:
    """A case manager who can sit at a desk."""

    account_id: int
    name: str


def desk_for(facility: Facility) -> Desk | None:
    """The desk a new thread of a facility comes to, by its sector; None is everybody's."""
    return rules.choose(db.session.scalars(select(Desk).where(Desk.active)), facility.sector.value)


def mailbox_of(conversation: Conversation) -> str:
    """Where the alert of a new message of a facility goes: the desk's mailbox, else the one of the department."""
    desk = db.session.get(Desk, conversation.desk_id) if conversation.desk_id is not None else None
    return (desk.mailbox if desk is not None else "") or connections().settings.department_mailbox


def mine(actor: Actor) -> list[Desk]:
    """The desks the actor sits at, by name."""
    return list(
        db.session.scalars(
            select(Desk)
            .join(DeskMember, DeskMember.desk_id == Desk.id)
            .where(DeskMember.account_id == actor.account_id, Desk.active)
            .order_by(Desk.name)
        )
    )


def in_use(actor: Actor) -> list[Desk]:
    """The desks a thread can lie on, by name."""
    access.require(actor, Permission.MESSAGES_OFFICE)
    return list(db.session.scalars(select(Desk).where(Desk.active).order_by(Desk.name)))


def every(actor: Actor) -> list[Desk]:
    """Every desk a thread may lie on, those in use first, by name: what a filter offers."""
    access.require(actor, Permission.MESSAGES_OFFICE)
    return list(db.session.scalars(select(Desk).order_by(Desk.active.desc(), Desk.name)))


def chosen(actor: Actor, reference: str) -> Desk | None:
    """The desk of a reference to lay a thread on, or None (everybody's) for the empty one; InvalidValue otherwise."""
    access.require(actor, Permission.MESSAGES_ANSWER)
    if not reference:
        return None
    desk = db.session.scalar(select(Desk).where(Desk.reference == reference))
    if desk is None or not desk.active:
        raise InvalidValue(rules.NOT_IN_USE, field="desk")
    return desk


def listed(actor: Actor) -> list[DeskRow]:
    """Every desk, those that are not in use last; three statements."""
    access.require(actor, Permission.DESKS_MANAGE)
    desks = list(db.session.scalars(select(Desk).order_by(Desk.active.desc(), Desk.name)))
    members: dict[int, list[str]] = {}
    for desk_id, given, family in db.session.execute(
        select(DeskMember.desk_id, Account.given_name, Account.family_name)
        .join(Account, Account.id == DeskMember.account_id)
        .order_by(Account.family_name, Account.given_name)
    ):
        members.setdefault(desk_id, []).append(f"{given} {family}".strip())
    counted = db.session.execute(
        select(Conversation.desk_id, func.count())
        .where(Conversation.desk_id.is_not(None), Conversation.awaiting == MessageSide.OFFICE)
        .group_by(Conversation.desk_id)
    )
    waiting = {row[0]: row[1] for row in counted}
    return [DeskRow(desk, members.get(desk.id, []), desk.sectors.split(), waiting.get(desk.id, 0)) for desk in desks]


def get(actor: Actor, reference: str) -> Desk:
    """One desk; raises NotFound."""
    access.require(actor, Permission.DESKS_MANAGE)
    return _found(reference)


def members_of(desk: Desk) -> list[int]:
    """The accounts that sit at a desk."""
    return list(db.session.scalars(select(DeskMember.account_id).where(DeskMember.desk_id == desk.id)))


def candidates(actor: Actor) -> list[Person]:
    """The case managers as last seen at sign-in, by name: who can sit at a desk."""
    access.require(actor, Permission.DESKS_MANAGE)
    rows = db.session.execute(
        select(Account.id, Account.given_name, Account.family_name)
        .join(WorkRelation, WorkRelation.account_id == Account.id)
        .join(Organisation, Organisation.id == WorkRelation.organisation_id)
        .where(
            Organisation.key == actor.organisation_key,
            (" " + WorkRelation.roles + " ").contains(f" {Role.EL_DOSSIERBEHEERDER.value} "),
            WorkRelation.blocked_at.is_(None),
        )
        .order_by(Account.family_name, Account.given_name)
    )
    return [Person(account_id, f"{given} {family}".strip()) for account_id, given, family in rows]


def create(actor: Actor, content: DeskContent) -> Desk:
    """A new desk. Raises Findings at the fields."""
    access.require(actor, Permission.DESKS_MANAGE)
    _refuse(actor, content, None)
    with writing("desks.create"):
        desk = Desk(changed_at=clock.now())
        _put(desk, content)
        db.session.add(desk)
        db.session.flush()
        _seat(desk, content.members)
    _trace(actor, desk, "created", ["name", "mailbox", "sectors", "members", "active"])
    return desk


def change(actor: Actor, reference: str, content: DeskContent, version: int) -> Desk:
    """Change a desk; threads that lie on it stay. Raises Findings, or Conflict when a colleague was first."""
    access.require(actor, Permission.DESKS_MANAGE)
    desk = _found(reference, lock=True)
    seated = members_of(desk)
    _refuse(actor, content, desk)
    held = DeskContent(desk.name, desk.mailbox, desk.sectors.split(), seated, desk.active)
    changed = _differences(held, content)
    if not changed:
        return desk
    if desk.version != version:
        raise Conflict(CHANGED, theirs={N_("Naam"): desk.name}, yours={N_("Naam"): content.name.strip()})
    with writing("desks.change"):
        _put(desk, content)
        desk.changed_at = clock.now()
        _seat(desk, content.members)
    _trace(actor, desk, "changed", changed)
    return desk


def _found(reference: str, *, lock: bool = False) -> Desk:
    statement = select(Desk).where(Desk.reference == reference)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    desk = db.session.scalar(statement)
    if desk is None:
        raise NotFound
    return desk


def _refuse(actor: Actor, content: DeskContent, desk: Desk | None) -> None:
    found = rules.check(content)
    same_name = select(Desk.id).where(func.lower(Desk.name) == content.name.strip().lower())
    taken = db.session.scalar(same_name.where(Desk.id != desk.id) if desk is not None else same_name)
    if taken is not None:
        found.append(Finding("A-38", Severity.BLOCKS, rules.NAME_TAKEN, "name"))
    known = {person.account_id for person in candidates(actor)} | set(members_of(desk) if desk is not None else ())
    if set(content.members) - known:
        found.append(Finding("A-38", Severity.BLOCKS, rules.UNKNOWN_MEMBER, "members"))
    if found:
        raise Findings(found)


def _differences(before: DeskContent, after: DeskContent) -> list[str]:
    pairs = {
        "name": (before.name, after.name.strip()),
        "mailbox": (before.mailbox, after.mailbox.strip()),
        "sectors": (set(before.sectors), set(after.sectors)),
        "members": (set(before.members), set(after.members)),
        "active": (before.active, after.active),
    }
    return [name for name, (old, new) in pairs.items() if old != new]


def _put(desk: Desk, content: DeskContent) -> None:
    desk.name, desk.mailbox = content.name.strip(), content.mailbox.strip()
    desk.sectors, desk.active = " ".join(sorted(set(content.sectors))), content.active


def _seat(desk: Desk, members: Sequence[int]) -> None:
    db.session.execute(delete(DeskMember).where(DeskMember.desk_id == desk.id))
    db.session.add_all([DeskMember(desk_id=desk.id, account_id=account_id) for account_id in sorted(set(members))])


def _trace(actor: Actor, desk: Desk, act: str, fields: list[str]) -> None:
    audit.record(actor, AuditEvent.DESK_CHANGED, "desk", desk.reference, data={"act": act, "fields": fields})
