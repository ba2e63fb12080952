"""How much of the right to replacement is really replaced: for information, never a condition (E-080)."""

from __future__ import annotations

from decimal import Decimal

from domain.exact import rounded


def coverage(replaced: Decimal, right: Decimal, digits: int = 1) -> Decimal | None:
    """Replaced FTE on FTE of right, in percent, half up; above 100 more is replaced than the right gives.

    None when there is no right: then there is nothing to cover.
    """
    return rounded(replaced * 100, right, digits) if right else None
