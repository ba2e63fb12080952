"""How much of what is made, and which dossier is which: pure arithmetic, the same for the same figures."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cached_property
from hashlib import blake2b

from domain.calendars import Quarter
from domain.ecalcura.campaign import PeriodCalendar
from domain.ecalcura.declaration import DossierStatus

#: Quarters that the portal can name; a facility has at most one dossier in each.
_FIRST, _LAST = Quarter(2000, 1), Quarter(2099, 4)
_QUARTERS = 400
_DAY = 86_400
_STATUSES = tuple(DossierStatus)
STAFF_PER_ORGANISATION = 80
CONTRACTS_PER_ORGANISATION = 100
QUARTERS_WITH_PERFORMANCES = 4
AUDIT_PER_DOSSIER = 3


@dataclass(frozen=True)
class VolumePlan:
    """The figures of one load. An organisation has one facility; when the quarters run out, some have several."""

    organisations: int
    dossiers: int
    seed: int
    now: datetime

    @cached_property
    def facilities(self) -> int:
        """How many facilities it takes: one for each organisation, unless the quarters run out."""
        return max(self.organisations, -(-self.dossiers // _QUARTERS))

    @cached_property
    def quarters(self) -> tuple[Quarter, ...]:
        """The quarters that are used, oldest first: the latest that have begun, then older ones, then those to come."""
        wanted = -(-self.dossiers // self.facilities)
        found: list[Quarter] = []
        quarter = Quarter.of(self.now.date())
        while len(found) < wanted and quarter >= _FIRST:
            found.append(quarter)
            quarter = quarter.previous()
        quarter = Quarter.of(self.now.date()).next()
        while len(found) < wanted and quarter <= _LAST:
            found.append(quarter)
            quarter = quarter.next()
        return tuple(sorted(found))

    @cached_property
    def with_performances(self) -> frozenset[Quarter]:
        """The last quarters that ended."""
        running = Quarter.of(self.now.date())
        ended = [quarter for quarter in self.quarters if quarter < running]
        return frozenset(ended[-QUARTERS_WITH_PERFORMANCES:])

    @cached_property
    def blocked(self) -> frozenset[Quarter]:
        """The quarters of periods that were blocked (T-05): nothing of them is open."""
        today = self.now.date()
        return frozenset(
            quarter
            for quarter in self.quarters
            if PeriodCalendar.default(quarter.reference_period).blocking_on <= today
        )

    def draw(self, *what: object) -> int:
        """A number below 2**32 that depends on the seed and on ``what`` only."""
        digest = blake2b(f"{self.seed}:{what}".encode(), digest_size=4).digest()
        return int.from_bytes(digest, "big")


class Dossiers:
    """What became of every dossier, by its place: quarter by quarter, facility by facility. Instants in seconds."""

    def __init__(self, plan: VolumePlan) -> None:
        self.plan = plan
        self.opened_at, self.changed_at, self.status = array("q"), array("q"), bytearray()
        now, running = int(plan.now.timestamp()), Quarter.of(plan.now.date())
        ends = {quarter: int(datetime.combine(quarter.end, time(), UTC).timestamp()) for quarter in plan.quarters}
        for index in range(plan.dossiers):
            quarter, draw = plan.quarters[index // plan.facilities], plan.draw(index)
            if quarter < running:
                opened = ends[quarter] - 20 * _DAY + draw % (24 * _DAY)
            else:
                opened = now - 90 * _DAY - draw % (5 * 365 * _DAY)
            opened = min(opened, now - 3600)
            self.opened_at.append(opened)
            self.changed_at.append(opened + 600 + (draw >> 7) % min(75 * _DAY, now - opened - 600))
            state = _status(draw >> 20, quarter, running)
            if state is DossierStatus.OPEN and quarter in plan.blocked:
                state = DossierStatus.BLOCKED
            self.status.append(_STATUSES.index(state))

    def __len__(self) -> int:
        return self.plan.dossiers

    def quarter_of(self, index: int) -> Quarter:
        """The quarter of the dossier at a place."""
        return self.plan.quarters[index // self.plan.facilities]

    def facility_of(self, index: int) -> int:
        """The place of its facility."""
        return index % self.plan.facilities

    def status_of(self, index: int) -> DossierStatus:
        """Its status."""
        return _STATUSES[self.status[index]]


def _status(draw: int, quarter: Quarter, running: Quarter) -> DossierStatus:
    """Recent quarters are open or closed; of the others some were blocked, some are under audit."""
    share = draw % 100
    if quarter >= running.previous().previous():
        return DossierStatus.OPEN if share < 55 else DossierStatus.CLOSED
    if share < 78:
        return DossierStatus.CLOSED
    if share < 90:
        return DossierStatus.BLOCKED
    return DossierStatus.AUDIT if share < 95 else DossierStatus.OPEN
