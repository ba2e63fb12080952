"""Lines of a claim: every way of writing numbers, per-cell findings, exact sums (issue 4, wizard)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.econtracting.claim_lines import Column, check_sum, lines_of, stored, total
from domain.econtracting.claim_tables import MAX_LINES, Cell, ReadTable, decoded, read_rows, read_text
from domain.econtracting.typed_numbers import DecimalSign, read_number, sign_of
from domain.errors import Severity

HEAD = "Post\tOmschrijving\tEenheid\tHoeveelheid opdracht\tEenheidsprijs\tHoeveelheid tot nu toe\tHoeveelheid\tBedrag"


def said(table: ReadTable) -> list[tuple[int, str | None, str]]:
    return [(row, column.value if column else None, str(one)) for row, column, one in table.findings]


def test_rows_of_a_spreadsheet_are_pasted_with_their_titles() -> None:
    table = read_text(
        f"{HEAD}\n1.1\tGrondwerk\tm³\t1.200\t12,50\t300\t100\t1.250,00\n1.2\tBuizen\tm\t80\t45,00\t80\t-2\t-90,00\n"
    )
    assert table.usable
    assert [(line.post, line.description, line.quantity, line.amount) for line in table.lines] == [
        ("1.1", "Grondwerk", Decimal("100"), Decimal("1250.00")),
        ("1.2", "Buizen", Decimal("-2"), Decimal("-90.00")),
    ]
    assert table.lines[0].contract_quantity == 1200
    assert total(table.lines) == Decimal("1160.00")
    assert said(table) == []


def test_titles_may_stand_in_any_order_and_below_other_rows() -> None:
    table = read_text("Werf Kaai;;\n;;\nBedrag (€);Benaming;Eh\n12,50;Kabel;m\n")
    assert table.columns == (Column.DESCRIPTION, Column.UNIT, Column.AMOUNT)
    assert [(one.row, one.line and one.line.amount) for one in table.rows] == [(4, Decimal("12.50"))]


def test_without_titles_the_order_counts() -> None:
    (line,) = read_text("7\tVerf\tm2\t10\t3,5\t4\t2\t7\n").lines
    assert (line.unit, line.unit_price, line.quantity_to_date, line.amount) == (
        "m2",
        Decimal("3.5"),
        Decimal(4),
        Decimal("7.00"),
    )


def test_totals_and_empty_rows_do_not_count() -> None:
    table = read_text(
        f"{HEAD}\n1\tA\tst\t\t2\t\t3\t6\n\t\t\t\t\t\t\t\n\tSubtotaal\t\t\t\t\t\t6\n\tTotaal excl. btw\t\t\t\t\t\t6\n"
    )
    assert (len(table.lines), table.left_out) == (1, (4, 5))


def test_an_amount_that_is_not_given_is_reckoned() -> None:
    table = read_text("Omschrijving\tHoeveelheid\tEenheidsprijs\nZand\t3\t2,3350\n")
    assert table.lines[0].amount == Decimal("7.01")
    assert said(table) == [(2, "amount", "Berekend: hoeveelheid × eenheidsprijs = € 7,01.")]
    assert table.usable


@pytest.mark.parametrize(
    ("row", "column", "text"),
    [
        ("1\tA\tst\t\t2\t\t3\t5", "amount", "Hoeveelheid × eenheidsprijs is € 6,00, niet € 5,00."),
        (
            "1\tA\tst\t5\t2\t6\t3\t6",
            "quantity_to_date",
            "Tot nu toe is er meer uitgevoerd (6) dan er in de opdracht staat (5).",
        ),
        ("1\tA\tst\t\t\t\t\t7,128", "amount", "Afgerond op de cent: € 7,13."),
        ("1\tA\tst\t\t\t\t\t1.234", "amount", "'1.234' is gelezen als 1234. Kijk na of dat klopt."),
    ],
)
def test_what_is_remarkable_is_a_warning_at_its_cell(row: str, column: str, text: str) -> None:
    table = read_text(f"{HEAD}\n{row}\n")
    assert (2, column, text) in said(table)
    assert table.usable


@pytest.mark.parametrize(
    ("row", "column", "text"),
    [
        ("1\tA\tst\t\t\t\t\tveel", "amount", "'veel' is geen getal."),
        ("1\tA\tst\t\tx\t\t3\t6", "unit_price", "'x' is geen getal."),
        (
            "1\tA\tst\t\t\t\t\t=A1*2",
            "amount",
            "Hier staat een formule of een fout van het rekenblad: '=A1*2'. Plak de waarde zelf.",
        ),
        (
            "1\tA\tst\t\t\t\t\t#REF!",
            "amount",
            "Hier staat een formule of een fout van het rekenblad: '#REF!'. Plak de waarde zelf.",
        ),
        (
            "1\t=SOM(1)\tst\t\t\t\t\t6",
            "description",
            "Hier staat een formule of een fout van het rekenblad: '=SOM(1)'. Plak de waarde zelf.",
        ),
        ("\t\tst\t\t\t\t\t6", "description", "Vul omschrijving in."),
        ("1\tA\tst\t\t\t\t\t", "amount", "Vul het bedrag in, of de hoeveelheid en de eenheidsprijs."),
        ("1\tA\tst\t\t2,1234567\t\t3\t6", "unit_price", "Dit getal heeft meer dan 6 cijfers na de komma."),
        ("1\tA\tst\t\t\t\t\t99999999999999", "amount", "Dit getal is te groot."),
        (f"1\t{'x' * 501}\tst\t\t\t\t\t6", "description", "Hou omschrijving korter dan 500 tekens."),
    ],
)
def test_what_is_wrong_blocks_its_cell_only(row: str, column: str, text: str) -> None:
    table = read_text(f"{HEAD}\n{row}\n2\tB\tst\t\t\t\t\t8\n")
    assert (2, column, text) in said(table)
    assert not table.usable
    assert [line.description for line in table.lines] == ["B"]


@pytest.mark.parametrize("text", ["", "\n\n", "\t\t\n", HEAD + "\n"])
def test_nothing_to_read_is_told(text: str) -> None:
    assert [one.severity for one in read_text(text).problems] == [Severity.BLOCKS]


def test_a_table_without_amounts_is_told() -> None:
    assert "geen kolom met een bedrag" in str(read_text("Post\tOmschrijving\tEenheid\n1\tA\tst\n").problems[0])


def test_two_thousand_lines_are_read_and_too_many_are_refused() -> None:
    rows = "\n".join(f"{n}\tPost {n}\tst\t\t1,05\t\t{n}\t" for n in range(2000))
    table = read_text(f"{HEAD}\n{rows}")
    assert total(table.lines) == Decimal("1.05") * sum(range(2000))
    assert len(read_rows([["1", "A", "", "", "", "", "", "1"]] * MAX_LINES).rows) == MAX_LINES
    assert "meer dan 5000" in str(read_rows([["1", "A", "", "", "", "", "", "1"]] * (MAX_LINES + 1)).problems[0])


def test_a_quote_that_is_never_closed_does_not_swallow_the_rest() -> None:
    table = read_text('Omschrijving\tBedrag\n"Zware buis\t5\nBuis 12" PVC\t6\nBuis 14"\t7\n')
    assert [line.amount for line in table.lines] == [5, 6, 7]


def test_a_cell_with_a_line_break_is_one_cell() -> None:
    (line,) = read_text('Omschrijving\tBedrag\n"Buis\nen bocht"\t5\n').lines
    assert line.description == "Buis en bocht"


def test_the_numbers_of_a_workbook_are_exact() -> None:
    rows: list[list[Cell]] = [
        ["Omschrijving", "Hoeveelheid", "Eenheidsprijs", "Bedrag"],
        ["A", 0.1 + 0.2, 10, 3],
        ["B", 3, 33.33, None],
        ["C", None, None, 1e20],
        ["D", None, None, float("nan")],
    ]
    table = read_rows(rows)
    assert [(line.quantity, line.amount) for line in table.lines] == [(Decimal("0.3"), 3), (3, Decimal("99.99"))]
    assert [row for row, _, one in table.findings if one.severity is Severity.BLOCKS] == [4, 5]


def test_the_sum_is_laid_beside_the_claimed_amount() -> None:
    lines = read_text("Omschrijving\tBedrag\nA\t10,10\nB\t-0,10\n").lines
    assert check_sum(lines, Decimal("10.00")) == []
    assert check_sum(lines, None) == []
    assert check_sum([], Decimal("10.00")) == []
    (warning,) = check_sum(lines, Decimal("12.00"))
    assert warning.severity is Severity.WARNING
    assert str(warning) == "De lijnen samen zijn € 10,00; u vordert € 12,00. Het verschil is − € 2,00."


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("12", "12"), ("12,5", "12.5"), ("12.5", "12.5"), ("1.234,56", "1234.56"), ("1,234.56", "1234.56")),
        *(("1.234.567", "1234567"), ("1,234,567", "1234567"), ("1 234,56", "1234.56"), ("1\u202f234,5", "1234.5")),
        *(("1'234.50", "1234.50"), ("€ 12,50", "12.50"), ("12,50 EUR", "12.50"), ("-5", "-5"), ("\u22125", "-5")),
        *(("5-", "-5"), ("(5,25)", "-5.25"), ("-0", "0"), ("0,5", "0.5"), ("1234,567", "1234.567"), ("007", "7")),
    ],
)
def test_numbers_that_can_be_read_in_one_way(text: str, value: str) -> None:
    reading = read_number(text)
    assert reading is not None
    assert (reading.value, reading.uncertain) == (Decimal(value), False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "a",
        "1,2,3",
        "1.2.3",
        "1.23,45.6",
        "--1",
        "(-1)",
        "1e5",
        "NaN",
        "∞",
        "٣",
        "12%",
        ",5",
        "5,",
        "1" * 41,
        "1/2",
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("others", "text", "value", "uncertain"),
    [
        (["12,5"], "1.234", "1234", False),
        (["12.5"], "1.234", "1.234", False),
        (["12.5"], "1,234", "1234", False),
        ([], "1.234", "1234", True),
        ([], "1,234", "1.234", True),
        (["12,5", "12.5"], "1.234", "1234", True),
    ],
)
def test_the_table_decides_how_its_numbers_are_written(
    others: list[str], text: str, value: str, uncertain: bool
) -> None:
    reading = read_number(text, sign_of([*others, text, "word", ""]))
    assert reading is not None
    assert (reading.value, reading.uncertain) == (Decimal(value), uncertain)


AMOUNTS = st.decimals(min_value=-9_999_999, max_value=9_999_999, places=2)


def dutch(value: Decimal) -> str:
    return f"{value:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")


@given(AMOUNTS)
def test_an_amount_is_read_back_as_it_was_written(value: Decimal) -> None:
    for text, sign in (
        (dutch(value), DecimalSign.COMMA),
        (f"{value:,.2f}", DecimalSign.POINT),
        (f"{value:.2f}", DecimalSign.UNKNOWN),
    ):
        reading = read_number(text, sign)
        assert reading is not None
        assert reading.value == value


@given(st.lists(AMOUNTS, min_size=1, max_size=30))
def test_the_sum_of_the_lines_is_exact(values: list[Decimal]) -> None:
    text = "Omschrijving\tBedrag\n" + "".join(f"Lijn\t{dutch(value)}\n" for value in values)
    table = read_text(text)
    assert table.usable
    assert total(table.lines) == sum(values)
    assert lines_of(stored(table.lines)) == table.lines


@given(st.text(max_size=400))
def test_whatever_is_pasted_gives_lines_or_findings(text: str) -> None:
    table = read_text(text)
    assert table.rows or table.problems
    for one in table.rows:
        assert one.line is not None or any(said.severity is Severity.BLOCKS for _, said in one.findings)
    assert lines_of(stored(table.lines)) == table.lines


@given(
    st.lists(
        st.lists(st.none() | st.text(max_size=20) | st.integers() | st.floats() | st.decimals(), max_size=10),
        max_size=8,
    )
)
def test_whatever_a_workbook_holds_gives_lines_or_findings(rows: list[list[Cell]]) -> None:
    table = read_rows(rows)
    assert table.rows or table.problems
    assert lines_of(stored(table.lines)) == table.lines


@given(st.binary(max_size=300))
def test_whatever_a_file_holds_is_text_or_nothing(content: bytes) -> None:
    text = decoded(content)
    assert text is None or read_text(text) is not None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_csv_is_read_in_the_usual_encodings(encoding: str) -> None:
    text = decoded("Omschrijving;Bedrag\nCafé m²;1,50\n".encode(encoding))
    assert text is not None
    assert [(line.description, line.amount) for line in read_text(text).lines] == [("Café m²", Decimal("1.50"))]
