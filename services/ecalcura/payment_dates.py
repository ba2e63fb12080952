"""What the parameter set of a calculation says about the day it is paid (A-21, E-131)."""

from __future__ import annotations

from datetime import date

from domain.ecalcura.calculation_states import CalculationKind
from models.compensation import Calculation
from services.ecalcura import parameter_sets

_ADVANCES = {CalculationKind.ADVANCE_1: 0, CalculationKind.ADVANCE_2: 1}


def planned_on(calculation: Calculation) -> date:
    """The payment date of its kind in the parameter set."""
    content = parameter_sets.of(calculation.parameter_set_id).content
    which = _ADVANCES.get(calculation.kind)
    return content.calendar.payment_on if which is None else content.advances[which].pay_on
