"""What a review found, in words with a link to the row; many of one kind are folded under a title."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from blueprints.handling import translated
from domain.ecalcura.unusual import TITLES
from domain.errors import N_, Finding
from services.ecalcura.lines import QuarterLine
from services.ecalcura.unusual_values import Question

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


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question about an unusual value: ``who`` is the staff member, empty for the quarter as a whole.

    ``about`` names the staff members of one question about many. ``text`` is what was typed or kept, ``error`` what is
    wrong with it.
    """

    key: str
    title: str
    who: str
    value: str
    expected: str
    text: str
    answered: bool
    required: bool
    error: str
    about: Sequence[str] = ()


def questions(
    found: Sequence[Question], grid_lines: Sequence[QuarterLine], typed: Mapping[str, str], wrong: Mapping[str, str]
) -> list[ShownQuestion]:
    """The questions of a review in words; what was typed comes back."""
    names = {line.reference: line.name for line in grid_lines}
    return [
        ShownQuestion(
            one.key,
            gettext(TITLES[one.flag.code]),
            names.get(one.flag.subject, ""),
            one.flag.value,
            one.flag.expected,
            typed.get(one.key, one.text),
            one.answered,
            one.required,
            wrong.get(one.key, ""),
            [names[reference] for reference in one.flag.about if reference in names],
        )
        for one in found
    ]


def wrong_answers(found: Sequence[Question], wrong: Mapping[str, str], *, attempted: bool) -> dict[str, str]:
    """What is wrong per question; after an attempt to submit also the required ones that were left empty."""
    if not attempted:
        return dict(wrong)
    empty = gettext("Leg in een paar woorden uit waarom deze waarde klopt, of pas ze aan.")
    return {one.key: empty for one in found if one.required and not one.answered} | dict(wrong)


def with_wrong_answers(
    links: Sequence[tuple[str, str]], shown: Sequence[ShownQuestion], anchor: str
) -> list[tuple[str, str]]:
    """The links of what blocks, where each wrong answer stands once, in the words of its field."""
    told = {f"{anchor}{one.key}": f"{one.who or one.title}: {one.error}" for one in shown if one.error}
    return [*((text, href) for href, text in told.items()), *(link for link in links if link[1] not in told)]


def finding_links(
    findings: Sequence[Finding], grid_lines: Sequence[QuarterLine], page: str, *, questions: str = ""
) -> list[tuple[str, str]]:
    """Findings with a link to their row in the grid; those of the dossier itself without.

    ``questions`` is where the field of a justification stands, for findings that ask one.
    """
    names = {line.reference: line.name for line in grid_lines}
    if questions:
        return [
            (_named(one, names), f"{questions}{one.code}:{one.subject or ''}") if one.code in TITLES else link
            for one, link in zip(findings, finding_links(findings, grid_lines, page), strict=True)
        ]
    return [
        (f"{names[one.subject]}: {translated(one)}", f"{page}#l-{one.subject}")
        if one.subject in names
        else (translated(one), "")
        for one in findings
    ]


def _named(finding: Finding, names: Mapping[str, str]) -> str:
    name = names.get(finding.subject or "")
    return f"{name}: {translated(finding)}" if name else translated(finding)
