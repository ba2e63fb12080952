"""On which contracts a group works (C-041 to C-044), and who was added to it for one contract only (A-17).

Contracts are locked first, then the group. What ends keeps its row: a new link is a new row, so that nobody who was
added to the old one comes back with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from domain.actor import SCHEDULER, Actor
from domain.audit_events import AuditEvent
from domain.errors import N_, InvalidValue, NotAllowedNow, NotFound
from models.base import db
from models.contract_rights import GroupContract, GroupExtraMember, RightsGroup, WorkRelation
from models.gate import writing
from models.public_contract import PublicContract
from services import audit, clock
from services.econtracting.access import Entry
from services.econtracting.access_rows import holds, of_enterprise
from services.econtracting.rights import guard
from services.econtracting.rights.members import is_member

#: So many contracts are linked at once, at most.
MOST_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Linked:
    """What was done: how many contracts the group works on now that it did not before, and how many it did already."""

    new: int
    already: int


def link(actor: Actor, group_reference: str, contract_references: Collection[str]) -> Linked:
    """Let a group work on contracts. Those it already works on stay as they are.

    InvalidValue without any or with too many; NotAllowedNow when the group is out of use; NotFound for a row of
    another enterprise.
    """
    entry = guard.managing(actor)
    if not contract_references:
        raise InvalidValue(N_("Kies minstens één opdracht."), field="contracts")
    if len(set(contract_references)) > MOST_AT_ONCE:
        raise InvalidValue(
            N_("Kies hoogstens {most} opdrachten tegelijk. Zoek eerst op een deel ervan."),
            field="contracts",
            most=MOST_AT_ONCE,
        )
    contracts = _locked(entry, contract_references)
    group = guard.in_use(guard.own_group(entry, group_reference, lock=True))
    now = clock.now()
    known = _working_on(group, contracts, now)
    new = {key: reference for key, reference in contracts.items() if key not in known}
    _write_links([group.id], new, now)
    if new:
        _trace(actor, "LINK", group.reference, new.values())
    return Linked(len(new), len(known))


def unlink(actor: Actor, group_reference: str, contract_reference: str) -> bool:
    """Let a group no longer work on a contract; who was added for this contract only goes with it (A-17).

    False when it did not work on it (any more).
    """
    entry = guard.managing(actor)
    contract = guard.own_contract(entry, contract_reference, lock=True)
    group = guard.own_group(entry, group_reference, lock=True)
    now = clock.now()
    links = _open_links(group.id, contract.id, now)
    if not links:
        return False
    with writing("rights.unlink"):
        for row in links:
            row.ends_at = now
        db.session.execute(
            update(GroupExtraMember)
            .where(GroupExtraMember.link_id.in_([row.id for row in links]), GroupExtraMember.ends_at.is_(None))
            .values(ends_at=now)
        )
    _trace(actor, "UNLINK", group.reference, [contract.reference])
    return True


def add_extra(actor: Actor, group_reference: str, contract_reference: str, relation_reference: str) -> bool:
    """Add somebody to a group for one contract only (C-042). False when the person was added to it before.

    NotAllowedNow when the group does not work on the contract, or the person is a fixed member already.
    """
    entry = guard.managing(actor)
    contract = guard.own_contract(entry, contract_reference, lock=True)
    group = guard.own_group(entry, group_reference, lock=True)
    relation = guard.own_relation(entry, relation_reference)
    now = clock.now()
    guard.in_use(group)
    links = _open_links(group.id, contract.id, now)
    if not links:
        raise NotAllowedNow(
            N_("De groep '{name}' werkt niet (meer) aan deze opdracht. Koppel ze eerst."), name=group.name
        )
    if is_member(group.id, relation.id, now):
        raise NotAllowedNow(
            N_("Deze persoon is al vast lid van de groep '{name}' en heeft dat recht dus al voor deze opdracht."),
            code="ALREADY_FIXED",
            name=group.name,
        )
    if _extras(links[0].id, relation, now):
        return False
    with writing("rights.add_extra"):
        db.session.add(GroupExtraMember(link_id=links[0].id, relation_id=relation.id, starts_at=now))
    _trace_member(actor, "ADD_EXTRA", group, contract, relation)
    return True


def remove_extra(actor: Actor, group_reference: str, contract_reference: str, relation_reference: str) -> bool:
    """End what somebody was added for; False when there was nothing (any more)."""
    entry = guard.managing(actor)
    contract = guard.own_contract(entry, contract_reference, lock=True)
    group = guard.own_group(entry, group_reference, lock=True)
    relation = guard.own_relation(entry, relation_reference)
    now = clock.now()
    rows = [row for one in _open_links(group.id, contract.id, now) for row in _extras(one.id, relation, now)]
    if not rows:
        return False
    with writing("rights.remove_extra"):
        for row in rows:
            row.ends_at = now
    _trace_member(actor, "REMOVE_EXTRA", group, contract, relation)
    return True


def link_default_groups(contract: PublicContract) -> int:
    """Let the groups that are meant for new contracts work on one that was just made; gives how many.

    Called in the transaction that makes it, by whoever that is: the trace names nobody. A second call changes nothing.
    """
    now = clock.now()
    groups = db.session.execute(
        select(RightsGroup.id, RightsGroup.reference)
        .where(RightsGroup.organisation_id == contract.contractor_id, RightsGroup.active, RightsGroup.for_new_contracts)
        .order_by(RightsGroup.id)
    ).all()
    if not groups:
        return 0
    working = set(
        db.session.scalars(
            select(GroupContract.group_id).where(GroupContract.contract_id == contract.id, holds(GroupContract, now))
        )
    )
    new = [group for group in groups if group.id not in working]
    _write_links([group.id for group in new], {contract.id: contract.reference}, now)
    for group in new:
        _trace(SCHEDULER, "DEFAULT", group.reference, [contract.reference])
    return len(new)


def _locked(entry: Entry, references: Collection[str]) -> dict[int, str]:
    """The keys and references of contracts of the enterprise, locked in the order of their key."""
    wanted = sorted(set(references))
    found: dict[int, str] = {}
    for start in range(0, len(wanted), 500):
        rows = db.session.execute(
            select(PublicContract.id, PublicContract.reference).where(
                PublicContract.reference.in_(wanted[start : start + 500]),
                of_enterprise(entry.organisation_id, clock.now()),
            )
        )
        found.update((row.id, row.reference) for row in rows)
    if len(found) != len(wanted):
        raise NotFound
    keys = sorted(found)
    for start in range(0, len(keys), 500):
        db.session.execute(
            select(PublicContract.id)
            .where(PublicContract.id.in_(keys[start : start + 500]))
            .order_by(PublicContract.id)
            .with_for_update(key_share=True)
        ).all()
    return found


def _working_on(group: RightsGroup, contracts: Collection[int], now: datetime) -> set[int]:
    """On which of these contracts a group works now."""
    working = db.session.scalars(
        select(GroupContract.contract_id).where(GroupContract.group_id == group.id, holds(GroupContract, now))
    )
    return set(working) & set(contracts)


def _write_links(groups: Iterable[int], contracts: Collection[int], now: datetime) -> None:
    rows = [{"group_id": group, "contract_id": key, "starts_at": now} for group in groups for key in sorted(contracts)]
    if rows:
        with writing("rights.link"):
            db.session.execute(insert(GroupContract), rows)


def _open_links(group_id: int, contract_id: int, now: datetime) -> list[GroupContract]:
    return list(
        db.session.scalars(
            select(GroupContract)
            .where(
                GroupContract.group_id == group_id,
                GroupContract.contract_id == contract_id,
                holds(GroupContract, now),
            )
            .order_by(GroupContract.id)
        )
    )


def _extras(link_id: int, relation: WorkRelation, now: datetime) -> list[GroupExtraMember]:
    return list(
        db.session.scalars(
            select(GroupExtraMember).where(
                GroupExtraMember.link_id == link_id,
                GroupExtraMember.relation_id == relation.id,
                holds(GroupExtraMember, now),
            )
        )
    )


def _trace(actor: Actor, act: str, group: str, contracts: Iterable[str]) -> None:
    data = {"act": act, "group": group, "contract": sorted(contracts)}
    audit.record(actor, AuditEvent.GROUP_LINKED, "rights_group", group, data=data)


def _trace_member(actor: Actor, act: str, group: RightsGroup, contract: PublicContract, relation: WorkRelation) -> None:
    data = {"act": act, "group": group.reference, "contract": contract.reference, "relation": relation.reference}
    audit.record(actor, AuditEvent.GROUP_MEMBER_CHANGED, "rights_group", group.reference, data=data)
