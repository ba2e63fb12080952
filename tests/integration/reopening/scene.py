"""A facility with four quarters and what was asked about them, in whatever phase the clock says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from domain.actor import Actor
from domain.calendars import Quarter
from domain.ecalcura.declaration import DossierStatus
from domain.permissions import Role
from models.all import db
from models.declaration import Dossier, ReopeningRequest
from models.organisation import Facility
from services import transaction
from services.ecalcura import reopening_asking, reopening_requests
from tests.factories import actors, declarations, organisations, reference

PERIOD = "2023-2024"
ALL = ("2023K3", "2023K4", "2024K1", "2024K2")
WHAT = "De betaalde uren van een vervanger ontbraken."


@dataclass
class Asking:
    """A facility, its clerk and a case manager."""

    facility: Facility
    clerk: Actor
    manager: Actor

    def ask(self, *quarters: str, key: str = "", text: str = WHAT, actor: Actor | None = None) -> ReopeningRequest:
        """Ask for quarters, by default all four."""
        chosen = [Quarter.parse(quarter) for quarter in quarters or ALL]
        with transaction.unit_of_work():
            return reopening_asking.ask(actor or self.clerk, PERIOD, chosen, text, key)

    def grant(self, request: ReopeningRequest, reason: str | None = None) -> list[Dossier]:
        """Grant a request, with its own reason unless another is given."""
        with transaction.unit_of_work():
            why = reason or reopening_requests.proposed_reason(request)
            return reopening_requests.grant(self.manager, request.id, why)

    def refuse(self, request: ReopeningRequest, reason: str = "Buiten de regels.") -> ReopeningRequest:
        """Refuse a request."""
        with transaction.unit_of_work():
            return reopening_requests.refuse(self.manager, request.id, reason)

    def withdraw(self, reference: str, actor: Actor | None = None) -> ReopeningRequest:
        """Take a request back."""
        with transaction.unit_of_work():
            return reopening_asking.withdraw(actor or self.clerk, reference)

    def statuses(self) -> dict[str, DossierStatus]:
        """Every dossier of the facility with its status."""
        db.session.rollback()
        rows = db.session.execute(sa.select(Dossier).where(Dossier.facility_id == self.facility.id)).scalars()
        return {str(row.quarter): row.status for row in rows}

    def state(self, request: ReopeningRequest) -> str:
        """Where a request stands for the facility now."""
        db.session.rollback()
        shown = reopening_asking.page(self.clerk, PERIOD).requests
        return next(one.state.value for one in shown if one.request.reference == request.reference)


def asking(*statuses: str, provisional: date | None = None) -> Asking:
    """Four quarters in these states (all CLOSED by default); ``provisional`` is the day of the calculation."""
    facility = organisations.facility()
    organisations.contact_person(facility)
    for quarter, status in zip(ALL, statuses or ("CLOSED",) * 4, strict=True):
        if status != "-":
            declarations.dossier(facility, quarter, status)
    if provisional is not None:
        reference.facility_period(facility, PERIOD, provisional_on=provisional)
    clerk, manager = actors.facility_user(facility, Role.EL_PRIVACY), actors.case_manager()
    return Asking(facility, *(actors.known(one) for one in (clerk, manager)))
