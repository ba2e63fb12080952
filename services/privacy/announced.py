"""What is announced, what stands in its way, and what was erased: for the department and for facilities (E-153)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from domain.actor import Actor, Side
from domain.calendars import local_date
from domain.erasing import EVERYTHING, Obstacle, obstacles, subject_of
from domain.errors import NotFound
from domain.permissions import Permission
from domain.retention import RetentionClass
from models.base import db
from models.organisation import Facility
from models.privacy import ErasureNotice, ErasureProof
from services import access, clock, listing
from services.listing import Order, Page, Position
from services.privacy import holds
from services.privacy.erasing import ERASERS

_NEWEST = Order((ErasureNotice.id,), descending=True)


@dataclass(frozen=True, slots=True)
class Announced:
    """A notice as people see it: whose data, from when they are erased, and what stands in the way now.

    ``everything`` is the reference of the hold of everything that covers it, if any. The notice may be such a hold.
    """

    notice: ErasureNotice
    facility_name: str
    erase_on: date
    obstacles: Sequence[Obstacle]
    everything: str | None = None

    @property
    def subject(self) -> str:
        """What it is about: a quarter, or a facility with a period or year."""
        return subject_of(self.notice.subject_key)

    @property
    def held(self) -> bool:
        """Whether it is held, alone or with everything."""
        return self.notice.held_at is not None or self.everything is not None


def standing(notice: ErasureNotice, *, held: bool) -> Sequence[Obstacle]:
    """What stands in the way of erasing now; ``held`` says that everything is, itself or with all."""
    return obstacles(
        ERASERS[RetentionClass(notice.retention_class)].needed(notice),
        held=held,
        erase_from=local_date(notice.erase_from),
        today=clock.today(),
    )


def notices(actor: Actor, which: RetentionClass | None, *, erased: bool, position: Position) -> Page[Announced]:
    """What is announced (or was erased) for the department, the newest first; each with what stands in the way."""
    access.require(actor, Permission.RETENTION_MANAGE)
    statement = _statement().where(
        ErasureNotice.retention_class != EVERYTHING,
        ErasureNotice.erased_at.is_not(None) if erased else ErasureNotice.erased_at.is_(None),
    )
    if which is not None:
        statement = statement.where(ErasureNotice.retention_class == which.value)
    page = listing.page_of(statement, _NEWEST, position, name=f"notices {which} {erased}")
    return Page(tuple(_announced(row) for row in page.rows), page.cursors, page.number, page.more)


def everything_held(actor: Actor) -> Sequence[Announced]:
    """The facilities and quarters of which everything is held now, the newest first; at most two hundred."""
    access.require(actor, Permission.RETENTION_MANAGE)
    held = ErasureNotice.retention_class == EVERYTHING, ErasureNotice.held_at.is_not(None)
    rows = db.session.execute(_statement().where(*held).order_by(ErasureNotice.held_at.desc()).limit(200))
    return [_announced(row) for row in rows]


def notice(actor: Actor, reference: str) -> Announced:
    """One notice, or hold of everything, for the department; NotFound."""
    access.require(actor, Permission.RETENTION_MANAGE)
    row = db.session.execute(_statement().where(ErasureNotice.reference == reference)).one_or_none()
    if row is None:
        raise NotFound
    return _announced(row)


def _statement() -> Any:
    return select(ErasureNotice, Facility.name, holds.covering().label("everything")).outerjoin(
        Facility, Facility.id == ErasureNotice.facility_id
    )


def _announced(row: Any) -> Announced:
    notice: ErasureNotice = row.ErasureNotice
    found: Sequence[Obstacle] = ()
    if notice.erased_at is None and notice.retention_class != EVERYTHING:
        found = standing(notice, held=notice.held_at is not None or row.everything is not None)
    return Announced(notice, row.name or "", local_date(notice.erase_from), found, row.everything)


def of_facility(actor: Actor) -> Sequence[Announced]:
    """What will be erased of the own facility, the first to go first; at most fifty. One statement."""
    access.require(actor, Permission.PERSON_FILE)
    if actor.side is not Side.FACILITY:
        return []
    rows = db.session.execute(
        select(ErasureNotice, holds.covering().label("everything"))
        .where(
            ErasureNotice.facility_id == access.own_facility_id(actor),
            ErasureNotice.erased_at.is_(None),
            ErasureNotice.retention_class != EVERYTHING,
        )
        .order_by(ErasureNotice.erase_from, ErasureNotice.id)
        .limit(50)
    )
    return [
        Announced(row.ErasureNotice, actor.organisation_name, local_date(row.ErasureNotice.erase_from), (), row[1])
        for row in rows
    ]


def waiting_count(actor: Actor) -> int:
    """How many notices are open, for the start page of the department. One statement."""
    if not actor.may(Permission.RETENTION_MANAGE):
        return 0
    waiting = select(func.count(ErasureNotice.id)).where(
        ErasureNotice.erased_at.is_(None), ErasureNotice.retention_class != EVERYTHING
    )
    return db.session.scalar(waiting) or 0


def proofs(actor: Actor, position: Position) -> Page[ErasureProof]:
    """What was erased, the newest first."""
    access.require(actor, Permission.RETENTION_MANAGE)
    order = Order((ErasureProof.id,), descending=True)
    page = listing.page_of(select(ErasureProof), order, position, name="proofs")
    return Page(tuple(row.ErasureProof for row in page.rows), page.cursors, page.number, page.more)
