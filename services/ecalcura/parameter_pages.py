"""What the pages about parameters show: the versions of every period, one version, two side by side, a release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select

from domain.actor import Actor
from domain.dutch import long_date
from domain.ecalcura.calculation_states import CalculationStatus, ParameterSetStatus
from domain.ecalcura.campaign import PeriodCalendar
from domain.ecalcura.dossier_states import DossierStatus
from domain.ecalcura.parameter_checks import require_draft, stops
from domain.ecalcura.parameter_sets import Difference, ParameterContent, differences
from domain.ecalcura.parameter_words import Group
from domain.errors import N_, Finding, NotAllowedNow, NotFound
from domain.permissions import Permission
from models.base import db
from models.compensation import Calculation, ParameterSet
from models.declaration import Dossier
from models.organisation import Facility
from models.reference import FacilityPeriod, ReferencePeriod
from services import access
from services.ecalcura import parameter_editing, parameter_sets
from services.ecalcura.personnel_facts import CodeLists, code_lists

FIRST = N_("Dit is de eerste versie van {period}. Vanaf nu kan de berekening van die periode gemaakt worden.")
AMOUNTS = N_("De volgende berekeningen van {period} gebruiken deze waarden (aantal voorzieningen: {facilities}).")
COMMUNICATED = N_(
    "Berekeningen van {period} die al meegedeeld zijn, veranderen niet (aantal: {count}). "
    "Pas een nieuwe berekening gebruikt deze waarden."
)
WINDOW = N_(
    "Voor wie zijn voorlopige berekening op {day} kreeg, wordt de laatste dag om te corrigeren {after} in plaats van "
    "{before} (aantal voorzieningen: {count})."
)
LATER_WINDOW = N_(
    "Wie zijn voorlopige berekening nog krijgt, kan corrigeren van dag {first_after} tot en met dag {last_after} erna, "
    "in plaats van dag {first_before} tot en met dag {last_before}."
)
OTHER_DATES = N_("De andere datums en aantallen van de kalender gelden vanaf de vrijgave voor elke voorziening.")
BLOCKING = N_(
    "Open dossiers worden ambtshalve geblokkeerd op {after} in plaats van op {before} (aantal open dossiers: {count})."
)
DEADLINE = N_("De wettelijke termijn wordt {after} in plaats van {before} (aantal voorzieningen: {facilities}).")
POSTPONED = N_("Het uitstel loopt tot en met {after} in plaats van {before} (aantal voorzieningen: {facilities}).")
STAFF = N_("De controles op contracten en keuzes volgen deze waarden zodra {period} loopt; wat bewaard is, blijft.")
ADVANCES = N_("De voorschotten van {period} worden met deze waarden berekend. Wat al betaald is, verandert niet.")
LETTERS = N_("Nieuwe brieven over {period} vermelden deze teksten. Brieven die al verstuurd zijn, veranderen niet.")


@dataclass(frozen=True, slots=True)
class SetRow:
    """One version as a list shows it. ``version`` is that of the row, for whoever changes it."""

    reference: str
    period: str
    number: int
    status: ParameterSetStatus
    note: str | None
    version: int
    changed_at: datetime
    changed_by: str
    changed_by_id: int | None
    released_at: datetime | None
    released_by: str | None
    used_at: datetime | None
    digest: str
    in_force: bool = False

    @property
    def is_draft(self) -> bool:
        """It can still be changed."""
        return self.status is ParameterSetStatus.DRAFT


@dataclass(frozen=True, slots=True)
class PeriodSets:
    """A reference period with its versions, the newest first."""

    period: str
    rows: tuple[SetRow, ...]
    year_before_in_force: bool

    @property
    def draft(self) -> SetRow | None:
        """The version that is being written."""
        return next((row for row in self.rows if row.is_draft), None)

    @property
    def in_force(self) -> SetRow | None:
        """The version that counts now."""
        return next((row for row in self.rows if row.in_force), None)


@dataclass(frozen=True, slots=True)
class SetView:
    """One version with its content, what the rules say of it, and the content in force of last year, if any."""

    row: SetRow
    content: ParameterContent
    last_year: ParameterContent | None
    findings: tuple[Finding, ...]
    lists: CodeLists

    @property
    def missing(self) -> list[Finding]:
        """What stops a release."""
        return stops(self.findings, release=True)


@dataclass(frozen=True, slots=True)
class Effect:
    """One sentence about what a release changes, and for whom."""

    message: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Release:
    """A draft beside what is in force now. ``obstacle`` says why this actor cannot release it."""

    view: SetView
    in_force: SetRow | None
    differences: Sequence[Difference]
    effects: Sequence[Effect]
    obstacle: NotAllowedNow | None


_COLUMNS = (
    ParameterSet.reference,
    ParameterSet.period_code,
    ParameterSet.number,
    ParameterSet.status,
    ParameterSet.note,
    ParameterSet.version,
    ParameterSet.changed_at,
    ParameterSet.changed_by,
    ParameterSet.changed_by_id,
    ParameterSet.released_at,
    ParameterSet.released_by,
    ParameterSet.used_at,
    ParameterSet.digest,
)

_NAMES = ("reference", "period", *(column.key for column in _COLUMNS[2:]))


def overview(actor: Actor) -> list[PeriodSets]:
    """Every reference period with its versions, the newest period first."""
    access.require(actor, Permission.PARAMETERS_MANAGE)
    found: dict[str, list[SetRow]] = {}
    columns: Any
    for columns in db.session.execute(select(*_COLUMNS).order_by(ParameterSet.number.desc())):
        rows = found.setdefault(columns.period_code, [])
        counts = columns.status in parameter_sets.IN_FORCE and not any(row.in_force for row in rows)
        rows.append(SetRow(**dict(zip(_NAMES, columns, strict=True)), in_force=counts))
    released = {period for period, rows in found.items() if any(row.in_force for row in rows)}
    periods = db.session.scalars(select(ReferencePeriod.code).order_by(ReferencePeriod.code.desc()))
    return [
        PeriodSets(period, tuple(found.get(period, ())), parameter_editing.period_before(period) in released)
        for period in periods
    ]


def period_sets(actor: Actor, period: str) -> PeriodSets:
    """The versions of one period; NotFound."""
    for one in overview(actor):
        if one.period == period:
            return one
    raise NotFound


def view(actor: Actor, reference: str) -> SetView:
    """One version by its reference; NotFound."""
    access.require(actor, Permission.PARAMETERS_MANAGE)
    row = _row(actor, reference)
    text = db.session.scalars(select(ParameterSet.content).where(ParameterSet.reference == reference)).one()
    content = parameter_sets.content_of(text)
    try:
        last_year = parameter_sets.in_force(parameter_editing.period_before(row.period)).content
    except NotAllowedNow:
        last_year = None
    return SetView(row, content, last_year, tuple(parameter_editing.check_of(content)), code_lists())


def _row(actor: Actor, reference: str) -> SetRow:
    for period in overview(actor):
        for row in period.rows:
            if row.reference == reference:
                return row
    raise NotFound


def release_of(actor: Actor, reference: str) -> Release:
    """What releasing a draft would change; NotFound."""
    found = view(actor, reference)
    obstacle: NotAllowedNow | None = None
    try:
        require_draft(found.row.status)
        parameter_editing.require_other_eyes(actor, reference)
    except NotAllowedNow as refused:
        obstacle = refused
    current = period_sets(actor, found.row.period).in_force
    if current is None:
        first = Effect(FIRST, {"period": found.row.period})
        return Release(found, None, (), (first,), obstacle)
    before = parameter_sets.in_force(found.row.period).content
    different = differences(before, found.content)
    return Release(found, current, different, _effects(before, found.content, different), obstacle)


def _effects(before: ParameterContent, after: ParameterContent, different: Sequence[Difference]) -> list[Effect]:
    """Sentences with counts, for the groups that are different."""
    period = after.reference_period
    groups = Counter(one.parameter.group for one in different)
    facilities = db.session.scalar(select(func.count()).select_from(Facility)) or 0
    effects = _calendar_effects(before.calendar, after.calendar, facilities) if groups[Group.CALENDAR] else []
    counting = set(groups) - {Group.CALENDAR, Group.ADVANCES, Group.TEXTS}
    if counting:
        effects.append(Effect(AMOUNTS, {"period": period, "facilities": facilities}))
        communicated = db.session.scalar(
            select(func.count())
            .select_from(Calculation)
            .where(Calculation.period_code == period, Calculation.status == CalculationStatus.COMMUNICATED)
        )
        if communicated:
            effects.append(Effect(COMMUNICATED, {"period": period, "count": communicated}))
    if before.rights != after.rights:
        effects.append(Effect(STAFF, {"period": period}))
    if groups[Group.ADVANCES]:
        effects.append(Effect(ADVANCES, {"period": period}))
    if groups[Group.TEXTS]:
        effects.append(Effect(LETTERS, {"period": period}))
    return effects


def _calendar_effects(before: PeriodCalendar, after: PeriodCalendar, facilities: int) -> list[Effect]:
    effects = []
    own = {"statutory_deadline", "postponed_until", "blocking_on", "window_offset_days", "window_days"}
    for name, message in (("statutory_deadline", DEADLINE), ("postponed_until", POSTPONED)):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            days = {"before": long_date(old), "after": long_date(new)}
            effects.append(Effect(message, {"facilities": facilities, **days}))
    if before.blocking_on != after.blocking_on:
        count = db.session.scalar(
            select(func.count())
            .select_from(Dossier)
            .where(Dossier.period_code == after.reference_period, Dossier.status == DossierStatus.OPEN)
        )
        days = {"before": long_date(before.blocking_on), "after": long_date(after.blocking_on)}
        effects.append(Effect(BLOCKING, {"count": count or 0, **days}))
    waiting = db.session.execute(
        select(FacilityPeriod.provisional_on, func.count())
        .where(
            and_(
                FacilityPeriod.period_code == after.reference_period,
                FacilityPeriod.provisional_on.is_not(None),
                FacilityPeriod.definitive_on.is_(None),
            )
        )
        .group_by(FacilityPeriod.provisional_on)
        .order_by(FacilityPeriod.provisional_on)
    )
    for day, count in waiting:
        if day is None:
            continue
        old, new = before.correction_window(day)[1], after.correction_window(day)[1]
        if old != new:
            days = {"day": long_date(day), "before": long_date(old), "after": long_date(new)}
            effects.append(Effect(WINDOW, {"count": count, **days}))
    windows = [(one.window_offset_days, one.window_offset_days + one.window_days) for one in (before, after)]
    if windows[0] != windows[1]:
        (first_before, last_before), (first_after, last_after) = windows
        days_after = {"first_after": first_after, "last_after": last_after}
        effects.append(Effect(LATER_WINDOW, {**days_after, "first_before": first_before, "last_before": last_before}))
    if any(getattr(before, one.name) != getattr(after, one.name) for one in fields(before) if one.name not in own):
        effects.append(Effect(OTHER_DATES))
    return effects
