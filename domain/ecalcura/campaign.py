"""The calendar of one reference period: its dates, the phase a facility is in and what it has to do next (5.1, 5.2).

A date is a whole Brussels day. Phases are derived from dates and never stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

from domain.calendars import Quarter, first_working_day_from, last_working_day, local_date, quarters_of, start_of_day
from domain.errors import N_, Finding, Severity

_DAY = timedelta(days=1)


class Phase(StrEnum):
    """Where a facility stands in a reference period (5.2)."""

    ENTRY = "ENTRY"
    POSTPONEMENT = "POSTPONEMENT"
    CALCULATION = "CALCULATION"
    CORRECTION = "CORRECTION"
    CLOSING = "CLOSING"
    DEFINITIVE = "DEFINITIVE"


PHASE_LABELS: dict[Phase, str] = {
    Phase.ENTRY: N_("Invoer"),
    Phase.POSTPONEMENT: N_("Uitstel"),
    Phase.CALCULATION: N_("Berekening"),
    Phase.CORRECTION: N_("Correctie"),
    Phase.CLOSING: N_("Afsluiting"),
    Phase.DEFINITIVE: N_("Definitief"),
}


class FallbackBasis(StrEnum):
    """What counts for a quarter that was reopened and not submitted again (A-11, ``basis_bij_niet_herindienen``)."""

    LAST_CONFIRMED = "LAST_CONFIRMED"
    LAST_SAVED = "LAST_SAVED"


@dataclass(frozen=True, slots=True)
class PeriodCalendar:
    """Every date and calendar parameter of a reference period that ends in year X (5.1); all can be edited (A-02).

    ``definitive_from`` and ``definitive_until`` are indications for planning; the definitive phase starts at the
    date the definitive calculation is really communicated.
    """

    reference_period: str
    starts_on: date
    ends_on: date
    statutory_deadline: date
    letter_on: date
    postponed_until: date
    blocking_on: date
    definitive_from: date
    definitive_until: date
    payment_on: date
    window_offset_days: int = 1
    window_days: int = 30
    reopenings_allowed: int = 1
    fallback_basis: FallbackBasis = FallbackBasis.LAST_CONFIRMED

    @classmethod
    def default(cls, reference_period: str) -> PeriodCalendar:
        """The calendar of part 5.1 for ``2023-2024``; raises InvalidValue on a malformed period."""
        quarters = quarters_of(reference_period)
        end_year = quarters[3].year
        return cls(
            reference_period=reference_period,
            starts_on=quarters[0].start,
            ends_on=quarters[3].end,
            statutory_deadline=date(end_year, 9, 30),
            letter_on=date(end_year, 10, 1),
            postponed_until=date(end_year, 10, 15),
            blocking_on=date(end_year, 10, 16),
            definitive_from=date(end_year, 11, 25),
            definitive_until=date(end_year, 12, 10),
            payment_on=last_working_day(end_year + 1, 1),
        )

    @property
    def quarters(self) -> tuple[Quarter, Quarter, Quarter, Quarter]:
        """Its four quarters, oldest first."""
        return quarters_of(self.reference_period)

    @property
    def letter_job_on(self) -> date:
        """The working day on which the letter about quarters that were not submitted leaves (E-122)."""
        return first_working_day_from(self.letter_on)

    @property
    def blocking_at(self) -> datetime:
        """The instant from which open quarters are closed ex officio (E-123)."""
        return start_of_day(self.blocking_on)

    def correction_window(self, provisional_on: date) -> tuple[date, date]:
        """First and last day of the correction window of a facility (E-127, N-2, A-05)."""
        return correction_window(provisional_on, start_offset=self.window_offset_days, length_in_days=self.window_days)

    def correction_closes_at(self, provisional_on: date) -> datetime:
        """The first instant that is too late to submit again."""
        return start_of_day(self.correction_window(provisional_on)[1] + _DAY)

    def definitive_earliest(self, provisional_on: date) -> date:
        """The first day on which a definitive calculation may be communicated: after the window (E-128)."""
        return self.correction_window(provisional_on)[1] + _DAY


def correction_window(provisional_on: date, *, start_offset: int = 1, length_in_days: int = 30) -> tuple[date, date]:
    """First and last day, both included: received on 16 October gives 17 October to 16 November (A-05).

    No shift for weekends or public holidays (A-06).
    """
    first = provisional_on + timedelta(days=start_offset)
    return first, first + timedelta(days=length_in_days)


def phase(calendar: PeriodCalendar, now: datetime, provisional_on: date | None, definitive_on: date | None) -> Phase:
    """The phase of a facility at an instant with offset.

    ``provisional_on`` is the day its first provisional calculation was made available in the portal (A-04),
    ``definitive_on`` the day its definitive calculation was communicated; ``None`` when that did not happen.
    """
    today = local_date(now)
    if definitive_on is not None and today >= definitive_on:
        return Phase.DEFINITIVE
    if today <= calendar.statutory_deadline:
        return Phase.ENTRY
    if today <= calendar.postponed_until:
        return Phase.POSTPONEMENT
    if provisional_on is None:
        return Phase.CALCULATION
    first, last = calendar.correction_window(provisional_on)
    if today < first:
        return Phase.CALCULATION
    return Phase.CORRECTION if today <= last else Phase.CLOSING


@dataclass(frozen=True)
class Situation:
    """One facility in one reference period at one instant: all that decides what may be done besides the dossier.

    ``reopenings_used`` counts the reopenings after the provisional calculation (A-10: one act for all quarters);
    ``facility_from`` is the first quarter the facility may enter (E-019), ``None`` when there is no limit.
    """

    calendar: PeriodCalendar
    now: datetime
    provisional_on: date | None = None
    definitive_on: date | None = None
    reopenings_used: int = 0
    facility_from: Quarter | None = None

    @cached_property
    def phase(self) -> Phase:
        """The phase at ``now``."""
        return phase(self.calendar, self.now, self.provisional_on, self.definitive_on)

    @cached_property
    def today(self) -> date:
        """The Brussels day of ``now``."""
        return local_date(self.now)

    @property
    def window(self) -> tuple[date, date] | None:
        """First and last day of the correction window, once the provisional calculation is known."""
        return None if self.provisional_on is None else self.calendar.correction_window(self.provisional_on)

    @property
    def may_reopen_once(self) -> bool:
        """Is there a reopening left (V-65)?"""
        return self.reopenings_used < self.calendar.reopenings_allowed


class DueKind(StrEnum):
    """What a facility waits for or has to do."""

    SUBMIT = "SUBMIT"
    SUBMIT_IN_POSTPONEMENT = "SUBMIT_IN_POSTPONEMENT"
    REQUEST_REOPENING = "REQUEST_REOPENING"
    RESUBMIT = "RESUBMIT"
    PAYMENT = "PAYMENT"


DUE_LABELS: dict[DueKind, str] = {
    DueKind.SUBMIT: N_("Dien alle kwartalen in."),
    DueKind.SUBMIT_IN_POSTPONEMENT: N_(
        "De wettelijke termijn is voorbij. Dien de kwartalen in vóór de berekening start."
    ),
    DueKind.REQUEST_REOPENING: N_("Klopt de voorlopige berekening niet? Vraag de heropening aan en dien opnieuw in."),
    DueKind.RESUBMIT: N_("Dien de heropende kwartalen opnieuw in."),
    DueKind.PAYMENT: N_("De betaling staat op uw rekening."),
}


@dataclass(frozen=True, slots=True)
class Due:
    """The next thing: ``last_day`` counts entirely, and ``days_left`` is 0 on it."""

    kind: DueKind
    last_day: date
    days_left: int

    @property
    def label(self) -> str:
        """Dutch sentence for the person."""
        return DUE_LABELS[self.kind]


def next_due(situation: Situation, *, all_submitted: bool = False, reopened_quarters: bool = False) -> Due | None:
    """What is due next, or ``None`` when the facility can only wait.

    ``all_submitted``: every quarter of the period is submitted. ``reopened_quarters``: a quarter was reopened after
    the provisional calculation and is still open.
    """
    calendar = situation.calendar
    kind: DueKind | None = None
    last_day = calendar.statutory_deadline
    match situation.phase:
        case Phase.ENTRY if not all_submitted:
            kind = DueKind.SUBMIT
        case Phase.POSTPONEMENT if not all_submitted:
            kind, last_day = DueKind.SUBMIT_IN_POSTPONEMENT, calendar.postponed_until
        case Phase.CORRECTION if situation.window is not None:
            last_day = situation.window[1]
            if reopened_quarters:
                kind = DueKind.RESUBMIT
            elif situation.may_reopen_once:
                kind = DueKind.REQUEST_REOPENING
        case Phase.DEFINITIVE if situation.today <= calendar.payment_on:
            kind, last_day = DueKind.PAYMENT, calendar.payment_on
        case _:
            pass
    return None if kind is None else Due(kind, last_day, (last_day - situation.today).days)


_ORDER: tuple[tuple[str, str, bool], ...] = (
    # earlier field, later field, may they be the same day
    ("starts_on", "ends_on", False),
    ("ends_on", "statutory_deadline", False),
    ("statutory_deadline", "postponed_until", True),
    ("statutory_deadline", "letter_on", False),
    ("postponed_until", "blocking_on", False),
    ("blocking_on", "definitive_from", False),
    ("definitive_from", "definitive_until", True),
    ("definitive_until", "payment_on", False),
)


def check_calendar(calendar: PeriodCalendar) -> list[Finding]:
    """Refuse an edited calendar (A-02) whose dates are out of order or whose counts make no sense."""
    findings = [
        Finding("A-02", Severity.BLOCKS, N_("De datums van de kalender staan niet in de juiste volgorde."), later)
        for earlier, later, same in _ORDER
        if (first := getattr(calendar, earlier)) > (second := getattr(calendar, later))
        or (first == second and not same)
    ]
    message = N_("Vul een geldig aantal in.")
    if calendar.window_offset_days < 0:
        findings.append(Finding("A-02", Severity.BLOCKS, message, "window_offset_days"))
    if calendar.window_days < 1:
        findings.append(Finding("A-02", Severity.BLOCKS, message, "window_days"))
    if calendar.reopenings_allowed < 0:
        findings.append(Finding("A-02", Severity.BLOCKS, message, "reopenings_allowed"))
    return findings
