"""The history of a facility (10.1): per reference period its lines and what they add up to, and the amounts over years.

A provisional calculation stands in it as a line without payment. It counts for the period until the definitive one is
communicated, and no longer from then on (A-35): until then the total of the period is what is expected, advances
included; afterwards it is what the payment lines add up to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from domain.ecalcura.payment_states import PAYMENT_LABELS, PaymentKind
from domain.errors import N_

_ZERO = Decimal("0.00")
PROVISIONAL = N_("Voorlopige berekening")

#: The columns of 10.1, in order.
COLUMNS = (
    N_("Referentieperiode"),
    N_("Type betaling"),
    N_("Berekend"),
    N_("Datum berekend"),
    N_("Datum betaling"),
    N_("Betaald"),
    N_("Memodatum"),
    N_("RC voor"),
    N_("RC na"),
    N_("IBAN"),
    N_("Bericht"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the history; amounts in euro. ``kind`` None is a provisional calculation: nothing is paid on it.

    ``communicated_on`` is *Datum betaling*, ``value_date`` *Memodatum* (N-10); ``payable_on`` is when the money is
    meant to be there. ``entitlement`` is the total of the period that a final statement or correction settles (A-22).
    ``lapsed``: a newer provisional calculation took its place. ``letter`` and ``calculation`` are references.
    """

    period_code: str
    kind: PaymentKind | None
    calculated: Decimal
    calculated_on: date
    communicated_on: date | None
    order: tuple[date, int]
    paid: Decimal | None = None
    value_date: date | None = None
    payable_on: date | None = None
    balance_before: Decimal | None = None
    balance_after: Decimal | None = None
    entitlement: Decimal | None = None
    iban: str | None = None
    letter: str | None = None
    calculation: str | None = None
    lapsed: bool = False

    @property
    def is_provisional(self) -> bool:
        """Whether it is a calculation without payment (A-35)."""
        return self.kind is None

    @property
    def is_explained(self) -> bool:
        """Whether a whole calculation stands behind it; an advance is a share of an earlier amount."""
        return self.kind not in (PaymentKind.ADVANCE_1, PaymentKind.ADVANCE_2)

    @property
    def label(self) -> str:
        """The type of payment (a text to translate)."""
        return PROVISIONAL if self.kind is None else PAYMENT_LABELS[self.kind]


@dataclass(frozen=True, slots=True)
class PeriodHistory:
    """The lines of one reference period, oldest first, and their totals."""

    period_code: str
    lines: Sequence[Line]

    @property
    def is_settled(self) -> bool:
        """Whether the definitive amount is known: the provisional one no longer counts."""
        return any(line.kind in (PaymentKind.FINAL_STATEMENT, PaymentKind.CORRECTION) for line in self.lines)

    @property
    def provisional(self) -> Line | None:
        """The provisional calculation that counts, if one does."""
        if self.is_settled:
            return None
        return next((line for line in reversed(self.lines) if line.is_provisional and not line.lapsed), None)

    @property
    def calculated(self) -> Decimal:
        """What the facility is entitled to as far as is known; see the module."""
        expected = self.provisional
        if expected is not None:
            return expected.calculated
        return sum((line.calculated for line in self.lines if not line.is_provisional), _ZERO)

    @property
    def paid(self) -> Decimal:
        """What was paid for the period."""
        return sum((line.paid for line in self.lines if line.paid is not None), _ZERO)


def by_period(lines: Iterable[Line]) -> list[PeriodHistory]:
    """The lines in periods, the newest period first, within it in the order of the current account."""
    held = sorted(lines, key=lambda line: (line.period_code, line.order))
    periods = [PeriodHistory(code, tuple(group)) for code, group in groupby(held, key=lambda line: line.period_code)]
    return periods[::-1]
