"""Working time and FTE of one contract in one quarter, and what it replaces (7.3; 7.6 steps 3 and 4)."""

from __future__ import annotations

from decimal import Decimal

from domain.calendars import Quarter
from domain.ecalcura.compensation_parameters import CompensationParameters, FullTimeMethod
from domain.ecalcura.compensation_result import WorkedQuarter
from domain.ecalcura.performances import PerformanceEntry, QuarterNorm, contract_days, quarter_norm
from domain.ecalcura.personnel import ContractFacts
from domain.exact import rounded, zero

_ZERO = Decimal(0)
WHOLE_QUARTER = (1, 1)


def worked_quarter(
    contract: ContractFacts,
    person: str,
    entry: PerformanceEntry,
    quarter: Quarter,
    parameters: CompensationParameters,
    *,
    certificate: tuple[int, int] = WHOLE_QUARTER,
    norm: QuarterNorm | None = None,
) -> WorkedQuarter:
    """The line of a contract (L-08 to L-10, L-18). ``certificate``: days covered by both, and days of the quarter;
    ``norm`` is that of the quarter, for who asks for many lines of it.

    Exactly a full-time week counts in days, any other in paid hours; an empty field is 0. Nothing entered, or no
    Monday to Friday in the quarter, gives 0.
    """
    norm = norm or quarter_norm(quarter, parameters.hours_per_day)
    digits = parameters.fte_digits
    nothing = zero(digits)
    possible = contract_days(contract, norm)
    full_time = contract.hours == parameters.full_time_hours
    density = fte = nothing
    capped = False
    if full_time:
        paid = entry.paid_days or _ZERO
        declared = paid + (entry.unpaid_days or _ZERO)
        if parameters.full_time_method is FullTimeMethod.PAID_OF_NORM:
            declared = Decimal(possible)
        if paid and possible:
            density = fte = rounded(paid, declared, digits)
            if possible != norm.days:
                fte = rounded(paid * possible, declared * norm.days, digits)
    elif possible and entry.paid_hours:
        density = fte = rounded(entry.paid_hours, norm.hours, digits)
        if possible != norm.days:
            density = rounded(entry.paid_hours, possible * parameters.hours_per_day, digits)
    if density > parameters.cap or fte > parameters.cap:
        capped = True
        density, fte = min(density, parameters.cap), min(fte, parameters.cap)
    excluded_from = parameters.excluded_replacers.get(contract.contract_type)
    excluded = excluded_from is not None and quarter.start >= excluded_from
    replacing = replaced = nothing
    if fte and contract.replacement_hours > 0 and not excluded:
        replacing = rounded(fte * contract.replacement_hours, contract.hours, digits)
        covered, days = certificate
        replaced = replacing if covered == days else rounded(replacing * covered, days, digits)
    return WorkedQuarter(
        contract.reference,
        person,
        quarter,
        full_time,
        contract.hours,
        contract.replacement_hours,
        entry,
        possible,
        norm.days,
        norm.hours,
        density,
        fte,
        capped,
        replacing,
        replaced,
        excluded,
    )
