"""What happened to some facilities of the demonstration only: audits, reopenings, requests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from domain.actor import Actor
from domain.calendars import Quarter
from domain.ecalcura.campaign import PeriodCalendar
from domain.ecalcura.certificates import CertificateType
from domain.ecalcura.declaration import DossierStatus, Event
from services import access
from services.demo import filling
from services.demo.calendar import DemoCalendar, at, working_day
from services.demo.cast import Cast
from services.demo.declarations import provisional_day, status_of, submit
from services.demo.story import Story
from services.ecalcura import certificates, declarations, reopening_requests
from services.ecalcura.dossiers import number_of

_DAY = timedelta(days=1)

LATE = "Per e-mail gevraagd: de prestaties van een vervanger ontbraken."
ONCE = "Gevraagd na de voorlopige berekening: de betaalde dagen worden verbeterd."
SAMPLE = "Steekproef: het aantal betaalde dagen wijkt af van het vorige kwartaal."
CHECKED = "De documenten zijn nagekeken. De aangifte klopt."
TOO_LATE = "De vraag kwam binnen na de termijn van 30 dagen."


def put_down(story: Story, calendar: DemoCalendar, cast: Cast) -> None:
    """Put them down as steps; a case that the calendar of today does not allow yet simply does not happen."""
    last = calendar.last_ended
    periods: list[PeriodCalendar | None] = [None, None, *map(PeriodCalendar.default, calendar.periods)]
    *_, before, ended, _running = periods
    story.on(at(calendar.today - 4 * _DAY, 10, 15), partial(_audit, cast.els, "71000023", last.previous()))
    _reopened_on_request(story, cast, "71000056", last, resubmitted=False)
    yesterday = calendar.today - _DAY
    story.on(at(yesterday, 16, 20), partial(_ask, cast.els, "71000078", [last], at(yesterday, 14, 5)))
    if ended is not None:
        told_on = working_day(calendar.today - 6 * _DAY)
        story.on(at(told_on, 9, 25), partial(_ends_certificate, cast.people["71000145"], ended.quarters[3]))
        _after_the_provisional(story, calendar, cast, "71000067", ended, ended.quarters[2:4], resubmitted=False)
    if before is not None:
        _past_audits(story, cast, "71000145", before.quarters)
        _reopened_on_request(story, cast, "71000012", before.quarters[2], resubmitted=True)
        _after_the_provisional(story, calendar, cast, "71000112", before, before.quarters[1:3], resubmitted=True)
        _after_the_provisional(story, calendar, cast, "71000123", before, before.quarters[2:3], resubmitted=False)
        _refused(story, calendar, cast.els, "71000134", before)


def _ends_certificate(who: Actor, quarter: Quarter) -> None:
    """A facility tells late that it no longer applied the agreements from the last month of a quarter on (E-104)."""
    ends_on = quarter.end - 30 * _DAY
    for row in certificates.current(access.own_facility_id(who)):
        if row.kind is CertificateType.SOCIAL_AGREEMENT and row.ends_on is None and row.starts_on < ends_on:
            certificates.change_certificate(who, row.reference, row.starts_on, ends_on, row.version)


def _audit(department: Actor, hco_number: str, quarter: Quarter) -> None:
    number = number_of(hco_number, quarter)
    if status_of(number) in (DossierStatus.CLOSED, DossierStatus.BLOCKED):
        declarations.fire(department, number, Event.TAKE_INTO_AUDIT, SAMPLE)


def _leave_audit(department: Actor, hco_number: str, quarter: Quarter, event: Event) -> None:
    number = number_of(hco_number, quarter)
    if status_of(number) is DossierStatus.AUDIT:
        declarations.fire(department, number, event, CHECKED)


def _past_audits(story: Story, cast: Cast, hco_number: str, quarters: Sequence[Quarter]) -> None:
    """One that ended with closing (T-11), one put back as it was (T-12)."""
    for quarter, event in zip(quarters, (Event.CLOSE_FROM_AUDIT, Event.RESTORE), strict=False):
        day = working_day(quarter.end + 40 * _DAY)
        story.on(at(day, 10, 30), partial(_audit, cast.els, hco_number, quarter))
        story.on(at(working_day(day + 15 * _DAY), 14, 45), partial(_leave_audit, cast.bart, hco_number, quarter, event))


def _ask(department: Actor, hco_number: str, quarters: Sequence[Quarter], received_at: datetime) -> int | None:
    """Register a request by e-mail for the quarters that are closed."""
    closed = [
        quarter
        for quarter in quarters
        if status_of(number_of(hco_number, quarter)) in (DossierStatus.CLOSED, DossierStatus.BLOCKED)
    ]
    if not closed:
        return None
    period = closed[0].reference_period
    return reopening_requests.register(department, hco_number, period, closed, received_at).id


def _ask_and_grant(
    department: Actor, hco_number: str, quarters: Sequence[Quarter], received_at: datetime, reason: str
) -> None:
    request_id = _ask(department, hco_number, quarters, received_at)
    if request_id is not None:
        reopening_requests.grant(department, request_id, reason)


def _correct(who: Actor, number: str) -> None:
    if status_of(number) is DossierStatus.OPEN:
        filling.correct(who, number)


def _submit_again(who: Actor, number: str) -> None:
    if status_of(number) is DossierStatus.OPEN:
        submit(who, number)


def _reopened_on_request(story: Story, cast: Cast, hco_number: str, quarter: Quarter, *, resubmitted: bool) -> None:
    """T-04, any number of times before the blocking."""
    day, who = working_day(quarter.end + 31 * _DAY), cast.people[hco_number]
    number = number_of(hco_number, quarter)
    story.on(at(day, 11, 20), partial(_ask_and_grant, cast.els, hco_number, [quarter], at(day, 9, 50), LATE))
    if resubmitted:
        story.on(at(day + _DAY, 9, 30), partial(_correct, who, number))
        story.on(at(day + _DAY, 10, 5), partial(_submit_again, who, number))


def _after_the_provisional(
    story: Story,
    calendar: DemoCalendar,
    cast: Cast,
    hco_number: str,
    period: PeriodCalendar,
    quarters: Sequence[Quarter],
    *,
    resubmitted: bool,
) -> None:
    """T-06: opened once; submitted again (T-07), or closed ex officio again when the window is over (T-08)."""
    provisional_on = provisional_day(calendar, hco_number, period)
    if provisional_on is None:
        return
    who, asked_on = cast.people[hco_number], working_day(provisional_on + 3 * _DAY)
    granted_on = working_day(asked_on + _DAY)
    received_at = at(asked_on, 10, 10)
    story.on(at(granted_on, 15, 30), partial(_ask_and_grant, cast.els, hco_number, quarters, received_at, ONCE))
    for quarter in quarters:
        number = number_of(hco_number, quarter)
        story.on(at(working_day(granted_on + 2 * _DAY), 9, 15), partial(_correct, who, number))
        if resubmitted:
            story.on(at(working_day(granted_on + 6 * _DAY), 16, 40), partial(_submit_again, who, number))


def _refused(story: Story, calendar: DemoCalendar, department: Actor, hco_number: str, period: PeriodCalendar) -> None:
    """A request that came in too late."""
    provisional_on = provisional_day(calendar, hco_number, period)
    if provisional_on is None:
        return
    day = working_day(period.correction_window(provisional_on)[1] + 3 * _DAY)
    story.on(at(day, 13, 15), partial(_ask_and_refuse, department, hco_number, period.quarters[2:3], at(day, 9, 5)))


def _ask_and_refuse(department: Actor, hco_number: str, quarters: Sequence[Quarter], received_at: datetime) -> None:
    request_id = _ask(department, hco_number, quarters, received_at)
    if request_id is not None:
        reopening_requests.refuse(department, request_id, TOO_LATE)
