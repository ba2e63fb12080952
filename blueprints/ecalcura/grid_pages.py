"""The posts of the grid, of the form and of the script, for both doors; each door commits and answers itself."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from blueprints.ecalcura.grid_rows import (
    GridAddresses,
    GridFilter,
    GridView,
    Writer,
    conflict_of,
    grid_view,
    said,
    texts_of,
)
from blueprints.handling import translated
from domain.actor import Actor
from domain.calendars import BRUSSELS
from domain.errors import InvalidValue
from forms.declaration import GridPost, read_grid, row_token
from services import transaction
from services.ecalcura import performances
from services.ecalcura.lines import QuarterLine
from services.ecalcura.performances import Grid, SaveOutcome

__all__ = [
    "GridAddresses",
    "GridFilter",
    "GridView",
    "grid_view",
    "save_form",
    "save_row",
    "saved_text",
    "unsaved",
]


def save_form(actor: Actor, number: str) -> tuple[SaveOutcome, GridPost]:
    """Save the posted form, rows that can be saved; the caller commits. InvalidValue for a truncated post."""
    post = read_grid(request.form)
    return performances.save(actor, number, post.rows), post


def saved_text(outcome: SaveOutcome, taken: SaveOutcome | None = None) -> str:
    """What a person is told after saving, and after taking over the values of last quarter."""
    time = _time(outcome)
    if taken is not None:
        if not taken.changed:
            return gettext("Er waren geen lege lijnen met waarden van vorig kwartaal.")
        lines = ngettext("%(num)s lijn", "%(num)s lijnen", taken.changed)
        return gettext("%(lines)s overgenomen van vorig kwartaal, bewaard om %(time)s.", lines=lines, time=time)
    if not outcome.changed:
        return gettext("Alles was al bewaard.")
    lines = ngettext("%(num)s lijn", "%(num)s lijnen", outcome.changed)
    return gettext("%(lines)s bewaard om %(time)s.", lines=lines, time=time)


def unsaved(grid: Grid) -> list[tuple[str, str]]:
    """What was typed in a post that was refused as a whole, so that it can be read and noted: name and values."""
    try:
        post = read_grid(request.form)
    except InvalidValue:
        return []
    names = {line.reference: line.name for line in grid.lines}
    return [
        (
            names.get(row.reference, row.reference),
            " / ".join(filter(None, (row.paid_days, row.unpaid_days, row.paid_hours))),
        )
        for row in post.rows
        if row.touched
    ]


def _time(outcome: SaveOutcome) -> str:
    return outcome.at.astimezone(BRUSSELS).strftime("%H:%M")


def save_row(actor: Actor, number: str) -> ResponseReturnValue:
    """One row from the script: 200 saved, 409 somebody was first (both values), 422 a value that cannot be."""
    post = read_grid(request.form)
    outcome = performances.save(actor, number, post.rows)
    transaction.commit()
    for row in outcome.rejected.values():
        errors = {finding.field or "row": translated(finding) for finding in row.findings}
        if row.conflict:
            return jsonify(conflict=conflict_of(row), message=next(iter(errors.values()))), 409
        return jsonify(errors=errors), 422
    saved = [performances.line_of(actor, number, reference) for reference in outcome.saved]
    return jsonify(rows=[_answer(line) for line in saved if line is not None], at=_time(outcome))


def _answer(line: QuarterLine) -> dict[str, Any]:
    mark, mark_text, state_text, messages = said(line, Writer())
    values = texts_of(line.entry)
    return {
        "reference": line.reference,
        "token": row_token(line.reference, line.version, *values),
        "values": values,
        "missing": line.missing,
        "mark": mark,
        "markText": mark_text,
        "stateText": state_text,
        "messages": messages,
    }
