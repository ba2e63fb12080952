"""Which values of a quarter are unusual, and the justifications a facility gave for them.

Looking costs at most five statements for any number of lines: the parameters in force, what the
contracts declared in earlier quarters, what the facility did, the average of the sector, and the justifications.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Integer, and_, bindparam, delete, func, or_, select, type_coerce

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.calendars import Quarter
from domain.ecalcura import unusual
from domain.ecalcura.campaign import next_due
from domain.ecalcura.declaration import DossierStatus, Event, refusal
from domain.ecalcura.parameter_sets import ParameterContent
from domain.ecalcura.performances import DEFAULT_PERFORMANCES, PerformanceParameters, line_of, quarter_norm
from domain.ecalcura.unusual import DeclaredLine, Flag, SectorAverage, Totals, rate_of
from domain.errors import Finding, InvalidValue, NotAllowedNow, Severity
from models.base import db
from models.declaration import Dossier, Justification, Performance
from models.gate import writing
from models.organisation import Facility
from services import audit, clock
from services.ecalcura import dossiers, parameter_sets
from services.ecalcura.dossiers import Found
from services.ecalcura.lines import QuarterLine, lines, of_kind

#: So many earlier quarters are looked at.
QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Question:
    """An unusual value with what the facility wrote about it; ``answered``: it was written about this very value."""

    flag: Flag
    text: str
    answered: bool
    required: bool

    @property
    def key(self) -> str:
        """How it is named in a form."""
        return self.flag.key


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at a quarter gave. ``first``: the facility never submitted an earlier quarter.

    ``parameters`` are those in force for the period, None while there are none.
    """

    questions: Sequence[Question]
    totals: Totals
    first: bool
    severity: Severity
    parameters: ParameterContent | None = None

    @property
    def findings(self) -> list[Finding]:
        """A finding for each question without an answer."""
        return [one.flag.finding(self.severity) for one in self.questions if not one.answered]

    @property
    def answered(self) -> int:
        """How many have an answer."""
        return sum(one.answered for one in self.questions)


def look(found: Found, own_lines: Sequence[QuarterLine]) -> Looked:
    """Compare a quarter with what is usual."""
    dossier, quarter = found.dossier, found.dossier.quarter
    content = _content(dossier.period_code)
    parameters = content.performances if content else DEFAULT_PERFORMANCES
    norm = quarter_norm(quarter, parameters.hours_per_day)
    needed = [line for line in own_lines if line.needed and line.entry.has_amount]
    totals = unusual.totals_of(((line.line, line.entry) for line in own_lines), norm)
    earlier = _earlier_totals(dossier)
    contracts = _earlier_rates(dossier, needed, parameters) if needed else {}
    declared = [DeclaredLine(line.line, line.entry, contracts.get(line.contract_id, ())) for line in needed]
    sector = _sector(found, quarter.previous()) if totals.rate is not None else None
    history = [row.declared_fte for row in earlier if row.declared_fte is not None][:QUARTERS]
    flags = unusual.flags(declared, totals, history, sector)
    given = {(row.code, row.subject): row for row in justifications(dossier)} if flags else {}
    due = next_due(found.situation, reopened_quarters=dossier.reopened and dossier.status is DossierStatus.OPEN)
    last_day = due is not None and due.days_left == 0
    values = {key: row.value for key, row in given.items()}
    unanswered, severity = unusual.unanswered(flags, values, last_day=last_day)
    still_open = {flag.key for flag in unanswered}
    questions = [
        Question(
            flag,
            given[flag.code, flag.subject].text if (flag.code, flag.subject) in given else "",
            flag.key not in still_open,
            severity is Severity.BLOCKS_SUBMIT,
        )
        for flag in flags
    ]
    return Looked(questions, totals, not any(row.submitted_at for row in earlier), severity, content)


def _content(period_code: str) -> ParameterContent | None:
    """The parameters in force, or None while nothing was released."""
    try:
        return parameter_sets.in_force(period_code).content
    except NotAllowedNow:
        return None


def justifications(dossier: Dossier) -> list[Justification]:
    """What the facility wrote about a quarter, in the order of the checks."""
    return list(
        db.session.scalars(
            select(Justification)
            .where(Justification.dossier_id == dossier.id)
            .order_by(Justification.code, Justification.id)
            .execution_options(populate_existing=True)
        )
    )


def justify(actor: Actor, number: str, texts: Mapping[str, str]) -> dict[str, InvalidValue]:
    """Keep the justifications of some questions, by their key; empty and unknown ones are left out.

    Gives what is wrong with those that say too little or too much, by key; the others are kept all the same. Of a
    quarter that cannot be submitted now nothing is kept: what a case manager reads is what was said when it was.
    """
    found = dossiers.find(actor, number, dossiers.SUBMIT, lock=True)
    if refusal(found.facts, Event.SUBMIT, found.who, found.situation) is not None:
        return {}
    asked = {one.key: one for one in look(found, lines(found.dossier, found.parameters)).questions}
    kept, wrong = {}, {}
    for key, text in texts.items():
        if key not in asked or not text.strip():
            continue
        try:
            kept[key] = unusual.check_text(text, field=key)
        except InvalidValue as refused:
            wrong[key] = refused
    known = {(row.code, row.subject): row for row in justifications(found.dossier)}
    for key, text in kept.items():
        flag = asked[key].flag
        row = known.get((flag.code, flag.subject))
        if row is not None and (row.text, row.value) == (text, flag.value):
            continue
        with writing("unusual_values.justify"):
            if row is None:
                row = Justification(dossier_id=found.dossier.id, code=flag.code, subject=flag.subject)
                db.session.add(row)
            row.value, row.expected, row.text = flag.value[:60], flag.expected[:120], text
            row.given_at, row.given_by = clock.now(), actor.name[:160]
        audit.record(
            actor,
            AuditEvent.JUSTIFIED,
            "dossier",
            number,
            data={"code": flag.code, "subject": flag.subject},
            personal={"text": text},
        )
    return wrong


def forget_stale(dossier: Dossier, looked: Looked) -> None:
    """Remove what was written about values that are no longer unusual or changed since. Inside a use case."""
    answered = [one.flag for one in looked.questions if one.answered]
    of_answered = [and_(Justification.code == flag.code, Justification.subject == flag.subject) for flag in answered]
    stale = delete(Justification).where(Justification.dossier_id == dossier.id)
    db.session.execute(stale.where(~or_(*of_answered)) if of_answered else stale)


def _earlier_totals(dossier: Dossier) -> Sequence[Any]:
    """The earlier quarters of the facility, newest first: what each declared as a whole and when."""
    return db.session.execute(
        select(Dossier.declared_fte, Dossier.submitted_at)
        .where(
            Dossier.facility_id == dossier.facility_id,
            or_(
                Dossier.year < dossier.year,
                and_(Dossier.year == dossier.year, Dossier.quarter_number < dossier.quarter_number),
            ),
        )
        .order_by(Dossier.year.desc(), Dossier.quarter_number.desc())
        .limit(QUARTERS * 2)
    ).all()


def _earlier_rates(
    dossier: Dossier, needed: Sequence[QuarterLine], parameters: PerformanceParameters
) -> dict[int, list[Any]]:
    """The rate of each contract in the submitted quarters before this one, newest first."""
    contracts = {line.contract_id: line for line in needed}
    quarters, quarter = [], dossier.quarter
    for _ in range(QUARTERS):
        quarter = quarter.previous()
        quarters.append(quarter)
    values: dict[str, Any] = {"facility": dossier.facility_id}
    for place, one in enumerate(quarters):
        values |= {f"year_{place}": one.year, f"quarter_{place}": one.number}
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(_performances(), values):
        own = contracts.get(row.contract_id)
        if own is None:
            continue
        norm = quarter_norm(Quarter(row.year, row.quarter_number), parameters.hours_per_day)
        line = line_of(own.contract, (), norm, parameters)
        rate = rate_of(line, of_kind(line.kind, row.paid_days, row.unpaid_days, row.paid_hours)) if line else None
        if rate is not None:
            found.setdefault(row.contract_id, []).append(rate)
    return found


@cache
def _performances() -> Any:
    """Made once: the performances of a facility in some quarters that were submitted."""
    any_of = [
        and_(Dossier.year == bindparam(f"year_{place}"), Dossier.quarter_number == bindparam(f"quarter_{place}"))
        for place in range(QUARTERS)
    ]
    return (
        select(
            Performance.contract_id,
            Performance.paid_days,
            Performance.unpaid_days,
            Performance.paid_hours,
            Dossier.year,
            Dossier.quarter_number,
        )
        .join(Dossier, Dossier.id == Performance.dossier_id)
        .where(Dossier.facility_id == bindparam("facility"), Dossier.submitted_at.is_not(None), or_(*any_of))
        .order_by(Dossier.year.desc(), Dossier.quarter_number.desc())
    )


def _sector(found: Found, quarter: Quarter) -> SectorAverage | None:
    """The average of the others of the sector in a quarter; nothing about any one of them."""
    rate = type_coerce(Dossier.__table__.c.paid_rate, Integer)
    row = db.session.execute(
        select(func.count().label("facilities"), func.sum(rate).label("total"))
        .select_from(Dossier)
        .join(Facility, Facility.id == Dossier.facility_id)
        .where(
            Dossier.year == quarter.year,
            Dossier.quarter_number == quarter.number,
            Dossier.paid_rate.is_not(None),
            Facility.sector == found.facility.sector,
            Facility.id != found.facility.id,
        )
    ).one()
    return unusual.sector_average(int(row.facilities), int(row.total or 0))
