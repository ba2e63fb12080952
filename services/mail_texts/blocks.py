"""What a mail is made of: blocks of runs of text. Parsed from a template first, filled in after: no value is markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

_LINK = re.compile(r"\{address\}[^\s]*?(?=[.,;)]?(?:\s|$))")
_FACT = re.compile(r"(?P<label>[^:{}.]{1,60}): (?P<value>.+)")


@dataclass(frozen=True, slots=True)
class Run:
    """Words, or a link when there is a ``url``."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """``kind`` is text, fact, action, item or heading. A fact and an action have a label."""

    kind: str
    runs: tuple[Run, ...]
    label: str = ""

    @property
    def words(self) -> str:
        """The block as plain text, on one line."""
        said = "".join(f"{run.text} ({run.url})" if run.url not in ("", run.text) else run.text for run in self.runs)
        return f"{self.label}: {said}" if self.label else said


@lru_cache(maxsize=512)
def parsed(template: str) -> tuple[Block, ...]:
    """The blocks of a template, with its placeholders in place."""
    found: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", template.strip()):
        lines = [line.strip() for line in paragraph.splitlines()]
        for one in lines if all(_stands_alone(line) for line in lines) else [" ".join(lines)]:
            found.append(_block(one))
    return tuple(found)


def _stands_alone(line: str) -> bool:
    return line.startswith(("- ", "# ")) or (_FACT.fullmatch(line) is not None and not line.endswith("."))


def _block(line: str) -> Block:
    if line.startswith("- "):
        return Block("item", _runs(line[2:]))
    if line.startswith("# "):
        return Block("heading", _runs(line[2:]))
    fact = _FACT.fullmatch(line)
    if fact is None or line.endswith("."):
        return Block("text", _runs(line))
    runs = _runs(fact["value"])
    return Block("action" if len(runs) == 1 and runs[0].url else "fact", runs, fact["label"])


def _runs(text: str) -> tuple[Run, ...]:
    runs, at = [], 0
    for link in _LINK.finditer(text):
        if link.start() > at:
            runs.append(Run(text[at : link.start()]))
        runs.append(Run(link[0], link[0]))
        at = link.end()
    if at < len(text):
        runs.append(Run(text[at:]))
    return tuple(runs)


def filled(template: Iterable[Block], values: Mapping[str, str]) -> tuple[Block, ...]:
    """The blocks with the values in place; a missing one is a KeyError."""
    return tuple(
        Block(
            block.kind,
            tuple(Run(run.text.format_map(values), run.url.format_map(values)) for run in block.runs),
            block.label.format_map(values),
        )
        for block in template
    )


def line(template: str, values: Mapping[str, str], longest: int = 200) -> str:
    """One line, of a subject: filled in and of at most ``longest`` characters."""
    text = template.format_map(values)
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def plain(blocks: Iterable[Block]) -> str:
    """The blocks as text: facts and items on lines of their own, an empty line between the rest."""
    text, before = "", ""
    for block in blocks:
        close = (block.kind in ("fact", "item") and before == block.kind) or before == "heading"
        text += ("" if not text else "\n" if close else "\n\n") + ("- " if block.kind == "item" else "") + block.words
        before = block.kind
    return text
