"""Is a quarter fit to submit? All that is outstanding, for the confirmation and for the service (E-117 to E-119)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.ecalcura.campaign import Situation
from domain.ecalcura.declaration import ActorKind, DossierFacts, Event, refusal
from domain.ecalcura.performances import PerformanceEntry, Reason
from domain.errors import N_, Finding, Severity

V60 = N_("U kunt pas indienen als er een standaard bankrekeningnummer is ingevuld.")
V61 = N_("U kunt pas indienen als er minstens één contactpersoon aan het thema eCalcura is toegewezen.")
CONTRADICTION = N_(
    "U duidde 'Niets aan te geven' aan, maar er zijn prestaties ingevuld. "
    "Haal de aanduiding weg of maak de prestaties leeg."
)
CONFIRMED_BUT_NEEDED = N_(
    "U bevestigt dat er niets aan te geven is. Voor {count} contractlijnen worden prestaties verwacht; "
    "daarvoor wordt niets berekend."
)
NOTHING_NEEDED = N_(
    "Geen enkele contractlijn vraagt prestaties in dit kwartaal. U kunt indienen zonder prestaties in te vullen."
)


class Content(StrEnum):
    """What a quarter holds. Declaring nothing is a statement; missing is not."""

    NOTHING_NEEDED = "NOTHING_NEEDED"
    """No line needs performances."""
    NOTHING_DECLARED = "NOTHING_DECLARED"
    """The facility confirmed that there is nothing to declare."""
    MISSING = "MISSING"
    """Lines need performances and have none, or not all."""
    COMPLETE = "COMPLETE"


CONTENT_LABELS: dict[Content, str] = {
    Content.NOTHING_NEEDED: N_("Geen prestaties nodig"),
    Content.NOTHING_DECLARED: N_("Niets aan te geven"),
    Content.MISSING: N_("Onvolledig"),
    Content.COMPLETE: N_("Volledig"),
}

_MISSING_CODES = frozenset({"V-45", "V-46"})


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A line of the quarter with its entry and what ``performances.check_line`` found."""

    reference: str
    reason: Reason | None
    entry: PerformanceEntry | None
    findings: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """The outcome: ``blocking`` stops submitting, ``warnings`` are shown in the confirmation, ``information`` aside."""

    content: Content
    blocking: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    information: tuple[Finding, ...]

    @property
    def can_submit(self) -> bool:
        """Nothing stands in the way; warnings do not."""
        return not self.blocking

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of it, the heaviest first."""
        return self.blocking + self.warnings + self.information


def review(
    facts: DossierFacts,
    lines: Iterable[ReviewLine],
    situation: Situation,
    *,
    has_default_account: bool,
    contact_count: int,
    certificate_finding: Finding | None = None,
    nothing_to_declare: bool = False,
    unusual: Iterable[Finding] = (),
) -> Review:
    """Look at a quarter as the facility that wants to submit it (V-45 to V-51 of its lines, V-60 to V-66).

    The three conditions of E-118: the dossier was opened (or the refusal of SUBMIT says why not), a standard account,
    and a contact person for the theme. ``certificate_finding`` comes from ``certificates.coverage_finding`` (V-66).
    ``nothing_to_declare`` is the explicit statement of the facility; ``unusual`` are values that ask for a
    justification and have none (``domain.ecalcura.unusual``).
    """
    lines = list(lines)
    findings: list[Finding] = []
    refused = refusal(facts, Event.SUBMIT, ActorKind.FACILITY, situation)
    if refused is not None:
        code = refused.code or "T-03"
        findings.append(Finding(code, Severity.BLOCKS_SUBMIT, refused.message, params=refused.params))
    if not has_default_account:
        findings.append(Finding("V-60", Severity.BLOCKS_SUBMIT, V60))
    if contact_count < 1:
        findings.append(Finding("V-61", Severity.BLOCKS_SUBMIT, V61))
    content = content_of(lines, nothing_to_declare=nothing_to_declare)
    findings += _check_content(lines, content)
    if certificate_finding is not None:
        findings.append(certificate_finding)
    findings += unusual
    return Review(
        content,
        tuple(f for f in findings if f.severity in (Severity.BLOCKS, Severity.BLOCKS_SUBMIT)),
        tuple(f for f in findings if f.severity is Severity.WARNING),
        tuple(f for f in findings if f.severity is Severity.INFORMATION),
    )


def content_of(lines: Iterable[ReviewLine], *, nothing_to_declare: bool) -> Content:
    """Nothing needed, nothing declared, missing or complete; the facility's own statement comes first."""
    if nothing_to_declare:
        return Content.NOTHING_DECLARED
    needed = [line for line in lines if line.reason is not None]
    if not needed:
        return Content.NOTHING_NEEDED
    return (
        Content.MISSING
        if any(is_missing(line.reason, line.entry, line.findings) for line in needed)
        else Content.COMPLETE
    )


def is_missing(reason: Reason | None, entry: PerformanceEntry | None, findings: Sequence[Finding]) -> bool:
    """Performances are expected on a line and not, or not all, there (E-114)."""
    if reason is None:
        return False
    empty = entry is None or entry.is_empty
    return empty or any(finding.code in _MISSING_CODES for finding in findings)


def _check_content(lines: Sequence[ReviewLine], content: Content) -> list[Finding]:
    found = [finding for line in lines for finding in line.findings]
    if content is Content.NOTHING_NEEDED:
        return [*found, Finding("E-024", Severity.INFORMATION, NOTHING_NEEDED)]
    if content is not Content.NOTHING_DECLARED:
        return found
    if any(line.entry is not None and line.entry.has_amount for line in lines):
        return [*found, Finding("E-129", Severity.BLOCKS_SUBMIT, CONTRADICTION, "nothing_to_declare")]
    # one sentence instead of a warning per empty line
    found = [finding for finding in found if finding.code not in _MISSING_CODES]
    expected = sum(1 for line in lines if line.reason is not None)
    if expected:
        params = {"count": expected}
        found.append(Finding("E-129", Severity.WARNING, CONFIRMED_BUT_NEEDED, "nothing_to_declare", params=params))
    return found
