"""Who gets which mails (C-074, A-45): asked for, confirmed by the owner of the mailbox, ended with one click.

What a stranger is told never depends on what is known of an address. A row is one subscription: asking again after it
ended makes a new one, with links of its own; the links of the old one do nothing any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from domain.actor import SCHEDULER, Actor
from domain.audit_events import AuditEvent
from domain.errors import N_, NotAllowedNow, TooMany
from domain.news import (
    ASK_AGAIN_AFTER,
    ASKED_BY_CLIENT,
    ASKED_IN_ALL,
    CLIENT_KEPT,
    CONFIRM_WITHIN,
    Topic,
    address_of,
    may_ask,
    topics_of,
)
from models.base import db, new_reference
from models.gate import writing
from models.news import Subscription
from services import audit, clock, languages, outbox, tokens
from services.secret_links import SUBSCRIPTION, Purpose, client_digest, token_of

SUBJECT = "subscription"
CONFIRMATION, KNOWN = "subscription_confirmation", "subscription_known"
UNSUBSCRIBED, REPLACED, REMOVED = "UNSUBSCRIBED", "REPLACED", "REMOVED"

GONE = N_("Deze link werkt niet meer. Schrijf u opnieuw in, dan sturen we een nieuwe.")
BUSY = N_("Er zijn te veel aanvragen na elkaar. Probeer het over een uur opnieuw.")

#: A subscription that mails go to.
ACTIVE = Subscription.confirmed_at.is_not(None) & Subscription.ended_at.is_(None)
_WAITING = Subscription.confirmed_at.is_(None) & Subscription.ended_at.is_(None)


def ask(email: str, topics: Sequence[str], language: str, *, client: str) -> None:
    """Somebody gives an address on the public form: a mail asks its owner to confirm.

    ``client`` is the network address it comes from. InvalidValue at ``email`` or ``topics``; TooMany for a client, or
    all of them, that ask too often. Nothing tells whether the address was known, or whether a mail left: at
    most one does in an hour.
    """
    address, wanted = address_of(email), topics_of(topics)
    digest = client_digest(client, clock.today().isoformat())
    _refuse_flood(digest)
    known = _active_topics(address)
    asked = _ask(address, wanted, known, language, client=digest)
    _count_too(digest, wanted, len(set(wanted) - known) if asked else 0)
    if not asked and known.issuperset(wanted):
        _remind(address, language)


def subscribe(actor: Actor, address: str, topics: Sequence[Topic], language: str, source: str) -> bool:
    """For the operator's use case (``services.news.office``): the same mail to confirm; whether one left."""
    return _ask(address, topics, _active_topics(address), language, added_by=actor.name, source=source, actor=actor)


def _ask(
    address: str,
    topics: Sequence[Topic],
    known: set[Topic],
    language: str,
    *,
    client: str = "",
    added_by: str = "",
    source: str = "",
    actor: Actor = SCHEDULER,
) -> bool:
    """Make rows that wait for a confirmation, and its mail; False when nothing is missing or one left just now."""
    now = clock.now()
    missing = [topic for topic in topics if topic not in known]
    last = db.session.scalar(select(func.max(Subscription.asked_at)).where(Subscription.email == address))
    if not missing or not may_ask(last, now):
        return False
    rows = [
        Subscription(
            reference=(reference := new_reference()),
            email=address,
            topic=topic,
            language=language if language in languages.known() else languages.SOURCE,
            asked_at=now,
            token_digest=tokens.digest(token_of(Purpose.CONFIRM, reference)) if place == 0 else None,
            token_ends_at=now + CONFIRM_WITHIN,
            leave_digest=tokens.digest(token_of(Purpose.LEAVE, reference)),
            added_by=added_by,
            source=source,
            client_digest=client,
        )
        for place, topic in enumerate(missing)
    ]
    with writing("news.ask"):
        db.session.add_all(rows)
    for row in rows:
        _trace(actor, row, "asked")
    # the hour in the key: of two requests at one instant, one makes a mail
    _mail(CONFIRMATION, rows[0], f"ask:{now:%Y-%m-%dT%H}", topics=[topic.value for topic in missing])
    return True


def _count_too(client: str, wanted: Sequence[Topic], asked: int) -> None:
    """Rows without an address for what was not asked for: how soon a client is refused tells nothing of an address."""
    now = clock.now()
    with writing("news.count"):
        for topic in wanted[asked:]:
            reference = new_reference()
            db.session.add(
                Subscription(
                    reference=reference,
                    email="",
                    topic=topic,
                    asked_at=now,
                    token_ends_at=now,
                    leave_digest=tokens.digest(reference),
                    client_digest=client,
                )
            )


def _remind(address: str, language: str) -> None:
    """Who subscribes again to what runs already is told so, once a day; the page says the same as to anybody."""
    row = db.session.scalars(
        select(Subscription).where(Subscription.email == address, ACTIVE).order_by(Subscription.id.desc()).limit(1)
    ).one()
    _mail(KNOWN, row, f"known:{clock.today()}")


def _mail(template: str, row: Subscription, event_key: str, **more: Any) -> None:
    outbox.enqueue(
        template,
        row.email,
        event_key=event_key,
        subject_type=SUBJECT,
        subject_key=row.reference,
        parameters={SUBSCRIPTION: row.reference, **more},
        language=row.language,
    )


def _active_topics(address: str) -> set[Topic]:
    return set(db.session.scalars(select(Subscription.topic).where(Subscription.email == address, ACTIVE)))


def _refuse_flood(client: str) -> None:
    """TooMany when one client, or all together, asked for too many addresses in the last hour."""
    since = clock.now() - ASK_AGAIN_AFTER
    in_all, by_client = db.session.execute(
        select(func.count(), func.count().filter(Subscription.client_digest == client)).where(
            Subscription.asked_at > since, Subscription.client_digest != ""
        )
    ).one()
    if by_client >= ASKED_BY_CLIENT or in_all >= ASKED_IN_ALL:
        raise TooMany(BUSY, code="A-45")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a link would confirm: an address and its topics."""

    email: str
    topics: tuple[Topic, ...]


def waiting(token: str) -> Waiting:
    """What stands on the page before the button; NotAllowedNow when the link works no more."""
    rows = _asked_with(token)
    return Waiting(rows[0].email, tuple(row.topic for row in rows))


def confirm(token: str) -> Waiting:
    """The owner of the mailbox says yes: from now on mails go there. The link works once; NotAllowedNow after that."""
    rows = _asked_with(token, lock=True)
    now = clock.now()
    with writing("news.confirm"):
        for older in db.session.scalars(
            select(Subscription).where(
                Subscription.email == rows[0].email, Subscription.topic.in_([row.topic for row in rows]), ACTIVE
            )
        ):
            older.ended_at, older.end_reason = now, REPLACED
        for row in rows:
            row.confirmed_at, row.token_digest, row.token_ends_at, row.client_digest = now, None, None, ""
    for row in rows:
        _trace(SCHEDULER, row, "confirmed")
    return Waiting(rows[0].email, tuple(row.topic for row in rows))


def _asked_with(token: str, *, lock: bool = False) -> list[Subscription]:
    """The rows that one link is about, the one with the token first."""
    first_row = select(Subscription).where(Subscription.token_digest == tokens.digest(token), _WAITING)
    first = db.session.scalar(first_row.with_for_update() if lock else first_row)
    if first is None or first.token_ends_at is None or first.token_ends_at <= clock.now():
        raise NotAllowedNow(GONE, code="A-45")
    others = select(Subscription).where(
        Subscription.email == first.email,
        Subscription.asked_at == first.asked_at,
        Subscription.id != first.id,
        _WAITING,
    )
    return [first, *db.session.scalars(others.order_by(Subscription.id))]


def leave(token: str) -> None:
    """End one subscription at once, confirmed or not (RFC 8058). A token that was used, guessed or is old changes
    nothing and says so to nobody.
    """
    row = db.session.scalar(
        select(Subscription)
        .where(Subscription.leave_digest == tokens.digest(token), Subscription.ended_at.is_(None))
        .with_for_update()
    )
    if row is not None:
        end(SCHEDULER, row, UNSUBSCRIBED)


def end(actor: Actor, row: Subscription, reason: str) -> None:
    """No mail goes there any more; the row stays, so that it is known that and when it was asked."""
    with writing("news.end"):
        row.ended_at, row.end_reason, row.token_digest = clock.now(), reason, None
    _trace(actor, row, "ended" if reason == UNSUBSCRIBED else "removed")


def forget_unconfirmed() -> int:
    """Remove what nobody confirmed in time, and from where something was asked; gives how many rows are gone."""
    now = clock.now()
    old = select(Subscription.id).where(_WAITING, Subscription.token_ends_at < now - timedelta(days=1))
    with writing("news.forget"):
        db.session.execute(
            update(Subscription)
            .where(Subscription.client_digest != "", Subscription.asked_at < now - CLIENT_KEPT)
            .values(client_digest="")
            .execution_options(synchronize_session=False)
        )
        gone = db.session.execute(
            delete(Subscription).where(Subscription.id.in_(old)).execution_options(synchronize_session=False)
        )
    return int(gone.rowcount or 0)  # type: ignore[attr-defined]


def _trace(actor: Actor, row: Subscription, act: str) -> None:
    data = {"act": act, "topic": row.topic.value}
    audit.record(
        actor, AuditEvent.SUBSCRIPTION_CHANGED, SUBJECT, row.reference, data=data, personal={"email": row.email}
    )


__all__ = ["ACTIVE", "Waiting", "ask", "confirm", "end", "forget_unconfirmed", "leave", "subscribe", "waiting"]
