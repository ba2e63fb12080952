"""Mail to everybody who subscribed to a topic, however many: asked for with the event, written by the worker.

The request that publishes keeps one row of work. The worker writes the mails in parts, each with its own commit; killed
halfway it begins again and passes over what is there, because one event makes one mail for an address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from domain.actor import SCHEDULER
from domain.errors import N_
from domain.news import Topic
from models.base import db
from models.gate import writing
from models.news import Subscription
from models.outbox import MailAddress
from services import background_jobs, mail_texts, outbox, tokens
from services.background_jobs import Progress, Work
from services.news.subscriptions import ACTIVE, SUBJECT
from services.secret_links import SUBSCRIPTION, Purpose, token_of

KIND = "subscribers"
BATCH = 100
"""Mails of one commit: on SQLite nobody else writes meanwhile, so it stays well under a second."""
TRY_AGAIN_AFTER = timedelta(hours=1)
WRITING = N_("E-mails klaarzetten voor wie ingeschreven is")


def tell(topic: Topic, template: str, parameters: Mapping[str, Any], *, event_key: str) -> int:
    """Ask, in the running transaction, for a mail to every confirmed subscriber whose mail does not come back.

    Gives how many there are now; who ends it before the mail is written gets none. The same event is asked for once.
    ``template`` may name ``unsubscribe`` besides the ``parameters``, which hold no personal data; a text that cannot be
    written is a KeyError here and not in the worker.
    """
    mail_texts.compose(template, dict(parameters) | {SUBSCRIPTION: ""})
    asked = {"topic": topic.value, "template": template, "parameters": dict(parameters), "event": event_key}
    count = _count(topic)
    if not background_jobs.asked_before(KIND, asked):
        background_jobs.enqueue(SCHEDULER, KIND, asked, total=count)
    return count


def work(parameters: Mapping[str, Any]) -> Work:
    """The mails about one event (job kind ``subscribers``, see ``tell``), so many per commit.

    Somebody who confirms meanwhile comes last and is told too.
    """
    topic, done, last = Topic(parameters["topic"]), 0, 0
    total = _count(topic)
    while found := _next(topic, last):
        _renew_links(found)
        for row in found:
            outbox.enqueue(
                parameters["template"],
                row.email,
                event_key=parameters["event"],
                subject_type=SUBJECT,
                subject_key=row.reference,
                parameters={SUBSCRIPTION: row.reference, **parameters["parameters"]},
                language=row.language,
            )
        done, last = done + len(found), found[-1].id
        yield Progress(done, max(done, total), WRITING, outcome={"mails": done})


def take_up() -> int:
    """Put what failed back in line, an hour later: nobody asks for these mails a second time. For the sweep."""
    return background_jobs.take_up_failed(KIND, TRY_AGAIN_AFTER)


def failed() -> int:
    """How many events are not told to everybody because the work failed."""
    return background_jobs.count_failed(KIND)


def _renew_links(rows: Sequence[Subscription]) -> None:
    """What the links of these mails are found by: the key of the installation may be a new one."""
    with writing("news.tell"):
        for row in rows:
            row.leave_digest = tokens.digest(token_of(Purpose.LEAVE, row.reference))


def _next(topic: Topic, after: int) -> Sequence[Subscription]:
    statement = select(Subscription).where(*_reached(topic), Subscription.id > after)
    return db.session.scalars(statement.order_by(Subscription.id).limit(BATCH)).all()


def _count(topic: Topic) -> int:
    return db.session.scalar(select(func.count()).select_from(Subscription).where(*_reached(topic))) or 0


def _reached(topic: Topic) -> tuple[ColumnElement[bool], ...]:
    bouncing = select(MailAddress.id).where(
        MailAddress.email == Subscription.email, MailAddress.bounced_at.is_not(None)
    )
    return Subscription.topic == topic, ACTIVE, ~bouncing.exists()
