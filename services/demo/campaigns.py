"""The campaigns of the past: what the calendar did, the rounds, their letters, the payments and one correction.

Everything runs through the use cases of the department, one case manager starting and the other releasing; background
work is done on the spot.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial

from sqlalchemy import select

from domain.actor import SCHEDULER
from domain.calendars import Quarter
from domain.ecalcura.calculation_states import CalculationKind
from domain.ecalcura.campaign import PeriodCalendar
from domain.ecalcura.declaration import DossierStatus, Event
from domain.ecalcura.payment_states import OrderState
from domain.errors import InvalidValue, NotAllowedNow
from models.background_job import JobState
from models.base import db
from models.organisation import Facility
from models.payment import PaymentLine, PaymentOrder
from services import background_jobs
from services.demo import filling
from services.demo.calendar import DemoCalendar, at, working_day
from services.demo.cast import Cast
from services.demo.declarations import HABITS, provisional_day, status_of
from services.demo.story import Story
from services.ecalcura import (
    campaign,
    declarations,
    letters,
    memo_dates,
    parameter_sets,
    payment_orders,
    round_release,
    rounds,
)
from services.ecalcura.dossiers import number_of
from services.news import telling

_DAY = timedelta(days=1)
_WORK = {campaign.KIND: campaign.work, "round": rounds.work, "letters": letters.work, telling.KIND: telling.work}
#: The facility whose declaration turned out wrong in a spot check, two periods ago.
_CORRECTED = "71000145"
CORRECTION = "Controle: een betaalde dag was een onbetaalde dag."


def put_down(story: Story, calendar: DemoCalendar, facilities: dict[str, Facility], cast: Cast) -> None:
    """Put down, for every period, what the calendar and the department did."""
    entered = {number: Quarter.parse(facilities[number].entry_from) for number in HABITS}
    periods = [PeriodCalendar.default(code) for code in calendar.periods]
    for period in periods:
        numbers = [number for number, first in entered.items() if first <= period.quarters[-1]]
        _calendar_days(story, calendar, period, numbers)
        _rounds(story, calendar, cast, period, numbers)
        _payments(story, cast, period, first=period is periods[0])
    if len(periods) >= 3:
        _correction(story, cast, periods[-3])


def _calendar_days(story: Story, calendar: DemoCalendar, period: PeriodCalendar, numbers: Iterable[str]) -> None:
    """The letters of October, the blocking, and the ends of the correction windows."""
    story.on(at(period.letter_job_on, 8, 5), _run_calendar)
    story.on(at(period.blocking_on, 0, 5), _run_calendar)
    days = {provisional_day(calendar, number, period) for number in numbers}
    for day in sorted(day for day in days if day is not None):
        story.on(at(period.correction_window(day)[1] + _DAY, 0, 5), _run_calendar)


def _rounds(story: Story, calendar: DemoCalendar, cast: Cast, period: PeriodCalendar, numbers: Iterable[str]) -> None:
    """Provisional and definitive, together for those who get it on the same day; one round still waits for release."""
    provisional: dict[date, list[str]] = defaultdict(list)
    definitive: dict[date, list[str]] = defaultdict(list)
    waiting = []
    for number in numbers:
        day = provisional_day(calendar, number, period)
        if day is None:
            waiting.append(number)
            continue
        provisional[day].append(number)
        definitive[definitive_day(period, day)].append(number)
    code = period.reference_period
    for day, chosen in provisional.items():
        story.on(at(day, 8, 30), partial(_calculate, cast, code, CalculationKind.PROVISIONAL, chosen))
    for day, chosen in definitive.items():
        story.on(at(day, 8, 30), partial(_calculate, cast, code, CalculationKind.DEFINITIVE, chosen))
    if waiting:
        yesterday = calendar.today - _DAY
        started = partial(_calculate, cast, code, CalculationKind.PROVISIONAL, waiting, release=False)
        story.on(at(max(yesterday, period.blocking_on), 15, 10), started)


def definitive_day(period: PeriodCalendar, provisional_on: date) -> date:
    """When the definitive calculation follows: a week after it may."""
    earliest = max(period.definitive_from, period.definitive_earliest(provisional_on))
    return working_day(earliest + timedelta(days=7))


def _payments(story: Story, cast: Cast, period: PeriodCalendar, *, first: bool) -> None:
    """Both advances of the period and the final statement, each ordered some days before it is on the account.

    The first period has no advances: there is no definitive amount to reckon them from (A-20).
    """
    code = period.reference_period
    advances = parameter_sets.example(code).advances
    for advance, kind in zip(advances, (CalculationKind.ADVANCE_1, CalculationKind.ADVANCE_2), strict=True):
        if advance.active and not first:
            story.on(at(working_day(advance.pay_on - 12 * _DAY), 9, 20), partial(_calculate, cast, code, kind, None))
    for day in {period.payment_on, *(advance.pay_on for advance in advances if advance.active)}:
        story.on(at(day - 3 * _DAY, 14, 10), partial(_order, cast, day))
        story.on(at(working_day(day + 4 * _DAY), 9, 5), partial(_date, cast, day))


def _correction(story: Story, cast: Cast, period: PeriodCalendar) -> None:
    """A spot check after the definitive calculation changes a quarter, and the amount with it (E-151)."""
    day = working_day(date(period.payment_on.year, 3, 10))
    number = number_of(_CORRECTED, period.quarters[3])
    story.on(at(day, 10, 15), partial(_check, cast, number))
    story.on(
        at(working_day(day + 7 * _DAY), 11),
        partial(_calculate, cast, period.reference_period, CalculationKind.CORRECTION, [_CORRECTED], reason=CORRECTION),
    )


def _run_calendar() -> None:
    if campaign.start(SCHEDULER) is not None:
        work_off()


def work_off() -> None:
    """Do the background work that was asked for."""
    while (job := background_jobs.take()) is not None:
        for progress in _WORK[job.kind](job.parameters):
            background_jobs.note(job, progress)
        background_jobs.end(job, JobState.DONE)


def _calculate(
    cast: Cast,
    period: str,
    kind: CalculationKind,
    numbers: list[str] | None,
    *,
    reason: str | None = None,
    release: bool = True,
) -> None:
    """A round of whoever can be calculated on that day; nobody is no round."""
    try:
        reference = rounds.start(cast.els, period, kind, numbers, reason, only_ready=True).reference
    except NotAllowedNow:
        return
    work_off()
    if release:
        round_release.release(cast.bart, reference)
        work_off()


def _order(cast: Cast, day: date) -> None:
    try:
        order = payment_orders.make(cast.els, day)
    except InvalidValue:
        return
    payment_orders.release(cast.bart, order.reference)


def _date(cast: Cast, day: date) -> None:
    """The money came on the account on the day of the order."""
    paid = select(PaymentLine.reference).join(PaymentOrder, PaymentOrder.id == PaymentLine.order_id)
    waiting = paid.where(
        PaymentOrder.execute_on == day, PaymentOrder.state == OrderState.RELEASED, PaymentLine.value_date.is_(None)
    )
    for reference in db.session.scalars(waiting).all():
        memo_dates.enter(cast.els, reference, day)


def _check(cast: Cast, number: str) -> None:
    if status_of(number) is not DossierStatus.CLOSED:
        return
    declarations.fire(cast.els, number, Event.TAKE_INTO_AUDIT, CORRECTION)
    filling.correct(cast.els, number, lines_changed=20)
    declarations.fire(cast.els, number, Event.CLOSE_FROM_AUDIT)
