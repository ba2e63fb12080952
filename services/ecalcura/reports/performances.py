"""Prestaties: every contract line of one quarter with what was entered for it (E-111 to E-114, E-145)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.calendars import Quarter
from domain.ecalcura.performances import REASON_LABELS, check_line, line_of, quarter_norm
from domain.errors import N_
from services.ecalcura.reports.contents import Content
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

_COLUMNS = (
    Column("national_number", N_("INSZ"), Kind.NATIONAL_NUMBER, 15, N_("Rijksregisternummer of BIS-nummer.")),
    Column("last_name", N_("Naam"), Kind.TEXT, 20),
    Column("first_name", N_("Voornaam"), Kind.TEXT, 14),
    Column("contract_type", N_("Contracttype"), Kind.TEXT, 15),
    Column("qualification", N_("Kwalificatie"), Kind.TEXT, 22),
    Column("starts_on", N_("Start"), Kind.DATE, 10, N_("Eerste dag van het contract.")),
    Column("ends_on", N_("Einde"), Kind.DATE, 10, N_("Laatste dag van het contract; leeg als het nog loopt.")),
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
    Column(
        "reason",
        N_("Reden"),
        Kind.TEXT,
        10,
        N_("Waarom prestaties gevraagd worden: premie, vervanger of beide; leeg als ze niet nodig zijn."),
    ),
    Column("paid_days", N_("Betaalde dagen"), Kind.DAYS, 9, N_("Enkel voor een voltijds contract.")),
    Column("unpaid_days", N_("Niet-betaalde dagen"), Kind.DAYS, 9, N_("Enkel voor een voltijds contract.")),
    Column("paid_hours", N_("Betaalde uren"), Kind.HOURS, 9, N_("Enkel voor een deeltijds contract.")),
    Column(
        "possible_days",
        N_("Mogelijke werkdagen"),
        Kind.COUNT,
        10,
        N_("Maandagen tot en met vrijdagen van het contract in het kwartaal; feestdagen tellen mee."),
    ),
    Column("remark", N_("Opmerking"), Kind.TEXT, 40, N_("Wat aan de ingevulde prestaties opvalt of ontbreekt.")),
)


def _columns(_quarters: Sequence[Quarter]) -> tuple[Column, ...]:
    return _COLUMNS


def _body(content: Content) -> Body:
    (part,) = content.quarters
    norm = quarter_norm(part.quarter, part.parameters.hours_per_day)
    found = []
    for member, contract in part.rows():
        line = line_of(contract, part.choices.get(member.reference, ()), norm, part.parameters)
        if line is None:
            continue
        entry = part.entry(contract.reference)
        cells: tuple[Any, ...] = (
            member.national_number,
            plain(member.last_name),
            plain(member.first_name),
            content.contract_type(contract.contract_type),
            content.qualification(contract.qualification),
            contract.starts_on,
            contract.ends_on,
            contract.hours,
            contract.replacement_hours,
            REASON_LABELS[line.reason] if line.reason else None,
            entry.paid_days,
            entry.unpaid_days,
            entry.paid_hours,
            line.possible_days,
            " ".join(str(one) for one in check_line(line, entry, part.parameters)) or None,
        )
        found.append(Line(LineKind.LINE, cells, member.reference, member.folded, contract.qualification))
    if found:
        values = {place: added(line.cells[place] for line in found) for place in (10, 11, 12)}
        found.append(total(LineKind.TOTAL, len(_COLUMNS), N_("Totaal"), values))
    return Body(found)


PERFORMANCES = Definition(
    "prestaties",
    N_("Prestaties"),
    N_("Alle contractlijnen van het kwartaal, met de ingevulde prestaties en wat daaraan opvalt."),
    PeriodKind.QUARTER,
    _columns,
    _body,
)
