"""Which quarters of a facility are frozen: closed, blocked or under audit (A-13)."""

from __future__ import annotations

from sqlalchemy import select

from domain.calendars import Quarter
from domain.ecalcura.declaration import DossierStatus
from models.base import db
from models.declaration import Dossier


def frozen_quarters(facility_id: int) -> list[Quarter]:
    """The quarters whose dossier is not open, oldest first."""
    rows = db.session.execute(
        select(Dossier.year, Dossier.quarter_number).where(
            Dossier.facility_id == facility_id, Dossier.status != DossierStatus.OPEN
        )
    )
    return sorted(Quarter(year, number) for year, number in rows)
