"""Where facilities stand in a reference period, many at a time: what the rules of rounds ask."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from domain.calendars import Quarter
from domain.ecalcura.dossier_states import DossierStatus
from domain.ecalcura.rounds import Standing
from models.base import db
from models.declaration import Dossier
from models.reference import FacilityPeriod


def open_quarters(period_code: str, facility_ids: Sequence[int] | None = None) -> dict[int, list[Quarter]]:
    """The quarters of a period that are open, by facility: nothing is calculated over them (T-13)."""
    statement = (
        select(Dossier.facility_id, Dossier.year, Dossier.quarter_number)
        .where(Dossier.period_code == period_code, Dossier.status == DossierStatus.OPEN)
        .order_by(Dossier.year, Dossier.quarter_number)
    )
    if facility_ids is not None:
        statement = statement.where(Dossier.facility_id.in_(facility_ids))
    found: dict[int, list[Quarter]] = {}
    for facility_id, year, number in db.session.execute(statement):
        found.setdefault(facility_id, []).append(Quarter(year, number))
    return found


def standings(period_code: str, facility_ids: Sequence[int]) -> dict[int, Standing]:
    """The standing of each facility that has one; the others have the empty one."""
    opened = open_quarters(period_code, facility_ids)
    rows = db.session.execute(
        select(FacilityPeriod.facility_id, FacilityPeriod.provisional_on, FacilityPeriod.definitive_on).where(
            FacilityPeriod.period_code == period_code, FacilityPeriod.facility_id.in_(facility_ids)
        )
    )
    dates = {facility_id: (provisional_on, definitive_on) for facility_id, provisional_on, definitive_on in rows}
    return {
        facility_id: Standing(*dates.get(facility_id, (None, None)), tuple(opened.get(facility_id, ())))
        for facility_id in facility_ids
    }
