"""Rates of interest and closing days as data: what is shipped and what stands in the tables (7.2, 7.4).

``ensure`` adds what is missing and never changes what is there. Editing stands in ``calendar_editing``.
"""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from domain.calendars import WorkingCalendar
from domain.econtracting.interest import Rate
from models.base import db
from models.contract_follow_up import ClosingDay, InterestRate
from models.gate import writing

_FOLDER = Path(__file__).parent.parent / "reference_data"


def calendar() -> WorkingCalendar:
    """The working days that terms are reckoned with now: the statutory holidays of the table (A-31)."""
    return WorkingCalendar(frozenset(db.session.scalars(select(ClosingDay.day).where(ClosingDay.statutory))))


def rates() -> dict[str, Rate]:
    """The known rates per half-year."""
    return {row.half_year: Rate(Decimal(row.percent), row.derived) for row in db.session.scalars(select(InterestRate))}


def shipped_rates() -> dict[str, Rate]:
    """The rates an installation starts with; needs no database."""
    return {
        half: Rate(Decimal(entry["percent"]), entry.get("derived", False))
        for entry in _read("interest_rates")["rate"]
        for half in entry["half_years"]
    }


def shipped_holidays() -> dict[date, bool]:
    """The closing days an installation starts with, and whether each is statutory; needs no database."""
    return {day: entry["statutory"] for entry in _read("closing_days")["holiday"] for day in entry["days"]}


def ensure() -> dict[str, int]:
    """Add the shipped rates and closing days that are not there; gives how many were added to each."""
    with writing("calendar_data.ensure"):
        halves = set(db.session.scalars(select(InterestRate.half_year)))
        days = set(db.session.scalars(select(ClosingDay.day)))
        missing_rates = [
            InterestRate(
                half_year=half,
                percent=entry["percent"],
                derived=entry.get("derived", False),
                source=entry["source"],
            )
            for entry in _read("interest_rates")["rate"]
            for half in entry["half_years"]
            if half not in halves
        ]
        missing_days = [
            ClosingDay(day=day, name=entry["name"], statutory=entry["statutory"], source=entry["source"])
            for entry in _read("closing_days")["holiday"]
            for day in entry["days"]
            if day not in days
        ]
        db.session.add_all([*missing_rates, *missing_days])
    return {"interest_rates": len(missing_rates), "closing_days": len(missing_days)}


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
