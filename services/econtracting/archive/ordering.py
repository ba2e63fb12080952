"""Asking for the package of a contract: a small one at once, a big one as background work that is fetched later."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from sqlalchemy import select

from domain.actor import Actor, Side
from domain.errors import N_, NotFound
from domain.permissions import Role
from models.background_job import BackgroundJob, JobState
from models.base import db
from models.gate import writing
from models.public_contract import PublicContract
from services import background_jobs, clock, documents
from services.background_jobs import Progress, Work
from services.connections import connections
from services.econtracting import access
from services.econtracting.archive import export

KIND = "contract_archive"
MEDIA_TYPE = "application/zip"
AT_ONCE = 50 * 1024 * 1024
"""Up to so many bytes of files a package is made while the person waits."""
KEPT = timedelta(days=7)
_IN_MEMORY = 8 * 1024 * 1024
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Package:
    """A package that can be read from its beginning; who opens it closes it."""

    name: str
    content: IO[bytes]


@dataclass(frozen=True, slots=True)
class Ordered:
    """A package that is made in the background, or was; ``done`` of ``total`` megabytes."""

    reference: str
    state: JobState
    done: int
    total: int
    made_at: datetime
    ready: bool

    @property
    def waiting(self) -> bool:
        """Whether it is still to come."""
        return self.state in (JobState.QUEUED, JobState.RUNNING)


def ask(actor: Actor, reference: str) -> Package | None:
    """The package of a contract, or None when it is made in the background. It leaves a trace.

    Raises as ``export.require`` does.
    """
    contract = access.contract_for(actor, reference)
    export.require(actor, contract)
    export.traced(actor, contract)
    size = export.size_of(contract)
    if size > AT_ONCE:
        if not any(one.waiting for one in orders(actor, contract)):
            parameters = _parameters(actor, contract)
            background_jobs.enqueue(actor, KIND, parameters, total=size // _MEGABYTE)
        return None
    target = _file()
    for piece in export.export(actor, contract):
        target.write(piece)
    target.seek(0)
    return Package(name_of(contract), target)


def name_of(contract: PublicContract) -> str:
    """What the file of a package is called."""
    return f"opdracht-{re.sub(r'[^A-Za-z0-9]+', '-', contract.number).strip('-')}.zip"


def orders(actor: Actor, contract: PublicContract) -> list[Ordered]:
    """The packages of a contract that the actor asked for lately, newest first."""
    return [
        Ordered(row.reference, row.state, row.done, row.total, row.made_at, row.file_digest is not None)
        for row in _rows(actor)
        if json.loads(row.parameters)["contract"] == contract.id
    ][:5]


def orders_of(actor: Actor, reference: str) -> list[Ordered]:
    """The same by the reference of the contract. NotFound when the actor does not see it."""
    return orders(actor, access.contract_for(actor, reference))


def fetch(actor: Actor, reference: str) -> Package:
    """A package that is ready, to who asked for it and still may have it. It leaves a trace. NotFound otherwise."""
    row = next((one for one in _rows(actor) if one.reference == reference), None)
    if row is None or row.state is not JobState.DONE or row.file_digest is None:
        raise NotFound
    contract = db.session.get_one(PublicContract, json.loads(row.parameters)["contract"])
    export.require(actor, contract)
    export.traced(actor, contract)
    target = _file()
    for piece in connections().documents.stream(row.file_digest):
        target.write(piece)
    target.seek(0)
    return Package(row.file_name or name_of(contract), target)


def work(parameters: Mapping[str, Any]) -> Work:
    """Make the package of a job, into the document store at the end. Who asked must still be allowed to have it."""
    contract = db.session.get_one(PublicContract, parameters["contract"])
    total = export.size_of(contract) // _MEGABYTE
    yield Progress(0, total, N_("Het pakket wordt gemaakt"))
    with _file() as target:
        noted = time.monotonic()
        for piece in export.export(_actor(parameters), contract):
            target.write(piece)
            if time.monotonic() - noted > 1:
                # a safe point now and then, so that others can write meanwhile
                yield Progress(min(target.tell() // _MEGABYTE, total), total, N_("Het pakket wordt gemaakt"))
                noted = time.monotonic()
        target.seek(0)
        digest = documents.store(target, MEDIA_TYPE).digest
    yield Progress(total, total, N_("Klaar"), file=(digest, name_of(contract)))


def forget_old() -> int:
    """Let go of packages that were kept long enough, and of their files after the commit; gives how many."""
    old = db.session.scalars(
        select(BackgroundJob).where(
            BackgroundJob.kind == KIND,
            BackgroundJob.file_digest.is_not(None),
            BackgroundJob.made_at < clock.now() - KEPT,
        )
    ).all()
    with writing("archive.forget_old"):
        for row in old:
            documents.leave(str(row.file_digest))
            row.file_digest = None
    return len(old)


def _file() -> IO[bytes]:
    """A temporary file; who is given it closes it."""
    return cast(IO[bytes], SpooledTemporaryFile(max_size=_IN_MEMORY))


def _rows(actor: Actor) -> list[BackgroundJob]:
    rows = db.session.scalars(
        select(BackgroundJob)
        .where(
            BackgroundJob.kind == KIND,
            BackgroundJob.account_id == actor.account_id,
            BackgroundJob.made_at >= clock.now() - KEPT,
        )
        .order_by(BackgroundJob.id.desc())
    )
    return [row for row in rows if json.loads(row.parameters)["organisation"] == actor.organisation_key]


def _parameters(actor: Actor, contract: PublicContract) -> dict[str, Any]:
    return {
        "contract": contract.id,
        "account": actor.account_id,
        "side": actor.side.value,
        "organisation": actor.organisation_key,
        "organisation_name": actor.organisation_name,
        "roles": sorted(actor.roles),
    }


def _actor(parameters: Mapping[str, Any]) -> Actor:
    """Who asked, with the roles of that moment; rights and blocks are read anew."""
    return Actor(
        parameters["account"],
        Side(parameters["side"]),
        parameters["organisation"],
        parameters["organisation_name"],
        "",
        frozenset(Role(role) for role in parameters["roles"]),
    )
