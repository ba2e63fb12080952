"""What a list of threads is about, as it stands in the address of the office: search, filters, whose, which desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext

from blueprints.ecalcura.quarter_names import quarter_name
from blueprints.messages.narrowed import about_chips, about_words
from domain.actor import Actor, Side
from domain.calendars import Quarter
from domain.errors import InvalidValue
from domain.messaging import Only
from domain.organisation import SECTOR_LABELS
from models.message import Desk
from services import clock
from services.messaging import desks, narrowing
from services.messaging.lists import NOBODY, Criteria
from services.messaging.narrowing import About

MINE, I_WROTE = "mijn", "ik"
#: The first quarter that could ever be entered, and so the last one to choose; older ones work in the address.
_FIRST = Quarter(2021, 3)


@dataclass(frozen=True)
class Asked:
    """The criteria with the words that give them again, and what of the department they can be chosen from.

    ``about`` is of an authority: the contract and the theme.
    """

    criteria: Criteria
    words: Mapping[str, str]
    desks: Sequence[Desk]
    mine: Sequence[Desk]
    about: About

    @property
    def desk(self) -> str:
        """The chosen desk: a reference, MINE, NOBODY, or empty."""
        return self.words.get("bureau", "")


def read(actor: Actor, values: Mapping[str, str]) -> Asked:
    """From the words of an address; what is not understood is left out, so that no address is an error."""
    department = actor.side is Side.DEPARTMENT
    known = desks.every(actor) if department else []
    mine = desks.mine(actor) if department else []
    words = {
        "zoek": _typed(values.get("zoek", "")),
        "toon": _one_of(values.get("toon", ""), set(Only)),
        "bureau": _one_of(values.get("bureau", ""), {MINE, NOBODY, *(one.reference for one in known)}),
        "wie": _one_of(values.get("wie", ""), {I_WROTE}),
        "sector": _one_of(values.get("sector", ""), SECTOR_LABELS),
        "voorziening": _typed(values.get("voorziening", ""))[:20],
        "kwartaal": _quarter(values.get("kwartaal", "")),
    }
    of_department = ("bureau", "wie", "sector", "voorziening", "kwartaal")
    words = {name: value for name, value in words.items() if value and (department or name not in of_department)}
    about = narrowing.asked(actor, _typed(values.get("opdracht", "")), _typed(values.get("thema", "")))
    criteria = Criteria(
        search=words.get("zoek", ""),
        only=Only(words["toon"]) if "toon" in words else None,
        facility=words.get("voorziening", ""),
        sector=words.get("sector", ""),
        quarter=words.get("kwartaal", ""),
        desks=_keys(words.get("bureau", ""), known, mine),
        written_by=actor.account_id if "wie" in words else None,
        **about.criteria(),
    )
    return Asked(criteria, words | about_words(about), known, mine, about)


def chips(asked: Asked, address: Any, only_labels: Mapping[Only, str]) -> list[tuple[str, str]]:
    """Label and address without it, of every filter but the tabs."""
    found = []
    words = asked.words
    if "zoek" in words:
        found.append((gettext("Zoekterm: %(text)s", text=words["zoek"]), address.without("zoek")))
    if asked.criteria.only is not None:
        found.append((gettext(only_labels[asked.criteria.only]), address.without("toon")))
    if asked.desk and asked.desk != MINE:
        name = next((one.name for one in asked.desks if one.reference == asked.desk), gettext("Geen bureau"))
        found.append((gettext("Bureau: %(name)s", name=name), address.without("bureau")))
    if "sector" in words:
        found.append((gettext(SECTOR_LABELS[words["sector"]]), address.without("sector")))
    if "voorziening" in words:
        found.append((gettext("Voorziening: %(text)s", text=words["voorziening"]), address.without("voorziening")))
    if "kwartaal" in words:
        wanted = words["kwartaal"]
        label = gettext("Algemeen") if wanted == NOBODY else quarter_name(Quarter.parse(wanted))
        found.append((label, address.without("kwartaal")))
    return found + about_chips(asked.about, address)


def every_quarter(asked: Quarter | None = None) -> list[Quarter]:
    """The quarters there can be something about, the newest first, with the one that was asked."""
    newest, found = Quarter.of(clock.today()).next(), []
    while newest >= _FIRST:
        found.append(newest)
        newest = newest.previous()
    return found if asked is None or asked in found else [*found, asked]


def _keys(chosen: str, known: Sequence[Desk], mine: Sequence[Desk]) -> tuple[int | None, ...] | None:
    if not chosen:
        return None
    if chosen == NOBODY:
        return (None,)
    return tuple(one.id for one in (mine if chosen == MINE else known) if chosen in (MINE, one.reference))


def _one_of(value: str, allowed: Any) -> str:
    return value if value in allowed else ""


def _quarter(value: str) -> str:
    if value == NOBODY:
        return value
    try:
        return str(Quarter.parse(value)) if value else ""
    except InvalidValue:
        return ""


def _typed(value: str) -> str:
    return " ".join(value.replace("\0", " ").split())[:100]


def narrowed(asked: Criteria, only: Only) -> Criteria:
    """The same list, of one standing only."""
    return replace(asked, only=only)
