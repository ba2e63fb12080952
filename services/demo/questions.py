"""Questions to the helpdesk in the demonstration: one answered, one taken, one of somebody who cannot sign in."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from domain.actor import Actor, Side
from domain.helpdesk import TicketTheme
from domain.permissions import Role
from services import helpdesk_answering as answering
from services import helpdesk_tickets as tickets
from services.demo.calendar import DemoCalendar, at
from services.demo.story import Story
from services.helpdesk_tickets import TicketData

_BRUG = "71000012"
_HILDE = Actor(
    None,
    Side.HELPDESK,
    "OVO009903",
    "Helpdesk (test)",
    "Hilde Nijs",
    frozenset({Role.EL_HELPDESK, Role.EC_HELPDESK}),
)
_PRINTING = TicketData(
    "Het ontvangstbewijs opent niet",
    "Na het indienen klik ik op het ontvangstbewijs, maar mijn browser toont een leeg tabblad.",
    page="/ecalcura/",
    browser="Firefox 128",
)
_PRINTED = "Uw browser blokkeerde het bestand. Sta downloads toe voor dit loket en klik opnieuw op het ontvangstbewijs."
_SLOW = TicketData(
    "De lijst van het personeel is traag", "Sinds vanmorgen duurt elke pagina lang.", page="/ecalcura/personeel"
)
_OUTSIDE = TicketData(
    "Ik geraak niet door het aanmelden",
    "Na itsme kom ik telkens opnieuw op de aanmeldpagina.",
    name="Karel Voorbeeld",
    phone="09 243 18 00",
    page="/login",
    theme=TicketTheme.ANY,
    client="demo",
)


def put_down(story: Story, calendar: DemoCalendar, people: dict[str, Actor]) -> None:
    """Put them down as steps; ``people`` by HCO number."""

    def when(days: int, hour: int) -> Any:
        return at(calendar.today + timedelta(days=days), hour)

    who = people[_BRUG]
    story.on(when(-6, 9), partial(_answered, who))
    story.on(when(-1, 11), partial(_taken, who))
    story.on(when(-1, 15), partial(tickets.open, None, _OUTSIDE))


def _answered(who: Actor) -> None:
    row = tickets.open(who, _PRINTING)
    answering.answer(_HILDE, row.code, _PRINTED, row.version, close=True)


def _taken(who: Actor) -> None:
    row = tickets.open(who, _SLOW)
    answering.take(_HILDE, row.code, row.version)
