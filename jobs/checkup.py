"""``flask doctor``: every part this installation is connected to, really tried."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

from integrations.documents import DocumentStoreDown
from integrations.mail import MailUnavailable
from integrations.mailboxes import MailboxDown
from integrations.scanner import ScannerDown
from jobs.installing import MIGRATIONS
from jobs.worker import HEARTBEAT
from models.base import db
from services import clock, outbox
from services.connections import connections
from services.econtracting import attachments
from services.econtracting.proof import sweep, time_stamping
from services.news import telling

WORKER_SILENCE = 60
"""Seconds without a sign of life after which a worker counts as gone."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    part: str
    ok: bool
    says: str


class Wrong(Exception):
    """What is wrong with a part and what to do about it."""


def examine() -> list[Finding]:
    """Try every part; nothing is changed. Needs an application context."""
    parts: dict[str, Callable[[], str]] = {
        "configuration": _configuration,
        "database": _database,
        "migrations": _migrations,
        "document store": _store,
        "virus scanner": _scanner,
        "mail": _mail,
        "mail queue": _queue,
        "bounces": _bounces,
        "identity providers": _identity_providers,
        "seal": _seal,
        "time-stamps": _time_stamps,
        "proof": _proof,
        "worker": _worker,
        "clock": _clock,
    }
    return [_finding(part, check) for part, check in parts.items()]


def _finding(part: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(part, True, check())
    except Wrong as wrong:
        return Finding(part, False, str(wrong))
    except SQLAlchemyError as error:
        return Finding(part, False, f"the database does not answer ({type(error).__name__})")


def _configuration() -> str:
    settings = connections().settings
    proxies = f"{settings.proxies} in front" if settings.proxies else "none in front (ELOKET_PROXIES)"
    return f"{settings.environment}, {settings.base_url}, instance {settings.instance}, proxies: {proxies}"


def _database() -> str:
    with db.engine.connect() as connection:
        version = ".".join(str(part) for part in connection.dialect.server_version_info or ())
        return f"{connection.dialect.name} {version}"


def _migrations() -> str:
    newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current != newest:
        raise Wrong(f"tables are at {current}, the program needs {newest}: run flask db upgrade")
    return f"at {current}"


def _store() -> str:
    try:
        connections().documents.check()
    except DocumentStoreDown as down:
        raise Wrong(f"cannot be written to ({down}): check ELOKET_DOCUMENT_STORE") from down
    return "can be written to"


def _scanner() -> str:
    scanner = connections().scanner
    try:
        says = scanner.check()
    except ScannerDown as down:
        raise Wrong(
            f"does not answer ({down}): files wait until it does; check ELOKET_SCANNER and clamd itself"
        ) from down
    waiting = attachments.waiting()
    return f"{scanner.name}: {says}" + (f", {waiting} files waiting" if waiting else "")


def _mail() -> str:
    try:
        connections().mailer.check()
    except MailUnavailable as down:
        raise Wrong(f"cannot be handed over ({down}): check ELOKET_MAIL") from down
    return f"can be handed over, from {connections().mailer.sender}"


def _queue() -> str:
    if untold := telling.failed():
        raise Wrong(
            f"{untold} news or notices are not mailed to every subscriber: see the log of the worker, which tries again"
        )
    return f"{outbox.backlog()} waiting"


def _bounces() -> str:
    mailbox = connections().bounces
    hears = ["the mail server tells them"] if connections().settings.bounce_token else []
    if mailbox is not None:
        try:
            mailbox.check()
        except MailboxDown as down:
            raise Wrong(f"the mailbox cannot be read ({down}): check ELOKET_BOUNCES") from down
        hears.append("a mailbox is read")
    return " and ".join(hears) or "nobody tells: set ELOKET_BOUNCES or ELOKET_BOUNCE_TOKEN"


def _identity_providers() -> str:
    providers = connections().saml.providers
    if not providers:
        raise Wrong("none: nobody can sign in; set ELOKET_IDENTITY_PROVIDERS")
    now = datetime.now(UTC)
    old = [provider.key for provider in providers.values() if provider.valid_until and provider.valid_until < now]
    if old:
        raise Wrong(f"metadata is no longer valid: {', '.join(sorted(old))}; fetch it again")
    return ", ".join(sorted(providers))


def _seal() -> str:
    seals = connections().seals
    return f"key {seals.key_id[:16]}, {len(seals.public_keys())} known"


def _time_stamps() -> str:
    stamps = connections().time_stamps
    if not stamps.available:
        raise Wrong("none: records of proof wait; install openssl and set ELOKET_TIME_STAMP_URL")
    assert stamps.authority is not None
    return f"by {stamps.authority.name}, {time_stamping.backlog()} waiting"


def _proof() -> str:
    checked, broken = sweep.everywhere()
    if broken:
        raise Wrong(f"of {broken} contracts it does not hold: run flask evidence verify")
    return f"of {checked} contracts checked, all hold"


def _worker() -> str:
    path: Path = connections().settings.instance / HEARTBEAT
    try:
        silent = time.time() - json.loads(path.read_text())["unix"]
    except (OSError, ValueError, KeyError):
        raise Wrong("never seen on this instance: start it with flask jobs work") from None
    if silent > WORKER_SILENCE:
        raise Wrong(f"silent for {silent:.0f} seconds: start it with flask jobs work")
    return f"seen {silent:.0f} seconds ago"


def _clock() -> str:
    settings = connections().settings
    if settings.fixed_now is not None:
        return f"fixed at {settings.fixed_now.isoformat()} (ELOKET_NOW)"
    return f"running, {clock.now().isoformat(timespec='seconds')}"
