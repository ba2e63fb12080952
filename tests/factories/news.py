"""Subscribers, issues and releases, made through their use cases."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count

from sqlalchemy import select

from domain.actor import Actor
from domain.news import Topic
from jobs import background
from models.background_job import JobState
from models.base import db
from models.news import NewsIssue, Release, Subscription
from services import clock
from services.news import issues, releases, subscriptions
from services.secret_links import Purpose, token_of
from services.transaction import unit_of_work
from tests.factories import actors

_clients = count(1)
BOTH = (Topic.NEWS, Topic.OUTAGES)


def writer() -> Actor:
    """Who keeps the newsletter."""
    return actors.case_manager()


def asked(email: str = "lezer@voorbeeld.be", *topics: Topic, language: str = "nl") -> list[Subscription]:
    """An address that was filled in and not confirmed yet."""
    with unit_of_work():
        subscriptions.ask(email, topics or BOTH, language, client=f"192.0.2.{next(_clients)}")
    return rows(email)


def rows(email: str = "lezer@voorbeeld.be") -> list[Subscription]:
    """The rows of an address, the oldest first."""
    db.session.rollback()
    found = select(Subscription).where(Subscription.email == email).order_by(Subscription.id)
    return list(db.session.scalars(found.execution_options(populate_existing=True)))


def confirm_token(row: Subscription) -> str:
    """What stands in the mail that asks to confirm."""
    return token_of(Purpose.CONFIRM, row.reference)


def leave_token(row: Subscription) -> str:
    """What stands in every later mail."""
    return token_of(Purpose.LEAVE, row.reference)


def subscribed(email: str = "lezer@voorbeeld.be", *topics: Topic, language: str = "nl") -> list[Subscription]:
    """An address that mails go to."""
    made = asked(email, *topics, language=language)
    first = next(row for row in made if row.token_digest)
    with unit_of_work():
        subscriptions.confirm(confirm_token(first))
    return rows(email)


def written() -> None:
    """Let the worker write the mails that were asked for."""
    while (taken := background.take()) is not None:
        assert background.perform(taken) is JobState.DONE


def release(number: str = "1.4", *, on: date | None = None, published: bool = True) -> Release:
    """A release that comes in twelve days."""
    entry = releases.ReleaseEntry(
        number, on or clock.today() + timedelta(days=12), f"Versie {number}", "## Nieuw\n- iets", False
    )
    with unit_of_work():
        row = releases.add(writer(), entry)
        if published:
            releases.publish(writer(), row.reference, row.version)
    return row


def draft(
    title: str = "Wat er verandert", body: str = "Er verandert **iets**.", of: Release | None = None
) -> NewsIssue:
    """An issue that is not published."""
    with unit_of_work():
        return issues.add(writer(), issues.IssueEntry(title, body, of.reference if of is not None else None))


def issue(
    title: str = "Wat er verandert", body: str = "Er verandert **iets**.", of: Release | None = None
) -> NewsIssue:
    """A published issue."""
    row = draft(title, body, of)
    with unit_of_work():
        return issues.publish(writer(), row.reference, row.version)
