"""What is done once the running transaction is committed: something outside the database that follows from it.

What fails is told to the log and never undoes or stops anything: each of these can also be done later (a sweep).
"""

from __future__ import annotations

from collections.abc import Callable

import structlog

from models.base import db

log = structlog.get_logger("after_commit")

_KEY = "after_commit"


def do(what: Callable[[], object]) -> None:
    """Do it after the commit, once, however often it is asked for in one transaction; not when that is undone."""
    waiting: list[Callable[[], object]] = db.session().info.setdefault(_KEY, [])
    if what not in waiting:
        waiting.append(what)


def run() -> None:
    """Do what waits. Called by ``services.transaction`` when the commit is done."""
    for what in _taken():
        try:
            what()
        except Exception as problem:
            log.error("not done after the commit", what=getattr(what, "__qualname__", "?"), exc_info=problem)


def forget() -> None:
    """Nothing follows: the transaction was undone."""
    _taken()


def _taken() -> list[Callable[[], object]]:
    found: list[Callable[[], object]] = db.session().info.pop(_KEY, [])
    return found
