"""Who keeps the newsletter, the releases and the list of subscribers (C-073, A-45).

They are of every organisation, and mail goes to people of all of them: of the authorities the owner's people only, as
for outages.
"""

from __future__ import annotations

from domain.actor import Actor, Side
from domain.errors import Forbidden
from domain.permissions import Permission
from services import access
from services.connections import connections


def keeps(actor: Actor) -> bool:
    """Whether the actor keeps them."""
    owner: str = connections().settings.contracting_owner
    return actor.may(Permission.NEWS_MANAGE) and (actor.side is not Side.AUTHORITY or actor.organisation_key == owner)


def require(actor: Actor, permission: Permission) -> None:
    """Forbidden for whoever does not keep them."""
    access.require(actor, permission)
    if not keeps(actor):
        raise Forbidden(permission)
