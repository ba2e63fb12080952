"""What a facility has to do and which terms run, for its start page: composed from the rules, not decided here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from domain.actor import Actor
from domain.calendars import Quarter, local_date
from domain.ecalcura.campaign import Due, DueKind
from domain.ecalcura.certificates import CertificateType, missing_on
from domain.ecalcura.declaration import ActorKind, DossierFacts, DossierStatus, Event, refusal
from domain.errors import Finding
from domain.permissions import Permission, Role, roles_granting
from services import access, clock
from services.ecalcura import certificate_overview, certificates, queries, reopening_asking
from services.ecalcura.queries import OverviewPeriod, OverviewRow
from services.organisations import bank_reading, contacts


class TaskKind(StrEnum):
    """What there is to do."""

    DEFAULT_ACCOUNT = "DEFAULT_ACCOUNT"
    CONTACT_PERSON = "CONTACT_PERSON"
    CERTIFICATES = "CERTIFICATES"
    OPEN_QUARTER = "OPEN_QUARTER"
    SUBMIT = "SUBMIT"
    RESUBMIT = "RESUBMIT"


#: Who can do what is to be done.
_NEEDED: dict[TaskKind, Permission] = {
    TaskKind.DEFAULT_ACCOUNT: Permission.BANK_WRITE,
    TaskKind.CONTACT_PERSON: Permission.CONTACTS_WRITE,
    TaskKind.CERTIFICATES: Permission.CERTIFICATES_WRITE,
    TaskKind.OPEN_QUARTER: Permission.DECLARATION_WRITE,
    TaskKind.SUBMIT: Permission.DECLARATION_SUBMIT,
    TaskKind.RESUBMIT: Permission.DECLARATION_SUBMIT,
}


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. ``mine``: the actor may do it; else ``roles`` are those of which one suffices.

    ``finding`` says why (V-60, V-61); ``certificates`` which do not hold today and ``quarters`` which lack one (V-66).
    """

    kind: TaskKind
    mine: bool
    roles: tuple[Role, ...]
    quarter: Quarter | None = None
    due: Due | None = None
    finding: Finding | None = None
    certificates: Sequence[CertificateType] = ()
    quarters: Sequence[Quarter] = ()


@dataclass(frozen=True, slots=True)
class Running:
    """A quarter that still runs: it can be filled in already, and submitted from a day on (A-08)."""

    quarter: Quarter
    submit_from: date


@dataclass(frozen=True, slots=True)
class Term:
    """A date of a reference period that no task tells."""

    period: str
    due: Due
    running: Sequence[Running] = ()
    asked_on: date | None = None
    """The day of a request to reopen that waits for a decision: nothing is left to ask then."""


@dataclass(frozen=True, slots=True)
class FacilityTasks:
    """Tasks in the order to do them, and terms. ``sees_dossiers`` is False without the role for them."""

    tasks: Sequence[Task] = field(default_factory=tuple)
    terms: Sequence[Term] = field(default_factory=tuple)
    sees_dossiers: bool = True

    def of(self, *kinds: TaskKind) -> int:
        """How many tasks there are of some kinds."""
        return sum(task.kind in kinds for task in self.tasks)


def facility_tasks(actor: Actor) -> FacilityTasks:
    """What the actor's facility has to do. What is about staff data is left out for who may not see it (E-008)."""
    access.require(actor, Permission.ECALCURA_READ)
    overview = queries.overview(actor)
    periods = sorted((period for period in overview.periods if period.due is not None), key=lambda period: period.code)
    quarters = {period.code: _quarter_tasks(actor, period) for period in periods}
    conditions = [task for task in (_account(actor), _contact(actor), _certificates(actor)) if task]
    asked = _asked(actor, periods)
    terms = [_term(period, asked.get(period.code)) for period in periods if period.due is not None]
    return FacilityTasks(
        [*conditions, *(task for period in periods for task in quarters[period.code])],
        [term for term in terms if term.running or not quarters[term.period]],
        overview.can_see_dossiers,
    )


def _asked(actor: Actor, periods: Sequence[OverviewPeriod]) -> dict[str, date]:
    """The day of the request that waits, per period in which a reopening may be asked (E-127)."""
    asking = [one for one in periods if one.due is not None and one.due.kind is DueKind.REQUEST_REOPENING]
    if not asking or not actor.may(Permission.REOPENING_REQUEST):
        return {}
    found = reopening_asking.requests_of(actor, [(one.code, one.situation) for one in asking])
    return {
        code: local_date(request.request.received_at)
        for code, requests in found.items()
        for request in requests
        if request.waits
    }


def _task(actor: Actor, kind: TaskKind, **values: object) -> Task:
    needed = _NEEDED[kind]
    return Task(kind, actor.may(needed), roles_granting(needed), **values)  # type: ignore[arg-type]


def _account(actor: Actor) -> Task | None:
    finding = bank_reading.default_missing(actor)
    return _task(actor, TaskKind.DEFAULT_ACCOUNT, finding=finding) if finding else None


def _contact(actor: Actor) -> Task | None:
    finding = contacts.unfollowed(actor)
    return _task(actor, TaskKind.CONTACT_PERSON, finding=finding) if finding else None


def _certificates(actor: Actor) -> Task | None:
    """Everybody of the facility may know that a certificate is missing: nothing is paid without it (E-100)."""
    facility = access.own_facility(actor)
    known = [certificates.facts(row) for row in certificates.current(facility.id)]
    missing = missing_on(clock.today(), known)
    uncovered = certificate_overview.uncovered_quarters(facility, known)
    if not missing and not uncovered:
        return None
    return _task(actor, TaskKind.CERTIFICATES, certificates=missing, quarters=uncovered)


def _quarter_tasks(actor: Actor, period: OverviewPeriod) -> list[Task]:
    tasks = []
    for row in reversed(period.rows):
        if row.can_submit:
            again = period.due is not None and period.due.kind is DueKind.RESUBMIT
            kind = TaskKind.RESUBMIT if again else TaskKind.SUBMIT
        elif row.can_open and _has_ended(row, period):
            kind = TaskKind.OPEN_QUARTER
        else:
            continue
        tasks.append(_task(actor, kind, quarter=row.quarter, due=period.due))
    return tasks


def _has_ended(row: OverviewRow, period: OverviewPeriod) -> bool:
    """Whether the quarter could be submitted once it is opened (A-08)."""
    opened = DossierFacts(row.quarter, status=DossierStatus.OPEN)
    return refusal(opened, Event.SUBMIT, ActorKind.FACILITY, period.situation) is None


def _term(period: OverviewPeriod, asked_on: date | None) -> Term:
    assert period.due is not None
    running = [
        Running(row.quarter, row.quarter.next().start)
        for row in reversed(period.rows)
        if (row.can_edit or row.can_open) and not row.can_submit and not _has_ended(row, period)
    ]
    return Term(period.code, period.due, running, asked_on)
