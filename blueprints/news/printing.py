"""Text with marks on paper: the tokens of the reader as blocks, and the PDF of an issue or a release, made once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache

from flask import Response
from markdown_it.token import Token

from blueprints.marked_text import alternative_of, parsed
from integrations.printed_news import Block, PrintedNews, Run, news_pdf

_DEEPEST = 12
_LISTS = {"bullet_list_open": "list", "ordered_list_open": "numbers", "blockquote_open": "quote"}


@lru_cache(maxsize=64)
def pdf_of(title: str, kicker: str, meta: str, footer: str, text: str, made: datetime, address: str) -> bytes:
    """The PDF; what is the same is made once in a process. LetterRefused when it cannot be laid out."""
    blocks = tuple(blocks_of(text, address))
    return news_pdf(PrintedNews(title, kicker, meta, "Dossierloket", footer, made, blocks))


def pdf_answer(content: bytes, name: str) -> Response:
    """A PDF that opens in the browser under a name of its own."""
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


def blocks_of(text: str, address: str) -> list[Block]:
    """Text with marks as blocks. ``address`` is ours, for links within the application."""
    tokens = parsed(text)
    return _blocks(iter(tokens), None, address, 0)


def _blocks(tokens: Iterator[Token], until: str | None, address: str, depth: int) -> list[Block]:
    found: list[Block] = []
    for token in tokens:
        if token.type == until:
            break
        if token.type in _LISTS:
            found += _nested(tokens, token, address, depth)
        elif token.type == "heading_open":
            # under the title of the page
            found.append(Block("heading", _line(next(tokens), address), level=max(2, min(int(token.tag[1]), 4))))
        elif token.type == "paragraph_open":
            found.append(Block("text", _line(next(tokens), address)))
        elif token.type in {"fence", "code_block"}:
            found.append(Block("code", [Run(line) for line in token.content.splitlines()]))
        elif token.type == "hr":
            found.append(Block("rule"))
        elif token.type == "table_open":
            found.append(Block("table", rows=_rows(tokens, address)))
    return found


def _nested(tokens: Iterator[Token], token: Token, address: str, depth: int) -> list[Block]:
    kind, close = _LISTS[token.type], token.type.replace("_open", "_close")
    if kind == "quote":
        items = [_blocks(tokens, close, address, depth + 1)]
    else:
        items = []
        for inner in tokens:
            if inner.type == close:
                break
            if inner.type == "list_item_open":
                items.append(_blocks(tokens, "list_item_close", address, depth + 1))
    if depth >= _DEEPEST:
        return [block for item in items for block in item]
    return [Block(kind, items=items)]


def _rows(tokens: Iterator[Token], address: str) -> list[list[Sequence[Run]]]:
    rows: list[list[Sequence[Run]]] = []
    for token in tokens:
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_line(token, address))
    return rows


def _line(token: Token, address: str) -> list[Run]:
    strong = slanted = 0
    link = ""
    runs: list[Run] = []
    for one in token.children or ():
        if one.type in {"strong_open", "strong_close"}:
            strong += 1 if one.nesting > 0 else -1
        elif one.type in {"em_open", "em_close"}:
            slanted += 1 if one.nesting > 0 else -1
        elif one.type == "link_open":
            link = _absolute(str(one.attrGet("href") or ""), address)
        elif one.type == "link_close":
            link = ""
        elif one.type == "image":
            source = str(one.attrGet("src") or "")
            runs.append(Run(alternative_of(one), strong > 0, slanted > 0, link=link or _absolute(source, address)))
        elif one.type in {"softbreak", "hardbreak"}:
            runs.append(Run(" "))
        elif one.content:
            runs.append(Run(one.content, strong > 0, slanted > 0, one.type == "code_inline", link))
    return runs


def _absolute(target: str, address: str) -> str:
    return target if ":" in target.partition("/")[0] else f"{address}/{target.lstrip('/')}"
