"""The mail part of the worker: what is due leaves, overviews are made, what came back is read.

A message is leased and that is committed, then it is sent, then the outcome is committed. A worker that is killed in
between leaves a lease that runs out; the mail then leaves again with the same Message-ID.
"""

from __future__ import annotations

import time
from contextlib import closing
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from integrations import bounces as incoming
from integrations.mail import MailRefused, MailUnavailable
from integrations.mailboxes import MailboxDown
from services import outbox, transaction
from services.connections import connections
from services.econtracting.notifications import outcomes
from services.outbox import bounces, digests, letters
from services.outbox.letters import Letter

log = structlog.get_logger("jobs")

LOOK = 20.0
"""Seconds after which a look at what came back takes no more; the rest waits for the next one, and mail leaves."""


class Tally(Protocol):
    """What one run did: mail sent, to be tried again and failed."""

    sent: int
    later: int
    failed: int


def send_next(tally: Tally) -> int:
    """Send one mail that is due; gives whether there was one."""
    with transaction.unit_of_work():
        # One at a time: a lease must not run out while others are being sent.
        taken = [letters.letter_of(row) for row in outbox.take(limit=1)]
    for letter in taken:
        _deliver(letter, tally)
    return len(taken)


def _deliver(letter: Letter, tally: Tally) -> None:
    error, permanent = None, False
    try:
        connections().mailer.send(letters.message_of(letter))
    except MailUnavailable as problem:
        error = str(problem)
    except MailRefused as problem:
        error, permanent = str(problem), True
    except (KeyError, ValueError) as problem:
        # A text that cannot be written (unknown template, a newline in a header) will not be better next time.
        error, permanent = f"text: {type(problem).__name__}", True
    except Exception as problem:
        # A bug with one mail must not hold the others; it is tried again, and given up like any other.
        error = type(problem).__name__
        log.error("mail failed", message=letter.id, exc_info=problem)
    with transaction.unit_of_work():
        outbox.settle(letter.id, error=error, permanent=permanent)
        outcomes.settled(letter.id)
    if error is None:
        tally.sent += 1
    elif permanent:
        tally.failed += 1
    else:
        tally.later += 1
    log.info("mail", message=letter.id, template=letter.template, outcome=error or "sent", permanent=permanent)
    if letter.template == letters.DIGEST:
        settle_gathered()


def gather() -> int:
    """Make the overviews of the day that are not made yet; gives how many. Safe to repeat, and to kill."""
    made = 0
    for email in digests.due():
        with transaction.unit_of_work():
            made += digests.gather(email)
    settle_gathered()
    return made


def settle_gathered() -> int:
    """What was in an overview that has left is sent; in one that failed, failed. Gives how many."""
    settled = 0
    while found := digests.unsettled():
        for one in found:
            with transaction.unit_of_work():
                failed, error = digests.outcome_of(one)
                outbox.settle(one, error=error or "digest" if failed else None, permanent=failed)
                outcomes.settled(one)
            settled += 1
    return settled


def read_bounces() -> int:
    """Read what came back from the mailbox, when there is one; gives how many bounces were news.

    Noted and committed before a report is marked as read: a crash or a cut connection in between reads it again, and
    counts it once.
    """
    mailbox, news, ends = connections().bounces, 0, time.monotonic() + LOOK
    if mailbox is None:
        return 0
    try:
        with closing(mailbox.unread()) as unread:
            for key, raw in unread:
                new, ours = _noted(raw)
                news += new
                mailbox.mark(key, understood=ours)
                if not ours:
                    log.warning("report put aside", too_big=raw is None)
                if time.monotonic() > ends:
                    log.info("rest of the mailbox of bounces waits for the next look")
                    break
    except MailboxDown as down:
        log.warning("mailbox of bounces cannot be read", why=str(down))
    return news


def _noted(raw: bytes | None) -> tuple[int, bool]:
    """How many bounces of a report were news, and whether it is about mail that left from here."""
    news, ours = 0, False
    try:
        for report in incoming.reports(raw) if raw is not None else []:
            with transaction.unit_of_work():
                news += bounces.record(report.message_id, report.status, bounces.Channel.MAILBOX)
                ours |= bounces.is_ours(report.message_id)
    except (SQLAlchemyError, transaction.OutcomeUnknown):
        raise
    except Exception as problem:
        # A bug with one report must not hold the others: a person finds it aside.
        log.error("report failed", exc_info=problem)
        return news, False
    return news, ours
