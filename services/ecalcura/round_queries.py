"""Rounds as people look at them: the list, one round with its dry run, and what it gives per facility."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from domain.actor import Actor
from domain.calendars import quarters_of
from domain.ecalcura.calculation_states import CalculationKind, CalculationStatus, ParameterSetStatus, RoundState
from domain.ecalcura.rounds import RUNNING, Remark
from domain.errors import DomainError, NotFound
from domain.folding import words_of
from domain.permissions import Permission
from models.background_job import BackgroundJob
from models.base import db
from models.compensation import Calculation, CalculationRound, ParameterSet
from models.organisation import Facility
from services import access, clock
from services.ecalcura import round_release, round_summary, rounds
from services.ecalcura.counting_cases import remarks_read
from services.ecalcura.round_summary import Summary
from services.ecalcura.round_work import JOB
from services.listing import Order, Page, Position, like, page_of


class Shown(StrEnum):
    """Which calculations of a round are shown; the values stand in addresses."""

    ALL = ""
    PROBLEMS = "problemen"
    ZERO = "nul"
    REMARKS = "opmerkingen"


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round in the list. ``done`` of ``total`` facilities while it is computed; ``amount`` when it was."""

    reference: str
    period_code: str
    kind: CalculationKind
    state: RoundState
    started_at: datetime
    started_by: str
    total: int
    done: int
    summary: Summary | None


@dataclass(frozen=True, slots=True)
class RoundPage:
    """One round: what it is, how far it is, what it gives, and what the reader can do with it."""

    row: RoundRow
    round: CalculationRound
    parameter_number: int
    parameter_reference: str
    job: BackgroundJob | None
    may_run: bool
    release_refused: DomainError | None
    single: str | None

    @property
    def running(self) -> bool:
        """Whether it is still being computed."""
        return self.row.state in RUNNING

    @property
    def ready(self) -> bool:
        """Whether it waits to be released."""
        return self.row.state is RoundState.READY


@dataclass(frozen=True, slots=True)
class LineRow:
    """What a round gives for one facility; ``before`` is the amount it takes the place of."""

    reference: str
    hco_number: str
    name: str
    number: int
    status: CalculationStatus
    total: Decimal | None
    premium_total: Decimal | None
    replacement_total: Decimal | None
    before: Decimal | None
    problem: str | None
    problem_params: Mapping[str, Any]
    remarks: Sequence[Remark]
    explained: bool


def periods(actor: Actor) -> list[str]:
    """The reference periods something can be calculated for: with released parameters, newest first."""
    access.require(actor, Permission.CALCULATIONS_READ)
    statuses = (ParameterSetStatus.RELEASED, ParameterSetStatus.USED)
    statement = select(ParameterSet.period_code).where(ParameterSet.status.in_(statuses)).distinct()
    return sorted(db.session.scalars(statement), reverse=True)


def proposed(codes: Sequence[str]) -> str | None:
    """The period somebody most likely means: the newest one that is over, of those it can be."""
    over = (code for code in codes if quarters_of(code)[-1].end < clock.today())
    return next(over, codes[-1] if codes else None)


def listing(actor: Actor, position: Position, period_code: str = "") -> Page[RoundRow]:
    """The rounds, newest first; of one period when it is named."""
    access.require(actor, Permission.CALCULATIONS_READ)
    statement: Select[Any] = select(CalculationRound)
    if period_code:
        statement = statement.where(CalculationRound.period_code == period_code)
    order = Order((CalculationRound.id,), descending=True)
    page = page_of(statement, order, position, name=f"rounds {period_code}")
    found = [row.CalculationRound for row in page.rows]
    done = _done([row.id for row in found])
    return Page(tuple(_row(row, done.get(row.id, 0)) for row in found), page.cursors, page.number, page.more)


def _done(ids: Sequence[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(Calculation.round_id, func.count()).where(Calculation.round_id.in_(ids)).group_by(Calculation.round_id)
    )
    return dict(rows.all())


def _row(row: CalculationRound, done: int) -> RoundRow:
    return RoundRow(
        row.reference,
        row.period_code,
        row.kind,
        row.state,
        row.started_at,
        row.started_by,
        len(json.loads(row.facilities or "[]")),
        done,
        round_summary.read(row.summary),
    )


def page(actor: Actor, reference: str) -> RoundPage:
    """One round; NotFound."""
    row = rounds.find(actor, reference)
    parameters = db.session.get_one(ParameterSet, row.parameter_set_id)
    job = db.session.scalar(
        select(BackgroundJob)
        .where(BackgroundJob.kind == JOB, BackgroundJob.parameters == json.dumps({"round": reference}))
        .order_by(BackgroundJob.id.desc())
        .limit(1)
    )
    numbers = json.loads(row.facilities or "[]")
    return RoundPage(
        _row(row, _done([row.id]).get(row.id, 0)),
        row,
        parameters.number,
        parameters.reference,
        job,
        actor.may(Permission.CALCULATIONS_RUN),
        round_release.may_release(actor, row),
        numbers[0] if len(numbers) == 1 else None,
    )


def lines(actor: Actor, reference: str, shown: Shown, search: str, position: Position) -> Page[LineRow]:
    """The calculations of a round by HCO number, filtered and searched by number or name."""
    row = rounds.find(actor, reference)
    before = aliased(Calculation)
    statement: Any = (
        select(Calculation, Facility.hco_number, Facility.name, before.total.label("before"))
        .join(Facility, Facility.id == Calculation.facility_id)
        .outerjoin(before, before.id == Calculation.previous_id)
        .where(Calculation.round_id == row.id)
    )
    if shown is Shown.PROBLEMS:
        statement = statement.where(Calculation.total.is_(None))
    elif shown is Shown.ZERO:
        statement = statement.where(Calculation.total == 0)
    elif shown is Shown.REMARKS:
        statement = statement.where(Calculation.remarks.is_not(None))
    for word in words_of(search):
        statement = statement.where(like(Facility.search_text, word))
    order = Order((Facility.hco_number, Calculation.id))
    page = page_of(statement, order, position, name=f"round {row.id} {shown} {search}")
    return Page(tuple(_line(one) for one in page.rows), page.cursors, page.number, page.more)


def _line(one: Any) -> LineRow:
    row: Calculation = one.Calculation
    return LineRow(
        row.reference,
        one.hco_number,
        one.name,
        row.number,
        row.status,
        row.total,
        row.premium_total,
        row.replacement_total,
        one.before,
        row.problem,
        json.loads(row.problem_params or "{}"),
        remarks_read(row.remarks),
        row.digest is not None,
    )


def facility_name(actor: Actor, hco_number: str) -> str:
    """The name of a facility by its number; NotFound."""
    access.require(actor, Permission.CALCULATIONS_READ)
    name = db.session.scalar(select(Facility.name).where(Facility.hco_number == hco_number))
    if name is None:
        raise NotFound
    return name
