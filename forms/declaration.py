"""What the pages of a declaration send: the choice of a quarter, and the grid as parallel lists.

The grid is read by hand: a form object per row costs thirty times as much, and takes a truncated post for valid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import SelectField

from domain.errors import N_, InvalidValue
from services.ecalcura.performances import TypedRow

#: More lines than any facility has; a post that claims more is not ours.
MAX_ROWS = 10_000
_MAX_TEXT = 40
_TOKEN = re.compile(r"([A-Za-z0-9]{1,16}):([0-9]{1,9}):([0-9.,?]{0,12}):([0-9.,?]{0,12}):([0-9.,?]{0,12})")
_COUNT = re.compile(r"[0-9]{1,9}")
_CONFLICT = re.compile(r"([A-Za-z0-9]{1,16}):([0-9]{1,9})")
_COLUMNS = ("betaalde_dagen", "niet_betaalde_dagen", "betaalde_uren")

TRUNCATED = N_(
    "De gegevens zijn niet volledig aangekomen. Er is niets bewaard. "
    "Ga terug in uw browser en klik opnieuw op 'Bewaren'."
)


class NewDossierForm(FlaskForm):
    """Which quarter to make a dossier for; the choices are those that may be opened now."""

    quarter = SelectField(_("Kwartaal"), choices=[])


@dataclass(frozen=True, slots=True)
class GridPost:
    """The grid as it was sent. ``copy`` names the lines whose button 'Vorig kwartaal' was pressed, or None."""

    rows: tuple[TypedRow, ...]
    version: int
    copy: str | None


def row_token(reference: str, version: int, paid_days: str, unpaid_days: str, paid_hours: str) -> str:
    """What a row carries along unseen: which contract, which version, and the texts that were shown."""
    return f"{reference}:{version}:{paid_days}:{unpaid_days}:{paid_hours}"


def read_grid(form: MultiDict[str, str]) -> GridPost:
    """Read the parallel lists; InvalidValue when anything is missing, so that a truncated post saves nothing.

    On a conflict the person chose: ``mijn`` keeps the own values over the version that was shown, ``hun`` drops them.
    """
    tokens = form.getlist("regel")
    columns = [form.getlist(name) for name in _COLUMNS]
    count, version = form.get("aantal", ""), form.get("versie", "")
    if not _COUNT.fullmatch(count) or not _COUNT.fullmatch(version):
        raise InvalidValue(TRUNCATED)
    if int(count) > MAX_ROWS or any(len(values) != int(count) for values in (tokens, *columns)):
        raise InvalidValue(TRUNCATED)
    rows = [_row(token, texts) for token, *texts in zip(tokens, *columns, strict=True)]
    if len({row.reference for row in rows}) != len(rows):
        raise InvalidValue(TRUNCATED)
    return GridPost(tuple(_settled(rows, form)), int(version), form.get("overnemen"))


def _row(token: str, texts: list[str]) -> TypedRow:
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise InvalidValue(TRUNCATED)
    reference, version, *shown = match.groups()
    typed = [text.strip()[:_MAX_TEXT] for text in texts]
    return TypedRow(reference, int(version), *typed, touched=typed != shown)


def _settled(rows: list[TypedRow], form: MultiDict[str, str]) -> list[TypedRow]:
    mine, theirs = form.get("mijn"), form.get("hun")
    if not mine and not theirs:
        return rows
    shown = dict(match.groups() for text in form.getlist("botsing") if (match := _CONFLICT.fullmatch(text)))
    return [
        replace(row, touched=False)
        if row.reference == theirs
        else replace(row, version=int(shown[mine]))
        if row.reference == mine and mine in shown
        else row
        for row in rows
    ]
