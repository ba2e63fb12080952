"""The shapes a parameter can have: how each is written as JSON and read back, strictly."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from domain.calendars import Quarter
from domain.ecalcura.personnel import CategoryRule

_DECIMAL = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,10})?")


@dataclass(frozen=True, slots=True)
class Kind:
    """A shape. ``read`` raises ValueError, TypeError or KeyError on anything it would not write itself."""

    name: str
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def plain(value: Decimal) -> str:
    """A decimal without exponent and needless zeros: ``74250``, ``7.6``."""
    return format((value + 0).normalize(), "f")


def _decimal(raw: Any) -> Decimal:
    if not isinstance(raw, str) or not _DECIMAL.fullmatch(raw) or plain(Decimal(raw)) != raw:
        raise ValueError(raw)
    return Decimal(raw)


def _exactly(kind: type[Any]) -> Callable[[Any], Any]:
    def read(raw: Any) -> Any:
        if type(raw) is not kind:
            raise TypeError(raw)
        return raw

    return read


def _day(raw: Any) -> date:
    day = date.fromisoformat(raw)
    if day.isoformat() != raw:
        raise ValueError(raw)
    return day


def _sorted_list(read: Callable[[Any], Any], into: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A list in order without doubles."""

    def read_all(raw: Any) -> Any:
        _exactly(list)(raw)
        found = [read(one) for one in raw]
        if raw != sorted(set(raw)):
            raise ValueError(raw)
        return into(found)

    return read_all


def _mapping(read: Callable[[Any], Any]) -> Callable[[Any], Mapping[str, Any]]:
    def read_all(raw: Any) -> Mapping[str, Any]:
        _exactly(dict)(raw)
        return MappingProxyType({key: read(value) for key, value in raw.items()})

    return read_all


def _category(raw: Any) -> CategoryRule:
    if _exactly(dict)(raw).keys() != {"age", "hours"}:
        raise ValueError(raw)
    whole = _exactly(int)
    return CategoryRule(whole(raw["age"]), whole(raw["hours"]))


def choice(kind: type[StrEnum]) -> Kind:
    """One of the values of an enum."""
    return Kind("choice", lambda value: value.value, lambda raw: kind(_exactly(str)(raw)))


def several(kind: type[StrEnum]) -> Kind:
    """Some values of an enum, kept in its own order."""

    def ordered(found: list[StrEnum]) -> tuple[StrEnum, ...]:
        return tuple(one for one in kind if one in found)

    return Kind("several", lambda value: sorted(one.value for one in value), _sorted_list(kind, ordered))


def _amounts_written(value: Mapping[str, Decimal]) -> dict[str, str]:
    return {key: plain(amount) for key, amount in value.items()}


def _as_is(value: Any) -> Any:
    return value


DAY = Kind("day", date.isoformat, _day)
WHOLE = Kind("whole", _as_is, _exactly(int))
DECIMAL = Kind("decimal", plain, _decimal)
EURO = Kind("euro", plain, _decimal)
FLAG = Kind("flag", _as_is, _exactly(bool))
TEXT = Kind("text", _as_is, _exactly(str))
LONG_TEXT = Kind("long_text", _as_is, _exactly(str))
QUARTER = Kind("quarter", str, lambda raw: Quarter.parse(_exactly(str)(raw)))
CODES = Kind("codes", sorted, _sorted_list(_exactly(str), frozenset))
HOURS = Kind("hours", sorted, _sorted_list(_exactly(int), frozenset))
AMOUNTS = Kind("amounts", _amounts_written, _mapping(_decimal))
COEFFICIENTS = Kind("coefficients", _amounts_written, _mapping(_decimal))
DAYS = Kind("days", lambda value: {key: day.isoformat() for key, day in value.items()}, _mapping(_day))
CATEGORIES = Kind(
    "categories",
    lambda value: {key: {"age": rule.age, "hours": rule.hours} for key, rule in value.items()},
    _mapping(_category),
)
