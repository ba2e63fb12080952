"""Text with marks (Markdown) as a page shows it: newsletter, releases, manual. No HTML of the writer gets through.

A page shows pictures of our own only (the policy of contents says so); one from elsewhere is a link with what it shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

#: Headings of a text stand under the title of its page.
_LOWER = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False}).enable("table")
    reader.validateLink = allowed_link  # type: ignore[method-assign,assignment]
    reader.add_render_rule("image", _picture)
    return reader


def allowed_link(address: str) -> bool:
    """Whether a text may point there: a page of our own, the web over https, or a mail address."""
    parts = urlsplit(address)
    if parts.scheme in {"https", "mailto"}:
        return True
    return not parts.scheme and not parts.netloc and not address.startswith(("//", "\\", "/\\"))


def _picture(renderer: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    """A picture of our own; of one from elsewhere its alternative text, as a link unless it stands in one."""
    picture = tokens[place]
    source = str(picture.attrGet("src") or "")
    if is_own(source):
        return renderer.image(tokens, place, options, env)
    words = escapeHtml(alternative_of(picture))
    inside = sum(token.nesting for token in tokens[:place] if token.type in {"link_open", "link_close"})
    return words if inside else f'<a href="{escapeHtml(source)}">{words}</a>'


def is_own(source: str) -> bool:
    """Whether the address of a picture is one of our own pages, without the name of a server."""
    parts = urlsplit(source)
    return not parts.scheme and not parts.netloc


def alternative_of(picture: Token) -> str:
    """What a picture shows, in words; its address when nobody said."""
    words = "".join(
        " " if child.type in {"softbreak", "hardbreak"} else child.content for child in picture.children or ()
    )
    return words.strip() or str(picture.attrGet("src") or "")


#: A picture whose address is refused altogether stays as it was typed.
_REFUSED = re.compile(r"!\[([^\]]*)\]\(\s*<?([a-z][a-z0-9+.-]*:[^\s>)]*)", re.IGNORECASE)

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


def pictures_from_elsewhere(text: str) -> list[str]:
    """What stands in place of each picture that no reader will see, in words, in the order of the text."""
    return [words for token in parsed(text) for words in _elsewhere(token.children or ())]


def _elsewhere(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "image" and not is_own(str(token.attrGet("src") or "")):
            yield alternative_of(token)
        elif token.type == "text":
            for words, source in _REFUSED.findall(token.content):
                yield words.strip() or source
