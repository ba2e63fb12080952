"""What the pages of a report show, at both doors: the table a page at a time, filters, states, the plot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import gettext
from markupsafe import Markup

from blueprints.ecalcura.quarter_names import quarter_name
from blueprints.ecalcura.staff.filters import is_number
from blueprints.languages import decimal
from blueprints.pages import long_date
from domain.calendars import Quarter
from domain.ecalcura.declaration import STATUS_LABELS
from domain.folding import words_of
from domain.identifiers import format_national_number
from services.ecalcura.reports import catalogue
from services.ecalcura.reports.contents import ORIGIN_LABELS, Origin, QuarterContent
from services.ecalcura.reports.files import FileKind
from services.ecalcura.reports.reading import Periods
from services.ecalcura.reports.table import DIGITS, Column, Coverage, Definition, Kind, Line, LineKind, Report

#: Lines on one page of a table; files have them all.
PAGE = 200

_TONES: Mapping[Origin, tuple[str, str]] = {
    Origin.SUBMITTED: ("success", "lock"),
    Origin.EX_OFFICIO: ("error", "blocked"),
    Origin.IN_AUDIT: ("warning", "audit"),
    Origin.PROVISIONAL: ("warning", "clock"),
    Origin.REOPENED: ("warning", "open"),
    Origin.EMPTY: ("neutral", "blocked"),
    Origin.ABSENT: ("neutral", "plus"),
}
FILE_LABELS: Mapping[FileKind, str] = {FileKind.XLSX: "Excel (XLSX)", FileKind.CSV: "CSV", FileKind.PDF: "PDF"}


@dataclass(frozen=True, slots=True)
class Filter:
    """What the address asks of a report: words of a name, qualifications, and the page of the table."""

    text: str = ""
    qualifications: tuple[str, ...] = ()
    page: int = 1

    @classmethod
    def read(cls) -> Filter:
        """From the address of this request; anything odd is left out."""
        text = " ".join(request.args.get("zoek", "").replace("\0", " ").split())[:100]
        codes = tuple(dict.fromkeys(code for code in request.args.getlist("kwalificatie") if code.isidentifier()))
        typed = request.args.get("pagina", "")
        page = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1
        return cls("" if is_number(text) else text, codes, max(1, page))

    @property
    def words(self) -> dict[str, Any]:
        """As they stand in an address."""
        values = {"zoek": self.text, "kwalificatie": list(self.qualifications)}
        return {name: value for name, value in values.items() if value}

    def but(self, **changes: Any) -> dict[str, Any]:
        """The words of the address with some changed."""
        return {name: value for name, value in {**self.words, **changes}.items() if value not in (None, "", [])}

    @property
    def active(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.words)

    def shown(self, lines: Sequence[Line]) -> list[Line]:
        """The lines that fit, with the subtotals of their groups; totals are always of everything."""
        words = words_of(self.text)
        fitting = [line for line in lines if line.kind is LineKind.LINE and self._fits(line, words)]
        if not self.active:
            return [line for line in lines if line.kind is not LineKind.TOTAL]
        kept, groups = set(map(id, fitting)), {line.group for line in fitting}
        return [line for line in lines if id(line) in kept or (line.kind is LineKind.SUBTOTAL and line.group in groups)]

    def _fits(self, line: Line, words: Iterable[str]) -> bool:
        return (not self.qualifications or line.group in self.qualifications) and all(
            word in line.name for word in words
        )


def number_typed() -> bool:
    """Whether a national number was typed as a name: it must leave the address at once."""
    return is_number(request.args.get("zoek", ""))


def context(
    report: Report,
    wanted: Filter,
    here: Callable[..., str],
    person: Callable[[str], str] | None = None,
) -> dict[str, Any]:
    """What the template of a report needs. ``here`` gives its address with other words, ``person`` that of somebody."""
    shown = wanted.shown(report.lines)
    pages = max(1, -(-len(shown) // PAGE))
    page = min(wanted.page, pages)
    rows = shown[(page - 1) * PAGE : page * PAGE]
    qualifications = _qualifications(report)
    matching = sum(line.kind is LineKind.LINE for line in shown)
    chips = [(f"“{wanted.text}”", here(**wanted.but(zoek=None)))] if wanted.text else []
    for code in wanted.qualifications:
        others = [other for other in wanted.qualifications if other != code]
        chips.append((report.content.qualification(code), here(**wanted.but(kwalificatie=others))))
    return {
        "report": report,
        "filter": wanted,
        "chips": chips,
        "matching": matching,
        "qualifications": qualifications,
        "head": head(report),
        "rows": [row(report, line, person) for line in rows],
        "totals": [row(report, line, None) for line in report.lines if line.kind is LineKind.TOTAL],
        "page": page,
        "pages": pages,
        "page_href": lambda number: here(**wanted.but(pagina=number if number > 1 else None)),
        "clear_href": here(),
        "states": [state(part) for part in report.content.quarters],
        "notes": [gettext(note.message).format(**note.params) for note in report.notes],
        "legend": _legend(report),
        "plot": plot(report.body.coverage) if report.body.coverage else None,
        "file_kinds": [(kind.value, label) for kind, label in FILE_LABELS.items()],
    }


def _qualifications(report: Report) -> list[tuple[str, str, int]]:
    """The qualifications in the report with how many lines each has, in the order of the code list."""
    counts: dict[str, int] = {}
    for line in report.lines:
        if line.kind is LineKind.LINE and line.group:
            counts[line.group] = counts.get(line.group, 0) + 1
    order = list(report.content.qualifications)
    known = sorted(counts, key=lambda code: (order.index(code) if code in order else len(order), code))
    return [(code, report.content.qualification(code), counts[code]) for code in known]


def head(report: Report) -> dict[str, Any]:
    """The header: columns, and the quarters above them when there are several."""
    groups: list[dict[str, Any]] = []
    for column in report.columns:
        if column.quarter is not None and groups and groups[-1]["quarter"] == column.quarter:
            groups[-1]["span"] += 1
        else:
            groups.append({"quarter": column.quarter, "column": column, "span": 1})
    for group in groups:
        part = next((one for one in report.content.quarters if one.quarter == group["quarter"]), None)
        group["state"] = state(part) if part and part.origin is not Origin.SUBMITTED else None
    return {"columns": report.columns, "groups": groups if any(one.quarter for one in report.columns) else []}


def row(report: Report, line: Line, person: Callable[[str], str] | None) -> dict[str, Any]:
    """One line as the template writes it."""
    cells = [
        cell(value, column, percent=line.percent) for value, column in zip(line.cells, report.columns, strict=True)
    ]
    if line.kind is not LineKind.LINE:
        cells[1] = gettext(line.cells[1])
    return {
        "kind": line.kind.value.lower(),
        "cells": cells,
        "href": person(line.person) if person and line.person else None,
    }


def cell(value: Any, column: Column, *, percent: bool = False) -> str | Markup:
    """A value in the language of the person; names stand apart, so that their direction stays theirs."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("ja") if value else gettext("nee")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, Decimal):
        if percent:
            return f"{decimal(value, DIGITS[Kind.PERCENT])} %"
        return decimal(value, DIGITS.get(column.kind, 2))
    if column.kind is Kind.NATIONAL_NUMBER:
        return format_national_number(str(value))
    if column.key == "reason":
        return gettext(value)
    return Markup("<bdi>{}</bdi>").format(value) if column.kind is Kind.TEXT else str(value)


def state(part: QuarterContent) -> dict[str, Any]:
    """The quarter with from where its data come: words, tone and shape of a tag."""
    tone, shape = _TONES[part.origin]
    return {
        "quarter": part.quarter,
        "name": quarter_name(part.quarter),
        "label": gettext(ORIGIN_LABELS[part.origin]),
        "short": gettext("voorlopig") if part.origin.is_provisional else gettext(ORIGIN_LABELS[part.origin]),
        "tone": tone,
        "shape": shape,
        "on": long_date(part.on) if part.on else None,
    }


def _legend(report: Report) -> list[tuple[str, str]]:
    return list({gettext(one.label): gettext(one.help) for one in report.columns if one.help}.items())


#: The plot in its own units: two bars for each quarter above a line.
_HEIGHT, _WIDTH, _BAR, _LEFT = 200, 480, 38, 44


def plot(coverage: Sequence[Coverage]) -> dict[str, Any]:
    """Bars of right and replacement per quarter, and the rows of the table beside them."""
    top = max([one.right for one in coverage] + [one.replaced for one in coverage]) or Decimal(1)
    step = Decimal(_WIDTH - _LEFT) / len(coverage)
    bars = []
    for place, one in enumerate(coverage):
        if not one.quarter.origin.has_data:
            continue
        left = _LEFT + step * place + (step - 2 * _BAR - 6) / 2
        for kind, value, x in (("right", one.right, left), ("replaced", one.replaced, left + _BAR + 6)):
            height = value / top * (_HEIGHT - 24)
            bars.append(
                {
                    "kind": kind,
                    "provisional": one.quarter.origin.is_provisional,
                    "x": f"{x:.1f}",
                    "y": f"{_HEIGHT - height:.1f}",
                    "height": f"{height:.1f}",
                    "middle": f"{x + Decimal(_BAR) / 2:.1f}",
                    "above": f"{_HEIGHT - height - 5:.1f}",
                    "value": decimal(value, 3),
                }
            )
    labels = [
        {"x": f"{_LEFT + step * place + step / 2:.1f}", "text": str(one.quarter.quarter)}
        for place, one in enumerate(coverage)
    ]
    rows = [
        {
            "state": state(one.quarter),
            "right": decimal(one.right, 3) if one.quarter.origin.has_data else "–",
            "replaced": decimal(one.replaced, 3) if one.quarter.origin.has_data else "–",
            "percent": "–" if one.percent is None else f"{decimal(one.percent, 1)} %",
        }
        for one in coverage
    ]
    return {
        "bars": bars,
        "labels": labels,
        "rows": rows,
        "width": _WIDTH,
        "height": _HEIGHT,
        "bar": _BAR,
        "left": _LEFT,
    }


def period_options(periods: Periods) -> list[tuple[str, list[tuple[str, str]]]]:
    """The list to choose a period from: quarters and reference periods, newest first, with the status when known."""
    quarters = []
    for quarter in periods.quarters:
        status = periods.statuses.get(quarter)
        words = f"{quarter} – {quarter_name(quarter)}"
        quarters.append((str(quarter), f"{words} ({gettext(STATUS_LABELS[status]).lower()})" if status else words))
    years = [(code, _period_words(code)) for code in periods.reference_periods]
    return [(gettext("Kwartalen"), quarters), (gettext("Referentieperiodes"), years)]


def _period_words(code: str) -> str:
    quarters = catalogue.quarters_in(code)
    return gettext(
        "%(code)s – van %(first)s tot en met %(last)s",
        code=code,
        first=long_date(quarters[0].start),
        last=long_date(quarters[3].end),
    )


def period_name(period: str) -> str:
    """``1ste kwartaal 2024`` or ``referentieperiode 2023-2024``."""
    if "K" in period:
        return quarter_name(Quarter.parse(period))
    return gettext("referentieperiode %(code)s", code=period)


def report_items(period: str, active: str | None, href: Callable[[str], str]) -> list[dict[str, Any]]:
    """The reports of this kind of period, as tabs or as a list."""
    offered: Sequence[Definition] = catalogue.offered(period)
    return [
        {
            "label": gettext(one.title),
            "text": gettext(one.lead),
            "href": href(one.code),
            "active": one.code == active,
            "code": one.code,
        }
        for one in offered
    ]


def file_kind(typed: str | None) -> FileKind | None:
    """The form of file that a button asks for; None for anything else."""
    return FileKind(typed) if typed in set(FileKind) else None
