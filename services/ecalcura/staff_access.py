"""Who may see and change staff, at which desk (5.4)."""

from __future__ import annotations

from domain.actor import Actor, Side
from domain.errors import NotFound
from domain.permissions import Permission
from models.base import db
from models.organisation import Facility
from services import access


def require_read(actor: Actor, facility_id: int) -> None:
    """Forbidden without the right to see staff; NotFound for another facility than one's own."""
    _require(actor, facility_id, Permission.STAFF_READ, Permission.STAFF_REVIEW)


def require_write(actor: Actor, facility_id: int) -> None:
    """Forbidden without the right to change staff; NotFound for another facility than one's own."""
    _require(actor, facility_id, Permission.STAFF_WRITE, Permission.DOSSIER_DECIDE)


def _require(actor: Actor, facility_id: int, facility_side: Permission, department_side: Permission) -> None:
    access.require(actor, department_side if actor.side is Side.DEPARTMENT else facility_side, facility_id)
    if actor.side is not Side.FACILITY and db.session.get(Facility, facility_id) is None:
        raise NotFound
