"""May this actor do this, on this row? Checked in every use case, whatever door it came through."""

from __future__ import annotations

from domain.actor import Actor, Side
from domain.errors import Forbidden, NotFound
from domain.permissions import Permission
from models.base import db
from models.organisation import Facility


def require(actor: Actor, permission: Permission, facility_id: int | None = None) -> None:
    """Raise Forbidden without the permission, NotFound when the row belongs to another facility than the actor's."""
    if not actor.may(permission):
        raise Forbidden(permission)
    if actor.side is Side.FACILITY and facility_id is not None and facility_id != actor.facility_id:
        raise NotFound


def own_facility_id(actor: Actor) -> int:
    """The facility of the actor; NotFound for anybody of another side."""
    if actor.facility_id is None:
        raise NotFound
    return actor.facility_id


def own_facility(actor: Actor) -> Facility:
    """The row of the actor's own facility."""
    facility = db.session.get(Facility, own_facility_id(actor))
    if facility is None:
        raise NotFound
    return facility
