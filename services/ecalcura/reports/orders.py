"""Asking for a report as a file: a small one at once, a big one or one of all facilities as background work."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.errors import N_, InvalidValue, NotFound
from domain.permissions import Permission
from integrations.documents import DocumentStoreDown
from models.background_job import BackgroundJob, JobState
from models.base import db
from models.document import StoredFile
from models.gate import writing
from models.organisation import Facility
from services import access, audit, background_jobs, clock, documents
from services.background_jobs import Progress, Work
from services.connections import connections
from services.ecalcura.reports import catalogue, reading
from services.ecalcura.reports.files import MEDIA_TYPES, WRITERS, FileKind, file_name

KIND = "report"
#: A file of personal data is not kept for ever: after so long it can only be asked for again.
KEPT = timedelta(days=14)
_AT_A_TIME = 20
_IN_MEMORY = 8 * 1024 * 1024

NOT_AS_PDF = N_("Een PDF van alle voorzieningen is te groot om te lezen. Kies Excel of CSV.")


@dataclass(frozen=True, slots=True)
class Ready:
    """A file that was made at once."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Ordered:
    """A file that is made, or was, in the background, as its list shows it."""

    reference: str
    title: str
    period: str
    hco_number: str | None
    kind: FileKind
    state: JobState
    done: int
    total: int
    step: str | None
    made_at: Any
    finished_at: Any
    name: str | None
    lines: int | None
    fetched: bool

    @property
    def ready(self) -> bool:
        """Whether it can be downloaded."""
        return self.state is JobState.DONE and self.name is not None

    @property
    def waiting(self) -> bool:
        """Whether it is still to come."""
        return self.state in (JobState.QUEUED, JobState.RUNNING)


def at_once(kind: FileKind) -> int:
    """The number of lines up to which a file is made while the person waits; a PDF takes ten times longer."""
    lines = int(connections().settings.report_lines_at_once)
    return lines // 4 if kind is FileKind.PDF else lines


def ask(actor: Actor, code: str, period: str, kind: FileKind, hco_number: str | None = None) -> Ready | str:
    """A report of one facility as a file, or the reference of the background job that makes it. It leaves a trace."""
    report = reading.report(actor, code, period, hco_number)
    content = report.content
    if report.size > at_once(kind):
        return _enqueue(actor, code, period, kind, content.hco_number)
    with _file() as target:
        writer = WRITERS[kind](target, report.definition, period, clock.now(), many=False)
        writer.add(report)
        writer.close()
        target.seek(0)
        made = target.read()
    _trace(actor, code, period, kind, content.hco_number, writer.lines)
    name = file_name(report.definition, period, kind, content.hco_number, provisional=report.provisional)
    return Ready(name, MEDIA_TYPES[kind], made)


def ask_for_all(actor: Actor, code: str, period: str, kind: FileKind) -> str:
    """A report of all facilities, with masked national numbers; gives the reference of the job that makes it."""
    access.require(actor, Permission.REPORTS_REVIEW)
    catalogue.definition_of(code, period)
    if kind is FileKind.PDF:
        raise InvalidValue(NOT_AS_PDF, field="formaat")
    return _enqueue(actor, code, period, kind, None)


def _enqueue(actor: Actor, code: str, period: str, kind: FileKind, hco_number: str | None) -> str:
    parameters = {
        "report": code,
        "period": period,
        "file": kind.value,
        "hco_number": hco_number,
        "masked": actor.side is not Side.FACILITY,
    }
    waiting = _waiting(actor, parameters)
    if waiting is not None:
        return waiting
    total = 1 if hco_number else reading.facility_count()
    job = background_jobs.enqueue(actor, KIND, parameters, total=total)
    db.session.flush()
    return job.reference


def _waiting(actor: Actor, parameters: Mapping[str, Any]) -> str | None:
    """The reference of the same file that somebody asked for and that nobody began to make: a second click."""
    rows = db.session.scalars(
        select(BackgroundJob).where(
            BackgroundJob.state == JobState.QUEUED,
            BackgroundJob.kind == KIND,
            BackgroundJob.account_id == actor.account_id,
        )
    )
    same = (row for row in rows if row.facility_id == actor.facility_id and json.loads(row.parameters) == parameters)
    found = next(same, None)
    return None if found is None else found.reference


def work(parameters: Mapping[str, Any]) -> Work:
    """Make the file of a job (kind ``report``): facility by facility, into the document store at the end."""
    code, period, kind = parameters["report"], parameters["period"], FileKind(parameters["file"])
    hco_number, hidden = parameters["hco_number"], parameters["masked"]
    made_with = reading.setting(code, period)
    chosen = select(Facility.id).order_by(Facility.name, Facility.id)
    if hco_number is not None:
        chosen = chosen.where(Facility.hco_number == hco_number)
    ids = list(db.session.scalars(chosen))
    provisional = False
    yield Progress(0, len(ids), N_("De gegevens worden verzameld"))
    with _file() as target:
        writer = WRITERS[kind](target, made_with.definition, period, clock.now(), many=hco_number is None)
        for first in range(0, len(ids), _AT_A_TIME):
            for key in ids[first : first + _AT_A_TIME]:
                report = reading.make(db.session.get_one(Facility, key), made_with)
                provisional = provisional or report.provisional
                writer.add(reading.masked(report) if hidden else report)
            yield Progress(min(first + _AT_A_TIME, len(ids)), len(ids), N_("De voorzieningen worden gelezen"))
        writer.close()
        target.seek(0)
        digest = documents.store(target, MEDIA_TYPES[kind]).digest
    name = file_name(made_with.definition, period, kind, hco_number, provisional=provisional)
    outcome = {"lines": writer.lines, "facilities": len(ids)}
    yield Progress(len(ids), len(ids), N_("Klaar"), outcome, (digest, name))


def _file() -> IO[bytes]:
    return cast(IO[bytes], SpooledTemporaryFile(max_size=_IN_MEMORY))


def orders(actor: Actor, limit: int = 10) -> list[Ordered]:
    """The files somebody asked for in the last two weeks, newest first."""
    reading.require(actor)
    rows = db.session.scalars(
        select(BackgroundJob)
        .where(
            BackgroundJob.kind == KIND,
            BackgroundJob.account_id == actor.account_id,
            BackgroundJob.facility_id == actor.facility_id
            if actor.facility_id is not None
            else BackgroundJob.facility_id.is_(None),
            BackgroundJob.made_at >= clock.now() - KEPT,
        )
        .order_by(BackgroundJob.id.desc())
        .limit(limit)
    )
    return [_ordered(row) for row in rows]


def order(actor: Actor, reference: str) -> Ordered:
    """One of them; NotFound for anybody else's, also of the same organisation."""
    return _ordered(_own(actor, reference))


def download(actor: Actor, reference: str) -> Ready:
    """The file of an order that is ready; who takes it along leaves a trace. NotFound before that."""
    job = _own(actor, reference)
    if job.state is not JobState.DONE or job.file_digest is None or job.file_name is None:
        raise NotFound
    held = _ordered(job)
    stored, content = documents.read(job.file_digest)
    parameters = json.loads(job.parameters)
    _trace(actor, parameters["report"], held.period, held.kind, held.hco_number, held.lines or 0)
    if not held.fetched:
        with writing("reports.download"):
            job.outcome = json.dumps(json.loads(job.outcome or "{}") | {"fetched": True}, sort_keys=True)
    return Ready(job.file_name, stored.media_type, content)


def unfetched(actor: Actor) -> list[Ordered]:
    """The files that are ready and were not fetched yet, for the notice; nothing for somebody without the right."""
    needed = Permission.REPORTS_READ if actor.side is Side.FACILITY else Permission.REPORTS_REVIEW
    return [one for one in orders(actor) if one.ready and not one.fetched] if actor.may(needed) else []


def forget_old() -> list[str]:
    """Let go of files that were kept long enough. Gives the digests that no row names any more: see ``remove``."""
    old = db.session.scalars(
        select(BackgroundJob).where(
            BackgroundJob.kind == KIND,
            BackgroundJob.file_digest.is_not(None),
            BackgroundJob.made_at < clock.now() - KEPT,
        )
    ).all()
    digests = {job.file_digest for job in old if job.file_digest}
    with writing("reports.forget_old"):
        for job in old:
            job.file_digest = None
        db.session.flush()
        still = set(db.session.scalars(select(BackgroundJob.file_digest).where(BackgroundJob.file_digest.in_(digests))))
        return [digest for digest in sorted(digests - still) if _unnamed(digest)]


def _unnamed(digest: str) -> bool:
    """Let go of the row of a file; False when something else names the same content."""
    try:
        with db.session.begin_nested():
            db.session.delete(db.session.get_one(StoredFile, digest))
    except IntegrityError:
        return False
    return True


def remove(digests: Sequence[str]) -> None:
    """After that was committed: the files themselves. One that cannot be removed now stays, named by nothing."""
    for digest in digests:
        with suppress(DocumentStoreDown):
            connections().documents.remove(digest)


def _own(actor: Actor, reference: str) -> BackgroundJob:
    reading.require(actor)
    job = background_jobs.find(actor, reference)
    if job.kind != KIND or job.account_id != actor.account_id or job.made_at < clock.now() - KEPT:
        raise NotFound
    return job


def _ordered(job: BackgroundJob) -> Ordered:
    parameters = json.loads(job.parameters)
    outcome = json.loads(job.outcome) if job.outcome else {}
    return Ordered(
        reference=job.reference,
        title=catalogue.DEFINITIONS[parameters["report"]].title,
        period=parameters["period"],
        hco_number=parameters["hco_number"],
        kind=FileKind(parameters["file"]),
        state=job.state,
        done=job.done,
        total=job.total,
        step=job.step,
        made_at=job.made_at,
        finished_at=job.finished_at,
        name=job.file_name if job.file_digest else None,
        lines=outcome.get("lines"),
        fetched=bool(outcome.get("fetched")),
    )


def _trace(actor: Actor, code: str, period: str, kind: FileKind, hco_number: str | None, lines: int) -> None:
    filters = {"periode": period, "formaat": kind.value, "voorziening": hco_number or "alle"}
    audit.record(
        actor,
        AuditEvent.EXPORTED,
        "report",
        f"{code} {period} {hco_number or 'alle'}",
        data={"list": f"rapport {code}", "rows": lines, "filters": filters},
        concerns=(hco_number or audit.EVERY_FACILITY,),
    )
