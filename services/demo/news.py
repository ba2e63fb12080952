"""Notices, releases, issues and subscribers of the demonstration, through the use cases themselves."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select

from domain.actor import Actor, Side
from domain.econtracting.outage_notices import Notice, functions_of
from domain.permissions import Role
from models.base import db
from models.identity import Account
from models.news import Release, Subscription
from services.demo.calendar import DemoCalendar, at
from services.demo.campaigns import work_off
from services.demo.story import Act, Story
from services.econtracting import outages
from services.news import issues, office, releases, subscriptions
from services.secret_links import Purpose, token_of

#: Who publishes notices: somebody of the authority that keeps e-Contracting (services.demo.contracting.people).
_KEEPER = "6f0a5f0e-3f0b-4d0e-9a53-2b1d8f2f0007"
_KEEPER_OF = ("OVO009902", "Departement Mobiliteit en Openbare Werken (test)")


def put_down(story: Story, calendar: DemoCalendar, writer: Actor) -> None:
    """Put them down as steps. ``writer`` is the case manager who keeps the newsletter."""

    def when(days: int, hour: int, minute: int = 0) -> Any:
        return at(calendar.today + timedelta(days=days), hour, minute)

    with Path(__file__).with_name("news.toml").open("rb") as file:
        told = tomllib.load(file)
    for entry in told["notice"]:
        notice = Notice(
            planned=entry["planned"],
            functions=functions_of(entry["functions"]),
            starts_at=when(*entry["starts"]),
            ends_at=when(*entry["ends"]),
            title=entry["title"],
            body=entry["body"],
            remedy=entry["remedy"],
            third_party=entry.get("third_party", False),
        )
        story.on(when(entry["published"], 9, 30), partial(_publish_notice, notice))
    for entry in told["release"]:
        day = calendar.today + timedelta(days=entry["day"])
        noted = releases.ReleaseEntry(entry["number"], day, entry["title"], entry["changes"], entry["in_manual"])
        story.on(when(min(entry["day"], -7), 8, 30), partial(_release, writer, noted))
    for entry in told["issue"]:
        story.on(when(entry["published"], 10), partial(_issue, writer, entry))
    for entry in told["subscriber"]:
        day, email, topics = entry["day"], entry["email"], entry["topics"]
        language = entry.get("language", "nl")
        if entry.get("source"):
            step: Act = partial(office.add, writer, email, topics, language, entry["source"])
        else:
            step = partial(subscriptions.ask, email, topics, language, client=email)
        story.on(when(day, 8, 5), step)
        if not entry.get("waits"):
            story.on(when(day, 8, 40), partial(_confirm, email))
        if entry.get("left"):
            story.on(when(entry["left"], 12), partial(_leave, email))


def _publish_notice(notice: Notice) -> None:
    account = db.session.scalars(select(Account).where(Account.account_key == _KEEPER)).one()
    name = f"{account.given_name} {account.family_name}"
    keeper = Actor(account.id, Side.AUTHORITY, *_KEEPER_OF, name, frozenset({Role.EC_AB_DOSSIERBEHEERDER}))
    outages.publish(keeper, notice)
    work_off()


def _release(writer: Actor, entry: releases.ReleaseEntry) -> None:
    row = releases.add(writer, entry)
    releases.publish(writer, row.reference, row.version)


def _issue(writer: Actor, entry: dict[str, Any]) -> None:
    release = db.session.scalars(select(Release.reference).where(Release.number == entry["release"])).one()
    row = issues.add(writer, issues.IssueEntry(entry["title"], entry["body"], release))
    issues.publish(writer, row.reference, row.version)
    work_off()


def _rows(email: str) -> Sequence[Subscription]:
    return db.session.scalars(select(Subscription).where(Subscription.email == email).order_by(Subscription.id)).all()


def _confirm(email: str) -> None:
    subscriptions.confirm(token_of(Purpose.CONFIRM, _rows(email)[0].reference))


def _leave(email: str) -> None:
    for row in _rows(email):
        subscriptions.leave(token_of(Purpose.LEAVE, row.reference))
