"""When data are announced, held and erased (E-153): terms, what stands in the way, and holds of everything.

Which kinds of data there are and how long each is kept is ``domain.retention``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.calendars import add_months
from domain.ecalcura.declaration import DossierStatus
from domain.errors import N_
from domain.retention import RULES, RetentionClass

#: So many days before erasing, the department and the facility are told.
NOTICE_DAYS = 60
#: In place of a class: every kind of data of a facility, or of a quarter, is held.
EVERYTHING = "ALLES"
#: Between what a notice is about and which time it is announced: ``2024K3/2``.
AGAIN = "/"


def subject_of(key: str) -> str:
    """What a notice is about, whichever time it is announced: ``2024K3`` of ``2024K3/2``."""
    return key.partition(AGAIN)[0]


def notice_key(subject: str, times: int) -> str:
    """The key of a notice about what was announced so many times before."""
    return f"{subject}{AGAIN}{times + 1}" if times else subject


class HoldScope(StrEnum):
    """What is held: the data of one notice, or every kind of data of its facility or, if it is nobody's, its quarter.

    Everything is also what is announced later.
    """

    ONE = "DIT"
    ALL = "ALLES"


def kept_until(which: RetentionClass, counted_from: date) -> date:
    """The last day on which data of an announced class are kept. ValueError for a class without a term."""
    months = RULES[which].months
    if months is None:
        raise ValueError(which)
    return add_months(counted_from, months)


def limit(which: RetentionClass, today: date) -> date:
    """Data that count from before this day are told of today: their term ends within the days of the notice."""
    months = RULES[which].months
    if months is None:
        raise ValueError(which)
    return add_months(today + timedelta(days=NOTICE_DAYS), -months)


def announced_from(until: date) -> date:
    """The first day on which erasing may be announced: the notice runs while the data are still kept."""
    return until - timedelta(days=NOTICE_DAYS - 1)


def erased_from(until: date, noticed_on: date) -> date:
    """The first day on which data may be erased: after their term and after the whole notice, whichever is later."""
    return max(until, noticed_on + timedelta(days=NOTICE_DAYS - 1)) + timedelta(days=1)


class Obstacle(StrEnum):
    """Why data that reached the end of their time are still needed."""

    NOT_YET = "NOT_YET"
    HELD = "HELD"
    OPEN_DOSSIER = "OPEN_DOSSIER"
    OPEN_CALCULATION = "OPEN_CALCULATION"
    OPEN_REQUEST = "OPEN_REQUEST"
    OPEN_CORRECTION = "OPEN_CORRECTION"


OBSTACLE_LABELS: dict[Obstacle, str] = {
    Obstacle.NOT_YET: N_("De aankondiging loopt nog."),
    Obstacle.HELD: N_("Een dossierbeheerder houdt het wissen tegen."),
    Obstacle.OPEN_DOSSIER: N_("Een kwartaal van deze periode is nog open of in audit."),
    Obstacle.OPEN_CALCULATION: N_("Een berekening of betaling van deze periode is nog niet afgerond."),
    Obstacle.OPEN_REQUEST: N_("Een aanvraag tot heropening of een gesprek wacht nog op antwoord."),
    Obstacle.OPEN_CORRECTION: N_("Een verzoek tot verbetering is nog niet beslist."),
}


@dataclass(frozen=True, slots=True)
class Needed:
    """What still needs the data of a notice: counts of what is open."""

    statuses: frozenset[DossierStatus] = frozenset()
    calculations: int = 0
    requests: int = 0
    corrections: int = 0


def obstacles(needed: Needed, *, held: bool, erase_from: date, today: date) -> Sequence[Obstacle]:
    """Why erasing must wait; nothing when it may be done now."""
    found = []
    if today < erase_from:
        found.append(Obstacle.NOT_YET)
    if held:
        found.append(Obstacle.HELD)
    if needed.statuses & {DossierStatus.OPEN, DossierStatus.AUDIT}:
        found.append(Obstacle.OPEN_DOSSIER)
    if needed.calculations:
        found.append(Obstacle.OPEN_CALCULATION)
    if needed.requests:
        found.append(Obstacle.OPEN_REQUEST)
    if needed.corrections:
        found.append(Obstacle.OPEN_CORRECTION)
    return found


ALREADY_ERASED = N_("Deze gegevens zijn al gewist.")
ALREADY_HELD = N_("Iemand houdt dit al tegen.")
NOT_HELD = N_("Niemand houdt dit nog tegen.")
REASON_MISSING = N_("Vul in waarom het wissen moet wachten.")
NO_SUCH_FACILITY = N_("Er is geen voorziening met dit HCO-nummer. Kijk het nummer na.")
