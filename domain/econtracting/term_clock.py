"""The clock of a term, the same for both sides: days used, left, waiting, late, and the sentence that tells it.

``used`` and ``left`` always add up to ``total``: the days that count from the day after the start up to and including
the last day. Days on which the term waits do not count. Nothing here looks at a calendar: the last day is as stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby

from domain.calendars import local_date
from domain.econtracting.suspensions import Suspension, merged
from domain.econtracting.terms import ALIVE, Step, TermKind, TermState
from domain.errors import N_

_DAY = timedelta(days=1)
#: How many days from the end a term is told to be near.
SOON_DAYS = 7
#: How many days late the picture still draws.
_DRAWN_LATE = 30

LEFT = N_("nog {days} dagen, tot en met {weekday}")
LEFT_ONE = N_("nog 1 dag, tot en met {weekday}")
LAST_DAY = N_("vandaag is de laatste dag ({weekday})")
LATE = N_("{days} dagen te laat: de laatste dag was {weekday}")
LATE_ONE = N_("1 dag te laat: de laatste dag was {weekday}")
WAITS = N_("de klok staat stil sinds {date}; daarna nog {days} dagen")
WAITS_ONE = N_("de klok staat stil sinds {date}; daarna nog 1 dag")
WAITS_NONE = N_("de klok staat stil sinds {date}; daarna blijft geen dag meer over")
MET = N_("voldaan op {date}, binnen de termijn (laatste dag {weekday})")
MET_WAITING = N_("voldaan op {date}, terwijl de klok stilstond")
MET_LATE = N_("voldaan op {date}, {days} dagen te laat")
MET_LATE_ONE = N_("voldaan op {date}, 1 dag te laat")
NEVER = N_("nooit gestart: de schuldvordering was onvolledig")
ENDED = N_("gestopt op {date}")


class Tone(StrEnum):
    """How pressing it is."""

    CALM = "calm"
    SOON = "soon"
    OVER = "over"
    WAITING = "waiting"
    DONE = "done"


class Stretch(StrEnum):
    """What a piece of the picture stands for."""

    USED = "used"
    WAITED = "waited"
    LEFT = "left"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the picture: its place and length in days, counted from the day after the start."""

    stretch: Stretch
    first: int
    days: int


@dataclass(frozen=True, slots=True)
class TermFacts:
    """A term as it is stored. ``stopped_at`` is when it was met or ended; ``expires_at`` the first instant too late."""

    kind: TermKind
    state: TermState
    start_at: datetime
    start_date: date
    nominal_end: date
    effective_end: date
    expires_at: datetime
    steps: tuple[Step, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    stopped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TermClock:
    """What both sides read. ``last_day`` and ``expires_at`` are None while it waits: the end is not known then.

    ``why`` is the reason of the wait; ``waits_from`` the day from which it will wait if nothing happens.
    """

    kind: TermKind
    state: TermState
    start_at: datetime
    start_date: date
    nominal_end: date
    stored_end: date
    used: int
    total: int
    left: int
    late: int
    waited: int
    paused: bool
    why: str
    since: date | None
    waits_from: date | None
    last_day: date | None
    expires_at: datetime | None
    stopped_at: datetime | None
    steps: tuple[Step, ...]
    pieces: tuple[Piece, ...]

    @property
    def alive(self) -> bool:
        """Whether days still count, or will again."""
        return self.state in ALIVE

    @property
    def moved(self) -> bool:
        """Whether the last day is another than the one the days alone give."""
        return self.stored_end != self.nominal_end

    @property
    def tone(self) -> Tone:
        """How pressing it is."""
        if not self.alive:
            return Tone.DONE
        if self.paused:
            return Tone.WAITING
        if self.late:
            return Tone.OVER
        return Tone.SOON if self.left <= SOON_DAYS else Tone.CALM

    @property
    def sentence(self) -> Step:
        """The clock in one sentence, e.g. ``nog 12 dagen, tot en met maandag 16 november 2026``."""
        if self.state is TermState.NEVER_STARTED:
            return Step(NEVER)
        if not self.alive:
            return self._stopped()
        if self.paused:
            return Step(_one(self.left, WAITS, WAITS_ONE, WAITS_NONE), {"date": self.since, "days": self.left})
        last = {"weekday": self.stored_end}
        if self.late:
            return Step(_one(self.late, LATE, LATE_ONE), last | {"days": self.late})
        return Step(_one(self.left, LEFT, LEFT_ONE, LAST_DAY), last | {"days": self.left})

    def _stopped(self) -> Step:
        on = local_date(self.stopped_at) if self.stopped_at else self.stored_end
        if self.state is TermState.ENDED:
            return Step(ENDED, {"date": on})
        if self.late:
            return Step(_one(self.late, MET_LATE, MET_LATE_ONE), {"date": on, "days": self.late})
        return Step(MET_WAITING if self.paused else MET, {"date": on, "weekday": self.stored_end})


def _one(days: int, many: str, one: str, none: str = "") -> str:
    return one if days == 1 else none if days == 0 and none else many


def clock(term: TermFacts, today: date) -> TermClock:
    """The clock of a term on a Brussels day; of one that stopped, as it stood then."""
    start, end = term.start_date, max(term.effective_end, term.start_date)
    as_of = local_date(term.stopped_at) if term.stopped_at else today
    waits = sorted(
        (one for one in term.suspensions if one.ends_on is None and one.starts_on <= end), key=lambda one: one.starts_on
    )
    wait = waits[0] if waits else None
    paused = wait is not None and wait.starts_on <= as_of
    spans = merged(term.suspensions, start)
    until = max(start, wait.starts_on - _DAY) if wait is not None and paused else as_of
    total = _counted(start, end, spans)
    used = _counted(start, min(until, end), spans)
    late = 0 if paused or term.state is TermState.NEVER_STARTED else max(0, (as_of - term.effective_end).days)
    running = wait if wait is not None and paused else None
    known = not (paused and term.state in ALIVE)
    return TermClock(
        kind=term.kind,
        state=TermState.PAUSED if paused and term.state in ALIVE else term.state,
        start_at=term.start_at,
        start_date=start,
        nominal_end=term.nominal_end,
        stored_end=term.effective_end,
        used=used,
        total=total,
        left=total - used,
        late=late,
        waited=_waited(start, min(as_of, end), spans) + (max(0, (as_of - until).days) if running else 0),
        paused=paused,
        why=running.reason if running else "",
        since=max(running.starts_on, start + _DAY) if running else None,
        waits_from=wait.starts_on if wait is not None and not paused and term.state in ALIVE else None,
        last_day=term.effective_end if known else None,
        expires_at=term.expires_at if known else None,
        stopped_at=term.stopped_at,
        steps=term.steps,
        pieces=_pieces(start, end, as_of, until, late, spans, paused),
    )


def _waited(start: date, end: date, spans: list[tuple[date, date]]) -> int:
    return sum(max(0, (min(last, end) - max(first, start + _DAY)).days + 1) for first, last in spans)


def _counted(start: date, end: date, spans: list[tuple[date, date]]) -> int:
    """The days that count after ``start`` up to and including ``end``."""
    return max(0, (end - start).days) - _waited(start, end, spans) if end > start else 0


def _pieces(
    start: date, end: date, as_of: date, until: date, late: int, spans: list[tuple[date, date]], paused: bool
) -> tuple[Piece, ...]:
    drawn_end = end + timedelta(days=min(late, _DRAWN_LATE))
    waiting = max(0, (min(as_of, until + timedelta(days=_DRAWN_LATE)) - until).days) if paused else 0

    def stretch_of(day: date) -> Stretch:
        if day > end:
            return Stretch.LATE
        if any(first <= day <= last for first, last in spans):
            return Stretch.WAITED
        return Stretch.USED if day <= until else Stretch.LEFT

    days = [stretch_of(start + timedelta(days=n)) for n in range(1, (drawn_end - start).days + 1)]
    if waiting:
        place = (until - start).days
        days[place:place] = [Stretch.WAITED] * waiting
    found, first = [], 0
    for stretch, group in groupby(days):
        length = len(list(group))
        found.append(Piece(stretch, first, length))
        first += length
    return tuple(found)
