"""The index of the manual, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from domain.errors import NotFound
from services import manual
from services.manual import BrokenManual
from services.manual import contents as reading

WriteManual = Callable[..., Path]
INDEX = """
[[theme]]
code = "een"
title = "Een"

[[task]]
slug = "eerste"
title = "Eerste"
summary = "Wat eerst komt."
theme = "{theme}"
audience = ["{audience}"]
endpoints = ["portal.home"]
related = ["{related}"]

[[task]]
slug = "{second}"
title = "Tweede"
summary = "Wat daarna komt."
theme = "een"
audience = ["everybody"]
endpoints = ["{endpoint}"]
"""
FINE = {
    "theme": "een",
    "audience": "everybody",
    "related": "tweede",
    "second": "tweede",
    "endpoint": "help.*",
}


@pytest.fixture
def other_manual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WriteManual]:
    """A manual of two pages; faults are written into its index."""
    (tmp_path / "nl").mkdir()
    for slug in ("eerste", "tweede"):
        (tmp_path / "nl" / f"{slug}.md").write_text("Tekst.")
    monkeypatch.setattr(reading, "FOLDER", tmp_path)

    def write(**changed: str) -> Path:
        (tmp_path / "index.toml").write_text(INDEX.format(**{**FINE, **changed}))
        for cached in (reading.themes, reading._by_slug, reading._by_endpoint):
            cached.cache_clear()
        return tmp_path

    yield write
    for cached in (reading.themes, reading._by_slug, reading._by_endpoint):
        cached.cache_clear()


def test_a_whole_index_is_read(other_manual: WriteManual) -> None:
    other_manual()
    assert [page.slug for page in manual.pages()] == ["eerste", "tweede"]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"theme": "twee"}, "no theme twee"),
        ({"audience": "niemand"}, "no audience niemand"),
        ({"related": "derde"}, "no task derde"),
        ({"second": "derde", "related": "derde"}, "derde: no text"),
        ({"second": "eerste", "related": "eerste"}, "more than one line"),
        ({"endpoint": "portal.home"}, "explained by two pages"),
    ],
)
def test_an_index_that_does_not_fit_is_refused(changed: dict[str, str], fault: str, other_manual: WriteManual) -> None:
    other_manual(**changed)
    with pytest.raises(BrokenManual, match=fault):
        manual.pages()


def test_a_text_without_a_line_in_the_index_is_refused(other_manual: WriteManual) -> None:
    folder = other_manual()
    (folder / "nl" / "los.md").write_text("Tekst.")
    with pytest.raises(BrokenManual, match=r"los\.md: not in the index"):
        manual.pages()


def test_a_page_of_the_product_has_its_own_help_before_that_of_its_blueprint() -> None:
    assert manual.page_for("staff.contract_add").slug == "contract"  # type: ignore[union-attr]
    assert manual.page_for("staff.index").slug == "personeelslid-toevoegen"  # type: ignore[union-attr]
    assert manual.page_for("health.healthz") is None
    assert manual.page_for(None) is None


def test_the_pages_before_and_after_follow_the_contents() -> None:
    order = manual.pages()
    assert manual.neighbours(order[0]) == (None, order[1])
    assert manual.neighbours(order[-1]) == (order[-2], None)
    assert manual.neighbours(order[3]) == (order[2], order[4])


@pytest.mark.parametrize(
    "slug", ["", "bestaat-niet", "../index", "aanmelden.md", "AANMELDEN", "aanmelden\0", "x" * 5000]
)
def test_no_other_word_is_a_page(slug: str) -> None:
    with pytest.raises(NotFound):
        manual.page(slug)


def test_every_side_has_tasks_and_no_page_is_long() -> None:
    """A clerk reads one page in two minutes."""
    for audience in manual.AUDIENCES:
        assert [page for page in manual.pages() if audience in page.audience], audience
    assert not [(page.slug, len(page.text.split())) for page in manual.pages() if len(page.text.split()) > 420]
    assert not [page.slug for page in manual.pages() if len(page.summary) > 120]


def test_every_page_says_what_to_do_in_parts() -> None:
    for page in manual.pages():
        assert page.text.count("\n## ") >= 1, page.slug
        assert not page.text.startswith("#"), f"{page.slug}: the title comes from the index"
