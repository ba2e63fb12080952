"""What a beheerder should know without asking: contracts on which nobody works (A-19)."""

from __future__ import annotations

from domain.actor import Actor
from domain.econtracting.kinds import Theme
from services.econtracting import kinds
from services.econtracting.rights import contract_lists, guard
from services.econtracting.rights.contract_lists import Filter, Found
from services.listing import Position


def without_group(actor: Actor) -> int:
    """How many active contracts of the actor's enterprise no group with a member works on; one statement more."""
    return contract_lists.count(guard.managing(actor), Filter(without_group=True))


def contracts_without_group(actor: Actor, words: str, position: Position) -> Found:
    """A page of them."""
    return contract_lists.find(guard.managing(actor), Filter(words=words, without_group=True), position)


def themes() -> list[Theme]:
    """The themes groups are made for."""
    return kinds.themes()
