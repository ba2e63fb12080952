"""Explains working time, FTE and months of right: the values every amount starts from (7.3, 7.4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from domain.calendars import Quarter
from domain.dutch import listed, month_and_year
from domain.ecalcura.compensation_parameters import FullTimeMethod, MonthMethod
from domain.ecalcura.compensation_result import WorkedQuarter
from domain.ecalcura.explained_case import Explained
from domain.ecalcura.explained_steps import Mark, Step, Text, Unit, address
from domain.ecalcura.formulas import (
    Term,
    added,
    at_most,
    cents,
    figure,
    formula,
    number,
    plain,
    product,
    quotient,
    short,
)
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts
from domain.ecalcura.valid_days import Days, common, count, days_between, months_of
from domain.errors import N_
from domain.exact import unit

_ZERO = Decimal(0)

CONTRACT = N_("{qualification}, {hours} uur per week")
_DAYS = N_("{paid} betaalde dagen op {declared} aangegeven dagen geeft een effectieve arbeidstijd van {outcome}.")
_DAYS_NORM = N_(
    "{paid} betaalde dagen op {declared} mogelijke werkdagen geeft een effectieve arbeidstijd van {outcome}."
)
_HOURS = N_(
    "{paid} betaalde uren op {days} werkdagen van {day_hours} uur geeft een effectieve arbeidstijd van {outcome}."
)
_HOURS_FTE = N_(
    "{paid} betaalde uren op {norm} uren van een voltijdse in het {quarter} is {outcome} voltijds equivalent."
)
_DAYS_FTE = N_(
    "{paid} betaalde dagen op {declared}, voor een contract van {days} van de {norm} werkdagen in het {quarter}, "
    "is {outcome} voltijds equivalent."
)
_MORE = N_("Er is meer aangegeven dan een voltijdse betrekking: er wordt met {outcome} gerekend.")
_EMPTY = N_("Voor dit contract zijn in het {quarter} geen prestaties ingevuld: het telt voor 0.")
_NONE_PAID_DAYS = N_("Voor dit contract zijn in het {quarter} geen betaalde dagen aangegeven: het telt voor 0.")
_NONE_PAID_HOURS = N_("Voor dit contract zijn in het {quarter} geen betaalde uren aangegeven: het telt voor 0.")
_NO_WORKDAYS = N_("Dit contract telt in het {quarter} geen enkele werkdag (maandag tot vrijdag): het telt voor 0.")

_MONTHS = N_("Maanden van recht")
_WHOLE = N_("Het recht geldt heel het {quarter}: {outcome} maanden.")
_PARTLY = N_("In het {quarter} telt {detail}: samen {outcome} maanden.")
_MONTH_DAYS = N_("{month} {held} van {length} dagen")
_BEGINS = N_("De keuze begint op {day}.")
_ENDS = N_("De keuze eindigt op {day}.")
_STARTS = N_("Het contract van {hours} uur begint op {day}.")
_STOPS = N_("Het contract van {hours} uur eindigt op {day}.")
_CERTIFIED = N_("Beide certificaten gelden samen op {covered} van de {days} dagen van het {quarter}.")
_WHOLE_ONLY = N_("Een maand telt enkel als het recht elke dag van die maand geldt.")
_WHY = N_("Waarom niet het hele kwartaal")


def contract_text(found: Explained, contract: ContractFacts) -> Text:
    """``Verpleegkundige bachelor, 38 uur per week``."""
    return Text(
        CONTRACT,
        {"qualification": found.names.qualification(contract.qualification), "hours": plain(contract.hours)},
    )


def density_term(found: Explained, line: WorkedQuarter) -> Term | None:
    """e with its numbers; None when there is nothing to divide."""
    entry, parameters = line.entry, found.parameters
    if not line.possible_days:
        return None
    if line.full_time:
        paid = entry.paid_days or _ZERO
        if not paid:
            return None
        below = _declared(found, line)
        return _capped(found, quotient(short(paid), short(below)))
    if not entry.paid_hours:
        return None
    norm = product(short(line.possible_days), short(parameters.hours_per_day))
    return _capped(found, quotient(cents(entry.paid_hours), norm))


def fte_term(found: Explained, line: WorkedQuarter) -> Term | None:
    """FTE of the whole quarter with its numbers; None when there is nothing to divide."""
    entry = line.entry
    if not line.possible_days:
        return None
    if line.full_time:
        paid = entry.paid_days or _ZERO
        if not paid:
            return None
        above, below = short(paid), short(_declared(found, line))
        term = product(quotient(above, below), quotient(short(line.possible_days), short(line.norm_days)))
        return _capped(found, term)
    if not entry.paid_hours:
        return None
    return _capped(found, quotient(cents(entry.paid_hours), number(line.norm_hours)))


def _declared(found: Explained, line: WorkedQuarter) -> Decimal:
    if found.parameters.full_time_method is FullTimeMethod.PAID_OF_NORM:
        return Decimal(line.possible_days)
    return (line.entry.paid_days or _ZERO) + (line.entry.unpaid_days or _ZERO)


def _capped(found: Explained, term: Term) -> Term:
    return at_most(found.parameters.cap, term) if term.value > found.parameters.cap else term


def density_step(found: Explained, key: str, line: WorkedQuarter) -> Step:
    """The effective working time of one contract in one quarter (E-090, A-31)."""
    return _work_step(found, key, line, density_term(found, line), line.density, whole_quarter=False)


def fte_step(found: Explained, key: str, line: WorkedQuarter) -> Step:
    """What one contract worked against a full-timer of the whole quarter (P-08, A-31)."""
    return _work_step(found, key, line, fte_term(found, line), line.fte, whole_quarter=True)


def _work_step(
    found: Explained, key: str, line: WorkedQuarter, term: Term | None, outcome: Decimal, *, whole_quarter: bool
) -> Step:
    contract = found.contracts[line.quarter, line.contract]
    outcome = outcome.quantize(unit(found.parameters.fte_digits))  # a capped one has the digits of the limit
    params = {
        "quarter": line.quarter,
        "outcome": figure(outcome),
        "days": line.possible_days,
        "norm": plain(line.norm_days) if line.full_time else plain(line.norm_hours),
        "day_hours": plain(found.parameters.hours_per_day),
    }
    rule = "E-112" if term is None else "A-31" if line.full_time else "P-08"
    children: tuple[Step, ...] = ()
    if term is None:
        sentence = Text(_nothing(line), params)
    else:
        paid = line.entry.paid_days if line.full_time else line.entry.paid_hours
        params |= {"paid": plain(paid or _ZERO), "declared": plain(_declared(found, line)) if line.full_time else ""}
        if whole_quarter:
            sentence = Text(_DAYS_FTE if line.full_time else _HOURS_FTE, params)
        elif line.full_time:
            norm = found.parameters.full_time_method is FullTimeMethod.PAID_OF_NORM
            sentence = Text(_DAYS_NORM if norm else _DAYS, params)
        else:
            sentence = Text(_HOURS, params)
        if term.text.startswith("min("):
            more = Text(_MORE, {"outcome": figure(outcome)})
            children = (Step(address(key, "grens"), Text(N_("Begrenzing")), more, "A-31", mark=Mark.LIMITED),)
    return Step(
        key,
        contract_text(found, contract),
        sentence,
        rule,
        outcome,
        Unit.FTE if whole_quarter else Unit.TIME,
        None if term is None else formula(term, outcome),
        Mark.NOTHING if not outcome else Mark.LIMITED if children else None,
        children=children,
    )


def _nothing(line: WorkedQuarter) -> str:
    if not line.possible_days:
        return _NO_WORKDAYS
    if line.entry.is_empty:
        return _EMPTY
    return _NONE_PAID_DAYS if line.full_time else _NONE_PAID_HOURS


def months_step(
    found: Explained,
    key: str,
    quarter: Quarter,
    choice: ChoiceFacts,
    contracts: Sequence[tuple[Days, ContractFacts]],
    outcome: Decimal,
    *,
    certificates: bool,
) -> Step:
    """Months of right in one quarter, and what kept them from being three (7.4, L-11)."""
    days = found.counted(quarter, choice, contracts)
    if certificates:
        days = common(days, found.covered(quarter))
    parts, terms = [], []
    whole_months = found.parameters.month_method is MonthMethod.WHOLE_MONTHS
    for first, last in months_of(quarter):
        length, held = last - first + 1, count(common(days, ((first, last),)))
        month = month_and_year(date.fromordinal(first)).split()[0]
        if held:
            parts.append(_MONTH_DAYS.format(month=month, held=held, length=length))
        if whole_months:
            terms.append(short(int(held == length)))
        elif held:
            terms.append(quotient(short(held), short(length)))
    whole = days == days_between(quarter.start, quarter.end, quarter)
    params = {"quarter": quarter, "outcome": figure(outcome), "detail": listed(parts)}
    children = () if whole else tuple(_why(found, key, quarter, choice, contracts, certificates, whole_months))
    return Step(
        key,
        Text(_MONTHS),
        Text(_WHOLE if whole else _PARTLY, params),
        "L-11" if whole_months else "7.4",
        outcome,
        Unit.MONTHS,
        None if whole or not terms else formula(added(terms), outcome),
        children=children,
    )


def _why(
    found: Explained,
    key: str,
    quarter: Quarter,
    choice: ChoiceFacts,
    contracts: Sequence[tuple[Days, ContractFacts]],
    certificates: bool,
    whole_months: bool,
) -> list[Step]:
    """What kept the right from holding on every day."""
    reasons: list[tuple[Text, str]] = []
    if choice.begins_on > quarter.start:
        reasons.append((Text(_BEGINS, {"day": choice.begins_on}), "E-083"))
    if choice.ends_on is not None and choice.ends_on < quarter.end:
        reasons.append((Text(_ENDS, {"day": choice.ends_on}), "E-084"))
    for _, one in contracts:
        hours = plain(one.hours)
        if one.starts_on > quarter.start:
            reasons.append((Text(_STARTS, {"day": one.starts_on, "hours": hours}), "L-11"))
        if one.ends_on is not None and one.ends_on < quarter.end:
            reasons.append((Text(_STOPS, {"day": one.ends_on, "hours": hours}), "L-11"))
    if certificates and not found.all_covered(quarter):
        reasons.append((certificate_text(found, quarter), "E-100"))
    if whole_months:
        reasons.append((Text(_WHOLE_ONLY), "L-11"))
    return [
        Step(address(key, "waarom", place), Text(_WHY), sentence, rule)
        for place, (sentence, rule) in enumerate(reasons, 1)
    ]


def certificate_text(found: Explained, quarter: Quarter) -> Text:
    """On how many days both certificates are valid."""
    days = (quarter.end - quarter.start).days + 1
    return Text(_CERTIFIED, {"covered": count(found.covered(quarter)), "days": days, "quarter": quarter})
