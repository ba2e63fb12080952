"""How long contents are kept after final acceptance (A-43)."""

from __future__ import annotations

from datetime import date

import pytest

from domain.econtracting.retention import due_on


@pytest.mark.parametrize(
    ("accepted", "years", "due"),
    [
        (date(2016, 11, 16), 10, date(2026, 11, 17)),
        (date(2016, 12, 31), 10, date(2027, 1, 1)),
        (date(2016, 2, 29), 10, date(2026, 3, 2)),
        (date(2016, 2, 29), 12, date(2028, 3, 1)),
        (date(2016, 11, 16), 0, date(2016, 11, 17)),
    ],
)
def test_a43_due_the_day_after_the_term(accepted: date, years: int, due: date) -> None:
    assert due_on(accepted, years) == due
