"""Values as people read them in a mail: on one line, of a reasonable length, without anything that acts."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from babel.dates import format_date

from domain.calendars import BRUSSELS
from services.mail_texts import layout

LONGEST = 300
"""Characters of one value; what is longer is cut with an ellipsis."""


def shown(value: Any, language: str) -> str:
    """A value as it stands in a text: a period, words (a list), a day, a moment, or the text itself on one line."""
    words = layout.words(language)["values"]
    if value is None:
        return str(words["none"])
    if isinstance(value, list):
        return ", ".join(words["words"].get(one, one) for one in value)
    if isinstance(value, Mapping):
        return _period(value, words, language)
    text = clean(str(value))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is None:
        return _day(moment.date(), language) if len(text) == len("2026-11-16") else text
    return _moment(moment, words, language)


def clean(text: str, longest: int = LONGEST) -> str:
    """On one line and of at most ``longest`` characters, without control characters, marks of direction and halves."""
    line = " ".join("".join(" " if one.isspace() else one for one in text if _prints(one)).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _prints(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Cn", "Co"}


def _period(value: Mapping[str, Any], words: Mapping[str, str], language: str) -> str:
    start, last = _day(date.fromisoformat(value["start"]), language), value.get("end")
    if last:
        return words["period"].format(start=start, end=_day(date.fromisoformat(last), language))
    return words["open"].format(start=start)


def _moment(instant: datetime, words: Mapping[str, str], language: str) -> str:
    local = instant.astimezone(BRUSSELS)
    return words["moment"].format(day=_day(local.date(), language), time=f"{local:%H:%M:%S}")


def _day(day: date, language: str) -> str:
    return str(format_date(day, "d MMMM y", locale=language))
