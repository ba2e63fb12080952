"""The lines of a claim (vorderingsstaat): what was carried out per post of the measurement, in quantities and euro.

A line is exact: quantities and prices as they were given, amounts in whole cents. What does not fit is a finding at its
cell; the sum of the lines is laid beside the claimed amount.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from domain.dutch import euro, number
from domain.errors import N_, Finding, Severity

MAX_LINES = 5_000
MAX_CELL = 500
MAX_VALUE = Decimal("9999999999999.99")
CENT = Decimal("0.01")


class Column(StrEnum):
    """What stands in a cell of a line."""

    POST = "post"
    DESCRIPTION = "description"
    UNIT = "unit"
    CONTRACT_QUANTITY = "contract_quantity"
    UNIT_PRICE = "unit_price"
    QUANTITY_TO_DATE = "quantity_to_date"
    QUANTITY = "quantity"
    AMOUNT = "amount"


COLUMN_LABELS: Mapping[Column, str] = {
    Column.POST: N_("Post"),
    Column.DESCRIPTION: N_("Omschrijving"),
    Column.UNIT: N_("Eenheid"),
    Column.CONTRACT_QUANTITY: N_("Hoeveelheid in de opdracht"),
    Column.UNIT_PRICE: N_("Eenheidsprijs"),
    Column.QUANTITY_TO_DATE: N_("Hoeveelheid tot nu toe"),
    Column.QUANTITY: N_("Hoeveelheid deze periode"),
    Column.AMOUNT: N_("Bedrag"),
}
TEXTS = frozenset({Column.POST, Column.DESCRIPTION, Column.UNIT})
#: How many decimals a number can have: an amount that has more is rounded, which is told.
DECIMALS: Mapping[Column, int] = {
    Column.CONTRACT_QUANTITY: 6,
    Column.UNIT_PRICE: 6,
    Column.QUANTITY_TO_DATE: 6,
    Column.QUANTITY: 6,
    Column.AMOUNT: 2,
}


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One line. Quantities in the unit of the post, negative for what is taken back; money in euro excl. VAT."""

    post: str
    description: str
    unit: str
    contract_quantity: Decimal | None
    unit_price: Decimal | None
    quantity_to_date: Decimal | None
    quantity: Decimal | None
    amount: Decimal

    def shown(self, column: Column | str) -> str:
        """A cell as people read it: decimal comma, no needless zeros, money in euro unless below the cent."""
        value = getattr(self, Column(column).value)
        if value is None or column in TEXTS:
            return value or ""
        if column == Column.AMOUNT or (column == Column.UNIT_PRICE and value == round(value, 2)):
            return euro(value)
        return number(value)


def total(lines: Iterable[ClaimLine]) -> Decimal:
    """The sum of the amounts, in euro excl. VAT."""
    return sum((line.amount for line in lines), Decimal("0.00"))


def stored(lines: Iterable[ClaimLine]) -> list[dict[str, str]]:
    """The lines as plain data for the content of a version: numbers as text, what is empty left out."""
    return [{column.value: str(value) for column in Column if (value := _plain(line, column))} for line in lines]


def _plain(line: ClaimLine, column: Column) -> str:
    value = getattr(line, column.value)
    if value is None or column in TEXTS:
        return value or ""
    return f"{value:.2f}" if column is Column.AMOUNT else format(value, "f")


def lines_of(data: Iterable[Mapping[str, Any]]) -> list[ClaimLine]:
    """The lines of a content. Raises KeyError or decimal.InvalidOperation for what no version ever held."""
    return [
        ClaimLine(
            post=one.get("post", ""),
            description=one.get("description", ""),
            unit=one.get("unit", ""),
            contract_quantity=_decimal(one.get("contract_quantity")),
            unit_price=_decimal(one.get("unit_price")),
            quantity_to_date=_decimal(one.get("quantity_to_date")),
            quantity=_decimal(one.get("quantity")),
            amount=Decimal(one["amount"]),
        )
        for one in data
    ]


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


REQUIRED = N_("Vul {column} in.")
TOO_LONG = N_("Hou {column} korter dan {max} tekens.")
NOT_A_NUMBER = N_("'{text}' is geen getal.")
FORMULA = N_("Hier staat een formule of een fout van het rekenblad: '{text}'. Plak de waarde zelf.")
TOO_LARGE = N_("Dit getal is te groot.")
DECIMALS_LOST = N_("Dit getal heeft meer dan {max} cijfers na de komma.")
ROUNDED = N_("Afgerond op de cent: {amount}.")
UNCERTAIN = N_("'{text}' is gelezen als {number}. Kijk na of dat klopt.")
COMPUTED = N_("Berekend: hoeveelheid × eenheidsprijs = {amount}.")
NO_AMOUNT = N_("Vul het bedrag in, of de hoeveelheid en de eenheidsprijs.")
OTHER_PRODUCT = N_("Hoeveelheid × eenheidsprijs is {product}, niet {amount}.")
MORE_THAN_CONTRACT = N_("Tot nu toe is er meer uitgevoerd ({quantity}) dan er in de opdracht staat ({contract}).")
OTHER_SUM = N_("De lijnen samen zijn {total}; u vordert {claimed}. Het verschil is {difference}.")


_MOST_DECIMALS = 12


def is_sound(line: ClaimLine) -> bool:
    """Whether a line that came back from a page can be one that a table gave: short texts, numbers of a usual size."""
    for column in Column:
        value = getattr(line, column.value)
        if column in TEXTS:
            if not isinstance(value, str) or len(value) > MAX_CELL:
                return False
        elif value is not None and not _is_usual(value, DECIMALS[column]):
            return False
    return True


def _is_usual(value: Decimal, decimals: int) -> bool:
    if not value.is_finite() or abs(value) > MAX_VALUE:
        return False
    most = decimals if decimals == DECIMALS[Column.AMOUNT] else _MOST_DECIMALS
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and -most <= exponent <= 0


def check_line(line: ClaimLine) -> list[tuple[Column, Finding]]:
    """What is remarkable about a line that could be read: warnings only, each at its cell."""
    found: list[tuple[Column, Finding]] = []
    if line.quantity is not None and line.unit_price is not None:
        product = cents(line.quantity * line.unit_price)
        if product != line.amount:
            params = {"product": euro(product), "amount": euro(line.amount)}
            found.append((Column.AMOUNT, finding(OTHER_PRODUCT, Severity.WARNING, **params)))
    held, done = line.contract_quantity, line.quantity_to_date
    if held is not None and done is not None and held >= 0 and done > held:
        params = {"quantity": number(done), "contract": number(held)}
        found.append((Column.QUANTITY_TO_DATE, finding(MORE_THAN_CONTRACT, Severity.WARNING, **params)))
    return found


def check_sum(lines: Sequence[ClaimLine], claimed: Decimal | None) -> list[Finding]:
    """A warning when the lines do not add up to the claimed amount in euro; nothing without lines or amount."""
    if not lines or claimed is None or total(lines) == claimed:
        return []
    difference = total(lines) - claimed
    params = {"total": euro(total(lines)), "claimed": euro(claimed), "difference": euro(difference)}
    return [Finding("LINES", Severity.WARNING, OTHER_SUM, "lines", params=params)]


def cents(amount: Decimal) -> Decimal:
    """An amount rounded half up to whole cents."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def finding(message: str, severity: Severity = Severity.BLOCKS, **params: Any) -> Finding:
    """A finding about a cell of a line."""
    return Finding("LINES", severity, message, "lines", params=params)
