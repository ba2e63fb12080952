"""What a report is made of: a definition with columns, lines with values, and where the values come from.

Values are plain: text, whole numbers, decimals, dates, yes or no, or None for nothing. How they look on a page, in a
spreadsheet or on paper is for who writes them; their kind says how.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from domain.calendars import Quarter
from domain.dutch import number
from domain.ecalcura.performances import PerformanceEntry
from domain.errors import N_
from domain.identifiers import format_national_number
from services.ecalcura.reports.contents import Content, Note, QuarterContent

#: What a person reading a file must not be led astray by: characters that turn the order of the text round.
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]")


class PeriodKind(StrEnum):
    """What a report is about (E-145)."""

    QUARTER = "KWARTAAL"
    REFERENCE_PERIOD = "REFERENTIEPERIODE"


class Kind(StrEnum):
    """What the values of a column are."""

    TEXT = "TEXT"
    NATIONAL_NUMBER = "NATIONAL_NUMBER"
    DATE = "DATE"
    COUNT = "COUNT"
    DAYS = "DAYS"
    HOURS = "HOURS"
    FTE = "FTE"
    PERCENT = "PERCENT"
    FLAG = "FLAG"


#: Digits behind the comma of the kinds that are numbers.
DIGITS: Mapping[Kind, int] = {Kind.COUNT: 0, Kind.DAYS: 1, Kind.HOURS: 2, Kind.FTE: 3, Kind.PERCENT: 1}


class LineKind(StrEnum):
    """What a line is: one contract or choice, or something about several of them."""

    LINE = "LINE"
    SUBTOTAL = "SUBTOTAL"
    TOTAL = "TOTAL"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its label in Dutch, what it holds, how wide it is in characters, and what it means.

    ``quarter``: the quarter of a reference period it belongs to, which stands above the label.
    """

    key: str
    label: str
    kind: Kind
    width: int
    help: str = ""
    quarter: Quarter | None = None

    @property
    def is_number(self) -> bool:
        """Whether its values are aligned as numbers."""
        return self.kind in DIGITS

    @property
    def heading(self) -> str:
        """The label where there is one line for it: ``2023K3 VTE``."""
        return self.label if self.quarter is None else f"{self.quarter} {self.label.lower()}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``person`` is the reference of the staff member; ``name`` is what a filter on names looks at, folded.

    ``group`` is the code of the qualification, on a subtotal too; ``percent``: its decimals are percentages.
    """

    kind: LineKind
    cells: tuple[Any, ...]
    person: str | None = None
    name: str = ""
    group: str = ""
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """Right and replacement of one quarter in FTE, and the percentage replaced (None: no right)."""

    quarter: QuarterContent
    right: Decimal
    replaced: Decimal
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class Body:
    """The lines of a report with what must be said about them."""

    lines: Sequence[Line]
    notes: Sequence[Note] = ()
    coverage: Sequence[Coverage] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """One report: the code in its address, what it is called and about, its columns, and how its lines are made."""

    code: str
    title: str
    lead: str
    period_kind: PeriodKind
    columns: Callable[[Sequence[Quarter]], tuple[Column, ...]]
    body: Callable[[Content], Body]


@dataclass(frozen=True, slots=True)
class Report:
    """A report of one facility for one period, as it stands now."""

    definition: Definition
    period: str
    content: Content
    columns: tuple[Column, ...]
    body: Body

    @property
    def lines(self) -> Sequence[Line]:
        """All lines, totals included."""
        return self.body.lines

    @property
    def size(self) -> int:
        """How many lines are about a contract or a choice."""
        return sum(line.kind is LineKind.LINE for line in self.body.lines)

    @property
    def provisional(self) -> bool:
        """Whether a quarter in it was not submitted."""
        return any(quarter.origin.is_provisional for quarter in self.content.quarters)

    @property
    def notes(self) -> Sequence[Note]:
        """What must be said about the report as a whole."""
        return (*self.content.notes, *self.body.notes)


def build(definition: Definition, period: str, content: Content) -> Report:
    """Make a report of what counts in the quarters of the period."""
    quarters = [quarter.quarter for quarter in content.quarters]
    return Report(definition, period, content, definition.columns(quarters), definition.body(content))


def plain(text: str) -> str:
    """A name as it may stand in any cell: on one line, without characters that hide or turn the text round."""
    return " ".join(_TURNING.sub("", _CONTROL.sub(" ", text)).split())


def total(kind: LineKind, columns: int, label: str, values: Mapping[int, Any], **more: Any) -> Line:
    """A line about several: its label in the second column (the name), values by the place of their column."""
    cells: list[Any] = [None] * columns
    cells[1] = label
    for place, value in values.items():
        cells[place] = value
    return Line(kind, tuple(cells), **more)


def added(values: Iterable[Any]) -> Decimal:
    """The sum of what there is."""
    return sum((Decimal(value) for value in values if value is not None), Decimal(0))


def performed(full_time: bool, entry: PerformanceEntry) -> str:
    """Performances in one cell: ``60 / 5 d`` (paid and unpaid days) or ``247 u`` (paid hours); empty: not entered."""
    if full_time:
        days = (entry.paid_days, entry.unpaid_days)
        if days == (None, None):
            return ""
        return " / ".join("–" if one is None else number(one) for one in days) + " d"
    return "" if entry.paid_hours is None else f"{number(entry.paid_hours)} u"


YES, NO = N_("ja"), N_("nee")


def text_of(value: Any, kind: Kind, *, percent: bool = False) -> str:
    """A value as Dutch text: ``01/07/2023``, ``0,316``, ``ja``; nothing is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, Decimal):
        digits = DIGITS[Kind.PERCENT] if percent else DIGITS.get(kind, 2)
        return f"{value:.{digits}f}".replace(".", ",") + (" %" if percent else "")
    if kind is Kind.NATIONAL_NUMBER:
        return format_national_number(str(value))
    return str(value)
