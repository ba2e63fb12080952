"""Requests to reopen: those that wait, by last day, and the page on which one of them is decided."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext, ngettext

from admin.base import PageView
from admin.dossier_page import decided
from blueprints.access import access
from blueprints.handling import handling, status_of, translated
from domain.ecalcura.reopening import KIND_LABELS, STATE_LABELS
from domain.permissions import Permission
from forms.back_office import GrantForm, RefuseForm
from services.ecalcura import dossiers, reopening_list, reopening_requests
from services.ecalcura.reopening_requests import Outcome


class RequestPages(PageView):
    """The work list, and one request."""

    required_permission = Permission.DOSSIER_REVIEW

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Every request that waits, the one whose term ends first on top."""
        found = reopening_list.waiting(self.actor)
        lapsed = sum(one.lapsed for one in found)
        waiting = len(found) - lapsed
        result = ngettext("%(num)s aanvraag wacht", "%(num)s aanvragen wachten", waiting)
        if lapsed:
            late = ngettext("van %(num)s is de termijn voorbij", "van %(num)s is de termijn voorbij", lapsed)
            result = f"{result}; {late}"
        return self.render(
            "admin/dossiers/requests.html",
            requests=found,
            result=result,
            kind_labels=KIND_LABELS,
            may_decide=self.actor.may(Permission.DOSSIER_DECIDE),
            reason_of=reopening_requests.proposed_reason,
        )

    @expose("/<int:request_id>", methods=("GET", "POST"))
    @access(Permission.DOSSIER_DECIDE)
    def decide(self, request_id: int) -> ResponseReturnValue:
        """What was asked and when; grant it in one act with the reason of the request, or refuse it with a reason."""
        actor = self.actor
        shown = reopening_requests.get(actor, request_id)
        asked, facility = shown.request, shown.facility
        first = dossiers.number_of(facility.hco_number, shown.quarters[0])
        refusing = request.form.get("decision") == Outcome.REFUSED
        grant = GrantForm(None if refusing else request.form, data={"reason": shown.proposed_reason})
        refuse = RefuseForm(request.form if refusing else None)
        form: Any = refuse if refusing else grant
        if form.validate_on_submit():
            with handling(form) as done:
                if refusing:
                    reopening_requests.refuse(actor, request_id, form.refusal.data)
                else:
                    reopening_requests.grant(actor, request_id, form.reason.data)
            if done:
                flash(decided(Outcome.REFUSED if refusing else Outcome.GRANTED), "success")
                return redirect(self.get_url("dossier.page", number=first))
        context = {
            "form": form,
            "grant": grant,
            "refuse": refuse,
            "shown": shown,
            "asked": asked,
            "facility": facility,
            "first_number": first,
            "kind_labels": KIND_LABELS,
            "state_labels": STATE_LABELS,
        }
        return self.render("admin/dossiers/request.html", **context), status_of(form)

    @expose("/<int:request_id>/inwilligen", methods=("POST",))
    @access(Permission.DOSSIER_DECIDE)
    def grant(self, request_id: int) -> ResponseReturnValue:
        """One click on the list: reopen all quarters of the request, for the reason the request gives."""
        form = GrantForm()
        if form.validate_on_submit():
            with handling(form) as done:
                reopening_requests.grant(self.actor, request_id, form.reason.data)
            if done:
                flash(decided(Outcome.GRANTED), "success")
                return redirect(self.get_url(".index"))
            assert done.error is not None
            flash(translated(done.error), "error")
        else:
            flash(gettext("Vul een reden in."), "error")
        return redirect(self.get_url(".decide", request_id=request_id))
