"""Who subscribed, for who keeps the newsletter: found, added or removed on request (A-45). Each act is traced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from domain.actor import Actor
from domain.errors import N_, InvalidValue, NotAllowedNow, NotFound
from domain.news import MAX_SOURCE, NO_SOURCE, Topic, address_of, topics_of
from domain.permissions import Permission
from models.base import db
from models.news import Subscription
from models.outbox import MailAddress
from services import clock
from services.listing import Order, Page, Position, like, page_of
from services.news import subscriptions
from services.news.keepers import require
from services.news.subscriptions import ACTIVE

_ORDER = Order((Subscription.id,), descending=True)
ENDED = N_("Deze inschrijving is al beëindigd.")


class State(StrEnum):
    """How a subscription stands."""

    ACTIVE = "ACTIEF"
    WAITING = "WACHT"
    EXPIRED = "VERVALLEN"
    BOUNCED = "TERUGGEKOMEN"
    ENDED = "BEEINDIGD"


STATE_LABELS: dict[State, str] = {
    State.ACTIVE: N_("Actief"),
    State.WAITING: N_("Wacht op bevestiging"),
    State.EXPIRED: N_("Niet bevestigd"),
    State.BOUNCED: N_("E-mail komt terug"),
    State.ENDED: N_("Beëindigd"),
}
END_LABELS: dict[str, str] = {
    subscriptions.UNSUBSCRIBED: N_("uitgeschreven"),
    subscriptions.REMOVED: N_("op vraag verwijderd"),
    subscriptions.REPLACED: N_("opnieuw ingeschreven"),
}


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which subscriptions; None is any. ``text`` is part of the address."""

    text: str = ""
    topic: Topic | None = None
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One subscription in the list."""

    reference: str
    email: str
    topic: Topic
    language: str
    state: State
    asked_at: datetime
    confirmed_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    added_by: str
    source: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are of a topic: that mails go to, that wait for a confirmation, and whose mail comes back."""

    active: int
    waiting: int
    bounced: int


_BOUNCING = select(MailAddress.email).where(MailAddress.bounced_at.is_not(None))


def counts(actor: Actor) -> dict[Topic, Counts]:
    """By topic. One statement."""
    require(actor, Permission.NEWS_MANAGE)
    waiting = Subscription.confirmed_at.is_(None) & Subscription.ended_at.is_(None)
    found = db.session.execute(
        select(
            Subscription.topic,
            func.count().filter(ACTIVE, Subscription.email.not_in(_BOUNCING)),
            func.count().filter(waiting, Subscription.token_ends_at > clock.now()),
            func.count().filter(ACTIVE, Subscription.email.in_(_BOUNCING)),
        ).group_by(Subscription.topic)
    )
    known = {topic: Counts(*numbers) for topic, *numbers in found}
    return {topic: known.get(topic, Counts(0, 0, 0)) for topic in Topic}


def listed(actor: Actor, criteria: Criteria, position: Position) -> Page[Subscriber]:
    """The subscriptions, the newest first."""
    require(actor, Permission.NEWS_MANAGE)
    bounced = Subscription.email.in_(_BOUNCING).label("bounced")
    page = page_of(_chosen(select(Subscription, bounced), criteria), _ORDER, position, name=f"subscribers:{criteria}")
    rows = tuple(_shown(row[0], bool(row[1])) for row in page.rows)
    return Page(rows, page.cursors, page.number, page.more)


def _chosen(found: Any, criteria: Criteria) -> Any:
    now = clock.now()
    found = found.where(Subscription.email != "")  # those only count how often a client asked
    if criteria.text:
        found = found.where(like(Subscription.email, criteria.text.lower()))
    if criteria.topic is not None:
        found = found.where(Subscription.topic == criteria.topic)
    open_ = Subscription.confirmed_at.is_(None) & Subscription.ended_at.is_(None)
    match criteria.state:
        case State.ACTIVE:
            return found.where(ACTIVE, Subscription.email.not_in(_BOUNCING))
        case State.BOUNCED:
            return found.where(ACTIVE, Subscription.email.in_(_BOUNCING))
        case State.WAITING:
            return found.where(open_, Subscription.token_ends_at > now)
        case State.EXPIRED:
            return found.where(open_, Subscription.token_ends_at <= now)
        case State.ENDED:
            return found.where(Subscription.ended_at.is_not(None))
    return found


def _shown(row: Subscription, bounced: bool) -> Subscriber:
    if row.ended_at is not None:
        state = State.ENDED
    elif row.confirmed_at is not None:
        state = State.BOUNCED if bounced else State.ACTIVE
    else:
        state = State.WAITING if row.token_ends_at and row.token_ends_at > clock.now() else State.EXPIRED
    return Subscriber(
        reference=row.reference,
        email=row.email,
        topic=row.topic,
        language=row.language,
        state=state,
        asked_at=row.asked_at,
        confirmed_at=row.confirmed_at,
        ended_at=row.ended_at,
        end_reason=row.end_reason,
        added_by=row.added_by,
        source=row.source,
    )


def add(actor: Actor, email: str, topics: Sequence[str], language: str, source: str) -> bool:
    """Somebody asked by mail: the same confirming mail goes there. False when there is nothing to ask, or one left
    within the hour. InvalidValue at ``email``, ``topics`` or ``source``.
    """
    require(actor, Permission.NEWS_MANAGE)
    address, wanted = address_of(email), topics_of(topics)
    told = " ".join(source.split())
    if not told or len(told) > MAX_SOURCE:
        raise InvalidValue(NO_SOURCE, code="A-45", field="source")
    return subscriptions.subscribe(actor, address, wanted, language, told)


def one(actor: Actor, reference: str) -> Subscriber:
    """One subscription; NotFound."""
    require(actor, Permission.NEWS_MANAGE)
    return _shown(_row(reference), False)


def remove(actor: Actor, reference: str) -> None:
    """End a subscription because its owner asked for it. NotAllowedNow when it is over already."""
    require(actor, Permission.NEWS_MANAGE)
    row = _row(reference, lock=True)
    if row.ended_at is not None:
        raise NotAllowedNow(ENDED)
    subscriptions.end(actor, row, subscriptions.REMOVED)


def _row(reference: str, *, lock: bool = False) -> Subscription:
    found = select(Subscription).where(Subscription.reference == reference)
    row = db.session.scalar(found.with_for_update() if lock else found)
    if row is None:
        raise NotFound
    return row
