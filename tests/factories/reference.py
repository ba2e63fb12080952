"""The code lists and the reference periods, as a fresh installation has them."""

from __future__ import annotations

from typing import Any

from models.all import db
from models.organisation import Facility
from models.reference import FacilityPeriod, ReferencePeriod
from services import reference_lists, transaction
from tests.factories.database import saved


def code_lists() -> None:
    """Qualifications, contract types, fundings and the RaaS mapping; once per test is enough, twice does no harm."""
    with transaction.unit_of_work():
        reference_lists.ensure()


def reference_period(code: str = "2023-2024", **values: Any) -> ReferencePeriod:
    """A reference period with the calendar of 5.1, changed by ``values``; one that is there already is taken."""
    row = db.session.get(ReferencePeriod, code) or reference_lists.period(code)
    for name, value in values.items():
        setattr(row, name, value)
    return saved(row)


def facility_period(facility: Facility, code: str = "2023-2024", **values: Any) -> FacilityPeriod:
    """Where a facility stands in a period: ``provisional_on`` (P), ``definitive_on`` (D), ``reopenings_used``."""
    reference_period(code)
    return saved(FacilityPeriod(facility_id=facility.id, period_code=code, **values))
