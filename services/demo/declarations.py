"""The quarter declarations of the demonstration."""

from __future__ import annotations

from datetime import datetime

from domain.calendars import Quarter
from domain.ecalcura.declaration import DossierStatus
from models.base import db
from models.declaration import Dossier
from models.gate import writing
from models.organisation import Facility
from services.demo.calendar import DemoCalendar
from services.ecalcura.dossiers import number_of

#: No staff yet: they start from a RaaS export.
WITHOUT_STAFF = frozenset({"71000034", "71000045"})


def add(calendar: DemoCalendar, facilities: dict[str, Facility], now: datetime) -> int:
    """Write the dossiers; gives their number."""
    total = 0
    with writing("demo.declarations"):
        for facility in facilities.values():
            if facility.hco_number in WITHOUT_STAFF:
                continue
            for quarter in calendar.quarters:
                if Quarter.parse(facility.entry_from) <= quarter <= calendar.last_ended:
                    total += 1
                    closed = quarter < calendar.last_ended
                    db.session.add(
                        Dossier(
                            number=number_of(facility.hco_number, quarter),
                            facility_id=facility.id,
                            year=quarter.year,
                            quarter_number=quarter.number,
                            period_code=quarter.reference_period,
                            status=DossierStatus.CLOSED if closed else DossierStatus.OPEN,
                            opened_at=now,
                            changed_at=now,
                            submitted_at=now if closed else None,
                            submitted_by="Sofie Maes" if closed else None,
                            basis="INGEDIEND" if closed else None,
                        )
                    )
    return total
