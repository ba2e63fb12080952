"""The user manual: one short page for each task, read once from the folder ``manual`` (C-058 to C-067, E-155).

``manual/index.toml`` says which tasks there are, for whom, and which pages of the product they explain; the texts are
``manual/nl/<slug>.md``. Nothing here asks the database: the manual can be read while everything else is down.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from domain.errors import N_, NotFound

FOLDER = Path(__file__).resolve().parents[2] / "manual"
#: For whom a task is, in the words of the page of contents.
AUDIENCES = {
    "everybody": N_("Iedereen"),
    "facility": N_("Zorgvoorziening"),
    "contractor": N_("Opdrachtnemer"),
    "department": N_("Dossierbeheerder van het departement"),
    "authority": N_("Aanbesteder"),
    "helpdesk": N_("Helpdesk"),
}


class BrokenManual(RuntimeError):
    """The index and the texts do not agree; the message lists every fault."""


@dataclass(frozen=True)
class ManualPage:
    """One task. ``endpoints``: pages it explains, ``name.*`` for all of a blueprint; ``text``: Markdown."""

    slug: str
    title: str
    summary: str
    theme: str
    audience: tuple[str, ...]
    keywords: tuple[str, ...]
    endpoints: tuple[str, ...]
    rules: tuple[str, ...]
    related: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Theme:
    """A chapter: its title and its tasks in their order."""

    code: str
    title: str
    pages: tuple[ManualPage, ...]


@cache
def themes() -> tuple[Theme, ...]:
    """The whole manual in its order. Raises BrokenManual when index and texts do not agree."""
    index = tomllib.loads((FOLDER / "index.toml").read_text("utf-8"))
    made = tuple(_page(row) for row in index["task"])
    faults = [*_faults(made, {row["code"] for row in index["theme"]})]
    if faults:
        raise BrokenManual("\n".join(faults))
    return tuple(
        Theme(row["code"], row["title"], tuple(page for page in made if page.theme == row["code"]))
        for row in index["theme"]
    )


@cache
def ways() -> tuple[tuple[str, tuple[ManualPage, ...]], ...]:
    """The access manual: per side (a key of AUDIENCES) the tasks to walk through, in their order (C-059 to C-061)."""
    index = tomllib.loads((FOLDER / "index.toml").read_text("utf-8"))
    return tuple((row["audience"], tuple(page(slug) for slug in row["tasks"])) for row in index["way"])


def pages() -> tuple[ManualPage, ...]:
    """Every page, in the order of the contents."""
    return tuple(page for theme in themes() for page in theme.pages)


def page(slug: str) -> ManualPage:
    """The page of a task. Raises NotFound for any other word."""
    found = _by_slug().get(slug)
    if found is None:
        raise NotFound
    return found


def page_for(endpoint: str | None) -> ManualPage | None:
    """The task that a page of the product is about: its own line of the index, else that of its whole blueprint."""
    if not endpoint:
        return None
    by_endpoint = _by_endpoint()
    return by_endpoint.get(endpoint) or by_endpoint.get(f"{endpoint.rpartition('.')[0]}.*")


def related(shown: ManualPage) -> tuple[ManualPage, ...]:
    """The tasks that come after or beside this one."""
    return tuple(page(slug) for slug in shown.related)


def neighbours(shown: ManualPage) -> tuple[ManualPage | None, ManualPage | None]:
    """The page before and the page after, in the order of the contents."""
    order = pages()
    at = order.index(shown)
    return order[at - 1] if at else None, order[at + 1] if at + 1 < len(order) else None


@cache
def _by_slug() -> dict[str, ManualPage]:
    return {each.slug: each for each in pages()}


@cache
def _by_endpoint() -> dict[str, ManualPage]:
    return {endpoint: each for each in pages() for endpoint in each.endpoints}


def _page(row: dict[str, Any]) -> ManualPage:
    file = FOLDER / "nl" / f"{row['slug']}.md"
    return ManualPage(
        slug=row["slug"],
        title=row["title"],
        summary=row["summary"],
        theme=row["theme"],
        audience=tuple(row["audience"]),
        keywords=tuple(row.get("keywords", ())),
        endpoints=tuple(row.get("endpoints", ())),
        rules=tuple(row.get("rules", ())),
        related=tuple(row.get("related", ())),
        text=file.read_text("utf-8") if file.is_file() else "",
    )


def _faults(made: tuple[ManualPage, ...], codes: set[str]) -> Iterator[str]:
    slugs = {each.slug for each in made}
    yield from (f"{each}: no text in manual/nl" for each in sorted(each.slug for each in made if not each.text.strip()))
    yield from (f"{slug}: more than one line in the index" for slug in _repeated(each.slug for each in made))
    yield from (f"{name}: explained by two pages" for name in _repeated(e for each in made for e in each.endpoints))
    yield from (f"{file.name}: not in the index" for file in (FOLDER / "nl").glob("*.md") if file.stem not in slugs)
    for each in made:
        yield from (f"{each.slug}: no task {slug}" for slug in each.related if slug not in slugs)
        yield from (f"{each.slug}: no audience {word}" for word in each.audience if word not in AUDIENCES)
        if each.theme not in codes:
            yield f"{each.slug}: no theme {each.theme}"


def _repeated(words: Iterable[str]) -> list[str]:
    return sorted(word for word, times in Counter(words).items() if times > 1)
