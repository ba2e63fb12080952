"""What a case manager may change on the staff screens: only in AUDIT, and the premium exception (5.4, E-063, E-091)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from domain.calendars import Quarter
from domain.ecalcura.declaration_texts import AUDIT_FIRST
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts, share_a_day
from domain.errors import N_, Finding, Severity

Line = ContractFacts | ChoiceFacts


def check_case_manager(old: Line | None, new: Line | None, audit_quarters: Collection[Quarter]) -> list[Finding]:
    """May a case manager add (``old`` None), remove (``new`` None) or change this line? E-063.

    Yes when it touches a quarter in AUDIT, before or after; also to register a premium of the past (E-091), which
    nobody else can.
    """
    lines = [line for line in (old, new) if line is not None]
    if any(share_a_day(line.period, (quarter.start, quarter.end)) for line in lines for quarter in audit_quarters):
        return []
    if isinstance(new, ChoiceFacts) and _only_exception(old, new):
        return []
    return [Finding("E-063", Severity.BLOCKS, AUDIT_FIRST)]


def _only_exception(old: Line | None, new: ChoiceFacts) -> bool:
    if old is None:
        return new.premium_exception
    return isinstance(old, ChoiceFacts) and replace(old, premium_exception=new.premium_exception) == new


def check_exception_note(old: ChoiceFacts | None, new: ChoiceFacts, note: str) -> list[Finding]:
    """E-091: granting the exception needs the reference of the message in which it was asked."""
    granted = new.premium_exception and not (old is not None and old.premium_exception)
    if not granted or note.strip():
        return []
    message = N_("Vul de verwijzing in naar het bericht waarin de uitzondering gevraagd werd.")
    return [Finding("E-091", Severity.BLOCKS, message, "exception_note", new.reference)]
