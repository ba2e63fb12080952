"""Explains what the replacers bring: per person, contract and quarter, and the limit by the right (7.6)."""

from __future__ import annotations

from decimal import Decimal

from domain.calendars import Quarter
from domain.dutch import euro
from domain.ecalcura.compensation_result import Replacement, WorkedQuarter
from domain.ecalcura.explained_case import Explained
from domain.ecalcura.explained_limit import limit_steps, percentage, quarter_share, sum_step
from domain.ecalcura.explained_right import certificates_step, right_step
from domain.ecalcura.explained_steps import Mark, Step, Text, Unit, address, in_order_of_name
from domain.ecalcura.explained_sums import not_counted, rounding_step, sum_of
from domain.ecalcura.explained_time import CONTRACT, fte_step
from domain.ecalcura.formulas import added, cents, figure, formula, number, plain, product, quotient, short
from domain.ecalcura.valid_days import days_between
from domain.errors import N_

_REPLACEMENT = N_("Tegemoetkoming voor vervangers")
_TOTAL = N_("{count} vervangers voor vrijgestelde uren, samen {amount}.")
_TOTAL_ONE = N_("1 vervanger voor vrijgestelde uren: {amount}.")
_NO_REPLACERS = N_("Er zijn geen contracten met uren vervanging EL.")
_RIGHT_UNUSED = N_(
    "De voorziening heeft recht op {right} voltijds equivalent vervanging, maar er zijn geen contracten met uren "
    "vervanging EL."
)
_NOTHING = N_("De vervangers brengen in deze referentieperiode niets op: bekijk hieronder waarom.")
_NO_RIGHT = N_("De voorziening heeft geen recht op vervanging, dus telt geen enkele vervanger.")
_PERSON = N_("Vervanging, samen {amount}.")
_PERSON_NONE = N_("Geen vergoede vervanging: bekijk hieronder waarom.")
_LINE = N_("{average} voltijds equivalent vervanging aan een jaarbedrag van {rate} geeft {amount}.")
_LINE_LIMITED = N_(
    "{average} voltijds equivalent vervanging aan een jaarbedrag van {rate}, afgetopt op {share} %, geeft {amount}."
)
_LINE_NONE = N_("Er is geen vervanging geteld, dus is er geen bedrag.")
_LINE_NO_RIGHT = N_("De voorziening heeft geen recht (0,000), dus is er geen bedrag.")
_RATE_TITLE = N_("Jaarbedrag (Y2)")
_RATE = N_("Voor {qualification} is het jaarbedrag van een vervanger {amount} in de parameters van {period}.")
_AVERAGE_TITLE = N_("Gemiddelde vervanging")
_AVERAGE = N_("Gemiddeld over de vier kwartalen: {outcome} voltijds equivalent vervanging.")
_AVERAGE_LIMITED = N_("Gemiddeld over de vier kwartalen, elk afgetopt op het recht: {outcome} voltijds equivalent.")
_QUARTER_TITLE = N_("Vervanging in het {quarter}")
_QUARTER = N_(
    "{replacement} van de {hours} uren van dit contract zijn vervanging: van de {fte} gepresteerde voltijdse "
    "equivalenten telt {outcome}."
)
_QUARTER_CERTIFICATES = N_(
    "Van de {replacing} voltijds equivalent vervanging telt het deel met beide certificaten: {outcome}."
)
_BEFORE_TITLE = N_("Voor de certificaten")
_NOT_TITLE = N_("{quarter}: geen vervanging")
_EXCLUDED = N_("Een contract van het type {type} geeft sinds {day} geen recht op vergoeding als vervanger.")
_NOT_RUNNING = N_("Het contract loopt niet in het {quarter}.")
_NO_HOURS = N_("Het contract heeft in het {quarter} geen uren vervanging EL.")
_OTHER = N_("In het {quarter} had dit contract een andere kwalificatie: dat is een aparte lijn.")


def replacement_step(found: Explained) -> Step:
    """Right, replacement, limit, and each replacer."""
    outcome = found.outcome
    by_person: dict[str, list[Replacement]] = {}
    for line in outcome.replacements:
        by_person.setdefault(line.person, []).append(line)
    people = tuple(_person(found, one, by_person[one]) for one in in_order_of_name(found.names, by_person))
    count = sum(1 for step in people if step.value)
    if outcome.replacement_total:
        message = _TOTAL_ONE if count == 1 else _TOTAL
    elif not outcome.replacements:
        message = _RIGHT_UNUSED if outcome.right_fte else _NO_REPLACERS
    else:
        message = _NO_RIGHT if outcome.replacement_fte and not outcome.right_fte else _NOTHING
    params = {"count": count, "amount": euro(outcome.replacement_total), "right": figure(outcome.right_fte)}
    basis: tuple[Step, ...] = ()
    if outcome.replacements or outcome.right_lines or outcome.right_fte:
        basis = (right_step(found),)
    if outcome.replacements:
        basis += (sum_step(found), *limit_steps(found))
    return Step(
        "vervangers",
        Text(_REPLACEMENT),
        Text(message, params),
        "A-32",
        outcome.replacement_total,
        Unit.EURO,
        sum_of((step.value for step in people if step.value), outcome.replacement_total),
        None if outcome.replacement_total else Mark.NOTHING,
        adds_up=bool(people),
        children=(*basis, *people),
    )


def _person(found: Explained, person: str, lines: list[Replacement]) -> Step:
    key = address("vervangers", person)
    total = sum((line.amount for line in lines), Decimal(0)).quantize(found.outcome.replacement_total)
    return Step(
        key,
        Text("{name}", {"name": found.names.person(person)}),
        Text(_PERSON if total else _PERSON_NONE, {"amount": euro(total)}),
        "A-32",
        total,
        Unit.EURO,
        sum_of((line.amount for line in lines), total),
        None if total else Mark.NOTHING,
        person,
        adds_up=True,
        children=tuple(_line(found, key, line) for line in lines),
    )


def _line(found: Explained, parent: str, line: Replacement) -> Step:
    key = address(parent, line.contract, line.qualification)
    limit = found.outcome.limit_factor
    qualification = found.names.qualification(line.qualification)
    params = {
        "average": figure(line.average_fte),
        "amount": euro(line.amount),
        "share": percentage(limit),
        "qualification": qualification,
        "period": found.case.reference_period,
        "hours": plain(_hours(found, line)),
    }
    children = [_average(found, key, line)]
    term = None
    if line.rate is None:
        sentence = _LINE_NO_RIGHT if line.average_fte else _LINE_NONE
    else:
        params["rate"] = euro(line.rate)
        sentence = _LINE if limit == 1 else _LINE_LIMITED
        rate = Text(_RATE, {**params, "amount": euro(line.rate)})
        children.append(Step(address(key, "jaarbedrag"), Text(_RATE_TITLE), rate, "A-32", line.rate, Unit.EURO))
        term = product(cents(line.rate), number(line.average_fte))
        if limit != 1:
            share = quotient(number(found.outcome.right_fte), number(found.outcome.replacement_fte))
            term = product(term, share)
    printed = None if term is None else formula(term, line.amount, sign="€ ")
    return Step(
        key,
        Text(CONTRACT, params),
        Text(sentence, params),
        "A-32",
        line.amount,
        Unit.EURO,
        printed,
        Mark.NOTHING if not line.amount else Mark.LIMITED if limit != 1 else None,
        children=(*children, *rounding_step(key, printed, line.amount)),
    )


def _hours(found: Explained, line: Replacement) -> Decimal:
    """The weekly hours of the contract, as last known."""
    known = [
        found.contracts[quarter, line.contract]
        for quarter in found.quarters
        if (quarter, line.contract) in found.contracts
    ]
    return known[-1].hours if known else Decimal(0)


def _average(found: Explained, parent: str, line: Replacement) -> Step:
    """A_j: always over four quarters (L-05)."""
    key = address(parent, "gemiddelde")
    rights = {right.quarter: right for right in found.outcome.rights}
    terms, limited = [], False
    for quarter, replaced in line.quarters.items():
        share = quarter_share(found, rights[quarter]) if replaced else None
        limited = limited or share is not None
        terms.append(number(replaced) if share is None else product(number(replaced), share))
    return Step(
        key,
        Text(_AVERAGE_TITLE),
        Text(_AVERAGE_LIMITED if limited else _AVERAGE, {"outcome": figure(line.average_fte)}),
        "A-32",
        line.average_fte,
        Unit.FTE,
        formula(quotient(added(terms), short(4)), line.average_fte),
        Mark.NOTHING if not line.average_fte else Mark.LIMITED if limited else None,
        children=tuple(_quarter(found, key, line, quarter) for quarter in line.quarters),
    )


def _quarter(found: Explained, parent: str, line: Replacement, quarter: Quarter) -> Step:
    """v: the part of the worked FTE that is replacement."""
    if not found.takes_part(quarter):
        return not_counted(found, parent, quarter, _NOT_TITLE)
    contract = found.contracts.get((quarter, line.contract))
    worked = found.worked.get((quarter, line.contract))
    if contract is None or worked is None or not days_between(*contract.period, quarter):
        return _left_out(parent, quarter, _NOT_RUNNING, "L-03")
    if contract.qualification != line.qualification:
        return _left_out(parent, quarter, _OTHER, "A-32")
    if not contract.replacement_hours:
        return _left_out(parent, quarter, _NO_HOURS, "E-073")
    if worked.excluded:
        kind = found.names.contract_type(contract.contract_type)
        since = found.parameters.excluded_replacers[contract.contract_type]
        return _left_out(parent, quarter, _EXCLUDED, "L-18", type=kind, day=since)
    return _delivered(found, address(parent, quarter), worked)


def _left_out(parent: str, quarter: Quarter, message: str, rule: str, **params: object) -> Step:
    held = {"quarter": quarter, **params}
    return Step(address(parent, quarter), Text(_NOT_TITLE, held), Text(message, held), rule, mark=Mark.LEFT_OUT)


def _delivered(found: Explained, key: str, worked: WorkedQuarter) -> Step:
    params = {
        "quarter": worked.quarter,
        "hours": plain(worked.hours),
        "replacement": plain(worked.replacement_hours),
        "fte": figure(worked.fte, found.parameters.fte_digits),
        "replacing": figure(worked.replacing),
        "outcome": figure(worked.replaced),
    }
    part = product(
        number(worked.fte, found.parameters.fte_digits), quotient(short(worked.replacement_hours), short(worked.hours))
    )
    children = [fte_step(found, address(key, "gepresteerd"), worked)]
    own = formula(part, worked.replacing)
    printed, sentence = own, _QUARTER
    if not found.all_covered(worked.quarter):
        right = next(one for one in found.outcome.rights if one.quarter == worked.quarter)
        share = quotient(short(right.covered_days), short(right.days))
        printed = formula(product(number(worked.replacing), share), worked.replaced)
        sentence = _QUARTER_CERTIFICATES
        text = Text(_QUARTER, {**params, "outcome": figure(worked.replacing)})
        before = address(key, "voor")
        children = [
            Step(before, Text(_BEFORE_TITLE), text, "A-32", worked.replacing, Unit.FTE, own, children=tuple(children)),
            certificates_step(found, key, worked.quarter),
        ]
    return Step(
        key,
        Text(_QUARTER_TITLE, params),
        Text(sentence, params),
        "A-32",
        worked.replaced,
        Unit.FTE,
        printed,
        None if worked.replaced else Mark.NOTHING,
        children=tuple(children),
    )
