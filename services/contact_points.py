"""The contact points as they are now: open or closed, with the mailbox of this installation (E-156)."""

from __future__ import annotations

from dataclasses import dataclass

from domain.contact_points import CONTACT_POINTS, ContactPoint, Opening, Subject
from services import clock
from services.connections import connections


@dataclass(frozen=True, slots=True)
class Reachable:
    """A contact point now; ``mailbox`` where it has one."""

    point: ContactPoint
    opening: Opening
    mailbox: str | None


def points() -> list[Reachable]:
    """Every contact point."""
    now = clock.now()
    mailboxes = {Subject.ECALCURA: connections().settings.department_mailbox}
    return [Reachable(point, point.opening(now), mailboxes.get(point.subject)) for point in CONTACT_POINTS]
