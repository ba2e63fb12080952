"""The contracts of the demonstration: two parties, claims in every state, terms that run, messages."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select

from domain.actor import Actor
from domain.econtracting.notifications import DEFAULTS
from domain.econtracting.rights import Level
from models.base import db
from models.contract_rights import RightsGroup
from models.gate import writing
from models.message import NotificationAddress
from models.organisation import Organisation
from services import clock
from services.demo.calendar import DemoCalendar, at, working_day
from services.demo.contracting import people
from services.demo.contracting.scenarios import RECENT, SCENARIOS
from services.demo.contracting.scene import Scene
from services.demo.story import Story
from services.econtracting.contracts import party_settings
from services.econtracting.rights import groups, links, members

_FOLDER = Path(__file__).parent
#: How long ago a contract was made at the latest, and how long before that its notice was published.
_MADE, _MADE_RECENTLY, _AWARD = timedelta(days=250), timedelta(days=3), timedelta(days=40)
_UNITS = {
    "dirk": ("Afdeling Wegenbouw", ("Secretariaat Wegenbouw", "wegenbouw@mow.example.be")),
    "awv": ("Wegen en Verkeer Antwerpen", ("Loket contracten", "contracten@awv.example.be")),
    "waterweg": ("Afdeling Regio Centraal", ("Contractbeheer", "contractbeheer@waterweg.example.be")),
}


def put_down(story: Story, calendar: DemoCalendar) -> None:
    """Put the whole of it down as steps."""
    cast = people.assemble(at(calendar.start, 8))
    start = at(calendar.start, 9)
    story.on(start, partial(_set_up, cast))
    with (_FOLDER / "contracts.toml").open("rb") as file:
        for entry in tomllib.load(file)["contract"]:
            _contract(story, calendar, cast, entry)


def _contract(story: Story, calendar: DemoCalendar, cast: dict[str, Actor], entry: dict[str, Any]) -> None:
    by = cast[entry["contractor"]]
    company = entry["contractor"] == "an"
    office = cast[entry["authority"]]
    scene = Scene(
        story,
        calendar,
        entry,
        sender=cast["karim"] if company else by,
        drafter=cast["mila"] if company else by,
        office=office,
        releaser=cast.get(f"{entry['authority']} releaser", office),
    )
    made_ago = _MADE_RECENTLY if entry["scenario"] in RECENT else _MADE
    published_on = min(entry["published_on"], calendar.today - made_ago - _AWARD)
    made_on = working_day(max(calendar.start, published_on + _AWARD))
    unit, contact = _UNITS[entry["authority"]]
    story.on(at(made_on, 9, 30), partial(scene.make_contract, published_on, by.organisation_key, unit, contact))
    if entry["scenario"] != "without_group":
        story.on(at(made_on, 14), partial(_link, by, scene))
    SCENARIOS[entry["scenario"]](scene)


def _set_up(cast: dict[str, Actor]) -> None:
    """How authorities work, the groups of the contractors and their addresses."""
    seen = party_settings.of_authority(cast["dirk"])
    party_settings.save_authority(
        cast["dirk"],
        two_people=False,
        shows_official=False,
        mailbox="econtracting@mow.example.be",
        version=seen.version,
    )
    described = people.described()
    for entry in described["group"]:
        by = cast[entry["by"]]
        level = Level(entry["level"])
        group = groups.make(by, groups.GroupEntry(entry["name"], level, entry["theme"]))
        db.session.flush()
        members.add(by, group.reference, [people.relation_of(cast[name]).reference for name in entry["members"]])
    with writing("demo.addresses"):
        for entry in described["address"]:
            organisation = db.session.scalars(
                select(Organisation).where(Organisation.key == cast[entry["by"]].organisation_key)
            ).one()
            db.session.add(
                NotificationAddress(
                    organisation_id=organisation.id,
                    email=entry["email"],
                    events=" ".join(sorted(DEFAULTS)),
                    added_at=clock.now(),
                    confirmed_at=clock.now(),
                )
            )


def _link(by: Actor, scene: Scene) -> None:
    """The beheerder lets every group of the company work on the contract."""
    own = select(RightsGroup.reference).join(Organisation, Organisation.id == RightsGroup.organisation_id)
    for reference in db.session.scalars(own.where(Organisation.key == by.organisation_key)).all():
        links.link(by, reference, [scene.contract])
