"""What the calendar itself makes happen to one facility in one reference period, and since when it is due.

Three acts, in this order: the letter about quarters that were not submitted (E-122), the blocking of 16 October with a
stub for what was never opened (T-05, A-09), and the end of the correction window (T-08). Whether a quarter may be
blocked is asked of the table of the dossier itself, so the plan and its execution cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.calendars import Quarter, local_date, start_of_day
from domain.dutch import long_date
from domain.ecalcura.campaign import PeriodCalendar, Situation
from domain.ecalcura.declaration import ActorKind, DossierFacts, DossierStatus, Event, refusal
from domain.errors import N_


class ActKind(StrEnum):
    """What the calendar does, in the order in which it is due."""

    LETTER = "LETTER"
    BLOCKING = "BLOCKING"
    WINDOW_END = "WINDOW_END"


ACT_LABELS: dict[ActKind, str] = {
    ActKind.LETTER: N_("Brief over niet-ingediende kwartalen"),
    ActKind.BLOCKING: N_("Ambtshalve blokkeren"),
    ActKind.WINDOW_END: N_("Einde van de correctieperiode"),
}

#: Which step of a dossier an act is.
STEPS: dict[ActKind, Event] = {ActKind.BLOCKING: Event.BLOCK, ActKind.WINDOW_END: Event.BLOCK_AGAIN}


_GROUNDS: dict[ActKind, str] = {
    ActKind.LETTER: N_("Kalender van {period}: op {date} was dit kwartaal niet ingediend. De brief is verstuurd."),
    ActKind.BLOCKING: N_(
        "Kalender van {period}: ambtshalve geblokkeerd vanaf {date}, met de gegevens die toen bewaard waren."
    ),
    ActKind.WINDOW_END: N_(
        "Kalender van {period}: niet opnieuw ingediend binnen de correctieperiode, voorbij sinds {date}."
    ),
}
_NEVER_OPENED = N_("Kalender van {period}: nooit geopend, en daarom leeg geblokkeerd vanaf {date}.")


@dataclass(frozen=True, slots=True)
class Act:
    """One act for one facility. ``due_at`` is the instant from which it had to be done: its legal basis.

    ``quarters`` are those it is about, oldest first; of these ``never_opened`` get an empty stub (A-09).
    """

    kind: ActKind
    due_at: datetime
    quarters: tuple[Quarter, ...]
    never_opened: tuple[Quarter, ...] = ()


def acts_due(situation: Situation, dossiers: Mapping[Quarter, DossierFacts], *, letter_sent: bool) -> list[Act]:
    """What is due for a facility at ``situation.now``, in the order in which it became due.

    ``dossiers`` holds what is known of the quarters that have a dossier. A quarter in AUDIT is left to the case manager
    who holds it: the table has no step of the scheduler for it; once it is open again its turn comes.
    """
    calendar = situation.calendar
    known = {quarter: dossiers.get(quarter, DossierFacts(quarter)) for quarter in calendar.quarters}
    found = []
    if not letter_sent and (missing := _not_submitted(situation, known)):
        found.append(Act(ActKind.LETTER, start_of_day(calendar.letter_job_on), missing))
    for kind, since in ((ActKind.BLOCKING, calendar.blocking_at), (ActKind.WINDOW_END, _window_ended(situation))):
        step = STEPS[kind]
        quarters = tuple(
            quarter for quarter, facts in known.items() if refusal(facts, step, ActorKind.SCHEDULER, situation) is None
        )
        if quarters:
            never_opened = tuple(quarter for quarter in quarters if known[quarter].status is None)
            found.append(Act(kind, since, quarters, never_opened))
    return found


def ground(act: Act, period_code: str, quarter: Quarter) -> str:
    """Why the calendar did it, for the timeline of the dossier: the date that counts, whenever it was carried out."""
    day = long_date(local_date(act.due_at))
    text = _NEVER_OPENED if quarter in act.never_opened else _GROUNDS[act.kind]
    return text.format(period=period_code, date=day)


def still_due(then: list[Act], now: list[Act]) -> list[Act]:
    """Of what was due at an earlier instant, that which may be done now: no letter about a term that is over."""
    quarters_now = {act.kind: set(act.quarters) for act in now}
    found = []
    for act in then:
        left = tuple(quarter for quarter in act.quarters if quarter in quarters_now.get(act.kind, ()))
        if left:
            stubs = tuple(quarter for quarter in act.never_opened if quarter in left)
            found.append(Act(act.kind, act.due_at, left, stubs))
    return found


def in_audit(dossiers: Mapping[Quarter, DossierFacts]) -> tuple[Quarter, ...]:
    """The quarters that wait for a case manager, and that the calendar therefore leaves alone."""
    return tuple(quarter for quarter, facts in sorted(dossiers.items()) if facts.status is DossierStatus.AUDIT)


def _not_submitted(situation: Situation, known: Mapping[Quarter, DossierFacts]) -> tuple[Quarter, ...]:
    """E-122: from the first working day of October until the end of the postponement, when the letter still helps.

    A quarter that was submitted and is in AUDIT counts as submitted.
    """
    calendar = situation.calendar
    if not calendar.letter_job_on <= situation.today <= calendar.postponed_until:
        return ()
    first = situation.facility_from
    return tuple(
        quarter for quarter, facts in known.items() if (first is None or quarter >= first) and not _is_submitted(facts)
    )


def _is_submitted(facts: DossierFacts) -> bool:
    status = facts.previous_status if facts.status is DossierStatus.AUDIT else facts.status
    return status is DossierStatus.CLOSED


def _window_ended(situation: Situation) -> datetime:
    """P+32, 00:00. Without a window (its date was taken back) what was reopened counts as over since the blocking."""
    if situation.provisional_on is None:
        return situation.calendar.blocking_at
    return situation.calendar.correction_closes_at(situation.provisional_on)


class Milestone(StrEnum):
    """The dates of a reference period that people plan by."""

    DEADLINE = "DEADLINE"
    LETTER = "LETTER"
    POSTPONEMENT = "POSTPONEMENT"
    BLOCKING = "BLOCKING"
    WINDOWS_END = "WINDOWS_END"
    DEFINITIVE = "DEFINITIVE"
    PAYMENT = "PAYMENT"


MILESTONE_LABELS: dict[Milestone, str] = {
    Milestone.DEADLINE: N_("Laatste dag van de wettelijke termijn"),
    Milestone.LETTER: N_("Brief aan wie niet alles indiende"),
    Milestone.POSTPONEMENT: N_("Laatste dag van het uitstel"),
    Milestone.BLOCKING: N_("Ambtshalve blokkeren; de berekening start"),
    Milestone.WINDOWS_END: N_("Laatste correctieperiode voorbij"),
    Milestone.DEFINITIVE: N_("Definitieve berekening mogelijk (richtdatum)"),
    Milestone.PAYMENT: N_("Betaling"),
}


def milestones(calendar: PeriodCalendar, last_provisional_on: date | None = None) -> list[tuple[date, Milestone]]:
    """The dates of a reference period in order; ``last_provisional_on`` is the latest P of its facilities."""
    found = [
        (calendar.statutory_deadline, Milestone.DEADLINE),
        (calendar.letter_job_on, Milestone.LETTER),
        (calendar.postponed_until, Milestone.POSTPONEMENT),
        (calendar.blocking_on, Milestone.BLOCKING),
        (calendar.definitive_from, Milestone.DEFINITIVE),
        (calendar.payment_on, Milestone.PAYMENT),
    ]
    if last_provisional_on is not None:
        found.append((calendar.definitive_earliest(last_provisional_on), Milestone.WINDOWS_END))
    return sorted(found)
