"""Explains the right of the facility: hours of exemption per person, the floor, the certificates (7.6)."""

from __future__ import annotations

from decimal import Decimal

from domain.calendars import Quarter
from domain.ecalcura.certificates import CERTIFICATE_LABELS
from domain.ecalcura.compensation import counts_from
from domain.ecalcura.compensation_result import QuarterRight, RightLine
from domain.ecalcura.explained_case import Explained
from domain.ecalcura.explained_steps import Mark, Step, Text, Unit, address, in_order_of_name
from domain.ecalcura.explained_sums import MOST_TERMS, not_counted
from domain.ecalcura.explained_time import certificate_text, months_step
from domain.ecalcura.formulas import Term, added, figure, formula, number, plain, product, quotient, short, weighted
from domain.ecalcura.personnel import ChoiceFacts
from domain.ecalcura.valid_days import split
from domain.errors import N_

_RIGHT = N_("Recht van de voorziening")
_AVERAGE = N_(
    "Gemiddeld over de vier kwartalen heeft de voorziening recht op {outcome} voltijds equivalent vervanging."
)
_QUARTER_NONE = N_("In het {quarter} is er geen recht.")
_QUARTER = N_("{hours} uren recht per week op {full} uur is {outcome} voltijds equivalent.")
_QUARTER_CERTIFICATES = N_(
    "{hours} uren recht per week op {full} uur is {own}; voor de dagen met beide certificaten blijft {outcome} over."
)
_QUARTER_TITLE = N_("Recht in het {quarter}")
_NOT_TITLE = N_("{quarter}: geen recht")
_HOURS_TITLE = N_("Uren vrijstelling van de gerechtigden")
_HOURS = N_("De vrijstellingen in het {quarter} tellen op tot {outcome} uren per week.")
_HOURS_NONE = N_("In het {quarter} zijn er geen vrijstellingen.")
_FLOOR_TITLE = N_("Ondergrens")
_FLOOR = N_(
    "De {own} uren liggen onder de ondergrens van {floor} uur voor deze sector: er wordt met {floor} uur gerekend."
)
_FTE_TITLE = N_("In voltijds equivalent")
_CERTIFICATE_TITLE = N_("Certificaten")
_LINE = N_(
    "Een vrijstelling van {exemption} uur, bij gemiddeld {hours} contracturen op {full} en {months} van de 3 maanden, "
    "geeft {outcome} uren recht per week."
)
_CHOICE_TITLE = N_("Keuze eindeloopbaan")
_CHOICE = N_(
    "De keuze {category} die begint op {day} geeft {hours} uur vrijstelling per week bij een voltijdse betrekking."
)
_WEEK_TITLE = N_("Contracturen")
_WEEK = N_("De contracten met 'Recht eindeloopbaan' zijn samen {hours} uur per week.")
_WEEK_CAPPED = N_("De contracten met 'Recht eindeloopbaan' zijn samen meer dan {hours} uur per week: {hours} uur telt.")
_WEEK_CHANGED = N_("De contracturen wijzigen binnen het kwartaal: gemiddeld over {days} dagen {hours} uur per week.")
_LEFT_TITLE = N_("{name}: geen recht")
_NO_CONTRACT = N_("Geen enkel contract met 'Recht eindeloopbaan' loopt in het {quarter} samen met de vrijstelling.")
_HELD = N_("{certificate}: telt vanaf {day}.")
_HELD_UNTIL = N_("{certificate}: telt van {day} tot en met {end}.")
_NOT_HELD = N_("{certificate}: niet aangegeven.")


def right_step(found: Explained) -> Step:
    """R: the average of the four quarters (L-05: always divided by four)."""
    outcome = found.outcome
    term = quotient(added(number(right.fte) for right in outcome.rights), short(4))
    return Step(
        "recht",
        Text(_RIGHT),
        Text(_AVERAGE, {"outcome": figure(outcome.right_fte)}),
        "A-32",
        outcome.right_fte,
        Unit.FTE,
        formula(term, outcome.right_fte),
        None if outcome.right_fte else Mark.NOTHING,
        children=tuple(_quarter(found, right) for right in outcome.rights),
    )


def _quarter(found: Explained, right: QuarterRight) -> Step:
    quarter, parameters = right.quarter, found.parameters
    if not right.status.takes_part:
        return not_counted(found, "recht", quarter, _NOT_TITLE)
    key = address("recht", quarter)
    params = {
        "quarter": quarter,
        "hours": figure(right.hours),
        "full": plain(parameters.full_time_hours),
        "own": figure(right.own_fte),
        "outcome": figure(right.fte),
    }
    whole = right.covered_days == right.days
    in_fte = formula(quotient(number(right.hours), short(parameters.full_time_hours)), right.own_fte)
    children = [_hours(found, key, right)]
    if right.floor_applied:
        floor = {"own": figure(right.own_hours), "floor": plain(parameters.floor_hours)}
        children.append(
            Step(
                address(key, "ondergrens"),
                Text(_FLOOR_TITLE),
                Text(_FLOOR, floor),
                "E-093",
                right.hours,
                Unit.HOURS,
                mark=Mark.FLOOR,
            )
        )
    printed = in_fte
    if not whole:
        share = quotient(short(right.covered_days), short(right.days))
        printed = formula(product(number(right.own_fte), share), right.fte)
        children.append(
            Step(
                address(key, "vte"),
                Text(_FTE_TITLE),
                Text(_QUARTER, {**params, "outcome": params["own"]}),
                "A-32",
                right.own_fte,
                Unit.FTE,
                in_fte,
            )
        )
        children.append(certificates_step(found, key, quarter))
    sentence = _QUARTER_NONE if not right.hours else _QUARTER if whole else _QUARTER_CERTIFICATES
    mark = Mark.NOTHING if not right.fte else Mark.FLOOR if right.floor_applied else None
    return Step(
        key,
        Text(_QUARTER_TITLE, params),
        Text(sentence, params),
        "A-32",
        right.fte,
        Unit.FTE,
        printed,
        mark,
        children=tuple(children),
    )


def certificates_step(found: Explained, parent: str, quarter: Quarter) -> Step:
    """On how many days of a quarter both certificates are valid, and from when each counts (L-06)."""
    key = address(parent, "certificaten")
    children = []
    for kind in sorted(found.parameters.required_certificates):
        held = [one for one in found.case.certificates if one.type is kind and one.start is not None]
        texts = []
        for one in held:
            params = {
                "certificate": Text(CERTIFICATE_LABELS[kind]),
                "day": counts_from(one, found.case),
                "end": one.end or "",
            }
            texts.append(Text(_HELD_UNTIL if one.end else _HELD, params))
        if not texts:
            texts.append(Text(_NOT_HELD, {"certificate": Text(CERTIFICATE_LABELS[kind])}))
        rule = "E-102" if kind.value == "ATTEST_SOCIAAL_AKKOORD" else "E-101"
        children += [
            Step(address(key, kind.value, place), Text(CERTIFICATE_LABELS[kind]), text, rule)
            for place, text in enumerate(texts, 1)
        ]
    sentence = certificate_text(found, quarter)
    none = not found.covered(quarter)
    return Step(
        key,
        Text(_CERTIFICATE_TITLE),
        sentence,
        "E-100",
        mark=Mark.NOTHING if none else Mark.LIMITED,
        children=tuple(children),
    )


def _hours(found: Explained, parent: str, right: QuarterRight) -> Step:
    """Σ h of the quarter, by person."""
    key, quarter = address(parent, "uren"), right.quarter
    lines = [line for line in found.outcome.right_lines if line.quarter == quarter]
    given = {line.choice for line in lines}
    by_person: dict[str, list[Step]] = {}
    for line in lines:
        by_person.setdefault(line.person, []).append(_line(found, key, line))
    for person, choice in found.choosing(quarter):
        if choice.exemption_hours and choice.reference not in given:
            by_person.setdefault(person.reference, []).append(_left_out(found, key, quarter, person.reference, choice))
    children = tuple(step for person in in_order_of_name(found.names, by_person) for step in by_person[person])
    few = 1 < len(lines) <= MOST_TERMS
    in_order = [step.value for step in children if step.value is not None]
    return Step(
        key,
        Text(_HOURS_TITLE),
        Text(_HOURS if lines else _HOURS_NONE, {"quarter": quarter, "outcome": figure(right.own_hours)}),
        "E-087",
        right.own_hours,
        Unit.HOURS,
        formula(added(number(hours) for hours in in_order), right.own_hours) if few else None,
        adds_up=True,
        children=children,
    )


def _left_out(found: Explained, parent: str, quarter: Quarter, person: str, choice: ChoiceFacts) -> Step:
    params = {"quarter": quarter, "name": found.names.person(person)}
    return Step(
        address(parent, choice.reference),
        Text(_LEFT_TITLE, params),
        Text(_NO_CONTRACT, params),
        "L-11",
        mark=Mark.LEFT_OUT,
        person=person,
    )


def _line(found: Explained, parent: str, line: RightLine) -> Step:
    key = address(parent, line.choice)
    choice = found.choices[line.quarter, line.choice]
    contracts = found.with_right(line.quarter, line.person)
    week, capped = _week(found, line, choice)
    full = found.parameters.full_time_hours
    params = {
        "name": found.names.person(line.person),
        "exemption": line.exemption_hours,
        "hours": plain(line.average_hours),
        "full": plain(full),
        "months": figure(line.months),
        "outcome": figure(line.hours),
        "days": line.days,
        "category": choice.age_category,
        "day": choice.begins_on,
    }
    changed = week.text != plain(line.average_hours)
    message = _WEEK_CHANGED if changed else _WEEK_CAPPED if capped else _WEEK
    chosen = Step(
        address(key, "keuze"),
        Text(_CHOICE_TITLE),
        Text(_CHOICE, {**params, "hours": line.exemption_hours}),
        "E-087",
        Decimal(line.exemption_hours),
        Unit.HOURS,
    )
    held = Step(
        address(key, "contracturen"),
        Text(_WEEK_TITLE),
        Text(message, params),
        "L-15",
        line.average_hours,
        Unit.HOURS,
        formula(week, line.average_hours) if changed else None,
        Mark.LIMITED if capped else None,
    )
    months = months_step(
        found, address(key, "maanden"), line.quarter, choice, contracts, line.months, certificates=False
    )
    term = product(short(line.exemption_hours), quotient(week, short(full)), quotient(number(line.months), short(3)))
    return Step(
        key,
        Text("{name}", params),
        Text(_LINE, params),
        "A-32",
        line.hours,
        Unit.HOURS,
        formula(term, line.hours),
        None if line.hours else Mark.NOTHING,
        line.person,
        children=(chosen, held, months),
    )


def _week(found: Explained, line: RightLine, choice: ChoiceFacts) -> tuple[Term, bool]:
    """U with its numbers, and whether more than a full-time week was cut off (L-15)."""
    full = found.parameters.full_time_hours
    contracts = found.with_right(line.quarter, line.person)
    stretches: dict[Decimal, int] = {}
    capped = False
    for length, held in split(found.counted(line.quarter, choice, contracts), contracts):
        hours = sum((one.hours for one in held), Decimal(0))
        capped = capped or hours > full
        hours = min(full, hours).normalize()
        stretches[hours] = stretches.get(hours, 0) + length
    return weighted((length, short(hours)) for hours, length in stretches.items()), capped
