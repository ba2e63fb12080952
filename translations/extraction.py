"""What `make texts` reads beside code and templates (babel.cfg)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from services.mail_texts import source


def mail_texts(
    file: IO[bytes], keywords: Any, comment_tags: Any, options: Any
) -> Iterator[tuple[int, str, str | tuple[str, str], list[str]]]:
    """The texts of a table of mails, as Babel takes them: (line, function, text or pair of texts, comments)."""
    for text in source.texts(source.read(file.read().decode())):
        yield 1, "gettext" if isinstance(text, str) else "ngettext", text, []
