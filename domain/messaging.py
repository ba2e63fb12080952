"""Messages between an organisation and the other party, in both themes: what one may hold, and where it stands.

A message never changes after it was sent. Reading is an event that is shown and starts nothing (C-050, C-051).
"""

from __future__ import annotations

from enum import StrEnum

from domain.errors import N_, Finding, Severity

MAX_SUBJECT, MAX_BODY = 200, 20_000
#: The theme of a thread that is about a contract as a whole (A-02).
CONTRACT_THEME = "ALGEMEEN"


class Reading(StrEnum):
    """Where a message stands, for who wrote it and for who gets it."""

    DRAFT = "CONCEPT"
    UNDERWAY = "ONDERWEG"
    UNREAD = "ONGELEZEN"
    READ = "GELEZEN"


READING_LABELS: dict[Reading, str] = {
    Reading.DRAFT: N_("Concept"),
    Reading.UNDERWAY: N_("Nog niet raadpleegbaar"),
    Reading.UNREAD: N_("Nog niet gelezen"),
    Reading.READ: N_("Gelezen"),
}

NO_SUBJECT = N_("Vul een onderwerp in.")
LONG_SUBJECT = N_("Hou het onderwerp korter dan {max} tekens.")
ONE_LINE = N_("Zet het onderwerp op één regel.")
NO_BODY = N_("Schrijf een bericht.")
LONG_BODY = N_("Hou het bericht korter dan {max} tekens. Zet de rest in een bijlage.")


def check_subject(subject: str) -> list[Finding]:
    """What is wrong with the subject of a thread."""
    text = subject.strip()
    if not text:
        return [_wrong("subject", NO_SUBJECT)]
    if len(text) > MAX_SUBJECT:
        return [_wrong("subject", LONG_SUBJECT, max=MAX_SUBJECT)]
    return [_wrong("subject", ONE_LINE)] if len(text.splitlines()) > 1 else []


def check_body(body: str, *, complete: bool) -> list[Finding]:
    """What is wrong with the text; only a message that is sent must be ``complete``."""
    if len(body) > MAX_BODY:
        return [_wrong("body", LONG_BODY, max=MAX_BODY)]
    return [_wrong("body", NO_BODY)] if complete and not body.strip() else []


def _wrong(field: str, message: str, **params: object) -> Finding:
    return Finding("CP-03", Severity.BLOCKS, message, field, params=params)
