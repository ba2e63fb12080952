"""What the parameter set of a calculation says about its payment: the day (A-21, E-131) and the advance."""

from __future__ import annotations

from datetime import date

from domain.ecalcura.calculation_states import CalculationKind
from domain.ecalcura.parameter_sets import Advance
from models.compensation import Calculation
from services.ecalcura import parameter_sets

_ADVANCES = {CalculationKind.ADVANCE_1: 0, CalculationKind.ADVANCE_2: 1}


def planned_on(calculation: Calculation) -> date:
    """The payment date of its kind in the parameter set."""
    which = _ADVANCES.get(calculation.kind)
    if which is not None:
        return advance_of(calculation, which).pay_on
    return parameter_sets.of(calculation.parameter_set_id).content.calendar.payment_on


def advance_of(calculation: Calculation, which: int) -> Advance:
    """The parameters of the first (0) or second (1) advance."""
    return parameter_sets.of(calculation.parameter_set_id).content.advances[which]
