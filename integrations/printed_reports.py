"""A report as PDF (PDF/A-2a and PDF/UA-1): one wide table with a header on every page. Made like the letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from integrations.letters import laid_out, printable

#: A4 on its side holds so many characters of the biggest letter; wider tables get a smaller one.
_SIZES = ((150, 8.0), (190, 7.2), (240, 6.4), (10_000, 5.8))


@dataclass(frozen=True, slots=True)
class PrintedColumn:
    """One column: the label, its width in characters, and the label it shares with its neighbours (a quarter)."""

    label: str
    width: int
    number: bool
    group: str = ""


@dataclass(frozen=True, slots=True)
class PrintedReport:
    """What stands on paper. ``rows``: kind (LINE, SUBTOTAL, TOTAL) and the cells as text; ``legend``: label, meaning.

    ``states`` and ``notes`` are sentences above the table; ``made`` is an instant with offset.
    """

    title: str
    subject: str
    sender: str
    footer: str
    states: Sequence[str]
    notes: Sequence[str]
    columns: Sequence[PrintedColumn]
    rows: Iterable[tuple[str, Sequence[str]]]
    legend: Sequence[tuple[str, str]]
    empty: str
    made: datetime


def report_pdf(report: PrintedReport) -> bytes:
    """The report; nothing in it is read as markup, and what no font has becomes a square. ValueError without offset."""
    if report.made.tzinfo is None:
        raise ValueError("an instant needs an offset")
    grouped = any(column.group for column in report.columns)
    width = sum(column.width for column in report.columns)
    return laid_out(
        "report.typ",
        report.made,
        {
            "title": printable(f"{report.title} – {report.subject}"),
            "heading": printable(report.title),
            "subject": printable(report.subject),
            "sender": report.sender,
            "footer": printable(report.footer),
            "page": "Pagina {page} van {pages}",
            "states": [printable(state) for state in report.states],
            "notes": [printable(note) for note in report.notes],
            "size": next(size for most, size in _SIZES if width <= most),
            "head": 2 if grouped else 1,
            "groups": _groups(report.columns) if grouped else [],
            "columns": [
                {
                    "label": column.label,
                    "width": column.width,
                    "number": column.number,
                    "under": not grouped or bool(column.group),
                    "begins": bool(column.group) and column.group != before,
                }
                for column, before in zip(report.columns, ["", *(one.group for one in report.columns)], strict=False)
            ],
            "rows": [{"kind": kind, "cells": [printable(cell) for cell in cells]} for kind, cells in report.rows],
            "empty": report.empty,
            "legend_title": "Toelichting bij de kolommen",
            "legend": [list(item) for item in report.legend],
        },
    )


def _groups(columns: Sequence[PrintedColumn]) -> list[dict[str, str | int]]:
    """The upper row of the header: a group over its columns, and a column without group over both rows."""
    found: list[dict[str, str | int]] = []
    last = ""
    for column in columns:
        if column.group and column.group == last:
            found[-1]["span"] = int(found[-1]["span"]) + 1
        elif column.group:
            found.append({"label": column.group, "span": 1, "rows": 1})
        else:
            found.append({"label": column.label, "span": 1, "rows": 2})
        last = column.group
    return found
