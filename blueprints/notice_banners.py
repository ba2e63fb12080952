"""The banner of every page: the notices in force, in words, read from their static copy (A-44)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog
from flask import url_for
from flask_babel import format_date, gettext, ngettext

from domain.calendars import BRUSSELS
from domain.econtracting.document_states import Function
from domain.econtracting.outage_banners import Banner
from domain.econtracting.outage_notices import FUNCTION_LABELS, OUTAGE_STATE_LABELS, OutageState
from services import clock, notices

log = structlog.get_logger("notices")

_KINDS = {OutageState.GOING_ON: "warning", OutageState.PLANNED: "info", OutageState.OVER: "success"}
_ICONS = {OutageState.GOING_ON: "warning", OutageState.PLANNED: "clock", OutageState.OVER: "check-circle"}


@dataclass(frozen=True, slots=True)
class BannerLine:
    """One notice as the banner says it. ``open``: shown whole until somebody folds it."""

    key: str
    kind: str
    icon: str
    word: str
    title: str
    what: str
    when: str
    remedy: str
    href: str
    open: bool


@dataclass(frozen=True, slots=True)
class BannerBlock:
    """The notices of a page: one, or several under one line."""

    lines: tuple[BannerLine, ...]
    heading: str
    key: str
    kind: str
    icon: str
    open: bool


def banner() -> BannerBlock | None:
    """What every page shows; None when there is nothing. Needs no database, and never stops a page."""
    try:
        return _block()
    except Exception as problem:
        log.error("banner not shown", exc_info=problem)
        return None


def _block() -> BannerBlock | None:
    now = clock.now()
    lines = tuple(_line(one, now) for one in notices.current())
    if not lines:
        return None
    first = lines[0]
    busy = sum(line.kind == "warning" for line in lines)
    heading = ngettext("%(num)s mededeling", "%(num)s mededelingen", len(lines))
    if busy:
        heading = gettext("%(heading)s, waarvan %(busy)s nu bezig", heading=heading, busy=busy)
    key = "+".join(line.key for line in lines)
    return BannerBlock(lines, heading, key, first.kind, first.icon, open=len(lines) == 1 and first.open)


def _line(one: Banner, now: datetime) -> BannerLine:
    state = one.state(now)
    return BannerLine(
        key=f"{one.reference}:{state}",
        kind=_KINDS[state],
        icon=_ICONS[state],
        word=_word(one, state),
        title=one.title,
        what=not_working(one.functions, over=state is OutageState.OVER),
        when=span(one.starts_at, one.ends_at, state),
        remedy=one.remedy if state is not OutageState.PLANNED else "",
        href=url_for("outage_notices.show", reference=one.reference),
        open=state is OutageState.GOING_ON,
    )


def _word(one: Banner, state: OutageState) -> str:
    """How it stands, with the day of what is to come."""
    if state is not OutageState.PLANNED:
        return gettext(OUTAGE_STATE_LABELS[state])
    day = format_date(one.starts_at.astimezone(BRUSSELS).date(), "d MMMM")
    return gettext("Gepland op %(day)s", day=day)


def function_names(functions: Iterable[Function]) -> str:
    """``alles``, or the functions with commas between them, in small letters."""
    chosen = set(functions)
    if len(chosen) == len(FUNCTION_LABELS):
        return gettext("alles")
    return ", ".join(gettext(label).lower() for function, label in FUNCTION_LABELS.items() if function in chosen)


def not_working(functions: Iterable[Function], *, over: bool = False) -> str:
    """What people cannot do, or could not."""
    names = function_names(functions)
    if over:
        return gettext("Was niet mogelijk: %(functions)s.", functions=names)
    return gettext("Niet mogelijk: %(functions)s.", functions=names)


def span(starts_at: datetime, ends_at: datetime | None, state: OutageState) -> str:
    """From when until when, as the state asks for it; to the minute, in Brussels time."""
    start = to_the_minute(starts_at)
    if ends_at is None:
        if state is OutageState.PLANNED:
            return gettext("Vanaf %(start)s; het einde is nog niet bekend.", start=start)
        return gettext("Sinds %(start)s; het einde is nog niet bekend.", start=start)
    end = to_the_minute(ends_at)
    local, last = starts_at.astimezone(BRUSSELS), ends_at.astimezone(BRUSSELS)
    if local.date() == last.date():
        day = format_date(local.date(), "EEEE d MMMM yyyy")
        return gettext("Op %(day)s van %(start)s tot %(end)s.", day=day, start=f"{local:%H:%M}", end=f"{last:%H:%M}")
    return gettext("Van %(start)s tot %(end)s.", start=start, end=end)


def to_the_minute(value: datetime) -> str:
    """``zaterdag 28 november 2026 om 18:00``."""
    local = value.astimezone(BRUSSELS)
    return gettext("%(day)s om %(time)s", day=format_date(local.date(), "EEEE d MMMM yyyy"), time=f"{local:%H:%M}")
