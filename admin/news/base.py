"""What the pages of the newsletter have in common."""

from __future__ import annotations

from admin.base import PageView
from blueprints.access import optional_actor
from domain.permissions import Permission
from services.news import keepers


class NewsPages(PageView):
    """In the menu of who keeps them only; the services refuse everybody else."""

    required_permission = Permission.NEWS_MANAGE

    def is_visible(self) -> bool:
        """Whether the menu shows it: to who keeps them."""
        actor = optional_actor()
        return actor is not None and keepers.keeps(actor)
