"""Giving a document to the contractor: who may release it (four eyes), what it still waits for, and corrections.

Releasing is an act of a person, becoming consultable follows from conditions (T5, T6, A-27). The instant is set once;
only an explicit correction changes it, and never to an instant before the first (A-37).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.econtracting.document_states import Outage, VersionState, consultable_at
from domain.errors import N_, InvalidValue, NotAllowedNow

TWO_PEOPLE = N_(
    "U hebt dit stuk zelf het laatst bewerkt. Laat een collega het vrijgeven: wie vrijgeeft, is niet wie het opmaakte."
)


def released_alone(releaser: int | None, last_editor: int | None, *, two_people: bool) -> bool:
    """Whether the same person wrote and releases; NotAllowedNow when the authority asks for two people."""
    alone = releaser is None or releaser == last_editor
    if alone and two_people:
        raise NotAllowedNow(TWO_PEOPLE, code="TWO_PEOPLE")
    return alone


class Waiting(StrEnum):
    """What a released document still waits for."""

    STORE = "OPSLAG"
    SCAN = "VIRUSCONTROLE"
    CONTRACT = "OPDRACHT"
    OUTAGE = "ONBESCHIKBAARHEID"
    REVIEW = "NAZICHT"
    BAD_FILE = "BESTAND"
    SYSTEM = "SYSTEEM"


WAITING_LABELS: dict[Waiting, str] = {
    Waiting.STORE: N_("Een bestand is nog niet bewaard."),
    Waiting.SCAN: N_("Een bestand wordt nog nagekeken op virussen."),
    Waiting.CONTRACT: N_("De opdracht is nog niet zichtbaar voor de opdrachtnemer."),
    Waiting.OUTAGE: N_("Er is een onbeschikbaarheid: de opdrachtnemer kan nu niet aanmelden of raadplegen."),
    Waiting.REVIEW: N_("Eerst moet het nazicht raadpleegbaar zijn."),
    Waiting.BAD_FILE: N_("Een bestand is besmet of geweigerd: dit stuk wordt zo nooit raadpleegbaar. Neem het terug."),
    Waiting.SYSTEM: N_("Binnen een minuut raadpleegbaar."),
}


@dataclass(frozen=True, slots=True)
class PublicationFacts:
    """What decides when a released document becomes consultable (T6).

    ``stored_at`` and ``scanned_at`` are those of the last file, the release itself when there are no files. ``after``
    is the instant before which it cannot be: that of an earlier version, or of the review an invoice request builds on;
    ``review_missing`` says that this review is not consultable yet, ``bad_file`` that a file turned out to be infected
    or refused after the release.
    """

    released_at: datetime
    stored_at: datetime | None
    scanned_at: datetime | None
    visible_since: datetime | None
    after: datetime | None = None
    review_missing: bool = False
    bad_file: bool = False


def instant_of(facts: PublicationFacts, outages: Iterable[Outage]) -> datetime | None:
    """The instant at which all conditions hold; None while one does not, or its end is not known."""
    if facts.review_missing or facts.bad_file:
        return None
    start = facts.released_at if facts.after is None else max(facts.released_at, facts.after)
    return consultable_at(start, facts.stored_at, facts.scanned_at, facts.visible_since, outages)


def waiting_for(facts: PublicationFacts, outages: Iterable[Outage], now: datetime) -> list[Waiting]:
    """Why a released document is not consultable at an instant, everything at once."""
    known = tuple(outages)
    if facts.bad_file:
        return [Waiting.BAD_FILE]
    found = [
        reason
        for reason, holds in (
            (Waiting.STORE, facts.stored_at is None),
            (Waiting.SCAN, facts.stored_at is not None and facts.scanned_at is None),
            (Waiting.CONTRACT, facts.visible_since is None or facts.visible_since > now),
            (Waiting.REVIEW, facts.review_missing),
        )
        if holds
    ]
    if found:
        return found
    hindered = instant_of(facts, known) != instant_of(facts, ())
    return [Waiting.OUTAGE] if hindered else [Waiting.SYSTEM]


NOT_TAKEN_BACK = N_("Enkel een vrijgegeven stuk dat door een slecht bestand nooit raadpleegbaar wordt, kan terug.")


def taken_back(state: VersionState, facts: PublicationFacts) -> VersionState:
    """What was released and can never become consultable is a draft again: the contractor never knew of it.

    Nothing that was sent or could be consulted ever comes here (A-25, invariant 4). NotAllowedNow otherwise.
    """
    if state is not VersionState.RELEASED or not facts.bad_file:
        raise NotAllowedNow(NOT_TAKEN_BACK, code="T6")
    return VersionState.DRAFT


SAME_INSTANT = N_("Dat is het tijdstip dat al geldt.")
BEFORE_FIRST = N_("Een stuk kan niet vroeger raadpleegbaar zijn geweest dan op {first}.")
IN_FUTURE = N_("Kies een tijdstip dat voorbij is.")
NOT_CONSULTABLE = N_("Dit stuk is nog niet raadpleegbaar: er is nog niets te corrigeren.")


def check_correction(
    current: datetime | None, first: datetime | None, corrected: datetime, now: datetime, shown: str
) -> None:
    """A-37: a correction is about something consultable, lies in the past, and not before the first instant.

    ``first`` is the instant of the first evidence, ``shown`` how a person reads it. NotAllowedNow, or InvalidValue at
    ``at``.
    """
    if current is None or first is None:
        raise NotAllowedNow(NOT_CONSULTABLE, code="A-37")
    if corrected > now:
        raise InvalidValue(IN_FUTURE, code="A-37", field="at")
    if corrected < first:
        raise InvalidValue(BEFORE_FIRST, code="A-37", field="at", first=shown)
    if corrected == current:
        raise InvalidValue(SAME_INSTANT, code="A-37", field="at")
