"""docs/rules/manual.md: every rule of both domains has a page of the manual, or a word on why it needs none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services import manual
from tests.support.databases import ROOT

#: The numbers that were given out, first and last of each stretch.
FACILITIES = [
    *((1, 12), (15, 19), (21, 27), (40, 42), (45, 47), (50, 55), (60, 68), (70, 93), (100, 104)),
    *((110, 131), (140, 142), (145, 145), (150, 156)),
]
CONTRACTORS = [(1, 79)]


def given_out() -> Iterator[str]:
    for letter, stretches in (("E", FACILITIES), ("C", CONTRACTORS)):
        for first, last in stretches:
            yield from (f"{letter}-{number:03d}" for number in range(first, last + 1))


def table() -> list[tuple[str, str]]:
    text = (ROOT / "docs" / "rules" / "manual.md").read_text("utf-8")
    return re.findall(r"^\| ([EC]-\d{3}) \| (.+) \|$", text, flags=re.MULTILINE)


def test_every_rule_stands_in_the_table_once_and_in_order() -> None:
    assert [rule for rule, _ in table()] == list(given_out())


def test_the_table_and_the_index_name_the_same_pages() -> None:
    told: dict[str, list[str]] = {}
    for page in manual.pages():
        for rule in page.rules:
            told.setdefault(rule, []).append(page.slug)
    in_table = {rule: cell.split(", ") for rule, cell in table() if not cell.startswith("geen taak: ")}
    assert in_table == told


def test_what_is_no_task_says_why() -> None:
    without = [cell for _, cell in table() if cell.startswith("geen taak")]
    assert without
    assert all(len(cell) > len("geen taak: ") + 10 for cell in without)
