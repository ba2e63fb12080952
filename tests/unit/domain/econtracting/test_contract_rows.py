"""Contracts from a CSV: what is a file of contracts, and what becomes of each row."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.econtracting.contract_data import ContractData
from domain.econtracting.contract_rows import COLUMNS, JudgedRow, RowResult, judge, read_table
from domain.econtracting.contracts import ContractType
from domain.econtracting.terms import Regime
from domain.errors import InvalidValue

KINDS = ("SCHULDVORDERING", "NAZICHT")
TODAY = date(2026, 11, 16)
ROW = {
    "opdrachtnummer": "MOW/1",
    "omschrijving": "Fietspad; tweede deel",
    "ondernemingsnummer": "0999.000.129",
    "naam_opdrachtnemer": "Wegenbouw Voorbeeld NV",
    "dienst": "Wegen",
    "type": "werken",
    "grond": "BESTEK",
    "verwijzing": "Bestek 1",
    "bekendmaking": "03/03/2025",
    "contact_naam": "Secretariaat",
    "contact_email": "wegen@mow.example.be",
    "contact_telefoon": "+32 2 553 00 00",
    "soorten": "schuldvordering, NAZICHT",
}


def judged(*rows: dict[str, str], known: dict[str, ContractData] | None = None) -> list[JudgedRow]:
    """Rows as they would be judged, numbered from 2 on."""
    return judge(list(enumerate(rows, start=2)), (known or {}).get, {}, {}, KINDS, TODAY)


def columns(row: JudgedRow) -> list[str | None]:
    """Of which cells something is told."""
    return [one.field for one in row.findings]


def csv_of(*rows: dict[str, str], separator: str = ";") -> str:
    """A file with the titles and these rows."""
    lines = [separator.join(COLUMNS)]
    for row in rows:
        cells = [row.get(column, "") for column in COLUMNS]
        lines.append(separator.join(f'"{cell}"' if separator in cell else cell for cell in cells))
    return "\r\n".join(lines)


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_file_of_a_belgian_spreadsheet_is_read(separator: str, encoding: str) -> None:
    row = ROW | {"omschrijving": "Brug; 3 € per mètre, één deel"}
    [(number, cells)] = read_table(csv_of(row, separator=separator).encode(encoding))
    assert number == 2
    assert cells["omschrijving"] == "Brug; 3 € per mètre, één deel"


def test_a_line_that_names_the_separator_is_no_row() -> None:
    [(number, cells)] = read_table(("sep=;\r\n" + csv_of(ROW)).encode())
    assert (number, cells["opdrachtnummer"]) == (3, "MOW/1")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \r\n ",
        ";".join(COLUMNS).encode(),
        (";".join(COLUMNS) + "\r\n;;;;\r\n").encode(),
        b"PK\x03\x04\x14\x00\x06\x00",
        b"%PDF-1.7\n",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"opdrachtnummer\x00;omschrijving",
        b"\x81\x8d\x8f\x90\x9d",
        b"a;b;c\r\n1;2;3",
        ("onbekend;" + ";".join(COLUMNS) + "\r\n1").encode(),
        ("type;" + ";".join(COLUMNS) + "\r\n1").encode(),
        (";".join(COLUMNS) + '\r\n"nooit gesloten;1;2').encode(),
    ],
)
def test_what_is_no_file_of_contracts_is_refused_as_a_whole(content: bytes) -> None:
    """Empty, without rows, binary, wrong or double titles, broken quotes: one clear answer at the file."""
    with pytest.raises(InvalidValue) as refused:
        read_table(content)
    assert refused.value.field == "file"


def test_more_rows_than_allowed_are_refused() -> None:
    line = ";".join(ROW.get(column, "").replace(";", "") for column in COLUMNS)
    assert len(read_table("\n".join([";".join(COLUMNS), *[line] * 5_000]).encode())) == 5_000
    with pytest.raises(InvalidValue):
        read_table("\n".join([";".join(COLUMNS), *[line] * 5_001]).encode())


def test_a_new_contract_is_read_as_it_would_be_typed() -> None:
    [row] = judged(ROW)
    assert row.result is RowResult.NEW
    assert row.data is not None
    assert row.data.type is ContractType.WORKS
    assert row.data.contractor_number == "0999000129"
    assert row.data.published_on == date(2025, 3, 3)
    assert row.data.regime_in_force is Regime.KB2024
    assert row.data.kinds == {"SCHULDVORDERING", "NAZICHT"}
    assert row.data.contact_phone == "+32 2 553 00 00"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("ondernemingsnummer", "0999000128"),
        ("regime", "KB2030"),
        ("type", "IETS"),
        ("grond", "GEVOEL"),
        ("bekendmaking", "31/02/2025"),
        ("bekendmaking", "gisteren"),
        ("behandelingstermijn", "dertig"),
        ("behandelingstermijn", "61"),
        ("soorten", "BESTAAT_NIET"),
        ("soorten", ""),
        ("contact_email", "geen adres"),
        ("opdrachtnummer", ""),
        ("omschrijving", '=HYPERLINK("http://kwaad.example")'),
        ("omschrijving", "@SUM(A1)"),
        ("dienst", "+1+1"),
        ("dienst", "-2"),
        ("contact_telefoon", "+32=cmd|' /C calc'!A0"),
        ("zichtbaar_vanaf", "morgen"),
    ],
)
def test_a_wrong_cell_is_told_at_its_column(column: str, value: str) -> None:
    [row] = judged(ROW | {column: value})
    assert row.result is RowResult.REFUSED
    assert columns(row) == [column]


def test_everything_wrong_in_a_row_is_told_at_once() -> None:
    [row] = judged(ROW | {"ondernemingsnummer": "1", "type": "IETS", "contact_email": "x", "": "…"})
    assert set(columns(row)) == {"ondernemingsnummer", "type", "contact_email", ""}


def test_a_text_our_own_export_protected_is_taken_back() -> None:
    [row] = judged(ROW | {"omschrijving": "'+Plus een weg"})
    assert row.data is not None
    assert row.data.description == "+Plus een weg"


def test_the_second_of_two_rows_with_one_number_is_refused() -> None:
    first, second, third = judged(ROW, ROW | {"opdrachtnummer": " MOW/1 "}, ROW | {"opdrachtnummer": "MOW/2"})
    assert [one.result for one in (first, second, third)] == [RowResult.NEW, RowResult.REFUSED, RowResult.NEW]
    assert columns(second) == ["opdrachtnummer"]


def test_a_known_contract_is_never_overwritten() -> None:
    [there] = judged(ROW)
    assert there.data is not None
    known = {"MOW/1": there.data}
    [same] = judged(ROW | {"naam_opdrachtnemer": "Anders geschreven"}, known=known)
    assert (same.result, same.differs) == (RowResult.SAME, ())
    [other] = judged(ROW | {"dienst": "Bruggen", "type": "DIENSTEN"}, known=known)
    assert (other.result, other.differs) == (RowResult.DIFFERENT, ("dienst", "type"))
    [again] = judged(ROW, known={"MOW/1": replace(there.data, visible_from=date(2027, 1, 1))})
    assert again.result is RowResult.SAME


def test_the_number_of_an_authority_is_no_contractor() -> None:
    [row] = judge([(2, ROW)], {}.get, {}, {"0999000129": "Dit is een overheid."}, KINDS, TODAY)
    assert columns(row) == ["ondernemingsnummer"]
