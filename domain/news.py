"""The newsletter and who gets it (C-073, C-074, A-45): topics, how often somebody is asked, and what an issue holds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.errors import N_, Finding, InvalidValue, Severity
from domain.organisation import is_email


class Topic(StrEnum):
    """What somebody subscribes to (C-074)."""

    NEWS = "NIEUWSBRIEF"
    OUTAGES = "ONBESCHIKBAARHEDEN"


TOPIC_LABELS: dict[Topic, str] = {
    Topic.NEWS: N_("Nieuwsbrief"),
    Topic.OUTAGES: N_("Onbeschikbaarheden"),
}
TOPIC_TEXTS: dict[Topic, str] = {
    Topic.NEWS: N_("Wat er verandert: enkele keren per jaar, vóór en na een nieuwe versie."),
    Topic.OUTAGES: N_("Wanneer iets niet werkt of gepland onderhoud heeft, en wanneer het opgelost is."),
}

CONFIRM_WITHIN = timedelta(days=7)
ASK_AGAIN_AFTER = timedelta(hours=1)
"""Between two mails that ask one address to confirm, whoever asks: nobody's mailbox is flooded through us."""
ASKED_BY_CLIENT = 10
"""Addresses that one client may ask for in an hour."""
ASKED_IN_ALL = 500
"""Addresses that all clients together may ask for in an hour."""
CLIENT_KEPT = timedelta(days=1)
"""How long is remembered, as a digest, from where an address was asked for."""

BAD_ADDRESS = N_("Vul een geldig e-mailadres in, zoals naam@voorbeeld.be.")
NO_TOPIC = N_("Kies minstens één onderwerp.")
NO_SOURCE = N_("Noteer hoe de persoon het vroeg, bijvoorbeeld: mail van 3 maart 2026.")
NO_TITLE = N_("Vul een titel in.")
TITLE_LONG = N_("Hou de titel korter dan {max} tekens.")
NO_BODY = N_("Schrijf eerst de tekst.")
BODY_LONG = N_("Hou de tekst korter dan {max} tekens.")
BAD_NUMBER = N_("Een versienummer ziet eruit als 1.4 of 2026.2.1: cijfers met punten ertussen.")
PICTURE_ELSEWHERE = N_(
    "De afbeelding “{picture}” staat op een andere website en wordt niet getoond: lezers zien enkel tekst. "
    "Schrijf in de tekst zelf wat erop te zien is, of gebruik een afbeelding van het loket, met een adres dat begint "
    "met /."
)
MAX_TITLE, MAX_BODY, MAX_SOURCE = 200, 40_000, 200

_NUMBER = re.compile(r"\d{1,4}(\.\d{1,4}){1,3}")


def address_of(typed: str) -> str:
    """An address as it is kept, in small letters; InvalidValue for what is none."""
    address = typed.strip().lower()
    if len(address) > 254 or not is_email(address):
        raise InvalidValue(BAD_ADDRESS, code="A-45", field="email")
    return address


def topics_of(chosen: Iterable[str]) -> tuple[Topic, ...]:
    """The topics that were chosen, in their own order; InvalidValue for none."""
    wanted = set(chosen)
    found = tuple(topic for topic in Topic if topic in wanted)
    if not found:
        raise InvalidValue(NO_TOPIC, code="C-074", field="topics")
    return found


def may_ask(last_asked: datetime | None, now: datetime) -> bool:
    """Whether a mail to confirm may go to an address that was asked last at that instant."""
    return last_asked is None or now - last_asked >= ASK_AGAIN_AFTER


def check_text(title: str, body: str, *, body_field: str = "body") -> list[Finding]:
    """What is wrong with an issue, or with what a release says."""
    found: list[Finding] = []

    def wrong(field: str, message: str, **params: int) -> None:
        found.append(Finding("C-073", Severity.BLOCKS, message, field, params=params))

    if not title.strip():
        wrong("title", NO_TITLE)
    if len(title) > MAX_TITLE:
        wrong("title", TITLE_LONG, max=MAX_TITLE)
    if not body.strip():
        wrong(body_field, NO_BODY)
    if len(body) > MAX_BODY:
        wrong(body_field, BODY_LONG, max=MAX_BODY)
    return found


def check_pictures(elsewhere: Iterable[str]) -> list[Finding]:
    """What the writer is told of pictures that come from elsewhere (what each shows, in words); it stops nothing."""
    return [
        Finding("C-073", Severity.WARNING, PICTURE_ELSEWHERE, "body", params={"picture": shortened(words)})
        for words in dict.fromkeys(elsewhere)
    ]


def shortened(words: str, longest: int = 80) -> str:
    """Words to name something by, cut off when there are too many."""
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


def check_number(number: str) -> list[Finding]:
    """What is wrong with the number of a release."""
    return [] if _NUMBER.fullmatch(number) else [Finding("C-063", Severity.BLOCKS, BAD_NUMBER, "number")]


def number_key(number: str) -> tuple[int, ...]:
    """To put releases in order: ``1.10`` comes after ``1.9``."""
    return tuple(int(part) for part in number.split(".") if part.isdecimal())


class IssueKind(StrEnum):
    """What an issue is to the release it tells of (C-073): it announces it, or reports it; or it tells of none."""

    ANNOUNCES = "AANKONDIGING"
    REPORTS = "VERSLAG"
    NEWS = "NIEUWS"


ISSUE_KIND_LABELS: dict[IssueKind, str] = {
    IssueKind.ANNOUNCES: N_("Aankondiging"),
    IssueKind.REPORTS: N_("Nieuwe versie"),
    IssueKind.NEWS: N_("Nieuws"),
}


def issue_kind(released_on: date | None, published_on: date) -> IssueKind:
    """An issue of before the day of its release announces it; of that day or later it reports it."""
    if released_on is None:
        return IssueKind.NEWS
    return IssueKind.ANNOUNCES if published_on < released_on else IssueKind.REPORTS
