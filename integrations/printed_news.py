"""An issue of the newsletter, or what a release says, as PDF (PDF/A-2a and PDF/UA-1). Made like the letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import typst

from integrations.letters import LetterRefused, laid_out, printable


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a line, perhaps strong, slanted or code, perhaps a link (a whole address)."""

    text: str
    strong: bool = False
    slanted: bool = False
    code: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """``kind`` is heading, text, list, numbers, quote, code, table or rule.

    ``items`` of a list are blocks of blocks; ``rows`` of a table cells of runs, the first row its header.
    """

    kind: str
    runs: Sequence[Run] = ()
    level: int = 2
    items: Sequence[Sequence[Block]] = ()
    rows: Sequence[Sequence[Sequence[Run]]] = ()


@dataclass(frozen=True, slots=True)
class PrintedNews:
    """What stands on paper. ``kicker`` above the title, ``meta`` under it; ``made`` is an instant with offset."""

    title: str
    kicker: str
    meta: str
    sender: str
    footer: str
    made: datetime
    blocks: Sequence[Block] = field(default=())


def news_pdf(news: PrintedNews) -> bytes:
    """The page; nothing in it is read as markup, and what no font has becomes a square.

    ValueError for an instant without offset, LetterRefused when the layout cannot take what it says.
    """
    if news.made.tzinfo is None:
        raise ValueError("an instant needs an offset")
    data = {
        "title": printable(news.title),
        "kicker": printable(news.kicker),
        "meta": printable(news.meta),
        "sender": printable(news.sender),
        "footer": printable(news.footer),
        "blocks": [_block(block) for block in news.blocks],
    }
    try:
        return laid_out("news.typ", news.made, data)
    except typst.TypstError as refusal:
        raise LetterRefused(str(refusal)) from None


def _block(block: Block) -> dict[str, Any]:
    return {
        "kind": block.kind,
        "level": block.level,
        "runs": [_run(run) for run in block.runs],
        "items": [[_block(one) for one in item] for item in block.items],
        "rows": [[[_run(run) for run in cell] for cell in row] for row in block.rows],
    }


def _run(run: Run) -> dict[str, Any]:
    """A space at either end stays: it stands between two runs."""
    words = printable(run.text)
    before = " " if run.text[:1].isspace() else ""
    after = " " if words and run.text[-1:].isspace() else ""
    return {
        "text": f"{before}{words}{after}",
        "strong": run.strong,
        "slanted": run.slanted,
        "code": run.code,
        "link": run.link,
    }
