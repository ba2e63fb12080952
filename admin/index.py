"""The start of the back office: what waits for a case manager, and the ways in."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.base import PageView
from domain.permissions import Permission


class IndexView(PageView):
    """What waits, and where to begin."""

    required_permission = Permission.BACK_OFFICE

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The work that waits, for a case manager; the search box, for everybody."""
        return self.render("admin/index.html")
