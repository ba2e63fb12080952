"""Reading the lines of a claim from what somebody pasted or uploaded; nothing is kept here."""

from __future__ import annotations

from typing import IO

from domain.econtracting import claim_tables
from domain.econtracting.claim_tables import NOT_READABLE, ReadTable
from domain.errors import N_, Finding, Severity
from integrations import spreadsheet_rows
from integrations.spreadsheet_rows import NotASpreadsheet, SpreadsheetTooLarge

MAX_FILE = 5 * 1024 * 1024

TOO_LARGE = N_("Het bestand is groter dan {max} MB. Bewaar enkel het blad met de vorderingsstaat.")
EMPTY = N_("Het bestand is leeg.")
OLD_FORMAT = N_("Dit is een oud Excel-bestand of er staat een wachtwoord op. Bewaar het als XLSX zonder wachtwoord.")

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def read_pasted(text: str) -> ReadTable:
    """The lines of a pasted table."""
    return claim_tables.read_text(text)


def read_file(stream: IO[bytes]) -> ReadTable:
    """The lines of a CSV or XLSX file, told apart by what is in it; of a workbook, the first sheet that fits."""
    content = stream.read(MAX_FILE + 1)
    if len(content) > MAX_FILE:
        return _problem(TOO_LARGE, max=MAX_FILE // 1024 // 1024)
    if not content.strip():
        return _problem(EMPTY)
    if content.startswith(_OLE):
        return _problem(OLD_FORMAT)
    if content.startswith(_ZIP):
        return _workbook(content)
    text = claim_tables.decoded(content)
    return _problem(NOT_READABLE) if text is None else claim_tables.read_text(text)


def _workbook(content: bytes) -> ReadTable:
    first: ReadTable | None = None
    try:
        for rows in spreadsheet_rows.sheets(content):
            table = claim_tables.read_rows(rows)
            if table.usable:
                return table
            if first is None or (not first.rows and table.rows):
                first = table
    except SpreadsheetTooLarge:
        return _problem(TOO_LARGE, max=MAX_FILE // 1024 // 1024)
    except NotASpreadsheet:
        return _problem(NOT_READABLE)
    return first or _problem(EMPTY)


def _problem(message: str, **params: object) -> ReadTable:
    return ReadTable(problems=(Finding("LINES", Severity.BLOCKS, message, "lines", params=params),))
