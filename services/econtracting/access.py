"""Who gets to which contract, and may do what in it: asked of the rows at every call, decided by the domain (part 5).

Nothing is remembered between two calls: a group that changes, a block, a role that was taken away act at the next one.
What somebody may not see looks the same as what does not exist (C-044).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, false, select, union_all
from sqlalchemy.sql.elements import ColumnElement

from domain.actor import Actor, Side
from domain.econtracting import rights
from domain.econtracting.rights import Level, Missing, Verb
from domain.errors import Forbidden, NotAllowedNow, NotFound
from domain.permissions import Permission, Role
from models.base import db
from models.contract_rights import GroupContract, GroupExtraMember, GroupMember, RightsGroup, WorkRelation
from models.identity import Account
from models.organisation import Organisation
from models.public_contract import PublicContract
from services import clock
from services.econtracting.access_rows import (
    ENTRY,
    STANDING,
    contracts_of,
    contracts_of_extras,
    memberships,
    of_enterprise,
)

#: What lets an authority do what a contractor's people do by their groups (5.5).
_AUTHORITY_MAY: dict[Verb, Permission] = {
    Verb.READ: Permission.AUTHORITY_DESK,
    Verb.DRAFT: Permission.AUTHORITY_DRAFT,
    Verb.SEND: Permission.AUTHORITY_RELEASE,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """How a contractor's person stands to the own enterprise now; ``relation_id`` is None without a sign-in."""

    organisation_id: int
    relation_id: int | None
    person: rights.Person


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands to one contract at this moment.

    ``levels`` is the right from groups per theme; ``manages`` says that the person is a beheerder of the enterprise.
    For an authority both are empty: what it may follows from its roles.
    """

    person: rights.Person
    contract: str
    enterprise: rights.Enterprise
    now: datetime
    settings: rights.Settings
    authority: frozenset[Verb] | None = None

    @property
    def levels(self) -> Mapping[str, Level]:
        """The right from groups, per theme."""
        return rights.levels(self.person, self.contract, self.enterprise, self.now)

    @property
    def manages(self) -> bool:
        """Beheerder or legal representative of the enterprise, and not blocked."""
        return self.person.manages and self.person.enters

    @property
    def sees(self) -> bool:
        """Whether the contract is there for this person at all."""
        if self.authority is not None:
            return True
        return rights.sees(self.person, self.contract, self.enterprise, self.now)

    def why_not(self, verb: Verb, theme: str) -> Missing | None:
        """Why the person may not do this with documents of a theme, or ``None``."""
        if self.authority is not None:
            return None if verb in self.authority else Missing.NO_ROLE
        return rights.refusal(self.person, verb, self.contract, theme, self.enterprise, self.now, self.settings)

    def may(self, verb: Verb, theme: str) -> bool:
        """Whether the person may do this with documents of a theme."""
        return self.why_not(verb, theme) is None

    def reads(self, theme: str) -> bool:
        """Whether the person reads documents of a theme."""
        return self.may(Verb.READ, theme)


def own_organisation(actor: Actor) -> Organisation:
    """The contractor or the authority the actor signed in for; NotFound for anybody of another side."""
    found = db.session.scalar(select(Organisation).where(Organisation.key == actor.organisation_key))
    if found is None or actor.side not in (Side.CONTRACTOR, Side.AUTHORITY):
        raise NotFound
    return found


def relation_of(actor: Actor) -> WorkRelation | None:
    """How the actor works for the organisation, read anew; None before the first sign-in for it."""
    return db.session.scalar(
        select(WorkRelation)
        .join(Organisation, Organisation.id == WorkRelation.organisation_id)
        .where(WorkRelation.account_id == actor.account_id, Organisation.key == actor.organisation_key)
        .execution_options(populate_existing=True)
    )


def actor_of(relation: WorkRelation) -> Actor:
    """Somebody as last seen, for what is asked without a session (a feed, a simulation); blocks are not looked at."""
    account = db.session.get_one(Account, relation.account_id)
    organisation = db.session.get_one(Organisation, relation.organisation_id)
    return Actor(
        account_id=account.id,
        side=Side(organisation.side),
        organisation_key=organisation.key,
        organisation_name=organisation.name,
        name=f"{account.given_name} {account.family_name}".strip(),
        roles=roles_of(relation.roles, relation.represents),
    )


def roles_of(roles: str, represents: bool) -> frozenset[Role]:
    """The roles of a work relation as last seen; who represents the enterprise acts as beheerder (A-10)."""
    held = {Role(role) for role in roles.split() if role in set(Role)}
    return frozenset(held | ({Role.EC_BEHEERDER} if represents else set()))


def person_of(key: str, roles: frozenset[Role], *, blocked: bool) -> rights.Person:
    """Somebody of a contractor, as the rules look at them."""
    return rights.Person(key, manages=Role.EC_BEHEERDER in roles, uses=Role.EC_GEBRUIKER in roles, blocked=blocked)


def entry_of(actor: Actor) -> Entry | None:
    """How the actor stands to the own enterprise, read anew in one statement; None for another side."""
    if actor.side is not Side.CONTRACTOR:
        return None
    row = db.session.execute(ENTRY, _named(actor)).one_or_none()
    return None if row is None else Entry(row.organisation_id, row.relation, _person(actor, row))


def contract_for(actor: Actor, reference: str) -> PublicContract:
    """The contract behind a reference, read anew.

    NotFound for another organisation's, for an erased one, for a contractor before the day from which it is visible,
    and for who has neither a group nor the role beheerder.
    """
    party = _own_column(actor)
    contract = db.session.scalar(
        select(PublicContract)
        .join(Organisation, Organisation.id == party)
        .where(
            PublicContract.reference == reference,
            Organisation.key == actor.organisation_key,
            PublicContract.erased_at.is_(None),
        )
        .execution_options(populate_existing=True)
    )
    if contract is None or not standing(actor, contract).sees:
        raise NotFound
    return contract


def _own_column(actor: Actor) -> Any:
    if actor.side is Side.CONTRACTOR:
        return PublicContract.contractor_id
    if actor.side is Side.AUTHORITY:
        return PublicContract.authority_id
    raise NotFound


def standing(actor: Actor, contract: PublicContract) -> Standing:
    """How the actor stands to a contract of the own organisation now; one statement.

    NotFound for any other, and for a contractor when it is erased or its day has not come.
    """
    if actor.side is Side.AUTHORITY:
        return _standing_of_authority(actor, contract)
    now = clock.now()
    begun = contract.visible_since is not None and contract.visible_since <= now
    if actor.side is not Side.CONTRACTOR or contract.erased_at is not None or not begun:
        raise NotFound
    named = _named(actor) | {"contractor": contract.contractor_id, "contract": contract.id}
    rows = db.session.execute(STANDING, named).all()
    if not rows:
        raise NotFound
    key = str(contract.id)
    settings = rights.Settings(manager_reads=rows[0].manager_reads)
    return Standing(_person(actor, rows[0]), key, _enterprise(rows, key), now, settings)


def _standing_of_authority(actor: Actor, contract: PublicContract) -> Standing:
    if own_organisation(actor).id != contract.authority_id:
        raise NotFound
    verbs = frozenset(verb for verb, permission in _AUTHORITY_MAY.items() if actor.may(permission))
    return Standing(
        rights.Person(""), str(contract.id), rights.Enterprise(), clock.now(), rights.Settings(), authority=verbs
    )


def _enterprise(rows: Sequence[Any], contract: str) -> rights.Enterprise:
    """What matters of the enterprise for one person and one contract, as the rules read it."""
    person = str(rows[0].relation)
    groups: dict[int, rights.GroupFacts] = {}
    links: dict[int, rights.ContractLink] = {}
    members: set[rights.FixedMember] = set()
    extras: set[rights.ExtraMember] = set()
    for row in rows:
        if row.group is None:
            continue
        group, link = str(row.group), str(row.link)
        groups[row.group] = rights.GroupFacts(group, row.theme, Level(row.level), row.active)
        links[row.link] = rights.ContractLink(link, group, contract, rights.Span(row.link_from, row.link_until))
        if row.member_from is not None:
            members.add(rights.FixedMember(group, person, rights.Span(row.member_from, row.member_until)))
        if row.extra_from is not None:
            extras.add(rights.ExtraMember(link, person, rights.Span(row.extra_from, row.extra_until)))
    return rights.Enterprise(tuple(groups.values()), tuple(members), tuple(links.values()), tuple(extras))


def require(actor: Actor, contract: PublicContract, verb: Verb, theme: str) -> Standing:
    """Go on only when the actor may do this with documents of a theme of the contract; gives the standing.

    NotFound when the contract is not there for the actor; else NotAllowedNow with what is missing, whose code is the
    ``Missing``. For an authority Forbidden with the permission.
    """
    found = standing(actor, contract)
    if not found.sees:
        raise NotFound
    missing = found.why_not(verb, theme)
    if missing is None:
        return found
    if found.authority is not None:
        raise Forbidden(_AUTHORITY_MAY.get(verb, Permission.RIGHTS_MANAGE))
    raise NotAllowedNow(rights.MISSING_TEXTS[missing], code=missing)


def hold_rights(actor: Actor, contract: PublicContract) -> None:
    """Let whoever takes rights away wait until this sending is kept, or wait for whoever is doing so right now.

    So the right is there at the very moment of sending, and not a moment earlier only. On SQLite a writer is alone.
    """
    relation = relation_of(actor)
    relation_id = relation.id if relation is not None else 0
    for rows in (
        select(WorkRelation.id).where(WorkRelation.id == relation_id),
        select(GroupMember.id).where(GroupMember.relation_id == relation_id),
        select(GroupExtraMember.id).where(GroupExtraMember.relation_id == relation_id),
        select(GroupContract.id, RightsGroup.id)
        .join(RightsGroup, RightsGroup.id == GroupContract.group_id)
        .where(GroupContract.contract_id == contract.id),
    ):
        db.session.execute(rows.with_for_update(read=True)).all()


def only_visible(actor: Actor) -> ColumnElement[bool]:
    """The condition on PublicContract for what the actor sees; asks first how the actor works for the organisation."""
    if actor.side is Side.AUTHORITY:
        return and_(PublicContract.authority_id == own_organisation(actor).id, PublicContract.erased_at.is_(None))
    if actor.side is not Side.CONTRACTOR:
        return false()
    entry = entry_of(actor)
    if entry is None or not entry.person.enters:
        return false()
    now = clock.now()
    if entry.person.manages:
        return of_enterprise(entry.organisation_id, now)
    through = _through(entry, now)
    if through is None:
        return false()
    return and_(PublicContract.id.in_(through), of_enterprise(entry.organisation_id, now, leads=False))


def _through(entry: Entry, now: datetime) -> Any:
    """The contracts of the groups of a person, by the keys of those groups: a list of contracts that an index answers.

    ``None`` without any. Who was added to single contracts is rare, and asks for a second list.
    """
    held = db.session.scalars(memberships(entry.relation_id or 0, entry.organisation_id, now)).all()
    groups = sorted({key for key in held if key is not None})
    singly = contracts_of_extras(entry.relation_id, entry.organisation_id, now) if None in held else None
    if not groups:
        return singly
    fixed = contracts_of(groups, now)
    return fixed if singly is None else union_all(fixed, singly)


def _named(actor: Actor) -> dict[str, Any]:
    return {
        "account": actor.account_id,
        "person": str(actor.account_id),
        "organisation": actor.organisation_key,
    }


def _person(actor: Actor, row: Any) -> rights.Person:
    """The actor as the rules look at them.

    A role counts when it came in with this session and still stands in the row of the last sign-in (A-16); without
    such a row the session speaks alone, and there are no groups.
    """
    if row.relation is None:
        return person_of("", actor.roles, blocked=bool(row.blocked_here))
    roles = actor.roles & roles_of(row.roles, row.represents)
    return person_of(str(row.relation), roles, blocked=row.blocked_at is not None or bool(row.blocked_here))


def visible_contract_ids(actor: Actor) -> Select[Any]:
    """The keys of the contracts the actor sees, to select from: the same as ``sees()`` of the domain, in SQL."""
    return select(PublicContract.id).where(only_visible(actor))


__all__ = [
    "Entry",
    "Level",
    "Missing",
    "Standing",
    "Verb",
    "actor_of",
    "contract_for",
    "entry_of",
    "hold_rights",
    "only_visible",
    "own_organisation",
    "person_of",
    "relation_of",
    "require",
    "roles_of",
    "standing",
    "visible_contract_ids",
]
