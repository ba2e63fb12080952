"""Notices of outages (C-068 to C-071): what one holds, how it stands, and how long people see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.econtracting.document_states import Function, Outage
from domain.errors import N_, Finding, Severity

FUNCTION_LABELS: dict[Function, str] = {
    Function.SIGN_IN: N_("Aanmelden"),
    Function.CONSULT: N_("Raadplegen"),
    Function.UPLOAD: N_("Opladen"),
    Function.SEND: N_("Verzenden"),
}
#: The word for all of them at once.
EVERYTHING = "ALLES"

#: How long a notice whose outage is over stays in sight when nobody said so.
SHOWN_AFTER = timedelta(days=2)
MAX_TITLE = 200
MAX_TEXT = 5000


class OutageState(StrEnum):
    """How an outage stands at a moment."""

    PLANNED = "GEPLAND"
    GOING_ON = "BEZIG"
    OVER = "OPGELOST"


OUTAGE_STATE_LABELS: dict[OutageState, str] = {
    OutageState.PLANNED: N_("Gepland"),
    OutageState.GOING_ON: N_("Bezig"),
    OutageState.OVER: N_("Opgelost"),
}

NO_TITLE = N_("Vul een titel in: die lezen mensen het eerst.")
TITLE_LONG = N_("Hou de titel korter dan {max} tekens.")
TEXT_LONG = N_("Hou deze tekst korter dan {max} tekens.")
NO_FUNCTION = N_("Kies minstens één functie die niet werkt.")
NO_START = N_("Vul in vanaf wanneer.")
END_FIRST = N_("Het einde ligt voor het begin. Kijk beide tijdstippen na.")
NOT_YET = N_("Een onverwachte onbeschikbaarheid is al begonnen. Kies een begin in het verleden, of 'Gepland'.")
END_LATER = N_("Een onverwachte onbeschikbaarheid die voorbij is, eindigt in het verleden. Laat het einde anders leeg.")
VISIBLE_FIRST = N_("Het bericht verdwijnt dan voor de onbeschikbaarheid begint. Kies een later tijdstip.")


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice says. Instants have an offset; ``ends_at`` is None while nobody knows."""

    planned: bool
    functions: frozenset[Function]
    starts_at: datetime
    ends_at: datetime | None
    title: str
    body: str = ""
    remedy: str = ""
    third_party: bool = False
    visible_until: datetime | None = None

    @property
    def outage(self) -> Outage:
        """As the rules of terms read it."""
        return Outage(self.functions, self.starts_at, self.ends_at, self.planned)


def functions_of(words: Iterable[str]) -> frozenset[Function]:
    """The functions behind words; ``ALLES`` stands for every one. ValueError for a word that is none."""
    found: set[Function] = set()
    for word in words:
        found |= set(Function) if word == EVERYTHING else {Function(word)}
    return frozenset(found)


def check_notice(notice: Notice, now: datetime) -> list[Finding]:
    """What is wrong with a notice, each finding at its field."""
    found: list[Finding] = []

    def wrong(field: str, message: str, **params: int) -> None:
        found.append(Finding("C-068", Severity.BLOCKS, message, field, params=params))

    if not notice.title.strip():
        wrong("title", NO_TITLE)
    if len(notice.title) > MAX_TITLE:
        wrong("title", TITLE_LONG, max=MAX_TITLE)
    for name, text in (("body", notice.body), ("remedy", notice.remedy)):
        if len(text) > MAX_TEXT:
            wrong(name, TEXT_LONG, max=MAX_TEXT)
    if not notice.functions:
        wrong("functions", NO_FUNCTION)
    if notice.ends_at is not None and notice.ends_at <= notice.starts_at:
        wrong("ends_at", END_FIRST)
    if not notice.planned and notice.starts_at > now:
        wrong("starts_at", NOT_YET)
    if not notice.planned and notice.ends_at is not None and notice.ends_at > now:
        wrong("ends_at", END_LATER)
    if notice.visible_until is not None and notice.visible_until <= notice.starts_at:
        wrong("visible_until", VISIBLE_FIRST)
    return found


def state_of(starts_at: datetime, ends_at: datetime | None, now: datetime) -> OutageState:
    """How an outage stands."""
    if now < starts_at:
        return OutageState.PLANNED
    return OutageState.OVER if ends_at is not None and ends_at <= now else OutageState.GOING_ON


def is_shown(ends_at: datetime | None, visible_until: datetime | None, now: datetime) -> bool:
    """Whether people still see a notice: as long as was said, and always while the outage is not over (C-069)."""
    if ends_at is None or now < ends_at:
        return True
    return now < (visible_until if visible_until is not None else ends_at + SHOWN_AFTER)
