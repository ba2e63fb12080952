"""The table of a dossier: its statuses, the events, who may cause them and where they lead (5.3).

Read `TRANSITIONS` first. When an event is accepted stands in ``declaration``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from domain.calendars import Quarter
from domain.ecalcura import declaration_texts as texts
from domain.errors import N_


class DossierStatus(StrEnum):
    """What a dossier is; a dossier that does not exist yet has no status (``None``)."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    AUDIT = "AUDIT"
    BLOCKED = "BLOCKED"


STATUS_LABELS: dict[DossierStatus, str] = {
    DossierStatus.OPEN: N_("Open"),
    DossierStatus.CLOSED: N_("Afgesloten"),
    DossierStatus.AUDIT: N_("Audit"),
    DossierStatus.BLOCKED: N_("Geblokkeerd"),
}


class Event(StrEnum):
    """What can happen to a dossier."""

    OPEN_NEW = "OPEN_NEW"
    SAVE = "SAVE"
    SUBMIT = "SUBMIT"
    REOPEN = "REOPEN"
    BLOCK = "BLOCK"
    REOPEN_ONCE = "REOPEN_ONCE"
    BLOCK_AGAIN = "BLOCK_AGAIN"
    TAKE_INTO_AUDIT = "TAKE_INTO_AUDIT"
    REOPEN_FROM_AUDIT = "REOPEN_FROM_AUDIT"
    CLOSE_FROM_AUDIT = "CLOSE_FROM_AUDIT"
    RESTORE = "RESTORE"


class ActorKind(StrEnum):
    """Who acts: V (facility), D (case manager) or S (scheduler) of part 5.3."""

    FACILITY = "FACILITY"
    CASE_MANAGER = "CASE_MANAGER"
    SCHEDULER = "SCHEDULER"


PREVIOUS: Final = "PREVIOUS"
"""Target of RESTORE: the status from before the audit."""

TRANSITIONS: Mapping[tuple[DossierStatus | None, Event], DossierStatus | Literal["PREVIOUS"]] = {
    (None, Event.OPEN_NEW): DossierStatus.OPEN,  # T-01
    (DossierStatus.OPEN, Event.SAVE): DossierStatus.OPEN,  # T-02
    (DossierStatus.AUDIT, Event.SAVE): DossierStatus.AUDIT,  # E-063: the case manager edits during an audit
    (DossierStatus.OPEN, Event.SUBMIT): DossierStatus.CLOSED,  # T-03, T-07 when reopened
    (DossierStatus.CLOSED, Event.REOPEN): DossierStatus.OPEN,  # T-04
    (DossierStatus.OPEN, Event.BLOCK): DossierStatus.BLOCKED,  # T-05
    (None, Event.BLOCK): DossierStatus.BLOCKED,  # T-05, A-09: an empty stub
    (DossierStatus.CLOSED, Event.REOPEN_ONCE): DossierStatus.OPEN,  # T-06
    (DossierStatus.BLOCKED, Event.REOPEN_ONCE): DossierStatus.OPEN,  # T-06
    (DossierStatus.OPEN, Event.BLOCK_AGAIN): DossierStatus.BLOCKED,  # T-08
    (DossierStatus.OPEN, Event.TAKE_INTO_AUDIT): DossierStatus.AUDIT,  # T-09
    (DossierStatus.CLOSED, Event.TAKE_INTO_AUDIT): DossierStatus.AUDIT,  # T-09, T-13
    (DossierStatus.BLOCKED, Event.TAKE_INTO_AUDIT): DossierStatus.AUDIT,  # T-09, T-13
    (DossierStatus.AUDIT, Event.REOPEN_FROM_AUDIT): DossierStatus.OPEN,  # T-10
    (DossierStatus.AUDIT, Event.CLOSE_FROM_AUDIT): DossierStatus.CLOSED,  # T-11, T-13
    (DossierStatus.AUDIT, Event.RESTORE): PREVIOUS,  # T-12, T-13
}

TRANSITION_NUMBERS: Mapping[Event, str] = {
    Event.OPEN_NEW: "T-01",
    Event.SAVE: "T-02",
    Event.SUBMIT: "T-03/T-07",
    Event.REOPEN: "T-04",
    Event.BLOCK: "T-05",
    Event.REOPEN_ONCE: "T-06",
    Event.BLOCK_AGAIN: "T-08",
    Event.TAKE_INTO_AUDIT: "T-09/T-13",
    Event.REOPEN_FROM_AUDIT: "T-10",
    Event.CLOSE_FROM_AUDIT: "T-11/T-13",
    Event.RESTORE: "T-12/T-13",
}

_FACILITY_AND_CASE_MANAGER = frozenset({ActorKind.FACILITY, ActorKind.CASE_MANAGER})
_EX_OFFICIO = frozenset({ActorKind.SCHEDULER, ActorKind.CASE_MANAGER})
_CASE_MANAGER = frozenset({ActorKind.CASE_MANAGER})

WHO: Mapping[Event, frozenset[ActorKind]] = {
    Event.OPEN_NEW: _FACILITY_AND_CASE_MANAGER,
    Event.SAVE: _FACILITY_AND_CASE_MANAGER,
    Event.SUBMIT: frozenset({ActorKind.FACILITY}),
    Event.REOPEN: _CASE_MANAGER,
    Event.BLOCK: _EX_OFFICIO,
    Event.REOPEN_ONCE: _CASE_MANAGER,
    Event.BLOCK_AGAIN: _EX_OFFICIO,
    Event.TAKE_INTO_AUDIT: _CASE_MANAGER,
    Event.REOPEN_FROM_AUDIT: _CASE_MANAGER,
    Event.CLOSE_FROM_AUDIT: _CASE_MANAGER,
    Event.RESTORE: _CASE_MANAGER,
}

EVENT_LABELS: Mapping[Event, str] = {event: texts.LABELS[event.value] for event in Event}
EVENT_HELP: Mapping[Event, str] = {event: texts.HELP[event.value] for event in Event}
REASON_REQUIRED: Mapping[Event, bool] = {
    event: event in {Event.REOPEN, Event.REOPEN_ONCE, Event.TAKE_INTO_AUDIT, Event.REOPEN_FROM_AUDIT} for event in Event
}


@dataclass(frozen=True, slots=True)
class DossierFacts:
    """What the rules need of a dossier.

    ``status`` is ``None`` when the quarter was never opened. ``previous_status`` is the one before the audit.
    ``reopened``: the quarter is part of the executed reopening after the provisional calculation (T-06).
    ``submitted_before``: a snapshot of an earlier submission exists.
    """

    quarter: Quarter
    status: DossierStatus | None = None
    previous_status: DossierStatus | None = None
    reopened: bool = False
    submitted_before: bool = False
