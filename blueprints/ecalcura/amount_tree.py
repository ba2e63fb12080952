"""How an explanation is shown: texts in the language of the reader, which branches are open, what waits to be asked.

Everything works by addresses: ``stap`` opens one branch, ``alles`` opens all, ``zoek`` keeps some people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Flask, request, url_for
from flask_babel import gettext, ngettext

from blueprints.ecalcura.quarter_names import quarter_name
from blueprints.languages import decimal, euro
from blueprints.pages import long_date
from domain.calendars import Quarter
from domain.ecalcura.explained_steps import Mark, Step, Unit
from domain.ecalcura.formulas import figure, plain
from domain.errors import N_
from domain.exact import rounded
from services.ecalcura import explanations

#: Above so many steps the branches of people wait until somebody asks for them.
MANY = 900

MARKS: Mapping[Mark, tuple[str, str, str]] = {
    Mark.NOTHING: (N_("nul"), "neutral", "blocked"),
    Mark.LEFT_OUT: (N_("telt niet mee"), "neutral", "blocked"),
    Mark.LIMITED: (N_("beperkt"), "warning", "warning"),
    Mark.FLOOR: (N_("ondergrens"), "info", "plus"),
    Mark.ATTENTION: (N_("opgelet"), "warning", "warning"),
}
"""Word, tone and shape of a mark."""


@dataclass(frozen=True, slots=True)
class Tree:
    """An explanation with what is open. ``root`` is None when a search found nobody."""

    root: Step | None
    steps: int
    opened: frozenset[str]
    everything: bool
    search: str

    @property
    def folded(self) -> bool:
        """Whether people wait until somebody asks for them."""
        return self.steps > MANY and not self.everything and not self.search

    def is_open(self, step: Step) -> bool:
        """Whether a branch is unfolded when the page comes."""
        return self.everything or step.key in self.opened

    def waits(self, step: Step) -> bool:
        """Whether only the head of a branch is on the page."""
        return self.folded and step.person is not None and bool(step.children) and step.key not in self.opened


def tree_of(root: Step, args: Mapping[str, str], people: frozenset[str] | None) -> Tree:
    """The tree as the address asks for it; ``people``: those a search found, None without a search."""
    shown = root if people is None else root.only(people)
    wanted = args.get("stap", "")
    opened: set[str] = set()
    if shown is not None:
        opened.update(_way(shown, wanted))
        if people is not None:
            for step in shown.walk():
                if step.person is not None:
                    opened.update(_way(shown, step.key))
    steps = sum(1 for _ in root.walk())
    return Tree(shown, steps, frozenset(opened), args.get("alles") == "1", args.get("zoek", "").strip()[:60])


def asked_tree(root: Step | None, people: Mapping[str, str], args: Mapping[str, str]) -> Tree | None:
    """The tree as the address asks for it: ``zoek`` keeps the people whose name fits. None without a tree.

    A number is no name: one that was pasted into the search box finds nobody.
    """
    if root is None:
        return None
    search = args.get("zoek", "").strip()[:60]
    return tree_of(root, args, explanations.people_named(people, search) if search else None)


def _way(step: Step, wanted: str) -> list[str]:
    """The steps from the top to the one that is wanted; nothing when it is not there."""
    if step.key == wanted:
        return [step.key]
    for child in step.children:
        way = _way(child, wanted)
        if way:
            return [step.key, *way]
    return []


def tell(text: Any) -> str:
    """A text of the domain in the language of the reader: quarters by name, days written out."""
    told = gettext(text.message).format(**{name: _told(value) for name, value in text.params.items()})
    return told.replace("€ ", "€\N{NO-BREAK SPACE}")


def _told(value: Any) -> Any:
    if isinstance(value, Quarter):
        return quarter_name(value)
    if isinstance(value, date):
        return long_date(value)
    return tell(value) if hasattr(value, "message") else value


def worth(value: Decimal | None, unit: Unit | None) -> str:
    """A value with its unit: ``€ 2.705,24``, ``0,246 VTE``, ``6 uur``, ``56,16 %``."""
    if value is None:
        return ""
    match unit:
        case Unit.EURO:
            return euro(value)
        case Unit.FTE:
            return gettext("%(value)s VTE", value=figure(value))
        case Unit.HOURS:
            return gettext("%(value)s uur", value=plain(value))
        case Unit.MONTHS:
            return ngettext("%(value)s maand", "%(value)s maanden", 1 if value == 1 else 2, value=figure(value))
        case Unit.SHARE:
            return f"{decimal(rounded(value * 100, 1, 2))} %"
        case _:
            return figure(value)


#: What stands in the address of a page with an explanation; the rest is not carried along.
_KEPT = ("toon", "jaar", "zoek", "alles", "stap", "w")


def same_page(**changes: str | None) -> str:
    """This page with other words in its address; None takes a word out."""
    values: dict[str, Any] = {name: request.args.getlist(name) for name in _KEPT if name in request.args}
    values |= changes
    kept = {name: value for name, value in values.items() if value is not None}
    return url_for(request.endpoint or "", **(request.view_args or {}), **kept)


def register(app: Flask) -> None:
    """Give every template, of both doors, the words of an explanation."""
    app.jinja_env.filters["tell"] = tell
    app.jinja_env.filters["worth"] = worth
    app.jinja_env.filters["quarter_name"] = quarter_name
    app.jinja_env.globals["step_marks"] = MARKS
    app.jinja_env.globals["same_page"] = same_page
