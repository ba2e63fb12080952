"""What the parameter set of a calculation says about its payment: the day (A-21, E-131) and the advance."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.ecalcura.calculation_states import CalculationKind
from models.compensation import Calculation

if TYPE_CHECKING:
    from domain.ecalcura.parameter_sets import Advance, ParameterContent

_ADVANCES = {CalculationKind.ADVANCE_1: 0, CalculationKind.ADVANCE_2: 1}


def planned_on(calculation: Calculation) -> date:
    """The payment date of its kind in the parameter set."""
    which = _ADVANCES.get(calculation.kind)
    return _content(calculation).calendar.payment_on if which is None else advance_of(calculation, which).pay_on


def advance_of(calculation: Calculation, which: int) -> Advance:
    """The parameters of the first (0) or second (1) advance."""
    return _content(calculation).advances[which]


def _content(calculation: Calculation) -> ParameterContent:
    from services.ecalcura import parameter_sets

    return parameter_sets.of(calculation.parameter_set_id).content
