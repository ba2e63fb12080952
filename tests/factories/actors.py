"""Who acts: actors for services, and the account rows behind them."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from domain.actor import Actor, Side
from domain.permissions import Role
from models.identity import Account
from models.organisation import Facility
from services import clock
from tests.factories.database import saved

_keys = count(1)

_ORGANISATIONS: dict[Side, tuple[str, str]] = {
    Side.DEPARTMENT: ("OVO009901", "Departement Zorg"),
    Side.HELPDESK: ("OVO009903", "Helpdesk e-loket"),
    Side.AUTHORITY: ("OVO009902", "Agentschap Wegen"),
    Side.CONTRACTOR: ("0999000129", "Wegenbouw Voorbeeld NV"),
}


def _side(roles: frozenset[Role], facility: Facility | None) -> Side:
    if facility is not None or roles & {Role.EL_PRIVACY, Role.EL_FINANCIEEL}:
        return Side.FACILITY
    if Role.EL_DOSSIERBEHEERDER in roles:
        return Side.DEPARTMENT
    if roles & {Role.EC_AB_DOSSIERBEHEERDER, Role.EC_AB_BEHANDELAAR, Role.EC_AB_VRIJGEVER}:
        return Side.AUTHORITY
    if roles & {Role.EC_BEHEERDER, Role.EC_GEBRUIKER}:
        return Side.CONTRACTOR
    return Side.HELPDESK


def actor(
    *roles: Role | str, facility: Facility | None = None, account_id: int | None = 900_001, name: str = "Sam Voorbeeld"
) -> Actor:
    """Somebody with roles; the side follows from them. Roles of a facility need ``facility``.

    No account has the ``account_id``, and none gets it by counting: who needs a row is made ``known``.
    """
    held = frozenset(Role(role) for role in roles)
    side = _side(held, facility)
    if side is Side.FACILITY:
        assert facility is not None, "a role of a facility needs facility="
        key, organisation = facility.hco_number, facility.name
    else:
        key, organisation = _ORGANISATIONS[side]
    return Actor(account_id, side, key, organisation, name, held, facility.id if facility else None, "itsme")


def facility_user(facility: Facility, *roles: Role | str, name: str = "Sofie Maes") -> Actor:
    """Somebody of a facility: with both roles, unless said otherwise."""
    return actor(*(roles or (Role.EL_PRIVACY, Role.EL_FINANCIEEL)), facility=facility, name=name)


def case_manager(name: str = "Els De Smet") -> Actor:
    """A case manager of the department (dossierbeheerder)."""
    return actor(Role.EL_DOSSIERBEHEERDER, name=name, account_id=900_002)


def helpdesk(name: str = "Hilde Claes") -> Actor:
    """Somebody of the helpdesk."""
    return actor(Role.EL_HELPDESK, name=name, account_id=900_003)


def known(who: Actor) -> Actor:
    """The same person, with an account row of its own."""
    return replace(who, account_id=saved(account_row(who)).id)


def account_row(who: Actor) -> Account:
    """The account behind an actor; not saved yet."""
    given, _, family = who.name.partition(" ")
    idp = "ehealth" if who.side is Side.FACILITY else "acm"
    moment = clock.now()
    return Account(
        idp=idp,
        account_key=f"test-{next(_keys)}",
        given_name=given,
        family_name=family,
        first_seen_at=moment,
        last_seen_at=moment,
    )
