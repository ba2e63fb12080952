"""Which parameters are in force for a reference period, and the examples a demonstration starts with (part 8).

The newest released set of a period is in force. A released set never changes: its text can be kept by digest, and a
calculation that names it can be made again. Editing and releasing stand in ``parameter_editing``.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import bindparam, func, select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.calendars import Quarter
from domain.ecalcura.calculation_states import ParameterSetStatus
from domain.ecalcura.parameter_sets import ParameterContent, Texts, read, write
from domain.ecalcura.personnel import DEFAULT_RIGHTS, RightsParameters
from domain.ecalcura.working_time import write_working_time
from domain.errors import N_, NotAllowedNow, NotFound
from models.base import db
from models.compensation import ParameterSet
from models.gate import writing
from models.reference import ReferencePeriod
from services import audit, clock
from services.connections import connections
from services.ecalcura.dossiers import calendar_of

NONE_IN_FORCE = N_(
    "Voor {period} zijn er nog geen vrijgegeven parameters. Vul ze in bij Parameters en laat een collega ze vrijgeven."
)
EXAMPLE = "VOORBEELDBEDRAG"
EXAMPLE_NOTE = "VOORBEELDBEDRAG: verzonnen bedragen om mee te oefenen, niet van het departement."
EMPTY_NOTE = "Standaardwaarden zonder bedragen. Vul de jaarbedragen in en laat een collega vrijgeven."

IN_FORCE = (ParameterSetStatus.RELEASED, ParameterSetStatus.USED)

_EXAMPLES = Path(__file__).parent.parent / "reference_data" / "example_amounts.toml"
_NEWEST = (
    select(ParameterSet.id, ParameterSet.number, ParameterSet.digest, ParameterSet.content)
    .where(ParameterSet.period_code == bindparam("period"), ParameterSet.status.in_(IN_FORCE))
    .order_by(ParameterSet.number.desc())
    .limit(1)
)

content_of = lru_cache(maxsize=64)(read)


@dataclass(frozen=True, slots=True)
class InForce:
    """A set to calculate with: its key, the number people see, the digest (SHA-256, hex) and the parameters."""

    set_id: int
    number: int
    digest: str
    content: ParameterContent


def in_force(period_code: str) -> InForce:
    """The newest released set of a period; NotAllowedNow (code PARAMETERS) while there is none. One query."""
    found = _newest(period_code)
    if found is None:
        raise NotAllowedNow(NONE_IN_FORCE, code="PARAMETERS", period=period_code)
    return found


def of(set_id: int) -> InForce:
    """The set of a key, whatever its status; NotFound."""
    row = db.session.get(ParameterSet, set_id)
    if row is None:
        raise NotFound
    return InForce(row.id, row.number, row.digest, content_of(row.content))


def rights_now() -> RightsParameters:
    """The parameters of the staff screens: those in force for the period that runs today, or the defaults.

    A contract or a choice runs through several periods; what is typed is judged by the rules of the day it is typed.
    """
    found = _newest(Quarter.of(clock.today()).reference_period)
    return DEFAULT_RIGHTS if found is None else found.content.rights


def _newest(period_code: str) -> InForce | None:
    row = db.session.execute(_NEWEST, {"period": period_code}).one_or_none()
    return None if row is None else InForce(row.id, row.number, row.digest, content_of(row.content))


def mark_used(set_id: int, actor: Actor | None = None) -> None:
    """A calculation with this set was communicated: from now on it is part of history. Inside ``writing`` only.

    NotAllowedNow for a draft: nothing may be communicated with it.
    """
    row = db.session.get(ParameterSet, set_id)
    if row is None:
        raise NotFound
    if row.status is ParameterSetStatus.USED:
        return
    if row.status is not ParameterSetStatus.RELEASED:
        raise NotAllowedNow(NONE_IN_FORCE, code="PARAMETERS", period=row.period_code)
    row.status = ParameterSetStatus.USED
    row.used_at = clock.now()
    if actor is not None:
        trace_status(actor, row)


def trace_status(actor: Actor, row: ParameterSet) -> None:
    """Leave the trace of a set that reached a new status."""
    audit.record(
        actor,
        AuditEvent.PARAMETERS_RELEASED,
        "parameter_set",
        row.reference,
        data={"period": row.period_code, "number": row.number, "digest": row.digest, "status": row.status.value},
    )


def digest_of(text: str) -> str:
    """SHA-256 of the canonical text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def next_number(period_code: str) -> int:
    """The number of the next version of a period."""
    last = db.session.scalar(select(func.max(ParameterSet.number)).where(ParameterSet.period_code == period_code))
    return (last or 0) + 1


def ensure(period_codes: Iterable[str]) -> int:
    """Give each reference period that has no set at all a first one; how many were made.

    In production it is a draft with the defaults and without amounts: nothing is calculated before two people filled
    it in and released it. Elsewhere it is the example, released.
    """
    with_set = set(db.session.scalars(select(ParameterSet.period_code).distinct()))
    missing = sorted(set(period_codes) - with_set)
    for code in missing:
        if connections().settings.production:
            _add(code, ParameterContent.default(code), EMPTY_NOTE, ParameterSetStatus.DRAFT)
        else:
            ensure_released(code)
    return len(missing)


def ensure_released(period_code: str) -> InForce:
    """The set in force; when there is none, the example set (VOORBEELDBEDRAG) is released by the system itself.

    For demonstrations and tests. The calendar is that of the row of the period, which must exist.
    """
    found = _newest(period_code)
    if found is None:
        _add(period_code, example(period_code), EXAMPLE_NOTE, ParameterSetStatus.RELEASED)
        found = in_force(period_code)
    return found


def example(period_code: str) -> ParameterContent:
    """The defaults of a period with the example amounts of its year, or of the nearest year there are any of."""
    known = _examples()
    year = min(known, key=lambda one: (abs(int(one[:4]) - int(period_code[:4])), one))
    content = ParameterContent.default(period_code)
    amounts = MappingProxyType(known[year])
    return replace(
        content,
        compensation=replace(content.compensation, y1=amounts, y2=amounts),
        texts=Texts(mailbox=connections().settings.department_mailbox, legal_basis=EXAMPLE),
    )


@lru_cache(maxsize=1)
def _examples() -> dict[str, dict[str, Decimal]]:
    raw = tomllib.loads(_EXAMPLES.read_text(encoding="utf-8"))["amounts"]
    return {period: {code: Decimal(amount) for code, amount in row.items()} for period, row in raw.items()}


def _add(period_code: str, content: ParameterContent, note: str, status: ParameterSetStatus) -> ParameterSet:
    """A set made by the system, with the calendar the period has now."""
    period = db.session.get(ReferencePeriod, period_code)
    content = replace(content, calendar=calendar_of(period_code, period))
    text, now, system = write(content), clock.now(), "Dossierloket"
    row = ParameterSet(
        period_code=period_code,
        number=next_number(period_code),
        status=status,
        note=note,
        legal_basis=content.texts.legal_basis or None,
        content=text,
        digest=digest_of(text),
        made_at=now,
        made_by=system,
        changed_at=now,
        changed_by=system,
    )
    if status is ParameterSetStatus.RELEASED:
        row.released_at, row.released_by = now, system
    with writing("parameter_sets.ensure"):
        db.session.add(row)
        if period is not None and status is ParameterSetStatus.RELEASED:
            period.working_time = write_working_time(content.performances)
        db.session.flush()
    return row
