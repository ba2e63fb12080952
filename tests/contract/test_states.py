"""The committed page about the life of a dossier is the one the tables make."""

from __future__ import annotations

from tests.contract.states import FILE, text


def test_page_is_the_one_that_was_committed() -> None:
    """Write it again with ``python -m tests.contract.states`` when the tables change."""
    assert FILE.read_text(encoding="utf-8") == text()
