"""The rows of the grid, ready to print for both doors: texts only, so that two thousand of them print fast.

The portal and the back office give their own addresses (``GridAddresses``); everything else is here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from flask import request
from flask_babel import gettext

from blueprints.handling import translated
from blueprints.languages import decimal
from blueprints.pages import long_date
from domain.calendars import BRUSSELS
from domain.ecalcura.performances import Kind, PerformanceEntry
from domain.errors import N_, Finding, Severity
from domain.folding import fold, words_of
from forms.declaration import row_token
from services.ecalcura.lines import QuarterLine
from services.ecalcura.performances import Grid, RejectedRow, SaveOutcome

_NOT_NEEDED, _NOT_FILLED, _TO_CHECK = N_("Niet nodig"), N_("Niet ingevuld"), N_("Na te kijken")


@dataclass(frozen=True, slots=True)
class GridAddresses:
    """Where the grid of one dossier posts to: the form, one row by the script, taking over last quarter's values.

    ``show`` is the page itself, for the filters. An empty ``save`` is a grid that is only read.
    """

    show: str
    save: str = ""
    row: str = ""
    copy: str = ""


@dataclass(frozen=True, slots=True)
class GridFilter:
    """Contract types AND qualifications AND words of the name (E-116); empty lets everything through."""

    types: frozenset[str] = frozenset()
    qualifications: frozenset[str] = frozenset()
    search: str = ""

    @classmethod
    def from_address(cls) -> GridFilter:
        """From the words of the address."""
        return cls(
            frozenset(request.args.getlist("contracttype")),
            frozenset(request.args.getlist("kwalificatie")),
            request.args.get("zoek", "").strip()[:80],
        )

    def __bool__(self) -> bool:
        return bool(self.types or self.qualifications or self.search)

    def matcher(self) -> Callable[[QuarterLine], bool]:
        """Whether a line passes."""
        words = words_of(self.search)

        def passes(line: QuarterLine) -> bool:
            return (
                (not self.types or line.contract.contract_type in self.types)
                and (not self.qualifications or line.contract.qualification in self.qualifications)
                and (not words or all(word in fold(line.name) for word in words))
            )

        return passes


@dataclass(slots=True)
class Row:
    """One line, ready to print. ``off`` is greyed (E-024); ``plain`` has no inputs; ``hidden`` is filtered away.

    ``state`` and ``state_text`` fill the last column; ``messages`` are (id, kind, text) rows below; ``conflict`` holds
    what is stored now when somebody else was first.
    """

    key: str
    name: str
    type_code: str
    type_name: str
    qualification_code: str
    qualification_name: str
    start: str
    end: str
    hours: str
    replacement: str
    days: bool
    off: bool
    plain: bool
    hidden: bool
    token: str
    values: tuple[str, str, str]
    wrong: tuple[str, ...]
    missing: bool
    mark: str
    mark_text: str
    state: str
    state_text: str
    messages: tuple[tuple[str, str], ...]
    previous: str
    previous_text: str
    conflict: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class GridView:
    """Everything ``ecalcura/declaration/_grid.html`` needs."""

    grid: Grid
    rows: Sequence[Row]
    addresses: GridAddresses
    filter: GridFilter
    editable: bool
    version: int
    expected: int
    filled: int
    copyable: int
    shown: int
    type_options: Sequence[tuple[str, str, int]]
    qualification_options: Sequence[tuple[str, str, int]]
    problems: Sequence[tuple[str, str]]
    saved_at: str

    @property
    def inputs(self) -> int:
        """How many rows are in the form; the post must hold as many."""
        return sum(not row.plain for row in self.rows)


def grid_view(
    grid: Grid,
    addresses: GridAddresses,
    *,
    outcome: SaveOutcome | None = None,
    choice: GridFilter | None = None,
) -> GridView:
    """The grid ready to print; what an outcome rejected is shown as it was typed, with its message."""
    choice = choice if choice is not None else GridFilter.from_address()
    passes = choice.matcher()
    rejected = outcome.rejected if outcome else {}
    editable = bool(addresses.save) and grid.read_only is None and not grid.dossier.nothing_to_declare
    writer = Writer()
    rows = [_row(line, grid, rejected.get(line.reference), passes(line), editable, writer) for line in grid.lines]
    return GridView(
        grid=grid,
        rows=rows,
        addresses=addresses,
        filter=choice,
        editable=editable,
        version=grid.dossier.version,
        expected=grid.expected,
        filled=grid.filled,
        copyable=grid.copyable if editable else 0,
        shown=sum(not row.hidden for row in rows),
        type_options=_options((line.contract.contract_type for line in grid.lines), grid.contract_types),
        qualification_options=_options((line.contract.qualification for line in grid.lines), grid.qualifications),
        problems=_problems(rejected),
        saved_at=outcome.at.astimezone(BRUSSELS).strftime("%H:%M") if outcome and outcome.saved else "",
    )


class Writer:
    """Texts of one page, each made once: two thousand lines hold few different dates, numbers and messages."""

    def __init__(self) -> None:
        self.day = cache(long_date)
        self.amount = cache(decimal)
        self.word = cache(gettext)

    def message(self, finding: Finding) -> str:
        """A finding in the language of the person."""
        text = self.word(finding.message)
        return text.format(**finding.params) if finding.params else text


def _options(codes: Iterable[str], names: Mapping[str, str]) -> list[tuple[str, str, int]]:
    counts: dict[str, int] = {}
    for code in codes:
        counts[code] = counts.get(code, 0) + 1
    order = {code: place for place, code in enumerate(names)}
    return [
        (code, names.get(code, code), counts[code]) for code in sorted(counts, key=lambda code: order.get(code, 999))
    ]


def _problems(rejected: Mapping[str, RejectedRow]) -> list[tuple[str, str]]:
    """What stands on top of the page: each message once per row, with a link to the field or the row."""
    found = []
    for key, row in rejected.items():
        for finding in row.findings:
            text = translated(finding)
            target = f"#{finding.field}-{key}" if finding.field else f"#l-{key}"
            found.append((f"{row.name}: {text}" if row.name else text, target if row.line else ""))
    return found


def texts_of(entry: PerformanceEntry, amount: Callable[[Decimal | None], str] = decimal) -> tuple[str, str, str]:
    """The three numbers as they are typed: decimal comma, no needless zeros."""
    return amount(entry.paid_days), amount(entry.unpaid_days), amount(entry.paid_hours)


def _row(
    line: QuarterLine,
    grid: Grid,
    rejected: RejectedRow | None,
    passes: bool,
    editable: bool,
    writer: Writer,
) -> Row:
    contract, key = line.contract, line.reference
    day, amount = writer.day, writer.amount
    shown = texts_of(line.entry, amount)
    values, version, token_texts = shown, line.version, shown
    if rejected is not None:
        typed = rejected.typed
        values, version = (typed.paid_days, typed.unpaid_days, typed.paid_hours), typed.version
        # Never equal to what is typed, so that the next post tries again.
        token_texts = ("?", "?", "?") if rejected.conflict else shown
    mark, mark_text, state_text, messages = said(line, writer)
    state = ""
    if rejected is not None:
        state, state_text = ("conflict", gettext("Botsing")) if rejected.conflict else ("error", gettext("Fout"))
        messages = tuple(("conflict" if rejected.conflict else "error", translated(one)) for one in rejected.findings)
        mark, mark_text = "stop", messages[0][1]
    off = not line.needed
    previous = texts_of(line.previous, amount) if editable and line.can_copy else ()
    return Row(
        key=key,
        name=line.name,
        type_code=contract.contract_type,
        type_name=grid.contract_types.get(contract.contract_type, contract.contract_type),
        qualification_code=contract.qualification,
        qualification_name=grid.qualifications.get(contract.qualification, contract.qualification),
        start=day(contract.starts_on),
        end=day(contract.ends_on),
        hours=amount(contract.hours),
        replacement=amount(contract.replacement_hours) if contract.replacement_hours else "",
        days=line.kind is Kind.DAYS,
        off=off,
        plain=not editable or (off and line.entry.is_empty and rejected is None),
        hidden=not passes and rejected is None,
        token=row_token(key, version, *token_texts),
        values=values,
        wrong=tuple(one.field for one in rejected.findings if one.field) if rejected else (),
        missing=line.missing,
        mark=mark,
        mark_text=mark_text,
        state=state,
        state_text=state_text,
        messages=messages,
        previous="|".join(previous),
        previous_text=" / ".join(filter(None, previous)),
        conflict=conflict_of(rejected, amount),
    )


def conflict_of(
    rejected: RejectedRow | None, amount: Callable[[Decimal | None], str] = decimal
) -> dict[str, Any] | None:
    if rejected is None or not rejected.conflict or rejected.line is None:
        return None
    line, typed = rejected.line, rejected.typed
    return {
        "version": line.version,
        "who": line.changed_by or "",
        "theirs": texts_of(line.entry, amount),
        "yours": (typed.paid_days, typed.unpaid_days, typed.paid_hours),
        "days": line.kind is Kind.DAYS,
    }


def said(line: QuarterLine, writer: Writer) -> tuple[str, str, str, tuple[tuple[str, str], ...]]:
    """Mark, its text, the words of the last column, and the messages below a line.

    A line without performances has a mark and a word (E-114); a row of text below it for each would bury the rest.
    """
    if not line.findings:
        return "", "", "" if line.needed else writer.word(_NOT_NEEDED), ()
    if line.entry.is_empty:
        return "warn", writer.message(line.findings[0]), writer.word(_NOT_FILLED), ()
    spoken = tuple(("warning", writer.message(finding)) for finding in line.findings)
    if all(finding.severity is Severity.INFORMATION for finding in line.findings):
        return "", "", writer.word(_NOT_NEEDED), spoken
    return "warn", spoken[0][1], writer.word(_TO_CHECK), spoken
