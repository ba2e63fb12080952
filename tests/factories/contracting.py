"""e-Contracting: both sides with their people, contracts, and the groups that work on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any

from sqlalchemy import select

from domain.actor import Actor, Side
from domain.econtracting.contracts import ContractType, Ground
from domain.econtracting.rights import Level
from domain.econtracting.terms import regime_of
from domain.permissions import Role
from models.base import db
from models.contract_rights import GroupContract, GroupExtraMember, GroupMember, RightsGroup, WorkRelation
from models.identity import Account
from models.organisation import Organisation
from models.public_contract import ContractKind, PartySettings, PublicContract
from services import clock
from tests.factories import actors, numbers
from tests.factories.database import save, saved

#: The kinds that are exchanged in a contract of these tests, unless said otherwise (3.1).
KINDS = ("SCHULDVORDERING", "NAZICHT", "FACTUURAANVRAAG", "BERICHT", "PLANNING", "PV", "ANDERE")
#: The themes of those kinds.
PAYMENTS, CHANGES, EXECUTION, SECURITIES, GENERAL = (
    "BETALINGEN",
    "WIJZIGINGEN",
    "UITVOERING",
    "WAARBORGEN",
    "ALGEMEEN",
)

AUTHORITY_KEY, AUTHORITY_NAME = "OVO009902", "Departement MOW (test)"
CONTRACTOR_KEY, CONTRACTOR_NAME = "0999000129", "Wegenbouw Voorbeeld NV"
COMPETITOR_KEY, COMPETITOR_NAME = "0999000228", "Baggerwerken Test BV"

_serials = count(1)


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person at work for an organisation: who acts, with the account and the relation behind it.

    ``signed_in(actor=…)`` makes a fresh account; use ``sign_in(client, somebody)`` to keep this one with its relation.
    """

    actor: Actor
    account: Account
    relation: WorkRelation


def organisation(side: Side, key: str, name: str) -> Organisation:
    """The organisation with this key, made when it is not there."""
    found = db.session.scalar(select(Organisation).where(Organisation.key == key))
    return found or saved(Organisation(side=side.value, key=key, name=name))


def authority(key: str = AUTHORITY_KEY, name: str = AUTHORITY_NAME) -> Organisation:
    """A contracting authority; the one of the persona dirk-aanbesteder unless said otherwise."""
    return organisation(Side.AUTHORITY, key, name)


def contractor(key: str = CONTRACTOR_KEY, name: str = CONTRACTOR_NAME) -> Organisation:
    """A contractor; the one of the personas an-beheerder, karim-gebruiker, … unless said otherwise."""
    return organisation(Side.CONTRACTOR, key, name)


def competitor() -> Organisation:
    """Another contractor, which has no business with the first."""
    return contractor(COMPETITOR_KEY, COMPETITOR_NAME)


def somebody(
    of: Organisation, *roles: Role, name: str = "Karim El Amrani", represents: bool = False, **relation: Any
) -> Somebody:
    """Somebody with these roles in an organisation; ``relation`` are values of the WorkRelation (``blocked_at``…)."""
    side = Side(of.side)
    who = Actor(None, side, of.key, of.name, name, frozenset(roles), means="itsme")
    account = saved(actors.account_row(who))
    row = saved(
        WorkRelation(
            account_id=account.id,
            organisation_id=of.id,
            roles=" ".join(sorted(roles)),
            represents=represents,
            last_seen_at=clock.now(),
            **relation,
        )
    )
    acting = Actor(account.id, side, of.key, of.name, name, frozenset(roles), means="itsme")
    return Somebody(acting, account, row)


def manager(of: Organisation | None = None, name: str = "An Peeters") -> Somebody:
    """A beheerder of a contractor."""
    return somebody(of or contractor(), Role.EC_BEHEERDER, name=name)


def user(of: Organisation | None = None, name: str = "Karim El Amrani") -> Somebody:
    """A gebruiker of a contractor, without any group yet."""
    return somebody(of or contractor(), Role.EC_GEBRUIKER, name=name)


def official(of: Organisation | None = None, *roles: Role, name: str = "Dirk Lemmens") -> Somebody:
    """Somebody of an authority: with all three roles, unless said otherwise."""
    every = (Role.EC_AB_DOSSIERBEHEERDER, Role.EC_AB_BEHANDELAAR, Role.EC_AB_VRIJGEVER)
    return somebody(of or authority(), *(roles or every), name=name)


def public_contract(
    of: Organisation | None = None, by: Organisation | None = None, kinds: Iterable[str] = KINDS, **values: Any
) -> PublicContract:
    """A contract of an authority (``of``) with a contractor (``by``), visible since it was made; KB2024 by its date."""
    number = next(_serials)
    now = clock.now()
    published = values.get("published_on", date(2025, 3, 3))
    defaults: dict[str, Any] = {
        "number": f"MOW/2025/{number:04d}",
        "description": f"Herstelling van de weg N{number}",
        "authority_id": (of or authority()).id,
        "unit": "Afdeling Wegenbouw",
        "contractor_id": (by or contractor()).id,
        "type": ContractType.WORKS,
        "ground": Ground.SPECIFICATIONS,
        "ground_reference": f"Bestek 1M3D8J/{number:04d}",
        "published_on": published,
        "regime": regime_of(published),
        "order_number": f"450{number:07d}",
        "contact_name": "Secretariaat Wegenbouw",
        "contact_email": "wegenbouw@mow.example.be",
        "contact_phone": "02 553 00 00",
        "made_at": now,
        "visible_since": now,
        "announced_at": now,
    }
    contract = saved(PublicContract(**(defaults | values)))
    save(*(ContractKind(contract_id=contract.id, kind_code=code) for code in kinds))
    return contract


def group(
    of: Organisation | None = None,
    theme: str = PAYMENTS,
    level: Level = Level.SEND,
    *,
    members: Iterable[Somebody] = (),
    contracts: Iterable[PublicContract] = (),
    **values: Any,
) -> RightsGroup:
    """A group of an enterprise for a theme, with fixed members and links that hold from now on."""
    number = next(_serials)
    defaults: dict[str, Any] = {
        "organisation_id": (of or contractor()).id,
        "theme": theme,
        "name": f"{theme.capitalize()} {number}",
        "level": int(level),
    }
    row = saved(RightsGroup(**(defaults | values)))
    for one in members:
        member(row, one)
    for contract in contracts:
        link(row, contract)
    return row


def member(of: RightsGroup, who: Somebody, starts_at: datetime | None = None, **values: Any) -> GroupMember:
    """A fixed member of a group (C-041), from now on unless said otherwise."""
    return saved(GroupMember(group_id=of.id, relation_id=who.relation.id, starts_at=starts_at or clock.now(), **values))


def link(of: RightsGroup, contract: PublicContract, starts_at: datetime | None = None, **values: Any) -> GroupContract:
    """That a group works on a contract (C-044)."""
    return saved(GroupContract(group_id=of.id, contract_id=contract.id, starts_at=starts_at or clock.now(), **values))


def extra(of: GroupContract, who: Somebody, starts_at: datetime | None = None, **values: Any) -> GroupExtraMember:
    """A member of a group for one contract only (C-042)."""
    return saved(
        GroupExtraMember(link_id=of.id, relation_id=who.relation.id, starts_at=starts_at or clock.now(), **values)
    )


def settings(of: Organisation, **values: Any) -> PartySettings:
    """How an organisation uses the product, other than by default (``two_people=False``, ``mailbox=…``)."""
    return saved(PartySettings(organisation_id=of.id, **values))


def other_authority() -> Organisation:
    """An authority that has nothing to do with the first."""
    return authority(f"OVO{900_000 + next(_serials) % 10_000:06d}", "Agentschap Elders (test)")


def other_contractor(name: str = "Schilderwerken Nieuw BV") -> Organisation:
    """A contractor with a number of its own."""
    return contractor(numbers.enterprise_number(), name)


def sign_in(client: Any, who: Somebody) -> Any:
    """Sign a test client in as somebody, with the account that has the relation and the groups."""
    client.sign_in(who.actor, who.account)
    return client
