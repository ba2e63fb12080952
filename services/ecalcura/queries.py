"""Reading for the theme eCalcura: the overview of a facility, the timeline of a dossier, its receipts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from domain.actor import Actor, Side
from domain.calendars import Quarter, quarters_of
from domain.ecalcura.campaign import Due, Phase, Situation, next_due
from domain.ecalcura.declaration import (
    ActorKind,
    DossierFacts,
    DossierStatus,
    Event,
    can_edit,
    read_only_reason,
    refusal,
)
from domain.ecalcura.reopening import Possibilities, possibilities
from domain.errors import N_, DomainError, NotFound
from domain.permissions import Permission
from models.base import db
from models.declaration import Dossier, DossierEvent, DossierSnapshot, Submission
from models.organisation import Facility
from services import access, clock
from services.ecalcura import dossiers, events
from services.ecalcura.dossiers import Found

#: How a facility sees everybody of the department on its timeline: by role, not by name.
DEPARTMENT = N_("Departement Zorg")


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One quarter on the overview. ``dossier`` is None when it was never opened.

    ``can_open``/``can_edit`` say what the person may do now; ``reason`` why nothing can be changed.
    """

    quarter: Quarter
    dossier: Dossier | None
    receipt: str | None
    can_open: bool
    can_edit: bool
    can_submit: bool
    reason: DomainError | None


@dataclass(frozen=True, slots=True)
class OverviewPeriod:
    """One reference period with its quarters, the phase the facility is in and what it has to do next."""

    code: str
    situation: Situation
    due: Due | None
    rows: Sequence[OverviewRow]

    @property
    def phase(self) -> Phase:
        """The phase now."""
        return self.situation.phase

    @property
    def reopening(self) -> Possibilities:
        """Which quarters may be asked back now, until when, and why not (E-126, E-127)."""
        facts = [dossiers.facts_of(row.dossier) if row.dossier else DossierFacts(row.quarter) for row in self.rows]
        return possibilities(self.situation, facts)

    @property
    def reasons(self) -> list[tuple[DomainError, list[Quarter]]]:
        """Why quarters cannot be changed now, each reason once, with its quarters."""
        found: dict[str, tuple[DomainError, list[Quarter]]] = {}
        for row in self.rows:
            if row.reason is not None and not row.can_open:
                found.setdefault(str(row.reason), (row.reason, []))[1].append(row.quarter)
        return list(found.values())


@dataclass(frozen=True, slots=True)
class Overview:
    """The overview tab (E-060): periods, and the quarters a new dossier can be made for (T-01), oldest first.

    The period that is due first stands first; what is not due follows, newest first.

    ``can_see_dossiers`` is False for somebody without the role for privacy-sensitive data.
    """

    periods: Sequence[OverviewPeriod]
    can_be_opened: Sequence[Quarter]
    can_see_dossiers: bool


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """One step: what, when, by whom. ``reference`` is that of a receipt; ``reason`` is meant for the facility too.

    ``changes`` says what differs from the copy that counted before, when a step took a new one.
    """

    event: str
    label: str
    at: datetime
    who: str
    status: DossierStatus | None
    reason: str | None
    changes: str | None
    reference: str | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """An acknowledged submission with the digest of what was submitted and the address of its file."""

    found: Found
    submission: Submission
    snapshot: DossierSnapshot


def overview(actor: Actor) -> Overview:
    """Every quarter of the actor's facility, in a fixed number of statements."""
    access.require(actor, Permission.ECALCURA_READ)
    facility = access.own_facility(actor)
    if not actor.may(Permission.DECLARATION_READ):
        return Overview((), (), can_see_dossiers=False)
    known = {
        dossier.quarter: dossier
        for dossier in db.session.scalars(select(Dossier).where(Dossier.facility_id == facility.id))
    }
    quarters = _quarters_shown(facility, known)
    codes = sorted({quarter.reference_period for quarter in quarters}, reverse=True)
    situations = dossiers.situations(facility, codes)
    references = latest_receipts(facility.id)
    who = dossiers.kind_of(actor)
    periods = []
    for code in codes:
        situation = situations[code]
        rows = [
            _row(quarter, known.get(quarter), references, who, situation)
            for quarter in reversed(quarters_of(code))
            if quarter in quarters
        ]
        periods.append(OverviewPeriod(code, situation, _due(code, situation, known, quarters), rows))
    openable = sorted(row.quarter for period in periods for row in period.rows if row.can_open)
    periods.sort(key=lambda period: period.due.last_day if period.due else date.max)
    return Overview(periods, openable, can_see_dossiers=True)


def _quarters_shown(facility: Facility, known: dict[Quarter, Dossier]) -> set[Quarter]:
    """From the first quarter that may be entered (E-019) to the current one, and whatever exists."""
    quarter, current = Quarter.parse(facility.entry_from), Quarter.of(clock.today())
    shown = set(known)
    while quarter <= current:
        shown.add(quarter)
        quarter = quarter.next()
    return shown


def _row(
    quarter: Quarter, dossier: Dossier | None, references: dict[int, str], who: ActorKind, situation: Situation
) -> OverviewRow:
    facts = DossierFacts(quarter) if dossier is None else dossiers.facts_of(dossier)
    return OverviewRow(
        quarter,
        dossier,
        references.get(dossier.id) if dossier else None,
        can_open=refusal(facts, Event.OPEN_NEW, who, situation) is None,
        can_edit=can_edit(facts, who, situation),
        can_submit=refusal(facts, Event.SUBMIT, who, situation) is None,
        reason=read_only_reason(facts, who, situation) if dossier else refusal(facts, Event.OPEN_NEW, who, situation),
    )


def _due(code: str, situation: Situation, known: dict[Quarter, Dossier], shown: set[Quarter]) -> Due | None:
    """What the facility has to do next for a whole period; quarters before its first one do not count."""
    own = [
        quarter
        for quarter in quarters_of(code)
        if situation.facility_from is None or quarter >= situation.facility_from
    ]
    statuses = [known[quarter].status if quarter in known else None for quarter in own]
    reopened = any(
        quarter in known and known[quarter].reopened and known[quarter].status is DossierStatus.OPEN for quarter in own
    )
    submitted = bool(own) and all(status is DossierStatus.CLOSED for status in statuses)
    return next_due(situation, all_submitted=submitted, reopened_quarters=reopened)


def due_of(found: Found) -> Due | None:
    """What is due for one dossier, or None when the facility can only wait."""
    dossier = found.dossier
    return next_due(
        found.situation,
        all_submitted=dossier.status is DossierStatus.CLOSED,
        reopened_quarters=dossier.reopened and dossier.status is DossierStatus.OPEN,
    )


def latest_receipts(facility_id: int) -> dict[int, str]:
    """The reference of the last submission of each dossier of a facility."""
    rows = db.session.execute(
        select(Submission.dossier_id, Submission.reference)
        .join(Dossier, Dossier.id == Submission.dossier_id)
        .where(Dossier.facility_id == facility_id)
        .order_by(Submission.id)
    )
    return {row.dossier_id: row.reference for row in rows}


def timeline(actor: Actor, number: str) -> list[TimelineStep]:
    """What happened to a dossier, oldest first. A facility sees the department by its role, never by a name."""
    return timeline_of(actor, dossiers.find(actor, number))


def timeline_of(actor: Actor, found: Found) -> list[TimelineStep]:
    """The timeline of a dossier that was found already."""
    inside = actor.side is not Side.FACILITY
    rows = db.session.execute(
        select(DossierEvent, Submission.reference)
        .outerjoin(Submission, Submission.snapshot_id == DossierEvent.snapshot_id)
        .where(DossierEvent.dossier_id == found.dossier.id)
        .order_by(DossierEvent.id)
    )
    return [
        TimelineStep(
            event=row.event,
            label=events.label(row.event),
            at=row.at,
            who=row.actor_name if inside or row.actor_side == Side.FACILITY else DEPARTMENT,
            status=DossierStatus(row.to_status) if row.to_status else None,
            reason=row.reason,
            changes=row.detail,
            reference=reference if row.event == Event.SUBMIT else None,
        )
        for row, reference in rows
    ]


def receipt(actor: Actor, number: str, reference: str) -> Receipt:
    """One receipt of a dossier; NotFound for any other."""
    found = dossiers.find(actor, number)
    row = db.session.execute(
        select(Submission, DossierSnapshot)
        .join(DossierSnapshot, DossierSnapshot.id == Submission.snapshot_id)
        .where(Submission.reference == reference, Submission.dossier_id == found.dossier.id)
    ).one_or_none()
    if row is None:
        raise NotFound
    submission, snapshot = row
    return Receipt(found, submission, snapshot)


def receipts(actor: Actor, number: str) -> list[Submission]:
    """Every submission of a dossier, newest first."""
    found = dossiers.find(actor, number)
    return list(
        db.session.scalars(
            select(Submission).where(Submission.dossier_id == found.dossier.id).order_by(Submission.id.desc())
        )
    )
