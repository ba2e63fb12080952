"""What happened to the bank accounts of a facility: who added, changed or removed which one, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from domain.actor import Actor
from domain.errors import N_
from domain.organisation import AccountFacts
from domain.permissions import Permission
from models.base import db
from models.organisation import BankAccount
from services import access
from services.organisations.bank_reading import facts, funding_names, in_words


class BankAct(StrEnum):
    """What somebody did."""

    ADDED = "ADDED"
    CHANGED = "CHANGED"
    REMOVED = "REMOVED"


BANK_ACT_LABELS: dict[BankAct, str] = {
    BankAct.ADDED: N_("Toegevoegd"),
    BankAct.CHANGED: N_("Gewijzigd"),
    BankAct.REMOVED: N_("Verwijderd"),
}


@dataclass(frozen=True, slots=True)
class BankEvent:
    """One line of the history. ``changes`` are label, before and after of what differs, for a change only."""

    at: datetime
    who: str
    act: BankAct
    iban: str
    changes: tuple[tuple[str, str, str], ...] = ()


def bank_history(actor: Actor) -> list[BankEvent]:
    """Every change of the accounts of the actor's facility, newest first. Needs the financial role (E-009)."""
    access.require(actor, Permission.BANK_READ)
    rows = list(
        db.session.scalars(
            select(BankAccount).where(BankAccount.facility_id == access.own_facility_id(actor)).order_by(BankAccount.id)
        )
    )
    names = funding_names()
    before = {row.replaced_by_id: row for row in rows if row.replaced_by_id is not None}
    made: list[BankEvent] = []
    removed: list[BankEvent] = []
    for row in rows:
        earlier = before.get(row.id)
        if earlier is None:
            made.append(BankEvent(row.valid_from, row.made_by, BankAct.ADDED, row.iban))
        else:
            changes = _changes(facts(earlier), facts(row), names)
            made.append(BankEvent(row.valid_from, row.made_by, BankAct.CHANGED, row.iban, changes))
        if row.valid_to is not None and row.replaced_by_id is None:
            removed.append(BankEvent(row.valid_to, row.ended_by or "", BankAct.REMOVED, row.iban))
    # what happened in one instant stays in its order: rows are made in the order of their keys
    return sorted([*reversed(removed), *reversed(made)], key=lambda event: event.at, reverse=True)


def _changes(old: AccountFacts, new: AccountFacts, names: dict[str, str]) -> tuple[tuple[str, str, str], ...]:
    before, after = in_words(old, names), in_words(new, names)
    return tuple(
        (label, before[label] or N_("geen"), after[label] or N_("geen"))
        for label in before
        if before[label] != after[label]
    )
