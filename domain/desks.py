"""Desks of the department: what one may hold, and on which desk a new thread of a facility comes to lie."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from domain.errors import N_, Finding, Severity
from domain.organisation import SECTOR_LABELS, is_email

MAX_NAME = 120

NO_NAME = N_("Vul een naam in, bijvoorbeeld Bureau PVT.")
LONG_NAME = N_("Hou de naam korter dan {max} tekens.")
ONE_LINE = N_("Zet de naam op één regel.")
NAME_TAKEN = N_("Er bestaat al een bureau met deze naam. Kies een andere naam.")
WRONG_MAILBOX = N_("Vul één geldig e-mailadres in, of laat dit leeg: dan gaat de mail naar de mailbox van de dienst.")
UNKNOWN_SECTOR = N_("Kies enkel sectoren van de lijst.")
UNKNOWN_MEMBER = N_("Kies enkel dossierbeheerders van de lijst.")
NOT_IN_USE = N_("Dit bureau is niet meer in gebruik. Kies een ander.")


@dataclass(frozen=True, slots=True)
class DeskContent:
    """What a desk is: its name, the mailbox of its alert mails (empty: the department's), the sectors whose new threads
    come here, the accounts that sit at it, and whether new threads come at all.
    """

    name: str
    mailbox: str = ""
    sectors: Sequence[str] = ()
    members: Sequence[int] = field(default=())
    active: bool = True


class Choosable(Protocol):
    """A desk as far as choosing goes; ``sectors`` joined by spaces."""

    name: str
    sectors: str
    active: bool


Desk = TypeVar("Desk", bound=Choosable)


def check(content: DeskContent) -> list[Finding]:
    """What is wrong with a desk as it was typed."""
    found, name = [], content.name.strip()
    if not name:
        found.append(_wrong("name", NO_NAME))
    elif len(name) > MAX_NAME:
        found.append(_wrong("name", LONG_NAME, max=MAX_NAME))
    elif len(name.splitlines()) > 1:
        found.append(_wrong("name", ONE_LINE))
    if content.mailbox.strip() and not is_email(content.mailbox.strip()):
        found.append(_wrong("mailbox", WRONG_MAILBOX))
    if set(content.sectors) - SECTOR_LABELS.keys():
        found.append(_wrong("sectors", UNKNOWN_SECTOR))
    return found


def choose(desks: Iterable[Desk], sector: str) -> Desk | None:
    """The desk a new thread of a facility of a sector comes to: the first by name that serves the sector.

    None when no active desk does: then it is everybody's.
    """
    serving = [desk for desk in desks if desk.active and sector in desk.sectors.split()]
    return min(serving, key=lambda desk: (desk.name.casefold(), desk.name), default=None)


def _wrong(field_name: str, message: str, **params: object) -> Finding:
    return Finding("A-38", Severity.BLOCKS, message, field_name, params=params)
