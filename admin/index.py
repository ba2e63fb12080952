"""The start of the back office: what waits for a case manager or an authority, and the box to look something up."""

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
from services.econtracting.archive import retention
from services.econtracting.desk import worklist
from services.econtracting.desk.worklist import DUE_LABELS, PILE_LABELS, ClaimRow, Criteria, Due, Pile
from services.econtracting.proof import sweep
from services.listing import Capped, Position
from services.messaging import reading

#: So many requests are named here; the others stand on their own list.
_SHOWN = 8


class IndexView(PageView):
    """What waits, and where to begin."""

    required_permission = Permission.BACK_OFFICE

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The work that waits, for a case manager and for an authority; the search box, for who may look up."""
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
        if actor.may(Permission.AUTHORITY_DESK):
            tasks += self._desk()
        return self.render(
            "admin/index.html",
            form=LookUpForm(),
            may_look_up=actor.may(Permission.LOOK_UP),
            requests=waiting[:_SHOWN],
            more_requests=max(0, len(waiting) - _SHOWN),
            tasks=[(label, href, counted(count), count.number) for label, href, count in tasks],
            urgent=self._urgent() if actor.may(Permission.AUTHORITY_DESK) else None,
        )

    def _desk(self) -> list[tuple[str, str, Capped]]:
        """What lies on the desk of an authority: reviews by their term, what is to be released, unread messages."""
        due = worklist.due_counts(self.actor)
        found = [
            (
                gettext("Te nazien: %(when)s", when=gettext(DUE_LABELS[one]).lower()),
                self.get_url("desk.index", termijn=one.value),
                due[one],
            )
            for one in (Due.LATE, Due.WEEK)
        ]
        counts = worklist.counts(self.actor)
        for pile in (Pile.REVIEW, Pile.RELEASE, Pile.PUBLICATION):
            address = self.get_url("desk.index", **({} if pile is Pile.REVIEW else {"lijst": pile.value}))
            found.append((gettext(PILE_LABELS[pile]), address, counts[pile]))
        unread = Capped(reading.unread_count(self.actor))
        found.append((gettext("Ongelezen berichten"), self.get_url("messages.index", toon="UNREAD"), unread))
        office = self.get_url("retention.index")
        found.append(
            (gettext("Opdrachten waarvan het bewijs niet klopt"), office, Capped(sweep.broken_count(self.actor)))
        )
        due_now = Capped(retention.due_count(self.actor))
        found.append((gettext("Opdrachten waarvan de bewaartermijn voorbij is"), office, due_now))
        return [one for one in found if one[2].number] or found[2:3]

    def _urgent(self) -> tuple[ClaimRow, ...]:
        """The claims whose term ends first."""
        page = worklist.claims(self.actor, Pile.REVIEW, Criteria(), Position())
        return page.rows[:_SHOWN]
