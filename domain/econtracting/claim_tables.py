"""Reading the lines of a claim from a table: pasted cells, a CSV, or the rows of a spreadsheet.

The first row with the names of columns gives their order; without one the order of ``Column`` counts. Totals and empty
rows are left out. Every cell is judged by itself, so that a preview can show which cell is wrong and why.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation, localcontext
from typing import Literal

from domain.dutch import euro, number
from domain.econtracting.claim_lines import (
    COLUMN_LABELS,
    COMPUTED,
    DECIMALS,
    DECIMALS_LOST,
    FORMULA,
    MAX_CELL,
    MAX_LINES,
    MAX_VALUE,
    NO_AMOUNT,
    NOT_A_NUMBER,
    REQUIRED,
    ROUNDED,
    TEXTS,
    TOO_LARGE,
    TOO_LONG,
    UNCERTAIN,
    ClaimLine,
    Column,
    cents,
    check_line,
    finding,
)
from domain.econtracting.typed_numbers import DecimalSign, read_number, sign_of
from domain.errors import N_, Finding, Severity
from domain.folding import fold

Cell = str | int | float | Decimal | None

MAX_TEXT = 2_000_000
MAX_COLUMNS = 40
_HEADER_WITHIN = 30

NO_ROWS = N_("Er staan geen lijnen in. Kopieer de rijen van uw rekenblad, met de kolomtitels erbij.")
TOO_MANY_ROWS = N_("Er staan meer dan {max} lijnen in. Splits de vordering of voeg het rekenblad toe als bijlage.")
TOO_MUCH = N_("Dit is te veel tekst. Laad het rekenblad op als bestand.")
NOT_READABLE = N_("Dit bestand kan niet gelezen worden als een tabel. Bewaar het opnieuw als CSV of als XLSX.")
NO_AMOUNTS = N_("Er is geen kolom met een bedrag, en geen met een hoeveelheid en een eenheidsprijs. Kijk de titels na.")
SEVERAL = N_("De titel '{title}' staat er meer dan één keer. Enkel de eerste kolom is gelezen.")

_TITLES: Mapping[Column, tuple[str, ...]] = {
    Column.POST: ("post", "postnr", "postnummer", "nr", "nummer", "artikel", "art", "item", "volgnr"),
    Column.DESCRIPTION: ("omschrijving", "beschrijving", "benaming", "description", "voorwerp"),
    Column.UNIT: ("eenheid", "eh", "ehd", "eenh", "unit", "aard"),
    Column.CONTRACT_QUANTITY: (
        *("hoeveelheid in de opdracht", "hoeveelheid opdracht", "hoeveelheid meetstaat", "hoeveelheid contract"),
        *("vermoedelijke hoeveelheid", "voorziene hoeveelheid", "vh", "contract quantity"),
    ),
    Column.UNIT_PRICE: ("eenheidsprijs", "eenheidsprijs excl btw", "prijs", "ep", "prijs per eenheid", "unit price"),
    Column.QUANTITY_TO_DATE: (
        *("hoeveelheid tot nu toe", "hoeveelheid cumulatief", "cumulatieve hoeveelheid", "uitgevoerd tot nu toe"),
        *("totale hoeveelheid", "gecumuleerde hoeveelheid", "quantity to date"),
    ),
    Column.QUANTITY: (
        *("hoeveelheid deze periode", "hoeveelheid periode", "hoeveelheid deze maand", "deze periode"),
        *("uitgevoerde hoeveelheid", "hoeveelheid", "quantity"),
    ),
    Column.AMOUNT: ("bedrag", "bedrag deze periode", "bedrag excl btw", "bedrag exclusief btw", "totaal", "amount"),
}
_COLUMN_OF = {title: column for column, titles in _TITLES.items() for title in titles}
_ERRORS = re.compile(r"#(REF|DIV/0|VALUE|NAME|N/A|NUM|NULL|SPILL|GETAL|NAAM|WAARDE|VERW|DEEL/0|N/B)[!?]?")
_TOTAL = re.compile(r"(algemeen |sub ?)?totaa?l\b.*|over te dragen.*|overdracht.*")


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A row as it was read: its number in the table (from 1), the cells as given, the line, what there is to say.

    ``line`` is None when a cell blocks it.
    """

    row: int
    cells: Mapping[Column, str]
    line: ClaimLine | None
    findings: tuple[tuple[Column, Finding], ...] = ()

    def at(self, column: Column | str) -> list[Finding]:
        """What there is to say about one cell."""
        return [one for place, one in self.findings if place == column]


@dataclass(frozen=True, slots=True)
class ReadTable:
    """What a table gave. ``problems`` are about the table as a whole; ``left_out`` are rows that are totals."""

    rows: tuple[ReadLine, ...] = ()
    problems: tuple[Finding, ...] = ()
    columns: tuple[Column, ...] = ()
    left_out: tuple[int, ...] = field(default=())

    @property
    def lines(self) -> list[ClaimLine]:
        """The lines that could be read."""
        return [one.line for one in self.rows if one.line is not None]

    @property
    def findings(self) -> list[tuple[int, Column | None, Finding]]:
        """Everything there is to say: row (0 for the whole table), column, finding."""
        about: list[tuple[int, Column | None, Finding]] = [(0, None, one) for one in self.problems]
        return about + [(one.row, place, said) for one in self.rows for place, said in one.findings]

    @property
    def usable(self) -> bool:
        """Whether every row can be taken over: nothing blocks."""
        return bool(self.rows) and all(said.severity is not Severity.BLOCKS for _, _, said in self.findings)


def read_text(text: str) -> ReadTable:
    """Lines that were pasted from a spreadsheet (tabs), or the text of a CSV (semicolons, commas or tabs)."""
    if len(text) > MAX_TEXT:
        return ReadTable(problems=(finding(TOO_MUCH),))
    clean = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    sign = _delimiter(clean)
    try:
        rows = list(csv.reader(io.StringIO(clean, newline=""), delimiter=sign, quoting=_quoting(clean, sign)))
    except csv.Error:
        return ReadTable(problems=(finding(NOT_READABLE),))
    return read_rows(rows)


def decoded(content: bytes) -> str | None:
    """The text of a CSV: UTF-8, UTF-16 with its mark, or the Western code page; None when it holds no text."""
    for encoding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except (UnicodeDecodeError, UnicodeError):
            continue
        return None if "\x00" in text else text
    return None


def read_rows(rows: Iterable[Sequence[Cell]]) -> ReadTable:
    """Lines from rows of cells; the numbers of a spreadsheet come as numbers, everything else as text."""
    table: list[tuple[int, list[Cell]]] = []
    for number_, row in enumerate(rows, start=1):
        cells = [one.strip() if isinstance(one, str) else one for one in row[:MAX_COLUMNS]]
        if any(one not in (None, "") for one in cells):
            table.append((number_, cells))
        if len(table) > MAX_LINES + _HEADER_WITHIN:
            return ReadTable(problems=(finding(TOO_MANY_ROWS, max=MAX_LINES),))
    head = next((place for place, (_, cells) in enumerate(table[:_HEADER_WITHIN]) if _is_header(cells)), None)
    places, problems = _by_titles(table[head][1]) if head is not None else (_in_order(table), [])
    body = table if head is None else table[head + 1 :]
    if not body:
        return ReadTable(problems=(finding(NO_ROWS),))
    if len(body) > MAX_LINES:
        return ReadTable(problems=(finding(TOO_MANY_ROWS, max=MAX_LINES),))
    if Column.AMOUNT not in places and not {Column.QUANTITY, Column.UNIT_PRICE} <= set(places):
        return ReadTable(problems=(finding(NO_AMOUNTS),), columns=tuple(places))
    numbers = [column for column in places if column not in TEXTS]
    typed = (_cell(cells, places, column) for _, cells in body for column in numbers)
    sign = sign_of(text for text in typed if isinstance(text, str))
    read: list[ReadLine] = []
    left_out: list[int] = []
    for number_, cells in body:
        held = {column: _cell(cells, places, column) for column in Column}
        if _is_total(held) or (head is not None and _is_header(cells)):
            left_out.append(number_)
        else:
            read.append(_read_line(number_, held, sign))
    if not read:
        problems.append(finding(NO_ROWS))
    shown = tuple(column for column in Column if column in places)
    return ReadTable(tuple(read), tuple(problems), shown, tuple(left_out))


def _delimiter(text: str) -> str:
    """Tabs when there are any; else the sign that the first lines hold most."""
    start = "\n".join(text.split("\n")[:_HEADER_WITHIN])
    if "\t" in start:
        return "\t"
    return ";" if start.count(";") > 0 else ","


def _quoting(text: str, sign: str) -> Literal[0, 3]:
    """Whether quotes hold cells together: one that is never closed would take everything after it for one cell."""
    whole = re.sub(rf'(^|{sign})"(?:[^"]|"")*"(?=[ ]*(?:{sign}|$))', r"\1", text, flags=re.MULTILINE)
    return 3 if re.search(rf'(^|{sign})"', whole, flags=re.MULTILINE) else 0  # csv.QUOTE_NONE, csv.QUOTE_MINIMAL


def _title(cell: Cell) -> Column | None:
    if not isinstance(cell, str) or len(cell) > 80:
        return None
    words = re.sub(r"[^a-z0-9]+", " ", fold(re.sub(r"\((€|eur|euro)\)|€", "", cell, flags=re.IGNORECASE))).strip()
    return _COLUMN_OF.get(words)


def _is_header(cells: Sequence[Cell]) -> bool:
    found = {column for cell in cells if (column := _title(cell)) is not None}
    return len(found) >= 3 or (len(found) >= 2 and Column.AMOUNT in found)


def _by_titles(cells: Sequence[Cell]) -> tuple[dict[Column, int], list[Finding]]:
    places: dict[Column, int] = {}
    problems: list[Finding] = []
    for place, cell in enumerate(cells):
        column = _title(cell)
        if column is None:
            continue
        if column in places:
            problems.append(finding(SEVERAL, Severity.WARNING, title=str(cell)))
        else:
            places[column] = place
    return places, problems


def _in_order(table: Sequence[tuple[int, Sequence[Cell]]]) -> dict[Column, int]:
    width = max((len(cells) for _, cells in table), default=0)
    return {column: place for place, column in enumerate(Column) if place < width}


def _cell(cells: Sequence[Cell], places: Mapping[Column, int], column: Column) -> Cell:
    place = places.get(column)
    return None if place is None or place >= len(cells) else cells[place]


def _is_total(held: Mapping[Column, Cell]) -> bool:
    """A row that adds up others: it says so, and has no quantity of its own."""
    said = fold(" ".join(str(held[column] or "") for column in (Column.POST, Column.DESCRIPTION)))
    return _TOTAL.fullmatch(said) is not None and held[Column.UNIT_PRICE] in (None, "")


def _read_line(row: int, held: Mapping[Column, Cell], sign: DecimalSign) -> ReadLine:
    found: list[tuple[Column, Finding]] = []
    texts: dict[Column, str] = {}
    values: dict[Column, Decimal | None] = {}
    for column, cell in held.items():
        if column in TEXTS:
            texts[column] = _text(column, cell, found)
        else:
            values[column] = _value(column, cell, sign, found)
    if not texts[Column.DESCRIPTION] and not texts[Column.POST]:
        found.append((Column.DESCRIPTION, finding(REQUIRED, column=COLUMN_LABELS[Column.DESCRIPTION].lower())))
    amount = _amount(values, found)
    line = None
    if amount is not None and all(said.severity is not Severity.BLOCKS for _, said in found):
        line = ClaimLine(
            texts[Column.POST],
            texts[Column.DESCRIPTION],
            texts[Column.UNIT],
            values[Column.CONTRACT_QUANTITY],
            values[Column.UNIT_PRICE],
            values[Column.QUANTITY_TO_DATE],
            values[Column.QUANTITY],
            amount,
        )
        found += check_line(line)
    return ReadLine(row, {column: _as_given(cell) for column, cell in held.items()}, line, tuple(found))


def _as_given(cell: Cell) -> str:
    if cell is None or isinstance(cell, str):
        return (cell or "")[:MAX_CELL]
    return str(cell).replace(".", ",")[:MAX_CELL]


def _text(column: Column, cell: Cell, found: list[tuple[Column, Finding]]) -> str:
    text = " ".join(_as_given(cell).split()) if not isinstance(cell, str) else " ".join(cell.split())
    if _ERRORS.fullmatch(text) or text.startswith("="):
        found.append((column, finding(FORMULA, text=text[:40])))
    elif len(text) > MAX_CELL:
        found.append((column, finding(TOO_LONG, column=COLUMN_LABELS[column].lower(), max=MAX_CELL)))
    return "".join(letter for letter in text if letter.isprintable())


def _value(column: Column, cell: Cell, sign: DecimalSign, found: list[tuple[Column, Finding]]) -> Decimal | None:
    """The number of a cell, or None with a finding when it holds something else."""
    if cell in (None, "") or cell == "-":
        return None
    if isinstance(cell, str):
        if _ERRORS.fullmatch(cell) or cell.startswith("="):
            found.append((column, finding(FORMULA, text=cell[:40])))
            return None
        reading = read_number(cell, sign)
        if reading is None:
            found.append((column, finding(NOT_A_NUMBER, text=cell[:40])))
            return None
        value = reading.value
        if reading.uncertain:
            found.append((column, finding(UNCERTAIN, Severity.WARNING, text=cell, number=number(value))))
    else:
        exact = _exact(cell)
        if exact is None:
            found.append((column, finding(NOT_A_NUMBER, text=str(cell)[:40])))
            return None
        value = exact
    if abs(value) > MAX_VALUE:
        found.append((column, finding(TOO_LARGE)))
        return None
    return _rounded(column, value, found)


def _exact(cell: int | float | Decimal | str | None) -> Decimal | None:
    """A number of a spreadsheet without the noise of binary fractions: what it shows with nine decimals."""
    if isinstance(cell, bool):
        return None
    try:
        value = Decimal(repr(cell) if isinstance(cell, float) else str(cell))
        if not value.is_finite():
            return None
        with localcontext(prec=60):
            return value.quantize(Decimal("1e-9")).normalize() + 0 if abs(value) < 10 * MAX_VALUE else value
    except InvalidOperation:
        return None


def _rounded(column: Column, value: Decimal, found: list[tuple[Column, Finding]]) -> Decimal | None:
    exponent = value.normalize().as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    if column is Column.AMOUNT:
        if decimals > DECIMALS[column]:
            found.append((column, finding(ROUNDED, Severity.WARNING, amount=euro(cents(value)))))
        return cents(value)
    if decimals > DECIMALS[column]:
        found.append((column, finding(DECIMALS_LOST, max=DECIMALS[column])))
        return None
    return value


def _amount(values: Mapping[Column, Decimal | None], found: list[tuple[Column, Finding]]) -> Decimal | None:
    """The amount that was given, or else the product; None with a finding when there is neither."""
    if values[Column.AMOUNT] is not None:
        return values[Column.AMOUNT]
    if any(place is Column.AMOUNT and said.severity is Severity.BLOCKS for place, said in found):
        return None
    quantity, price = values[Column.QUANTITY], values[Column.UNIT_PRICE]
    if quantity is None or price is None:
        found.append((Column.AMOUNT, finding(NO_AMOUNT)))
        return None
    product = cents(quantity * price)
    if abs(product) > MAX_VALUE:
        found.append((Column.AMOUNT, finding(TOO_LARGE)))
        return None
    found.append((Column.AMOUNT, finding(COMPUTED, Severity.INFORMATION, amount=euro(product))))
    return product
