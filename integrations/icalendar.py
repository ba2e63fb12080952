"""Calendars as text (RFC 5545): all-day events with reminders, folded and escaped as the standard asks.

Small on purpose: a feed of days needs no time zones, recurrences or attendees.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MEDIA_TYPE = "text/calendar; charset=utf-8"
_OCTETS = 75


@dataclass(frozen=True, slots=True)
class Event:
    """One whole day. ``uid`` never changes; ``sequence`` and ``changed_at`` grow with every change.

    ``reminders`` are whole days before; each shows ``summary``. ``cancelled`` tells a calendar to take it away.
    """

    uid: str
    day: date
    summary: str
    description: str
    changed_at: datetime
    sequence: int
    url: str = ""
    reminders: tuple[int, ...] = ()
    cancelled: bool = False


def calendar(name: str, product: str, events: Iterable[Event]) -> str:
    """A whole calendar; lines end with CRLF and are at most 75 octets long."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{escaped(product)}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        f"NAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
        "X-PUBLISHED-TTL:PT4H",
    ]
    for event in events:
        lines += _event(event)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _event(event: Event) -> list[str]:
    stamp = f"{event.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    lines = [
        "BEGIN:VEVENT",
        f"UID:{escaped(event.uid)}",
        f"DTSTAMP:{stamp}",
        f"LAST-MODIFIED:{stamp}",
        f"SEQUENCE:{event.sequence}",
        f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escaped(event.summary)}",
        f"DESCRIPTION:{escaped(event.description)}",
        f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
        "CLASS:CONFIDENTIAL",
    ]
    if event.url:
        lines.append(f"URL:{event.url}")
    for days in () if event.cancelled else event.reminders:
        lines += [
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{escaped(event.summary)}",
            f"TRIGGER:-P{days}D",
            "END:VALARM",
        ]
    return [*lines, "END:VEVENT"]


def escaped(text: str) -> str:
    """A value of type TEXT: backslash, semicolon, comma and line ends; other control characters are left out."""
    plain = "".join(one for one in text.replace("\r\n", "\n").replace("\r", "\n") if one == "\n" or one >= " ")
    for one, other in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        plain = plain.replace(one, other)
    return plain.replace("\x7f", "")


def folded(line: str) -> str:
    """A content line in pieces of at most 75 octets, never in the middle of a character."""
    pieces, current, length = [], "", 0
    for one in line:
        size = len(one.encode())
        if length + size > _OCTETS:
            pieces.append(current)
            current, length = " ", 1
        current += one
        length += size
    return "\r\n".join([*pieces, current])
