"""Texts folded for looking up: lower case, no accents, single spaces. Tables and search boxes fold the same way."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """``Überberg – De  Ploeg`` becomes ``uberberg - de ploeg``."""
    if text.isascii():  # most names: there is nothing to take apart
        return " ".join(text.lower().split())
    decomposed = unicodedata.normalize("NFKD", text.replace("–", "-").replace("’", "'")).casefold()
    return " ".join("".join(letter for letter in decomposed if not unicodedata.combining(letter)).split())


def words_of(text: str, limit: int = 6) -> list[str]:
    """The folded words of a search text, each once, the first ``limit`` only."""
    return list(dict.fromkeys(fold(text).split()))[:limit]


def search_text(*parts: str | None) -> str:
    """What a row is found by: its parts, folded, at most 400 characters."""
    return fold(" ".join(part for part in parts if part))[:400]
