"""Who acts in the contracts of the demonstration, with their accounts and how they work for their organisation."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from domain.actor import Actor, Side
from domain.permissions import Role
from models.base import db
from models.contract_rights import WorkRelation
from models.gate import writing
from models.identity import Account
from models.organisation import Organisation

_FOLDER = Path(__file__).parent


def described() -> dict[str, Any]:
    """People, groups and addresses as the file describes them."""
    with (_FOLDER / "people.toml").open("rb") as file:
        return tomllib.load(file)


def assemble(since: datetime) -> dict[str, Actor]:
    """Make the accounts and the work relations; gives the actors by the name the file gives them."""
    organisations = {row.key: row for row in db.session.scalars(select(Organisation))}
    with writing("demo.contracting"):
        return {
            entry["name"]: _actor(entry, organisations[entry["organisation"]], since) for entry in described()["person"]
        }


def relation_of(actor: Actor) -> WorkRelation:
    """How somebody of the demonstration works for the organisation."""
    return db.session.scalars(select(WorkRelation).where(WorkRelation.account_id == actor.account_id)).one()


def _actor(entry: dict[str, Any], organisation: Organisation, since: datetime) -> Actor:
    account = Account(
        idp="acm",
        account_key=entry.get("account_key", f"demo-{entry['name']}"),
        given_name=entry["given_name"],
        family_name=entry["family_name"],
        first_seen_at=since,
        last_seen_at=since,
    )
    db.session.add(account)
    db.session.flush()
    roles = frozenset(Role(role) for role in entry["roles"])
    if organisation.side == Side.CONTRACTOR:
        db.session.add(
            WorkRelation(
                account_id=account.id,
                organisation_id=organisation.id,
                roles=" ".join(sorted(roles)),
                represents=entry.get("represents", False),
                last_seen_at=since,
            )
        )
        db.session.flush()
    acting = roles | ({Role.EC_BEHEERDER} if entry.get("represents") else frozenset())
    return Actor(
        account_id=account.id,
        side=Side(organisation.side),
        organisation_key=organisation.key,
        organisation_name=organisation.name,
        name=f"{entry['given_name']} {entry['family_name']}",
        roles=acting,
        means="itsme",
    )
