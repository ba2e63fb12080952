"""What every list of the back office needs at the edge: its dates, and the list of dossiers a page came from.

Address and position are those of every list (blueprints.lists).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache

from flask import request
from flask_babel import format_date, get_locale

from blueprints.lists import Address as Address
from blueprints.lists import position as position
from blueprints.lists import typed as typed
from domain.calendars import BRUSSELS
from domain.errors import InvalidValue
from domain.identifiers import parse_national_number
from services.ecalcura.case_criteria import Criteria


def list_words() -> dict[str, str]:
    """The list of dossiers a page was opened from, and the place in it, as words of an address."""
    words = Criteria.read(request.args).address()
    place = request.args.get("plaats", "")
    return words | {"plaats": place[:200]} if place else words


def is_national_number(text: str) -> bool:
    """Whether somebody typed a national number, which must not stay in an address."""
    try:
        parse_national_number(text, issued_only=False)
    except InvalidValue:
        return False
    return True


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
