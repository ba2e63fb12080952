"""What the pages of the newsletter have in common."""

from __future__ import annotations

from admin.base import PageView
from blueprints.access import optional_actor
from domain.permissions import Permission
from services.news import keepers


class NewsPages(PageView):
    """For who keeps them only: they are not in the menu of others, and the services refuse as well."""

    required_permission = Permission.NEWS_MANAGE

    def is_accessible(self) -> bool:
        """Whether the person keeps them."""
        actor = optional_actor()
        return actor is not None and keepers.keeps(actor)
