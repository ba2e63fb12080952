"""Marked text: what a writer types never becomes markup of its own, and links go where they may."""

from __future__ import annotations

import pytest

from blueprints.marked_text import allowed_link, pictures_from_elsewhere, rendered


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


ELSEWHERE = "https://example.be/a.png?x=1&y=2"


def test_a_picture_from_elsewhere_is_a_link_with_what_it_shows() -> None:
    """The policy of contents shows our own pictures only."""
    page = rendered(f"Kijk: ![De *nieuwe* knop <b>]({ELSEWHERE})")
    assert '<a href="https://example.be/a.png?x=1&amp;y=2">De nieuwe knop &lt;b&gt;</a>' in page
    assert "<img" not in page
    assert ">https://example.be/a.png</a>" in rendered("![](https://example.be/a.png)"), "its address when nobody said"
    inside = rendered(f"[![De knop]({ELSEWHERE})](https://example.be)")
    assert inside.count("<a ") == inside.count("</a>") == 1
    assert '<img src="/static/x.webp" alt="De knop" />' in rendered("![De knop](/static/x.webp)")


def test_the_writer_is_told_of_each_picture_that_nobody_will_see() -> None:
    text = f"""![eigen](/static/x.webp) en ![ander]({ELSEWHERE})

- ![]({ELSEWHERE})
- ![onveilig](http://example.be/b.png)
- ![verwezen][a]
- [link](https://example.be) en `![code](https://example.be/c.png)`

[a]: https://example.be/d.png
"""
    assert pictures_from_elsewhere(text) == ["ander", ELSEWHERE, "onveilig", "verwezen"]
