"""The Dutch texts of mail as they stand in the tables beside this file, and the same in another language."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from gettext import NullTranslations
from typing import Any

#: What is in a table and nobody reads.
_SETTINGS = frozenset({"reason", "at_once", "secret"})
#: A table of these two is one text that counts.
_PLURAL = frozenset({"one", "many"})


def read(text: str) -> dict[str, Any]:
    """A table; texts stand without the empty lines around them."""
    return _mapped(tomllib.loads(text), str.strip)


def texts(table: Mapping[str, Any]) -> Iterator[str | tuple[str, str]]:
    """Every text of a table that somebody reads: what catalogues are made of. A pair is one for 1, and one for more."""
    if set(table) == _PLURAL:
        yield table["one"], table["many"]
        return
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from texts(value)
        elif isinstance(value, str) and name not in _SETTINGS:
            yield value


def translated(table: Mapping[str, Any], catalogue: NullTranslations) -> dict[str, Any]:
    """The same table in the language of a catalogue; a text that is not in it stays Dutch.

    Not for pairs: which form is said depends on the number.
    """
    return _mapped(table, catalogue.gettext)


def _mapped(table: Mapping[str, Any], act: Callable[[str], str]) -> dict[str, Any]:
    """The table with something done to each text, deep down."""
    return {name: _one(name, value, act) for name, value in table.items()}


def _one(name: str, value: Any, act: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        return _mapped(value, act)
    return act(value) if isinstance(value, str) and name not in _SETTINGS else value
