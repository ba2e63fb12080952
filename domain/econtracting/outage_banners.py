"""Notices as every page shows them: from a static copy, by the clock alone (A-44)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.econtracting.document_states import Function
from domain.econtracting.outage_notices import OutageState, is_shown, state_of

ANNOUNCED_BEFORE = timedelta(days=7)
"""How long before its start a planned outage stands on every page; its own page has it from its publication on."""

_ORDER = {OutageState.GOING_ON: 0, OutageState.PLANNED: 1, OutageState.OVER: 2}


@dataclass(frozen=True, slots=True)
class Banner:
    """What a page needs of a notice in force. Instants have an offset; ``ends_at`` is None while nobody knows."""

    reference: str
    planned: bool
    functions: frozenset[Function]
    starts_at: datetime
    ends_at: datetime | None
    visible_until: datetime | None
    title: str
    body: str = ""
    remedy: str = ""
    third_party: bool = False

    def state(self, now: datetime) -> OutageState:
        """How the outage stands."""
        return state_of(self.starts_at, self.ends_at, now)

    def stands(self, now: datetime) -> bool:
        """Whether it is on every page now: soon, going on, or over since a short while."""
        if now < self.starts_at:
            return self.starts_at - now <= ANNOUNCED_BEFORE
        return is_shown(self.ends_at, self.visible_until, now)

    def written(self) -> dict[str, Any]:
        """As the copy keeps it (JSON)."""
        return {
            "reference": self.reference,
            "planned": self.planned,
            "functions": sorted(self.functions),
            "starts_at": self.starts_at.isoformat(),
            "ends_at": _text(self.ends_at),
            "visible_until": _text(self.visible_until),
            "title": self.title,
            "body": self.body,
            "remedy": self.remedy,
            "third_party": self.third_party,
        }


def _text(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def read(entry: Mapping[str, Any]) -> Banner:
    """A banner as the copy keeps it. ValueError, KeyError or TypeError for anything else."""
    title, reference = entry["title"], entry["reference"]
    body, remedy = entry["body"], entry["remedy"]
    if not all(isinstance(text, str) for text in (title, reference, body, remedy)):
        raise ValueError("no text")
    return Banner(
        reference=reference,
        planned=bool(entry["planned"]),
        functions=frozenset(map(Function, entry["functions"])),
        starts_at=_instant(entry["starts_at"]),
        ends_at=None if entry["ends_at"] is None else _instant(entry["ends_at"]),
        visible_until=None if entry["visible_until"] is None else _instant(entry["visible_until"]),
        title=title,
        body=body,
        remedy=remedy,
        third_party=bool(entry["third_party"]),
    )


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("an instant needs an offset")
    return found


def standing(banners: Iterable[Banner], now: datetime) -> tuple[Banner, ...]:
    """Those that are on every page now: what goes on first, then what comes, then what is over."""
    shown = [banner for banner in banners if banner.stands(now)]
    return tuple(sorted(shown, key=lambda banner: (_ORDER[banner.state(now)], banner.starts_at, banner.reference)))
