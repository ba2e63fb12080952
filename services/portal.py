"""The start page: which themes an organisation has here, and what is open or due (E-011)."""

from __future__ import annotations

from dataclasses import dataclass

from domain.actor import Actor, Side
from domain.errors import N_
from domain.permissions import Permission


@dataclass(frozen=True, slots=True)
class Tile:
    """A theme on the start page: its name, what it is for, where it leads (an endpoint) and what is open."""

    title: str
    text: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class StartPage:
    """What the start page shows; ``without_role`` asks it to explain how to get a role (E-007)."""

    tiles: tuple[Tile, ...]
    without_role: bool


#: Each theme, the endpoint of its overview and the permission that shows it.
_THEMES = (
    (
        Tile(
            N_("eCalcura"),
            N_("Vrijstelling van arbeidsprestaties en eindeloopbaan: personeel, certificaten en kwartaalaangiften."),
            "ecalcura.overview",
        ),
        Permission.ECALCURA_READ,
    ),
    (
        Tile(N_("Beheer"), N_("Voorzieningen, personeel en dossiers behandelen of opzoeken."), "admin.index"),
        Permission.BACK_OFFICE,
    ),
)


def start_page(actor: Actor) -> StartPage:
    """The tiles the actor's roles open."""
    tiles = tuple(tile for tile, permission in _THEMES if actor.may(permission))
    return StartPage(tiles, without_role=actor.side is Side.FACILITY and not actor.roles)
