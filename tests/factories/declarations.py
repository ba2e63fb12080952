"""Dossiers and performances in a given state, as rows; what a use case can make is better made by it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from domain.calendars import Quarter
from domain.ecalcura.declaration import DossierStatus
from models.declaration import Dossier, Performance
from models.organisation import Facility
from models.personnel import Contract
from services import clock
from tests.factories.database import saved
from tests.factories.reference import reference_period


def dossier(of: Facility, quarter: str = "2024K1", status: DossierStatus | str = "OPEN", **values: Any) -> Dossier:
    """The dossier of a quarter (its reference period is made when missing); in AUDIT it remembers CLOSED."""
    which, state = Quarter.parse(quarter), DossierStatus(status)
    reference_period(which.reference_period)
    moment = clock.now()
    defaults: dict[str, Any] = {
        "number": f"{of.hco_number}-{which}",
        "year": which.year,
        "quarter_number": which.number,
        "period_code": which.reference_period,
        "status": state,
        "previous_status": DossierStatus.CLOSED if state is DossierStatus.AUDIT else None,
        "opened_at": moment,
        "changed_at": moment,
    }
    return saved(Dossier(facility_id=of.id, **(defaults | values)))


def performance(of: Dossier, contract: Contract, **values: Any) -> Performance:
    """65 paid and 0 unpaid days of a contract in a dossier."""
    defaults: dict[str, Any] = {
        "paid_days": Decimal("65.0"),
        "unpaid_days": Decimal("0.0"),
        "changed_at": clock.now(),
        "changed_by": "Sofie Maes",
    }
    return saved(Performance(dossier_id=of.id, contract_id=contract.id, **(defaults | values)))
