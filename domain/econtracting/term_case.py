"""A term or interest case as JSON and its answer, read strictly (L-04, L-20 to L-25)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from domain.econtracting.interest import Rate, interest
from domain.econtracting.terms import Regime, Term, TermKind, payment_term, term
from domain.errors import N_, InvalidValue

WRONG = N_("{name}: {value} is hier geen geldige waarde.")
MISSING = N_("{name} ontbreekt.")
UNKNOWN = N_("{name} is niet gekend.")
_DECIMAL = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,2})?")
_YEARS = range(1950, 2200)
Kind = TypeVar("Kind", bound=StrEnum)
_COMMON = {"kind", "regime", "days", "roll"}


def answer(raw: Any, rates: Mapping[str, Rate]) -> dict[str, Any]:
    """The answer to a case, with the known rates per half-year; raises InvalidValue naming what is wrong."""
    if not isinstance(raw, Mapping):
        raise InvalidValue(WRONG, name="case", value=repr(raw)[:60])
    if raw.get("kind") == "INTEREST":
        return _interest(raw, rates)
    kind, regime = _enum(raw, "kind", TermKind), _enum(raw, "regime", Regime)
    days, roll = _days(raw), _flag(raw)
    if kind is TermKind.PAYMENT and regime is Regime.KB2013:
        _only(raw, _COMMON | {"verification_start", "review_at"})
        begun, reviewed = _instant(raw, "verification_start"), _instant(raw, "review_at")
        return _printed(payment_term(begun, reviewed, days=days, roll=roll))
    _only(raw, _COMMON | {"start"})
    return _printed(term(kind, regime, _instant(raw, "start"), days=days, roll=roll))


def _printed(found: Term) -> dict[str, Any]:
    return {
        "start_date": found.start_date.isoformat(),
        "nominal_end": found.nominal_end.isoformat(),
        "effective_end": found.effective_end.isoformat(),
        "trace": [step.plain for step in found.steps],
    }


def _interest(raw: Mapping[str, Any], rates: Mapping[str, Rate]) -> dict[str, Any]:
    _only(raw, {"kind", "principal", "due", "paid"})
    principal = _take(raw, "principal")
    if not isinstance(principal, str) or not _DECIMAL.fullmatch(principal):
        raise InvalidValue(WRONG, name="principal", value=repr(principal)[:60])
    found = interest(Decimal(principal), _day(raw, "due"), _day(raw, "paid"), rates)
    return {
        "days": found.days,
        "interest": str(found.interest),
        "flat": str(found.flat),
        "segments": [
            {
                "half_year": segment.half_year,
                "days": segment.days,
                "rate": str(segment.rate.percent),
                "derived": segment.rate.derived,
            }
            for segment in found.segments
        ],
    }


def _only(raw: Mapping[str, Any], names: set[str]) -> None:
    for name in raw:
        if name not in names:
            raise InvalidValue(UNKNOWN, name=name)


def _take(raw: Mapping[str, Any], name: str) -> Any:
    if raw.get(name) is None:
        raise InvalidValue(MISSING, name=name)
    return raw[name]


def _enum(raw: Mapping[str, Any], name: str, kind: type[Kind]) -> Kind:
    value = _take(raw, name)
    try:
        return kind(value)
    except ValueError:
        raise InvalidValue(WRONG, name=name, value=repr(value)[:60]) from None


def _days(raw: Mapping[str, Any]) -> int | None:
    value = raw.get("days")
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise InvalidValue(WRONG, name="days", value=repr(value)[:60])
    return value


def _flag(raw: Mapping[str, Any]) -> bool | None:
    value = raw.get("roll")
    if value is not None and not isinstance(value, bool):
        raise InvalidValue(WRONG, name="roll", value=repr(value)[:60])
    return value


def _instant(raw: Mapping[str, Any], name: str) -> datetime:
    value = _take(raw, name)
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise InvalidValue(WRONG, name=name, value=repr(value)[:60]) from None
    if found.tzinfo is None or found.year not in _YEARS:
        raise InvalidValue(WRONG, name=name, value=repr(value)[:60])
    return found


def _day(raw: Mapping[str, Any], name: str) -> date:
    value = _take(raw, name)
    try:
        found = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise InvalidValue(WRONG, name=name, value=repr(value)[:60]) from None
    if found.year not in _YEARS:
        raise InvalidValue(WRONG, name=name, value=value)
    return found
