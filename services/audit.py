"""The audit trail: ``record`` in a use case, ``append_pending`` at commit, ``verify`` at any time.

An entry is chained by ``sha256(previous + canonical JSON)``. Personal values are kept beside the chain; the chain holds
their salted digest only, so that they can be erased without breaking it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from domain.actor import Actor, Side
from domain.audit_events import SHAPES, AuditEvent
from domain.permissions import Role
from models.audit import AuditEntry, AuditHead, AuditPersonalValue, OrganisationView
from models.base import db
from models.gate import writing
from models.upserts import upsert
from services import clock

GENESIS = "0" * 64
#: In place of the keys of the organisations: a look at all facilities together.
EVERY_FACILITY = "*"

#: Made once: every commit that leaves a trace takes the head and puts it back.
_TAKE_HEAD = (
    update(AuditHead)
    .where(AuditHead.id == 1)
    .values(sequence=AuditHead.sequence + bindparam("more"))
    .returning(AuditHead.sequence, AuditHead.digest)
    .execution_options(synchronize_session=False)
)
_PUT_HEAD = (
    update(AuditHead)
    .where(AuditHead.id == 1)
    .values(digest=bindparam("last"))
    .execution_options(synchronize_session=False)
)


@dataclass(frozen=True, slots=True)
class _Pending:
    at: datetime
    actor: Actor
    event: AuditEvent
    subject_type: str
    subject_key: str
    data: dict[str, Any]
    personal: dict[str, str]
    concerns: tuple[str, ...] = ()


def record(
    actor: Actor,
    event: AuditEvent,
    subject_type: str,
    subject_key: str | int,
    *,
    data: Mapping[str, Any] | None = None,
    personal: Mapping[str, Any] | None = None,
    concerns: Iterable[str] = (),
) -> None:
    """Queue a trace of the running use case; it is written in the same commit as the change.

    ``data`` must have exactly the keys that ``domain.audit_events.SHAPES`` names; ``personal`` only keys named there.
    Raises ValueError otherwise (a bug). ``concerns``: the keys of the organisations whose data the department or a
    helpdesk looked at; they find the look under ``services.privacy.views``.
    """
    shape = SHAPES[event]
    values = dict(data or {})
    private = {name: _text(value) for name, value in (personal or {}).items()}
    if set(values) != shape.data or not set(private) <= shape.personal:
        raise ValueError(f"{event}: data {sorted(values)}, personal {sorted(private)}")
    looked_at = tuple(sorted(set(concerns))) if actor.side in _WATCHED else ()
    pending().append(_Pending(clock.now(), actor, event, subject_type, str(subject_key), values, private, looked_at))


#: Whose looks the organisation that is looked at may read.
_WATCHED = frozenset({Side.DEPARTMENT, Side.HELPDESK})
#: Looks of one person at one thing within so many seconds are one line for the organisation.
_TOGETHER = 900


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def pending() -> list[_Pending]:
    """What was recorded in the running transaction and is not yet written."""
    queue: list[_Pending] = db.session().info.setdefault("audit", [])
    return queue


def forget_pending() -> None:
    """Drop what was recorded: the change it traces was undone."""
    pending().clear()


def canonical(entry: Mapping[str, Any]) -> str:
    """The one JSON form that is hashed: sorted keys, no spaces, text as it is."""
    return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def _content(
    sequence: int,
    at: datetime,
    actor_id: int | None,
    actor_side: str,
    organisation_key: str,
    event: str,
    subject_type: str,
    subject_key: str,
    data: str,
) -> str:
    return canonical(
        {
            "sequence": sequence,
            "at": at.isoformat(),
            "actor": actor_id,
            "side": actor_side,
            "organisation": organisation_key,
            "event": event,
            "subject": [subject_type, subject_key],
            "data": data,
        }
    )


def link(previous: str, content: str) -> str:
    """The digest of an entry: SHA-256 over the previous digest and the canonical content."""
    return hashlib.sha256(f"{previous}\n{content}".encode()).hexdigest()


def append_pending() -> None:
    """Write the queued traces to the chain. The UPDATE of the head row makes writers queue, so there is no fork."""
    queue = pending()
    if not queue:
        return
    session = db.session()
    with writing("audit.append"):
        head = session.execute(_TAKE_HEAD, {"more": len(queue)}).one_or_none()
        if head is None:
            session.add(AuditHead(id=1, sequence=len(queue), digest=GENESIS))
            session.flush()
            last, digest = 0, GENESIS
        else:
            last, digest = head.sequence - len(queue), head.digest
        for sequence, trace in enumerate(queue, start=last + 1):
            digest = _append(sequence, trace, digest)
        session.execute(_PUT_HEAD, {"last": digest})
    queue.clear()


def _append(sequence: int, trace: _Pending, previous: str) -> str:
    data = dict(trace.data)
    values = []
    if trace.personal:
        data["personal"] = {}
        for name, value in trace.personal.items():
            salt = secrets.token_hex(16)
            data["personal"][name] = sha256_of(salt, value)
            values.append(AuditPersonalValue(sequence=sequence, name=name, salt=salt, value=value))
    if trace.concerns:
        data["concerns"] = trace.concerns
    text = canonical(data)
    actor = trace.actor
    content = _content(
        sequence,
        trace.at,
        actor.account_id,
        actor.side,
        actor.organisation_key,
        trace.event,
        trace.subject_type,
        trace.subject_key,
        text,
    )
    entry = AuditEntry(
        sequence=sequence,
        at=trace.at,
        actor_id=actor.account_id,
        actor_side=actor.side,
        organisation_key=actor.organisation_key,
        event=trace.event,
        subject_type=trace.subject_type,
        subject_key=trace.subject_key,
        data=text,
        previous=previous,
        digest=link(previous, content),
    )
    session = db.session()
    session.add(entry)
    session.flush()
    session.add_all(values)
    for organisation_key in trace.concerns:
        session.execute(_look(entry, trace, organisation_key))
    return entry.digest


def _look(entry: AuditEntry, trace: _Pending, organisation_key: str) -> Any:
    """The line an organisation reads about this look; one with a reason stands alone."""
    role = next((role for role in Role if role in trace.actor.roles), "")
    alone = bool(trace.personal)
    row = upsert(OrganisationView).values(
        organisation_key=organisation_key,
        slot=-entry.sequence if alone else int(trace.at.timestamp()) // _TOGETHER,
        event=trace.event,
        subject_type=trace.subject_type,
        subject_key=trace.subject_key,
        actor_id=trace.actor.account_id or 0,
        role=role,
        first_sequence=entry.sequence,
        first_at=trace.at,
        last_at=trace.at,
        count=1,
    )
    return row.on_conflict_do_update(
        index_elements=["organisation_key", "slot", "event", "subject_type", "subject_key", "actor_id"],
        set_={"count": OrganisationView.count + 1, "last_at": trace.at},
    )


@dataclass(frozen=True, slots=True)
class ChainReport:
    """The outcome of a check: how many entries were read, the head digest, and the first broken place if any."""

    entries: int
    head: str
    broken: str | None


def verify() -> ChainReport:
    """Walk the whole chain and the personal values beside it; says the first place that does not hold.

    The head is read first, so that what others append meanwhile is not taken for a fault.
    """
    session = db.session()
    head = session.execute(select(AuditHead.sequence, AuditHead.digest)).one_or_none()
    if head is None:
        broken = "audit head: missing" if session.scalar(select(func.count()).select_from(AuditEntry)) else None
        return ChainReport(0, GENESIS, broken)
    previous, checked = GENESIS, 0
    while checked < head.sequence:
        last = min(checked + _BATCH, head.sequence)
        rows = _between(AuditEntry, checked + 1, last)
        values = _between(AuditPersonalValue, checked + 1, last)
        for sequence in range(checked + 1, last + 1):
            row = rows.pop(sequence, [None])[0]
            problem = _problem_of(row, previous, values.get(sequence, []))
            if row is None or problem:
                return ChainReport(sequence - 1, previous, f"audit entry {sequence}: {problem}")
            previous, checked = row.digest, sequence
    broken = None if previous == head.digest else f"audit head: changed (entry {checked} has another digest)"
    return ChainReport(checked, previous, broken)


_BATCH = 1000


def _between(model: type[Any], first: int, last: int) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in db.session.scalars(select(model).where(model.sequence.between(first, last))):
        found.setdefault(row.sequence, []).append(row)
    return found


def _problem_of(row: AuditEntry | None, previous: str, values: list[AuditPersonalValue]) -> str | None:
    """What is wrong with one entry. A personal value may be erased, and says so; it may not be gone or another."""
    if row is None:
        return "missing"
    content = _content(
        row.sequence,
        row.at,
        row.actor_id,
        row.actor_side,
        row.organisation_key,
        row.event,
        row.subject_type,
        row.subject_key,
        row.data,
    )
    if row.previous != previous or row.digest != link(previous, content):
        return "changed"
    digests: dict[str, str] = dict(json.loads(row.data).get("personal", {}))
    for value in values:
        digest = digests.pop(value.name, None)
        erased = value.value is None and value.erased_at is not None
        if digest is None or not (erased or sha256_of(value.salt, value.value) == digest):
            return f"personal value {value.name} changed"
    return f"personal value {min(digests)} missing" if digests else None


def sha256_of(salt: str, value: str | None) -> str:
    """The salted digest by which the chain knows a personal value."""
    return hashlib.sha256(f"{salt}{value}".encode()).hexdigest()
