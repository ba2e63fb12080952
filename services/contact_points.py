"""The contact points as they are now: open or closed, with the mailbox of this installation (E-156)."""

from __future__ import annotations

from dataclasses import dataclass

from domain.actor import Side
from domain.contact_points import ContactPoint, Opening, Subject, points_for
from services import clock
from services.connections import connections


@dataclass(frozen=True, slots=True)
class Reachable:
    """A contact point now; ``mailbox`` where it has one, ``opening`` where somebody takes the phone."""

    point: ContactPoint
    opening: Opening | None
    mailbox: str | None


def points(side: Side | None = None) -> list[Reachable]:
    """The contact points of a side; every one of them for who is not signed in."""
    now = clock.now()
    settings = connections().settings
    mailboxes = {
        Subject.ECALCURA: settings.department_mailbox,
        Subject.ECONTRACTING: settings.contracting_mailbox,
    }
    return [Reachable(point, point.opening(now), mailboxes.get(point.subject)) for point in points_for(side)]
