"""Reports for somebody who may see them: a facility its own, a case manager any, with national numbers masked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.calendars import Quarter
from domain.ecalcura.compensation_parameters import CompensationParameters
from domain.ecalcura.declaration import DossierStatus
from domain.ecalcura.performances import PerformanceParameters
from domain.errors import N_, InvalidValue, NotAllowedNow, NotFound
from domain.identifiers import mask_national_number
from domain.permissions import Permission
from models.base import db
from models.declaration import Dossier
from models.organisation import Facility
from models.reference import ContractType, Qualification, ReferencePeriod
from services import access, audit, clock
from services.ecalcura import parameter_sets
from services.ecalcura.performances import names_of
from services.ecalcura.reports import catalogue, contents
from services.ecalcura.reports.contents import Content, Note
from services.ecalcura.reports.table import Definition, Kind, Line, Report, build

NO_PARAMETERS = N_(
    "Voor {period} zijn er nog geen vrijgegeven parameters: de cijfers zijn berekend met de standaardwaarden."
)


@dataclass(frozen=True, slots=True)
class Periods:
    """What can be chosen, newest first. ``statuses``: of the dossiers of the facility, when it is about one."""

    quarters: Sequence[Quarter]
    reference_periods: Sequence[str]
    statuses: dict[Quarter, DossierStatus]


@dataclass(frozen=True, slots=True)
class Setting:
    """What every facility of a period shares: the parameters and the code lists, read once."""

    period: str
    definition: Definition
    compensation: CompensationParameters
    performances: PerformanceParameters
    qualifications: Mapping[str, str]
    contract_types: Mapping[str, str]
    notes: tuple[Note, ...]


def require(actor: Actor) -> None:
    """Forbidden without the permission of the actor's side of the desk."""
    access.require(actor, Permission.REPORTS_READ if actor.side is Side.FACILITY else Permission.REPORTS_REVIEW)


def facility_of(actor: Actor, hco_number: str | None = None) -> Facility:
    """The facility a report is about: one's own, or for a case manager that of the number. NotFound otherwise."""
    require(actor)
    if actor.side is Side.FACILITY:
        own = access.own_facility(actor)
        if hco_number is not None and own.hco_number != hco_number:
            raise NotFound
        return own
    found = db.session.scalar(select(Facility).where(Facility.hco_number == hco_number))
    if found is None:
        raise NotFound
    return found


def periods(actor: Actor, hco_number: str | None = None) -> Periods:
    """The quarters with a dossier and their reference periods; without a facility every period that has begun."""
    if actor.side is not Side.FACILITY and hco_number is None:
        require(actor)
        return _all_periods()
    facility = facility_of(actor, hco_number)
    rows = db.session.execute(
        select(Dossier.year, Dossier.quarter_number, Dossier.status).where(Dossier.facility_id == facility.id)
    )
    statuses = {Quarter(row.year, row.quarter_number): row.status for row in rows}
    quarters = sorted(statuses, reverse=True)
    return Periods(quarters, sorted({one.reference_period for one in quarters}, reverse=True), statuses)


def _all_periods() -> Periods:
    today = clock.today()
    codes = [
        code
        for code in db.session.scalars(select(ReferencePeriod.code).order_by(ReferencePeriod.code.desc()))
        if catalogue.quarters_in(code)[0].start <= today
    ]
    quarters = [one for code in codes for one in reversed(catalogue.quarters_in(code)) if one.start <= today]
    return Periods(quarters, codes, {})


def setting(code: str, period: str) -> Setting:
    """The report and what it is made with; NotFound for a report that is not about this kind of period."""
    definition = catalogue.definition_of(code, period)
    reference_period = catalogue.quarters_in(period)[0].reference_period
    names = names_of(Qualification), names_of(ContractType)
    try:
        content = parameter_sets.in_force(reference_period).content
    except NotAllowedNow:
        notes = (Note(NO_PARAMETERS, {"period": reference_period}),)
        return Setting(period, definition, CompensationParameters(), PerformanceParameters(), *names, notes)
    return Setting(period, definition, content.compensation, content.performances, *names, ())


def make(facility: Facility, made_with: Setting) -> Report:
    """A report with whole national numbers: for who may see them, and to be masked for all others."""
    quarters = catalogue.quarters_in(made_with.period)
    reference_period = quarters[0].reference_period
    content = Content(
        hco_number=facility.hco_number,
        facility_name=facility.name,
        sector=facility.sector.value,
        reference_period=reference_period,
        quarters=tuple(contents.read(facility, quarters, {reference_period: made_with.performances})),
        certificates=contents.certificates_of(facility.id),
        parameters=made_with.compensation,
        qualifications=made_with.qualifications,
        contract_types=made_with.contract_types,
        notes=made_with.notes,
    )
    return build(made_with.definition, made_with.period, content)


def masked(report: Report) -> Report:
    """The same with masked national numbers."""
    places = [place for place, column in enumerate(report.columns) if column.kind is Kind.NATIONAL_NUMBER]
    return _with_lines(report, lambda line: _masked(line, places))


def _masked(line: Line, places: Sequence[int]) -> Line:
    cells = list(line.cells)
    for place in places:
        if cells[place] is not None:
            cells[place] = mask_national_number(str(cells[place]))
    return replace(line, cells=tuple(cells))


def _with_lines(report: Report, change: Callable[[Line], Line]) -> Report:
    return replace(report, body=replace(report.body, lines=[change(line) for line in report.lines]))


def report(actor: Actor, code: str, period: str, hco_number: str | None = None) -> Report:
    """A report as the actor may see it: one's own staff with their numbers, others masked."""
    facility = facility_of(actor, hco_number)
    found = make(facility, setting(code, period))
    return found if actor.side is Side.FACILITY else masked(found)


def viewed(actor: Actor, shown: Report) -> None:
    """Leave the trace that the department looked at a report of a facility; the caller commits."""
    hco_number = shown.content.hco_number
    key = f"{shown.definition.code} {shown.period} {hco_number}"
    data = {"period": shown.period, "as": actor.side.value}
    audit.record(actor, AuditEvent.REPORT_VIEWED, "report", key, data=data, concerns=(hco_number,))


def revealed(actor: Actor, code: str, period: str, hco_number: str, reason: str) -> Report:
    """The same with whole numbers, once, for a reason that is kept in the audit log. InvalidValue without a reason."""
    access.require(actor, Permission.NATIONAL_NUMBER_REVEAL)
    facility = facility_of(actor, hco_number)
    if not reason.strip():
        raise InvalidValue(N_("Vul in waarom u de volledige nummers nodig hebt."), field="reason")
    found = make(facility, setting(code, period))
    audit.record(
        actor,
        AuditEvent.NATIONAL_NUMBER_REVEALED,
        "report",
        f"{code} {period} {facility.hco_number}",
        personal={"reason": reason.strip()},
        concerns=(facility.hco_number,),
    )
    return found


def facility_count() -> int:
    """How many facilities a report on all of them has."""
    return db.session.scalar(select(func.count()).select_from(Facility)) or 0
