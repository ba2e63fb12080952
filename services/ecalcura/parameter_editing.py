"""Writing and releasing parameter sets: one draft per reference period, released by a second person (part 8).

A released set never changes. A change is a new version, made from the one in force or from last year's, and it acts
through a new calculation only; its calendar acts from the release on (A-02).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.calendars import quarters_of
from domain.dutch import moment
from domain.ecalcura.calculation_states import ParameterSetStatus
from domain.ecalcura.parameter_checks import check, require_draft, require_second_person, stops
from domain.ecalcura.parameter_list import content_of, values
from domain.ecalcura.parameter_sets import ParameterContent, Texts, differences, indexed, next_year, read, write
from domain.ecalcura.working_time import write_working_time
from domain.errors import N_, Conflict, Finding, Findings, InvalidValue, NotAllowedNow, NotFound
from domain.permissions import Permission
from models.audit import AuditEntry
from models.base import db
from models.compensation import ParameterSet
from models.gate import writing
from models.reference import ReferencePeriod
from services import access, audit, clock
from services.connections import connections
from services.ecalcura import parameter_sets
from services.ecalcura.dossiers import calendar_of
from services.ecalcura.personnel_facts import code_lists

CHANGED = N_("{who} heeft dit ontwerp gewijzigd op {at}. Kijk na wat er nu staat en bewaar opnieuw.")
DRAFT_EXISTS = N_("Er is al een ontwerp voor {period} (versie {number}). Werk daarin verder.")
NO_YEAR_BEFORE = N_("Voor {period} zijn er geen vrijgegeven parameters om over te nemen.")
NO_PERIOD = N_("De referentieperiode {period} bestaat niet.")
TWICE = N_("Een collega heeft op hetzelfde moment een nieuwe versie gemaakt. Kijk in de lijst.")


class Source(StrEnum):
    """What a new version starts from."""

    IN_FORCE = "IN_FORCE"
    LAST_YEAR = "LAST_YEAR"
    DEFAULTS = "DEFAULTS"


SOURCE_LABELS: Mapping[Source, str] = {
    Source.IN_FORCE: N_("De versie die nu geldt"),
    Source.LAST_YEAR: N_("De versie van vorig jaar: datums een jaar later, bedragen dezelfde"),
    Source.DEFAULTS: N_("De standaardwaarden, zonder bedragen"),
}


def period_before(period_code: str) -> str:
    """``2022-2023`` for ``2023-2024``."""
    first = quarters_of(period_code)[0].year
    return f"{first - 1}-{first}"


def create(actor: Actor, period_code: str, source: Source, note: str | None = None) -> ParameterSet:
    """Make a draft of a period. NotAllowedNow when there is a draft already, or nothing to start from."""
    access.require(actor, Permission.PARAMETERS_MANAGE)
    if db.session.get(ReferencePeriod, period_code) is None:
        raise InvalidValue(NO_PERIOD, field="period", period=period_code)
    draft = draft_of(period_code)
    if draft is not None:
        raise NotAllowedNow(DRAFT_EXISTS, code="PARAMETERS", period=period_code, number=draft.number)
    return _new(actor, period_code, _content_from(period_code, source), note)


def refill(actor: Actor, reference: str, version: int, source: Source) -> ParameterSet:
    """Start a draft anew from a source; everything that was typed in it is replaced."""
    row = _locked_draft(actor, reference, version)
    content = _content_from(row.period_code, source)
    return _write(actor, row, content, row.note)


def change(
    actor: Actor, reference: str, version: int, changed: Mapping[str, Any], note: str | None = None
) -> list[Finding]:
    """Change some values of a draft, by name; gives what deserves another look (warnings, what is still missing).

    Findings name what cannot be; Conflict when somebody changed the draft after ``version``; NotAllowedNow for a set
    that is no draft. ``note`` None leaves the note as it is.
    """
    row = _locked_draft(actor, reference, version)
    content = indexed(content_of(row.period_code, values(read(row.content)) | dict(changed)))
    findings = check_of(content)
    refused = stops(findings)
    if refused:
        raise Findings(refused)
    _write(actor, row, content, row.note if note is None else note.strip() or None)
    return findings


def preview(content: ParameterContent, changed: Mapping[str, Any]) -> list[Finding]:
    """What would refuse these values in a content; nothing is written."""
    return stops(check_of(indexed(content_of(content.reference_period, values(content) | dict(changed)))))


def release(actor: Actor, reference: str, version: int) -> ParameterSet:
    """Release a draft: from now on it is in force, and its calendar is that of the period.

    NotAllowedNow for who wrote something in it (four eyes); Findings for what is missing or impossible.
    """
    row = _locked_draft(actor, reference, version)
    require_other_eyes(actor, reference)
    content = read(row.content)
    refused = stops(check_of(content), release=True)
    if refused:
        raise Findings(refused)
    with writing("parameters.release"):
        row.status = ParameterSetStatus.RELEASED
        row.released_at = clock.now()
        row.released_by, row.released_by_id = actor.name[:160], actor.account_id
        _apply(row.period_code, content)
        parameter_sets.trace_status(actor, row)
    return row


def require_other_eyes(actor: Actor, reference: str) -> None:
    """NotAllowedNow for who wrote a value that stands in a draft, made it as it is, or has no account.

    The audit chain says who wrote what: a colleague who changes another value, or the note, does not make it theirs.
    """
    last: int | None = None
    writers: dict[str, int | None] = {}
    for trace in db.session.execute(
        select(AuditEntry.actor_id, AuditEntry.data)
        .where(
            AuditEntry.subject_type == "parameter_set",
            AuditEntry.subject_key == reference,
            AuditEntry.event == AuditEvent.PARAMETERS_CHANGED,
        )
        .order_by(AuditEntry.sequence)
    ):
        fields = set(json.loads(trace.data)["fields"]) - {"note"}
        if fields:
            last = trace.actor_id
        writers |= dict.fromkeys(fields - {"*"}, trace.actor_id)
    for writer in (last, *writers.values()):
        require_second_person(writer, actor.account_id)


def check_of(content: ParameterContent) -> list[Finding]:
    """Everything there is to say about a content, beside the code lists and the calendars of other periods."""
    lists = code_lists()
    rows = db.session.scalars(select(ReferencePeriod).order_by(ReferencePeriod.code))
    calendars = [calendar_of(row.code, row) for row in rows if row.code != content.reference_period]
    return check(
        content, tuple(lists.qualifications.values()), contract_types=frozenset(lists.contract_types), others=calendars
    )


def draft_of(period_code: str) -> ParameterSet | None:
    """The draft of a period, if there is one."""
    return db.session.scalar(
        select(ParameterSet)
        .where(ParameterSet.period_code == period_code, ParameterSet.status == ParameterSetStatus.DRAFT)
        .order_by(ParameterSet.number.desc())
        .limit(1)
    )


def _content_from(period_code: str, source: Source) -> ParameterContent:
    if source is Source.IN_FORCE:
        return parameter_sets.in_force(period_code).content
    if source is Source.LAST_YEAR:
        before = period_before(period_code)
        try:
            return next_year(parameter_sets.in_force(before).content)
        except NotAllowedNow:
            raise NotAllowedNow(NO_YEAR_BEFORE, code="PARAMETERS", period=before) from None
    row = db.session.get(ReferencePeriod, period_code)
    content = replace(ParameterContent.default(period_code), calendar=calendar_of(period_code, row))
    return replace(content, texts=Texts(mailbox=connections().settings.department_mailbox))


def _locked_draft(actor: Actor, reference: str, version: int) -> ParameterSet:
    access.require(actor, Permission.PARAMETERS_MANAGE)
    row = db.session.scalar(
        select(ParameterSet)
        .where(ParameterSet.reference == reference)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    require_draft(row.status)
    if row.version != version:
        raise Conflict(CHANGED, code="CONFLICT", who=row.changed_by, at=moment(row.changed_at))
    return row


def _new(actor: Actor, period_code: str, content: ParameterContent, note: str | None) -> ParameterSet:
    text, now = write(content), clock.now()
    row = ParameterSet(
        period_code=period_code,
        number=parameter_sets.next_number(period_code),
        note=(note or "").strip() or None,
        legal_basis=content.texts.legal_basis or None,
        content=text,
        digest=parameter_sets.digest_of(text),
        made_at=now,
        made_by=actor.name[:160],
        **_changed_by(actor, now),
    )
    try:
        with writing("parameters.create"):
            db.session.add(row)
            db.session.flush()
    except IntegrityError:
        raise Conflict(TWICE, code="CONFLICT") from None
    _trace(actor, row, ["*"])
    return row


def _write(actor: Actor, row: ParameterSet, content: ParameterContent, note: str | None) -> ParameterSet:
    """Put a content in a draft; nothing is traced when nothing is different."""
    fields = [one.name for one in differences(read(row.content), content)]
    if row.note != note:
        fields.append("note")
    if not fields:
        return row
    text = write(content)
    with writing("parameters.change"):
        row.content, row.digest, row.note = text, parameter_sets.digest_of(text), note
        row.legal_basis = content.texts.legal_basis or None
        for name, value in _changed_by(actor, clock.now()).items():
            setattr(row, name, value)
    _trace(actor, row, fields)
    return row


def _changed_by(actor: Actor, now: datetime) -> dict[str, Any]:
    return {"changed_at": now, "changed_by": actor.name[:160], "changed_by_id": actor.account_id}


def _trace(actor: Actor, row: ParameterSet, fields: list[str]) -> None:
    audit.record(
        actor,
        AuditEvent.PARAMETERS_CHANGED,
        "parameter_set",
        row.reference,
        data={"period": row.period_code, "number": row.number, "fields": fields, "digest": row.digest},
    )


def _apply(period_code: str, content: ParameterContent) -> None:
    """The row of the period is what every term is read from, and what the performance screen asks at every page."""
    period, calendar = db.session.get_one(ReferencePeriod, period_code), content.calendar
    period.working_time = write_working_time(content.performances)
    for column in (
        "statutory_deadline",
        "letter_on",
        "postponed_until",
        "blocking_on",
        "window_offset_days",
        "window_days",
        "reopenings_allowed",
        "definitive_from",
        "definitive_until",
        "payment_on",
    ):
        setattr(period, column, getattr(calendar, column))
    period.fallback_basis = calendar.fallback_basis.value
