"""Everything that happened to a dossier, for the department: its events, its mail, the requests to reopen it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Row, String, and_, bindparam, cast, func, literal, null, select, union_all

from domain.ecalcura.declaration import Event
from models.base import Instant, db
from models.declaration import Dossier, DossierEvent, DossierSnapshot, ReopeningRequest, Submission
from models.outbox import OutboxMessage
from services.ecalcura import events


class StepKind(StrEnum):
    """What a step of the timeline is."""

    EVENT = "EVENT"
    MAIL = "MAIL"
    REQUEST = "REQUEST"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the timeline. Which parts are filled in depends on the kind.

    ``code`` is an event, the template of a mail or the channel of a request; ``state`` the status after it, how the
    delivery stands, or the decision; ``digest`` the SHA-256 of the copy that was taken; ``receipt`` a submission.
    """

    kind: StepKind
    key: int
    at: datetime
    code: str
    who: str
    state: str | None
    text: str | None
    digest: str | None
    receipt: str | None

    @property
    def label(self) -> str:
        """The Dutch word of an event."""
        return events.label(self.code) if self.kind is StepKind.EVENT else self.code


def _text(value: Any = None) -> Any:
    return cast(null() if value is None else value, String)


def steps_of(dossier: Dossier) -> list[Step]:
    """Events, mails and requests of a dossier in one statement, newest first."""
    values = {
        "dossier": dossier.id,
        "number": dossier.number,
        "facility": dossier.facility_id,
        "period": dossier.period_code,
        "quarter": f"%{dossier.quarter}%",
    }
    rows = db.session.execute(_timeline(), values)
    return sorted((_step(row) for row in rows), key=lambda step: (step.at, step.kind, step.key), reverse=True)


@cache
def _timeline() -> CompoundSelect[Any]:
    """Made once: making it costs more than its answer."""
    columns = ("kind", "key", "at", "code", "who", "state", "text", "digest", "receipt")
    happened = (
        select(
            *_labelled(
                columns,
                literal(StepKind.EVENT.value),
                DossierEvent.id,
                DossierEvent.at,
                DossierEvent.event,
                DossierEvent.actor_name,
                DossierEvent.to_status,
                func.coalesce(DossierEvent.reason, DossierEvent.detail),
                DossierSnapshot.digest,
                Submission.reference,
            )
        )
        .outerjoin(DossierSnapshot, DossierSnapshot.id == DossierEvent.snapshot_id)
        .outerjoin(
            Submission, and_(Submission.snapshot_id == DossierEvent.snapshot_id, DossierEvent.event == Event.SUBMIT)
        )
        .where(DossierEvent.dossier_id == bindparam("dossier"))
    )
    mailed = select(
        *_labelled(
            columns,
            literal(StepKind.MAIL.value),
            OutboxMessage.id,
            OutboxMessage.made_at,
            OutboxMessage.template,
            OutboxMessage.recipient,
            OutboxMessage.state,
            OutboxMessage.error,
            _text(),
            _text(),
        )
    ).where(OutboxMessage.subject_type == "dossier", OutboxMessage.subject_key == bindparam("number"))
    asked = select(
        *_labelled(
            columns,
            literal(StepKind.REQUEST.value),
            ReopeningRequest.id,
            ReopeningRequest.received_at,
            ReopeningRequest.channel,
            _text(literal("")),
            ReopeningRequest.decision,
            ReopeningRequest.quarters,
            _text(),
            _text(),
        )
    ).where(
        ReopeningRequest.facility_id == bindparam("facility"),
        ReopeningRequest.period_code == bindparam("period"),
        ReopeningRequest.quarters.like(bindparam("quarter")),
    )
    return union_all(happened, mailed, asked)


def _labelled(names: Sequence[str], *values: Any) -> list[Any]:
    """Columns under one name and type, so that a union has one shape on both databases."""
    typed = []
    for name, value in zip(names, values, strict=True):
        typed.append((value if name in ("key", "at") else cast(value, String)).label(name))
    return typed


def _step(row: Row[Any]) -> Step:
    at = row.at if isinstance(row.at, datetime) else Instant().process_result_value(row.at, db.engine.dialect)
    assert at is not None
    return Step(StepKind(row.kind), row.key, at, row.code, row.who, row.state, row.text, row.digest, row.receipt)
