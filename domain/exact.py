"""Quotients rounded once: products are exact, the division comes last, half goes up (A-33).

A quotient of whole numbers of at most twenty digits lies further from every half than the 60 digits kept here, so
rounding the kept digits is rounding the exact value.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import lru_cache

_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_divide, _multiply = _EXACT.divide, _EXACT.multiply


@lru_cache(maxsize=16)
def unit(digits: int) -> Decimal:
    """The last place kept: ``Decimal('0.001')`` for three digits."""
    return Decimal(1).scaleb(-digits)


@lru_cache(maxsize=16)
def zero(digits: int) -> Decimal:
    """Nothing, with so many digits: ``Decimal('0.000')`` for three."""
    return Decimal(0).quantize(unit(digits))


def rounded(numerator: Decimal | int, denominator: Decimal | int, digits: int) -> Decimal:
    """A quotient with so many digits, half up; raises decimal.DivisionByZero or InvalidOperation on 0 below."""
    return _divide(numerator, denominator).quantize(unit(digits), None, _EXACT)


def product(*factors: Decimal | int) -> Decimal:
    """A product of few factors without any rounding (up to 60 digits)."""
    found: Decimal | int = 1
    for factor in factors:
        found = _multiply(found, factor)
    return Decimal(found)


def rounded_fraction(value: Fraction, digits: int) -> Decimal:
    """The same for a fraction."""
    return rounded(value.numerator, value.denominator, digits)
