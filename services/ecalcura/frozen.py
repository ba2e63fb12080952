"""Which quarters of a facility are frozen: closed, blocked or under audit (A-13)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from domain.calendars import Quarter
from domain.ecalcura.declaration import DossierStatus
from models.base import db
from models.declaration import Dossier


@dataclass(frozen=True, slots=True)
class FrozenQuarters:
    """The quarters of a facility that are not open, and those of them that are under audit."""

    closed: frozenset[Quarter] = frozenset()
    audit: frozenset[Quarter] = frozenset()


def frozen(facility_id: int) -> FrozenQuarters:
    """The frozen quarters of a facility. Whoever decides by them holds the lock of the facility (services.locks)."""
    statement = select(Dossier.year, Dossier.quarter_number, Dossier.status).where(
        Dossier.facility_id == facility_id, Dossier.status != DossierStatus.OPEN
    )
    rows = db.session.execute(statement).all()
    return FrozenQuarters(
        frozenset(Quarter(year, number) for year, number, _ in rows),
        frozenset(Quarter(year, number) for year, number, status in rows if status is DossierStatus.AUDIT),
    )


def frozen_quarters(facility_id: int) -> list[Quarter]:
    """The quarters whose dossier is not open, oldest first."""
    return sorted(frozen(facility_id).closed)
