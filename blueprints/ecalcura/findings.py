"""What a review found, in words with a link to the row; many of one kind are folded under a title."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext

from blueprints.handling import translated
from domain.errors import N_, Finding
from services.ecalcura.lines import QuarterLine

#: More warnings of one kind than this are folded under a title.
_FOLD_FROM = 6
_TITLES = {
    "V-45": N_("Voltijdse contracten zonder alle dagen"),
    "V-46": N_("Contractlijnen zonder prestaties"),
    "V-48": N_("Meer dagen dan mogelijk in dit kwartaal"),
    "V-49": N_("Lijnen met nul dagen"),
    "V-50": N_("Meer uren dan verwacht"),
}


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """Findings of one kind; ``title`` is empty when they are few enough to be read one by one."""

    title: str
    links: Sequence[tuple[str, str]]


def finding_groups(findings: Sequence[Finding], grid_lines: Sequence[QuarterLine], page: str) -> list[FindingGroup]:
    """Findings by kind, in the order they were found; every one keeps the link to its row."""
    kinds: dict[str, list[Finding]] = {}
    for finding in findings:
        kinds.setdefault(finding.code, []).append(finding)
    return [
        FindingGroup(
            gettext(_TITLES[code]) if code in _TITLES and len(found) >= _FOLD_FROM else "",
            finding_links(found, grid_lines, page),
        )
        for code, found in kinds.items()
    ]


def finding_links(findings: Sequence[Finding], grid_lines: Sequence[QuarterLine], page: str) -> list[tuple[str, str]]:
    """Findings with a link to their row in the grid; those of the dossier itself without."""
    names = {line.reference: line.name for line in grid_lines}
    return [
        (f"{names[one.subject]}: {translated(one)}", f"{page}#l-{one.subject}")
        if one.subject in names
        else (translated(one), "")
        for one in findings
    ]
