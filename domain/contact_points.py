"""Who answers which questions, and when (E-155, E-156, C-026, C-072)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.actor import Side
from domain.calendars import BRUSSELS, is_working_day
from domain.errors import N_


class Subject(StrEnum):
    """What a question is about; also the place on the help page."""

    ACCESS = "toegang"
    ECALCURA = "ecalcura"
    ECONTRACTING = "econtracting"
    MANAGERS = "beheerders"


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether somebody answers at an instant, and when that changes: closing today, or the next opening."""

    is_open: bool
    changes_at: datetime


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """One contact point. ``opens`` and ``closes`` are its hours on working days, Brussels time; none: by mail only.

    ``outside_hours`` says what somebody can do when nobody answers, ``sides`` for whom it is.
    """

    subject: Subject
    question: str
    name: str
    sides: frozenset[Side]
    phone: str = ""
    opens: time | None = None
    closes: time | None = None
    hours: str = ""
    outside_hours: str = ""
    website: str | None = None
    website_label: str = ""

    def opening(self, at: datetime) -> Opening | None:
        """Open or closed at an instant with offset; None where nobody takes the phone."""
        if self.opens is None or self.closes is None:
            return None
        local = at.astimezone(BRUSSELS)
        if is_working_day(local.date()) and self.opens <= local.time() < self.closes:
            return Opening(True, _at(local.date(), self.closes))
        day = local.date() if local.time() < self.opens else local.date() + timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
        return Opening(False, _at(day, self.opens))


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, BRUSSELS)


_CARE = frozenset({Side.FACILITY, Side.DEPARTMENT, Side.HELPDESK})
_CONTRACTS = frozenset({Side.CONTRACTOR, Side.AUTHORITY, Side.HELPDESK})

#: The hours of eCalcura are "the working hours" in the manual; which ones is an assumption (9 to 17), as are those of
#: 1700 (9 to 19).
CONTACT_POINTS: tuple[ContactPoint, ...] = (
    ContactPoint(
        subject=Subject.ECALCURA,
        question=N_("Vragen over eCalcura: uw gegevens, uw aangifte, uw dossier"),
        name=N_("Departement Zorg, team eCalcura"),
        sides=_CARE,
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
        sides=_CARE,
        phone="02 788 51 55",
        opens=time(7),
        closes=time(20),
        hours=N_("van maandag tot vrijdag van 7 tot 20 uur, niet op feestdagen"),
        outside_hours=N_("U kunt altijd vragen om teruggebeld te worden, of het contactformulier gebruiken."),
        website="https://www.ehealth.fgov.be",
        website_label=N_("Contactformulier op de website van eHealth"),
    ),
    ContactPoint(
        subject=Subject.ECONTRACTING,
        question=N_("Vragen over e-Contracting: uw opdrachten en stukken"),
        name=N_("Team e-Contracting"),
        sides=_CONTRACTS,
        outside_hours=N_("Stuur een e-mail. U krijgt tijdens de werkuren antwoord."),
    ),
    ContactPoint(
        subject=Subject.MANAGERS,
        question=N_("Wie is de lokale beheerder van uw onderneming of entiteit?"),
        name=N_("1700, het gratis informatienummer van de Vlaamse overheid"),
        sides=_CONTRACTS,
        phone="1700",
        opens=time(9),
        closes=time(19),
        hours=N_("op werkdagen van 9 tot 19 uur"),
        outside_hours=N_("Bel tijdens de openingsuren, of kijk op de website."),
        website="https://www.vlaanderen.be/1700",
        website_label=N_("Website van 1700"),
    ),
)


def points_for(side: Side | None) -> tuple[ContactPoint, ...]:
    """The contact points of a side; all of them for who is not signed in."""
    return tuple(point for point in CONTACT_POINTS if side is None or side in point.sides)
