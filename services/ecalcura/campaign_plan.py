"""What the calendar says is due at an instant, for every facility and period: read only, so it is its own dry run.

Looking costs a handful of statements however many facilities there are; only those for which something may be due are
looked at one by one, with the rules of ``domain.ecalcura.campaign_acts``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, or_, select

from domain.calendars import Quarter, local_date
from domain.ecalcura.campaign import PeriodCalendar, Situation
from domain.ecalcura.campaign_acts import Act, ActKind, acts_due, still_due
from domain.ecalcura.declaration import DossierFacts, DossierStatus
from domain.organisation import THEME_ECALCURA
from models.base import db
from models.campaign import CampaignAct
from models.declaration import Dossier
from models.organisation import ContactPerson, ContactTheme, Facility
from models.reference import FacilityPeriod, ReferencePeriod
from services import clock
from services.batches import in_batches
from services.ecalcura.dossiers import calendar_of

#: How long after its blocking a period is still looked through for quarters that were never opened (A-09). What is open
#: is always found.
STUBS_FOR = timedelta(days=365)
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class PlannedAct:
    """One act for one facility. ``mails``: how many contact persons get one; ``letter_sent``: that of October left."""

    period_code: str
    facility_id: int
    hco_number: str
    facility_name: str
    act: Act
    mails: int
    without_address: bool
    letter_sent: bool


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A quarter in AUDIT after the blocking: it waits for a case manager, not for the calendar."""

    period_code: str
    hco_number: str
    facility_name: str
    number: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything due at ``at``, in the order in which it became due."""

    at: datetime
    acts: tuple[PlannedAct, ...]
    left_alone: tuple[LeftAlone, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How much of each, as a run counts it."""
        counts = dict.fromkeys(COUNTS, 0)
        for planned in self.acts:
            for name, number in counted(planned.act, planned.mails).items():
                counts[name] += number
        return counts

    @property
    def without_address(self) -> tuple[PlannedAct, ...]:
        """The letters that no contact person is told about."""
        return tuple(planned for planned in self.acts if planned.act.kind is ActKind.LETTER and planned.without_address)

    @property
    def without_letter(self) -> tuple[PlannedAct, ...]:
        """Those that are blocked without ever having had the letter: the calendar did not run in October."""
        blocked = (planned for planned in self.acts if planned.act.kind is ActKind.BLOCKING)
        return tuple(planned for planned in blocked if not planned.letter_sent)


#: What a run counts: letters and their mails, facilities and quarters blocked, stubs, correction windows that ended.
COUNTS = (
    "letters",
    "mails",
    "facilities_blocked",
    "quarters_blocked",
    "stubs",
    "windows_ended",
    "quarters_blocked_again",
)


def counted(act: Act, mails: int) -> dict[str, int]:
    """One act as figures of a run."""
    match act.kind:
        case ActKind.LETTER:
            return {"letters": 1, "mails": mails}
        case ActKind.BLOCKING:
            opened = len(act.quarters) - len(act.never_opened)
            return {"facilities_blocked": 1, "quarters_blocked": opened, "stubs": len(act.never_opened)}
        case ActKind.WINDOW_END:
            return {"windows_ended": 1, "quarters_blocked_again": len(act.quarters)}


def due(at: datetime) -> Plan:
    """What is due at an instant and may be done now. A pure read: nothing changes."""
    calendars = _calendars()
    candidates = _candidates(at, calendars)
    found: list[PlannedAct] = []
    for period_code, facility_ids in candidates.items():
        calendar = calendars[period_code]
        for chunk in in_batches(sorted(facility_ids), _CHUNK):
            found += _planned(at, calendar, chunk)
    found.sort(key=lambda one: (one.act.due_at, one.period_code, one.act.kind != ActKind.LETTER, one.hco_number))
    return Plan(at, tuple(found), tuple(_left_alone(at, calendars)))


def is_anything_due(at: datetime) -> bool:
    """The question of every minute: three statements when nothing is."""
    calendars = _calendars()
    return any(
        _planned(at, calendars[period_code], chunk)
        for period_code, facility_ids in _candidates(at, calendars).items()
        for chunk in in_batches(sorted(facility_ids), _CHUNK)
    )


def acts_of(facility: Facility, period_code: str, at: datetime) -> list[Act]:
    """What is due for one facility, read anew: for the moment it is done, under the lock of the facility."""
    calendar = calendar_of(period_code, db.session.get(ReferencePeriod, period_code, populate_existing=True))
    return [planned.act for planned in _planned(at, calendar, [facility.id])]


def _calendars() -> dict[str, PeriodCalendar]:
    rows = db.session.scalars(select(ReferencePeriod).execution_options(populate_existing=True))
    return {row.code: calendar_of(row.code, row) for row in rows}


def _candidates(at: datetime, calendars: Mapping[str, PeriodCalendar]) -> dict[str, set[int]]:
    """Facilities by period for which something may be due; the rules decide."""
    today = local_date(at)
    found: dict[str, set[int]] = defaultdict(set)
    blocked = [code for code, calendar in calendars.items() if calendar.blocking_on <= today]
    if blocked:
        for period_code, facility_id in db.session.execute(
            select(Dossier.period_code, Dossier.facility_id)
            .distinct()
            .where(Dossier.period_code.in_(blocked), Dossier.status == DossierStatus.OPEN)
        ):
            found[period_code].add(facility_id)
    for code in blocked:
        if today - calendars[code].blocking_on < STUBS_FOR:
            found[code] |= _facilities_lacking(calendars[code], list(DossierStatus))
    for code, calendar in calendars.items():
        if calendar.letter_job_on <= today <= calendar.postponed_until:
            submitted = [DossierStatus.CLOSED]
            found[code] |= _facilities_lacking(calendar, submitted) - _had_letter(code)
    return {code: ids for code, ids in sorted(found.items()) if ids}


def _facilities_lacking(calendar: PeriodCalendar, statuses: list[DossierStatus]) -> set[int]:
    """Facilities with fewer dossiers in these states than quarters to enter, and without a definitive calculation."""
    quarters = calendar.quarters
    expected = case(
        *[(Facility.entry_from <= str(quarter), len(quarters) - place) for place, quarter in enumerate(quarters)],
        else_=0,
    )
    having = (
        select(func.count())
        .select_from(Dossier)
        .where(
            Dossier.facility_id == Facility.id,
            or_(*[and_(Dossier.year == one.year, Dossier.quarter_number == one.number) for one in quarters]),
            Dossier.status.in_(statuses),
        )
        .scalar_subquery()
    )
    settled = select(FacilityPeriod.facility_id).where(
        FacilityPeriod.period_code == calendar.reference_period, FacilityPeriod.definitive_on.is_not(None)
    )
    return set(db.session.scalars(select(Facility.id).where(having < expected, Facility.id.not_in(settled))))


def _had_letter(period_code: str, facility_ids: Iterable[int] | None = None) -> set[int]:
    statement = select(CampaignAct.facility_id).where(
        CampaignAct.period_code == period_code, CampaignAct.kind == ActKind.LETTER.value
    )
    if facility_ids is not None:
        statement = statement.where(CampaignAct.facility_id.in_(facility_ids))
    return set(db.session.scalars(statement))


def _planned(at: datetime, calendar: PeriodCalendar, facility_ids: Sequence[int]) -> list[PlannedAct]:
    code = calendar.reference_period
    dossiers: dict[int, dict[Quarter, DossierFacts]] = defaultdict(dict)
    for row in db.session.execute(
        select(
            *(Dossier.facility_id, Dossier.year, Dossier.quarter_number, Dossier.status),
            *(Dossier.previous_status, Dossier.reopened, Dossier.submitted_at),
        ).where(Dossier.facility_id.in_(facility_ids), Dossier.period_code == code)
    ):
        quarter = Quarter(row.year, row.quarter_number)
        dossiers[row.facility_id][quarter] = DossierFacts(
            quarter, row.status, row.previous_status, row.reopened, row.submitted_at is not None
        )
    addresses = _addresses(facility_ids)
    had_letter = _had_letter(code, facility_ids)
    now = max(at, clock.now())
    found = []
    for one in db.session.execute(
        select(
            *(Facility.id, Facility.hco_number, Facility.name, Facility.entry_from),
            *(FacilityPeriod.provisional_on, FacilityPeriod.definitive_on, FacilityPeriod.reopenings_used),
        )
        .outerjoin(FacilityPeriod, and_(FacilityPeriod.facility_id == Facility.id, FacilityPeriod.period_code == code))
        .where(Facility.id.in_(facility_ids))
    ):
        then = Situation(
            calendar=calendar,
            now=at,
            provisional_on=one.provisional_on,
            definitive_on=one.definitive_on,
            reopenings_used=one.reopenings_used or 0,
            facility_from=Quarter.parse(one.entry_from),
        )
        sent = one.id in had_letter
        acts = acts_due(then, dossiers[one.id], letter_sent=sent)
        if acts and now > at:
            acts = still_due(acts, acts_due(replace(then, now=now), dossiers[one.id], letter_sent=sent))
        for act in acts:
            told = addresses.get(one.id, 0)
            mails = told if act.kind is ActKind.LETTER else 0
            found.append(PlannedAct(code, one.id, one.hco_number, one.name, act, mails, told == 0, sent))
    return found


def _addresses(facility_ids: Sequence[int]) -> dict[int, int]:
    """How many addresses of each facility are told about eCalcura (E-046)."""
    rows = db.session.execute(
        select(ContactPerson.facility_id, func.count(ContactPerson.email.distinct()).label("addresses"))
        .join(ContactTheme, ContactTheme.contact_person_id == ContactPerson.id)
        .where(ContactPerson.facility_id.in_(facility_ids), ContactTheme.theme == THEME_ECALCURA)
        .group_by(ContactPerson.facility_id)
    )
    return {row.facility_id: row.addresses for row in rows}


def _left_alone(at: datetime, calendars: Mapping[str, PeriodCalendar]) -> list[LeftAlone]:
    today = local_date(at)
    codes = [
        code
        for code, calendar in calendars.items()
        if timedelta(0) <= today - calendar.blocking_on < STUBS_FOR and today <= calendar.payment_on
    ]
    if not codes:
        return []
    rows = db.session.execute(
        select(Dossier.period_code, Facility.hco_number, Facility.name, Dossier.number)
        .join(Facility, Facility.id == Dossier.facility_id)
        .where(Dossier.period_code.in_(codes), Dossier.status == DossierStatus.AUDIT)
        .order_by(Dossier.number)
    )
    return [LeftAlone(*row) for row in rows]
