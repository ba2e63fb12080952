"""Reading a RaaS export: which file is one, and what stands on which line (docs/rules/ecalcura.md).

The rows are judged in ``domain.ecalcura.raas``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.errors import N_, InvalidValue

COLUMNS = (
    "riziv_nummer",
    "hco_nummer",
    "insz",
    "naam",
    "voornaam",
    "contracttype",
    "kwalificatie_code",
    "start",
    "einde",
    "uren",
    "uren_vervanging",
)
MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 50_000

# Written behind the text: when it does not come back as a record of its own, a quotation mark was never closed.
_END_OF_FILE = "\x1fend"


@dataclass(frozen=True, slots=True)
class RaasRow:
    """One record as it stands in the file. ``row`` is the file line it starts on, the header being 1."""

    row: int
    hco_number: str
    national_number: str = field(repr=False)
    family_name: str = field(repr=False)
    given_name: str = field(repr=False)
    contract_type: str
    qualification: str
    start: str
    end: str
    hours: str
    replacement_hours: str


def _refuse_file(message: str, **params: Any) -> InvalidValue:
    return InvalidValue(message, code="RAAS", field="file", **params)


def _decode(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise _refuse_file(
            N_("Het bestand is te groot: hoogstens {megabytes} MB."), megabytes=MAX_BYTES // (1024 * 1024)
        )
    if b"\x00" in data:
        raise _refuse_file(N_("Dit is geen tekstbestand. Bewaar de export als CSV in UTF-8 of Windows-1252."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            raise _refuse_file(
                N_("De tekens van dit bestand zijn niet leesbaar. Bewaar de export als CSV in UTF-8 of Windows-1252.")
            ) from None
    if not text.strip():
        raise _refuse_file(N_("Het bestand is leeg."))
    return text


def _records(text: str) -> list[tuple[int, list[str]]]:
    """Every record with the file line it starts on; empty lines count as lines and give no record."""
    reader = csv.reader(io.StringIO(f"{text}\n{_END_OF_FILE}", newline=""), delimiter=";")
    records: list[tuple[int, list[str]]] = []
    first_line = 1
    try:
        for cells in reader:
            if cells and not (len(cells) == 1 and not cells[0].strip()):
                records.append((first_line, cells))
            first_line = reader.line_num + 1
    except csv.Error:
        raise _refuse_file(N_("Regel {row} van het bestand is niet leesbaar."), row=first_line) from None
    last_line, last = records.pop()
    if last != [_END_OF_FILE]:
        raise _refuse_file(N_("Op regel {row} wordt een aanhalingsteken niet gesloten."), row=last_line)
    return records


def _positions(header: Sequence[str]) -> dict[str, int]:
    """Where each column stands. The order is free; a missing, foreign or repeated column is refused."""
    names = [name.strip().lower() for name in header]
    while names and not names[-1]:
        names.pop()
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise _refuse_file(
            N_("In het bestand ontbreken deze kolommen: {columns}. De kolommen worden gescheiden door een puntkomma."),
            columns=", ".join(missing),
        )
    foreign = [name or "?" for name in names if name not in COLUMNS]
    if foreign:
        raise _refuse_file(N_("Het bestand bevat onbekende kolommen: {columns}."), columns=", ".join(foreign)[:200])
    if len(names) != len(COLUMNS):
        raise _refuse_file(N_("Een kolom komt meer dan één keer voor in het bestand."))
    return {name: place for place, name in enumerate(names)}


def _one_line(text: str) -> str:
    """A name on one line, without control characters."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def read_rows(data: bytes) -> list[RaasRow]:
    """The rows of a RaaS export: semicolon CSV with a header, UTF-8 (with or without BOM) or Windows-1252.

    Cells are stripped, cells a short row lacks are empty, empty lines are skipped. Raises InvalidValue with what is
    wrong when the file as a whole is no export: too large, empty, binary, wrong header, unclosed quotation mark.
    """
    records = _records(_decode(data))
    places = _positions(records[0][1])
    if len(records) - 1 > MAX_ROWS:
        raise _refuse_file(N_("Het bestand bevat te veel regels: hoogstens {rows}."), rows=MAX_ROWS)
    rows = []
    for line, cells in records[1:]:
        value = {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}
        rows.append(
            RaasRow(
                row=line,
                hco_number=value["hco_nummer"],
                national_number=value["insz"],
                family_name=_one_line(value["naam"]),
                given_name=_one_line(value["voornaam"]),
                contract_type=value["contracttype"],
                qualification=value["kwalificatie_code"],
                start=value["start"],
                end=value["einde"],
                hours=value["uren"],
                replacement_hours=value["uren_vervanging"],
            )
        )
    return rows
