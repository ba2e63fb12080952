"""Lines of a claim from files: workbooks as they are, damaged or hostile ones (issue 4, bad input)."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from domain.econtracting.claim_lines import total
from domain.econtracting.claim_tables import ReadTable
from services.econtracting import claim_lines

HEAD = ("Post", "Omschrijving", "Hoeveelheid", "Eenheidsprijs", "Bedrag")


def workbook(*rows: tuple[object, ...], hidden: tuple[tuple[object, ...], ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    if hidden:
        secret = book.create_sheet("Geheim", 0)
        secret.sheet_state = "hidden"
        for row in hidden:
            secret.append(row)
    for row in rows:
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(content: bytes) -> ReadTable:
    return claim_lines.read_file(io.BytesIO(content))


def problem(content: bytes) -> str:
    table = read(content)
    assert not table.usable
    return str(table.problems[0])


def test_a_workbook_gives_exact_lines() -> None:
    table = read(
        workbook(("Werf Kaai",), (), HEAD, ("1", "Zand", 0.1 + 0.2, 10, 3), (2, date(2026, 10, 1), -1, 2.5, -2.5))
    )
    assert table.usable
    assert [(line.post, line.description, line.quantity) for line in table.lines] == [
        ("1", "Zand", Decimal("0.3")),
        ("2", "01/10/2026", Decimal("-1")),
    ]
    assert total(table.lines) == Decimal("0.50")


def test_what_a_formula_would_give_does_not_count() -> None:
    """Nobody saved an outcome with it, so the cell is empty; the product is reckoned here."""
    table = read(workbook(HEAD, ("1", "Zand", 3, 10, "=C2*D2*100")))
    assert [line.amount for line in table.lines] == [30]


def test_hidden_sheets_are_not_read_and_the_sheet_that_fits_is() -> None:
    assert [
        line.amount
        for line in read(workbook(HEAD, ("1", "A", None, None, 5), hidden=(HEAD, ("x", "B", None, None, 9)))).lines
    ] == [5]


def test_two_thousand_lines_of_a_workbook() -> None:
    table = read(workbook(HEAD, *((n, "A", 1, 0.1, 0.1) for n in range(2000))))
    assert total(table.lines) == 200


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 broken",
        workbook(HEAD)[:300],
        b"\x00\x01\x02",
    ],
)
def test_what_is_no_table_is_told(content: bytes) -> None:
    assert "niet gelezen worden" in problem(content)


def test_an_empty_file_and_an_old_workbook_are_told() -> None:
    assert problem(b"  \n") == "Het bestand is leeg."
    assert "oud Excel-bestand" in problem(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest")
    assert "groter dan 5 MB" in problem(b"a;b\n" * 1_400_000)


def repacked(content: bytes, **parts: bytes) -> bytes:
    """A workbook with some of its parts replaced by others."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name.rpartition("/")[2].partition(".")[0], old.read(name)))
    return out.getvalue()


def test_a_zip_bomb_is_not_unpacked() -> None:
    assert "groter dan" in problem(repacked(workbook(HEAD), sheet1=b" " * 70_000_000))


def test_a_workbook_that_declares_entities_is_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    assert "niet gelezen worden" in problem(repacked(workbook(HEAD), sheet1=bomb))
    assert "niet gelezen worden" in problem(repacked(workbook(HEAD), sheet1=bomb.decode().encode("utf-16")))


@pytest.mark.parametrize("part", ["sheet1", "workbook", "styles"])
def test_a_workbook_with_a_broken_part_is_refused(part: str) -> None:
    table = read(repacked(workbook(HEAD, ("1", "A", None, None, 5)), **{part: b"<worksheet><sheetData><row"}))
    assert not table.usable
