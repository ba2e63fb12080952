"""Making a contract: by its authority only (C-005). Two parties, a ground, the terms that hold and a contact point.

The contractor sees it at once or from a chosen day; until then nothing is announced and nothing counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.econtracting.actions import ActionType
from domain.econtracting.contract_data import (
    ContractData,
    check,
    tidied,
)
from domain.econtracting.notifications import NotificationEvent
from domain.econtracting.terms import Regime
from domain.errors import N_, Finding, Findings, InvalidValue, NotAllowedNow, NotFound, Severity
from domain.permissions import Permission
from models.base import db
from models.contract_rights import RightsGroup
from models.gate import writing
from models.message import NotificationAddress
from models.organisation import Organisation
from models.public_contract import ContractKind, PublicContract
from services import access as permissions
from services import audit, clock
from services.econtracting import access, actions, rights
from services.econtracting.contracts import facts
from services.econtracting.notifications import announce
from services.form_keys import is_form_key

KNOWN_NUMBER = N_("U hebt al een opdracht met nummer {number}.")
IS_AUTHORITY = N_("Dit is het nummer van een aanbestedende overheid. Een opdrachtnemer heeft een ander nummer.")
MADE_MEANWHILE = N_("Een collega maakte intussen een van deze opdrachten. Kijk het bestand opnieuw na.")
#: The kind that asks the contractor for a claim.
CLAIM = "SCHULDVORDERING"


@dataclass(frozen=True, slots=True)
class Preview:
    """A contract that could be made: tidied data, the regime that holds, and whether the contractor is known here."""

    data: ContractData
    regime: Regime
    known: bool


def authority_of(actor: Actor) -> Organisation:
    """The authority whose contracts the actor manages; Forbidden without the permission, NotFound on another side."""
    permissions.require(actor, Permission.AUTHORITY_CONTRACTS)
    if actor.side is not Side.AUTHORITY:
        raise NotFound
    return access.own_organisation(actor)


def preview(actor: Actor, data: ContractData) -> Preview:
    """What ``make`` would make; raises the same and writes nothing."""
    authority = authority_of(actor)
    found, contractor = _checked(authority, data)
    return Preview(found, found.regime_in_force, contractor is not None)


def make(actor: Actor, data: ContractData, key: str = "") -> PublicContract:
    """Make a contract of the actor's own authority. The same form (``key``) sent twice makes one.

    Raises Forbidden, NotFound for who is not of an authority, and Findings with everything that is wrong.
    """
    authority = authority_of(actor)
    if is_form_key(key):
        made = db.session.scalar(
            select(PublicContract).where(PublicContract.reference == key, PublicContract.authority_id == authority.id)
        )
        if made is not None:
            return made
    found, contractor = _checked(authority, data)
    return add(actor, authority, found, contractor or contractor_of(found), key=key)


def _checked(authority: Organisation, data: ContractData) -> tuple[ContractData, Organisation | None]:
    """The tidied data and the contractor when it is known here; the name of a known one is not asked."""
    data = tidied(data)
    contractor = db.session.scalar(select(Organisation).where(Organisation.key == data.contractor_number))
    if contractor is not None:
        data = replace(data, contractor_name=contractor.name)
    problems = check(data, facts.codes_in_use(), clock.today())
    if contractor is not None and contractor.side == Side.AUTHORITY:
        problems.append(wrong("contractor_number", IS_AUTHORITY))
    taken = select(PublicContract.id).where(
        PublicContract.authority_id == authority.id, PublicContract.number == data.number
    )
    if data.number and db.session.scalar(taken) is not None:
        problems.append(wrong("number", KNOWN_NUMBER, number=data.number))
    if problems:
        raise Findings(problems)
    return data, contractor


def wrong(field: str, message: str, **params: str) -> Finding:
    """A finding that needs the rows to see."""
    return Finding("C-005", Severity.BLOCKS, message, field, params=params)


def contractor_of(data: ContractData) -> Organisation:
    """The contractor of checked data, made when the number is new here (C-021)."""

    def find() -> Organisation | None:
        return db.session.scalar(select(Organisation).where(Organisation.key == data.contractor_number))

    found = find()
    if found is not None:
        return found
    made = Organisation(side=Side.CONTRACTOR.value, key=data.contractor_number, name=data.contractor_name)
    try:
        with db.session.begin_nested(), writing("contracts.contractor"):
            db.session.add(made)
    except IntegrityError:  # somebody of it signed in just now
        found = find()
        if found is None:
            raise
        return found
    return made


def add(
    actor: Actor, authority: Organisation, data: ContractData, contractor: Organisation, key: str = ""
) -> PublicContract:
    """Write a contract of checked data, with everything that follows from it; InvalidValue when its number is known."""
    try:
        [contract] = add_all(actor, authority, [(data, contractor)], key)
    except NotAllowedNow:
        raise InvalidValue(KNOWN_NUMBER, field="number", number=data.number) from None
    return contract


def add_all(
    actor: Actor, authority: Organisation, wanted: Sequence[tuple[ContractData, Organisation]], key: str = ""
) -> list[PublicContract]:
    """The same for many, together in a few statements; NotAllowedNow when a colleague was first with a number."""
    now = clock.now()
    contracts = [_row(actor, authority, data, contractor, now) for data, contractor in wanted]
    if is_form_key(key):
        contracts[0].reference = key
    try:
        with db.session.begin_nested(), writing("contracts.make"):
            db.session.add_all(contracts)
    except IntegrityError:
        raise NotAllowedNow(MADE_MEANWHILE) from None
    made = list(zip(contracts, (data for data, _ in wanted), strict=True))
    with writing("contracts.make"):
        rows = [
            {"contract_id": contract.id, "kind_code": code} for contract, data in made for code in sorted(data.kinds)
        ]
        db.session.execute(insert(ContractKind), rows)
    actions.open_in_new([contract for contract, data in made if CLAIM in data.kinds], ActionType.MAKE_CLAIM, now)
    with_groups, with_addresses = _who_has(RightsGroup, contracts), _who_has(NotificationAddress, contracts)
    for contract, data in made:
        _trace(actor, contract, data)
        if contract.contractor_id in with_groups:
            rights.link_default_groups(contract)
        if contract.announced_at is not None and contract.contractor_id in with_addresses:
            _announce(contract, now)
    return contracts


def _row(
    actor: Actor, authority: Organisation, data: ContractData, contractor: Organisation, now: datetime
) -> PublicContract:
    seen_from = facts.visible_since(data, now)
    return PublicContract(
        **facts.values_of(data),
        authority_id=authority.id,
        contractor_id=contractor.id,
        made_at=now,
        made_by_id=actor.account_id,
        visible_since=seen_from,
        announced_at=now if seen_from == now else None,
    )


def _who_has(model: type[RightsGroup] | type[NotificationAddress], contracts: Sequence[PublicContract]) -> set[int]:
    """Which contractors of these contracts have any row of a table: the others need not be asked about each."""
    contractors = {contract.contractor_id for contract in contracts}
    return set(
        db.session.scalars(select(model.organisation_id).where(model.organisation_id.in_(contractors)).distinct())
    )


def _trace(actor: Actor, contract: PublicContract, data: ContractData) -> None:
    fields = [name for name in ContractData.__dataclass_fields__ if getattr(data, name)]
    audit.record(
        actor,
        AuditEvent.PUBLIC_CONTRACT_MADE,
        "public_contract",
        contract.reference,
        data={"fields": fields},
        personal={"after": facts.traced(data, fields)},
    )


def _announce(contract: PublicContract, at: datetime) -> None:
    announce(NotificationEvent.NEW_CONTRACT, contract, event_key="new", at=at)


def announce_visible(limit: int = 200) -> int:
    """Announce contracts whose chosen day has come, the oldest first; for the worker. Gives how many."""
    rows = db.session.scalars(
        select(PublicContract)
        .where(
            PublicContract.announced_at.is_(None),
            PublicContract.visible_since <= clock.now(),
            PublicContract.erased_at.is_(None),
        )
        .order_by(PublicContract.visible_since)
        .limit(limit)
    ).all()
    for contract in rows:
        assert contract.visible_since is not None
        _announce(contract, contract.visible_since)
    with writing("contracts.announce"):  # not a change of the contract: its version stays
        db.session.execute(
            update(PublicContract)
            .where(PublicContract.id.in_([contract.id for contract in rows]))
            .values(announced_at=clock.now())
        )
    return len(rows)
