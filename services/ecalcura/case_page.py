"""One dossier as a case manager sees it: state, calendar, what is outstanding, what happened, what can be done.

The page costs four statements: dossier with facility and period, its lines (two), its timeline; one more when the
facility justified something.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Select,
    and_,
    bindparam,
    select,
)

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.calendars import Quarter
from domain.ecalcura.campaign import Due, Phase, Situation, next_due
from domain.ecalcura.declaration import (
    EVENT_HELP,
    EVENT_LABELS,
    REASON_REQUIRED,
    ActorKind,
    DossierStatus,
    Event,
    events_for,
)
from domain.ecalcura.reopening import kind_now, last_day_of
from domain.ecalcura.review import Content, content_of
from domain.ecalcura.risk import RiskKind, RiskLevel, RiskReason, level_of
from domain.errors import Finding, NotFound, Severity
from domain.permissions import Permission
from models.base import db
from models.declaration import Dossier
from models.organisation import Facility
from models.reference import FacilityPeriod, ReferencePeriod
from services import access, audit, clock
from services.ecalcura import dossiers
from services.ecalcura.case_risks import reasons_of
from services.ecalcura.case_timeline import Step, StepKind, steps_of
from services.ecalcura.dossiers import Found
from services.ecalcura.lines import QuarterLine, lines
from services.ecalcura.unusual_values import justifications

#: What has a page of its own and is no button on the dossier.
_ELSEWHERE = frozenset({Event.OPEN_NEW, Event.SAVE, Event.SUBMIT})


@dataclass(frozen=True, slots=True)
class Decision:
    """Something a case manager may do with the dossier now."""

    event: Event
    label: str
    help: str
    reason_required: bool


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A finding of a line, with the name of the staff member."""

    who: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Justified:
    """What the facility wrote about an unusual value: about whom, or empty for the quarter as a whole."""

    who: str
    code: str
    value: str
    expected: str
    text: str
    given_at: datetime
    given_by: str


@dataclass(frozen=True)
class CasePage:
    """Everything on the page of one dossier."""

    found: Found
    lines: Sequence[QuarterLine]
    steps: Sequence[Step]
    decisions: Sequence[Decision]
    justifications: Sequence[Justified] = ()

    @property
    def level(self) -> RiskLevel:
        """How urgently a case manager should look."""
        return level_of(self.dossier.risk)

    @property
    def risk_reasons(self) -> list[RiskReason]:
        """Why, the heaviest reason first."""
        return reasons_of(self.dossier.risk_reasons)

    @property
    def dossier(self) -> Dossier:
        """The dossier."""
        return self.found.dossier

    @property
    def facility(self) -> Facility:
        """Its facility."""
        return self.found.facility

    @property
    def situation(self) -> Situation:
        """The facility in the reference period of the dossier."""
        return self.found.situation

    @property
    def phase(self) -> Phase:
        """The phase now."""
        return self.found.situation.phase

    @property
    def due(self) -> Due | None:
        """What the facility has to do next for this quarter."""
        dossier = self.dossier
        return next_due(
            self.situation,
            all_submitted=dossier.status is DossierStatus.CLOSED,
            reopened_quarters=dossier.reopened and dossier.status is DossierStatus.OPEN,
        )

    @property
    def reopening_term(self) -> date | None:
        """The last day on which a request to reopen can be granted now, if a term runs."""
        kind = kind_now(self.situation)
        return None if kind is None else last_day_of(self.situation, kind)

    @property
    def content(self) -> Content:
        """Nothing needed, nothing declared, missing or complete."""
        return content_of([line.for_review for line in self.lines], nothing_to_declare=self.dossier.nothing_to_declare)

    @property
    def expected(self) -> int:
        """How many lines need performances."""
        return sum(line.needed for line in self.lines)

    @property
    def filled(self) -> int:
        """How many of those are complete."""
        return sum(line.needed and not line.missing for line in self.lines)

    @property
    def outstanding(self) -> list[Outstanding]:
        """What the rules say about the lines, information aside."""
        return [
            Outstanding(line.name, finding)
            for line in self.lines
            for finding in line.findings
            if finding.severity is not Severity.INFORMATION
        ]

    @property
    def open_requests(self) -> list[Step]:
        """Requests to reopen that wait for a decision."""
        return [step for step in self.steps if step.kind is StepKind.REQUEST and step.state is None]


def case_page(actor: Actor, number: str) -> CasePage:
    """The page of a dossier; NotFound when it does not exist."""
    found = find(actor, number)
    own_lines = lines(found.dossier, found.parameters)
    names = {line.reference: line.name for line in own_lines}
    justified = [
        Justified(names.get(row.subject, ""), row.code, row.value, row.expected, row.text, row.given_at, row.given_by)
        for row in (justifications(found.dossier) if _has_justified(found.dossier) else ())
    ]
    return CasePage(found, own_lines, steps_of(found.dossier), decisions(found), justified)


def _has_justified(dossier: Dossier) -> bool:
    """Whether the quarter was submitted with justifications: a page without them does not ask for any."""
    return any(reason.kind is RiskKind.UNUSUAL for reason in reasons_of(dossier.risk_reasons))


def find(actor: Actor, number: str) -> Found:
    """A dossier with everything its calendar says, in one statement; read only."""
    access.require(actor, Permission.DOSSIER_REVIEW)
    row = _row(number)
    return Found(*situated(row), ActorKind.CASE_MANAGER, dossiers.parameters_of(row.ReferencePeriod))


def load(number: str) -> tuple[Dossier, Facility, Situation]:
    """Dossier, facility and situation by number; who may see them is for the caller."""
    return situated(_row(number))


def _row(number: str) -> Any:
    row = db.session.execute(_BY_NUMBER, {"number": number}).one_or_none()
    if row is None:
        raise NotFound
    return row


def with_calendar() -> Select[Dossier, Facility, ReferencePeriod, FacilityPeriod]:
    """Dossiers with their facility and what its calendar says; ``situated`` reads a row of it."""
    return (
        select(Dossier, Facility, ReferencePeriod, FacilityPeriod)
        .join(Facility, Facility.id == Dossier.facility_id)
        .outerjoin(ReferencePeriod, ReferencePeriod.code == Dossier.period_code)
        .outerjoin(
            FacilityPeriod,
            and_(FacilityPeriod.facility_id == Facility.id, FacilityPeriod.period_code == Dossier.period_code),
        )
    )


_BY_NUMBER = with_calendar().where(Dossier.number == bindparam("number"))


def situated(row: Any) -> tuple[Dossier, Facility, Situation]:
    """A row of ``with_calendar`` as the rules take it, at this instant."""
    dossier: Dossier = row.Dossier
    facility: Facility = row.Facility
    own: FacilityPeriod | None = row.FacilityPeriod
    situation = Situation(
        calendar=dossiers.calendar_of(dossier.period_code, row.ReferencePeriod),
        now=clock.now(),
        provisional_on=own.provisional_on if own is not None else None,
        definitive_on=own.definitive_on if own is not None else None,
        reopenings_used=own.reopenings_used if own is not None else 0,
        facility_from=Quarter.parse(facility.entry_from),
    )
    return dossier, facility, situation


def viewed(actor: Actor, number: str) -> None:
    """Leave the trace that somebody of the department or the helpdesk looked at a dossier."""
    hco_number = number.partition("-")[0]
    data = {"as": actor.side.value}
    audit.record(actor, AuditEvent.DOSSIER_VIEWED, "dossier", number, data=data, concerns=(hco_number,))


def decisions(found: Found) -> list[Decision]:
    """What may be done with a dossier now: what ``transition`` would accept, in its order."""
    return [decision(event) for event in events_for(found.facts, found.who, found.situation) if event not in _ELSEWHERE]


def decision(event: Event) -> Decision:
    """The words of an event."""
    return Decision(event, EVENT_LABELS[event], EVENT_HELP[event], REASON_REQUIRED[event])
