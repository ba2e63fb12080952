"""The background worker: mail that is due, background jobs, the calendar, and what has expired.

How mail leaves is ``jobs.mail``; how a job is done, ``jobs.background``: both survive a kill. Mail does not wait for a
long job: it leaves between its steps.
"""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event
from types import FrameType

import structlog
from sqlalchemy.exc import SQLAlchemyError

from jobs import background, campaign, mail, proof, publication, requests
from services import clock, notices, transaction
from services.connections import connections
from services.ecalcura import submission
from services.ecalcura.reports import orders
from services.econtracting import attachments
from services.econtracting.contracts import making
from services.econtracting.documents import sending
from services.identity import sweeps
from services.news import subscriptions, telling
from services.privacy import retention

log = structlog.get_logger("jobs")

IDLE = 2.0
"""Seconds between two looks at an empty queue."""
SWEEP_EVERY = 60.0
"""Seconds between two sweeps."""
_MAIL_BETWEEN_STEPS = 20
"""How many mails leave between two steps of a job."""
HEARTBEAT = "worker.json"
"""File in the instance folder that says when the worker last looked."""


@dataclass
class Tally:
    """What one run did: mail sent, to be tried again and failed, and how many background jobs it took to their end."""

    sent: int = 0
    later: int = 0
    failed: int = 0
    jobs: int = 0


def work(*, once: bool = False, stop: Event | None = None) -> Tally:
    """Send what is due and do the jobs that wait until nothing is left (``once``), or go on until ``stop`` is set.

    A database that is away is waited for. Needs an application context.
    """
    stop = stop or Event()
    tally = Tally()
    swept = 0.0
    while not stop.is_set():
        try:
            if time.monotonic() - swept >= SWEEP_EVERY or not swept:
                swept = time.monotonic()
                _sweep_or_tell()
            handled = mail.send_next(tally) or _job(tally, stop)
            _beat()
        except (SQLAlchemyError, transaction.OutcomeUnknown) as error:
            if once:
                raise
            transaction.rollback()
            log.error("database unavailable", kind=type(error).__name__)
            stop.wait(5 * IDLE)
            continue
        if not handled:
            if once:
                break
            stop.wait(IDLE)
    return tally


def _sweep_or_tell() -> None:
    """A bug in what is looked at every minute holds no mail and no jobs; a database that is away is for the caller."""
    try:
        sweep()
    except (SQLAlchemyError, transaction.OutcomeUnknown):
        raise
    except Exception as problem:
        transaction.rollback()
        log.error("sweep failed", exc_info=problem)


def sweep() -> None:
    """Look at the calendar, scan and publish what waits, remove what expired: sessions, requests, reviews, reports."""
    notices.refresh(older_than=timedelta())
    campaign.look()
    removed = sweeps.sweep()
    with transaction.unit_of_work():
        removed["reviews"] = submission.forget_unused_reviews()
    with transaction.unit_of_work():
        removed["checks"] = sending.forget_unused_checks()
    with transaction.unit_of_work():
        removed["subscriptions"] = subscriptions.forget_unconfirmed()
    with transaction.unit_of_work():
        removed["taken_up"] = telling.take_up()
    with transaction.unit_of_work():
        files = orders.forget_old()
    orders.remove(files)
    with transaction.unit_of_work():
        removed["announced"] = making.announce_visible()
    attachments.scan_waiting()
    removed["published"] = publication.look()
    removed |= retention.look()
    removed["lapsed"] = requests.look()
    removed["reports"] = len(files)
    removed["overviews"] = mail.gather()
    removed["bounces"] = mail.read_bounces()
    if any(removed.values()):
        log.info("swept", **removed)
    proof.tend()


def _job(tally: Tally, stop: Event) -> int:
    """Do one job that waits; gives whether there was one."""
    taken = background.take()
    if taken is None:
        return 0
    looked = time.monotonic()

    def meanwhile() -> None:
        nonlocal looked
        if time.monotonic() - looked < IDLE:
            return
        _beat()
        for _ in range(_MAIL_BETWEEN_STEPS):
            if not mail.send_next(tally):
                break
        looked = time.monotonic()

    if background.perform(taken, ends=stop, meanwhile=meanwhile) is not None:
        tally.jobs += 1
    return 1


def _beat() -> None:
    """Say that we live, for ``flask doctor``."""
    instance: Path = connections().settings.instance
    path = instance / HEARTBEAT
    new = path.with_suffix(f".{os.getpid()}")
    try:
        new.write_text(json.dumps({"at": clock.now().isoformat(), "unix": int(time.time()), "pid": os.getpid()}))
        new.replace(path)
    except OSError:
        log.warning("no heartbeat written")


def run(*, once: bool = False) -> Tally:
    """``work`` until SIGTERM or SIGINT; the message or step at hand is finished first. Needs an application context."""
    stop = Event()

    def _stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, _stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        return work(once=once, stop=stop)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def main() -> None:
    """The worker as a process of its own."""
    from app import create_app

    with create_app().app_context():
        run()


if __name__ == "__main__":
    main()
