"""Messages between an organisation and the other party, in both themes: what one may hold, and where it stands.

A message never changes after it was sent. Reading is an event that is shown and starts nothing (C-050, C-051).
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum

from domain.errors import N_, Finding, Severity
from domain.folding import fold
from domain.system_messages import SYSTEM_TEXTS as SYSTEM_TEXTS
from domain.system_messages import SystemEvent as SystemEvent

MAX_SUBJECT, MAX_BODY = 200, 20_000
#: The theme of a thread that is about a contract as a whole (A-02).
CONTRACT_THEME = "ALGEMEEN"
#: A count that stands beside a name goes up to here; above it, it says "99+".
MANY = 99
#: How much of what a thread says it is found by, in characters.
MAX_SEARCH_TEXT = 20_000


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


class Only(StrEnum):
    """Which threads a list shows."""

    UNREAD = "UNREAD"
    OURS = "OURS"
    THEIRS = "THEIRS"
    DRAFTS = "DRAFTS"


ONLY_LABELS: dict[Only, str] = {
    Only.UNREAD: N_("Ongelezen"),
    Only.OURS: N_("Wacht op uw antwoord"),
    Only.THEIRS: N_("Wacht op antwoord van de andere partij"),
    Only.DRAFTS: N_("Met een concept"),
}

NO_SUBJECT = N_("Vul een onderwerp in.")
LONG_SUBJECT = N_("Hou het onderwerp korter dan {max} tekens.")
ONE_LINE = N_("Zet het onderwerp op één regel.")
NO_BODY = N_("Schrijf een bericht.")
LONG_BODY = N_("Hou het bericht korter dan {max} tekens. Zet de rest in een bijlage.")


def clean(text: str) -> str:
    """A text as it is kept: one kind of line end, and nothing that is not shown or turns the direction round.

    What is copied from elsewhere brings such characters along; nobody typed them.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n").replace("\f", "\n")
    return "".join(letter for letter in lines if letter in "\n\t" or not _hidden(letter))


#: They turn the direction of what follows, so that a reader sees something else than what stands there.
_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def _hidden(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cs") or letter in _TURNING


def check_subject(subject: str) -> list[Finding]:
    """What is wrong with the subject of a thread."""
    text = subject.strip()
    if not text:
        return [_wrong("subject", NO_SUBJECT)]
    if len(text) > MAX_SUBJECT:
        return [_wrong("subject", LONG_SUBJECT, max=MAX_SUBJECT)]
    return [_wrong("subject", ONE_LINE)] if len(text.splitlines()) > 1 or any(map(_hidden, text)) else []


def check_body(body: str, *, complete: bool) -> list[Finding]:
    """What is wrong with the text; only a message that is sent must be ``complete``."""
    if len(body) > MAX_BODY:
        return [_wrong("body", LONG_BODY, max=MAX_BODY)]
    return [_wrong("body", NO_BODY)] if complete and not body.strip() else []


def found_by(known: str, text: str, limit: int = MAX_SEARCH_TEXT) -> str:
    """What a thread is found by once ``text`` is added to what is ``known``: words, each once, the newest first.

    However long a thread grows, it holds no more than ``limit`` characters; the oldest words leave first.
    """
    words = list(dict.fromkeys([*fold(text).split(), *known.split()]))
    kept: list[str] = []
    room = limit
    for word in words:
        room -= len(word) + 1
        if room < -1:
            break
        kept.append(word)
    return " ".join(kept)


def _wrong(field: str, message: str, **params: object) -> Finding:
    return Finding("CP-03", Severity.BLOCKS, message, field, params=params)
