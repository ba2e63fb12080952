"""Who answers which questions, and when (E-155, E-156)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.calendars import BRUSSELS, is_working_day
from domain.errors import N_


class Subject(StrEnum):
    """What a question is about; also the place on the help page."""

    ACCESS = "toegang"
    ECALCURA = "ecalcura"


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether somebody answers at an instant, and when that changes: closing today, or the next opening."""

    is_open: bool
    changes_at: datetime


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """One contact point. ``opens`` and ``closes`` are its hours on working days, Brussels time.

    ``outside_hours`` says what somebody can do when nobody answers.
    """

    subject: Subject
    question: str
    name: str
    phone: str
    opens: time
    closes: time
    hours: str
    outside_hours: str
    website: str | None = None

    def opening(self, at: datetime) -> Opening:
        """Open or closed at an instant with offset."""
        local = at.astimezone(BRUSSELS)
        if is_working_day(local.date()) and self.opens <= local.time() < self.closes:
            return Opening(True, _at(local.date(), self.closes))
        day = local.date() if local.time() < self.opens else local.date() + timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
        return Opening(False, _at(day, self.opens))


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, BRUSSELS)


#: The hours of eCalcura are "the working hours" in the manual; which ones is an assumption (9 to 17).
CONTACT_POINTS: tuple[ContactPoint, ...] = (
    ContactPoint(
        subject=Subject.ECALCURA,
        question=N_("Vragen over eCalcura: uw gegevens, uw aangifte, uw dossier"),
        name=N_("Departement Zorg, team eCalcura"),
        phone="02 553 36 47",
        opens=time(9),
        closes=time(17),
        hours=N_("op werkdagen van 9 tot 17 uur"),
        outside_hours=N_("Stuur een e-mail. U krijgt tijdens de werkuren antwoord."),
    ),
    ContactPoint(
        subject=Subject.ACCESS,
        question=N_("Vragen over aanmelden, rollen en gebruikersbeheer"),
        name=N_("Contactcenter eHealth"),
        phone="02 788 51 55",
        opens=time(7),
        closes=time(20),
        hours=N_("van maandag tot vrijdag van 7 tot 20 uur, niet op feestdagen"),
        outside_hours=N_("U kunt altijd vragen om teruggebeld te worden, of het contactformulier gebruiken."),
        website="https://www.ehealth.fgov.be",
    ),
)
