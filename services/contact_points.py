"""The contact points to show (E-156), and whether they can be reached now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from domain.calendars import BRUSSELS, is_working_day
from domain.errors import N_
from services import clock


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """Who answers which questions, how to reach them, and their hours on working days (Brussels time)."""

    subject: str
    name: str
    phone: str
    opens: time
    closes: time
    hours: str

    def is_open(self, at: datetime) -> bool:
        """Whether it can be reached at an instant."""
        local = at.astimezone(BRUSSELS)
        return is_working_day(local.date()) and self.opens <= local.time() < self.closes


POINTS = (
    ContactPoint(
        N_("Toegang tot het e-loket en gebruikersbeheer"),
        N_("Contactcenter eHealth"),
        "02 788 51 55",
        time(7),
        time(20),
        N_("maandag tot vrijdag van 7 tot 20 uur, niet op feestdagen"),
    ),
    ContactPoint(
        N_("Inhoudelijke vragen over eCalcura"),
        N_("Departement Zorg, team eCalcura"),
        "02 553 36 47",
        time(9),
        time(17),
        N_("tijdens de werkuren"),
    ),
)


def points() -> list[tuple[ContactPoint, bool]]:
    """Every contact point, and whether it is open now."""
    now = clock.now()
    return [(point, point.is_open(now)) for point in POINTS]
