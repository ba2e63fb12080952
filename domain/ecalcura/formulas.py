"""Formulas with their numbers filled in, as a clerk would type them into a calculator.

A `Term` is a text and the exact value it stands for, built side by side, so that what is printed is what was computed.
``74.250,00 × 6/38 × 0,923 × 3,000/12 = 2.705,24013… → € 2.705,24``
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction

_SHOWN = 5
"""Digits shown of an exact value before it is rounded."""


class _Binding(IntEnum):
    """How tightly the parts of a text hold together; a looser part inside a tighter one gets brackets."""

    SUM = 0
    PRODUCT = 1
    SINGLE = 2


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a formula: how it is printed and what it is worth, exactly."""

    text: str
    value: Fraction
    binding: _Binding = _Binding.SINGLE

    def within(self, binding: _Binding) -> str:
        """The text, in brackets when it would fall apart."""
        return self.text if self.binding >= binding else f"({self.text})"


@dataclass(frozen=True, slots=True)
class Formula:
    """``text``: left side, exact value where it is rounded, and the outcome, all as printed."""

    left: str
    exact: str
    outcome: str

    @property
    def text(self) -> str:
        """The whole line."""
        if not self.exact:
            return f"{self.left} = {self.outcome}"
        return f"{self.left} = {self.exact} → {self.outcome}"


def figure(value: Decimal | int, digits: int | None = None) -> str:
    """``74.250,00``: a point per thousand and a decimal comma; without ``digits`` the digits the value has."""
    text = (
        f"{value:,.{digits}f}" if digits is not None else f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    )
    return text.translate(str.maketrans(",.", ".,"))


def plain(value: Decimal | int) -> str:
    """The same without needless zeros: ``38`` and ``7,6``."""
    text = figure(value if isinstance(value, Decimal) else Decimal(value))
    return text.rstrip("0").rstrip(",") if "," in text else text


def number(value: Decimal | int, digits: int | None = None) -> Term:
    """A number as it stands in the calculation."""
    return Term(figure(value, digits), Fraction(value))


def cents(value: Decimal) -> Term:
    """An amount in euro, or paid hours: two digits, more only when the value has them."""
    exponent = value.as_tuple().exponent
    return number(value, max(2, -exponent if isinstance(exponent, int) else 0))


def short(value: Decimal | int) -> Term:
    """A number without needless zeros: hours of a week, days."""
    return Term(plain(value), Fraction(value))


def product(*factors: Term) -> Term:
    """``6 × 0,923``."""
    value = Fraction(1)
    for factor in factors:
        value *= factor.value
    return Term(" × ".join(one.within(_Binding.PRODUCT) for one in factors), value, _Binding.PRODUCT)


def quotient(above: Term, below: Term) -> Term:
    """``6/38``."""
    text = f"{above.within(_Binding.PRODUCT)}/{below.within(_Binding.SINGLE)}"
    return Term(text, above.value / below.value, _Binding.PRODUCT)


def added(terms: Iterable[Term]) -> Term:
    """``29/29 + 31/31``; one term stays as it is."""
    parts = list(terms)
    if len(parts) == 1:
        return parts[0]
    return Term(
        " + ".join(one.within(_Binding.PRODUCT) for one in parts),
        sum((one.value for one in parts), Fraction(0)),
        _Binding.SUM,
    )


def at_most(limit: Decimal | int, term: Term) -> Term:
    """``min(1; 520,00/494,0)``."""
    return Term(f"min({plain(limit)}; {term.text})", min(Fraction(limit), term.value))


def formula(term: Term, outcome: Decimal, *, sign: str = "") -> Formula:
    """The line of a term and the value it was rounded to; ``sign`` stands before the outcome (``€ ``)."""
    exact = "" if term.value == Fraction(outcome) else _exact(term.value)
    return Formula(term.text, exact, sign + figure(outcome))


def unrounded(term: Term) -> Formula:
    """The line of a value that is never rounded: only its first digits are shown."""
    return Formula(term.text, "", _exact(term.value))


def _exact(value: Fraction) -> str:
    """Five digits, cut off, with ``…`` when there are more."""
    scale = 10**_SHOWN
    cut = int(value * scale)
    text = figure(Decimal(cut).scaleb(-_SHOWN), _SHOWN)
    if Fraction(cut, scale) != value:
        return text + "…"
    return text.rstrip("0").rstrip(",")


def weighted(parts: Iterable[tuple[int, Term]]) -> Term:
    """An average over days: ``(30 × 38 + 61 × 19)/91``; one part is itself."""
    held = list(parts)
    if len(held) == 1:
        return held[0][1]
    days = sum(count for count, _ in held)
    return quotient(added(product(short(count), term) for count, term in held), short(days))
