"""The gate: the only way to write a guarded table. Services alone import it (an import contract says so)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from models.base import db


@contextmanager
def writing(use_case: str) -> Iterator[None]:
    """Open the gate for one use case.

    Flushes before it opens, so that a change made earlier outside a use case is refused too, and flushes before it
    closes, so that nothing of the use case is left for later.
    """
    session = db.session()
    session.flush()
    cases: list[str] = session.info.setdefault("use_cases", [])
    cases.append(use_case)
    try:
        yield
        session.flush()
    finally:
        cases.pop()
