"""Reads a printed formula back as a clerk with a calculator would, without the code that printed it."""

from __future__ import annotations

import re
from fractions import Fraction

_TOKEN = re.compile(r"\s*(?:(?P<number>\d[\d.]*(?:,\d+)?)|(?P<sign>min\(|[()+×/;]))")


def amount(text: str) -> Fraction:
    """``€ 2.705,24`` as a number."""
    return Fraction(text.removeprefix("€ ").removesuffix("…").replace(".", "").replace(",", "."))


def worth(text: str) -> Fraction:
    """The left side of a formula, exactly; raises ValueError when it cannot be read to the end."""
    tokens = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ValueError(text[place:])
        tokens.append(match["number"] or match["sign"])
        place = match.end()
    value = _sum(tokens)
    if tokens:
        raise ValueError(tokens)
    return value


def _sum(tokens: list[str]) -> Fraction:
    value = _product(tokens)
    while tokens and tokens[0] == "+":
        tokens.pop(0)
        value += _product(tokens)
    return value


def _product(tokens: list[str]) -> Fraction:
    value = _single(tokens)
    while tokens and tokens[0] in "×/":
        if tokens.pop(0) == "×":
            value *= _single(tokens)
        else:
            value /= _single(tokens)
    return value


def _single(tokens: list[str]) -> Fraction:
    token = tokens.pop(0)
    if token == "(":
        value = _sum(tokens)
        assert tokens.pop(0) == ")"
        return value
    if token == "min(":
        first = _sum(tokens)
        assert tokens.pop(0) == ";"
        second = _sum(tokens)
        assert tokens.pop(0) == ")"
        return min(first, second)
    return amount(token)


def half_up(value: Fraction, digits: int) -> Fraction:
    """Rounded from a half upwards, for values of 0 and more."""
    scale = 10**digits
    return Fraction(int(value * scale + Fraction(1, 2)), scale)


def check(line: str) -> None:
    """The outcome of ``left = exact… → outcome`` or ``left = outcome`` is what the left side gives."""
    left, _, rest = line.partition(" = ")
    value = worth(left)
    exact, arrow, outcome = rest.rpartition(" → ")
    if not arrow and outcome.endswith("…"):
        exact, outcome = outcome, ""
    if exact:
        digits = len(exact.removesuffix("…").partition(",")[2])
        cut = Fraction(int(value * 10**digits), 10**digits)
        assert amount(exact) == cut, line
        assert exact.endswith("…") == (cut != value), line
    if outcome:
        digits = len(outcome.partition(",")[2])
        assert amount(outcome) == half_up(value, digits), line
        assert bool(exact) == (amount(outcome) != value), line
