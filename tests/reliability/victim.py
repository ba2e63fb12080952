"""The process that is killed: the real application, forked anew for each task from one that has everything loaded.

``python -m tests.reliability.victim`` reads tasks from standard input, one JSON object per line, and says on standard
output what happens: ``{"pid": …}``, then whatever the task acknowledges, then ``{"ended": …}`` when the fork is gone.
"""

from __future__ import annotations

import json
import os
import signal
import smtplib
import sys
import traceback
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Connection, Engine

from app import create_app
from domain.calendars import Quarter
from integrations import letters
from integrations.mail import mailer_of
from jobs import worker
from models.all import db
from services import clock, transaction
from services.connections import connections
from services.ecalcura import declarations, round_work
from services.privacy import retention
from tests.factories import actors
from tests.support.databases import settings_for

NOTHING_TYPED = {"aantal": "0", "versie": "0"}
"""A grid form in which nothing was typed."""


def say(**what: Any) -> None:
    """One line to whoever watches; a single write, so that a kill leaves whole lines only."""
    os.write(1, (json.dumps(what) + "\n").encode())


class Fate:
    """Kills this very process at a point of its way: the ``after``-th time it passes ``point``, any when empty."""

    def __init__(self, point: str, after: int) -> None:
        self.point, self.left = point, after
        self.counts = True

    def passes(self, point: str) -> None:
        """Say that the process is at a point."""
        if not self.left or not self.counts or not point.startswith(self.point):
            return
        self.left -= 1
        if self.left == 0:
            say(died_at=point)
            os.kill(os.getpid(), signal.SIGKILL)


def watch(fate: Fate) -> None:
    """Tell the fate of every write to the database and to the document store, before and after."""

    @sa.event.listens_for(Engine, "before_cursor_execute")
    def _before(_connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("SELECT", "PRAGMA")):
            fate.passes(statement)

    @sa.event.listens_for(Engine, "after_cursor_execute")
    def _after(_connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("SELECT", "PRAGMA")):
            fate.passes(f"after {statement}")

    @sa.event.listens_for(Engine, "commit")
    def _commit(_connection: Connection) -> None:
        fate.passes("before commit")

    @sa.event.listens_for(sa.orm.Session, "after_commit")
    def _committed(_session: Any) -> None:
        fate.passes("after commit")

    _around(smtplib.SMTP, "data", fate, "the mail server has it")
    _around(os, "fsync", fate, "file")
    _around(Path, "replace", fate, "file rename")
    _around(Path, "unlink", fate, "removal")


def _around(owner: Any, name: str, fate: Fate, point: str) -> None:
    original: Callable[..., Any] = getattr(owner, name)

    def watched(*words: Any, **more: Any) -> Any:
        fate.passes(f"before {point}")
        answer = original(*words, **more)
        fate.passes(f"after {point}")
        return answer

    setattr(owner, name, watched)


def submit(app: Flask, task: dict[str, Any], fate: Fate) -> None:
    """Review and submit quarter after quarter; tells each key before it is used and each receipt when it was given.

    ``only_submitting``: what is passed while reviewing does not count.
    """
    client = app.test_client()
    client.set_cookie(app.config["SESSION_COOKIE_NAME"], task["cookie"])
    headers = {"X-CSRFToken": task["csrf"]}
    only_submitting = task.get("only_submitting", False)
    for quarter in task["quarters"]:
        fate.counts = not only_submitting
        reviewed = client.post(f"/ecalcura/aangifte/{quarter}/indienen", data=NOTHING_TYPED, headers=headers)
        assert reviewed.status_code == 303, reviewed.text
        say(key=reviewed.location.rpartition("/")[2], quarter=quarter)
        fate.counts = True
        done = client.post(reviewed.location, headers=headers)
        assert done.status_code == 303, done.text
        fate.passes("before answer")
        say(receipt=done.location.rpartition("/")[2])


def upload(app: Flask, task: dict[str, Any], fate: Fate) -> None:
    """Upload files one after the other as the script of the page does, then remove the first; tells each answer."""
    client = app.test_client()
    client.set_cookie(app.config["SESSION_COOKIE_NAME"], task["cookie"])
    headers = {"X-CSRFToken": task["csrf"], "Accept": "application/json"}
    reference = ""
    for name in task["names"]:
        say(begins=name)
        address = f"/econtracting/bijlagen/stuk/{task['version']}?naam={name}"
        done = client.put(address, data=f"{name} van {task['version']} ".encode() * 30_000, headers=headers)
        assert done.status_code == 201, done.text
        fate.passes("before answer")
        reference = reference or done.get_json()["reference"]
        say(received=name)
    removed = client.post(f"/econtracting/bijlagen/{reference}/verwijderen", headers=headers)
    assert removed.status_code == 303, removed.text
    say(removed=task["names"][0])


def mail(_app: Flask, task: dict[str, Any], _fate: Fate) -> None:
    """Send what is due; tells each mail that the server took."""
    mailer = connections().mailer = mailer_of(task["mail"], "loket@example.be")
    send = mailer.send

    def told(message: EmailMessage) -> None:
        send(message)
        say(sent=message["Message-ID"])

    mailer.send = told  # type: ignore[method-assign]
    worker.work(once=True)


def reopen(_app: Flask, task: dict[str, Any], fate: Fate) -> None:
    """The once-only reopening of several quarters, in one act."""
    quarters = [Quarter.parse(quarter) for quarter in task["quarters"]]
    with transaction.unit_of_work():
        declarations.reopen_once(
            actors.case_manager(), task["facility"], quarters[0].reference_period, quarters, "Een vergissing"
        )
    fate.passes("before answer")
    say(reopened=True)


def calculate_round(_app: Flask, task: dict[str, Any], fate: Fate) -> None:
    """Compute a round as the worker does: the job that waits, with a commit at each safe point."""
    round_work.BATCH = task["batch"]
    work = round_work.work({"round": task["round"]})
    while True:
        with transaction.unit_of_work():
            progress = next(work, None)
        if progress is None:
            break
        say(done=progress.done)
    fate.passes("before answer")
    say(calculated=True)


def erase(_app: Flask, _task: dict[str, Any], _fate: Fate) -> None:
    """Erase what was announced and clear its files away, as the worker does once a day."""
    say(begins=True)
    say(erased=retention.erase_due())
    retention.tidy(None)


TASKS: dict[str, Callable[[Flask, dict[str, Any], Fate], None]] = {
    "submit": submit,
    "mail": mail,
    "upload": upload,
    "reopen": reopen,
    "round": calculate_round,
    "erase": erase,
}


def _live(app: Flask, task: dict[str, Any]) -> None:
    clock.fix(datetime.fromisoformat(task["now"]))
    fate = Fate(task.get("point", ""), task.get("after", 0))
    if fate.left:
        watch(fate)
    with app.app_context():
        TASKS[task["do"]](app, task, fate)


def main() -> None:
    """Fork for each line of standard input until it ends. A task that says ``warm`` is done without a fork.

    Its statements are then compiled for all that follow. What a fork cannot take along is closed or not used by it:
    connections, and the threads that lay out letters.
    """
    instance, address = Path(sys.argv[1]), sys.argv[2] or None
    app = create_app(settings_for(instance, address))
    say(ready=True)
    for line in sys.stdin:
        if "warm" in json.loads(line):
            say(pid=0)
            original, letters.receipt_pdf = letters.receipt_pdf, lambda data: f"%PDF {data['reference']}".encode()
            _live(app, json.loads(line))
            letters.receipt_pdf = original
            with app.app_context():
                db.engine.dispose()
            say(ended=0)
            continue
        pid = os.fork()
        if pid == 0:
            try:
                _live(app, json.loads(line))
                os._exit(0)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
        say(pid=pid)
        _, status = os.waitpid(pid, 0)
        say(ended=os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
