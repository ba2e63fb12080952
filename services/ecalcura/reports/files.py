"""A report as a file: CSV, XLSX or PDF, always in Dutch, of one facility or of many one after the other.

Each writer takes the facilities one by one, so that a file of all of them needs no more memory than one (a PDF does:
it is laid out as a whole, and therefore not made of many).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import IO, Any

from domain.calendars import quarters_of
from domain.dutch import long_date, moment
from domain.errors import N_
from integrations.printed_reports import PrintedColumn, PrintedReport, report_pdf
from services import spreadsheets
from services.ecalcura.reports.catalogue import quarters_in
from services.ecalcura.reports.contents import state_text
from services.ecalcura.reports.table import (
    NO,
    YES,
    Column,
    Definition,
    Kind,
    Line,
    Report,
    plain,
    text_of,
)
from services.workbooks import Book, Sheet, SheetColumn, Style

EMPTY = N_("Er zijn geen lijnen voor deze periode.")
PROVISIONAL = N_("voorlopig")


class FileKind(StrEnum):
    """The forms a report can be had in."""

    XLSX = "xlsx"
    CSV = "csv"
    PDF = "pdf"


MEDIA_TYPES: Mapping[FileKind, str] = {
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.CSV: "text/csv; charset=utf-8",
    FileKind.PDF: "application/pdf",
}

_FORMATS: Mapping[Kind, str] = {
    Kind.DATE: "dd/mm/yyyy",
    Kind.COUNT: "0",
    Kind.DAYS: "0.0",
    Kind.HOURS: "0.00",
    Kind.FTE: "0.000",
    Kind.PERCENT: "0.0",
}
_PERCENT_FORMAT = '0.0" %"'
#: Of which facility a line is, in a file of many, and from where its data come.
_OF_MANY = (
    Column("hco_number", N_("HCO-nummer"), Kind.TEXT, 12),
    Column("facility", N_("Voorziening"), Kind.TEXT, 30),
    Column("state", N_("Stand van het kwartaal"), Kind.TEXT, 34),
)


def period_text(period: str) -> str:
    """``kwartaal 2024K1`` or ``referentieperiode 2023-2024 (1 juli 2023 tot en met 30 juni 2024)``."""
    if "K" in period:
        return f"kwartaal {period}"
    quarters = quarters_of(period)
    first, last = long_date(quarters[0].start), long_date(quarters[3].end)
    return f"referentieperiode {period} ({first} tot en met {last})"


def file_name(definition: Definition, period: str, kind: FileKind, hco_number: str | None, *, provisional: bool) -> str:
    """A name without anything personal: ``vte-2024K1-71000012-voorlopig.xlsx``."""
    parts = [definition.code, period, hco_number or "alle-voorzieningen", *([PROVISIONAL] if provisional else [])]
    return f"{'-'.join(parts)}.{kind}"


class Writer(ABC):
    """Writes the reports of one definition and period into a file: ``add`` each facility, then ``close``."""

    def __init__(self, target: IO[bytes], definition: Definition, period: str, made: datetime, *, many: bool) -> None:
        self.target, self.definition, self.period, self.made, self.many = target, definition, period, made, many
        self.lines = 0

    def add(self, report: Report) -> None:
        """The lines of one facility."""
        self.lines += report.size
        self.write(report)

    @abstractmethod
    def write(self, report: Report) -> None:
        """Write them."""

    @abstractmethod
    def close(self) -> None:
        """Finish the file; nothing can be added any more."""

    def columns(self, report: Report | None) -> tuple[Column, ...]:
        """The columns of the file; those of an empty file are those of the period."""
        own = report.columns if report else self.definition.columns(quarters_in(self.period))
        return (*_OF_MANY, *own) if self.many else own

    def headings(self, report: Report | None) -> list[str]:
        """A label for each column; a quarter that was not submitted says so, unless the file is of many facilities."""
        open_ones = set()
        if report is not None and not self.many:
            open_ones = {part.quarter for part in report.content.quarters if part.origin.is_provisional}
        return [
            f"{column.heading} ({PROVISIONAL})" if column.quarter in open_ones else column.heading
            for column in self.columns(report)
        ]

    def cells(self, report: Report, line: Line) -> tuple[Any, ...]:
        """The values of a line, text made safe to show; with its facility in a file of many."""
        cells = tuple(_value(value, column) for value, column in zip(line.cells, report.columns, strict=True))
        if not self.many:
            return cells
        state = "; ".join(state_text(part) for part in report.content.quarters)
        return (report.content.hco_number, plain(report.content.facility_name), state, *cells)


def _value(value: Any, column: Column) -> Any:
    if isinstance(value, bool):
        return YES if value else NO
    if column.kind is Kind.NATIONAL_NUMBER:
        return text_of(value, column.kind)
    return value


class CsvWriter(Writer):
    """Semicolons, decimal commas, UTF-8 with its mark (services.spreadsheets)."""

    _begun = False

    def write(self, report: Report) -> None:
        """The header once, then the lines."""
        rows: Iterable[Sequence[Any]] = (self._rounded(report, line) for line in report.lines)
        for piece in spreadsheets.as_csv(None if self._begun else self.headings(report), rows):
            self.target.write(piece)
        self._begun = True

    def _rounded(self, report: Report, line: Line) -> list[Any]:
        cells = self.cells(report, line)
        extra = len(cells) - len(line.cells)
        return [
            text_of(value, report.columns[place - extra].kind, percent=line.percent)
            if isinstance(value, Decimal)
            else value
            for place, value in enumerate(cells)
        ]

    def close(self) -> None:
        """A file without any facility still has its header."""
        if not self._begun:
            for piece in spreadsheets.as_csv(self.headings(None), ()):
                self.target.write(piece)


class XlsxWriter(Writer):
    """One sheet with the lines, one with the explanation."""

    def __init__(self, target: IO[bytes], definition: Definition, period: str, made: datetime, *, many: bool) -> None:
        super().__init__(target, definition, period, made, many=many)
        self._book = Book(target, title=f"{definition.title} – {period}", made=made)
        self._sheet: Sheet | None = None
        self._about: list[tuple[str, str]] = []

    def _begin(self, report: Report | None) -> Sheet:
        columns = self.columns(report)
        headings = self.headings(report)
        return self._book.sheet(
            "Rapport",
            [
                SheetColumn(heading, max(column.width, 8), _FORMATS.get(column.kind, ""))
                for heading, column in zip(headings, columns, strict=True)
            ],
        )

    def write(self, report: Report) -> None:
        """The lines; percentages keep their sign by their format."""
        sheet = self._sheet = self._sheet or self._begin(report)
        for line in report.lines:
            percent = _PERCENT_FORMAT if line.percent else ""
            sheet.row(self.cells(report, line), Style(line.kind.value), number_format=percent)
        if not self.many:
            self._about = [("Voorziening", _facility(report))]
            self._about += [("Stand", state) for state in _states(report)]
            self._about += [("Opmerking", str(note)) for note in report.notes]

    def close(self) -> None:
        """The filters over all lines, and the sheet that explains the columns."""
        sheet = self._sheet or self._begin(None)
        sheet.finish()
        about = self._book.sheet("Toelichting", [SheetColumn("Onderdeel", 34), SheetColumn("Uitleg", 110)], wrap=True)
        about.row(("Rapport", self.definition.title))
        about.row(("Periode", period_text(self.period)))
        about.row(("Gemaakt op", moment(self.made)))
        for item in self._about:
            about.row(item)
        for column in self.columns(None):
            if column.help:
                about.row((column.heading, column.help))
        about.finish(filters=False)
        self._book.close()


class PdfWriter(Writer):
    """Laid out as a whole when it is closed; of one facility only."""

    def __init__(self, target: IO[bytes], definition: Definition, period: str, made: datetime, *, many: bool) -> None:
        if many:
            raise ValueError("a PDF is of one facility")
        super().__init__(target, definition, period, made, many=many)
        self._report: Report | None = None

    def write(self, report: Report) -> None:
        """Keep it."""
        self._report = report

    def close(self) -> None:
        """Lay it out."""
        report = self._report
        assert report is not None  # there is one facility
        self.target.write(report_pdf(printed(report, self.made)))


WRITERS: Mapping[FileKind, type[Writer]] = {
    FileKind.XLSX: XlsxWriter,
    FileKind.CSV: CsvWriter,
    FileKind.PDF: PdfWriter,
}


def printed(report: Report, made: datetime) -> PrintedReport:
    """A report as it stands on paper."""
    content = report.content
    open_ones = {part.quarter for part in content.quarters if part.origin.is_provisional}
    return PrintedReport(
        title=report.definition.title,
        subject=f"{_facility(report)}, {period_text(report.period)}",
        sender="Dossierloket",
        footer=f"{report.definition.title} – {report.period} – {content.hco_number} – {moment(made)}",
        states=_states(report),
        notes=[str(note) for note in report.notes],
        columns=[
            PrintedColumn(
                column.label,
                column.width,
                column.is_number,
                ""
                if column.quarter is None
                else f"{column.quarter} ({PROVISIONAL})"
                if column.quarter in open_ones
                else str(column.quarter),
            )
            for column in report.columns
        ],
        rows=_printed_rows(report),
        legend=_legend(report),
        empty=EMPTY,
        made=made,
    )


def _printed_rows(report: Report) -> Iterator[tuple[str, list[str]]]:
    kinds = [column.kind for column in report.columns]
    for line in report.lines:
        cells = [
            text_of(value, kind, percent=line.percent and isinstance(value, Decimal))
            for value, kind in zip(line.cells, kinds, strict=True)
        ]
        yield line.kind.value, cells


def _legend(report: Report) -> list[tuple[str, str]]:
    """Each label with its meaning, once."""
    return list({column.label: column.help for column in report.columns if column.help}.items())


def _facility(report: Report) -> str:
    return f"{plain(report.content.facility_name)} ({report.content.hco_number})"


def _states(report: Report) -> list[str]:
    return [state_text(part) for part in report.content.quarters]
