"""Text with marks (Markdown) as a page shows it: newsletter, releases, manual. No HTML of the writer gets through."""

from __future__ import annotations

from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

#: Headings of a text stand under the title of its page.
_LOWER = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False}).enable("table")
    reader.validateLink = allowed_link  # type: ignore[method-assign,assignment]
    return reader


def allowed_link(address: str) -> bool:
    """Whether a text may point there: a page of our own, the web over https, or a mail address."""
    parts = urlsplit(address)
    if parts.scheme in {"https", "mailto"}:
        return True
    return not parts.scheme and not parts.netloc and not address.startswith(("//", "\\", "/\\"))


_READER = _reader()


def rendered(text: str) -> Markup:
    """The text as HTML: headings from level 2 on, tables, lists, links that ``allowed_link`` takes."""
    return printed(parsed(text))


def printed(tokens: list[Token]) -> Markup:
    """What ``parsed`` read, as HTML, for who changed something between the two."""
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = _LOWER[token.tag]
    return Markup(_READER.renderer.render(tokens, _READER.options, {}))  # noqa: S704 - html of the writer is off


def parsed(text: str) -> list[Token]:
    """The text as tokens, for who prints it on something else than a page."""
    return _READER.parse(text)
