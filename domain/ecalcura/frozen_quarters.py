"""What a closed quarter forbids on the staff screens (A-13, V-18, V-19, V-41, E-076, E-089).

Without these guards the data behind a submitted quarter would change silently.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

from domain.calendars import Quarter
from domain.dutch import long_date
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts, share_a_day
from domain.errors import N_, Finding, Severity

Line = ContractFacts | ChoiceFacts

V18 = N_("Dit contract valt (deels) in een ingediend kwartaal en kan niet gewijzigd of verwijderd worden.")
V41 = N_("Deze keuze valt (deels) in een ingediend kwartaal en kan niet gewijzigd of verwijderd worden.")
CONTRACT_TOO_EARLY = N_(
    "Dit contract valt (deels) in een ingediend kwartaal en kan zo niet toegevoegd worden. "
    "Laat het ten vroegste beginnen op {date}, of vraag op het overzicht om het kwartaal te heropenen."
)
CHOICE_TOO_EARLY = N_(
    "Deze keuze valt (deels) in een ingediend kwartaal en kan zo niet toegevoegd worden. "
    "Laat het recht ten vroegste beginnen op {date}, of vraag op het overzicht om het kwartaal te heropenen."
)


def check_change(
    old: Line | None,
    new: Line | None,
    closed_quarters: Collection[Quarter],
    *,
    audit_quarters: Collection[Quarter] = (),
    by_case_manager: bool = False,
) -> list[Finding]:
    """May a contract or a choice line be added (``old`` None), removed (``new`` None) or changed? V-18, V-41, A-13.

    ``closed_quarters`` are those of the facility that are CLOSED, BLOCKED or AUDIT; ``audit_quarters`` those in AUDIT.
    Allowed although it touches a closed quarter:
    (a) a change of the end date only, when the old and the new end lie after the last closed quarter it touches;
    (b) a case manager, when the line touches a quarter in AUDIT.
    """
    touched = [q for q in closed_quarters if _touches(old, q) or _touches(new, q)]
    if not touched or (old is not None and old == new):
        return []
    if by_case_manager and any(q in audit_quarters for q in touched):
        return []
    last_closed_day = max(touched).end
    if old is not None and new is not None and _only_later_end(old, new, last_closed_day):
        return []
    line = old if old is not None else new
    return [] if line is None else [_refused(line, is_new=old is None, last_closed_day=last_closed_day)]


def check_delete_contract(
    contract: ContractFacts,
    closed_quarters: Collection[Quarter],
    *,
    has_performance: bool,
    audit_quarters: Collection[Quarter] = (),
    by_case_manager: bool = False,
) -> list[Finding]:
    """E-076: only when it touches no submitted quarter (V-18) and nothing was registered on it (V-19)."""
    findings = check_change(
        contract, None, closed_quarters, audit_quarters=audit_quarters, by_case_manager=by_case_manager
    )
    if has_performance:
        message = N_("Dit contract kan niet verwijderd worden: er zijn al prestaties geregistreerd.")
        findings.append(Finding("V-19", Severity.BLOCKS, message, subject=contract.reference))
    return findings


def check_delete_choice(
    choice: ChoiceFacts,
    closed_quarters: Collection[Quarter],
    *,
    audit_quarters: Collection[Quarter] = (),
    by_case_manager: bool = False,
) -> list[Finding]:
    """E-089: only when it lies entirely in quarters that were not submitted (V-41)."""
    return check_change(choice, None, closed_quarters, audit_quarters=audit_quarters, by_case_manager=by_case_manager)


def _touches(line: Line | None, quarter: Quarter) -> bool:
    return line is not None and share_a_day(line.period, (quarter.start, quarter.end))


def _only_later_end(old: Line, new: Line, last_closed_day: date) -> bool:
    ends = (old.ends_on, new.ends_on)
    return _with_end(old, new.ends_on) == new and all(end is None or end > last_closed_day for end in ends)


def _with_end(line: Line, ends_on: date | None) -> Line:
    return replace(line, ends_on=ends_on)


def _refused(line: Line, *, is_new: bool, last_closed_day: date) -> Finding:
    is_contract = isinstance(line, ContractFacts)
    if is_new:
        message = CONTRACT_TOO_EARLY if is_contract else CHOICE_TOO_EARLY
    else:
        message = V18 if is_contract else V41
    code, field = ("V-18", "starts_on") if is_contract else ("V-41", "begins_on")
    first_free_day = long_date(last_closed_day + timedelta(days=1))
    return Finding(code, Severity.BLOCKS, message, field, line.reference, {"date": first_free_day})
