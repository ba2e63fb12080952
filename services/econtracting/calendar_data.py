"""Rates of interest and closing days as data: what is shipped and what stands in the tables (7.2, 7.4)."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from domain.calendars import WorkingCalendar
from domain.econtracting.interest import Rate
from models.base import db
from models.contract_follow_up import ClosingDay, InterestRate


def calendar() -> WorkingCalendar:
    """The working days that terms are reckoned with now: the statutory holidays of the table (A-31)."""
    return WorkingCalendar(frozenset(db.session.scalars(select(ClosingDay.day).where(ClosingDay.statutory))))


def rates() -> dict[str, Rate]:
    """The known rates per half-year."""
    return {row.half_year: Rate(Decimal(row.percent), row.derived) for row in db.session.scalars(select(InterestRate))}
