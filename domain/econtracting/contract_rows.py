"""Contracts from a CSV file: the columns, reading the file, and judging each row beside what is known already.

A row that is wrong is told cell by cell, all at once; a known contract is never overwritten. Nothing is stored here.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from domain.econtracting.contract_data import (
    USUAL_DAYS,
    ContractData,
    check,
    tidied,
)
from domain.econtracting.contracts import (
    ContractType,
    Ground,
)
from domain.econtracting.terms import Regime
from domain.errors import N_, Finding, InvalidValue, Severity

MAX_ROWS = 5_000
MAX_CELL = 4_000

#: The columns in the order of the template, and the field each one fills.
COLUMNS: Mapping[str, str] = {
    "opdrachtnummer": "number",
    "omschrijving": "description",
    "ondernemingsnummer": "contractor_number",
    "naam_opdrachtnemer": "contractor_name",
    "dienst": "unit",
    "type": "type",
    "grond": "ground",
    "verwijzing": "ground_reference",
    "bekendmaking": "published_on",
    "regime": "regime",
    "reden_regime": "regime_reason",
    "behandelingstermijn": "processing_days",
    "grond_termijn": "derogation_reason",
    "ordernummer": "order_number",
    "contact_naam": "contact_name",
    "contact_email": "contact_email",
    "contact_telefoon": "contact_phone",
    "soorten": "kinds",
    "zichtbaar_vanaf": "visible_from",
}
#: Columns that may be missing from the file: what they say has a meaning when it is empty.
OPTIONAL = frozenset(
    {
        "naam_opdrachtnemer",
        "dienst",
        "regime",
        "reden_regime",
        "behandelingstermijn",
        "grond_termijn",
        "ordernummer",
        "contact_telefoon",
        "zichtbaar_vanaf",
    }
)
COLUMN_OF: Mapping[str, str] = {field: column for column, field in COLUMNS.items()}

NOT_CSV = N_("Dit is geen CSV-bestand. Bewaar uw rekenblad als CSV en kies dat bestand.")
EMPTY_FILE = N_("Het bestand bevat geen opdrachten. Vul onder de kolomtitels één rij per opdracht in.")
MISSING_COLUMNS = N_("Deze kolommen ontbreken: {columns}. Begin met het voorbeeldbestand.")
UNKNOWN_COLUMNS = N_("Deze kolommen kennen we niet: {columns}. Begin met het voorbeeldbestand.")
COLUMN_TWICE = N_("Deze kolommen staan er twee keer: {columns}.")
TOO_MANY_ROWS = N_("Het bestand telt meer dan {max} rijen. Splits het op.")
BROKEN_FILE = N_("Rij {row} kan niet gelezen worden: kijk de aanhalingstekens na.")

TOO_MANY_CELLS = N_(
    "Deze rij heeft meer cellen dan er kolommen zijn. Zet een tekst met een puntkomma tussen aanhalingstekens."
)
FORMULA_CELL = N_("Deze cel begint met {sign}, zoals een formule. Vul de waarde zelf in.")
CELL_TOO_LONG = N_("Deze cel is te lang.")
NO_SUCH_CHOICE = N_("‘{value}’ kennen we niet. Kies uit: {choices}.")
NO_DATE = N_("‘{value}’ is geen datum. Schrijf ze als 31/12/2025.")
NO_NUMBER = N_("‘{value}’ is geen geheel getal.")
TWICE_IN_FILE = N_("Dit opdrachtnummer staat ook op rij {row}.")

_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
_PHONE_LIKE = re.compile(r"\+[0-9 ()./-]*")
_DATES = (
    re.compile(r"(?P<d>[0-9]{1,2})[/.-](?P<m>[0-9]{1,2})[/.-](?P<y>[0-9]{4})"),
    re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"),
)


class RowResult(StrEnum):
    """What becomes of a row."""

    NEW = "NIEUW"
    SAME = "BEKEND"
    DIFFERENT = "ANDERS"
    REFUSED = "GEWEIGERD"


ROW_RESULT_LABELS: dict[RowResult, str] = {
    RowResult.NEW: N_("Nieuw"),
    RowResult.SAME: N_("Bekend en gelijk"),
    RowResult.DIFFERENT: N_("Bekend maar anders"),
    RowResult.REFUSED: N_("Geweigerd"),
}


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """One row and what becomes of it. ``number`` is its place in the file, the titles being row 1.

    ``findings`` have the name of the column as field. ``data`` is None when a cell could not even be read; ``differs``
    are the columns in which a known contract says something else.
    """

    number: int
    result: RowResult
    cells: Mapping[str, str]
    data: ContractData | None = None
    findings: tuple[Finding, ...] = ()
    differs: tuple[str, ...] = ()


def read_table(content: bytes) -> list[tuple[int, dict[str, str]]]:
    """The rows of a file by the names of COLUMNS, each with its place in the file; empty rows are left out.

    Semicolons, commas or tabs; UTF-8 or Windows-1252. InvalidValue (``file``) when it cannot be a file of contracts.
    A cell too many is kept under the empty name.
    """
    lines, first = _lines(content), 1
    if lines and re.fullmatch(r"sep=.", lines[0].strip()):
        lines, first = lines[1:], 2
    if not lines:
        raise InvalidValue(EMPTY_FILE, field="file")
    separator = max(";,\t", key=lines[0].count)
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=separator, strict=True)
    found: list[tuple[int, dict[str, str]]] = []
    titles: list[str] = []
    try:
        for place, cells in enumerate(reader, start=first):
            if place == first:
                titles = _titles(cells)
            elif any(cell.strip() for cell in cells):
                row = {title: cell.strip() for title, cell in zip(titles, cells, strict=False)}
                if any(cell.strip() for cell in cells[len(titles) :]):
                    row[""] = "…"
                found.append((place, row))
            if len(found) > MAX_ROWS:
                raise InvalidValue(TOO_MANY_ROWS, field="file", max=MAX_ROWS)
    except csv.Error:
        raise InvalidValue(BROKEN_FILE, field="file", row=reader.line_num) from None
    if not found:
        raise InvalidValue(EMPTY_FILE, field="file")
    return found


def _lines(content: bytes) -> list[str]:
    if b"\0" in content or content[:4] in (b"PK\x03\x04", b"%PDF"):
        raise InvalidValue(NOT_CSV, field="file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            raise InvalidValue(NOT_CSV, field="file") from None
    if any(ord(one) < 32 and one not in "\t\r\n" for one in text):
        raise InvalidValue(NOT_CSV, field="file")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if text.strip() else []


def _titles(cells: Sequence[str]) -> list[str]:
    titles = [cell.strip().lower().replace(" ", "_") for cell in cells]
    while titles and not titles[-1]:
        titles.pop()
    twice = sorted({title for title in titles if titles.count(title) > 1})
    missing = [column for column in COLUMNS if column not in titles and column not in OPTIONAL]
    unknown = [title or "…" for title in titles if title not in COLUMNS]
    for message, columns in ((MISSING_COLUMNS, missing), (UNKNOWN_COLUMNS, unknown), (COLUMN_TWICE, twice)):
        if columns:
            raise InvalidValue(message, field="file", columns=", ".join(columns)[:300])
    return titles


def judge(
    rows: Sequence[tuple[int, Mapping[str, str]]],
    known: Callable[[str], ContractData | None],
    names: Mapping[str, str],
    refused: Mapping[str, str],
    kinds: Collection[str],
    today: date,
) -> list[JudgedRow]:
    """What becomes of each row; the first of two with one number counts, the others are refused.

    ``known`` gives the contract of this authority with a number; ``names`` the names of known contractors by enterprise
    number, which are used instead of what the file says; ``refused`` those that cannot be a contractor, with why.
    """
    first: dict[str, int] = {}
    judged = []
    for number, cells in rows:
        data, findings = _read(cells)
        if data is not None:
            data = tidied(data)
            data = replace(data, contractor_name=names.get(data.contractor_number, data.contractor_name))
            unread = {one.field for one in findings}
            findings += [
                replace(one, field=COLUMN_OF.get(one.field or "", one.field))
                for one in check(data, kinds, today)
                if COLUMN_OF.get(one.field or "") not in unread
            ]
            if data.contractor_number in refused:
                findings.append(_wrong("ondernemingsnummer", refused[data.contractor_number]))
            if data.number and first.setdefault(data.number, number) != number:
                findings.append(_wrong("opdrachtnummer", TWICE_IN_FILE, row=first[data.number]))
        judged.append(_judged(number, cells, data, findings, known))
    return judged


def _judged(
    number: int,
    cells: Mapping[str, str],
    data: ContractData,
    findings: list[Finding],
    known: Callable[[str], ContractData | None],
) -> JudgedRow:
    if findings:
        return JudgedRow(number, RowResult.REFUSED, cells, data, tuple(findings))
    there = known(data.number)
    if there is None:
        return JudgedRow(number, RowResult.NEW, cells, data)
    differs = tuple(
        column
        for column, field in COLUMNS.items()
        if field not in ("visible_from", "contractor_name") and getattr(there, field) != getattr(data, field)
    )
    return JudgedRow(number, RowResult.DIFFERENT if differs else RowResult.SAME, cells, data, (), differs)


def _wrong(column: str, message: str, **params: Any) -> Finding:
    return Finding("C-005", Severity.BLOCKS, message, column, params=params)


def _read(cells: Mapping[str, str]) -> tuple[ContractData, list[Finding]]:
    """The data of a row, with a finding for each cell that is not what its column holds."""
    found: list[Finding] = []
    values: dict[str, Any] = {}
    if "" in cells:
        found.append(_wrong("", TOO_MANY_CELLS))
    for column, field in COLUMNS.items():
        text = cells.get(column, "")
        problem = _unfit(column, text)
        if problem is not None:
            found.append(problem)
            continue
        if len(text) > 1 and text[0] == "'" and _FORMULA.match(text[1]):
            text = text[1:]  # as our own export protects a text
        try:
            values[field] = _value(field, text)
        except InvalidValue as error:
            found.append(_wrong(column, error.message, **error.params))
    return ContractData(**values), found


def _unfit(column: str, text: str) -> Finding | None:
    if len(text) > MAX_CELL:
        return _wrong(column, CELL_TOO_LONG)
    if _FORMULA.match(text) and not (column == "contact_telefoon" and _PHONE_LIKE.fullmatch(text)):
        return _wrong(column, FORMULA_CELL, sign=text[0])
    return None


def _value(field: str, text: str) -> Any:
    match field:
        case "type":
            return _choice(ContractType, text)
        case "ground":
            return _choice(Ground, text)
        case "regime":
            return _choice(Regime, text)
        case "published_on" | "visible_from":
            return _day(text)
        case "processing_days":
            if text and not re.fullmatch(r"[0-9]{1,4}", text):
                raise InvalidValue(NO_NUMBER, value=text[:40])
            return int(text) if text else USUAL_DAYS
        case "kinds":
            return frozenset(code for code in re.split(r"[\s,;|+]+", text.upper()) if code)
        case _:
            return text


def _choice(choices: type[StrEnum], text: str) -> StrEnum | None:
    if not text:
        return None
    try:
        return choices(text.upper())
    except ValueError:
        raise InvalidValue(NO_SUCH_CHOICE, value=text[:40], choices=", ".join(choices)) from None


def _day(text: str) -> date | None:
    if not text:
        return None
    for shape in _DATES:
        if match := shape.fullmatch(text):
            try:
                return date(int(match["y"]), int(match["m"]), int(match["d"]))
            except ValueError:
                break
    raise InvalidValue(NO_DATE, value=text[:40])
