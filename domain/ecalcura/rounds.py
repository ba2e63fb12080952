"""When a calculation may be made for a facility, and what somebody who checks a round must know (5.1, E-127, E-128).

The same rule is asked when a round starts and again when it is released: in between a quarter may have been reopened.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from domain.calendars import Quarter, local_date
from domain.dutch import long_date
from domain.ecalcura.calculation_states import CalculationKind, RoundState
from domain.ecalcura.campaign import PeriodCalendar
from domain.ecalcura.compensation_result import Compensation, QuarterStatus
from domain.errors import N_, DomainError, NotAllowedNow

#: A round in one of these states still becomes something: there is one of a kind for a period.
UNFINISHED = frozenset({RoundState.QUEUED, RoundState.CALCULATING, RoundState.READY})
RUNNING = frozenset({RoundState.QUEUED, RoundState.CALCULATING})

ADVANCES = frozenset({CalculationKind.ADVANCE_1, CalculationKind.ADVANCE_2})
#: What follows a definitive calculation, always with a reason (E-151).
AFTERWARDS = frozenset({CalculationKind.RECALCULATION, CalculationKind.CORRECTION})

BEFORE_BLOCKING = N_("De voorlopige berekening kan vanaf {day}: dan zijn de openstaande kwartalen geblokkeerd.")
STILL_OPEN = N_("{quarters}: nog open. Sluit het kwartaal af of voer de campagne uit, en bereken daarna.")
IS_DEFINITIVE = N_("De definitieve berekening is al gecommuniceerd. Kies een herberekening of een correctie.")
NO_PROVISIONAL = N_("Er is nog geen voorlopige berekening gecommuniceerd.")
IN_WINDOW = N_("De correctietermijn loopt tot en met {day}. De definitieve berekening kan vanaf {next_day}.")
NOT_DEFINITIVE = N_("Er is nog geen definitieve berekening. Een herberekening of correctie komt daarna.")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a facility stands in a reference period: P, D, and the quarters that are open."""

    provisional_on: date | None = None
    definitive_on: date | None = None
    open_quarters: tuple[Quarter, ...] = ()


def refusal(kind: CalculationKind, standing: Standing, calendar: PeriodCalendar, now: datetime) -> DomainError | None:
    """Why this kind of calculation cannot be made for the facility now, or None.

    A definitive one waits for the end of the correction window, and nothing is calculated over an open quarter: after
    the definitive calculation it could never be closed again (T-13).
    """
    if kind in ADVANCES:
        return None
    if kind in AFTERWARDS:
        if standing.definitive_on is None:
            return NotAllowedNow(NOT_DEFINITIVE, code="E-151")
    elif standing.definitive_on is not None:
        return NotAllowedNow(IS_DEFINITIVE, code="E-151")
    elif kind is CalculationKind.PROVISIONAL:
        if now < calendar.blocking_at:
            return NotAllowedNow(BEFORE_BLOCKING, code="E-123", day=long_date(calendar.blocking_on))
    elif standing.provisional_on is None:
        return NotAllowedNow(NO_PROVISIONAL, code="E-128")
    else:
        _, last = calendar.correction_window(standing.provisional_on)
        earliest = calendar.definitive_earliest(standing.provisional_on)
        if local_date(now) < earliest:
            return NotAllowedNow(IN_WINDOW, code="E-128", day=long_date(last), next_day=long_date(earliest))
    if standing.open_quarters:
        return NotAllowedNow(STILL_OPEN, code="T-13", quarters=", ".join(map(str, standing.open_quarters)))
    return None


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to look at before releasing: rule A-37 (in audit), E-129 (does not count) or E-101 (certificate)."""

    rule: str
    quarter: Quarter


REMARK_LABELS: dict[str, str] = {
    "A-37": N_("{quarter} in audit"),
    "E-129": N_("{quarter} telt niet mee"),
    "E-101": N_("{quarter} zonder volledig certificaat"),
}


def remarks_of(outcome: Compensation) -> list[Remark]:
    """What stands out in a calculation, quarter by quarter."""
    return list(_remarks(outcome))


def _remarks(outcome: Compensation) -> Iterable[Remark]:
    for right in outcome.rights:
        if right.status is QuarterStatus.AUDIT:
            yield Remark("A-37", right.quarter)
        elif not right.status.takes_part:
            yield Remark("E-129", right.quarter)
        if right.covered_days < right.days:
            yield Remark("E-101", right.quarter)


KIND_HELP: dict[CalculationKind, str] = {
    CalculationKind.ADVANCE_1: N_("Een deel van het laatste definitieve bedrag, volgens de parameters."),
    CalculationKind.ADVANCE_2: N_("Een deel van het laatste definitieve bedrag, volgens de parameters."),
    CalculationKind.PROVISIONAL: N_(
        "Kan vanaf de blokkering. Bij de vrijgave begint de correctietermijn. Er wordt niets betaald."
    ),
    CalculationKind.DEFINITIVE: N_(
        "Kan na de correctietermijn van elke voorziening. Bij de vrijgave wordt de eindafrekening geboekt."
    ),
    CalculationKind.RECALCULATION: N_(
        "Na de definitieve berekening, als er andere gegevens of certificaten zijn. Met een reden."
    ),
    CalculationKind.CORRECTION: N_("Na de definitieve berekening, om een fout recht te zetten. Met een reden."),
}
