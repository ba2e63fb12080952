"""Requests to reopen that were registered and still wait for a decision."""

from __future__ import annotations

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.base import PageView
from admin.dossier_page import decided
from blueprints.access import access
from blueprints.handling import handling, status_of
from domain.permissions import Permission
from forms.back_office import RequestDecisionForm
from services.ecalcura import dossiers, reopening_requests
from services.ecalcura.reopening_requests import Outcome


class RequestPages(PageView):
    """The page on which one request is decided."""

    required_permission = Permission.DOSSIER_REVIEW
    in_menu = False

    @expose("/<int:request_id>", methods=("GET", "POST"))
    @access(Permission.DOSSIER_DECIDE)
    def decide(self, request_id: int) -> ResponseReturnValue:
        """What was asked and when; grant it in one act, or refuse it."""
        actor = self.actor
        asked, facility = reopening_requests.get(actor, request_id)
        first = dossiers.number_of(facility.hco_number, reopening_requests.quarters_asked(asked)[0])
        form = RequestDecisionForm()
        if form.validate_on_submit():
            with handling(form) as done:
                act = reopening_requests.grant if form.decision.data == Outcome.GRANTED else reopening_requests.refuse
                act(actor, request_id, form.reason.data)
            if done:
                flash(decided(form.decision.data), "success")
                return redirect(self.get_url("dossier.page", number=first))
        context = {"form": form, "asked": asked, "facility": facility, "first_number": first}
        return self.render("admin/dossiers/request.html", **context), status_of(form)
