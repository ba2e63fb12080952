"""The campaign as a case manager looks at it: where a reference period stands, what came in, what comes next."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, case, func, select

from domain.actor import Actor
from domain.calendars import Quarter, start_of_day
from domain.ecalcura.campaign import PeriodCalendar, Phase, phase
from domain.ecalcura.campaign_acts import Milestone, milestones
from domain.ecalcura.declaration import DossierStatus, Event
from domain.errors import NotFound
from domain.permissions import Permission
from models.background_job import BackgroundJob
from models.base import db
from models.campaign import CampaignAct, CampaignRun
from models.declaration import Dossier, DossierEvent
from models.organisation import Facility
from models.reference import FacilityPeriod, ReferencePeriod
from services import access, background_jobs, clock, listing
from services.ecalcura import campaign
from services.ecalcura.campaign_plan import Plan, due
from services.ecalcura.dossiers import calendar_of
from services.listing import Order, Page, Position

#: How many weeks before the blocking the picture begins, and how many earlier periods stand beside it.
WEEKS, EARLIER = 16, 3
RUNS_SHOWN = 10
#: Days ahead for which the page says what the calendar would do.
FORESEEN = 92


@dataclass(frozen=True, slots=True)
class QuarterCounts:
    """How the dossiers of one quarter stand; ``missing``: never opened by a facility that takes part."""

    quarter: Quarter
    by_status: dict[DossierStatus, int]
    missing: int


@dataclass(frozen=True, slots=True)
class Submitted:
    """The share of the quarters of a period that was submitted, week by week until the blocking.

    ``shares`` are percentages at the ``days`` (the end of each); None for a week still to come.
    """

    period: str
    shares: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class PeriodOverview:
    """One reference period. ``milestones`` are its dates, in order; ``days`` those of the picture."""

    calendar: PeriodCalendar
    facilities: int
    phases: dict[Phase, int]
    quarters: tuple[QuarterCounts, ...]
    milestones: tuple[tuple[date, Milestone], ...]
    days: tuple[date, ...]
    submitted: tuple[Submitted, ...]


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run with how it stands, what it did and the job that does it."""

    run: CampaignRun
    state: str
    outcome: dict[str, Any]
    job: BackgroundJob | None


@dataclass(frozen=True, slots=True)
class Next:
    """The next day on which the calendar does something of itself, and what that would be as things stand now.

    ``plan`` is without what is due already, and None for a day too far off to say anything about.
    """

    day: date
    plan: Plan | None


def periods(actor: Actor) -> list[str]:
    """The reference periods that have begun, newest first."""
    access.require(actor, Permission.CAMPAIGN_RUN)
    today = clock.today()
    codes = db.session.scalars(select(ReferencePeriod.code).order_by(ReferencePeriod.code.desc()))
    return [code for code in codes if PeriodCalendar.default(code).starts_on <= today]


def current_period(codes: Sequence[str]) -> str | None:
    """The one people work on: the newest that has ended, until its payment; before that the newest of all."""
    today = clock.today()
    for code in codes:
        calendar = PeriodCalendar.default(code)
        if calendar.ends_on < today <= calendar.payment_on:
            return code
    return codes[0] if codes else None


def overview(actor: Actor, period_code: str) -> PeriodOverview:
    """Where a period stands, in a fixed number of statements; NotFound for one that does not exist."""
    access.require(actor, Permission.CAMPAIGN_RUN)
    calendar = _calendar(period_code)
    starters = _starters()
    expected = {quarter: sum(n for first, n in starters if first <= str(quarter)) for quarter in calendar.quarters}
    phases, last_provisional = _phases(calendar, max(expected.values()))
    days = tuple(calendar.blocking_on - timedelta(days=1 + 7 * week) for week in reversed(range(WEEKS)))
    codes = list(
        db.session.scalars(
            select(ReferencePeriod.code)
            .where(ReferencePeriod.code <= period_code)
            .order_by(ReferencePeriod.code.desc())
            .limit(1 + EARLIER)
        )
    )
    return PeriodOverview(
        calendar=calendar,
        facilities=max(expected.values()),
        phases=phases,
        quarters=_quarters(calendar, expected),
        milestones=tuple(milestones(calendar, last_provisional)),
        days=days,
        submitted=tuple(one for code in codes if (one := _submitted(_calendar(code), starters)) is not None),
    )


def next_day(actor: Actor, now: datetime) -> Next | None:
    """The next day with letters or a blocking, with what it would bring if nothing changed until then."""
    access.require(actor, Permission.CAMPAIGN_RUN)
    today = clock.today()
    days = []
    for row in db.session.scalars(select(ReferencePeriod)):
        calendar = calendar_of(row.code, row)
        days += [day for day in (calendar.letter_job_on, calendar.blocking_on) if day > today]
    windows = db.session.execute(
        select(FacilityPeriod.period_code, FacilityPeriod.provisional_on)
        .distinct()
        .join(
            Dossier,
            and_(Dossier.facility_id == FacilityPeriod.facility_id, Dossier.period_code == FacilityPeriod.period_code),
        )
        .where(
            FacilityPeriod.provisional_on.is_not(None),
            Dossier.reopened.is_(True),
            Dossier.status == DossierStatus.OPEN,
        )
    )
    for code, provisional_on in windows:
        ends = _calendar(code).definitive_earliest(provisional_on or today)
        if ends > today:
            days.append(ends)
    if not days:
        return None
    day = min(days)
    if (day - today).days > FORESEEN:
        return Next(day, None)
    already = {(one.period_code, one.facility_id, one.act.kind) for one in due(now).acts}
    plan = due(max(now, start_of_day(day)))
    acts = tuple(one for one in plan.acts if (one.period_code, one.facility_id, one.act.kind) not in already)
    return Next(day, replace(plan, acts=acts))


def runs(actor: Actor, position: Position) -> Page[Any]:
    """The runs of the calendar, newest first."""
    access.require(actor, Permission.CAMPAIGN_RUN)
    order = Order((CampaignRun.id,), descending=True)
    return listing.page_of(select(CampaignRun), order, position, name="campaign runs", size=RUNS_SHOWN)


def run_row(actor: Actor, run: CampaignRun) -> RunRow:
    """A run with everything a list says of it."""
    access.require(actor, Permission.CAMPAIGN_RUN)
    return RunRow(run, campaign.state_of(run).value, campaign.outcome_of(run), campaign.job_of(run))


def run_of(actor: Actor, reference: str) -> RunRow:
    """One run; NotFound for any other reference."""
    access.require(actor, Permission.CAMPAIGN_RUN)
    run = db.session.scalar(select(CampaignRun).where(CampaignRun.reference == reference))
    if run is None:
        raise NotFound
    return run_row(actor, run)


def acts_of_run(actor: Actor, run: CampaignRun, position: Position) -> Page[Any]:
    """What a run did, facility by facility."""
    access.require(actor, Permission.CAMPAIGN_RUN)
    statement: Any = (
        select(CampaignAct, Facility.hco_number, Facility.name)
        .join(Facility, Facility.id == CampaignAct.facility_id)
        .where(CampaignAct.run_id == run.id)
    )
    return listing.page_of(statement, Order((CampaignAct.id,)), position, name=f"campaign acts {run.id}", size=50)


def quarters_of_act(act: CampaignAct) -> list[str]:
    """The quarters an act was about."""
    return list(json.loads(act.detail)["quarters"]) if act.detail else []


def alive(actor: Actor) -> BackgroundJob | None:
    """The run that waits or goes on now, if any."""
    access.require(actor, Permission.CAMPAIGN_RUN)
    return next(iter(background_jobs.alive(campaign.KIND)), None)


def _calendar(period_code: str) -> PeriodCalendar:
    row = db.session.get(ReferencePeriod, period_code)
    if row is None:
        raise NotFound
    return calendar_of(period_code, row)


def _starters() -> list[tuple[str, int]]:
    """How many facilities began to enter in which quarter."""
    rows = db.session.execute(select(Facility.entry_from, func.count(Facility.id)).group_by(Facility.entry_from))
    return [(first, number) for first, number in rows]


def _phases(calendar: PeriodCalendar, facilities: int) -> tuple[dict[Phase, int], date | None]:
    """How many facilities are in which phase, and the latest P."""
    now, found = clock.now(), dict.fromkeys(Phase, 0)
    told, last = 0, None
    for provisional_on, definitive_on, number in db.session.execute(
        select(FacilityPeriod.provisional_on, FacilityPeriod.definitive_on, func.count(FacilityPeriod.id))
        .where(FacilityPeriod.period_code == calendar.reference_period)
        .group_by(FacilityPeriod.provisional_on, FacilityPeriod.definitive_on)
    ):
        found[phase(calendar, now, provisional_on, definitive_on)] += number
        told += number
        if provisional_on is not None:
            last = max(last or provisional_on, provisional_on)
    found[phase(calendar, now, None, None)] += max(0, facilities - told)
    return found, last


def _quarters(calendar: PeriodCalendar, expected: dict[Quarter, int]) -> tuple[QuarterCounts, ...]:
    counts: dict[Quarter, dict[DossierStatus, int]] = {quarter: {} for quarter in calendar.quarters}
    for year, number, status, dossiers in db.session.execute(
        select(Dossier.year, Dossier.quarter_number, Dossier.status, func.count(Dossier.id))
        .where(Dossier.period_code == calendar.reference_period)
        .group_by(Dossier.year, Dossier.quarter_number, Dossier.status)
    ):
        counts[Quarter(year, number)][status] = dossiers
    return tuple(
        QuarterCounts(quarter, known, max(0, expected[quarter] - sum(known.values())))
        for quarter, known in counts.items()
    )


def _submitted(calendar: PeriodCalendar, starters: list[tuple[str, int]]) -> Submitted | None:
    """The line of one period; None when nobody had to enter anything in it."""
    total = sum(number for quarter in calendar.quarters for first, number in starters if first <= str(quarter))
    if not total:
        return None
    first = (
        select(func.min(DossierEvent.at).label("at"))
        .join(Dossier, Dossier.id == DossierEvent.dossier_id)
        .where(
            Dossier.period_code == calendar.reference_period,
            DossierEvent.event.in_([Event.SUBMIT.value, Event.CLOSE_FROM_AUDIT.value]),
        )
        .group_by(DossierEvent.dossier_id)
        .subquery()
    )
    ends = [calendar.blocking_at - timedelta(days=7 * week) for week in reversed(range(WEEKS))]
    numbers = db.session.execute(
        select(*(func.coalesce(func.sum(case((first.c.at < end, 1), else_=0)), 0) for end in ends))
    ).one()
    today = start_of_day(clock.today())
    return Submitted(
        calendar.reference_period,
        tuple(
            None if end - timedelta(days=7) > today else Decimal(100 * int(number)) / total
            for end, number in zip(ends, numbers, strict=True)
        ),
    )
