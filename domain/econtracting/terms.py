"""Terms of a public contract (7.2, readings L-20 to L-23): dates only, counted from the day after the event.

A term is kept with its nominal end, its effective end and the steps that lead there. It expires when the effective end
is over in Brussels; what happens at 23:59:59.9 still counts for that day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from domain.calendars import BRUSSELS, STATUTORY, WorkingCalendar, local_date
from domain.dutch import long_date, weekday_date
from domain.errors import N_, InvalidValue

_DAY = timedelta(days=1)


class Regime(StrEnum):
    """Which rules a contract follows, decided by the day its notice was published."""

    KB2013 = "KB2013"
    KB2024 = "KB2024"


#: Notices published from this day on follow the new regime: one processing term.
KB2024_FROM = date(2025, 1, 1)


def regime_of(published_on: date) -> Regime:
    """The regime of a contract by the publication of its notice, or of the invitation to tender (A-55)."""
    return Regime.KB2024 if published_on >= KB2024_FROM else Regime.KB2013


class TermKind(StrEnum):
    """What has to happen within the term."""

    PROCESSING = "PROCESSING"
    VERIFICATION = "VERIFICATION"
    PAYMENT = "PAYMENT"
    INVOICE = "INVOICE"


TERM_LABELS: dict[TermKind, str] = {
    TermKind.PROCESSING: N_("Behandelingstermijn"),
    TermKind.VERIFICATION: N_("Nazichttermijn"),
    TermKind.PAYMENT: N_("Betalingstermijn"),
    TermKind.INVOICE: N_("Termijn voor de factuur"),
}


class TermState(StrEnum):
    """Where a term stands.

    NEVER_STARTED: the claim was incomplete (A-28). ENDED: what it was about was reopened, refused or replaced.
    """

    RUNNING = "LOOPT"
    PAUSED = "GESCHORST"
    MET = "VOLDAAN"
    NEVER_STARTED = "NOOIT_GESTART"
    ENDED = "BEEINDIGD"


TERM_STATE_LABELS: dict[TermState, str] = {
    TermState.RUNNING: N_("Loopt"),
    TermState.PAUSED: N_("Wacht"),
    TermState.MET: N_("Voldaan"),
    TermState.NEVER_STARTED: N_("Nooit gestart"),
    TermState.ENDED: N_("Beëindigd"),
}

#: States in which days still count, or will again.
ALIVE: frozenset[TermState] = frozenset({TermState.RUNNING, TermState.PAUSED})

#: Terms of who has to pay: they wait while the invoice is missing.
PAYERS: frozenset[TermKind] = frozenset({TermKind.PROCESSING, TermKind.PAYMENT})

#: L-23: which kinds a regime knows, their length in days, and whether the last day moves to a working day.
KINDS_OF_REGIME: Mapping[Regime, frozenset[TermKind]] = {
    Regime.KB2013: frozenset({TermKind.VERIFICATION, TermKind.PAYMENT, TermKind.INVOICE}),
    Regime.KB2024: frozenset({TermKind.PROCESSING, TermKind.INVOICE}),
}
DEFAULT_DAYS: Mapping[TermKind, int] = {
    TermKind.PROCESSING: 30,
    TermKind.VERIFICATION: 30,
    TermKind.PAYMENT: 30,
    TermKind.INVOICE: 5,
}
DEFAULT_ROLL: Mapping[TermKind, bool] = {
    TermKind.PROCESSING: False,
    TermKind.VERIFICATION: True,
    TermKind.PAYMENT: False,
    TermKind.INVOICE: True,
}
VERIFICATION_DAYS = 30
MAX_DAYS = 366

NOT_IN_REGIME = N_("Een termijn van de soort {kind} bestaat niet onder {regime}.")
ROLLED = N_("Dat is geen werkdag: de laatste dag is {date}.")
REVIEW_CAME = N_("Het nazicht kwam op {date}.")
REVIEW_LATE = N_("Het nazicht kwam op {date}: {late} dagen te laat.")
DAYS_REMAIN = N_("Er blijven {days} dagen om te betalen.")
NO_DAYS = N_("Er blijven geen dagen meer om te betalen.")
IMPOSSIBLE_DAYS = N_("Vul een aantal dagen in van 1 tot en met {max}.")


@dataclass(frozen=True, slots=True)
class Step:
    """A Dutch sentence with its values, and the same in the plain form of the interface.

    Dates stay dates, so that the page tells them in the language of the reader; one called ``weekday`` is told with it.
    """

    message: str
    params: Mapping[str, Any] = field(default_factory=dict)
    plain: str = ""

    def __str__(self) -> str:
        return self.message.format(**{name: _told(name, value) for name, value in self.params.items()})


def _told(name: str, value: Any) -> Any:
    if not isinstance(value, date):
        return value
    return weekday_date(value) if name == "weekday" else long_date(value)


@dataclass(frozen=True, slots=True)
class Term:
    """A term with its two ends and how they came about. Both ends count entirely."""

    kind: TermKind
    start_date: date
    nominal_end: date
    effective_end: date
    steps: tuple[Step, ...]

    @property
    def expires_at(self) -> datetime:
        """The first instant that is too late."""
        return datetime.combine(self.effective_end + _DAY, time(), BRUSSELS)


def term(
    kind: TermKind,
    regime: Regime,
    start: datetime,
    *,
    days: int | None = None,
    roll: bool | None = None,
    calendar: WorkingCalendar = STATUTORY,
) -> Term:
    """The term that starts with an event at an instant with offset: for everything but the payment under KB2013.

    InvalidValue for a kind the regime does not know or an impossible length.
    """
    length = _checked(kind, regime, days)
    first = local_date(start)
    steps = [step(N_("{days} dagen na {date}"), f"{length} days after {first}", days=length, date=first)]
    return _ended(kind, first, first + timedelta(days=length), steps, roll, calendar)


def payment_term(
    verification_start: datetime,
    review_at: datetime,
    *,
    days: int | None = None,
    roll: bool | None = None,
    calendar: WorkingCalendar = STATUTORY,
) -> Term:
    """The payment under KB2013 (L-21): a review that is late takes its days off the payment, so the total stays."""
    length = _checked(TermKind.PAYMENT, Regime.KB2013, days)
    reviewed, limit = local_date(review_at), local_date(verification_start) + timedelta(days=VERIFICATION_DAYS)
    late = max(0, (reviewed - limit).days)
    told = f"review {reviewed}, {late} days late" if late else f"review {reviewed}"
    steps = [
        step(N_("Het nazicht kon tot en met {date}."), f"verification until {limit}", date=limit),
        step(REVIEW_LATE if late else REVIEW_CAME, told, date=reviewed, late=late),
        step(DAYS_REMAIN if late < length else NO_DAYS, f"{length - late} days of payment", days=length - late),
    ]
    return _ended(TermKind.PAYMENT, reviewed, min(reviewed, limit) + timedelta(days=length), steps, roll, calendar)


def _checked(kind: TermKind, regime: Regime, days: int | None) -> int:
    if kind not in KINDS_OF_REGIME[regime]:
        raise InvalidValue(NOT_IN_REGIME, code="L-23", field="kind", kind=kind.value, regime=regime.value)
    length = DEFAULT_DAYS[kind] if days is None else days
    if not 1 <= length <= MAX_DAYS:
        raise InvalidValue(IMPOSSIBLE_DAYS, code="L-23", field="days", max=MAX_DAYS)
    return length


def _ended(
    kind: TermKind, start: date, nominal: date, steps: list[Step], roll: bool | None, calendar: WorkingCalendar
) -> Term:
    rolls = DEFAULT_ROLL[kind] if roll is None else roll
    steps.append(nominal_step(nominal))
    effective = calendar.first_working_day_from(nominal) if rolls else nominal  # L-22
    steps.append(effective_step(nominal, effective))
    return Term(kind, start, nominal, effective, tuple(steps))


def nominal_step(nominal: date) -> Step:
    """How the days of a term are told to end."""
    return step(N_("De termijn eindigt op {date}."), f"nominal end {nominal}", date=nominal)


def effective_step(before: date, effective: date) -> Step:
    """How the last day is told, with the roll that brought it there."""
    message = N_("De laatste dag is {date}.") if effective == before else ROLLED
    return step(message, f"effective end {effective}", date=effective)


def step(message: str, plain: str, **params: Any) -> Step:
    """One step of the reckoning."""
    return Step(message, params, plain)
