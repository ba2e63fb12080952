"""Eindeloopbaankeuzes: months and hours of right of each choice over a reference period (7.4 to 7.6, E-145)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from domain.calendars import Quarter
from domain.ecalcura.compensation_result import Compensation
from domain.ecalcura.personnel import ChoiceFacts
from domain.errors import N_
from services.ecalcura.reports.contents import Content, Member, Note, QuarterContent
from services.ecalcura.reports.table import (
    Body,
    Column,
    Definition,
    Kind,
    Line,
    LineKind,
    PeriodKind,
    added,
    plain,
    total,
)

_FIXED = (
    Column("national_number", N_("INSZ"), Kind.NATIONAL_NUMBER, 15, N_("Rijksregisternummer of BIS-nummer.")),
    Column("name", N_("Naam"), Kind.TEXT, 26),
    Column("age_category", N_("Leeftijdscategorie"), Kind.TEXT, 9),
    Column("decided_on", N_("Datum keuze"), Kind.DATE, 10),
    Column("begins_on", N_("Begin recht"), Kind.DATE, 10),
    Column("ends_on", N_("Einde recht"), Kind.DATE, 10, N_("Leeg als het recht nog loopt.")),
    Column("premium_hours", N_("Uren premie"), Kind.COUNT, 8, N_("Uren per week voor een voltijdse.")),
    Column("exemption_hours", N_("Uren vrijstelling"), Kind.COUNT, 9, N_("Uren per week voor een voltijdse.")),
    Column(
        "contract_hours",
        N_("Contracturen met recht"),
        Kind.HOURS,
        10,
        N_(
            "Uren per week van de contracten met recht eindeloopbaan, op de laatste dag waarop ze samen met de keuze "
            "lopen."
        ),
    ),
)
_MONTHS = N_("Maanden")
_HOURS = N_("Uren pro rata")
_EFFECTIVE = N_("Effectieve arbeidstijd (premie)")
_HELP = {
    "months": N_("Maanden van het kwartaal waarin de keuze en een contract met recht samen lopen, op drie cijfers."),
    "hours": N_("Vrijgestelde uren per week: uren vrijstelling maal contracturen op 38, maal de maanden op 3."),
    "effective_time": N_("Enkel voor een premie: het deel van een voltijdse werkweek dat gepresteerd is."),
}
FLOOR = N_("Minimum 13 uur toegepast")
RIGHT = N_("Recht op vervanging (VTE)")
PREMIUM_MONTHS = N_(
    "{name}, {quarter}: voor de premie tellen {months} maanden, omdat daar enkel verpleegkundige contracten en dagen "
    "met beide attesten voor tellen."
)


def _columns(quarters: Sequence[Quarter]) -> tuple[Column, ...]:
    return _FIXED + tuple(
        Column(key, label, Kind.FTE, 9, _HELP[key], quarter)
        for quarter in quarters
        for key, label in (("months", _MONTHS), ("hours", _HOURS), ("effective_time", _EFFECTIVE))
    )


def _body(content: Content) -> Body:
    outcome = content.compensation()
    rights = {(line.choice, line.quarter): line for line in outcome.right_lines}
    premiums = {(line.choice, line.quarter): line for line in outcome.premiums}
    lines, notes = [], []
    for member, choice, held in _choices(content):
        cells: list[Any] = [
            member.national_number,
            plain(member.name),
            choice.age_category,
            choice.decided_on,
            choice.begins_on,
            choice.ends_on,
            choice.premium_hours,
            choice.exemption_hours,
            _contract_hours(member, choice, held),
        ]
        for part in content.quarters:
            right, premium = (
                rights.get((choice.reference, part.quarter)),
                premiums.get((choice.reference, part.quarter)),
            )
            months = right.months if right else premium.months if premium else None
            if right and premium and right.months != premium.months:
                shown = str(premium.months).replace(".", ",")
                params = {"name": plain(member.name), "quarter": part.quarter, "months": shown}
                notes.append(Note(PREMIUM_MONTHS, params))
            cells += [months, right.hours if right else None, premium.effective_time if premium else None]
        lines.append(Line(LineKind.LINE, tuple(cells), member.reference, member.folded))
    columns = len(_FIXED) + 3 * len(content.quarters)
    if lines:
        values: dict[int, Any] = {place: added(line.cells[place] for line in lines) for place in (6, 7, 8)}
        values |= _per_quarter(content, {one.quarter: one.own_hours for one in outcome.rights})
        values[6], values[7] = int(values[6]), int(values[7])
        lines.append(total(LineKind.TOTAL, columns, N_("Totaal"), values))
    if lines or any(one.floor_applied for one in outcome.rights):
        lines += _rights(content, outcome, columns)
    return Body(lines, notes)


def _rights(content: Content, outcome: Compensation, columns: int) -> list[Line]:
    """The floor of E-092 and E-093 where it was applied, and the right in FTE that follows."""
    found = []
    floors = {one.quarter: one.hours for one in outcome.rights if one.floor_applied}
    if floors:
        found.append(total(LineKind.TOTAL, columns, FLOOR, _per_quarter(content, floors)))
    right = {one.quarter: one.fte for one in outcome.rights}
    found.append(total(LineKind.TOTAL, columns, RIGHT, _per_quarter(content, right)))
    return found


def _per_quarter(content: Content, hours: Mapping[Quarter, Decimal]) -> dict[int, Any]:
    """Values in the column *Uren pro rata* of their quarter; none for a quarter without data."""
    return {
        len(_FIXED) + 3 * place + 1: hours[part.quarter]
        for place, part in enumerate(content.quarters)
        if part.quarter in hours and part.origin.has_data
    }


def _choices(content: Content) -> list[tuple[Member, ChoiceFacts, QuarterContent]]:
    """Every choice once, as it stood in the last quarter that has it, by name."""
    found: dict[str, tuple[Member, ChoiceFacts, QuarterContent]] = {}
    for part in content.quarters:
        for who, held in part.choices.items():
            for choice in held:
                found[choice.reference] = part.members[who], choice, part
    return sorted(found.values(), key=lambda row: (row[0].folded, row[0].reference, row[1].begins_on, row[1].reference))


def _contract_hours(member: Member, choice: ChoiceFacts, part: QuarterContent) -> Decimal | None:
    """Weekly hours of the contracts with the right, on the last day on which one runs together with the choice."""
    end = part.quarter.end
    contracts = [one for one in part.contracts.get(member.reference, ()) if one.el_right]
    days = [
        last
        for one in contracts
        if (last := min(end, one.ends_on or end, choice.ends_on or end)) >= max(one.starts_on, choice.begins_on)
    ]
    if not days:
        return None
    return sum((one.hours for one in contracts if one.covers(max(days))), Decimal(0))


CHOICES = Definition(
    "keuzes",
    N_("Eindeloopbaankeuzes"),
    N_("Elke keuze met haar maanden en uren van recht per kwartaal, en het recht van de voorziening dat eruit volgt."),
    PeriodKind.REFERENCE_PERIOD,
    _columns,
    _body,
)
