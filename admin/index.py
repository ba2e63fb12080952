"""The start of the back office: what waits for a case manager, and the box to look something up."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from admin.dossiers import counted
from domain.permissions import Permission
from forms.back_office import LookUpForm
from services import back_office
from services.ecalcura import reopening_list

#: So many requests are named here; the others stand on their own list.
_SHOWN = 8


class IndexView(PageView):
    """What waits, and where to begin."""

    required_permission = Permission.BACK_OFFICE

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The work that waits, for a case manager; the search box, for everybody."""
        actor = self.actor
        waiting, tasks = [], []
        if actor.may(Permission.DOSSIER_REVIEW):
            waiting = reopening_list.waiting(actor)
            counts = back_office.waiting_counts(actor)
            tasks = [
                (gettext("Dossiers in audit"), self.get_url("dossiers.index_view", status="AUDIT"), counts["audit"]),
                (gettext("Open dossiers"), self.get_url("dossiers.index_view", status="OPEN"), counts["open"]),
            ]
            if actor.may(Permission.OUTBOX_READ):
                failed = self.get_url("outbox.index_view", toestand="FAILED")
                tasks.append((gettext("E-mails die niet vertrokken"), failed, counts["failed"]))
        return self.render(
            "admin/index.html",
            form=LookUpForm(),
            may_look_up=actor.may(Permission.LOOK_UP),
            requests=waiting[:_SHOWN],
            more_requests=max(0, len(waiting) - _SHOWN),
            tasks=[(label, href, counted(count), count.number) for label, href, count in tasks],
        )
