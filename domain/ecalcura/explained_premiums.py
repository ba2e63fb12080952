"""Explains the premiums: per person, per choice and quarter, and why a choice gave none (7.5, L-11 to L-13)."""

from __future__ import annotations

from decimal import Decimal

from domain.calendars import Quarter
from domain.dutch import euro
from domain.ecalcura.compensation import Person
from domain.ecalcura.compensation_result import PremiumLine, PremiumShare
from domain.ecalcura.explained_case import Explained
from domain.ecalcura.explained_steps import Mark, Step, Text, Unit, address, in_order_of_name
from domain.ecalcura.explained_sums import not_counted, rounding_step, sum_of
from domain.ecalcura.explained_time import certificate_text, density_step, months_step
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
    weighted,
)
from domain.ecalcura.personnel import ChoiceFacts
from domain.ecalcura.valid_days import common
from domain.errors import N_

_PREMIUMS = N_("Premies voor verpleegkundigen")
_TOTAL = N_("{count} medewerkers met een premie, samen {amount}.")
_TOTAL_ONE = N_("1 medewerker met een premie: {amount}.")
_NONE = N_("Geen enkele keuze met premie-uren geeft in deze referentieperiode een premie.")
_PERSON = N_("Premie in {count} kwartalen, samen {amount}.")
_PERSON_ONE = N_("Premie in 1 kwartaal: {amount}.")
_PERSON_NONE = N_("Geen premie: bekijk hieronder waarom.")
_LINE_TITLE = N_("{quarter}: premie van {hours} uur")
_LINE = N_(
    "{hours} uur premie op {full} uur, met een effectieve arbeidstijd van {time} gedurende {months} van de 12 maanden, "
    "geeft {amount}."
)
_LINE_ZERO = N_("De effectieve arbeidstijd is 0, dus is er geen premie.")
_RATE_TITLE = N_("Jaarbedrag (Y1)")
_RATE = N_("Voor {qualification} is het jaarbedrag van de premie {amount} in de parameters van {period}.")
_CHOICE_TITLE = N_("Keuze eindeloopbaan")
_CHOICE = N_("De keuze {category} die begint op {day} geeft {hours} uur premie per week bij een voltijdse betrekking.")
_EXCEPTION = N_(
    "De keuze {category} die begint op {day} geeft {hours} uur premie per week, als uitzondering toegestaan door het "
    "departement."
)
_TIME_TITLE = N_("Effectieve arbeidstijd")
_TIME_SUM = N_("Contracten die samen lopen tellen op: {time}.")
_TIME_SCALED = N_("Samen komen de contracten boven een voltijdse betrekking: er wordt met 1 gerekend.")
_TIME_AVERAGE = N_(
    "Het gemiddelde over de {days} dagen van het recht, waarop niet steeds dezelfde contracten lopen: {time}."
)
_LEFT_TITLE = N_("{quarter}: geen premie")
_NO_CONTRACT = N_("Geen enkel contract met 'Recht eindeloopbaan' loopt in het {quarter} samen met de keuze.")
_NO_NURSE = N_(
    "Enkel verpleegkundigen hebben recht op een premie; het contract is van een {qualification} en er is geen "
    "uitzondering."
)
_NO_CERTIFICATE = N_("Op geen enkele dag van de keuze in het {quarter} gelden beide certificaten.")
_NO_WHOLE_MONTH = N_("Geen enkele maand van het {quarter} telt volledig.")


def premiums_step(found: Explained) -> Step:
    """All premiums, by person."""
    outcome = found.outcome
    lines: dict[str, list[PremiumLine]] = {}
    for line in outcome.premiums:
        lines.setdefault(line.person, []).append(line)
    missing = _missing(found)
    people = in_order_of_name(found.names, [*lines, *(person for person, _ in missing)])
    steps = tuple(_person(found, one, lines.get(one, []), missing) for one in people)
    count = sum(1 for step in steps if step.value)
    message = {0: _NONE, 1: _TOTAL_ONE}.get(count, _TOTAL)
    return Step(
        "premies",
        Text(_PREMIUMS),
        Text(message, {"count": count, "amount": euro(outcome.premium_total)}),
        "E-086",
        outcome.premium_total,
        Unit.EURO,
        sum_of((step.value for step in steps if step.value), outcome.premium_total),
        None if outcome.premium_total else Mark.NOTHING,
        adds_up=bool(steps),
        children=steps,
    )


Missing = dict[tuple[str, Quarter], list[tuple[ChoiceFacts, Person]]]


def _missing(found: Explained) -> Missing:
    """The choices with premium hours that gave no line, by person and quarter."""
    given = {(line.choice, line.quarter) for line in found.outcome.premiums}
    missing: Missing = {}
    for quarter in found.quarters:
        for person, choice in found.choosing(quarter):
            if choice.premium_hours and (choice.reference, quarter) not in given:
                missing.setdefault((person.reference, quarter), []).append((choice, person))
    return missing


def _person(found: Explained, person: str, lines: list[PremiumLine], missing: Missing) -> Step:
    key = address("premies", person)
    total = sum((line.amount for line in lines), Decimal(0)).quantize(found.outcome.premium_total)
    children: list[Step] = []
    for quarter in found.quarters:
        children += [_line(found, key, line) for line in lines if line.quarter == quarter]
        if not found.takes_part(quarter):
            children.append(not_counted(found, key, quarter, _LEFT_TITLE))
            continue
        for choice, _ in missing.get((person, quarter), ()):
            children.append(_left_out(found, key, quarter, person, choice))
    count = len({line.quarter for line in lines if line.amount})
    sentence = {0: _PERSON_NONE, 1: _PERSON_ONE}.get(count, _PERSON)
    return Step(
        key,
        Text("{name}", {"name": found.names.person(person)}),
        Text(sentence, {"count": count, "amount": euro(total)}),
        "E-086",
        total,
        Unit.EURO,
        sum_of((line.amount for line in lines), total),
        None if total else Mark.NOTHING,
        person,
        adds_up=True,
        children=tuple(children),
    )


def _left_out(found: Explained, key: str, quarter: Quarter, person: str, choice: ChoiceFacts) -> Step:
    """Why a choice gives no premium in a quarter that takes part."""
    params: dict[str, object] = {"quarter": quarter}
    every = found.with_right(quarter, person)
    days = found.counted(quarter, choice, every)
    fitting = found.counted(quarter, choice, found.fitting(quarter, person, choice))
    if not days:
        message, rule = _NO_CONTRACT, "L-12"
    elif not fitting:
        message, rule = _NO_NURSE, "E-090"
        params["qualification"] = found.names.qualification(every[0][1].qualification)
    elif not common(fitting, found.covered(quarter)):
        message, rule = _NO_CERTIFICATE, "E-100"
    else:
        message, rule = _NO_WHOLE_MONTH, "L-11"
    step = address(key, choice.reference, quarter)
    children: tuple[Step, ...] = ()
    if message is _NO_CERTIFICATE:
        title = Text(N_("Certificaten"))
        children = (Step(address(step, "certificaten"), title, certificate_text(found, quarter), "E-100"),)
    return Step(step, Text(_LEFT_TITLE, params), Text(message, params), rule, mark=Mark.LEFT_OUT, children=children)


def _line(found: Explained, parent: str, line: PremiumLine) -> Step:
    key = address(parent, line.choice, line.quarter)
    choice = found.choices[line.quarter, line.choice]
    full = found.parameters.full_time_hours
    term = _amount_term(line, full, found.parameters.fte_digits)
    printed = None if term is None else formula(term, line.amount, sign="€ ")
    params = {
        "quarter": line.quarter,
        "hours": line.premium_hours,
        "full": plain(full),
        "time": figure(line.effective_time),
        "months": figure(line.months),
        "amount": euro(line.amount),
    }
    contracts = found.fitting(line.quarter, line.person, choice)
    children = [
        *(_rate(found, key, code, rate) for code, rate in line.rates.items()),
        _choice(key, choice),
        *_time(found, key, line),
        months_step(found, address(key, "maanden"), line.quarter, choice, contracts, line.months, certificates=True),
        *rounding_step(key, printed, line.amount),
    ]
    return Step(
        key,
        Text(_LINE_TITLE, params),
        Text(_LINE if line.amount else _LINE_ZERO, params),
        "A-30",
        line.amount,
        Unit.EURO,
        printed,
        None if line.amount else Mark.NOTHING,
        children=tuple(children),
    )


def _rate(found: Explained, key: str, code: str, rate: Decimal) -> Step:
    params = {
        "qualification": found.names.qualification(code),
        "amount": euro(rate),
        "period": found.case.reference_period,
    }
    return Step(address(key, "jaarbedrag", code), Text(_RATE_TITLE), Text(_RATE, params), "A-30", rate, Unit.EURO)


def _choice(key: str, choice: ChoiceFacts) -> Step:
    params = {
        "category": choice.age_category,
        "day": choice.begins_on,
        "hours": choice.premium_hours or 0,
    }
    exception = choice.premium_exception
    return Step(
        address(key, "keuze"),
        Text(_CHOICE_TITLE),
        Text(_EXCEPTION if exception else _CHOICE, params),
        "E-091" if exception else "E-086",
        Decimal(choice.premium_hours or 0),
        Unit.HOURS,
    )


def _time(found: Explained, key: str, line: PremiumLine) -> list[Step]:
    """The effective working time: that of the one contract, or how those of several come together."""
    contracts = dict.fromkeys(reference for share in line.shares for reference, _, _ in share.contracts)
    inside = address(key, "arbeidstijd")
    steps = [
        density_step(found, address(inside, reference), found.worked[line.quarter, reference])
        for reference in contracts
    ]
    if len(steps) == 1 and len(line.shares) == 1:
        return steps
    average = len(line.shares) > 1
    scaled = any(share.scaled for share in line.shares)
    days, digits = sum(share.days for share in line.shares), found.parameters.fte_digits
    return [
        Step(
            inside,
            Text(_TIME_TITLE),
            Text(
                _TIME_AVERAGE if average else _TIME_SCALED if scaled else _TIME_SUM,
                {"days": days, "time": figure(line.effective_time)},
            ),
            "7.5",
            line.effective_time,
            Unit.TIME,
            formula(weighted((share.days, _density(share, digits)) for share in line.shares), line.effective_time),
            Mark.LIMITED if scaled else None,
            children=tuple(steps),
        )
    ]


def _density(share: PremiumShare, digits: int) -> Term:
    """Σ e of the contracts of these days, at most 1."""
    held = [number(e, digits) for _, _, e in share.contracts if e] or [number(Decimal(0), digits)]
    return at_most(1, added(held)) if share.scaled else added(held)


def _amount_term(line: PremiumLine, full_time: Decimal, digits: int) -> Term | None:
    """Y1 × X/38 × E × B/12; with more than one Y1 each is averaged with its own e."""
    if not line.rates:
        return None
    week = quotient(short(line.premium_hours), short(full_time))
    year = quotient(number(line.months), short(12))
    if len(line.rates) == 1:
        (rate,) = line.rates.values()
        return product(
            cents(rate), week, weighted((share.days, _density(share, digits)) for share in line.shares), year
        )
    return product(weighted((share.days, _paid(share, line, digits)) for share in line.shares), week, year)


def _paid(share: PremiumShare, line: PremiumLine, digits: int) -> Term:
    held = [product(cents(line.rates[code]), number(e, digits)) for _, code, e in share.contracts if e]
    if not held:
        return number(0)
    return (
        quotient(added(held), added(number(e, digits) for _, _, e in share.contracts if e))
        if share.scaled
        else added(held)
    )
