"""Marked text: what a writer types never becomes markup of its own, and links go where they may."""

from __future__ import annotations

import pytest

from blueprints.marked_text import allowed_link, rendered


def test_html_of_the_writer_is_shown_as_text() -> None:
    page = rendered("<script>alert(1)</script> **vet**")
    assert "<script>" not in page
    assert "<strong>vet</strong>" in page


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("/hulp/", True),
        ("#kop", True),
        ("https://www.vlaanderen.be", True),
        ("mailto:team@example.be", True),
        ("http://example.be", False),
        ("javascript:alert(1)", False),
        ("//example.be", False),
        ("data:text/html,x", False),
    ],
)
def test_only_safe_links_are_links(address: str, allowed: bool) -> None:
    assert allowed_link(address) is allowed
    assert ("<a href" in rendered(f"[x]({address})")) is allowed


def test_headings_stand_under_the_title_of_the_page() -> None:
    assert "<h1>" not in rendered("# Kop\n\n## Onder")
    assert rendered("# Kop").startswith("<h2>")
