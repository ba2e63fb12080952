"""The desks of the department in the demonstration, their canned texts, and a request to reopen that waits."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from sqlalchemy import select

from domain.actor import Actor
from domain.canned_texts import CannedContent
from domain.desks import DeskContent
from domain.permissions import Role
from models.base import db
from models.contract_rights import WorkRelation
from models.gate import writing
from models.organisation import Organisation
from services import clock
from services.demo.calendar import DemoCalendar, at, working_day
from services.demo.cast import Cast
from services.demo.story import Story
from services.ecalcura import reopening_asking
from services.messaging import canned_texts, desks

_ASKING = "71000101"
_WHY = "Bij twee zorgkundigen ontbreken de betaalde uren van juni. We willen die aanvullen en opnieuw indienen."

_TEXTS = (
    CannedContent(
        "Attest ontbreekt",
        "Attest voor {kwartaal}",
        "Goedendag,\n\nVoor {kwartaal} vonden we bij {voorziening} ({hco_nummer}) geen geldig attest. Kunt u het "
        "melden in het loket, bij Certificaten?\n\nMet vriendelijke groeten\n{bureau}",
    ),
    CannedContent(
        "Kwartaal nog niet ingediend",
        "{kwartaal} is nog niet ingediend",
        "Goedendag,\n\n{kwartaal} (referentieperiode {referentieperiode}) is nog niet ingediend. U kunt nog indienen "
        "tot en met {laatste_dag}.\n\nMet vriendelijke groeten\n{bureau}",
    ),
    CannedContent(
        "Heropening vragen: hoe doet u dat?",
        "Een kwartaal heropenen",
        "Goedendag,\n\nVraag de heropening in het loket: kies bij Berichten voor Heropening vragen, duid de kwartalen "
        "aan en schrijf wat u wilt wijzigen. U volgt de aanvraag in hetzelfde gesprek.\n\nMet vriendelijke "
        "groeten\n{bureau}",
    ),
    CannedContent(
        "Ontvangst bevestigen",
        "",
        "Goedendag,\n\nWe hebben uw bericht goed ontvangen en bekijken het. U krijgt hier antwoord.\n\nMet "
        "vriendelijke groeten\n{bureau}",
    ),
)


def put_down(story: Story, calendar: DemoCalendar, cast: Cast) -> None:
    """The desks stand there from the first day on; the request came in yesterday."""
    story.on(at(calendar.start, 8, 15), partial(_furnish, cast))
    asked = at(working_day(calendar.today - timedelta(days=3)), 13, 25)
    story.on(asked, partial(_ask, cast.people[_ASKING], calendar.last_ended.previous().reference_period))


def _furnish(cast: Cast) -> None:
    for who in (cast.els, cast.bart):
        _at_work(who)
    els, bart = cast.els.account_id or 0, cast.bart.account_id or 0
    for content in (
        DeskContent("Bureau psychiatrie", "ecalcura-psychiatrie@example.be", ("PVT", "IBW"), (els,)),
        DeskContent("Bureau revalidatie", "ecalcura-revalidatie@example.be", ("REVALIDATIE", "MBE"), (bart,)),
        DeskContent("Bureau kortverblijf", "", ("CVK3",), (els, bart)),
    ):
        desks.create(cast.els, content)
    for text in _TEXTS:
        canned_texts.create(cast.els, text)


def _at_work(who: Actor) -> None:
    """What signing in leaves behind of a case manager."""
    organisation = db.session.scalar(select(Organisation).where(Organisation.key == who.organisation_key))
    with writing("demo.desks"):
        if organisation is None:
            organisation = Organisation(side=who.side.value, key=who.organisation_key, name=who.organisation_name)
            db.session.add(organisation)
            db.session.flush()
        relation = WorkRelation(account_id=who.account_id, organisation_id=organisation.id, last_seen_at=clock.now())
        relation.roles = Role.EL_DOSSIERBEHEERDER.value
        db.session.add(relation)


def _ask(who: Actor, period: str) -> None:
    """Only when there is something to ask on the day the demonstration is loaded."""
    possible = reopening_asking.page(who, period).possible
    if possible.possible:
        reopening_asking.ask(who, period, possible.quarters[-1:], _WHY)
