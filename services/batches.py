"""Long lists in pieces that fit in one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def in_batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """The items in order, ``size`` at a time; the last piece may be shorter."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
