"""On which desk a new thread comes to lie, and what a desk may hold (A-38)."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from domain import desks
from domain.desks import DeskContent


@dataclass
class Row:
    name: str
    sectors: str = ""
    active: bool = True


def chosen(sector: str, *rows: Row) -> str | None:
    found = desks.choose(rows, sector)
    return found.name if found else None


def test_the_desk_of_the_sector() -> None:
    rows = (Row("Bureau Zorg", "IBW PVT"), Row("Bureau Revalidatie", "REVALIDATIE"))
    assert chosen("PVT", *rows) == "Bureau Zorg"
    assert chosen("REVALIDATIE", *rows) == "Bureau Revalidatie"
    assert chosen("MBE", *rows) is None


def test_the_first_by_name_when_several_serve_it() -> None:
    assert chosen("PVT", Row("b", "PVT"), Row("A", "PVT"), Row("c", "PVT")) == "A"


def test_a_desk_that_is_not_in_use_or_without_sectors_gets_nothing_new() -> None:
    assert chosen("PVT", Row("a", "PVT", active=False), Row("b")) is None


def test_a_sector_is_a_whole_word() -> None:
    assert chosen("VT", Row("a", "PVT")) is None


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (DeskContent(" "), "name"),
        (DeskContent("x" * 121), "name"),
        (DeskContent("a\nb"), "name"),
        (DeskContent("x", "geen adres"), "mailbox"),
        (DeskContent("x", "a@example.be\r\nBcc: b@example.be"), "mailbox"),
        (DeskContent("x", "a@example.be, b@example.be"), "mailbox"),
        (DeskContent("x", "", ("ZIEKENHUIS",)), "sectors"),
    ],
)
def test_what_is_wrong_stands_at_its_field(content: DeskContent, field: str) -> None:
    assert [found.field for found in desks.check(content)] == [field]


def test_a_desk_in_order() -> None:
    assert desks.check(DeskContent("Bureau PVT", "pvt@example.be", ("PVT",))) == []
