"""Finding a dossier and what the rules need to know about it: its facts, its period, who is acting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import and_, bindparam, select

from domain.actor import Actor, Side
from domain.calendars import Quarter
from domain.ecalcura.campaign import FallbackBasis, PeriodCalendar, Situation
from domain.ecalcura.declaration import ActorKind, DossierFacts
from domain.ecalcura.performances import DEFAULT_PERFORMANCES, PerformanceParameters
from domain.ecalcura.working_time import read_working_time
from domain.errors import Forbidden, NotFound
from domain.permissions import Permission
from models.base import db
from models.declaration import Dossier
from models.organisation import Facility
from models.reference import FacilityPeriod, ReferencePeriod
from models.upserts import upsert
from services import access, clock, locks

#: Which permission an act needs at the desk of the facility and at that of the department (5.4).
READ = (Permission.DECLARATION_READ, Permission.DOSSIER_REVIEW)
WRITE = (Permission.DECLARATION_WRITE, Permission.DOSSIER_DECIDE)
SUBMIT = (Permission.DECLARATION_SUBMIT, Permission.DOSSIER_DECIDE)

#: What a row of a reference period says about its calendar, under the same names.
_CALENDAR_COLUMNS = (
    "statutory_deadline",
    "letter_on",
    "postponed_until",
    "blocking_on",
    "window_offset_days",
    "window_days",
    "reopenings_allowed",
)

#: Those that are of part 5.1 as long as nobody edited them.
_INDICATIONS = ("definitive_from", "definitive_until", "payment_on")

#: Made once: they are asked at every row that is saved.
_OWNER = select(Dossier.facility_id).where(Dossier.number == bindparam("number"))
_BY_NUMBER = (
    select(Dossier, Facility)
    .join(Facility, Facility.id == Dossier.facility_id)
    .where(Dossier.number == bindparam("number"))
)
_LOCKED = _BY_NUMBER.with_for_update(of=Dossier, key_share=True).execution_options(populate_existing=True)
_PERIODS = (
    select(ReferencePeriod, FacilityPeriod.provisional_on, FacilityPeriod.definitive_on, FacilityPeriod.reopenings_used)
    .outerjoin(
        FacilityPeriod,
        and_(FacilityPeriod.period_code == ReferencePeriod.code, FacilityPeriod.facility_id == bindparam("facility")),
    )
    .where(ReferencePeriod.code.in_(bindparam("codes", expanding=True)))
)


@dataclass(frozen=True, slots=True)
class Found:
    """A dossier with its facility, the situation it is in at this instant, and the working time of its period."""

    dossier: Dossier
    facility: Facility
    situation: Situation
    who: ActorKind
    parameters: PerformanceParameters = DEFAULT_PERFORMANCES

    @property
    def facts(self) -> DossierFacts:
        """What the rules need of the dossier."""
        return facts_of(self.dossier)


def number_of(hco_number: str, quarter: Quarter) -> str:
    """The number of a dossier, as people read and type it: ``71000012-2024K1``."""
    return f"{hco_number}-{quarter}"


def kind_of(actor: Actor) -> ActorKind:
    """Who acts, in the words of the transition table; Forbidden for a side that has no part in it."""
    if actor.side is Side.SYSTEM:
        return ActorKind.SCHEDULER
    if actor.is_case_manager:
        return ActorKind.CASE_MANAGER
    if actor.side is Side.FACILITY:
        return ActorKind.FACILITY
    raise Forbidden(Permission.DECLARATION_READ)


def permission_of(actor: Actor, pair: tuple[Permission, Permission]) -> Permission:
    """The permission of the pair that counts for the actor's side of the desk."""
    return pair[0] if actor.side is Side.FACILITY else pair[1]


def require(actor: Actor, pair: tuple[Permission, Permission], facility_id: int | None = None) -> None:
    """Forbidden without the permission of the actor's side; NotFound for another facility's row."""
    access.require(actor, permission_of(actor, pair), facility_id)


def find(actor: Actor, number: str, pair: tuple[Permission, Permission] = READ, *, lock: bool = False) -> Found:
    """A dossier by its number; NotFound when it does not exist or is another facility's.

    ``lock`` keeps other writers of this facility out until the transaction ends, those of the staff screens too, so
    that what is decided here still holds at the commit. The clock is read after the lock was obtained: waiting never
    stretches a term.
    """
    require(actor, pair)
    values = {"number": number}
    if lock:
        owner = db.session.scalar(_OWNER, values)
        require(actor, pair, owner)
        locks.lock_facility(owner)
    row = db.session.execute(_LOCKED if lock else _BY_NUMBER, values).one_or_none()
    if row is None:
        raise NotFound
    dossier, facility = row
    require(actor, pair, facility.id)
    code = dossier.period_code
    period = _rows(facility, [code]).get(code)
    parameters = parameters_of(period.ReferencePeriod if period else None)
    return Found(dossier, facility, _situation(facility, code, period), kind_of(actor), parameters)


def facts_of(dossier: Dossier) -> DossierFacts:
    """What the rules need of a dossier. A closing by the case manager counts as submitted (T-11)."""
    return DossierFacts(
        quarter=dossier.quarter,
        status=dossier.status,
        previous_status=dossier.previous_status,
        reopened=dossier.reopened,
        submitted_before=dossier.submitted_at is not None,
    )


def situation_of(facility: Facility, period_code: str) -> Situation:
    """Where a facility stands in one reference period now."""
    return situations(facility, [period_code])[period_code]


def situations(facility: Facility, period_codes: Iterable[str]) -> dict[str, Situation]:
    """The same for several reference periods, in one query. A period nobody edited has the calendar of part 5.1."""
    codes = list(period_codes)
    known = _rows(facility, codes)
    return {code: _situation(facility, code, known.get(code)) for code in codes}


def _rows(facility: Facility, codes: list[str]) -> dict[str, Any]:
    rows = db.session.execute(_PERIODS, {"facility": facility.id, "codes": codes})
    return {row.ReferencePeriod.code: row for row in rows}


def _situation(facility: Facility, code: str, row: Any) -> Situation:
    return Situation(
        calendar=calendar_of(code, row.ReferencePeriod if row else None),
        now=clock.now(),
        provisional_on=row.provisional_on if row else None,
        definitive_on=row.definitive_on if row else None,
        reopenings_used=(row.reopenings_used or 0) if row else 0,
        facility_from=Quarter.parse(facility.entry_from),
    )


def parameters_of(period: ReferencePeriod | None) -> PerformanceParameters:
    """The working time in force for a reference period; the defaults while nothing was released for it."""
    return read_working_time(period.working_time if period else None)


def situation(facility: Facility, period: ReferencePeriod, own: FacilityPeriod | None) -> Situation:
    """The same from rows that were read already."""
    return Situation(
        calendar=calendar_of(period.code, period),
        now=clock.now(),
        provisional_on=own.provisional_on if own else None,
        definitive_on=own.definitive_on if own else None,
        reopenings_used=own.reopenings_used if own else 0,
        facility_from=Quarter.parse(facility.entry_from),
    )


def calendar_of(code: str, period: ReferencePeriod | None) -> PeriodCalendar:
    """The calendar of a reference period: the defaults of part 5.1 with the dates its row holds (A-02)."""
    calendar = PeriodCalendar.default(code)
    if period is None:
        return calendar
    edited = {name: value for name in _INDICATIONS if (value := getattr(period, name)) is not None}
    fallback = FallbackBasis(period.fallback_basis)
    return replace(
        calendar, fallback_basis=fallback, **edited, **{name: getattr(period, name) for name in _CALENDAR_COLUMNS}
    )


def ensure_period(code: str) -> None:
    """Make the row of a reference period that starts, with the calendar of part 5.1. Inside a use case only."""
    calendar = PeriodCalendar.default(code)
    db.session.execute(
        upsert(ReferencePeriod)
        .values(code=code, **{name: getattr(calendar, name) for name in _CALENDAR_COLUMNS})
        .on_conflict_do_nothing()
    )
