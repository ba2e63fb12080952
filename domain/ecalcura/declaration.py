"""What may happen to a dossier now, and why not (5.3, 5.4).

`transition` decides; `events_for` asks it which events it would accept, so a button and its refusal never differ. The
table itself stands in ``dossier_states`` and is offered here too; the texts in ``declaration_texts``; which snapshot
counts in ``basis``.
"""

from __future__ import annotations

from datetime import date

from domain.dutch import long_date
from domain.ecalcura import declaration_texts as texts
from domain.ecalcura.campaign import Phase, Situation
from domain.ecalcura.dossier_states import (
    EVENT_HELP,
    EVENT_LABELS,
    PREVIOUS,
    REASON_REQUIRED,
    STATUS_LABELS,
    TRANSITION_NUMBERS,
    TRANSITIONS,
    WHO,
    ActorKind,
    DossierFacts,
    DossierStatus,
    Event,
)
from domain.errors import DomainError, NotAllowedNow

__all__ = [
    "EVENT_HELP",
    "EVENT_LABELS",
    "PREVIOUS",
    "REASON_REQUIRED",
    "STATUS_LABELS",
    "TRANSITIONS",
    "TRANSITION_NUMBERS",
    "WHO",
    "ActorKind",
    "DossierFacts",
    "DossierStatus",
    "Event",
    "can_edit",
    "events_for",
    "read_only_reason",
    "refusal",
    "reopened_after",
    "transition",
]


def transition(
    facts: DossierFacts, event: Event, who: ActorKind, situation: Situation, *, request_on: date | None = None
) -> DossierStatus:
    """The status after an event; raises NotAllowedNow with what to do instead (code: the V-, T-, A- or E-number).

    ``request_on`` is the day the request for a reopening came in (T-06); ``None`` leaves that one check out.
    Whether the content is fit to submit (V-60, V-61) is for ``review``.
    """
    refused = refusal(facts, event, who, situation, request_on=request_on)
    if refused is not None:
        raise refused
    target = TRANSITIONS[facts.status, event]
    if target != PREVIOUS:
        return DossierStatus(target)
    assert facts.previous_status is not None  # refusal() saw to it
    return facts.previous_status


def events_for(facts: DossierFacts, who: ActorKind, situation: Situation) -> list[Event]:
    """The events `transition` accepts now, in the order of `Event`: the buttons to show, the work of the scheduler."""
    return [event for event in Event if refusal(facts, event, who, situation) is None]


def can_edit(facts: DossierFacts, who: ActorKind, situation: Situation) -> bool:
    """May this actor change the performances now? Facility by T-02, case manager only in AUDIT (5.4)."""
    return refusal(facts, Event.SAVE, who, situation) is None


def read_only_reason(facts: DossierFacts, who: ActorKind, situation: Situation) -> DomainError | None:
    """Why the performances cannot be changed now, or ``None`` when they can."""
    return refusal(facts, Event.SAVE, who, situation)


def reopened_after(facts: DossierFacts, event: Event, situation: Situation) -> bool:
    """The ``reopened`` flag to store with an accepted event.

    Opening out of an audit inside the correction window sets it too, or the facility could not edit what was opened
    for it (T-10); that does not use up the reopening of the period (A-12): only REOPEN_ONCE counts.
    """
    if event is Event.REOPEN_FROM_AUDIT and situation.phase is Phase.CORRECTION:
        return True
    return facts.reopened or event is Event.REOPEN_ONCE


def refusal(
    facts: DossierFacts, event: Event, who: ActorKind, situation: Situation, *, request_on: date | None = None
) -> NotAllowedNow | None:
    """Why `transition` would refuse, or ``None``. The first reason that helps the person counts."""
    if facts.quarter.reference_period != situation.calendar.reference_period:
        raise ValueError(f"{facts.quarter} is not in {situation.calendar.reference_period}")
    return (
        _wrong_actor(event, who)
        or _definitive(facts, event, who, situation)
        or _frozen(facts, event, who, situation)
        or _wrong_status(facts, event, who, situation)
        or _wrong_moment(facts, event, situation, request_on)
    )


def _wrong_actor(event: Event, who: ActorKind) -> NotAllowedNow | None:
    if who in WHO[event]:
        return None
    if who is ActorKind.FACILITY:
        return NotAllowedNow(texts.ONLY_CASE_MANAGER, code="5.4")
    if event is Event.SUBMIT:
        return NotAllowedNow(texts.ONLY_FACILITY_SUBMITS, code="5.4")
    return NotAllowedNow(texts.NOT_FOR_SCHEDULER, code="5.4")


def _definitive(facts: DossierFacts, event: Event, who: ActorKind, situation: Situation) -> NotAllowedNow | None:
    """T-13, E-130: after the definitive calculation only CLOSED or BLOCKED to AUDIT and back, by the case manager."""
    if situation.phase is not Phase.DEFINITIVE:
        return None
    if who is ActorKind.FACILITY:
        return NotAllowedNow(texts.V63_FACILITY, code="V-63")
    status = facts.previous_status if event is Event.RESTORE else facts.status
    settled = status in (DossierStatus.CLOSED, DossierStatus.BLOCKED)
    in_audit = facts.status is DossierStatus.AUDIT
    if event is Event.TAKE_INTO_AUDIT and (settled or in_audit):
        return None
    if in_audit and (event in (Event.SAVE, Event.CLOSE_FROM_AUDIT) or (event is Event.RESTORE and settled)):
        return None
    return NotAllowedNow(texts.V63_IN_AUDIT if in_audit else texts.V63_CASE_MANAGER, code="V-63")


def _frozen(facts: DossierFacts, event: Event, who: ActorKind, situation: Situation) -> NotAllowedNow | None:
    """E-125: nobody delivers data while the Department calculates or closes the period."""
    if event not in (Event.OPEN_NEW, Event.SAVE, Event.SUBMIT):
        return None
    if who is ActorKind.CASE_MANAGER and event is Event.SAVE:
        return None
    if situation.phase is Phase.CALCULATION:
        return NotAllowedNow(texts.V62, code="V-62")
    if situation.phase is Phase.CLOSING:
        return _window_is_over(situation)
    return None


def _wrong_status(facts: DossierFacts, event: Event, who: ActorKind, situation: Situation) -> NotAllowedNow | None:
    status = facts.status
    if event is Event.SAVE and who is ActorKind.CASE_MANAGER and status is not DossierStatus.AUDIT:
        return NotAllowedNow(texts.AUDIT_FIRST, code="E-063")
    if who is ActorKind.FACILITY and status is DossierStatus.AUDIT:
        return NotAllowedNow(texts.IN_AUDIT, code="E-063")
    if (status, event) in TRANSITIONS:
        if event is Event.RESTORE and facts.previous_status in (None, DossierStatus.AUDIT):
            return NotAllowedNow(texts.NO_PREVIOUS_STATUS, code="T-12")
        return None
    if event is Event.OPEN_NEW:
        return NotAllowedNow(texts.EXISTS_ALREADY, code="T-01")
    if status is None:
        return NotAllowedNow(texts.NOT_OPENED_YET, code="E-118")
    if who is ActorKind.FACILITY:
        return _closed_for_facility(status, situation)
    return NotAllowedNow(
        texts.WRONG_STATUS,
        code=TRANSITION_NUMBERS[event],
        action=EVENT_LABELS[event],
        status=STATUS_LABELS[status],
    )


def _closed_for_facility(status: DossierStatus, situation: Situation) -> NotAllowedNow:
    """A facility wants to change what is CLOSED or BLOCKED: tell how it can be reopened (E-126, E-127)."""
    if situation.phase is Phase.CORRECTION and situation.window is not None:
        if not situation.may_reopen_once:
            return NotAllowedNow(texts.V65_FACILITY, code="V-65")
        return NotAllowedNow(texts.ASK_REOPENING_ONCE, code="E-127", date=long_date(situation.window[1]))
    if status is DossierStatus.BLOCKED:
        return NotAllowedNow(texts.IS_BLOCKED, code="E-064")
    return NotAllowedNow(texts.ASK_REOPENING, code="E-062", date=long_date(situation.calendar.postponed_until))


def _wrong_moment(
    facts: DossierFacts, event: Event, situation: Situation, request_on: date | None
) -> NotAllowedNow | None:
    match event:
        case Event.OPEN_NEW:
            return _outside_quarter(facts, situation) or _not_reopened(facts, situation)
        case Event.SAVE if facts.status is DossierStatus.OPEN:
            return _not_reopened(facts, situation)
        case Event.SUBMIT:
            if situation.today <= facts.quarter.end:
                day = long_date(facts.quarter.next().start)
                return NotAllowedNow(texts.QUARTER_STILL_RUNS, code="A-08", date=day)
            return _not_reopened(facts, situation)
        case Event.REOPEN:
            return _reopening_too_late(situation)
        case Event.REOPEN_ONCE:
            return _no_reopening_once(situation, request_on)
        case Event.BLOCK:
            return _no_blocking(facts, situation)
        case Event.BLOCK_AGAIN:
            return _no_blocking_again(facts, situation)
        case Event.REOPEN_FROM_AUDIT if situation.phase is Phase.CALCULATION:
            return NotAllowedNow(texts.V62_CASE_MANAGER, code="V-62")
        case Event.REOPEN_FROM_AUDIT if situation.phase is Phase.CLOSING:
            return _window_is_over(situation)
        case _:
            return None


def _outside_quarter(facts: DossierFacts, situation: Situation) -> NotAllowedNow | None:
    """E-019 and A-08: a quarter is opened from ``invoer_vanaf`` on, once it has begun."""
    first = situation.facility_from
    if first is not None and facts.quarter < first:
        return NotAllowedNow(texts.BEFORE_FIRST_QUARTER, code="E-019", quarter=str(first))
    if situation.today < facts.quarter.start:
        return NotAllowedNow(texts.QUARTER_NOT_BEGUN, code="A-08", date=long_date(facts.quarter.start))
    return None


def _not_reopened(facts: DossierFacts, situation: Situation) -> NotAllowedNow | None:
    """In the correction window only what was reopened can be changed (T-01, T-02)."""
    if situation.phase is not Phase.CORRECTION or facts.reopened or situation.window is None:
        return None
    if not situation.may_reopen_once:
        return NotAllowedNow(texts.V65_FACILITY, code="V-65")
    return NotAllowedNow(texts.ASK_REOPENING_ONCE, code="E-127", date=long_date(situation.window[1]))


def _reopening_too_late(situation: Situation) -> NotAllowedNow | None:
    """T-04: any number of times, until the end of the postponement (E-126)."""
    if situation.phase in (Phase.ENTRY, Phase.POSTPONEMENT):
        return None
    if situation.phase is Phase.CALCULATION:
        return NotAllowedNow(texts.V62_CASE_MANAGER, code="V-62")
    if situation.phase is Phase.CORRECTION:
        day = long_date(situation.calendar.postponed_until)
        return NotAllowedNow(texts.REOPENING_IS_OVER, code="T-04", date=day)
    return _window_is_over(situation)


def _no_reopening_once(situation: Situation, request_on: date | None) -> NotAllowedNow | None:
    """T-06: inside the window, once per facility and period (A-10), on a request of inside the window."""
    if situation.phase in (Phase.ENTRY, Phase.POSTPONEMENT):
        day = long_date(situation.calendar.postponed_until)
        return NotAllowedNow(texts.ORDINARY_REOPENING, code="T-06", date=day)
    if situation.phase is Phase.CALCULATION or situation.window is None:
        return NotAllowedNow(texts.V62_CASE_MANAGER, code="V-62")
    first, last = situation.window
    if situation.phase is Phase.CLOSING:
        return _window_is_over(situation)
    if not situation.may_reopen_once:
        return NotAllowedNow(texts.V65, code="V-65")
    if request_on is not None and not first <= request_on <= last:
        return NotAllowedNow(texts.REQUEST_OUTSIDE_WINDOW, code="T-06", first=long_date(first), last=long_date(last))
    return None


def _no_blocking(facts: DossierFacts, situation: Situation) -> NotAllowedNow | None:
    """T-05: from 16 October on, for what was not reopened since; T-08 is for the rest."""
    if situation.today < situation.calendar.blocking_on:
        day = long_date(situation.calendar.blocking_on)
        return NotAllowedNow(texts.BLOCKING_TOO_EARLY, code="T-05", date=day)
    if facts.reopened:
        return _still_reopened(situation, "T-05") or NotAllowedNow(texts.USE_BLOCK_AGAIN, code="T-05")
    first = situation.facility_from
    if facts.status is None and first is not None and facts.quarter < first:
        return NotAllowedNow(texts.BEFORE_FIRST_QUARTER, code="E-019", quarter=str(first))
    return None


def _no_blocking_again(facts: DossierFacts, situation: Situation) -> NotAllowedNow | None:
    """T-08: from the day after the window on."""
    if not facts.reopened:
        return NotAllowedNow(texts.WAS_NOT_REOPENED, code="T-08")
    return _still_reopened(situation, "T-08")


def _still_reopened(situation: Situation, code: str) -> NotAllowedNow | None:
    if situation.phase is Phase.CLOSING or situation.window is None:
        return None
    return NotAllowedNow(texts.WINDOW_STILL_RUNS, code=code, date=long_date(situation.window[1]))


def _window_is_over(situation: Situation) -> NotAllowedNow:
    assert situation.window is not None  # the phase CLOSING needs a provisional calculation
    last = situation.window[1]
    days = situation.calendar.window_days
    return NotAllowedNow(texts.V64, code="V-64", days=days, date=long_date(last))
