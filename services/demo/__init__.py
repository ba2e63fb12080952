"""The demonstration data: one story of some Flemish facilities around the day it is loaded. Nobody in it exists."""

from __future__ import annotations

from sqlalchemy import select

from models.base import Base, db
from models.gate import writing
from models.organisation import Facility
from services import clock, reference_lists
from services.demo import declarations, parties, personnel
from services.demo.calendar import DemoCalendar


def loaded() -> bool:
    """Whether this installation has facilities: those of the demonstration, or real ones."""
    return db.session.scalar(select(Facility.id).limit(1)) is not None


def load(reset: bool = False) -> dict[str, int | bool]:
    """Load the demonstration, once: when a facility exists nothing is done, unless ``reset`` empties everything first.

    Needs a writing transaction (``services.transaction.unit_of_work``), which the caller commits. Gives counts.
    """
    if reset:
        _empty()
    elif loaded():
        return {"loaded": False}
    now = clock.now()
    calendar = DemoCalendar(clock.today())
    reference_lists.ensure()
    reference_lists.ensure(calendar.periods)
    facilities = parties.add(calendar)
    staff = personnel.add(calendar, facilities, parties.described())
    dossiers = declarations.add(calendar, facilities, now)
    return {"loaded": True, "facilities": len(facilities), "staff": staff, "dossiers": dossiers}


def _empty() -> None:
    """Forget every row."""
    with writing("demo.reset"):
        for table in reversed(Base.metadata.sorted_tables):
            db.session.execute(table.delete())
