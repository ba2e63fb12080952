"""The rows of an XLSX file, read without trusting it: sizes are limited before anything is unpacked, no formula counts.

What a formula gave when the file was saved is read as a value; the caller reckons the products again.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any
from xml.etree.ElementTree import ParseError

import openpyxl
from lxml.etree import LxmlError
from openpyxl.utils.exceptions import InvalidFileException

MAX_PARTS = 500
MAX_PART = 60 * 1024 * 1024
MAX_UNPACKED = 120 * 1024 * 1024
MAX_SHEETS = 5
MAX_ROWS = 12_000
MAX_COLUMNS = 40

Cell = str | int | float | Decimal | None


class NotASpreadsheet(Exception):
    """The file is no XLSX, is damaged, or is locked with a password."""


class SpreadsheetTooLarge(Exception):
    """The file is too large when it is unpacked."""


def sheets(content: bytes | IO[bytes]) -> Iterator[list[list[Cell]]]:
    """The rows of each visible sheet, at most ``MAX_SHEETS`` of them and ``MAX_ROWS`` rows of each.

    Raises NotASpreadsheet or SpreadsheetTooLarge.
    """
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    _check_package(file)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, KeyError, ValueError, TypeError, AttributeError, *_BROKEN) as error:
        raise NotASpreadsheet(type(error).__name__) from error
    try:
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        for sheet in visible[:MAX_SHEETS]:
            yield _rows(sheet)
    finally:
        book.close()


_BROKEN = (zipfile.BadZipFile, ParseError, LxmlError, OSError, EOFError, NotImplementedError, RuntimeError)


def _rows(sheet: Any) -> list[list[Cell]]:
    sheet.reset_dimensions()  # what a file says about its own size is not believed
    found: list[list[Cell]] = []
    try:
        for row in sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True):
            found.append([_plain(cell) for cell in row])
    except (KeyError, ValueError, TypeError, IndexError, AttributeError, *_BROKEN) as error:
        raise NotASpreadsheet(type(error).__name__) from error
    return found


def _plain(cell: Any) -> Cell:
    match cell:
        case None | str():
            return cell
        case bool():
            return "ja" if cell else "nee"
        case int() | float() | Decimal():
            return cell
        case datetime() | date():
            return f"{cell:%d/%m/%Y}"
    return str(cell)


def _check_package(file: IO[bytes]) -> None:
    """Refuse what would be too much to unpack; zipfile never gives more of a part than its header says."""
    try:
        with zipfile.ZipFile(file) as package:
            parts = package.infolist()
            sizes = [part.file_size for part in parts]
            if len(parts) > MAX_PARTS or max(sizes, default=0) > MAX_PART or sum(sizes) > MAX_UNPACKED:
                raise SpreadsheetTooLarge
            if any(part.flag_bits & 1 for part in parts) or "[Content_Types].xml" not in package.namelist():
                raise NotASpreadsheet
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with package.open(part) as opened:
                        start = opened.read(2048)
                    if any("<!DOCTYPE".encode(encoding) in start for encoding in ("ascii", "utf-16-le", "utf-16-be")):
                        raise NotASpreadsheet
    except _BROKEN as error:
        raise NotASpreadsheet(type(error).__name__) from error
    file.seek(0)
