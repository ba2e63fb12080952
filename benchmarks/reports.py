"""A report of 2,000 lines as CSV, XLSX and PDF, beside the bare library writing the same cells. No database.

What the report adds: the figures of the calculation, safe text, number formats, subtotals, the explanation. CPU, the
median of rounds in which the two take turns.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import random
import statistics
import struct
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import typst
import xlsxwriter

from domain.calendars import Quarter, quarters_of
from domain.ecalcura.certificates import CertificateFacts, CertificateType
from domain.ecalcura.compensation_parameters import CompensationParameters
from domain.ecalcura.performances import PerformanceEntry
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts
from services.ecalcura.reports.catalogue import DEFINITIONS
from services.ecalcura.reports.contents import Content, Member, Origin, QuarterContent
from services.ecalcura.reports.files import WRITERS, FileKind, printed
from services.ecalcura.reports.table import PeriodKind, Report, build

MADE = datetime(2024, 10, 1, tzinfo=UTC)
QUALIFICATIONS = {
    "VERPLEEGKUNDIGE_BACHELOR": "Verpleegkundige bachelor",
    "ZORGKUNDIGE": "Zorgkundige",
    "KINESITHERAPEUT": "Kinesitherapeut",
}
_NAMES = ("Peeters", "Janssens", "Maes", "Van den Bossche", "De Smet", "Wouters-Vermeulen", "Lemaître")
_TABLE = """#let given = json(bytes(sys.inputs.data))
#set page(paper: "a4", flipped: true, margin: 1cm)
#set text(size: 6pt)
#table(columns: given.columns, table.header(..given.head), ..given.rows.flatten())
"""


def content(lines: int, quarters: Sequence[Quarter]) -> Content:
    """A facility with so many contracts: premiums, exemptions and replacers, everything entered."""
    chance = random.Random(1)
    members, contracts, choices = {}, {}, {}
    codes = list(QUALIFICATIONS)
    for place in range(lines):
        who, code, full_time = f"p{place}", codes[place % 3], place % 2 == 0
        members[who] = Member(who, f"{63_000_000_000 + place * 977}", f"{chance.choice(_NAMES)} {place}", "Kim")
        hours = Decimal(38 if full_time else 19)
        replaces = Decimal(5 if place % 3 else 0)
        contracts[who] = (
            ContractFacts(f"c{place}", date(2015, 1, 1), None, "LOONTREKKENDE", code, hours, replaces, el_right=True),
        )
        premium, exemption = (4, 0) if place % 3 == 0 else (0, 4)
        begins = date(2020, 6, 1)
        choices[who] = (ChoiceFacts(f"k{place}", begins, begins, None, "50+", premium, exemption),)
    entries = {
        f"c{place}": PerformanceEntry(Decimal(60), Decimal(5))
        if place % 2 == 0
        else PerformanceEntry(paid_hours=Decimal("240.50"))
        for place in range(lines)
    }
    parts = tuple(
        QuarterContent(quarter, Origin.SUBMITTED, date(2024, 7, 2), members, contracts, choices, entries)
        for quarter in quarters
    )
    held = tuple(CertificateFacts(kind, date(2021, 7, 1)) for kind in CertificateType)
    kinds = {"LOONTREKKENDE": "Loontrekkende"}
    parameters = CompensationParameters()
    return Content("71000012", "PVT De Brug", "PVT", "2023-2024", parts, held, parameters, QUALIFICATIONS, kinds)


def made(report: Report, kind: FileKind) -> bytes:
    """The file as the portal makes it."""
    target = io.BytesIO()
    writer = WRITERS[kind](target, report.definition, report.period, MADE, many=False)
    writer.add(report)
    writer.close()
    return target.getvalue()


def bare_csv(head: list[str], rows: list[list[str]], _cells: list[tuple[Any, ...]]) -> bytes:
    """The module of the standard library."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";")
    writer.writerow(head)
    writer.writerows(rows)
    return target.getvalue().encode()


def bare_xlsx(head: list[str], _rows: list[list[str]], cells: list[tuple[Any, ...]]) -> bytes:
    """XlsxWriter with its ``write_row``, no formats."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, head)
    for place, row in enumerate(cells, start=1):
        sheet.write_row(place, 0, [str(one) if isinstance(one, (date, bool)) else one for one in row])
    book.close()
    return target.getvalue()


def bare_pdf(head: list[str], rows: list[list[str]], _cells: list[tuple[Any, ...]]) -> bytes:
    """typst with a plain table, to the same standards."""
    data = {"columns": len(head), "head": head, "rows": rows}
    pdf = typst.compile(
        f'#set document(title: [x])\n#set text(lang: "nl")\n{_TABLE}'.encode(),
        sys_inputs={"data": json.dumps(data)},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=0,
    )
    assert isinstance(pdf, bytes)
    return pdf


BARE: dict[FileKind, Callable[[list[str], list[list[str]], list[tuple[Any, ...]]], bytes]] = {
    FileKind.CSV: bare_csv,
    FileKind.XLSX: bare_xlsx,
    FileKind.PDF: bare_pdf,
}


def cpu(act: Callable[[], object]) -> float:
    """CPU milliseconds of doing it once, in a process of its own: typst remembers what it laid out before."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        before = time.process_time()
        act()
        os.write(writing, struct.pack("d", (time.process_time() - before) * 1000))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        (milliseconds,) = struct.unpack("d", pipe.read(8))
    os.waitpid(child, 0)
    return float(milliseconds)


def main() -> None:
    """Print a table: CPU of the figures, of the file and of the bare library."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lines", type=int, default=2000)
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    print("| report | file | lines | cells | figures ms | file ms | bare ms | × bare |")
    print("|---|---|---|---|---|---|---|---|")
    for definition in DEFINITIONS.values():
        quarterly = definition.period_kind is PeriodKind.QUARTER
        period = "2024K1" if quarterly else "2023-2024"
        quarters = (Quarter.parse(period),) if quarterly else quarters_of(period)
        read = content(chosen.lines, quarters)
        report = build(definition, period, read)
        figures = statistics.median(cpu(lambda: build(definition, period, read)) for _ in range(chosen.rounds))  # noqa: B023
        head = [column.heading for column in report.columns]
        rows = [list(cells) for _, cells in printed(report, MADE).rows]
        cells = [line.cells for line in report.lines]
        for kind, bare in BARE.items():
            ours, theirs = [], []
            for _ in range(chosen.rounds):
                ours.append(cpu(lambda: made(report, kind)))  # noqa: B023
                theirs.append(cpu(lambda: bare(head, rows, cells)))  # noqa: B023
            own, other = statistics.median(ours), statistics.median(theirs)
            print(
                f"| {definition.code} | {kind} | {len(rows)} | {len(rows) * len(head)} | {figures:.0f} "
                f"| {own:.0f} | {other:.0f} | {own / other:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
