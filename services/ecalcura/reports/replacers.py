"""Eindeloopbaanvervangers: what each replacer brings over a reference period, beside the right (7.6, E-080, E-145)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from domain.calendars import Quarter
from domain.dutch import number
from domain.ecalcura.compensation_parameters import LimitLevel
from domain.ecalcura.compensation_result import Compensation, QuarterRight, Replacement, WorkedQuarter
from domain.ecalcura.coverage import coverage
from domain.ecalcura.personnel import ContractFacts
from domain.errors import N_
from domain.exact import rounded
from services.ecalcura.reports.contents import Content, Member, Note
from services.ecalcura.reports.table import (
    Body,
    Column,
    Coverage,
    Definition,
    Kind,
    Line,
    LineKind,
    PeriodKind,
    added,
    performed,
    plain,
    total,
)

_FIXED = (
    Column("national_number", N_("INSZ"), Kind.NATIONAL_NUMBER, 15, N_("Rijksregisternummer of BIS-nummer.")),
    Column("name", N_("Naam"), Kind.TEXT, 26),
    Column("qualification", N_("Kwalificatie"), Kind.TEXT, 22),
    Column("contract_type", N_("Contracttype"), Kind.TEXT, 15),
    Column("starts_on", N_("Contract van"), Kind.DATE, 10),
    Column("ends_on", N_("Contract tot"), Kind.DATE, 10, N_("Laatste dag; leeg als het contract nog loopt.")),
    Column(
        "hours", N_("Uren"), Kind.HOURS, 7, N_("Gemiddelde uren per week, met de uren vervanging EL erin begrepen.")
    ),
    Column(
        "replacement_hours",
        N_("Uren vervanging EL"),
        Kind.HOURS,
        10,
        N_("Uren per week die vrijgestelde uren vervangen."),
    ),
)
_PER_QUARTER = (
    (
        "performed",
        N_("Prestaties"),
        Kind.TEXT,
        N_("Betaalde / niet-betaalde dagen (d) voor een voltijds contract, betaalde uren (u) voor een ander."),
    ),
    ("fte", N_("VTE"), Kind.FTE, N_("Voltijds equivalent over het hele kwartaal, op drie cijfers.")),
    (
        "replaced",
        N_("VTE vervanging"),
        Kind.FTE,
        N_("Het deel van de VTE dat vrijgestelde uren vervangt, voor de dagen waarop beide attesten gelden."),
    ),
)
_AVERAGE = Column(
    "average", N_("Gemiddelde"), Kind.FTE, 10, N_("Som van de VTE vervanging van de vier kwartalen, gedeeld door 4.")
)

RIGHT = N_("Recht (R)")
COVERED = N_("Dekking % (ter informatie)")
INFORMATION = N_(
    "De dekking is enkel informatie: het loket controleert niet of alle vrijgestelde uren vervangen worden (E-080)."
)
PARTLY_COVERED = N_(
    "{quarter}: de twee attesten gelden samen op {covered} van de {days} dagen; recht en vervanging tellen naar "
    "verhouding."
)
CHANGED = N_("{name}: het contract is in de loop van de periode gewijzigd; de kolommen tonen het zoals in {quarter}.")
NO_RIGHT_TO_REPLACE = N_("{name}: een vervanger met contracttype {type} telt niet mee (artikel 4 van het besluit).")
LIMITED_PER_QUARTER = N_("De parameters toppen af per kwartaal: het gemiddelde is dat na de aftopping.")


def _columns(quarters: Sequence[Quarter]) -> tuple[Column, ...]:
    return (
        *_FIXED,
        *(
            Column(key, label, kind, 11 if kind is Kind.TEXT else 9, meaning, quarter)
            for quarter in quarters
            for key, label, kind, meaning in _PER_QUARTER
        ),
        _AVERAGE,
    )


def _body(content: Content) -> Body:
    outcome = content.compensation()
    replacing = _replacing(content)
    worked = {
        (line.contract, replacing.get((line.contract, line.quarter)), line.quarter): line for line in outcome.worked
    }
    contracts, changed = _contracts(content)
    excluded = {line.contract for line in outcome.worked if line.excluded}
    lines, notes = [], []
    for one in outcome.replacements:
        member, contract, latest = contracts[one.contract, one.qualification]
        lines.append(_line(content, member, contract, one, worked))
        if (one.contract, one.qualification) in changed:
            notes.append(Note(CHANGED, {"name": plain(member.name), "quarter": latest}))
        if one.contract in excluded:
            kind = content.contract_type(contract.contract_type)
            notes.append(Note(NO_RIGHT_TO_REPLACE, {"name": plain(member.name), "type": kind}))
    lines.sort(key=lambda line: (line.name, line.person or "", line.cells[4], line.group))
    if lines or outcome.right_fte:
        lines += _totals(content, outcome, lines)
        notes += _about_all(content, outcome)
    return Body(lines, notes, _coverage(content, outcome) if lines else ())


def _line(
    content: Content,
    member: Member,
    contract: ContractFacts,
    found: Replacement,
    worked: Mapping[tuple[str, str | None, Quarter], WorkedQuarter],
) -> Line:
    cells: list[Any] = [
        member.national_number,
        plain(member.name),
        content.qualification(found.qualification),
        content.contract_type(contract.contract_type),
        contract.starts_on,
        contract.ends_on,
        contract.hours,
        contract.replacement_hours,
    ]
    for part in content.quarters:
        line = worked.get((found.contract, found.qualification, part.quarter))
        if line is None:
            cells += [None, None, None]
        else:
            cells += [performed(line.full_time, line.entry), line.fte, found.quarters[part.quarter]]
    cells.append(found.average_fte)
    return Line(LineKind.LINE, tuple(cells), member.reference, member.folded, found.qualification)


def _replacing(content: Content) -> dict[tuple[str, Quarter], str]:
    """The qualification of each contract in each quarter: with another one it is another line (7.6)."""
    return {
        (one.reference, part.quarter): one.qualification
        for part in content.quarters
        for held in part.contracts.values()
        for one in held
    }


def _contracts(
    content: Content,
) -> tuple[dict[tuple[str, str], tuple[Member, ContractFacts, Quarter]], set[tuple[str, str]]]:
    """Each replacing contract as it stood in the last quarter that has it, and those that differed before."""
    found: dict[tuple[str, str], tuple[Member, ContractFacts, Quarter]] = {}
    changed = set()
    for part in content.quarters:
        for who, held in part.contracts.items():
            for one in held:
                if one.replacement_hours <= 0:
                    continue
                key = one.reference, one.qualification
                before = found.get(key)
                if before and _weekly(before[1]) != _weekly(one):
                    changed.add(key)
                found[key] = part.members[who], one, part.quarter
    return found, changed


def _weekly(contract: ContractFacts) -> tuple[Decimal, Decimal, str]:
    return contract.hours, contract.replacement_hours, contract.contract_type


def _totals(content: Content, outcome: Compensation, lines: Sequence[Line]) -> list[Line]:
    columns = len(_FIXED) + 3 * len(content.quarters) + 1
    rights = {one.quarter: one for one in outcome.rights}

    def row(label: str, value: Callable[[QuarterRight], Decimal | None], average: Decimal | None) -> Line:
        values: dict[int, Any] = {columns - 1: average}
        for place, part in enumerate(content.quarters):
            if part.origin.has_data:
                values[len(_FIXED) + 3 * place + 2] = value(rights[part.quarter])
        return total(LineKind.TOTAL, columns, label, values)

    sums = row(N_("Totaal"), lambda one: one.replaced, outcome.replacement_fte)
    cells = list(sums.cells)
    for place, part in enumerate(content.quarters):
        if part.origin.has_data:
            fte = len(_FIXED) + 3 * place + 1
            cells[fte] = added(line.cells[fte] for line in lines)
    cells[7] = added(line.cells[7] for line in lines)
    covered = row(
        COVERED, lambda one: coverage(one.replaced, one.fte), coverage(outcome.replacement_fte, outcome.right_fte)
    )
    return [
        replace(sums, cells=tuple(cells)),
        row(RIGHT, lambda one: one.fte, outcome.right_fte),
        replace(covered, percent=True),
    ]


def _about_all(content: Content, outcome: Compensation) -> list[Note]:
    notes = [Note(INFORMATION)]
    if content.parameters.limit_level is LimitLevel.QUARTER:
        notes.append(Note(LIMITED_PER_QUARTER))
    with_data = {part.quarter for part in content.quarters if part.origin.has_data}
    notes += [
        Note(PARTLY_COVERED, {"quarter": one.quarter, "covered": number(one.covered_days), "days": number(one.days)})
        for one in outcome.rights
        if one.quarter in with_data and one.covered_days < one.days
    ]
    return notes


def _coverage(content: Content, outcome: Compensation) -> list[Coverage]:
    rights = {one.quarter: one for one in outcome.rights}
    nothing = rounded(0, 1, content.parameters.fte_digits)
    found = []
    for part in content.quarters:
        one = rights[part.quarter]
        right, replaced = (one.fte, one.replaced) if part.origin.has_data else (nothing, nothing)
        found.append(Coverage(part, right, replaced, coverage(replaced, right)))
    return found


REPLACERS = Definition(
    "vervangers",
    N_("Eindeloopbaanvervangers"),
    N_("Wat elke vervanger per kwartaal bijdraagt, naast het recht van de voorziening op vervanging."),
    PeriodKind.REFERENCE_PERIOD,
    _columns,
    _body,
)
