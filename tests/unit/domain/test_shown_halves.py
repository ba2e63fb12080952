"""A-33: what is shown of a value is rounded half up, like the value itself: every page says the same as the letter."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.ecalcura.explained_limit import percentage
from domain.ecalcura.letter_detail import shown_factor


@pytest.mark.parametrize(
    ("right", "replaced", "factor", "percent"),
    [
        ("1.001", "3.200", "0,312813", "31,28"),
        ("0.125", "0.250", "0,5", "50"),
        ("0.4985", "1.600", "0,311563", "31,16"),
    ],
)
def test_a33_a_half_goes_up_in_the_factor_of_a_limit(right: str, replaced: str, factor: str, percent: str) -> None:
    share = Decimal(right) / Decimal(replaced)
    assert shown_factor(share) == factor
    assert percentage(share) == percent


def test_a33_a_half_goes_up_in_a_percentage() -> None:
    assert percentage(Decimal("0.56125")) == "56,13"
    assert percentage(Decimal("0.56105")) == "56,11"
