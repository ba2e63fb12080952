"""Narrowing a list of threads to a contract and a theme, the same in both doors (services.messaging.narrowing)."""

from __future__ import annotations

from flask_babel import gettext

from blueprints.lists import Address
from services.messaging.narrowing import About


def about_words(about: About) -> dict[str, str]:
    """The words of an address that ask it again; nothing that asks nothing."""
    words = {"opdracht": about.typed, "thema": about.theme.code if about.theme else ""}
    return {name: value for name, value in words.items() if value}


def about_chips(about: About, address: Address) -> list[tuple[str, str]]:
    """Label and address without it: a contract by its number, or what was typed of it."""
    chips = []
    if about.typed:
        number = about.contract.number if about.contract else about.typed
        chips.append((gettext("Opdracht: %(number)s", number=number), address.without("opdracht")))
    if about.theme:
        chips.append((about.theme.name, address.without("thema")))
    return chips
