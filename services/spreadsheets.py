"""Lists as CSV for a Belgian spreadsheet program: semicolons, decimal commas, UTF-8, no cell that calculates.

Rows are read on a connection of their own in batches, so that a million rows need no more memory than a thousand.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select

from domain.calendars import BRUSSELS
from models.base import db

_BATCH = 500
#: A spreadsheet program takes a cell that starts with one of these for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(value: Any) -> str:
    """A value as text in a cell: dates as dd/mm/jjjj, decimal commas; what would calculate gets an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    if isinstance(value, datetime):
        return value.astimezone(BRUSSELS).strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, Decimal):
        return format(value, "f").replace(".", ",")
    return str(value)


def rows_of(statement: Select[Any]) -> Iterator[Sequence[Any]]:
    """The rows of a statement, a batch at a time, on a connection that lives as long as the reading."""
    with db.engine.connect() as connection:
        result = connection.execution_options(stream_results=True, yield_per=_BATCH).execute(statement)
        for batch in result.partitions():
            yield from batch


def as_csv(
    header: Sequence[str] | None, rows: Iterable[Sequence[Any]], shape: Callable[[Sequence[Any]], Sequence[Any]] = tuple
) -> Iterator[bytes]:
    """The file in pieces; ``shape`` makes the cells of a row. Without ``header``: more rows of a file begun before."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    if header is not None:
        writer.writerow([safe(label) for label in header])
        yield b"\xef\xbb\xbf"
    for count, row in enumerate(rows, start=1):
        writer.writerow([safe(value) for value in shape(row)])
        if count % _BATCH == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()
