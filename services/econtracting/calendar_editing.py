"""Changing rates and closing days: by the authority that keeps them, with a trace. No stored term moves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import extract, func, select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.errors import N_, Conflict, Forbidden, InvalidValue, NotFound
from domain.permissions import Permission
from models.base import db
from models.contract_follow_up import ClosingDay, InterestRate
from models.gate import writing
from services import audit
from services.access import require
from services.connections import connections

_HALF_YEAR = re.compile(r"20[0-9]{2}H[12]")
_PERCENT = re.compile(r"[0-9]{1,2}(?:[.,][0-9]{1,2})?")
_YEARS = range(2000, 2100)

HALF_YEAR = N_("Schrijf een halfjaar als 2026H2: het jaar, een H en 1 of 2.")
PERCENT = N_("Vul het percentage in, bijvoorbeeld 10,5.")
SOURCE = N_("Vul de bron in, bijvoorbeeld het bericht in het Belgisch Staatsblad met zijn datum.")
NAME = N_("Vul de naam van de dag in.")
DAY = N_("Vul een datum in tussen 2000 en 2099.")
KNOWN_DAY = N_("Deze dag staat al in de lijst.")
KNOWN_RATE = N_("Voor {half_year} staat er al een interestvoet: {percent} %. Een collega vulde ze intussen in.")


@dataclass(frozen=True, slots=True)
class RateView:
    """A rate as it stands in the table; ``percent`` a year."""

    half_year: str
    percent: Decimal
    derived: bool
    source: str


@dataclass(frozen=True, slots=True)
class DayView:
    """A closing day; ``statutory`` ones move the last day of a term."""

    day: date
    name: str
    statutory: bool
    source: str


def keeps(actor: Actor) -> bool:
    """Whether the actor changes the lists: they count for every authority, so the owner's people only."""
    owner: str = connections().settings.contracting_owner
    return actor.may(Permission.AUTHORITY_KINDS) and actor.organisation_key == owner


def rate_list(actor: Actor) -> Sequence[RateView]:
    """Every known rate, the newest half-year first."""
    require(actor, Permission.AUTHORITY_DESK)
    found = db.session.scalars(select(InterestRate).order_by(InterestRate.half_year.desc()))
    return [RateView(row.half_year, Decimal(row.percent), row.derived, row.source) for row in found]


def day_list(actor: Actor, year: int) -> Sequence[DayView]:
    """The closing days of a year."""
    require(actor, Permission.AUTHORITY_DESK)
    found = db.session.scalars(
        select(ClosingDay).where(ClosingDay.day.between(date(year, 1, 1), date(year, 12, 31))).order_by(ClosingDay.day)
    )
    return [DayView(row.day, row.name, row.statutory, row.source) for row in found]


def years(actor: Actor) -> list[int]:
    """The years that have closing days, oldest first."""
    require(actor, Permission.AUTHORITY_DESK)
    year = extract("year", ClosingDay.day)
    return [int(one) for one in db.session.scalars(select(year).group_by(year).order_by(func.min(ClosingDay.day)))]


def save_rate(actor: Actor, half_year: str, percent: str, source: str, *, derived: bool, before: str = "") -> None:
    """Add the rate of a half-year, or change the one that the page showed as ``before``.

    InvalidValue at the field that is wrong; Conflict when another rate stands there by now.
    """
    _require_keeper(actor)
    half, number, text = half_year.strip().upper(), percent.strip(), source.strip()
    if not _HALF_YEAR.fullmatch(half):
        raise InvalidValue(HALF_YEAR, code="L-24", field="half_year")
    if not _PERCENT.fullmatch(number):
        raise InvalidValue(PERCENT, code="L-24", field="percent")
    if not 1 <= len(text) <= 300:
        raise InvalidValue(SOURCE, code="L-24", field="source")
    value = str(Decimal(number.replace(",", ".")))
    with writing("calendar.save_rate"):
        row = db.session.get(InterestRate, half, with_for_update=True)
        if row is None:
            db.session.add(InterestRate(half_year=half, percent=value, derived=derived, source=text))
        elif Decimal(row.percent) != Decimal(before or "-1"):
            raise Conflict(KNOWN_RATE, half_year=half, percent=row.percent.replace(".", ","))
        else:
            row.percent, row.derived, row.source = value, derived, text
        _trace(actor, "interest_rate", half)


def add_day(actor: Actor, day: date | None, name: str, source: str, *, statutory: bool) -> None:
    """Add a closing day. InvalidValue at the field that is wrong."""
    _require_keeper(actor)
    if day is None or day.year not in _YEARS:
        raise InvalidValue(DAY, code="A-31", field="day")
    if not 1 <= len(name.strip()) <= 80:
        raise InvalidValue(NAME, code="A-31", field="name")
    if not 1 <= len(source.strip()) <= 300:
        raise InvalidValue(SOURCE, code="A-31", field="source")
    with writing("calendar.add_day"):
        if db.session.get(ClosingDay, day) is not None:
            raise InvalidValue(KNOWN_DAY, code="A-31", field="day")
        db.session.add(ClosingDay(day=day, name=name.strip(), statutory=statutory, source=source.strip()))
        _trace(actor, "closing_day", day.isoformat())


def remove_day(actor: Actor, day: date) -> None:
    """Take a day from the list; NotFound when it is not in it."""
    _require_keeper(actor)
    with writing("calendar.remove_day"):
        row = db.session.get(ClosingDay, day)
        if row is None:
            raise NotFound
        db.session.delete(row)
        _trace(actor, "closing_day", day.isoformat())


def _require_keeper(actor: Actor) -> None:
    require(actor, Permission.AUTHORITY_KINDS)
    if not keeps(actor):
        raise Forbidden(Permission.AUTHORITY_KINDS)


def _trace(actor: Actor, kind: str, key: str) -> None:
    audit.record(actor, AuditEvent.CALENDAR_DATA_CHANGED, kind, key, data={"list": kind, "key": key})
