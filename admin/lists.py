"""What every list of the back office needs at the edge: its address with filters, its position, its dates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_babel import format_date, get_locale

from domain.calendars import BRUSSELS
from domain.errors import InvalidValue
from domain.identifiers import parse_national_number
from services.ecalcura.case_criteria import Criteria
from services.listing import LAST_PAGE, Page, Position


def position() -> Position:
    """Where in the list the address points; anything odd is the first page."""
    typed = request.args.get("pagina", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 1
    return Position(max(1, min(number, LAST_PAGE)), request.args.get("na"), request.args.get("voor"))


def list_words() -> dict[str, str]:
    """The list of dossiers a page was opened from, and the place in it, as words of an address."""
    words = Criteria.read(request.args).address()
    place = request.args.get("plaats", "")
    return words | {"plaats": place[:200]} if place else words


def typed(name: str) -> str:
    """A text of the address, without what no database takes."""
    return " ".join(request.args.get(name, "").replace("\0", " ").split())[:100]


def is_national_number(text: str) -> bool:
    """Whether somebody typed a national number, which must not stay in an address."""
    try:
        parse_national_number(text, issued_only=False)
    except InvalidValue:
        return False
    return True


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


@lru_cache(maxsize=4096)
def _formatted(day: date, locale: str) -> str:
    return format_date(day, "d MMMM yyyy")


def day_writer() -> Callable[[date | datetime | None], str]:
    """Writes ``16 november 2026`` in every cell of one page; an instant is shown as its Brussels day."""
    locale = str(get_locale())

    def write(value: date | datetime | None) -> str:
        if value is None:
            return ""
        if isinstance(value, datetime):
            value = value.astimezone(BRUSSELS).date()
        return _formatted(value, locale)

    return write


def day_text(value: date | datetime | None) -> str:
    """``16 november 2026``, for a single cell."""
    return day_writer()(value)
