"""Numbers as spreadsheets write them: decimal comma or point, signs of thousands, minus before, after or in brackets.

``1.234`` can be two numbers. The whole table decides which sign is the decimal one; where it does not tell, the Dutch
way of writing counts and the reading is marked as uncertain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class DecimalSign(StrEnum):
    """Which sign a table writes before its decimals."""

    COMMA = ","
    POINT = "."
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A number that was read; ``uncertain``: it could have been another one."""

    value: Decimal
    uncertain: bool = False


MAX_LENGTH = 40
_SPACES = str.maketrans("", "", " \u00a0\u2009\u202f'’`")
_PLAIN = re.compile(r"\d{1,18}")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3}){2,}|[1-9]\d{0,2}(?:,\d{3}){2,}")
_COMMA = re.compile(r"(?:\d{1,18}|[1-9]\d{0,2}(?:\.\d{3})+),\d+|\d{1,18},\d+")
_POINT = re.compile(r"(?:\d{1,18}|[1-9]\d{0,2}(?:,\d{3})+)\.\d+|\d{1,18}\.\d+")
_EITHER = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")


def sign_of(texts: Iterable[str]) -> DecimalSign:
    """The decimal sign of a table, from the numbers that can be read in one way only; UNKNOWN when they disagree."""
    seen: set[DecimalSign] = set()
    for text in texts:
        body = _body(text)
        if body is None or _EITHER.fullmatch(body[0]):
            continue
        number = body[0]
        if _GROUPED.fullmatch(number):
            seen.add(DecimalSign.COMMA if "." in number else DecimalSign.POINT)
        elif _COMMA.fullmatch(number):
            seen.add(DecimalSign.COMMA)
        elif _POINT.fullmatch(number):
            seen.add(DecimalSign.POINT)
    return seen.pop() if len(seen) == 1 else DecimalSign.UNKNOWN


def read_number(text: str, sign: DecimalSign = DecimalSign.UNKNOWN) -> Reading | None:
    """The number a text holds, exactly as written; None when it holds none."""
    body = _body(text)
    if body is None:
        return None
    number, minus = body
    uncertain = False
    if _PLAIN.fullmatch(number):
        plain = number
    elif _GROUPED.fullmatch(number):
        plain = re.sub(r"[.,]", "", number)
    elif _EITHER.fullmatch(number):
        decimal = sign if sign is not DecimalSign.UNKNOWN else DecimalSign.COMMA
        uncertain = sign is DecimalSign.UNKNOWN
        plain = number.replace(",", ".") if decimal in number else re.sub(r"[.,]", "", number)
    elif _COMMA.fullmatch(number):
        plain = number.replace(".", "").replace(",", ".")
    elif _POINT.fullmatch(number):
        plain = number.replace(",", "")
    else:
        return None
    value = Decimal(plain)
    return Reading(-value if minus and value else value, uncertain)


def _body(text: str) -> tuple[str, bool] | None:
    """A text without spaces, euro sign and minus; and whether there was a minus. None when it cannot be a number."""
    if len(text) > MAX_LENGTH:
        return None
    rest = text.translate(_SPACES).replace("\N{MINUS SIGN}", "-").replace("€", "")
    rest = rest.removesuffix("EUR").removeprefix("EUR")
    brackets = rest.startswith("(") and rest.endswith(")")
    if brackets:
        rest = rest[1:-1]
    before, after = rest.startswith("-"), rest.endswith("-")
    if brackets + before + after > 1:
        return None
    rest = rest.removeprefix("-") if before else rest.removesuffix("-")
    if not rest.isascii() or not rest[:1].isdigit():
        return None
    return rest, bool(brackets or before or after)
