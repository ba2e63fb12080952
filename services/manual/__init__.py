"""The user manual: one short page for each task, and search in it (C-058 to C-067, E-155)."""

from services.manual.contents import (
    AUDIENCES,
    BrokenManual,
    ManualPage,
    Theme,
    neighbours,
    page,
    page_for,
    pages,
    related,
    themes,
    ways,
)
from services.manual.search import LONGEST_QUERY, Hit, asked_words, folded, search

__all__ = [
    "AUDIENCES",
    "LONGEST_QUERY",
    "BrokenManual",
    "Hit",
    "ManualPage",
    "Theme",
    "asked_words",
    "folded",
    "neighbours",
    "page",
    "page_for",
    "pages",
    "related",
    "search",
    "themes",
    "ways",
]
