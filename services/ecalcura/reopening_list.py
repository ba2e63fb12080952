"""The requests to reopen that wait for a case manager, those whose term ends first on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select

from domain.actor import Actor
from domain.calendars import Quarter
from domain.ecalcura.reopening import RequestKind, RequestState
from domain.permissions import Permission
from models.base import db
from models.declaration import ReopeningRequest
from models.organisation import Facility
from models.reference import FacilityPeriod, ReferencePeriod
from services import access, listing
from services.ecalcura import dossiers
from services.ecalcura.reopening_asking import asked
from services.listing import Capped

#: So many are looked at: in the busiest week of a campaign a few hundred wait.
MOST = 1000


@dataclass(frozen=True, slots=True)
class Waiting:
    """One request that waits: whose, which quarters, what is to change, and how long there is to decide."""

    request: ReopeningRequest
    facility: Facility
    quarters: Sequence[Quarter]
    kind: RequestKind | None
    lapsed: bool
    last_day: date | None
    days_left: int | None


def waiting(actor: Actor, limit: int = MOST) -> list[Waiting]:
    """The requests nobody decided, by last day, then by receipt; what lapsed comes last. One statement."""
    access.require(actor, Permission.DOSSIER_REVIEW)
    rows = db.session.execute(
        select(ReopeningRequest, Facility, ReferencePeriod, FacilityPeriod)
        .join(Facility, Facility.id == ReopeningRequest.facility_id)
        .join(ReferencePeriod, ReferencePeriod.code == ReopeningRequest.period_code)
        .outerjoin(
            FacilityPeriod,
            and_(
                FacilityPeriod.facility_id == ReopeningRequest.facility_id,
                FacilityPeriod.period_code == ReopeningRequest.period_code,
            ),
        )
        .where(ReopeningRequest.decision.is_(None))
        .order_by(ReopeningRequest.received_at, ReopeningRequest.id)
        .limit(MOST)
    )
    found = [_waiting(*row) for row in rows]
    found.sort(key=lambda one: (one.lapsed, one.last_day or date.max, one.request.received_at, one.request.id))
    return found[:limit]


def waiting_count(actor: Actor) -> Capped:
    """How many wait, up to the cap."""
    access.require(actor, Permission.DOSSIER_REVIEW)
    undecided = select(ReopeningRequest.id).where(ReopeningRequest.decision.is_(None))
    return Capped(db.session.scalar(select(listing.capped_count(undecided))) or 0)


def _waiting(
    request: ReopeningRequest, facility: Facility, period: ReferencePeriod, own: FacilityPeriod | None
) -> Waiting:
    state = asked(request, dossiers.situation(facility, period, own))
    kind = RequestKind(request.kind) if request.kind else None
    lapsed = state.state is RequestState.LAPSED
    return Waiting(request, facility, state.quarters, kind, lapsed, state.last_day, state.days_left)
