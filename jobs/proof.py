"""What the worker does for the proof of contracts: time-stamps for new records, and checking old ones in portions."""

from __future__ import annotations

import time

import structlog

from integrations.time_stamps import TimeStampDown, TimeStampRefused
from services import transaction
from services.connections import connections
from services.econtracting.archive import ordering
from services.econtracting.proof import sweep, time_stamping, verification
from services.econtracting.proof.reading import Stamps

log = structlog.get_logger("jobs")

_LONGEST_PAUSE = 3600.0
PORTION = 20.0
"""Seconds of checking at most in one look, so that mail and jobs do not wait."""
_pause, _ask_again = 0.0, 0.0


def tend() -> None:
    """What the worker does at each look: time-stamps, a portion of checking, clearing away old packages."""
    stamp()
    check()
    with transaction.unit_of_work():
        ordering.forget_old()


def stamp() -> int:
    """Time-stamp the records that have none yet; gives how many.

    An authority that does not answer, or not rightly, is asked again later: after a minute, then twice as long each
    time, at most an hour. Nothing else waits for it.
    """
    global _pause, _ask_again
    if not connections().time_stamps.available or time.monotonic() < _ask_again:
        return 0
    with transaction.unit_of_work():
        records = time_stamping.waiting()
    if not records:
        return 0
    try:
        token = time_stamping.ask(records)
    except (TimeStampDown, TimeStampRefused) as problem:
        _pause = min(max(60.0, _pause * 2), _LONGEST_PAUSE)
        _ask_again = time.monotonic() + _pause
        log.error("no time-stamp", records=len(records), kind=type(problem).__name__, problem=str(problem))
        return 0
    _pause = _ask_again = 0.0
    try:
        with transaction.unit_of_work():
            time_stamping.keep(records, token)
    except time_stamping.Overtaken:
        return 0
    log.info("time-stamped", records=len(records), authority=token.authority)
    return len(records)


def check() -> int:
    """Check the proof of contracts that are due again, a portion of it; gives how many.

    What does not hold is told in the log at once, and shown in the back office from then on. Nothing is locked while
    files are read; only the outcome is written.
    """
    started, done, stamps = time.monotonic(), 0, Stamps()
    for contract_id in sweep.due():
        report = verification.verify_contract(contract_id, stamps=stamps)
        transaction.rollback()
        with transaction.unit_of_work():
            sweep.note(contract_id, report)
        if report.broken is not None:
            log.error("proof does not hold", contract=report.contract, place=str(report.broken))
        done += 1
        if time.monotonic() - started > PORTION:
            break
    transaction.rollback()
    if done:
        log.info("proof checked", contracts=done, seconds=round(time.monotonic() - started, 1))
    return done
