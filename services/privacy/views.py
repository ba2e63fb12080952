"""Who of the department or a helpdesk looked at the data of an organisation, for that organisation (E-153, E-154).

The lines are written with the entries of the audit chain (``services.audit``); here they are only read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, select

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.calendars import start_of_day
from domain.permissions import Permission
from domain.views_of_organisation import EVENTS, ViewKind, kind_of
from models.audit import AuditPersonalValue, OrganisationView
from models.base import db
from models.compensation import Calculation
from models.letter import Letter
from models.organisation import Facility
from models.personnel import StaffMember
from services import access, audit, listing, spreadsheets
from services.ecalcura.register_lookups import number_digest
from services.listing import Order, Page, Position

_ORDER = Order((OrganisationView.first_sequence,), descending=True)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which looks: of one kind, and on which days (both included)."""

    kind: ViewKind | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """One line: looks of the same person at the same thing within a quarter of an hour.

    ``about`` says at what: its kind (``dossier``, ``staff`` …) and values to name it with; ``reason`` as it was given.
    """

    first_at: datetime
    last_at: datetime
    count: int
    role: str
    kind: ViewKind
    revealed: bool
    about: Mapping[str, str]
    reason: str


def views(actor: Actor, wanted: Filter, position: Position) -> Page[Seen]:
    """A page of looks at the own organisation, the newest first. Six statements at most."""
    rows = listing.page_of(_statement(actor, wanted), _ORDER, position, name=f"views {actor.organisation_key} {wanted}")
    told = _told(actor, rows.rows)
    return Page(tuple(told), rows.cursors, rows.number, rows.more)


def total(actor: Actor, wanted: Filter) -> listing.Capped:
    """How many lines there are, up to the cap."""
    return listing.Capped(db.session.scalar(select(listing.capped_count(_statement(actor, wanted)))) or 0)


def export(actor: Actor, wanted: Filter) -> Iterator[Seen]:
    """All lines of the list, for a file; leaves a trace, the caller commits before it reads."""
    statement = _statement(actor, wanted)
    rows = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    filters = {"soort": wanted.kind or "", "van": str(wanted.first_day or ""), "tot": str(wanted.last_day or "")}
    data = {"list": "views", "rows": rows, "filters": filters}
    audit.record(actor, AuditEvent.EXPORTED, "list", "views", data=data)
    return _pieces(actor, statement.order_by(OrganisationView.first_sequence.desc()))


def _pieces(actor: Actor, statement: Select[Any]) -> Iterator[Seen]:
    piece: list[Any] = []
    for row in spreadsheets.rows_of(statement):
        piece.append(row)
        if len(piece) == 200:
            yield from _told(actor, piece)
            piece = []
    yield from _told(actor, piece)


def _statement(actor: Actor, wanted: Filter) -> Any:
    access.require(actor, Permission.VIEWS_READ)
    keys = [actor.organisation_key]
    if actor.side is Side.FACILITY:
        keys.append(audit.EVERY_FACILITY)
    statement: Any = (
        select(
            OrganisationView.first_sequence,
            OrganisationView.first_at,
            OrganisationView.last_at,
            OrganisationView.count,
            OrganisationView.role,
            OrganisationView.event,
            OrganisationView.subject_type,
            OrganisationView.subject_key,
            AuditPersonalValue.value.label("reason"),
        )
        .outerjoin(
            AuditPersonalValue,
            and_(
                OrganisationView.slot < 0,
                AuditPersonalValue.sequence == OrganisationView.first_sequence,
                AuditPersonalValue.name == "reason",
            ),
        )
        .where(OrganisationView.organisation_key.in_(keys))
    )
    if wanted.kind is not None:
        statement = statement.where(OrganisationView.event.in_([event.value for event in EVENTS[wanted.kind]]))
    if wanted.first_day is not None:
        statement = statement.where(OrganisationView.first_at >= start_of_day(wanted.first_day))
    if wanted.last_day is not None:
        statement = statement.where(OrganisationView.first_at < start_of_day(wanted.last_day + timedelta(days=1)))
    return statement


def _told(actor: Actor, rows: Sequence[Any]) -> list[Seen]:
    names = _Names(actor, rows)
    return [
        Seen(
            row.first_at,
            row.last_at,
            row.count,
            row.role,
            kind_of(row.event),
            row.event == AuditEvent.NATIONAL_NUMBER_REVEALED.value,
            names.of(row),
            row.reason or "",
        )
        for row in rows
    ]


class _Names:
    """What the keys of some lines are called: only what is of the own organisation is looked up at all."""

    def __init__(self, actor: Actor, rows: Sequence[Any]) -> None:
        self._own = actor.facility_id
        by_type: dict[str, set[str]] = {}
        for row in rows:
            by_type.setdefault(row.subject_type, set()).add(row.subject_key)
        self._staff = self._staff_named(by_type.get("staff", ()))
        self._people = self._people_of(by_type.get("person_file", ()))
        self._letters = self._of_facility(Letter, by_type.get("letter", ()))
        self._calculations = self._of_facility(Calculation, by_type.get("calculation", ()))

    def of(self, row: Any) -> dict[str, str]:
        """The type of a subject and what names it."""
        key, kind = row.subject_key, row.subject_type
        if row.event == AuditEvent.LOOKED_UP.value:
            return {"type": "look_up", "key": key}
        if kind == "dossier":
            return {"type": kind, "quarter": key.partition("-")[2], "number": key}
        if kind == "staff":
            return {"type": kind, "name": self._staff.get(key, "")}
        if kind == "person_file":
            return {"type": kind, "name": self._people.get(key, "")}
        if kind in ("letter", "calculation"):
            found = (self._letters if kind == "letter" else self._calculations).get(key)
            return {"type": kind, "period": found.period_code, "kind": found.kind.value} if found else {"type": kind}
        if kind == "report":
            code, _, rest = key.partition(" ")
            return {"type": kind, "report": code, "period": rest.partition(" ")[0]}
        return {"type": kind, "key": key}

    def _staff_named(self, references: Iterable[str]) -> dict[str, str]:
        wanted = list(references)
        if not wanted or self._own is None:
            return {}
        rows = db.session.execute(
            select(StaffMember.reference, StaffMember.last_name, StaffMember.first_name).where(
                StaffMember.facility_id == self._own, StaffMember.reference.in_(wanted)
            )
        )
        return {row.reference: f"{row.first_name} {row.last_name}" for row in rows}

    def _people_of(self, digests: Iterable[str]) -> dict[str, str]:
        """Whose person file it was: the number is not kept, so those of the own staff are compared by their digest."""
        wanted = set(digests)
        if not wanted or self._own is None:
            return {}
        rows = db.session.execute(
            select(StaffMember.national_number, StaffMember.last_name, StaffMember.first_name).where(
                StaffMember.facility_id == self._own
            )
        )
        keyed = ((number_digest(row.national_number)[:32], row) for row in rows)
        return {digest: f"{row.first_name} {row.last_name}" for digest, row in keyed if digest in wanted}

    def _of_facility(self, model: Any, references: Iterable[str]) -> dict[str, Any]:
        wanted = list(references)
        if not wanted or self._own is None:
            return {}
        rows = db.session.execute(
            select(model.reference, model.kind, model.period_code)
            .join(Facility, Facility.id == model.facility_id)
            .where(Facility.id == self._own, model.reference.in_(wanted))
        )
        return {row.reference: row for row in rows}
