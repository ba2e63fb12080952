"""Lists as XLSX: numbers and dates as such, text always as text, row by row so that size needs no memory.

No cell of a file made here can calculate, open an address or name who made it: a formula is never written, and text
that looks like one carries the mark by which a spreadsheet program keeps it text when it is edited.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import IO, Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from services.spreadsheets import FORMULA

#: A spreadsheet program takes no longer text in a cell.
LONGEST = 32_000


class Style(StrEnum):
    """How a row looks."""

    LINE = "LINE"
    SUBTOTAL = "SUBTOTAL"
    TOTAL = "TOTAL"


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column: heading, width in characters, number format (``0.000``), empty for text."""

    heading: str
    width: int
    number_format: str = ""


class Book:
    """An XLSX file written into ``target``; sheets one after the other, rows in order, then ``close``."""

    def __init__(self, target: IO[bytes], *, title: str, made: datetime) -> None:
        self._book = xlsxwriter.Workbook(
            target,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": False,
            },
        )
        moment = made.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        self._book.set_properties({"title": title[:250], "author": "Dossierloket", "created": moment})
        self._formats: dict[tuple[str, Style, bool, bool], Format] = {}

    def sheet(self, name: str, columns: Sequence[SheetColumn], *, wrap: bool = False) -> Sheet:
        """Begin the next sheet: a header that stays in sight, and widths. ``name``: at most 31 characters."""
        sheet = self._book.add_worksheet(name)
        head = self._book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E6E9E7"}
        )
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.heading, head)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&L&F&RPagina &P van &N")
        return Sheet(self, sheet, columns, wrap)

    def format_of(self, number_format: str, style: Style, *, quoted: bool = False, wrap: bool = False) -> Format:
        """The look of a cell, made once."""
        key = number_format, style, quoted, wrap
        found = self._formats.get(key)
        if found is None:
            values: dict[str, Any] = {"valign": "top"}
            if number_format:
                values["num_format"] = number_format
            if style is not Style.LINE:
                values |= {"bold": True, "bg_color": "#ECEEEC", "top": 1}
            if quoted:
                values["quote_prefix"] = True
            if wrap:
                values["text_wrap"] = True
            found = self._formats[key] = self._book.add_format(values)
        return found

    def close(self) -> None:
        """Finish the file."""
        self._book.close()


class Sheet:
    """One sheet of a book."""

    def __init__(self, book: Book, sheet: Worksheet, columns: Sequence[SheetColumn], wrap: bool) -> None:
        self._book, self._sheet, self._columns, self._wrap = book, sheet, columns, wrap
        self._rows = 1

    def row(self, values: Sequence[Any], style: Style = Style.LINE, *, number_format: str = "") -> None:
        """One more row. ``number_format`` is used instead of that of the columns."""
        for place, value in enumerate(values):
            column = self._columns[place]
            self._write(place, value, style, number_format if number_format and column.number_format else "")
        self._rows += 1

    def _write(self, place: int, value: Any, style: Style, number_format: str) -> None:
        book, row = self._book, self._rows
        wanted = number_format or self._columns[place].number_format
        if value is None or value == "":
            if style is not Style.LINE:
                self._sheet.write_blank(row, place, None, book.format_of("", style))
        elif isinstance(value, (Decimal, int)) and not isinstance(value, bool):
            self._sheet.write_number(row, place, float(value), book.format_of(wanted, style))
        elif isinstance(value, date):
            moment = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a day, as spreadsheets count them
            self._sheet.write_datetime(row, place, moment, book.format_of(wanted or "dd/mm/yyyy", style))
        else:
            text = str(value)[:LONGEST]
            quoted = text.startswith(FORMULA)
            self._sheet.write_string(row, place, text, book.format_of("", style, quoted=quoted, wrap=self._wrap))

    def finish(self, *, filters: bool = True) -> None:
        """After the last row: the arrows that filter, over everything written."""
        if filters and self._rows > 1:
            self._sheet.autofilter(0, 0, self._rows - 1, len(self._columns) - 1)
