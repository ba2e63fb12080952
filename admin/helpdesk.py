"""The page of the helpdesk: one box, results in groups, a dossier to look at; every look-up is traced."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.base import PageView
from blueprints.handling import handling, status_of
from domain.ecalcura.campaign import PHASE_LABELS
from domain.ecalcura.declaration import STATUS_LABELS
from domain.organisation import SECTOR_LABELS
from domain.permissions import Permission
from forms.back_office import LookUpForm
from services import helpdesk, transaction


class HelpdeskPages(PageView):
    """Looking up for somebody on the phone."""

    required_permission = Permission.LOOK_UP

    @expose("/", methods=("GET", "POST"))
    def search(self) -> ResponseReturnValue:
        """The box; posted, so that no number ever stands in an address or a log."""
        form, found = LookUpForm(), None
        if form.validate_on_submit():
            with handling(form):
                found = helpdesk.look_up(self.actor, form.search.data)
        context = {
            "form": form,
            "found": found,
            "sector_labels": SECTOR_LABELS,
            "may_review": self.actor.may(Permission.DOSSIER_REVIEW),
            "may_see_amounts": self.actor.may(Permission.AMOUNTS_LOOK_UP),
        }
        return self.render("admin/helpdesk/search.html", **context), status_of(form)

    @expose("/dossier/<number>")
    def dossier(self, number: str) -> ResponseReturnValue:
        """Where a dossier stands: no staff, no amounts, no documents."""
        with transaction.unit_of_work():
            seen = helpdesk.dossier(self.actor, number)
        return self.render(
            "admin/helpdesk/dossier.html",
            seen=seen,
            phase_label=PHASE_LABELS[seen.situation.phase],
            status_labels=STATUS_LABELS,
            sector_label=SECTOR_LABELS[seen.facility.sector],
        )
