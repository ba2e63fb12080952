"""The register of processing: made from the tables themselves.

``python -m tests.contract.register`` writes docs/register.md again; what is new about people is then visible in review.
"""

from __future__ import annotations

from pathlib import Path

from services.privacy import processing

FILE = Path(__file__).resolve().parents[2] / "docs" / "register.md"

HEAD = """# Register of processing

What each table holds about people (GDPR article 30), as its model says in `__processing__`. Purposes, categories and
terms are the Dutch texts of the page *Verwerkingsregister* in the back office; a term that no source gives is an
assumption of this product (`domain/retention.py`). Made by `python -m tests.contract.register`; a test compares it with
the models.

"""


def text() -> str:
    """The whole file."""
    return HEAD + processing.as_markdown(processing.register())


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
