"""What every list needs at the edge, in both doors: its address with filters and its position."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import request

from services.listing import LAST_PAGE, Page, Position


def position() -> Position:
    """Where in the list the address points; anything odd is the first page."""
    typed = request.args.get("pagina", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 1
    return Position(max(1, min(number, LAST_PAGE)), request.args.get("na"), request.args.get("voor"))


def typed(name: str) -> str:
    """A text of the address, without what no database takes."""
    return " ".join(request.args.get(name, "").replace("\0", " ").split())[:100]


class Address:
    """The address of a list: the path once, and the words that make it this list."""

    def __init__(self, path: str, words: Mapping[str, str]) -> None:
        self.path = path
        self.words = dict(words)

    def plus(self, **changes: Any) -> str:
        """The address with other words; an empty word is left out."""
        words = {name: str(value) for name, value in (self.words | changes).items() if value not in (None, "")}
        return f"{self.path}?{urlencode(words)}" if words else self.path

    def without(self, *names: str) -> str:
        """The address without some words."""
        return self.plus(**dict.fromkeys(names, ""))

    @property
    def query(self) -> str:
        """The words alone, to carry a list along to a record."""
        return urlencode(self.words)

    def sort(self, key: str, current: str, *, first_descending: bool = False) -> str:
        """The address that sorts by a column, or turns its order round."""
        if current == key:
            return self.plus(sorteer=f"-{key}")
        if current == f"-{key}":
            return self.plus(sorteer=key)
        return self.plus(sorteer=f"-{key}" if first_descending else key)

    def previous_page(self, page: Page[Any]) -> str | None:
        """The page before, by the first row shown; None on the first page."""
        if page.number <= 1:
            return None
        if page.number == 2 or page.first_cursor is None:
            return self.plus(pagina="" if page.number == 2 else page.number - 1)
        return self.plus(pagina=page.number - 1, voor=page.first_cursor)

    def next_page(self, page: Page[Any]) -> str | None:
        """The page after, by the last row shown; None on the last page."""
        return self.plus(pagina=page.number + 1, na=page.last_cursor) if page.more else None
