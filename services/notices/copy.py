"""The static copy of the notices in force: ``<instance>/notices/current.json`` (A-44).

Every page reads it, and no page asks the database for it, so that the banner stands while the database is down. It is
written after each publication and by every sweep of the worker; a host without a worker writes its own when it is asked
whether it works (/readyz) and the copy is older than ``OLD``. It holds instants, so that the clock alone decides what
is shown. A copy that is missing or broken is no notice, and a line in the log.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Lock

import structlog
from sqlalchemy import Row, or_, select

from domain.econtracting.document_states import Function
from domain.econtracting.outage_banners import Banner, read, standing
from domain.econtracting.outage_notices import SHOWN_AFTER
from models.base import db
from models.contract_follow_up import Outage
from models.transaction_mode import writer_mode
from services import clock
from services.connections import connections

log = structlog.get_logger("notices")

FOLDER, FILE = "notices", "current.json"
OLD = timedelta(minutes=3)
"""From this age on a host that is asked whether it works writes the copy anew; the worker does so every minute."""
AT_MOST = 50
_MAX_BYTES = 2 * 1024 * 1024


def path() -> Path:
    """Where the copy is."""
    instance: Path = connections().settings.instance
    return instance / FOLDER / FILE


class _Kept:
    """What was read last, and of which file that was."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.stamp: tuple[str, int, int, int] | None = None
        self.banners: tuple[Banner, ...] = ()


_kept = _Kept()


def current() -> tuple[Banner, ...]:
    """The notices that stand on every page now. Never asks the database, never raises."""
    return standing(_read(), clock.now())


def kept() -> tuple[Banner, ...]:
    """Every notice of the copy, shown on pages now or not."""
    return _read()


def _read() -> tuple[Banner, ...]:
    file = path()
    try:
        found = file.stat()
        stamp = (str(file), found.st_ino, found.st_mtime_ns, found.st_size)
    except OSError as problem:
        return _none((str(file), 0, 0, 0), problem)
    if stamp == _kept.stamp:
        return _kept.banners
    try:
        if found.st_size > _MAX_BYTES:
            raise ValueError("too large")
        content = json.loads(file.read_bytes())
        banners = tuple(read(entry) for entry in content["notices"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        return _none(stamp, problem)
    with _kept.lock:
        _kept.stamp, _kept.banners = stamp, banners
    return banners


def _none(stamp: tuple[str, int, int, int], problem: Exception) -> tuple[Banner, ...]:
    """No notice; told once for each file, not for each page."""
    if _kept.stamp != stamp:
        log.warning("no copy of the notices", kind=type(problem).__name__)
    with _kept.lock:
        _kept.stamp, _kept.banners = stamp, ()
    return ()


def write() -> None:
    """Read the notices in force in a short transaction of its own, and put the copy in place at once.

    Whoever comes second waits, so that the last copy is the newest. Raises what the database or the disk raises.
    """
    file = path()
    file.parent.mkdir(parents=True, exist_ok=True)
    with _alone(file.parent):
        content = {"written_at": clock.now().isoformat(), "notices": [banner.written() for banner in _in_force()]}
        new = file.with_suffix(f".{os.getpid()}.new")
        try:
            with new.open("w", encoding="utf-8") as stream:
                json.dump(content, stream, ensure_ascii=False, indent=1)
                stream.flush()
                os.fsync(stream.fileno())
            new.replace(file)
        finally:
            new.unlink(missing_ok=True)
        _keep_folder(file.parent)


def refresh(*, older_than: timedelta = OLD) -> bool:
    """Write the copy when it is missing or that old; gives whether it was. Never raises: what is there stands.

    The age is that of the file on this host.
    """
    try:
        if time.time() - path().stat().st_mtime < older_than.total_seconds():
            return False
    except OSError:
        pass
    try:
        write()
    except Exception as problem:
        log.warning("copy of the notices not written", kind=type(problem).__name__)
        return False
    return True


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _keep_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _in_force() -> list[Banner]:
    """What is neither replaced nor withdrawn, and may be shown now or later. Apart from the running session."""
    now = clock.now()
    query = (
        select(Outage.__table__)
        .where(
            Outage.replaced_by_id.is_(None),
            Outage.withdrawn_at.is_(None),
            or_(Outage.ends_at.is_(None), Outage.ends_at > now - SHOWN_AFTER, Outage.visible_until > now),
        )
        .order_by(Outage.starts_at.desc(), Outage.id.desc())
        .limit(AT_MOST)
    )
    token = writer_mode.set(False)
    try:
        with db.engine.connect() as connection:
            return [_banner(row) for row in connection.execute(query)]
    finally:
        writer_mode.reset(token)


def _banner(row: Row[tuple[object, ...]]) -> Banner:
    return Banner(
        reference=row.reference,
        planned=row.planned,
        functions=frozenset(map(Function, row.functions.split())),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        visible_until=row.visible_until,
        title=row.title,
        body=row.body,
        remedy=row.remedy,
        third_party=row.third_party,
    )
