"""Overzicht voltijds equivalenten (VTE): working time of one quarter per contract and qualification (7.3, E-145)."""

from __future__ import annotations

from collections.abc import Sequence

from domain.calendars import Quarter
from domain.ecalcura.compensation_result import WorkedQuarter
from domain.ecalcura.performances import needs_performance
from domain.ecalcura.personnel import ContractFacts
from domain.ecalcura.worked_time import worked_quarter
from domain.errors import N_
from services.ecalcura.reports.contents import Content, Member
from services.ecalcura.reports.table import (
    Body,
    Column,
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

_COLUMNS = (
    Column("national_number", N_("INSZ"), Kind.NATIONAL_NUMBER, 15, N_("Rijksregisternummer of BIS-nummer.")),
    Column("name", N_("Naam"), Kind.TEXT, 26),
    Column("qualification", N_("Kwalificatie"), Kind.TEXT, 26),
    Column("contract_type", N_("Contracttype"), Kind.TEXT, 18),
    Column(
        "hours", N_("Uren"), Kind.HOURS, 8, N_("Gemiddelde uren per week, met de uren vervanging EL erin begrepen.")
    ),
    Column("norm_days", N_("Normdagen"), Kind.COUNT, 10, N_("Maandagen tot en met vrijdagen van het hele kwartaal.")),
    Column("norm_hours", N_("Normuren"), Kind.HOURS, 10, N_("Normdagen maal 7,6 uur.")),
    Column(
        "performed",
        N_("Prestaties"),
        Kind.TEXT,
        14,
        N_("Betaalde / niet-betaalde dagen (d) voor een voltijds contract, betaalde uren (u) voor een ander."),
    ),
    Column("fte", N_("VTE"), Kind.FTE, 8, N_("Voltijds equivalent over het hele kwartaal, op drie cijfers.")),
    Column(
        "replacing",
        N_("Waarvan VTE vervanging"),
        Kind.FTE,
        11,
        N_("Het deel van de VTE dat vrijgestelde uren vervangt, vóór de attesten meetellen."),
    ),
    Column(
        "capped",
        N_("Afgetopt"),
        Kind.FLAG,
        9,
        N_("Of er meer dan een voltijdse prestatie aangegeven is: dan telt 1,000."),
    ),
)
_FTE, _REPLACING = 8, 9


def _columns(_quarters: Sequence[Quarter]) -> tuple[Column, ...]:
    return _COLUMNS


def _body(content: Content) -> Body:
    (part,) = content.quarters
    groups: dict[str, list[Line]] = {}
    for member, contract in part.rows():
        choices = part.choices.get(member.reference, ())
        if needs_performance(contract, choices, part.quarter) is None:
            continue
        entry = part.entry(contract.reference)
        worked = worked_quarter(contract, member.reference, entry, part.quarter, content.parameters)
        groups.setdefault(contract.qualification, []).append(_line(content, member, contract, worked))
    order = list(content.qualifications)
    lines: list[Line] = []
    for code in sorted(groups, key=lambda code: (order.index(code) if code in order else len(order), code)):
        held = groups[code]
        lines += held
        label = N_("Subtotaal")
        subtotal = total(LineKind.SUBTOTAL, len(_COLUMNS), label, _sums(held), group=code)
        cells = (*subtotal.cells[:2], content.qualification(code), *subtotal.cells[3:])
        lines.append(Line(LineKind.SUBTOTAL, cells, group=code))
    if groups:
        everything = [line for held in groups.values() for line in held]
        lines.append(total(LineKind.TOTAL, len(_COLUMNS), N_("Totaal"), _sums(everything)))
    return Body(lines)


def _line(content: Content, member: Member, contract: ContractFacts, worked: WorkedQuarter) -> Line:
    cells = (
        member.national_number,
        plain(member.name),
        content.qualification(contract.qualification),
        content.contract_type(contract.contract_type),
        contract.hours,
        worked.norm_days,
        worked.norm_hours,
        performed(worked.full_time, worked.entry),
        worked.fte,
        worked.replacing,
        worked.capped,
    )
    return Line(LineKind.LINE, cells, member.reference, member.folded, contract.qualification)


def _sums(lines: Sequence[Line]) -> dict[int, object]:
    return {place: added(line.cells[place] for line in lines) for place in (_FTE, _REPLACING)}


EQUIVALENTS = Definition(
    "vte",
    N_("Overzicht voltijds equivalenten (VTE)"),
    N_("De VTE van elke contractlijn waarvoor prestaties nodig zijn, met een subtotaal per kwalificatie."),
    PeriodKind.QUARTER,
    _columns,
    _body,
)
