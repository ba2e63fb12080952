"""Filling in the performances of a quarter, as somebody of the facility would."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from random import Random

from sqlalchemy import select

from domain.actor import Actor
from domain.ecalcura.performances import Kind
from models.base import db
from models.declaration import Dossier
from models.reference import ReferencePeriod
from services.ecalcura import performances
from services.ecalcura.dossiers import parameters_of
from services.ecalcura.lines import QuarterLine, lines
from services.ecalcura.performances import TypedRow

#: Unpaid days as they occur; most people have none.
_UNPAID = ("0", "0", "0", "0", "0", "0.5", "1", "2", "3.5", "5", "10")
_TENTH = Decimal("0.1")


def fill(who: Actor, number: str, share: float) -> None:
    """Fill in the lines that need performances, or a share of them, and save."""
    draw = Random(f"performances {number}")  # noqa: S311 - made-up data, the same every time
    needed = _needed(number)
    rows = [_row(line, draw) for line in needed[: round(len(needed) * share)]]
    performances.save(who, number, rows)


def correct(who: Actor, number: str, lines_changed: int = 1) -> None:
    """Correct the first line or lines that are filled in: a day less was paid, or an hour and a half more."""
    filled = [line for line in _needed(number) if not line.missing]
    rows = [_corrected(line) for line in filled[:lines_changed]]
    if rows:
        performances.save(who, number, rows)


def _corrected(line: QuarterLine) -> TypedRow:
    entry = line.entry
    if line.line.kind is Kind.HOURS:
        more = (entry.paid_hours or Decimal()) + Decimal("1.5")
        return TypedRow(line.line.reference, line.version, paid_hours=_text(more))
    paid, unpaid = entry.paid_days or Decimal(), entry.unpaid_days or Decimal()
    moved = min(paid, Decimal(1))
    return TypedRow(line.line.reference, line.version, _text(paid - moved), _text(unpaid + moved))


def _needed(number: str) -> list[QuarterLine]:
    dossier = db.session.scalars(select(Dossier).where(Dossier.number == number)).one()
    parameters = parameters_of(db.session.get(ReferencePeriod, dossier.period_code))
    return [line for line in lines(dossier, parameters) if line.needed]


def _row(line: QuarterLine, draw: Random) -> TypedRow:
    if line.line.kind is Kind.HOURS:
        hours = line.line.norm_hours * Decimal(draw.randrange(90, 103)) / 100
        return TypedRow(line.line.reference, line.version, paid_hours=_text(hours.quantize(_TENTH, ROUND_HALF_UP)))
    possible = Decimal(line.line.possible_days)
    unpaid = min(Decimal(draw.choice(_UNPAID)), possible)
    return TypedRow(line.line.reference, line.version, _text(possible - unpaid), _text(unpaid))


def _text(value: Decimal) -> str:
    return format(value, "f")
