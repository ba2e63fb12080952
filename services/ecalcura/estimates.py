"""What a reference period would give: an estimate from the data of now, before anything is submitted.

Marked as an estimate wherever it is shown; it is never kept, never paid, and no letter speaks of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.actor import Actor, Side
from domain.calendars import Quarter, quarters_of
from domain.ecalcura import estimate
from domain.ecalcura.compensation import Case, calculate
from domain.ecalcura.compensation_result import Compensation
from domain.ecalcura.estimate import Gap
from domain.errors import DomainError, NotAllowedNow, NotFound
from domain.permissions import Permission
from models.base import db
from models.organisation import Facility
from services import access, clock
from services.ecalcura import live_case, parameter_sets
from services.ecalcura.live_case import LiveCase
from services.ecalcura.parameter_sets import InForce

#: How many years back amounts are looked for while those of the period itself are not released yet.
_YEARS_BACK = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """One estimate: the amount with its case, and the quarters that are counted as if they were submitted."""

    case: Case
    compensation: Compensation
    as_if: frozenset[Quarter]

    @property
    def total(self) -> Decimal:
        """Euro."""
        return self.compensation.total


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a reference period would give.

    ``now``: with what is entered, the open quarters as if they were submitted. ``whole_year``: the other quarters as
    the last one that was entered. ``period_of_amounts`` is another period than ``period`` while its own parameters are
    not released. With a ``problem`` there is no amount.
    """

    facility: Facility
    period: str
    parameters: InForce | None
    period_of_amounts: str
    now: Outcome | None
    whole_year: Outcome | None
    gaps: Sequence[Gap]
    names: Mapping[str, str]
    problem: DomainError | None = None

    @property
    def settled(self) -> bool:
        """Whether no quarter can still be filled in: the estimate is what a calculation would give now."""
        return self.whole_year is self.now

    @property
    def borrowed(self) -> bool:
        """Whether the amounts are those of an earlier period."""
        return self.parameters is not None and self.period_of_amounts != self.period


def of(actor: Actor, facility_id: int, period_code: str) -> Estimate:
    """The estimate of a facility: its own clerk, or a case manager. A missing parameter is the ``problem``."""
    facility = allowed(actor, facility_id)
    quarters_of(period_code)
    try:
        parameters, period_of_amounts = amounts_for(period_code)
        live = live_case.read(facility, period_code, parameters.content.compensation)
        now, whole_year = outcomes(live)
    except NotFound:
        raise
    except DomainError as problem:
        return Estimate(facility, period_code, None, period_code, None, None, (), {}, problem)
    today = clock.today()
    gaps = estimate.gaps(now.case, live.open_quarters, live.opened, today, live.reopened)
    first = Quarter.parse(facility.entry_from)
    return Estimate(
        facility,
        period_code,
        parameters,
        period_of_amounts,
        now,
        whole_year,
        tuple(gap for gap in gaps if gap.quarter >= first),
        live.names,
    )


def allowed(actor: Actor, facility_id: int) -> Facility:
    """The facility, when the actor may see amounts of it with the names behind them; Forbidden or NotFound."""
    permission = Permission.COMPENSATION_READ if actor.side is Side.FACILITY else Permission.CALCULATIONS_READ
    access.require(actor, permission, facility_id)
    facility = db.session.get(Facility, facility_id)
    if facility is None:
        raise NotFound
    return facility


def amounts_for(period_code: str) -> tuple[InForce, str]:
    """The parameters in force, or the newest of an earlier period while there are none; NotAllowedNow without any."""
    first = int(period_code[:4])
    for year in range(first, first - _YEARS_BACK - 1, -1):
        code = f"{year}-{year + 1}"
        try:
            return parameter_sets.in_force(code), code
        except NotAllowedNow as missing:
            if year == first:
                problem = missing
    raise problem


def outcomes(live: LiveCase) -> tuple[Outcome, Outcome]:
    """With what is entered now, and when the rest of the year goes on as it was."""
    now_case = estimate.counted(live.case, tuple(live.open_quarters))
    now = Outcome(now_case, calculate(now_case), live.open_quarters)
    if not live.possible:
        return now, now
    year_case = estimate.continued(live.case, live.possible)
    return now, Outcome(year_case, calculate(year_case), live.possible)
