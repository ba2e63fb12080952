"""The one clock. In development and tests it can be fixed (ELOKET_NOW); domain code gets time as an argument."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

from domain.calendars import local_date

_fixed: datetime | None = None


def fix(instant: datetime | None) -> None:
    """Fix the clock at an instant with offset, or let it run again with None. Configuration and tests only."""
    global _fixed
    if instant is not None and instant.tzinfo is None:
        raise ValueError("an instant needs an offset")
    _fixed = instant


@contextmanager
def standing_at(instant: datetime) -> Iterator[None]:
    """Fix the clock for a while, then let it be as it was. Demonstration data and tests only."""
    before = _fixed
    fix(instant)
    try:
        yield
    finally:
        fix(before)


def now() -> datetime:
    """The current instant, in UTC."""
    return (_fixed or datetime.now(UTC)).astimezone(UTC)


def today() -> date:
    """The current calendar day in Brussels."""
    return local_date(now())
