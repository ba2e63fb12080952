"""What every part of an explanation says in the same way: sums, roundings, a quarter that takes no part."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from domain.calendars import Quarter
from domain.dutch import euro
from domain.ecalcura.compensation_result import QUARTER_STATUS_LABELS
from domain.ecalcura.explained_case import Explained
from domain.ecalcura.explained_steps import Mark, Step, Text, Unit, address
from domain.ecalcura.formulas import Formula, added, formula, number
from domain.errors import N_

MOST_TERMS = 8
"""A sum of more terms is not printed: the reader sees its parts below."""

_ROUNDING_TITLE = N_("Afronding")
_ROUNDING = N_("{exact} wordt afgerond op de cent, vanaf een halve cent naar boven: {amount}.")
_NOT_COUNTED = N_("Het {quarter} telt niet mee: het dossier staat op '{status}'.")


def sum_of(amounts: Iterable[Decimal], outcome: Decimal) -> Formula | None:
    """The addition in numbers, when it is short enough to read."""
    held = list(amounts)
    if not 1 < len(held) <= MOST_TERMS:
        return None
    return formula(added(number(amount) for amount in held), outcome, sign="€ ")


def rounding_step(key: str, line: Formula | None, outcome: Decimal) -> tuple[Step, ...]:
    """The rounding on the cent, when there was something to round."""
    if line is None or not line.exact:
        return ()
    params = {"exact": line.exact, "amount": euro(outcome)}
    return (
        Step(address(key, "afronding"), Text(_ROUNDING_TITLE), Text(_ROUNDING, params), "A-33", outcome, Unit.EURO),
    )


def not_counted(found: Explained, key: str, quarter: Quarter, title: str) -> Step:
    """A quarter that takes no part (A-37, E-129)."""
    params = {"quarter": quarter, "status": Text(QUARTER_STATUS_LABELS[found.bases[quarter].status])}
    return Step(address(key, quarter), Text(title, params), Text(_NOT_COUNTED, params), "E-129", mark=Mark.LEFT_OUT)
