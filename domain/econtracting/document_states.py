"""The life of a version of a file document, in both directions (6.1), and when a document becomes consultable (T6).

What the contractor sends counts from the sending; what the authority sends counts from the moment the contractor can
consult it (C-050, C-051). Reading is an event that is shown and starts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.calendars import STATUTORY, WorkingCalendar, local_date, start_of_day
from domain.econtracting.rights import Level
from domain.econtracting.terms import Term
from domain.errors import N_, NotAllowedNow


class Direction(StrEnum):
    """From whom to whom."""

    TO_AUTHORITY = "ON_AB"
    TO_CONTRACTOR = "AB_ON"


class VersionState(StrEnum):
    """Where one version of a document stands."""

    DRAFT = "CONCEPT"
    SENT = "VERZONDEN"
    RELEASED = "VRIJGEGEVEN"
    CONSULTABLE = "RAADPLEEGBAAR"
    IN_PROGRESS = "IN_BEHANDELING"
    HANDLED = "AFGEHANDELD"
    REOPENED = "HEROPEND"
    REPLACED = "VERVANGEN"


VERSION_LABELS: dict[VersionState, str] = {
    VersionState.DRAFT: N_("Concept"),
    VersionState.SENT: N_("Verzonden"),
    VersionState.RELEASED: N_("Vrijgegeven, nog niet raadpleegbaar"),
    VersionState.CONSULTABLE: N_("Raadpleegbaar"),
    VersionState.IN_PROGRESS: N_("In behandeling"),
    VersionState.HANDLED: N_("Afgehandeld"),
    VersionState.REOPENED: N_("Heropend"),
    VersionState.REPLACED: N_("Vervangen door een nieuwe versie"),
}


class Act(StrEnum):
    """What can happen to a version (T1 to T10)."""

    MAKE = "T1"
    EDIT = "T2"
    REMOVE = "T3"
    SEND = "T4"
    RELEASE = "T5"
    PUBLISH = "T6"
    TAKE_UP = "T7"
    HANDLE = "T8"
    REOPEN = "T9"
    REPLACE = "T10"


class Party(StrEnum):
    """Who acts: the contractor, somebody of the authority who handles or releases, or the system."""

    CONTRACTOR = "ON"
    HANDLER = "AB_BEHANDELAAR"
    RELEASER = "AB_VRIJGEVER"
    SYSTEM = "SYSTEEM"


_S = VersionState
_SETTLED = (_S.SENT, _S.CONSULTABLE, _S.IN_PROGRESS, _S.HANDLED, _S.REOPENED)
_UP, _DOWN = Direction.TO_AUTHORITY, Direction.TO_CONTRACTOR


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: in which direction, from which states (``None``: not there yet), by whom, to which state.

    ``to`` is ``None`` when the version is gone. ``level`` is the right somebody of the contractor needs.
    """

    act: Act
    direction: Direction
    states: tuple[VersionState | None, ...]
    party: Party
    to: VersionState | None
    level: Level | None = None


RULES: tuple[Rule, ...] = (
    Rule(Act.MAKE, _UP, (None,), Party.CONTRACTOR, _S.DRAFT, Level.DRAFT),
    Rule(Act.MAKE, _DOWN, (None,), Party.HANDLER, _S.DRAFT),
    Rule(Act.EDIT, _UP, (_S.DRAFT,), Party.CONTRACTOR, _S.DRAFT, Level.DRAFT),
    Rule(Act.EDIT, _DOWN, (_S.DRAFT,), Party.HANDLER, _S.DRAFT),
    Rule(Act.REMOVE, _UP, (_S.DRAFT,), Party.CONTRACTOR, None, Level.DRAFT),
    Rule(Act.REMOVE, _DOWN, (_S.DRAFT,), Party.HANDLER, None),
    Rule(Act.SEND, _UP, (_S.DRAFT,), Party.CONTRACTOR, _S.SENT, Level.SEND),
    Rule(Act.RELEASE, _DOWN, (_S.DRAFT,), Party.RELEASER, _S.RELEASED),
    Rule(Act.PUBLISH, _DOWN, (_S.RELEASED,), Party.SYSTEM, _S.CONSULTABLE),
    Rule(Act.TAKE_UP, _UP, (_S.SENT,), Party.HANDLER, _S.IN_PROGRESS),
    Rule(Act.HANDLE, _UP, (_S.SENT, _S.IN_PROGRESS), Party.SYSTEM, _S.HANDLED),
    Rule(Act.HANDLE, _DOWN, (_S.CONSULTABLE,), Party.SYSTEM, _S.HANDLED),
    Rule(Act.REOPEN, _UP, (_S.SENT, _S.IN_PROGRESS, _S.HANDLED), Party.RELEASER, _S.REOPENED),
    Rule(Act.REPLACE, _UP, _SETTLED, Party.SYSTEM, _S.REPLACED),
    Rule(Act.REPLACE, _DOWN, _SETTLED, Party.SYSTEM, _S.REPLACED),
)

_TABLE: Mapping[tuple[Act, Direction], Rule] = {(rule.act, rule.direction): rule for rule in RULES}
IMPOSSIBLE = N_("Dit kan niet (meer) met een stuk dat {state} is. Bekijk eerst de stand van zaken.")
WRONG_DIRECTION = N_("Dit kan niet met een stuk in deze richting.")
NOT_MADE = N_("nog niet gemaakt")


def after(act: Act, direction: Direction, state: VersionState | None) -> VersionState | None:
    """The state after an act; NotAllowedNow when the table has no such row. Nothing leads back to a draft (A-25)."""
    rule = _TABLE.get((act, direction))
    if rule is None:
        raise NotAllowedNow(WRONG_DIRECTION, code=act.value)
    if state not in rule.states:
        label = NOT_MADE if state is None else VERSION_LABELS[state].lower()
        raise NotAllowedNow(IMPOSSIBLE, code=act.value, state=label)
    return rule.to


def possible(act: Act, direction: Direction, state: VersionState | None) -> bool:
    """Whether the table has a row for an act on a version in a state; who may do it is another question."""
    rule = _TABLE.get((act, direction))
    return rule is not None and state in rule.states


def needed_level(act: Act) -> Level | None:
    """The right from a group that somebody of the contractor needs for an act."""
    rule = _TABLE.get((act, Direction.TO_AUTHORITY))
    return None if rule is None else rule.level


class Function(StrEnum):
    """What can be out of order (C-071: an outage may be partial)."""

    SIGN_IN = "AANMELDEN"
    CONSULT = "RAADPLEGEN"
    UPLOAD = "OPLADEN"
    SEND = "VERZENDEN"


@dataclass(frozen=True, slots=True)
class Outage:
    """A published outage: ``planned`` maintenance never prolongs a term. No end yet is ``None``."""

    functions: frozenset[Function]
    starts_at: datetime
    ends_at: datetime | None = None
    planned: bool = False

    def covers(self, instant: datetime) -> bool:
        """Whether it goes on at an instant."""
        return self.starts_at <= instant and (self.ends_at is None or instant < self.ends_at)


_NEEDED_TO_CONSULT = frozenset({Function.SIGN_IN, Function.CONSULT})


def consultable_at(
    released_at: datetime,
    stored_at: datetime | None,
    scanned_at: datetime | None,
    visible_since: datetime | None,
    outages: Iterable[Outage] = (),
) -> datetime | None:
    """The instant at which all conditions of T6 hold, or ``None`` while one does not (A-27, D-14, D-15).

    ``stored_at`` and ``scanned_at`` are those of the last file; ``visible_since`` is when the contract became visible
    for the enterprise. Somebody must be able to sign in and consult at that instant (A-36).
    """
    if stored_at is None or scanned_at is None or visible_since is None:
        return None
    instant = max(released_at, stored_at, scanned_at, visible_since)
    blocking = sorted(
        (one for one in outages if one.functions & _NEEDED_TO_CONSULT), key=lambda outage: outage.starts_at
    )
    for outage in blocking:
        if outage.covers(instant):
            if outage.ends_at is None:
                return None
            instant = outage.ends_at
    return instant


def prolonged_by(term: Term, outages: Iterable[Outage], *, least: timedelta = timedelta(hours=4)) -> Outage | None:
    """The outage that prolongs a term of the contractor (A-36): unplanned, of sending, on the last day, long enough."""
    begins, ends = start_of_day(term.effective_end), term.expires_at
    for outage in outages:
        hindered = Function.SEND in outage.functions and not outage.planned
        if not hindered or outage.starts_at >= ends or (outage.ends_at is not None and outage.ends_at <= begins):
            continue
        if outage.ends_at is None or outage.ends_at - outage.starts_at >= least:
            return outage
    return None


def end_after_outage(term: Term, outage: Outage, calendar: WorkingCalendar = STATUTORY) -> datetime | None:
    """When a prolonged term expires: at the end of the next working day after recovery; ``None`` while it goes on."""
    if outage.ends_at is None:
        return None
    last = calendar.first_working_day_from(local_date(outage.ends_at) + timedelta(days=1))
    return max(term.expires_at, start_of_day(last + timedelta(days=1)))
