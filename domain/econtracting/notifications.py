"""Which address hears of what (part 8): desired addresses of a company, never those of its people (C-054, C-061).

Mail is information only: nothing in here has an effect on a moment or a term (A-41).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from domain.errors import N_, Finding, Severity


class NotificationEvent(StrEnum):
    """What a mail can be about."""

    NEW_CONTRACT = "NIEUWE_OPDRACHT"
    NEW_DOCUMENT = "NIEUW_DOSSIERSTUK"
    NEW_MESSAGE = "NIEUW_BERICHT"
    ACTION_REOPENED = "ACTIE_HEROPEND"
    FROM_CONTRACTOR = "VAN_OPDRACHTNEMER"


EVENT_LABELS: dict[NotificationEvent, str] = {
    NotificationEvent.NEW_CONTRACT: N_("Nieuwe opdracht"),
    NotificationEvent.NEW_DOCUMENT: N_("Nieuw dossierstuk van de aanbesteder"),
    NotificationEvent.NEW_MESSAGE: N_("Nieuw bericht van de aanbesteder"),
    NotificationEvent.ACTION_REOPENED: N_("Actie heropend"),
    NotificationEvent.FROM_CONTRACTOR: N_("Nieuw stuk of bericht van de opdrachtnemer"),
}

#: What an address of a contractor can follow, in the order of the form, and what is on at first (8.1):
#: only what is really sent is offered.
CHOICES: tuple[NotificationEvent, ...] = (
    NotificationEvent.NEW_CONTRACT,
    NotificationEvent.NEW_DOCUMENT,
    NotificationEvent.NEW_MESSAGE,
    NotificationEvent.ACTION_REOPENED,
)
DEFAULTS: frozenset[NotificationEvent] = frozenset(CHOICES)

#: Told to the company as a whole, even when the contract has addresses of its own.
COMPANY_WIDE = frozenset({NotificationEvent.NEW_CONTRACT})


@dataclass(frozen=True, slots=True)
class Address:
    """A desired address. Without ``contract`` it is for all contracts, without ``theme`` for all themes.

    ``usable``: confirmed, not removed, and mail to it does not come back.
    """

    email: str
    events: frozenset[NotificationEvent]
    contract: str | None = None
    theme: str | None = None
    language: str = "nl"
    usable: bool = True


def recipients(
    addresses: Iterable[Address], event: NotificationEvent, contract: str, theme: str | None = None
) -> list[Address]:
    """Who gets one mail about an event: the addresses of the contract if any, else those of the company (A-40).

    An address with a theme follows that theme only. When two rows hold one address, however it is written, the nearest
    to the contract counts: its preferences decide. An address that cannot be used is as if it were not there, so that a
    contract whose only address bounces is not without word.
    """
    usable = [one for one in addresses if one.usable and (one.theme is None or one.theme == theme)]
    own = [] if event in COMPANY_WIDE else [one for one in usable if one.contract == contract]
    chosen = own or [one for one in usable if one.contract is None]
    nearest: dict[str, Address] = {}
    for one in sorted(chosen, key=lambda address: address.theme is None):
        nearest.setdefault(one.email.casefold(), one)
    return [one for one in nearest.values() if event in one.events]


BAD_ADDRESS = N_("Vul een e-mailadres in zoals naam@voorbeeld.be.")
NO_EVENTS = N_("Kies minstens één gebeurtenis. Wilt u geen meldingen meer, verwijder dan het adres.")
KNOWN = N_("Dit adres staat hier al in de lijst.")
COMPANY_ONLY = N_("'{event}' kan enkel bij een adres van de hele onderneming.")


def check_address(new: Address, others: Iterable[Address]) -> list[Finding]:
    """What is wrong with an address that is added or changed, beside the others of the company."""
    found: list[Finding] = []

    def wrong(field: str, message: str, **params: str) -> None:
        found.append(Finding("A-40", Severity.BLOCKS, message, field, params=params))

    if not new.events:
        wrong("events", NO_EVENTS)
    if new.contract is not None:
        for event in sorted(new.events & COMPANY_WIDE):
            wrong("events", COMPANY_ONLY, event=EVENT_LABELS[event])
    place = (new.email.casefold(), new.contract, new.theme)
    if any((one.email.casefold(), one.contract, one.theme) == place for one in others):
        wrong("email", KNOWN)
    return found
